// Package policy decides whether a change may be applied, rule by rule. It is pure: what time it is and who
// wants to apply are among the facts that it is given.
package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"plumb/model"
)

// The names of the rules.
const (
	Open      = "open"
	ReadOnly  = "read-only"
	Freeze    = "freeze"
	Protected = "protected"
	Deletions = "deletions"
	Approvals = "approvals"
	FourEyes  = "four eyes"
	Checks    = "checks"
	Seal      = "seal"
	Refusals  = "refusals"
	Record    = "record"
	Hold      = "hold"
	Keys      = "keys"
	Shared    = "shared"
)

// Facts are all that a decision rests on. The caller has read the environment's rules from a revision that the change cannot influence.
type Facts struct {
	Environment model.Environment
	Change      model.Change
	Applier     model.Principal // Who is about to apply it; zero while nobody is.
	Now         time.Time
	Unshared    string // Why it is not known what others have recorded since; empty where it is.
}

// Decide judges whether the change may be applied: every rule that concerns it, met or not, so that a screen can show what
// is missing and who could give it.
func Decide(f Facts) []model.Rule {
	env, c := f.Environment, f.Change
	var rules []model.Rule
	if !c.State.IsOpen() {
		rules = append(rules, model.Rule{Name: Open, Text: fmt.Sprintf("the change is %s", c.State), Missing: "a new change"})
	}
	if env.ReadOnly {
		rules = append(rules, model.Rule{Name: ReadOnly, Text: env.Name + " is read-only", Missing: "readonly: has to go from plumb.yaml"})
	}
	for _, fr := range env.Policy.Freezes {
		if fr.Active(f.Now) {
			rules = append(rules, frozen(env, fr))
		}
	}
	for _, h := range env.Policy.Holds {
		if touches(c, h) && !h.IsOver(f.Now) {
			rules = append(rules, held(h))
		}
	}
	rules = append(rules, destruction(env.Policy, c)...)
	rules = append(rules, proof(env.Policy, c)...)
	asked := needs(env, c)
	if len(c.Doubts) > 0 && (len(asked) > 0 || env.Policy.Keys != "") {
		rules = append(rules, model.Rule{Name: Record, Text: "the record cannot be believed: " + strings.Join(c.Doubts, "; "),
			Missing: "a record that is whole: plumb audit verify says what to do"})
	}
	if f.Unshared != "" && MustBeShared(f) {
		rules = append(rules, model.Rule{Name: Shared, Text: "others may have refused or applied it meanwhile: " + f.Unshared,
			Missing: "a remote that can be reached, or broken glass", WhoCould: env.Policy.BreakGlass})
	}
	for _, n := range asked {
		rules = append(rules, f.approvals(n))
	}
	if slices.ContainsFunc(asked, func(n need) bool { return n.foreign }) {
		rules = append(rules, model.Rule{Name: FourEyes, OK: true, Text: "the author's own approval does not count"})
	}
	if r, ok := model.DecideChecks(c.Checks); ok {
		if !r.OK {
			r.Missing = "checks that pass"
		}
		rules = append(rules, r)
	}
	return rules
}

func frozen(env model.Environment, fr model.Freeze) model.Rule {
	words := env.Name + " is frozen until " + fr.Until()
	if fr.Why != "" {
		words += ": " + fr.Why
	}
	return model.Rule{Name: Freeze, Text: words, Missing: "the end of the freeze, or broken glass", WhoCould: env.Policy.BreakGlass}
}

// touches reports whether a step of the change is about something that is held.
func touches(c model.Change, h model.Hold) bool {
	if h.IsByHand() && len(h.Addresses) == 0 {
		return true
	}
	for _, p := range c.Plans {
		if slices.ContainsFunc(p.Steps, func(s model.StepRef) bool { return h.Covers(s.Address) }) {
			return true
		}
	}
	return false
}

func held(h model.Hold) model.Rule {
	what := h.Environment
	if len(h.Addresses) > 0 {
		what = strings.Join(h.Addresses, ", ")
	}
	until := ""
	if !h.Until.IsZero() {
		until = h.Until.UTC().Format(" until 2006-01-02 15:04 UTC")
	}
	return model.Rule{Name: Hold, Text: fmt.Sprintf("%s is held by %s%s: %s", what, h.By.Email, until, h.Why),
		Missing: fmt.Sprintf("the end of the hold (plumb hold lift %s), or broken glass", h.ID)}
}

