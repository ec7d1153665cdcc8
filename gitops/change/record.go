// Package change turns a stage into commits, writes changes to the ledger, and
// reads from the ledger how far each one has come.
package change

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// record is a sealed change as the ledger keeps it. Its fields are fixed: records are read for years.
type record struct {
	Schema      string           `json:"schema"`
	ID          model.ChangeID   `json:"id"`
	Environment string           `json:"environment"`
	Kind        model.ChangeKind `json:"kind"`
	Title       text.Safe        `json:"title"`
	Reason      text.Safe        `json:"reason"`
	Author      model.Principal  `json:"author"`
	SealedAt    time.Time        `json:"sealed_at"`
	Subject     string           `json:"subject,omitempty"`
	Addresses   []string         `json:"addresses,omitempty"`
	Parts       []recordPart     `json:"parts,omitempty"`
	Picks       []recordPick     `json:"picks,omitempty"`
	Base        model.Hash       `json:"base,omitempty"`
	Revision    model.Hash       `json:"revision"`
	Onto        string           `json:"onto,omitempty"`
	Commits     []model.Hash     `json:"commits"`
	Plans       []model.PlanRef  `json:"plans"`
	Digest      model.Digest     `json:"digest"`
}

// recordPart is a part of a resource. A block is its lines of both versions: from and up to, of the old and of the new.
type recordPart struct {
	Address string       `json:"address"`
	Old     model.Digest `json:"old,omitempty"`
	New     model.Digest `json:"new,omitempty"`
	Blocks  [][4]int     `json:"blocks"`
}

func writeParts(parts []model.Part) []recordPart {
	var written []recordPart
	for _, p := range parts {
		w := recordPart{Address: p.Address, Old: p.Old, New: p.New}
		for _, b := range p.Blocks {
			w.Blocks = append(w.Blocks, [4]int{b.OldLo, b.OldHi, b.NewLo, b.NewHi})
		}
		written = append(written, w)
	}
	return written
}

func readParts(written []recordPart) []model.Part {
	var parts []model.Part
	for _, w := range written {
		p := model.Part{Address: w.Address, Old: w.Old, New: w.New}
		for _, b := range w.Blocks {
			p.Blocks = append(p.Blocks, diff.Block{OldLo: b[0], OldHi: b[1], NewLo: b[2], NewHi: b[3]})
		}
		parts = append(parts, p)
	}
	return parts
}

const (
	recordName   = "change.json"
	recordSchema = "plumb.ledger.change/1"
)

// Entry is what the ledger is to record for a newly sealed change: the change, and the manifest of every plan.
func Entry(c model.Change, plans []model.Plan) ([]ledger.Field, map[string][]byte, error) {
	data, err := json.MarshalIndent(record{recordSchema, c.ID, c.Environment, c.Kind, c.Title, c.Reason, c.Author, c.SealedAt,
		c.Subject, c.Addresses, writeParts(c.Parts), writePicks(c.Picks), c.Base, c.Revision, c.Onto, c.Commits, c.Plans, c.Digest}, "", "  ")
	if err != nil {
		return nil, nil, fmt.Errorf("record the change: %w", err)
	}
	files := map[string][]byte{recordName: append(data, '\n')}
	for i, p := range plans {
		files[manifestName(i)] = []byte(p.Manifest())
	}
	return append(bind(c), ledger.Field{Key: "undo", Value: c.Undo().Class.String()}), files, nil
}

// manifestName is the attachment that holds the manifest of a plan.
func manifestName(i int) string { return "plan-" + strconv.Itoa(i+1) }

// bind ties an entry to exactly one change: an entry that names another digest or revision is about something else.
func bind(c model.Change) []ledger.Field {
	return []ledger.Field{
		{Key: "change", Value: string(c.ID)},
		{Key: "environment", Value: c.Environment},
		{Key: "commit", Value: string(c.Revision)},
		{Key: "digest", Value: string(c.Digest)},
	}
}

// Approval is what the ledger is to record for an approval: what it is of, and what the checks had said until then.
func Approval(c model.Change) []ledger.Field {
	return append(append(bind(c), ledger.Field{Key: "class", Value: c.Undo().Class.String()}), checked(c)...)
}

// checked says of each check of a change what became of it, a line each. What it printed stays where it ran.
func checked(c model.Change) []ledger.Field {
	var lines []string
	for _, r := range c.Checks {
		lines = append(lines, fmt.Sprintf("%s %s", r.State, r.Name))
	}
	if lines == nil {
		return nil
	}
	return []ledger.Field{{Key: "checks", Value: cut(strings.Join(lines, "\n"))}}
}

// Refusal is what the ledger is to record when somebody says no to a change.
func Refusal(c model.Change, why string) []ledger.Field {
	return append(bind(c), ledger.Field{Key: "why", Value: why})
}

// Withdrawal is what the ledger is to record when somebody takes back what they had said of a change.
func Withdrawal(c model.Change) []ledger.Field { return bind(c) }

// Hold is what the ledger is to record when a person sets a hold.
func Hold(h model.Hold) []ledger.Field {
	fields := []ledger.Field{
		{Key: "environment", Value: h.Environment}, {Key: "hold", Value: h.ID}, {Key: "why", Value: h.Why.String()},
		{Key: "addresses", Value: strings.Join(h.Addresses, "\n")},
	}
	if !h.Until.IsZero() {
		fields = append(fields, ledger.Field{Key: "until", Value: h.Until.UTC().Format(time.RFC3339)})
	}
	return fields
}

// Lift is what the ledger is to record when a person lifts a hold.
func Lift(h model.Hold, why string) []ledger.Field {
	return []ledger.Field{{Key: "environment", Value: h.Environment}, {Key: "hold", Value: h.ID}, {Key: "why", Value: why}}
}

// End is what the ledger is to record when a change is given up or void.
func End(c model.Change, why string) []ledger.Field {
	return append(bind(c), ledger.Field{Key: "why", Value: why})
}

// Intent is what the ledger is to record before a run begins.
func Intent(c model.Change, run model.RunID, host string) []ledger.Field {
	return append(append(bind(c), ledger.Field{Key: "run", Value: string(run)}, ledger.Field{Key: "host", Value: host}), checked(c)...)
}

// Glass is what an intent records besides when rules are overruled.
func Glass(r model.Run) []ledger.Field {
	if r.Glass.IsEmpty() {
		return nil
	}
	return []ledger.Field{{Key: "glass", Value: r.Glass.String()}, {Key: "overruled", Value: cut(strings.Join(r.Overruled, "\n"))}}
}

// longestMessage is in bytes. An entry has room for little more, and who wants all reads the journal.
const longestMessage = 8 << 10

func cut(s string) string {
	if len(s) > longestMessage {
		s = strings.ToValidUTF8(s[:longestMessage], "") + "…"
	}
	return s
}

// Outcome is what the ledger is to record when a run has ended. A very long message is cut.
func Outcome(c model.Change, r model.Run) ([]ledger.Field, map[string][]byte, error) {
	events := []model.Event{}
	for _, e := range r.Events {
		if e.Phase.IsEnd() {
			events = append(events, e)
		}
	}
	data, err := json.MarshalIndent(events, "", "  ")
	if err != nil {
		return nil, nil, fmt.Errorf("record the outcome: %w", err)
	}
	return append(bind(c),
		ledger.Field{Key: "run", Value: string(r.ID)},
		ledger.Field{Key: "outcome", Value: string(r.Outcome)},
		ledger.Field{Key: "message", Value: cut(r.Message.String())},
	), map[string][]byte{eventsName: append(data, '\n')}, nil
}

const eventsName = "events.json"
