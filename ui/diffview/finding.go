package diffview

import (
	"slices"
	"sort"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// Finding is what a check says of a file as it became.
type Finding struct {
	Line     int // From 1; 0 for the file as a whole.
	Severity model.Severity
	Check    text.Safe // Who says it.
	Text     text.Safe
}

// mostAtPlace is how many findings are shown at one line, or at the head of a file; the others are counted. A line with
// thousands of them must not hide all others.
const mostAtPlace = 10

// spot is a line of a file that has findings, or with line 0 the head of the file.
type spot struct{ file, line int }

// SetFindings says what checks have to say of the files from first on. What was at the top stays there.
func (v *View) SetFindings(first int, found [][]Finding) {
	some := false
	for i, list := range found {
		if len(list) == 0 || first+i >= len(v.files) {
			continue
		}
		some = true
		if v.findings == nil {
			v.findings = map[int][]Finding{}
		}
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b Finding) int { return a.Line - b.Line })
		v.findings[first+i] = list
	}
	v.laid = laidOut{}
	if some {
		v.relaid(v.anchor())
	}
}

// Findings is how many findings a file has, and the worst of their severities.
func (v *View) Findings(file int) (n int, worst model.Severity) {
	return len(v.findings[file]), Worst(v.findings[file])
}

// Worst is the worst severity of findings; a note where there are none.
func Worst(found []Finding) model.Severity {
	worst := model.SeverityNote
	for _, f := range found {
		switch f.Severity {
		case model.SeverityError:
			return model.SeverityError
		case model.SeverityWarning:
			worst = model.SeverityWarning
		}
	}
	return worst
}

// SeverityLook is the sign of a severity, and its colour.
func SeverityLook(s themes.Styles, severity model.Severity) (text.Safe, themes.Style) {
	switch severity {
	case model.SeverityError:
		return text.Lit("✗"), s.Bad
	case model.SeverityWarning:
		return text.Lit("!"), s.Warning
	}
	return text.Lit("·"), s.Accent
}

// CountWords is how many findings there are: "1 finding".
func CountWords(n int) text.Safe {
	if n == 1 {
		return text.Lit("1 finding")
	}
	return text.Format("%d findings", n)
}

// showsLines reports whether the lines of a file are what is shown of it.
func (v *View) showsLines(file int) bool {
	if len(v.files[file].Blocks) == 0 || v.holds(file) {
		return false
	}
	s := v.structures[file]
	return !v.structured || s == nil || s.Err != nil
}

// atHead are the findings that stand at the head of a file: those about the file as a whole, those about lines that it
// does not have, and all of them where its lines are not shown.
func (v *View) atHead(file int) []Finding {
	all := v.findings[file]
	if len(all) == 0 || !v.showsLines(file) {
		return all
	}
	whole := all[:from(all, 1)]
	_, n := v.files[file].Len()
	if beyond := all[from(all, n+1):]; len(beyond) > 0 {
		return slices.Concat(whole, beyond)
	}
	return whole
}

// atLine are the findings about a line of the new version, where lines are shown.
func (v *View) atLine(file, line int) []Finding {
	all := v.findings[file]
	if line < 1 || len(all) == 0 {
		return nil
	}
	return all[from(all, line):from(all, line+1)]
}

// from is the index of the first finding about that line or a later one.
func from(all []Finding, line int) int {
	return sort.Search(len(all), func(i int) bool { return all[i].Line >= line })
}

// foundIn is what is found in the lines that a fold leaves out.
func (v *View) foundIn(i, hidden int) []Finding {
	at := v.spans[i]
	all := v.findings[int(at.file)]
	if len(all) == 0 {
		return nil
	}
	lo, _ := gap(&v.files[at.file], int(at.item))
	lo += int(at.from) + 1
	return all[from(all, lo):from(all, lo+hidden)]
}

// below are the findings that stand below a row.
func (v *View) below(s, row int) []Finding {
	if k := v.spans[s].kind; len(v.findings) == 0 || k != gapRows && k != blockRows {
		return nil
	}
	file := int(v.spans[s].file)
	if len(v.findings[file]) == 0 {
		return nil
	}
	_, line := v.numbersAt(s, row)
	return v.atLine(file, line)
}

// saidRow is a row of the screen that says a finding, or goes on with it.
type saidRow struct {
	finding *Finding // Nil for the count of those that are not shown.
	name    int      // How many bytes of the words are the name of the check; 0 where the finding only goes on.
	words   text.Safe
}

// saidRows lays findings out in the rows of the screen that they take. They are continued below also where lines are cut.
// With placed they say their lines, too.
func (v *View) saidRows(i int, found []Finding, placed bool) []saidRow {
	room := max(v.width-v.inset(i)-2, 1)
	key := laidKey{int(v.spans[i].file), found[0].Line, len(found), room, placed}
	if v.laid.key == key {
		return v.laid.rows
	}
	var rows []saidRow
	for k := range found[:min(len(found), mostAtPlace)] {
		f := &found[k]
		words := f.Check.Plus(text.Lit("  "))
		if placed && f.Line > 0 {
			words = words.Plus(text.Format("line %d: ", f.Line))
		}
		name := len(f.Check.String())
		for _, part := range paint.Wrap(words.Plus(f.Text), room) {
			rows = append(rows, saidRow{f, min(name, len(part.String())), part})
			name = 0
		}
	}
	if over := len(found) - mostAtPlace; over > 0 {
		rows = append(rows, saidRow{words: text.Format("and %d more here", over)})
	}
	v.laid = laidOut{key, rows}
	return rows
}

// laidOut are the rows that were laid out last: they are asked for once for each of them.
type laidOut struct {
	key  laidKey
	rows []saidRow
}