// proof judges what people have signed and said, but for their approvals.
func proof(p model.Policy, c model.Change) []model.Rule {
	var rules []model.Rule
	if p.Keys != "" {
		rules = append(rules, model.Rule{Name: Keys, OK: true, Text: p.Keys})
	}
	if c.Unproven != "" {
		rules = append(rules, model.Rule{Name: Seal, Text: fmt.Sprintf("its seal by %s does not count: %s", c.Author.Email, c.Unproven),
			Missing: "the same change, made and signed by somebody whose key counts"})
	}
	for _, r := range c.Refusals {
		if r.Void == "" {
			words := r.By.Email.String() + " refused it"
			if !r.Why.IsEmpty() {
				words += ": " + r.Why.String()
			}
			rules = append(rules, model.Rule{Name: Refusals, Text: words, Missing: "that they take it back, or another change", WhoCould: []string{r.By.Email.String()}})
		}
	}
	return rules
}

// destruction judges what is deleted and replaced.
func destruction(p model.Policy, c model.Change) []model.Rule {
	var gone []model.Address
	for _, plan := range c.Plans {
		for _, s := range plan.Steps {
			if s.Action == model.Delete || s.Action == model.Replace {
				gone = append(gone, s.Address)
			}
		}
	}
	var rules []model.Rule
	if len(p.Protected) > 0 {
		r := model.Rule{Name: Protected, OK: true, Text: "nothing protected is deleted"}
		i := slices.IndexFunc(gone, func(a model.Address) bool { return fits(a, p.Protected) })
		if i >= 0 {
			r = model.Rule{Name: Protected, Text: fmt.Sprintf("%s is protected and would be deleted or replaced", gone[i]),
				Missing: "protected: in plumb.yaml has to let it go, in a change that is applied before"}
		}
		rules = append(rules, r)
	}
	if p.MaxDeletions != nil {
		r := model.Rule{Name: Deletions, OK: len(gone) <= *p.MaxDeletions, Text: fmt.Sprintf("deletions %d, at most %d", len(gone), *p.MaxDeletions)}
		if !r.OK {
			r.Missing = "a change that deletes and replaces less"
		}
		rules = append(rules, r)
	}
	return rules
}

func fits(a model.Address, patterns []string) bool { return slices.ContainsFunc(patterns, a.Matches) }

// need is a number of approvals that a change has to have.
type need struct {
	count   int
	by      []string // As it was written.
	people  []string // Nil for anybody.
	what    string   // What asks for it; empty for the environment.
	foreign bool     // Neither the author nor the applier counts.
}

// needs are the approvals that the environment and its rules ask of the change.
func needs(env model.Environment, c model.Change) []need {
	var list []need
	if env.Approvals > 0 {
		list = append(list, need{count: env.Approvals, foreign: env.Approvals >= 2 || env.Policy.FourEyes})
	}
	for _, r := range env.Policy.Rules {
		if concerns(r, c) {
			n := need{count: r.Approvals, by: r.By, what: conditions(r), foreign: r.Approvals >= 2 || env.Policy.FourEyes}
			if len(r.By) > 0 {
				n.people = append([]string{}, r.People...)
			}
			list = append(list, n)
		}
	}
	return list
}

// concerns reports whether one step of the change fits all conditions of the rule. What only git takes over has
// addresses and no steps.
func concerns(r model.ApprovalRule, c model.Change) bool {
	if len(r.Paths) == 0 && len(r.Providers) == 0 && r.Undo == model.UndoUnknown {
		return true
	}
	for _, p := range c.Plans {
		if len(r.Providers) > 0 && !slices.Contains(r.Providers, p.Provider) {
			continue
		}
		for _, s := range p.Steps {
			if (len(r.Paths) == 0 || fits(s.Address, r.Paths)) && (r.Undo == model.UndoUnknown || !r.Undo.WorseThan(s.Undo.Class)) {
				return true
			}
		}
	}
	if len(r.Providers) > 0 || r.Undo != model.UndoUnknown {
		return false
	}
	return slices.ContainsFunc(c.Addresses, func(picked string) bool {
		_, address, _ := strings.Cut(picked, "/") // TARGET/ADDRESS
		return fits(model.Address(address), r.Paths)
	})
}

// conditions are those of a rule, for people.
func conditions(r model.ApprovalRule) string {
	var words []string
	if len(r.Paths) > 0 {
		words = append(words, strings.Join(r.Paths, ", "))
	}
	if len(r.Providers) > 0 {
		words = append(words, strings.Join(r.Providers, ", "))
	}
	if r.Undo != model.UndoUnknown {
		words = append(words, "undo "+r.Undo.String())
	}
	return strings.Join(words, ", ")
}

