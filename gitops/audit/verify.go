package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
)

// Rules looks up the rules that an environment had once a revision was applied to it.
type Rules func(ctx context.Context, env string, applied model.Hash) (model.Environment, error)

// Finding is something that is not as it has to be.
type Finding struct {
	Text        text.Safe
	Environment string
	Change      model.ChangeID
	Run         model.RunID
	Entry       model.Hash // What shows it; empty for a log as a whole.
	Log         string
}

// Verdict is what there is to say of a ledger after all of it was looked at.
type Verdict struct {
	Logs     int
	Entries  int
	Signed   int // Entries with a signature that was verified.
	Runs     int
	Allowed  int // Runs that the rules of their time allowed.
	Glass    int // Runs for which somebody who may broke the glass.
	Findings []Finding
}

// Proven reports whether there is nothing to object to.
func (v Verdict) Proven() bool { return len(v.Findings) == 0 }

// Verify proves the ledger, whose chains and signatures were verified when it was read: every log whole, and every run allowed by the
// rules of the revision that was applied when it began, with the approvals that were on record then. For the first run of an
// environment the rules are those that it brought: trust on first use. What checks said is what the run recorded. Keyring finds
// whose signatures counted, see [change.Trust]. The error is one of reading rules, or of ctx.
func (b Book) Verify(ctx context.Context, rules Rules, keyring func(model.Hash) (*change.Keyring, bool)) (Verdict, error) {
	v := verifying{book: b, keyring: keyring, of: map[model.ChangeID][]ledger.Entry{}, applied: map[string]model.Hash{}, holds: map[string][]ledger.Entry{}, began: map[model.ChangeID]bool{}}
	v.Entries = len(b.Entries)
	logs := map[string]bool{}
	for _, p := range b.Problems {
		logs[p.Log] = true
		v.find(Account{Log: p.Log}, "the log %s cannot be believed from some entry on: it %s", p.Log, p.What)
	}
	for _, a := range slices.Backward(b.Accounts) {
		if err := ctx.Err(); err != nil {
			return v.Verdict, err
		}
		if a.Entry == nil || a.derived() {
			continue
		}
		logs[a.Log] = true
		if a.Signed() {
			v.Signed++
		}
		if err := v.look(ctx, a, rules); err != nil {
			return v.Verdict, err
		}
		v.of[a.Change] = append(v.of[a.Change], *a.Entry)
	}
	v.Logs = len(logs)
	return v.Verdict, nil
}

// verifying is a verdict on its way.
type verifying struct {
	Verdict
	book    Book
	keyring func(model.Hash) (*change.Keyring, bool)
	of      map[model.ChangeID][]ledger.Entry // So far.
	applied map[string]model.Hash             // By environment, so far.
	began   map[model.ChangeID]bool
	holds   map[string][]ledger.Entry // By environment, those of holds that people have set and lifted so far.
}

func (v *verifying) find(a Account, format string, args ...any) {
	v.Findings = append(v.Findings, Finding{Text: text.Line(fmt.Sprintf(format, args...)), Environment: a.Environment, Change: a.Change, Run: a.Run, Entry: a.ID(), Log: a.Log})
}

// look looks at one entry, given all that came before it.
func (v *verifying) look(ctx context.Context, a Account, rules Rules) error {
	c := v.book.changes[a.Change]
	switch {
	case a.Kind == Sealed && c == nil:
		v.find(a, "the entry says that %s was sealed, and it is not to be believed: %s", a.Change, a.Not)
	case (a.Kind == Begun || a.Kind == Glass) && !a.Counts():
		if v.began[a.Change] {
			v.find(a, "run %s is a second run of %s: a change is carried out once", a.Run, a.Change)
		} else {
			v.find(a, "run %s of %s was begun and may not have been: %s", a.Run, a.Change, a.Not)
		}
	case a.Kind == Begun || a.Kind == Glass:
		v.began[a.Change] = true
		v.Runs++
		if run := v.book.runs[a.Run]; run.Outcome == "" {
			v.find(a, "run %s of %s has no outcome: nobody knows how it ended, unless it is under way", a.Run, a.Change)
		}
		return v.decide(ctx, a, c, rules)
	case (a.Kind == Held || a.Kind == Lifted) && a.Counts():
		v.holds[a.Environment] = append(v.holds[a.Environment], *a.Entry)
	case a.Kind == Ended && a.Counts() && a.Outcome == model.RunApplied:
		v.applied[c.Environment] = c.Revision
	}
	return nil
}

