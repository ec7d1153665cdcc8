package change

import (
	"encoding/json"
	"slices"
	"strings"

	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

// Record is all that the ledger says: changes and runs, oldest first, and where each environment is.
type Record struct {
	Changes []model.Change
	Runs    []model.Run
	Applied map[string]model.Hash // By environment: the revision of the last run that ended well.
	Holds   map[string]model.Hold // By environment, where a rollback still holds.
}

// Fold reads the record from the ledger's entries, oldest first. It is pure.
// An entry about a change that it does not fit is left out: what nobody sealed cannot be approved, and
// a change that was already run is not run again.
//
// People's clocks differ, so an entry may stand before the seal of the change that it is
// about. It names the digest, so it was written after the change was sealed all the same.
func Fold(entries []ledger.Entry) Record {
	f := folding{
		Record:  Record{Applied: map[string]model.Hash{}, Holds: map[string]model.Hold{}},
		changes: map[model.ChangeID]*model.Change{}, runs: map[model.RunID]*model.Run{},
	}
	var changes []*model.Change
	for _, e := range entries {
		if e.Verb != ledger.Seal {
			continue
		}
		if c, err := parseRecord(e); err == nil && f.changes[c.ID] == nil {
			f.changes[c.ID] = &c
			changes = append(changes, &c)
		}
	}
	for _, e := range entries {
		if c := f.changes[model.ChangeID(e.Field("change"))]; c != nil {
			f.take(e, c)
		}
	}
	for _, c := range changes {
		f.Changes = append(f.Changes, *c)
	}
	for _, r := range f.order {
		f.Runs = append(f.Runs, *r)
	}
	return f.Record
}

// folding is a record on its way.
type folding struct {
	Record
	changes map[model.ChangeID]*model.Change
	runs    map[model.RunID]*model.Run
	order   []*model.Run
}

// take takes an entry about a change into the record, if it fits.
func (f *folding) take(e ledger.Entry, c *model.Change) {
	fits := e.Field("digest") == string(c.Digest) && e.Field("commit") == string(c.Revision)
	if e.Verb == ledger.Approve {
		a := model.Approval{By: e.By, At: e.At, Change: c.ID, Commit: model.Hash(e.Field("commit")), Digest: model.Digest(e.Field("digest")), Signed: e.Signed}
		if !fits {
			a.Void = "it was given to another version of the change"
		} else if c.State == model.Void {
			a.Void = c.Note
		}
		c.Approvals = append(c.Approvals, a)
		return
	}
	if !fits {
		return
	}
	switch e.Verb {
	case ledger.Abandon, ledger.Void:
		f.end(e, c)
	case ledger.Intent:
		f.begin(e, c)
	case ledger.Outcome:
		f.outcome(e, c)
	}
}

// end takes the entry of somebody who gave the change up or found it void.
func (f *folding) end(e ledger.Entry, c *model.Change) {
	if !c.State.IsOpen() {
		return
	}
	c.Note = text.Line(e.Field("why")).String()
	if e.Verb == ledger.Abandon {
		c.State = model.Abandoned
		return
	}
	c.State = model.Void
	for i, a := range c.Approvals {
		if a.Void == "" {
			c.Approvals[i].Void = c.Note
		}
	}
}

func (f *folding) begin(e ledger.Entry, c *model.Change) {
	id := model.RunID(e.Field("run"))
	if !c.State.IsOpen() || f.runs[id] != nil || !isID(string(id)) {
		return
	}
	f.runs[id] = &model.Run{ID: id, Change: c.ID, Environment: c.Environment, By: e.By, Host: text.Line(e.Field("host")).String(), Started: e.At}
	if why := e.Field("glass"); why != "" {
		f.runs[id].Glass = text.Line(why)
		for l := range strings.SplitSeq(e.Field("overruled"), "\n") {
			f.runs[id].Overruled = append(f.runs[id].Overruled, text.Line(l).String())
		}
	}
	f.order = append(f.order, f.runs[id])
	c.State, c.Run, c.Glass = model.Applying, id, f.runs[id].Broken()
}

func (f *folding) outcome(e ledger.Entry, c *model.Change) {
	run := f.runs[model.RunID(e.Field("run"))]
	if run == nil || run.Change != c.ID || run.Outcome != "" {
		return
	}
	run.Ended, run.Outcome, run.Message = e.At, model.Outcome(e.Field("outcome")), text.Clean(e.Field("message"))
	// Events that do not parse are lost detail, not a lost outcome.
	_ = json.Unmarshal(e.Files[eventsName], &run.Events)
	switch run.Outcome {
	case model.RunApplied:
		c.State = model.Applied
		f.Applied[c.Environment] = c.Revision
		f.hold(*c, e)
	case model.RunPartial:
		c.State = model.Partial
	case model.RunFailed:
		c.State = model.Failed
	default: // Whatever word it is, it does not say what happened.
		c.State, run.Outcome = model.Uncertain, model.RunUncertain
	}
	c.Note = run.Message.String()
}

// hold sets or lifts the hold of an environment after a run that ended well.
func (r Record) hold(c model.Change, end ledger.Entry) {
	switch c.Kind {
	case model.Rollback:
		r.Holds[c.Environment] = model.Hold{Since: end.At, By: end.By, Why: c.Reason, Change: c.ID, Revision: c.Revision}
	case model.Deploy:
		delete(r.Holds, c.Environment)
	}
}

// Open are the changes of an environment that can still be approved or applied.
func (r Record) Open(env string) []model.Change {
	return slices.DeleteFunc(slices.Clone(r.Changes), func(c model.Change) bool {
		return c.Environment != env || !c.State.IsOpen()
	})
}
