package change

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

// Record is all that the ledger says: changes and runs, oldest first, and where each environment is.
type Record struct {
	Changes []model.Change
	Runs    []model.Run
	Applied map[string]model.Hash // By environment: the revision of the last run that ended well.
	Holds   []model.Hold          // Those that are neither lifted nor over, oldest first.
	Roots   map[string]model.Hash // By environment: the revision whose keyring counts, or counted, until the first run.
	Keys    map[string]*Keyring   // By environment: whose signatures count now. None where nothing has to be signed.
	Left    []Left                // Entries that do not count, in their order.

	Problems []string // What of the ledger cannot be believed; put there by whoever read it.
}

// Left is an entry that was left out, and why.
type Left struct {
	Entry model.Hash
	Why   string
}

// Folder reads records from the ledger's entries, and keeps the changes that it has parsed: entries never change. The zero
// value is ready. It is for one goroutine at a time.
type Folder struct {
	sealed map[model.Hash]model.Change // By entry; without those that cannot be believed.
}

// Fold is [Folder.Fold] for once.
func Fold(entries []ledger.Entry, trust Trust) Record { return new(Folder).Fold(entries, trust) }

// parse parses what an entry has sealed.
func (f *Folder) parse(e ledger.Entry) (model.Change, error) {
	if c, ok := f.sealed[e.ID]; ok && e.ID != "" {
		return c, nil
	}
	c, err := parseRecord(e)
	if err == nil {
		if f.sealed == nil {
			f.sealed = map[model.Hash]model.Change{}
		}
		f.sealed[e.ID] = c
	}
	return c, err
}

// Fold reads the record from the ledger's entries, oldest first. It is pure but for the keyrings that it asks for.
// An entry about a change that it does not fit is left out: what nobody sealed cannot be approved, and
// a change that was already run is not run again. So is one that its environment's keyring does not allow: the keyring of
// the last applied revision, so that no change brings the keys that allow it.
//
// What has happened is judged by the keys of its day. Approvals and refusals of what is still open are judged by those of today.
//
// People's clocks differ, so an entry may stand before the seal of the change that it is
// about. It names the digest, so it was written after the change was sealed all the same.
func (folder *Folder) Fold(entries []ledger.Entry, trust Trust) Record {
	f := folding{
		Record: Record{Applied: map[string]model.Hash{}, Roots: maps.Clone(trust.Roots), Keys: map[string]*Keyring{}},
		trust:  trust, changes: map[model.ChangeID]*folded{}, runs: map[model.RunID]*model.Run{},
	}
	if f.Roots == nil {
		f.Roots = map[string]model.Hash{}
	}
	if f.trust.Keyring == nil {
		f.trust.Keyring = func(model.Hash) (*Keyring, bool) { return nil, true }
	}
	var changes []*folded
	for _, e := range entries {
		if e.Verb != ledger.Seal {
			continue
		}
		c, err := folder.parse(e)
		switch {
		case err != nil:
			f.leave(e, text.Error(err).String())
		case f.changes[c.ID] != nil:
			f.leave(e, "another change has the same id")
		default:
			f.changes[c.ID] = &folded{Change: c, seal: e}
			changes = append(changes, f.changes[c.ID])
		}
	}
	for _, e := range entries {
		switch e.Verb {
		case ledger.Seal:
			continue
		case ledger.Hold, ledger.Lift:
			f.holding(e)
			continue
		}
		if c := f.changes[model.ChangeID(e.Field("change"))]; c != nil {
			f.take(e, c)
		} else {
			f.leave(e, "it is about a change that nobody sealed")
		}
	}
	f.Holds = slices.DeleteFunc(f.Holds, func(h model.Hold) bool { return h.IsOver(trust.Now) })
	for _, c := range changes {
		if c.State.IsOpen() {
			f.prove(c, trust.Now)
		}
		f.Changes = append(f.Changes, c.Change)
	}
	for env := range f.Roots {
		f.keyring(env, "")
	}
	for _, r := range f.order {
		f.Runs = append(f.Runs, *r)
	}
	return f.Record
}

