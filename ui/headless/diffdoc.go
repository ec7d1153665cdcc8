package headless

import (
	"strings"

	"plumb/model"
	"plumb/model/diff"
)

type diffDocument struct {
	Schema string       `json:"schema"`
	From   sideFields   `json:"from"`
	To     sideFields   `json:"to"`
	Files  []fileFields `json:"files"`
}

type sideFields struct {
	Label    string     `json:"label"`
	Revision model.Hash `json:"revision"`
}

type fileFields struct {
	Environment string        `json:"environment"`
	Target      string        `json:"target"`
	Address     model.Address `json:"address"`
	Status      model.Status  `json:"status"`
	Reason      string        `json:"reason"`
	OldPath     string        `json:"old_path"`
	NewPath     string        `json:"new_path"`
	OldMode     string        `json:"old_mode"`
	NewMode     string        `json:"new_mode"`
	Attributes  []attrFields  `json:"attributes"`
	Added       int           `json:"added"`
	Removed     int           `json:"removed"`
	Note        string        `json:"note"`
	Simplified  bool          `json:"simplified"`
	Hunks       []hunkFields  `json:"hunks"`
}

type attrFields struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

type hunkFields struct {
	OldStart int          `json:"old_start"`
	OldLines int          `json:"old_lines"`
	NewStart int          `json:"new_start"`
	NewLines int          `json:"new_lines"`
	Heading  string       `json:"heading"`
	Lines    []lineFields `json:"lines"`
}

// lineFields is one line of the unified form; the number of a side that does not have the line is 0.
type lineFields struct {
	Op        string `json:"op"`
	Old       int    `json:"old"`
	New       int    `json:"new"`
	Text      string `json:"text"`
	NoNewline bool   `json:"no_newline"`
}

func newDiffDocument(d Diff) diffDocument {
	doc := diffDocument{
		"plumb.diff/1", sideFields{line(d.From.Label), d.From.Revision}, sideFields{line(d.To.Label), d.To.Revision}, []fileFields{},
	}
	for _, f := range d.Files {
		doc.Files = append(doc.Files, newFileFields(f))
	}
	return doc
}

func newFileFields(f FileDiff) fileFields {
	out := fileFields{
		Environment: line(f.Environment), Target: line(f.Target), Address: model.Address(line(string(f.Address))),
		Status: f.Status, Reason: f.Reason.String(),
		OldPath: f.OldPath.String(), NewPath: f.NewPath.String(), OldMode: line(f.OldMode), NewMode: line(f.NewMode),
		Attributes: []attrFields{}, Added: f.Added, Removed: f.Removed, Note: f.Note.String(), Simplified: f.Simplified,
		Hunks: []hunkFields{},
	}
	for _, a := range f.Attrs {
		out.Attributes = append(out.Attributes, attrFields{line(a.Name), line(a.Old), line(a.New)})
	}
	for _, h := range f.Hunks() {
		u := unify(f.File, h)
		hunk := hunkFields{u.oldStart, u.oldLines, u.newStart, u.newLines, f.Heading(h).String(), []lineFields{}}
		for _, l := range u.lines {
			hunk.Lines = append(hunk.Lines, lineFields{l.op, l.old, l.new, spans(l.spans), l.noFinal})
		}
		out.Hunks = append(out.Hunks, hunk)
	}
	return out
}

// unified is a hunk in the order of a patch.
type unified struct {
	oldStart, oldLines, newStart, newLines int
	lines                                  []unifiedLine
}

type unifiedLine struct {
	op       string // " ", "-" or "+".
	old, new int
	spans    []diff.Span
	noFinal  bool
}

// unify turns the rows of a side-by-side view into the lines of a patch: of a
// run of rows that differ, all that goes stands before all that comes.
func unify(f diff.File, h diff.Hunk) unified {
	u := unified{oldLines: h.Lines.OldHi - h.Lines.OldLo, newLines: h.Lines.NewHi - h.Lines.NewLo}
	if u.oldLines > 0 {
		u.oldStart = h.Lines.OldLo + 1
	}
	if u.newLines > 0 {
		u.newStart = h.Lines.NewLo + 1
	}
	var added []unifiedLine
	flush := func() {
		u.lines = append(u.lines, added...)
		added = nil
	}
	for _, r := range f.Rows(h) {
		if r.Op == diff.Equal {
			flush()
			u.lines = append(u.lines, unifiedLine{" ", r.Old.Number, r.New.Number, r.New.Spans, r.New.NoFinal})
			continue
		}
		if r.Old.Number > 0 {
			u.lines = append(u.lines, unifiedLine{"-", r.Old.Number, 0, r.Old.Spans, r.Old.NoFinal})
		}
		if r.New.Number > 0 {
			added = append(added, unifiedLine{"+", 0, r.New.Number, r.New.Spans, r.New.NoFinal})
		}
	}
	flush()
	return u
}

func spans(list []diff.Span) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Text.String())
	}
	return b.String()
}
