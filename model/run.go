package model

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"plumb/model/text"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes. A run that has none yet is under way, or died before it could say.
const (
	RunApplied   Outcome = "applied"
	RunPartial   Outcome = "partial"
	RunFailed    Outcome = "failed"
	RunUncertain Outcome = "unknown"
)

// Phase is what an event says about a step.
type Phase string

// The phases of a step. Begin is durable in the journal before the step has any effect.
const (
	PhaseBegin    Phase = "begin"
	PhaseProgress Phase = "progress" // Message says what is done now: "written", "check passed".
	PhaseDone     Phase = "done"
	PhaseSkipped  Phase = "skipped" // It was so already, or was not reached after a failure.
	PhaseFailed   Phase = "failed"  // Nothing of the step is in effect.
	PhaseUnknown  Phase = "unknown" // Whether the step is in effect cannot be said.
)

// IsEnd reports whether nothing more comes for the step.
func (p Phase) IsEnd() bool { return p != PhaseBegin && p != PhaseProgress }

// Event is one thing that happened in a run.
type Event struct {
	At      time.Time     `json:"at"`
	Target  string        `json:"target,omitempty"`
	Address Address       `json:"address,omitempty"` // Empty for the run as a whole.
	Phase   Phase         `json:"phase"`
	Message text.Safe     `json:"message,omitzero"`
	Took    time.Duration `json:"took,omitempty"` // For the end of a step, in nanoseconds.
}

// Run is one execution of a change.
type Run struct {
	ID          RunID
	Change      ChangeID
	Environment string
	By          Principal
	Host        string // The machine on which it ran.
	Started     time.Time
	Ended       time.Time // Zero while it is under way.
	Outcome     Outcome
	Message     text.Safe // Why it ended as it did, when not well.
	Events      []Event   // Empty in listings.
	Glass       text.Safe // Why rules were overruled; empty where none were.
	Overruled   []string  // The rules that were not met then, as texts.
}

// Broken says who overruled which rules and why, for people; empty where nobody did.
func (r Run) Broken() string {
	if r.Glass.IsEmpty() {
		return ""
	}
	return fmt.Sprintf("glass broken by %s because %s (%s)", cmp.Or(r.By.Name.String(), r.By.Email.String()), r.Glass, strings.Join(r.Overruled, "; "))
}

// Command is something plumb ran, or did itself, on the operator's behalf.
type Command struct {
	At       time.Time
	Why      string   // The action it belongs to: "observe web-2".
	Argv     []string // The exact argument vector; empty for what plumb did itself.
	Internal string   // What plumb did itself, without a command.
	Took     time.Duration
	Err      string // How it failed; empty otherwise.
}

// Finding is one thing a validator has to say about the repository's files.
type Finding struct {
	Path     string
	Line     int // From 1; 0 for the file as a whole.
	Severity Severity
	Text     text.Safe
	Column   int // From 1; 0 where it is not known.
}

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityNote    Severity = "note"
)