// folding is a record on its way.
type folding struct {
	Record
	trust   Trust
	changes map[model.ChangeID]*folded
	runs    map[model.RunID]*model.Run
	order   []*model.Run
}

// folded is a change with the entries that its proof rests on.
type folded struct {
	model.Change
	seal      ledger.Entry
	approvals []ledger.Entry // As the change's.
	refusals  []ledger.Entry
}

func (f *folding) leave(e ledger.Entry, why string) { f.Left = append(f.Left, Left{e.ID, why}) }

// keyring is the one that counts in an environment at this point of the record. Where nothing says which, it is the one
// that first comes along: trust on first use.
func (f *folding) keyring(env string, first model.Hash) *Keyring {
	if k, ok := f.Keys[env]; ok {
		return k
	}
	if root, ok := f.Roots[env]; ok {
		k, found := f.trust.Keyring(root)
		if !found {
			k = &Keyring{Revision: root, Broken: model.WithHint(fmt.Errorf("%s, whose keys count, is not in this clone", root.Short()), "fetch it")}
		}
		f.Keys[env] = k
		return k
	}
	k, _ := f.trust.Keyring(first)
	return k
}

// applied takes note of where an environment is. The keys of before go on to count where the revision is not in this clone.
func (f *folding) applied(env string, revision model.Hash) {
	f.Applied[env] = revision
	if k, found := f.trust.Keyring(revision); found {
		f.Keys[env] = k
	}
}

// prove judges who sealed and approved a change, and who refused it.
func (f *folding) prove(c *folded, at time.Time) {
	k := f.keyring(c.Environment, c.Revision)
	c.Unproven = k.Doubt(c.seal, c.seal.At)
	for i, e := range c.approvals {
		if c.Approvals[i].Void == "" {
			c.Approvals[i].Void = k.Doubt(e, at)
		}
	}
	for i, e := range c.refusals {
		if c.Refusals[i].Void == "" {
			c.Refusals[i].Void = k.Doubt(e, at)
		}
	}
}

// take takes an entry about a change into the record, if it fits.
func (f *folding) take(e ledger.Entry, c *folded) {
	fits := e.Field("digest") == string(c.Digest) && e.Field("commit") == string(c.Revision)
	const another = "it was given to another version of the change"
	switch {
	case e.Verb == ledger.Approve:
		a := model.Approval{By: e.By, At: e.At, Change: c.ID, Commit: model.Hash(e.Field("commit")), Digest: model.Digest(e.Field("digest")), Key: e.Key}
		if !fits {
			a.Void = another
		} else if c.State == model.Void {
			a.Void = c.Note
		}
		c.Approvals, c.approvals = append(c.Approvals, a), append(c.approvals, e)
		return
	case !fits:
		f.leave(e, another)
		return
	case e.Verb == ledger.Refuse:
		c.Refusals, c.refusals = append(c.Refusals, model.Refusal{By: e.By, At: e.At, Why: text.Clean(e.Field("why")), Key: e.Key}), append(c.refusals, e)
		return
	}
	if doubt := f.keyring(c.Environment, c.Revision).Doubt(e, e.At); doubt != "" {
		f.leave(e, doubt)
		return
	}
	switch e.Verb {
	case ledger.Withdraw:
		c.withdraw(e.By)
	case ledger.Abandon, ledger.Void:
		f.end(e, c)
	case ledger.Intent:
		f.begin(e, c)
	case ledger.Outcome:
		f.outcome(e, c)
	}
}

// withdraw takes back what a person has said until then.
func (c *folded) withdraw(by model.Principal) {
	const withdrawn = "it was withdrawn"
	for i, a := range c.Approvals {
		if a.Void == "" && a.By.Is(by) {
			c.Approvals[i].Void = withdrawn
		}
	}
	for i, r := range c.Refusals {
		if r.Void == "" && r.By.Is(by) {
			c.Refusals[i].Void = withdrawn
		}
	}
}

