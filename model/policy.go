package model

import (
	"fmt"
	"strings"
)

// Rule is one condition for applying a change, and whether it is met.
type Rule struct {
	Name string // "approvals", "read-only", "open", "checks".
	OK   bool
	Text string // The rule's state for people: "approvals 1 of 2".
}

// Decide judges whether the change may be applied in the environment: every
// rule, met or not, so that a screen can show what is missing. It is pure;
// the caller has read the environment's rules from a revision that the change cannot influence.
func Decide(env Environment, c Change) []Rule {
	var rules []Rule
	add := func(name string, ok bool, format string, args ...any) {
		rules = append(rules, Rule{name, ok, fmt.Sprintf(format, args...)})
	}
	if !c.State.IsOpen() {
		add("open", false, "the change is %s", c.State)
	}
	if env.ReadOnly {
		add("read-only", false, "%s is read-only", env.Name)
	}
	if env.Approvals > 0 {
		got := len(Approvers(env, c))
		add("approvals", got >= env.Approvals, "approvals %d of %d", got, env.Approvals)
	}
	if env.Approvals >= 2 {
		add("four eyes", true, "the author's own approval does not count")
	}
	if rule, ok := DecideChecks(c.Checks); ok {
		rules = append(rules, rule)
	}
	return rules
}

// Allowed reports whether all rules are met.
func Allowed(rules []Rule) bool {
	for _, r := range rules {
		if !r.OK {
			return false
		}
	}
	return true
}

// Approvers are the distinct people whose approvals count for the change as it
// is now: bound to its digest and revision, and not the author's own where the environment asks for two.
func Approvers(env Environment, c Change) []Principal {
	seen := map[string]bool{}
	var who []Principal
	for _, a := range c.Approvals {
		email := strings.ToLower(a.By.Email.String())
		own := email == strings.ToLower(c.Author.Email.String())
		if a.Void != "" || a.Digest != c.Digest || a.Commit != c.Revision || seen[email] || own && env.Approvals >= 2 {
			continue
		}
		seen[email] = true
		who = append(who, a.By)
	}
	return who
}

// MayApprove says why the person may not approve the change, or nil.
func MayApprove(env Environment, c Change, who Principal) error {
	email := strings.ToLower(who.Email.String())
	switch {
	case !c.State.IsOpen():
		return Refuse("plumb change list shows what is open", "%s is %s and cannot be approved", c.ID, c.State)
	case env.Approvals >= 2 && email == strings.ToLower(c.Author.Email.String()):
		return Refuse("ask a colleague: plumb approve "+string(c.ID),
			"%s needs %d approvals, and its author's own does not count", env.Name, env.Approvals)
	}
	for _, p := range Approvers(env, c) {
		if strings.ToLower(p.Email.String()) == email {
			return Refuse("plumb apply "+string(c.ID), "you have approved %s already", c.ID)
		}
	}
	return nil
}