// approvals judges one need.
func (f Facts) approvals(n need) model.Rule {
	who := f.counting(n)
	r := model.Rule{Name: Approvals, OK: len(who) >= n.count, Text: fmt.Sprintf("approvals %d of %d", len(who), n.count)}
	by := ""
	if len(n.by) > 0 {
		by = " by " + strings.Join(n.by, ", ")
	}
	r.Text += by
	if n.what != "" {
		r.Text += " for " + n.what
	}
	if r.OK {
		return r
	}
	r.Missing = plural(n.count-len(who), "approval") + by
	r.WhoCould = f.could(n, who)
	return r
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// counting are the distinct people whose approvals count for the need. Who signs in two names with one key is one person.
func (f Facts) counting(n need) []model.Principal {
	var who []model.Principal
	var keys []string
	for _, a := range f.Change.Approvals {
		again := slices.ContainsFunc(who, func(p model.Principal) bool { return p.Is(a.By) }) || a.Key != "" && slices.Contains(keys, a.Key)
		if !again && f.valid(a) && f.mayCount(n, a.By) {
			who, keys = append(who, a.By), append(keys, a.Key)
		}
	}
	return who
}

// valid reports whether the approval is of the change as it is now, and has not expired.
func (f Facts) valid(a model.Approval) bool {
	return a.Void == "" && a.Digest == f.Change.Digest && a.Commit == f.Change.Revision && Expired(f.Environment.Policy, a, f.Now) == ""
}

// skew is by how much the clocks of two people may differ.
const skew = 5 * time.Minute

// Expired says why an approval has run out, or is not to be trusted to ever do so; empty while it holds.
func Expired(p model.Policy, a model.Approval, now time.Time) string {
	switch {
	case p.Expires == 0:
		return ""
	case a.At.After(now.Add(skew)):
		return "it is dated in the future"
	case !now.Before(a.At.Add(p.Expires)):
		return "it expired after " + Span(p.Expires)
	}
	return ""
}

// Span is a duration for people, in its two largest units: "22h", "1h30m", "2d".
func Span(d time.Duration) string {
	d = d.Round(time.Minute)
	switch days := d / (24 * time.Hour); {
	case d < time.Minute:
		return "less than a minute"
	case days >= 2 || d == 24*time.Hour*days:
		return fmt.Sprintf("%dd", days)
	case d%time.Hour == 0 || d > 10*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d > time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// mayCount reports whether the person's approval, if there is one, counts for the need.
func (f Facts) mayCount(n need, who model.Principal) bool {
	if who.Email.IsEmpty() || n.foreign && (who.Is(f.Change.Author) || who.Is(f.Applier)) {
		return false
	}
	return n.people == nil || isAmong(n.people, who)
}

// could are those who could still approve what is needed.
func (f Facts) could(n need, already []model.Principal) []string {
	out := slices.Clone(already)
	if n.foreign {
		out = append(out, f.Change.Author)
		if !f.Applier.Email.IsEmpty() && !f.Applier.Is(f.Change.Author) {
			out = append(out, f.Applier)
		}
	}
	var names []string
	for _, p := range out {
		names = append(names, strings.ToLower(p.Email.String()))
	}
	if n.people == nil {
		if len(names) == 0 {
			return []string{Anybody}
		}
		return []string{Anybody + but + strings.Join(names, ", ")}
	}
	var who []string
	for _, email := range n.people {
		if !slices.Contains(names, strings.ToLower(email)) {
			who = append(who, email)
		}
	}
	return who
}

// Anybody is who could give an approval that nothing is asked of.
const Anybody = "anybody"

const but = " but "

// Could reports whether the person is among those who could give what the rule misses.
func Could(r model.Rule, who model.Principal) bool {
	if isAmong(r.WhoCould, who) {
		return true
	}
	return slices.ContainsFunc(r.WhoCould, func(words string) bool {
		rest, many := strings.CutPrefix(words, Anybody)
		return many && !isAmong(strings.Split(strings.TrimPrefix(rest, but), ", "), who)
	})
}

func isAmong(people []string, who model.Principal) bool {
	email := strings.ToLower(who.Email.String())
	return email != "" && slices.ContainsFunc(people, func(p string) bool { return strings.ToLower(p) == email })
}

// MustBeShared reports whether the change may only be applied by somebody who knows what others have recorded: where approvals or signatures
// are asked for.
func MustBeShared(f Facts) bool { return NeedsApprovals(f) || f.Environment.Policy.Keys != "" }

// NeedsApprovals reports whether anything asks for approvals of the change.
func NeedsApprovals(f Facts) bool { return len(needs(f.Environment, f.Change)) > 0 }

// Approvers are the distinct people whose approvals count for at least one of the things that are asked.
func Approvers(f Facts) []model.Principal {
	var who []model.Principal
	for _, n := range needs(f.Environment, f.Change) {
		for _, p := range f.counting(n) {
			if !slices.ContainsFunc(who, p.Is) {
				who = append(who, p)
			}
		}
	}
	return who
}

// Approved reports whether the change has all approvals that it needs, whatever else forbids to apply it.
func Approved(f Facts) bool {
	return !slices.ContainsFunc(needs(f.Environment, f.Change), func(n need) bool { return len(f.counting(n)) < n.count })
}

// MayApprove says why the person may not approve the change, or nil.
func MayApprove(f Facts, who model.Principal) error {
	env, c := f.Environment, f.Change
	if !c.State.IsOpen() {
		return model.Refuse("plumb change list shows what is open", "%s is %s and cannot be approved", c.ID, c.State)
	}
	asked := needs(env, c)
	own := who.Is(c.Author)
	counts := slices.ContainsFunc(asked, func(n need) bool { return f.mayCount(n, who) })
	switch {
	case len(asked) > 0 && !counts && own && slices.ContainsFunc(asked, func(n need) bool { return n.foreign }):
		return model.Refuse("ask a colleague: plumb approve "+string(c.ID),
			"%s needs %s, and its author's own does not count", env.Name, plural(most(asked), "approval"))
	case len(asked) > 0 && !counts:
		return model.Refuse("ask one of "+strings.Join(asked[0].by, ", "), "%s needs the approval of others: yours does not count", c.ID)
	}
	for _, a := range c.Approvals {
		if a.By.Is(who) && f.valid(a) {
			return model.Refuse("plumb apply "+string(c.ID), "you have approved %s already", c.ID)
		}
	}
	return nil
}

// most is the largest number that is asked for.
func most(asked []need) int {
	n := 0
	for _, a := range asked {
		n = max(n, a.count)
	}
	return n
}

// MayBreakGlass says why the person may not apply the change although rules are not met, or nil. Only missing approvals, a
// freeze, a hold, a damaged record and a remote out of reach can be overruled, and only where something has to be.
func MayBreakGlass(f Facts, who model.Principal) error {
	unmet := false
	for _, r := range Decide(f) {
		switch {
		case r.OK:
		case r.Name != Approvals && r.Name != Freeze && r.Name != Record && r.Name != Hold && r.Name != Shared:
			return model.Refuse("only approvals, a freeze, a hold, a damaged record and a remote out of reach can be overruled", "%s cannot be applied: %s", f.Change.ID, r.Text)
		default:
			unmet = true
		}
	}
	switch people := f.Environment.Policy.BreakGlass; {
	case !unmet:
		return model.Refuse("plumb apply "+string(f.Change.ID), "no glass has to be broken for %s: every rule is met", f.Change.ID)
	case len(people) == 0:
		return model.Refuse("break_glass: in plumb.yaml says who may, once it is applied", "nobody may break the glass in %s", f.Environment.Name)
	case !isAmong(people, who):
		return model.Refuse("ask one of "+strings.Join(people, ", "), "you may not break the glass in %s", f.Environment.Name)
	}
	return nil
}

// Stricter is what both policies ask for together. Who may break the glass is what the first says.
func Stricter(a, b model.Policy) model.Policy {
	a.FourEyes = a.FourEyes || b.FourEyes
	a.Rules = union(a.Rules, b.Rules, func(r, s model.ApprovalRule) bool { return reflect.DeepEqual(r, s) })
	a.Freezes = union(a.Freezes, b.Freezes, model.Freeze.Equal)
	a.Protected = slices.Concat(a.Protected, b.Protected)
	if a.Expires == 0 || b.Expires > 0 && b.Expires < a.Expires {
		a.Expires = b.Expires
	}
	if a.MaxDeletions == nil || b.MaxDeletions != nil && *b.MaxDeletions < *a.MaxDeletions {
		a.MaxDeletions = b.MaxDeletions
	}
	return a
}

// union is all of a, and what only b has.
func union[T any](a, b []T, equal func(T, T) bool) []T {
	all := slices.Clone(a)
	for _, x := range b {
		if !slices.ContainsFunc(all, func(y T) bool { return equal(x, y) }) {
			all = append(all, x)
		}
	}
	return all
}
