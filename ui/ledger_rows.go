package ui

import (
	"maps"
	"slices"
	"strings"

	"plumb/gitops/audit"
	"plumb/model/secret"
	"plumb/model/text"
	"plumb/ui/paint"
)

// detailRows draws what there is to know of the selected account, as much as is in sight.
func (v *ledgerView) detailRows(a *App, w, h int) []string {
	x := v.selected()
	if x == nil {
		v.details = 0
		return paint.Block(w, h, nil)
	}
	lines := wrapHead(v.detailLines(a, *x, w-2), w-2)
	v.details = len(lines)
	v.offset = max(min(v.offset, len(lines)-h), 0)
	var rows []string
	for _, words := range lines[min(v.offset, len(lines)):min(v.offset+h, len(lines))] {
		l := paint.NewLine(w).Gap(1)
		for _, part := range words {
			l.Add(toneStyle(a.st, part.tone), part.text)
		}
		rows = append(rows, l.String())
	}
	if left := len(lines) - v.offset - h; left > 0 && len(rows) > 0 {
		rows[len(rows)-1] = paint.NewLine(w).Gap(1).Add(a.st.Dim, text.Format("… %s more: J scrolls", plural(left+1, "line"))).String()
	}
	return paint.Block(w, h, rows)
}

// detailLines are all that an entry says, in words first and then as it is recorded. What is long goes on below itself, in w cells.
func (v *ledgerView) detailLines(a *App, x audit.Account, w int) []headLine {
	weight := strong
	if x.Loud {
		weight = bad
	}
	lines := []headLine{line(weight, x.Text)}
	if !x.Counts() {
		lines = append(lines, line(caution, text.Lit("does not count: ").Plus(x.Not)))
	}
	lines = append(lines, nil)
	weighed := func(name text.Safe, weight tone, value text.Safe) {
		if value.IsEmpty() {
			return
		}
		for _, part := range paint.Wrap(value, max(w-factWidth, factWidth)) {
			lines = append(lines, headLine{{dim, column(name)}, {weight, part}})
			name = text.Safe{}
		}
	}
	row := func(name, value text.Safe) { weighed(name, plain, value) }
	if x.Entry == nil {
		row(text.Lit("log"), text.Line(x.Log))
		return append(lines, nil, line(dim, text.Lit("What it records from there on counts nowhere. plumb audit verify tells all that is wrong.")))
	}
	e := x.Entry
	row(text.Lit("when"), text.Format("%s, %s", e.At.Local().Format("2006-01-02 15:04:05"), ago(a.now(), e.At)))
	row(text.Lit("by"), text.Format("%s <%s>", e.By.Name, e.By.Email))
	if x.Signed() {
		weighed(text.Lit("signature"), good, text.Line(x.Signature()))
	} else {
		weighed(text.Lit("signature"), caution, text.Lit("none: who wrote it cannot be proven"))
	}
	row(text.Lit("where"), text.Line(x.Environment))
	row(text.Lit("change"), text.Line(string(x.Change)))
	if c := v.book.Change(x.Change); c != nil {
		row(text.Lit("title"), text.Line(secret.MaskText(c.Title.String())))
		row(text.Lit("is now"), text.Line(string(c.State)))
		undo := c.Undo()
		row(text.Lit("undo"), text.Line(strings.TrimSuffix(undo.Class.String()+": "+undo.Reason, ": ")))
	}
	row(text.Lit("run"), text.Line(string(x.Run)))
	lines = append(lines, nil, line(dim, text.Lit("On record")))
	row(text.Lit("entry"), text.Line(string(e.ID)))
	row(text.Lit("log"), text.Line(e.Log))
	row(text.Lit("number"), text.Line(thousands(e.Seq)))
	row(text.Lit("verb"), text.Line(string(e.Verb)))
	for _, f := range e.Fields {
		row(text.Line(f.Key), text.Line(secret.MaskText(strings.ReplaceAll(f.Value, "\n", "; "))))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		row(text.Lit("attached"), text.Format("%s, %s", name, text.Size(int64(len(e.Files[name])))))
	}
	return append(lines, nil, line(dim, text.Lit("To prove it without plumb")), line(plain, text.Format("plumb audit verify --explain %s", e.ID.Short())))
}

// factWidth is how many cells the names of facts take.
const factWidth = 12

// column is the name of a fact, as wide as all of them.
func column(name text.Safe) text.Safe {
	return name.Plus(text.Line(strings.Repeat(" ", max(factWidth-name.Width(), 1))))
}