// end takes the entry of somebody who gave the change up or found it void.
func (f *folding) end(e ledger.Entry, c *folded) {
	if !c.State.IsOpen() {
		f.leave(e, ended(c))
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

func (f *folding) begin(e ledger.Entry, c *folded) {
	id := model.RunID(e.Field("run"))
	switch {
	case !c.State.IsOpen():
		f.leave(e, ended(c))
		return
	case f.runs[id] != nil || !isID(string(id)):
		f.leave(e, "its run has no usable id")
		return
	}
	f.prove(c, e.At)
	if _, known := f.Roots[c.Environment]; !known {
		f.Roots[c.Environment] = c.Revision
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

// ended says why an entry came too late.
func ended(c *folded) string { return fmt.Sprintf("the change was %s by then", c.State) }

func (f *folding) outcome(e ledger.Entry, c *folded) {
	run := f.runs[model.RunID(e.Field("run"))]
	if run == nil || run.Change != c.ID || run.Outcome != "" {
		f.leave(e, "it is about a run that nobody began, or that had ended")
		return
	}
	run.Ended, run.Outcome, run.Message = e.At, model.Outcome(e.Field("outcome")), text.Clean(e.Field("message"))
	// Events that do not parse are lost detail, not a lost outcome.
	_ = json.Unmarshal(e.Files[eventsName], &run.Events)
	switch run.Outcome {
	case model.RunApplied:
		c.State = model.Applied
		f.applied(c.Environment, c.Revision)
		f.hold(c.Change, e)
	case model.RunPartial:
		c.State = model.Partial
	case model.RunFailed:
		c.State = model.Failed
	default: // Whatever word it is, it does not say what happened.
		c.State, run.Outcome = model.Uncertain, model.RunUncertain
	}
	c.Note = run.Message.String()
}

// hold sets or lifts the hold that a rollback leaves, after a run that ended well.
func (r *Record) hold(c model.Change, end ledger.Entry) {
	if c.Kind != model.Rollback && c.Kind != model.Deploy {
		return
	}
	r.Holds = slices.DeleteFunc(r.Holds, func(h model.Hold) bool { return h.Environment == c.Environment && !h.IsByHand() })
	if c.Kind == model.Rollback {
		r.Holds = append(r.Holds, model.Hold{ID: string(c.ID), Environment: c.Environment, Since: end.At, By: end.By, Why: c.Reason, Change: c.ID, Revision: c.Revision})
	}
}

// holding takes the entry of a person who set or lifted a hold.
func (f *folding) holding(e ledger.Entry) {
	env, id := e.Field("environment"), e.Field("hold")
	if doubt := f.keyring(env, "").Doubt(e, e.At); doubt != "" {
		f.leave(e, doubt)
		return
	}
	at := slices.IndexFunc(f.Holds, func(h model.Hold) bool { return h.Environment == env && h.ID == id })
	switch {
	case e.Verb == ledger.Lift && at < 0:
		f.leave(e, "it lifts a hold that nobody set, or that was over")
	case e.Verb == ledger.Lift:
		f.Holds = slices.Delete(f.Holds, at, at+1)
	case at >= 0 || !isID(id):
		f.leave(e, "its hold has no usable id")
	default:
		h := model.Hold{ID: id, Environment: env, Since: e.At, By: e.By, Why: text.Clean(e.Field("why"))}
		if list := e.Field("addresses"); list != "" {
			h.Addresses = strings.Split(list, "\n")
		}
		if until := e.Field("until"); until != "" {
			var err error
			if h.Until, err = time.Parse(time.RFC3339, until); err != nil {
				f.leave(e, "nobody can read until when it holds")
				return
			}
		}
		f.Holds = append(f.Holds, h)
	}
}

// HoldsOf are the holds of an environment.
func (r Record) HoldsOf(env string) []model.Hold {
	return slices.DeleteFunc(slices.Clone(r.Holds), func(h model.Hold) bool { return h.Environment != env })
}

// Open are the changes of an environment that can still be approved or applied.
func (r Record) Open(env string) []model.Change {
	return slices.DeleteFunc(slices.Clone(r.Changes), func(c model.Change) bool {
		return c.Environment != env || !c.State.IsOpen()
	})
}
