package model

import (
	"fmt"
	"slices"
	"strings"
)

// Action is what a step does to a resource.
type Action string

// The actions.
const (
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
)

// Sign is the one-character sign of the action, the same as in Terraform's plans.
func (a Action) Sign() string {
	switch a {
	case Create:
		return "+"
	case Update:
		return "~"
	case Replace:
		return "±"
	case Delete:
		return "-"
	}
	return "?"
}

// Step is one action on one resource.
type Step struct {
	Address Address
	Group   string
	Name    string
	Action  Action
	Before  State // Live when the plan was made.
	After   State
	Drifted bool // Before is neither what was applied nor what git wants: a hand-made state goes.
	Undo    Undo
	Effects []string // What happens besides: "then systemctl reload nginx".
}

// Coverage counts what an engine could foresee. "No changes" is said only when Predicted equals Total.
type Coverage struct {
	Predicted int      `json:"predicted"`
	Total     int      `json:"total"`
	Blind     []string `json:"blind,omitempty"` // What could not be foreseen, and why.
}

// Plan is all that takes one target from its live state to a revision. It is
// made by a provider and carried out by the same provider only.
type Plan struct {
	Environment string
	Target      string
	Provider    string
	Engine      string   // The engine and its version, as far as they decide what happens.
	Base        Hash     // The revision that was applied when the plan was made; may be empty.
	Revision    Hash     // The revision that it leads to.
	Places      []string // Where the groups of the steps really are: "web-1 is ssh deploy@web-1.example.com". In a fixed order, without secrets.
	Steps       []Step   // In the order in which they are carried out.
	Coverage    Coverage
	Artefact    any // The provider's own; never leaves the process.
}

// Undo is the worst undo class of the plan's steps.
func (p Plan) Undo() Undo { return WorstUndo(p.Steps) }

// Count is the number of steps with the action.
func (p Plan) Count(a Action) int {
	n := 0
	for _, s := range p.Steps {
		if s.Action == a {
			n++
		}
	}
	return n
}

// Manifest is what an approval covers, one fact a line: who plans what from where to where, and
// on which machines, then a sorted line per step. Contents stand in it as checksums; those of secrets do not stand in it at all,
// because the checksum of a short secret gives it away.
func (p Plan) Manifest() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plumb-plan 1\nenvironment %q\ntarget %q\nprovider %s\nengine %q\nbase %s\nrevision %s\ncoverage %d/%d\n",
		p.Environment, p.Target, p.Provider, p.Engine, orNone(p.Base), orNone(p.Revision), p.Coverage.Predicted, p.Coverage.Total)
	for _, place := range p.Places {
		fmt.Fprintf(&b, "place %q\n", place)
	}
	lines := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		lines[i] = fmt.Sprintf("step %q %s %s before=%s after=%s effects=%q",
			s.Address, s.Action, s.Undo.Class, s.Before.fingerprint(), s.After.fingerprint(), s.Effects)
	}
	slices.Sort(lines)
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	return b.String()
}

// Digest is the checksum of the manifest.
func (p Plan) Digest() Digest { return Sum([]byte(p.Manifest())) }

func orNone(h Hash) string {
	if h == "" {
		return "none"
	}
	return string(h)
}

// fingerprint identifies a state without telling a secret.
func (s State) fingerprint() string {
	if !s.Exists {
		return "absent"
	}
	sum := string(s.Content.Sum)
	if s.Sensitive {
		sum = "secret"
	}
	parts := []string{s.Kind, sum}
	for _, a := range s.Attrs {
		parts = append(parts, fmt.Sprintf("%s:%q", a.Name, a.Value))
	}
	return strings.Join(parts, ",")
}
