package change

import (
	"encoding/json"
	"slices"

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
func Fold(entries []ledger.Entry) Record {
	r := Record{Applied: map[string]model.Hash{}, Holds: map[string]model.Hold{}}
	changes := map[model.ChangeID]*model.Change{}
	runs := map[model.RunID]*model.Run{}
	var changeOrder []model.ChangeID
	var runOrder []model.RunID
	for _, e := range entries {
		if e.Verb == ledger.Seal {
			c, err := parseRecord(e)
			if err == nil && changes[c.ID] == nil {
				changes[c.ID] = &c
				changeOrder = append(changeOrder, c.ID)
			}
			continue
		}
		c := changes[model.ChangeID(e.Field("change"))]
		if c == nil {
			continue
		}
		fits := e.Field("digest") == string(c.Digest) && e.Field("commit") == string(c.Revision)
		switch e.Verb {
		case ledger.Approve:
			a := model.Approval{By: e.By, At: e.At, Change: c.ID, Commit: model.Hash(e.Field("commit")), Digest: model.Digest(e.Field("digest")), Signed: e.Signed}
			if !fits {
				a.Void = "it was given to another version of the change"
			}
			c.Approvals = append(c.Approvals, a)
		case ledger.Abandon, ledger.Void:
			if !c.State.IsOpen() {
				continue
			}
			c.State = model.Abandoned
			if e.Verb == ledger.Void {
				c.State = model.Void
				for i := range c.Approvals {
					c.Approvals[i].Void = e.Field("why")
				}
			}
			c.Note = text.Line(e.Field("why")).String()
		case ledger.Intent:
			id := model.RunID(e.Field("run"))
			if !fits || !c.State.IsOpen() || runs[id] != nil {
				continue
			}
			runs[id] = &model.Run{ID: id, Change: c.ID, Environment: c.Environment, By: e.By, Host: text.Line(e.Field("host")).String(), Started: e.At}
			runOrder = append(runOrder, id)
			c.State, c.Run = model.Applying, id
		case ledger.Outcome:
			run := runs[model.RunID(e.Field("run"))]
			if run == nil || run.Change != c.ID || run.Outcome != "" {
				continue
			}
			run.Ended, run.Outcome, run.Message = e.At, model.Outcome(e.Field("outcome")), text.Clean(e.Field("message"))
			// Events that do not parse are lost detail, not a lost outcome.
			_ = json.Unmarshal(e.Files[eventsName], &run.Events)
			c.State, c.Note = stateAfter(run.Outcome), run.Message.String()
			if run.Outcome == model.RunApplied {
				r.Applied[c.Environment] = c.Revision
				r.hold(*c, e)
			}
		}
	}
	for _, id := range changeOrder {
		r.Changes = append(r.Changes, *changes[id])
	}
	for _, id := range runOrder {
		r.Runs = append(r.Runs, *runs[id])
	}
	return r
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

func stateAfter(o model.Outcome) model.ChangeState {
	switch o {
	case model.RunApplied:
		return model.Applied
	case model.RunPartial:
		return model.Partial
	case model.RunFailed:
		return model.Failed
	}
	return model.Uncertain
}
