package headless

import (
	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
)

// structureFields is what changed by path. It is not known of a file without lines, or in a language that is not read; the reason says so.
type structureFields struct {
	Known   bool           `json:"known"`
	Reason  string         `json:"reason"`
	Objects []objectFields `json:"objects"`
}

type objectFields struct {
	Name     string                   `json:"name"`
	Op       string                   `json:"op"`
	OldLines rangeFields              `json:"old_lines"`
	NewLines rangeFields              `json:"new_lines"`
	Changes  []structuralChangeFields `json:"changes"`
}

type structuralChangeFields struct {
	Path     string         `json:"path"`
	Op       string         `json:"op"`
	Old      string         `json:"old"`
	New      string         `json:"new"`
	Moved    bool           `json:"moved"`
	Kind     string         `json:"kind"`
	Detail   []detailFields `json:"detail"`
	OldLines rangeFields    `json:"old_lines"`
	NewLines rangeFields    `json:"new_lines"`
}

type detailFields struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// rangeFields are lines from 1, both ends included; both are 0 where there is none.
type rangeFields struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func newRangeFields(r structure.Range) rangeFields {
	if r.IsEmpty() {
		return rangeFields{}
	}
	return rangeFields{r.Lo + 1, r.Hi}
}

func newStructureFields(f *diff.File) structureFields {
	out := structureFields{Objects: []objectFields{}}
	if old, new := f.Versions(); old == nil && new == nil {
		out.Reason = "there are no lines to be read"
		return out
	}
	d, err := structure.CompareFile(f)
	if err != nil {
		out.Reason = text.Error(err).String()
		return out
	}
	out.Known = true
	for _, o := range d.Objects {
		object := objectFields{o.Name.String(), became(o.Op), newRangeFields(o.OldLines), newRangeFields(o.NewLines), []structuralChangeFields{}}
		for _, c := range o.Changes {
			change := structuralChangeFields{
				c.Path.String(), became(c.Op), c.Old.String(), c.New.String(), c.Moved, c.Kind.String(), []detailFields{},
				newRangeFields(c.OldLines), newRangeFields(c.NewLines),
			}
			for _, l := range c.Detail {
				change.Detail = append(change.Detail, detailFields{op(l.Op), l.Text.String()})
			}
			object.Changes = append(object.Changes, change)
		}
		out.Objects = append(out.Objects, object)
	}
	return out
}

// became is what became of something, in a word.
func became(o diff.Op) string {
	switch o {
	case diff.Insert:
		return "added"
	case diff.Delete:
		return "removed"
	}
	return "changed"
}
