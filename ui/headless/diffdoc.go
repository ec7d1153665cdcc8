package headless

import "plumb/model"

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
	Generated   bool          `json:"generated"`
	Masked      bool          `json:"masked"`
	Unloaded    int64         `json:"unloaded"`
	Moves       []moveFields  `json:"moves"`
	Hunks       []hunkFields  `json:"hunks"`

	Structure structureFields `json:"structure"`
}

// moveFields are lines that went from one place to another, by their first lines from 1.
type moveFields struct {
	Old   int `json:"old"`
	New   int `json:"new"`
	Lines int `json:"lines"`
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
		doc.Files = append(doc.Files, newFileFields(f, d.context()))
	}
	return doc
}

func newFileFields(f FileDiff, context int) fileFields {
	out := fileFields{
		Environment: line(f.Environment), Target: line(f.Target), Address: model.Address(line(string(f.Address))),
		Status: f.Status, Reason: f.Reason.String(),
		OldPath: f.OldPath.String(), NewPath: f.NewPath.String(), OldMode: line(f.OldMode), NewMode: line(f.NewMode),
		Attributes: []attrFields{}, Added: f.Added, Removed: f.Removed, Note: f.note(), Simplified: f.Simplified,
		Generated: f.Generated, Masked: f.Masked != "", Unloaded: f.Unloaded, Moves: []moveFields{},
		Hunks: []hunkFields{}, Structure: newStructureFields(&f.File),
	}
	for _, m := range f.Moves {
		out.Moves = append(out.Moves, moveFields{m.Old + 1, m.New + 1, m.Lines})
	}
	for _, a := range f.Attrs {
		out.Attributes = append(out.Attributes, attrFields{line(a.Name), line(a.Old), line(a.New)})
	}
	if len(f.Blocks) == 0 {
		return out
	}
	all := newWholeLines(&f.File)
	for _, h := range f.HunksWithin(context) {
		at := h.Lines
		hunk := hunkFields{
			start(at.OldLo, at.OldHi), at.OldHi - at.OldLo, start(at.NewLo, at.NewHi), at.NewHi - at.NewLo, f.Heading(h).String(), []lineFields{},
		}
		for _, l := range hunkLines(&f.File, h) {
			whole, noFinal := all.text(l)
			hunk.Lines = append(hunk.Lines, lineFields{l.op, l.old, l.new, whole.String(), noFinal})
		}
		out.Hunks = append(out.Hunks, hunk)
	}
	return out
}