type laidKey struct {
	file, line, n, room int
	placed              bool
}

// drawSaid draws one of these rows. The findings that were gone to have a mark.
func (v *View) drawSaid(s themes.Styles, i int, r saidRow, line int) string {
	l := paint.NewLine(v.width)
	if v.spot != nil && *v.spot == (spot{int(v.spans[i].file), line}) {
		base := s.SelectionDim
		if v.focused {
			base = s.Selection
		}
		l.Base(base).Add(s.Accent, text.Lit("▸"))
	}
	l.To(v.inset(i))
	if r.finding == nil {
		return l.Gap(2).Add(s.Dim, r.words).String()
	}
	sign, style := SeverityLook(s, r.finding.Severity)
	if r.name == 0 {
		return l.Gap(2).Add(s.Text, r.words).String()
	}
	l.Add(style, sign).Gap(1)
	l.AddMarked(s.Text, r.words, 0, l.Free(), []paint.Mark{{From: 0, To: r.name, Style: style}})
	return l.String()
}

// NextFinding goes to the next line that has findings, unfolding it, or the head of a file that has some, and reports whether
// there is one.
func (v *View) NextFinding() bool {
	at := v.findingFrom(0)
	for file := at.file; file < len(v.files); file++ {
		line := -1
		if file == at.file {
			line = at.line
		}
		if to, ok := v.spotBehind(spot{file, line}); ok {
			return v.toSpot(to)
		}
	}
	return false
}

// PrevFinding goes to the one before.
func (v *View) PrevFinding() bool {
	at := v.findingFrom(1)
	for file := at.file; file >= 0; file-- {
		line := everyLine
		if file == at.file {
			line = at.line
		}
		if to, ok := v.spotBefore(spot{file, line}); ok {
			return v.toSpot(to)
		}
	}
	return false
}

// FirstFinding goes to the first finding of a file, and reports whether there is one.
func (v *View) FirstFinding(file int) bool {
	if file < 0 || file >= len(v.files) {
		return false
	}
	to, ok := v.spotBehind(spot{file, -1})
	return ok && v.toSpot(to)
}

// LastFinding goes to the last finding of a file, and reports whether there is one.
func (v *View) LastFinding(file int) bool {
	if file < 0 || file >= len(v.files) {
		return false
	}
	to, ok := v.spotBefore(spot{file, everyLine})
	return ok && v.toSpot(to)
}

// everyLine is behind all lines of a file.
const everyLine = 1 << 40

// spotBehind is the first spot of a file behind another one.
func (v *View) spotBehind(at spot) (spot, bool) {
	all := v.findings[at.file]
	if at.line < 0 && len(v.atHead(at.file)) > 0 {
		return spot{at.file, 0}, true
	}
	if len(all) == 0 || !v.showsLines(at.file) {
		return spot{}, false
	}
	_, n := v.files[at.file].Len()
	if i := from(all, max(at.line, 0)+1); i < len(all) && all[i].Line <= n {
		return spot{at.file, all[i].Line}, true
	}
	return spot{}, false
}

// spotBefore is the last spot of a file before another one.
func (v *View) spotBefore(at spot) (spot, bool) {
	if all := v.findings[at.file]; len(all) > 0 && v.showsLines(at.file) {
		_, n := v.files[at.file].Len()
		if i := from(all, min(at.line, n+1)) - 1; i >= 0 && all[i].Line > 0 {
			return spot{at.file, all[i].Line}, true
		}
	}
	if at.line > 0 && len(v.atHead(at.file)) > 0 {
		return spot{at.file, 0}, true
	}
	return spot{}, false
}

// toSpot brings a spot into the window.
func (v *View) toSpot(to spot) bool {
	v.spot = &to
	if row := v.spotRow(to); row >= v.top.row && v.spans[v.spanAt(row)].kind != foldRow && row < v.step(v.top, v.body()).row {
		if h := v.hunkIndex(v.spans[v.spanAt(row)]); h >= 0 {
			v.hunk = h
		}
		return true // What is seen as a whole needs no scrolling; it gets the mark.
	}
	if to.line > 0 {
		return v.ShowLine(to.file, to.line)
	}
	return v.JumpTo(to.file)
}

// findingFrom is where one looks from: the finding that was gone to last while it is in sight, or the top of the window. What is at
// the top itself is the next one; with ahead 1 it is none of those before.
func (v *View) findingFrom(ahead int) spot {
	if v.spot != nil {
		if row := v.spotRow(*v.spot); row >= v.top.row && row < v.bottom() {
			return *v.spot
		}
	}
	if len(v.spans) == 0 {
		return spot{}
	}
	s := v.spanAt(v.top.row)
	at := spot{int(v.spans[s].file), -1 + ahead}
	f := &v.files[at.file]
	switch sp := v.spans[s]; sp.kind {
	case foldRow:
		line, _ := gap(f, int(sp.item))
		at.line = line + int(sp.from) + ahead
	case gapRows, blockRows:
		at.line = ahead
		if sp.kind == blockRows {
			at.line += f.Blocks[sp.item].NewLo
		}
		for row := v.top.row; row < min(sp.first+sp.n, v.top.row+howFar); row++ {
			if _, line := v.numbersAt(s, row); line > 0 {
				at.line = line - 1 + ahead
				break
			}
		}
	}
	return at
}

// spotRow is the row that a spot is at.
func (v *View) spotRow(at spot) int {
	if at.file >= len(v.files) {
		return -1
	}
	if at.line == 0 {
		for _, s := range v.spans {
			if s.kind == findingRow && int(s.file) == at.file {
				return s.first
			}
		}
		return -1
	}
	if row, ok := v.rowWith(at.file, 0, at.line); ok {
		return row
	}
	return -1
}
