package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// Offer is a log as somebody else has it. Its objects are in the store already.
type Offer struct {
	Tip    model.Hash // Empty where they have it no longer.
	Kind   string     // Of the object at the tip; see [objects.RawRef].
	Before model.Hash // The last entry that they were known to have; empty for none.
}

// Judged is what an offer is worth.
type Judged struct {
	Log     string       // Its ref.
	Owner   string       // Whose log it is, as its ref says.
	Name    string       // What tells it from other logs of the same person.
	Take    objects.Move // How the ref has to move for what is new to be here; the zero value where nothing is.
	Entries int          // How many that are.
	Here    model.Hash   // The last entry that is believed here; it stays so whatever is offered.
	Ahead   int          // How many of them they have not got.
	Wrong   string       // Why what they have is not to be taken over; empty where it is.
}

// Judge compares logs as somebody else has them with those that are here: by the rules by which these are read, so what
// could not be believed here is not taken over. It moves nothing. Offers are by ref; logs that are not offered are answered too.
func (l *Ledger) Judge(ctx context.Context, offers map[string]Offer) ([]Judged, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		return nil, err
	}
	refs := map[string]bool{}
	for ref := range offers {
		refs[ref] = true
	}
	for ref := range l.logs {
		refs[ref] = true
	}
	var all []Judged
	for _, ref := range slices.Sorted(maps.Keys(refs)) {
		j, err := l.judge(ctx, ref, offers[ref])
		if err != nil {
			return nil, err
		}
		all = append(all, j)
	}
	return all, nil
}

func (l *Ledger) judge(ctx context.Context, ref string, o Offer) (Judged, error) {
	name := strings.TrimPrefix(ref, l.opt.logs())
	known := l.logs[ref]
	j := Judged{Log: ref, Here: known.tip}
	j.Owner, j.Name, _ = strings.Cut(name, "/")
	before, wasThere := known.place[o.Before]
	at, isHere := known.place[o.Tip]
	switch {
	case !isLog(name):
		j.Wrong = "is no log by its name"
	case known.broken != "" && !known.rewound:
		return j, nil // What is wrong with it is said where it is read.
	case o.Tip == "":
		j.Ahead = len(known.entries)
		if o.Before != "" {
			j.Wrong = "was deleted"
		}
	case o.Kind != "commit":
		j.Wrong = fmt.Sprintf("was replaced by a %s", text.Line(o.Kind))
	case isHere:
		j.Ahead = len(known.entries) - at - 1
		if wasThere && at < before {
			j.Wrong = fmt.Sprintf("is shorter than it was: %d of its entries are gone", before-at)
		} else if known.rewound && j.Ahead == 0 {
			j.Take = objects.Move{Name: ref, Next: o.Tip, Prev: known.ref}
		}
	default:
		// What is read for the judgement is read by a ledger of its own, so that nothing of it is believed by this one.
		aside := &Ledger{opt: l.opt, pins: l.pins, logs: map[string]chain{ref: {ref: known.tip, tip: known.tip, last: known.last, entries: known.entries}}}
		err := aside.extend(ctx, ref, o.Tip)
		offered := aside.logs[ref]
		switch {
		case ctx.Err() != nil:
			return j, ctx.Err()
		case err != nil:
			j.Wrong = "cannot be read: " + text.Error(err).String()
		case offered.rewound:
			j.Wrong = "is another one than it was: its entries do not follow those that are here"
		case offered.broken != "":
			j.Wrong = offered.broken
		default:
			j.Take, j.Entries = objects.Move{Name: ref, Next: o.Tip, Prev: known.ref}, len(offered.entries)-len(known.entries)
		}
	}
	return j, nil
}

// Slug is what the logs of a person are filed under.
func Slug(email string) string { return slug(email) }
