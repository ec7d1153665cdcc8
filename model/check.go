package model

import (
	"fmt"
	"strings"
	"time"

	"plumb/model/text"
)

// Validation is the name of the check that the providers make without running anything; no other check may have it.
const Validation = "validation"

// Check is a command that judges the files of a revision before they may be applied.
type Check struct {
	Name        string
	Run         []string      // The argument vector; no shell is put around it.
	When        []string      // Globs: it concerns a change that touches such a path; empty for every change.
	Timeout     time.Duration // After which it has failed.
	Advisory    bool          // It is run and shown, and forbids nothing.
	Environment string        // The environment it belongs to; empty for all of them.
}

// Digest is over all that decides what the check says of the same files.
func (c Check) Digest() Digest {
	return Sum(fmt.Appendf(nil, "plumb-check 1\nname %q\nrun %q\ntimeout %s\nenvironment %q\n", c.Name, c.Run, c.Timeout, c.Environment))
}

// CheckState is how far a check has come on the files of one revision.
type CheckState string

// The states of a check.
const (
	CheckNotRun  CheckState = "not run"
	CheckRunning CheckState = "running"
	CheckPassed  CheckState = "passed"
	CheckFailed  CheckState = "failed"
	CheckSkipped CheckState = "skipped" // The change touches no path that it is about.
)

// CheckResult is what one check says of the files of one revision.
type CheckResult struct {
	Name        string
	Environment string // As in Check, and that of a validation.
	Advisory    bool
	State       CheckState
	Why         text.Safe // Why it failed, was skipped or was not run; empty when it passed.
	Findings    []Finding
	Output      text.Safe     // Its output with secrets masked, without the middle of a long one.
	At          time.Time     // When it ended; zero where it was not run.
	Took        time.Duration // In nanoseconds.
}

// CheckEvent is one thing that happened while checks ran: one began, or has its result.
type CheckEvent struct {
	Result CheckResult // Only names and State of one that begins.
	Done   int         // How many have come to an end.
	Total  int
}

// DecideChecks is the rule that all checks which are not advisory have passed; ok is false where there are none.
func DecideChecks(results []CheckResult) (rule Rule, ok bool) {
	total, passed := 0, 0
	var missing []string
	for _, r := range results {
		switch {
		case r.Advisory || r.State == CheckSkipped:
			continue
		case r.State == CheckPassed:
			passed++
		default:
			missing = append(missing, fmt.Sprintf("%s %s", r.Name, r.State))
		}
		total++
	}
	if total == 0 {
		return Rule{}, false
	}
	words := fmt.Sprintf("checks %d of %d", passed, total)
	if len(missing) > 0 {
		words += ": " + strings.Join(missing, ", ")
	}
	return Rule{Name: "checks", OK: passed == total, Text: words}, true
}
