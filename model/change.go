package model

import (
	"fmt"
	"strings"
	"time"

	"plumb/model/text"
)

// ChangeKind is why a change exists.
type ChangeKind string

// The kinds of change.
const (
	Deploy    ChangeKind = "deploy"   // Bring an environment to a revision.
	Revert    ChangeKind = "revert"   // Take one commit back.
	Restore   ChangeKind = "restore"  // Drift goes: git wins.
	Adopt     ChangeKind = "adopt"    // Drift stays: live wins and becomes a commit.
	Rollback  ChangeKind = "rollback" // Take back what a commit or an earlier change did.
	EditFiles ChangeKind = "edit"     // Files become what somebody wrote.
	Compose   ChangeKind = "compose"  // Several of these in one, see [Pick].
)

// ChangeState is how far a change has come.
type ChangeState string

// The states of a change, in the order of a good life, then the other ends.
const (
	Sealed    ChangeState = "sealed"    // Waits for approvals.
	Approved  ChangeState = "approved"  // May be applied.
	Applying  ChangeState = "applying"  // A run is under way, or was and never said how it ended.
	Applied   ChangeState = "applied"   // Verified in reality.
	Partial   ChangeState = "partial"   // Some steps were carried out, some were not.
	Failed    ChangeState = "failed"    // No step was carried out.
	Uncertain ChangeState = "unknown"   // Nobody can say what was carried out.
	Abandoned ChangeState = "abandoned" // Given up by a person.
	Void      ChangeState = "void"      // Reality or git moved; the plan no longer holds.
)

// IsOpen reports whether the change can still be approved or applied.
func (s ChangeState) IsOpen() bool { return s == Sealed || s == Approved }

// Change is a sealed stage: commits, a plan per target, a reason. What it is never changes after
// it was sealed; State, Approvals and Run are read from the ledger.
type Change struct {
	ID          ChangeID
	Environment string
	Kind        ChangeKind
	Title       text.Safe
	Reason      text.Safe
	Author      Principal
	SealedAt    time.Time

	Subject   string    // What was asked for: the revision, commit or change, as a full id; empty for addresses.
	Addresses []string  // For restore and adopt: what was picked, as TARGET/ADDRESS.
	Parts     []Part    // Of these addresses only a part was picked.
	Picks     []Pick    // What it was composed of, in the order in which it was picked; nil where the kind and the above say it all.
	Base      Hash      // The environment's applied revision when the change was sealed; may be empty.
	Revision  Hash      // What the environment is to be true to afterwards.
	Onto      string    // The branch that receives the commit of this change when it is applied; a full ref name, or empty where git stays as it is.
	Commits   []Hash    // The new commit of this change, or for a deploy those that it brings or takes back, newest first.
	Plans     []PlanRef // One per target that has anything to do.
	Digest    Digest    // Over all of the above but time and author.

	State     ChangeState
	Approvals []Approval
	Refusals  []Refusal
	Checks    []CheckResult // What is known of the checks that its revision has to pass; not part of the record.
	Run       RunID         // The last run of this change; empty before the first.
	Note      string        // Why it is void or abandoned, or what became of the run.
	Glass     string        // Who overruled which rules for its run, and why, for people; empty where nobody did.
	Unproven  string        // Why nobody can be sure who sealed it, where that has to be signed; empty where one can.
	Doubts    []string      // What of the record cannot be believed at the moment, so that a refusal may be missing; not part of the record.

	New      bool         // It came since the operator last looked; not part of the record.
	Governed *Environment // Of an open change, its environment with the rules that held when it was read. Nil where they could not be read.
}

// Principal is a person as git knows them: their e-mail address.
type Principal struct {
	Name  text.Safe `json:"name"`
	Email text.Safe `json:"email"`
}

// Is reports whether both are the same person: by their addresses, in which capitals make no difference. Nobody is the same as nobody.
func (p Principal) Is(other Principal) bool {
	email := strings.ToLower(p.Email.String())
	return email != "" && email == strings.ToLower(other.Email.String())
}