// decide judges the change of a run again by what was on record when it began.
func (v *verifying) decide(ctx context.Context, a Account, c *model.Change, rules Rules) error {
	applied, known := v.applied[c.Environment]
	if !known {
		applied = c.Revision
	}
	env, err := rules(ctx, c.Environment, applied)
	if err != nil {
		return fmt.Errorf("verify run %s: %w", a.Run, err)
	}
	trust := change.Trust{Keyring: v.keyring, Roots: map[string]model.Hash{}, Now: a.At}
	if known {
		trust.Roots[c.Environment] = applied
	} else if root, ok := v.book.Record.Roots[c.Environment]; ok {
		trust.Roots[c.Environment] = root
	}
	record := change.Fold(slices.Concat(v.of[c.ID], v.holds[a.Environment]), trust)
	env.Policy.Holds = slices.DeleteFunc(record.HoldsOf(c.Environment), func(h model.Hold) bool { return !h.IsByHand() })
	then, ok := only(record.Changes)
	if !ok {
		then = *c // The seal is dated after the run: clocks differ.
		then.Approvals = nil
	}
	then.State, then.Checks = model.Sealed, recorded(a, env)
	facts := policy.Facts{Environment: env, Change: then, Applier: a.By, Now: a.At}
	unmet := slices.DeleteFunc(policy.Decide(facts), func(r model.Rule) bool { return r.OK })
	switch {
	case known && applied != c.Base:
		v.find(a, "run %s of %s began although its ground had moved: %s was at %s and not at %s", a.Run, a.Change, a.Environment, applied.Short(), c.Base.Short())
	case len(unmet) == 0:
		v.Allowed++
	case a.Kind == Glass:
		if err := policy.MayBreakGlass(facts, a.By); err != nil {
			v.find(a, "run %s of %s: the glass was broken, and that was not allowed: %v", a.Run, a.Change, err)
			return nil
		}
		v.Glass++
	default:
		v.find(a, "run %s of %s was not allowed when it began: %s%s", a.Run, a.Change, missing(unmet), v.later(facts))
	}
	return nil
}

// recorded is what the entry of a run says of the checks that its environment asked for then.
func recorded(a Account, env model.Environment) []model.CheckResult {
	var results []model.CheckResult
	for _, r := range ParseChecks(a.Entry.Field(checksField)) {
		i := slices.IndexFunc(env.Checks, func(c model.Check) bool { return c.Name == r.Name })
		optional := r.Name != model.Validation && (i < 0 || env.Checks[i].Advisory)
		results = append(results, model.CheckResult{Name: r.Name, State: r.State, Advisory: optional})
	}
	return results
}

func only(changes []model.Change) (model.Change, bool) {
	if len(changes) != 1 {
		return model.Change{}, false
	}
	return changes[0], true
}

func missing(unmet []model.Rule) string {
	var words []string
	for _, r := range unmet {
		words = append(words, r.Text)
	}
	return strings.Join(words, "; ")
}

// skew is by how much the clocks of two people may differ.
const skew = 5 * time.Minute

// later says that approvals which are dated shortly after the beginning would have been enough: clocks may differ, and nobody can tell.
func (v *verifying) later(facts policy.Facts) string {
	facts.Change.Approvals = slices.Clone(facts.Change.Approvals)
	added := 0
	for _, a := range v.book.changes[facts.Change.ID].Approvals {
		if a.Void == "" && a.At.After(facts.Now) && !a.At.After(facts.Now.Add(skew)) {
			facts.Change.Approvals = append(facts.Change.Approvals, a)
			added++
		}
	}
	if added == 0 || !policy.Approved(facts) {
		return ""
	}
	return fmt.Sprintf(" (%s dated shortly after it: clocks may differ, or it came too late)", plural(added, "approval"))
}