// PlanRef is what of a plan is kept in the ledger: enough to judge and to prove, no contents.
type PlanRef struct {
	Target   string    `json:"target"`
	Provider string    `json:"provider"`
	Digest   Digest    `json:"digest"`
	Coverage Coverage  `json:"coverage"`
	Places   []string  `json:"places,omitempty"`
	Steps    []StepRef `json:"steps"`
}

// StepRef is one step as the ledger keeps it.
type StepRef struct {
	Address Address  `json:"address"`
	Action  Action   `json:"action"`
	Undo    Undo     `json:"undo"`
	Drifted bool     `json:"drifted,omitempty"`
	Effects []string `json:"effects,omitempty"`
}

// Ref is what the ledger keeps of the plan.
func (p Plan) Ref() PlanRef {
	ref := PlanRef{Target: p.Target, Provider: p.Provider, Digest: p.Digest(), Coverage: p.Coverage, Places: p.Places, Steps: []StepRef{}}
	for _, s := range p.Steps {
		ref.Steps = append(ref.Steps, StepRef{s.Address, s.Action, s.Undo, s.Drifted, s.Effects})
	}
	return ref
}

// Undo is the worst undo class over all plans of the change.
func (c Change) Undo() Undo {
	var steps []Step
	for _, p := range c.Plans {
		for _, s := range p.Steps {
			steps = append(steps, Step{Undo: s.Undo})
		}
	}
	return WorstUndo(steps)
}

// Count is the number of steps with the action over all plans.
func (c Change) Count(a Action) int {
	n := 0
	for _, p := range c.Plans {
		for _, s := range p.Steps {
			if s.Action == a {
				n++
			}
		}
	}
	return n
}

// Steps is the number of steps over all plans.
func (c Change) Steps() int {
	n := 0
	for _, p := range c.Plans {
		n += len(p.Steps)
	}
	return n
}

// Seal computes the digest over all that will be done and all that was shown.
func (c Change) Seal() Digest {
	var b strings.Builder
	fmt.Fprintf(&b, "plumb-change 1\nid %q\nenvironment %q\nkind %s\ntitle %q\nreason %q\nsubject %q\naddresses %q\nbase %s\nrevision %s\nonto %q\ncommits %s\n",
		c.ID, c.Environment, c.Kind, c.Title, c.Reason, c.Subject, c.Addresses, orNone(c.Base), orNone(c.Revision), c.Onto, c.Commits)
	for _, p := range c.Parts {
		fmt.Fprintf(&b, "part %q old %q new %q blocks %v\n", p.Address, p.Old, p.New, p.Blocks)
	}
	for _, p := range c.Picks {
		fmt.Fprintf(&b, "pick %s %q paths %q lines +%d -%d\n", p.Verb, p.What, p.Paths, p.Added, p.Removed)
		for _, part := range p.Parts {
			fmt.Fprintf(&b, "pick part %q old %q new %q blocks %v\n", part.Address, part.Old, part.New, part.Blocks)
		}
	}
	for _, p := range c.Plans {
		fmt.Fprintf(&b, "plan %q %s\n", p.Target, p.Digest)
	}
	return Sum([]byte(b.String()))
}

// Approval is one person's word on exactly one change.
type Approval struct {
	By     Principal `json:"by"`
	At     time.Time `json:"at"`
	Change ChangeID  `json:"change"`
	Commit Hash      `json:"commit"`        // The revision that was approved.
	Digest Digest    `json:"digest"`        // The change's digest that was approved.
	Key    string    `json:"key,omitempty"` // The fingerprint of the key that signed it; empty for one without a signature.
	Void   string    `json:"void,omitempty"`

	Expires time.Time `json:"expires,omitzero"` // When it will be void by itself; zero for never.
}

// Refusal is one person's no to exactly one change. While it stands, the change is not applied.
type Refusal struct {
	By   Principal
	At   time.Time
	Why  text.Safe
	Key  string // As of an [Approval].
	Void string // Why it does not count, or no longer.
}
