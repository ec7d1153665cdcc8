package audit

import (
	"slices"
	"time"

	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

// Period is what a report is about.
type Period struct {
	Since, Until time.Time // Since included, Until excluded; zero for an open end.
	Environment  string    // Empty for all.
}

// has reports whether the account belongs to the period. What a damaged log hides may be of any time.
func (p Period) has(a Account) bool {
	switch {
	case a.Kind == Damaged:
		return true
	case p.Environment != "" && a.Environment != p.Environment:
		return false
	}
	return (p.Since.IsZero() || !a.At.Before(p.Since)) && (p.Until.IsZero() || a.At.Before(p.Until))
}

// Report is what an auditor or a post-mortem wants of a period.
type Report struct {
	Repository string
	Period     Period
	Written    time.Time
	Summary    Summary
	Changes    []ChangeReport // Of which something happened in the period, oldest first; each is told whole.
	Timeline   []Account      // Oldest first, without problems.
	Problems   []Account
}

// Summary counts what happened in the period. What does not count is not counted but as that.
type Summary struct {
	Changes, Approvals, Refusals, Runs     int
	Applied, Partial, Failed, Unknown      int // Runs by how they ended.
	Open                                   int // Runs that began in the period and whose end is not on record at all.
	Glass, Holds, Adoptions                int
	Entries, Signed, Uncounted, Unbelieved int // Unbelieved are logs.
}

// ChangeReport is one change with all that is on record about it, whenever it happened.
type ChangeReport struct {
	model.Change
	Seal   Account
	Checks []CheckReport
	Votes  []Account // Approvals, refusals and what was taken back of them, also those that do not count.
	Runs   []RunReport
	Others []Account // How it was given up or became void, and what else was written about it.
	Proof  []model.Hash
}

// CheckReport is what one entry says of checks.
type CheckReport struct {
	Account
	Results []Check
}

// RunReport is one run with its two entries. Ended is nil where nothing says how it ended.
type RunReport struct {
	model.Run
	Began Account
	Ended *Account
}

// Report tells a period.
func (b Book) Report(repository string, period Period, now time.Time) Report {
	r := Report{Repository: foreign(repository), Period: period, Written: now}
	wanted := map[model.ChangeID]bool{}
	for _, a := range slices.Backward(b.Accounts) {
		if !period.has(a) {
			continue
		}
		r.Summary.count(a, b.run(a))
		if a.Kind == Damaged {
			r.Problems = append(r.Problems, a)
			continue
		}
		r.Timeline = append(r.Timeline, a)
		if b.changes[a.Change] != nil {
			wanted[a.Change] = true
		}
	}
	r.Changes = b.changeReports(wanted)
	return r
}

// run is the run of an account that counts; nil for none.
func (b Book) run(a Account) *model.Run {
	if a.Run == "" || !a.Counts() {
		return nil
	}
	return b.runs[a.Run]
}

func (s *Summary) count(a Account, run *model.Run) {
	switch {
	case a.Kind == Damaged:
		s.Unbelieved++
		return
	case a.Kind == Held && a.derived() && a.Counts(), a.Kind == Lifted && a.derived() && a.Counts():
		s.Holds++
		return
	case a.Kind == Adopted && a.Counts():
		s.Adoptions++
		return
	case a.derived():
		return
	}
	s.Entries++
	if a.Signed() {
		s.Signed++
	}
	if !a.Counts() {
		s.Uncounted++
		return
	}
	switch a.Kind {
	case Sealed:
		s.Changes++
	case Approved:
		s.Approvals++
	case Refused:
		s.Refusals++
	case Held, Lifted:
		s.Holds++
	case Glass:
		s.Glass++
		s.begun(run)
	case Begun:
		s.begun(run)
	case Ended:
		s.ended(a.Outcome)
	}
}

func (s *Summary) begun(run *model.Run) {
	s.Runs++
	if run == nil || run.Outcome == "" {
		s.Open++
	}
}

func (s *Summary) ended(o model.Outcome) {
	switch o {
	case model.RunApplied:
		s.Applied++
	case model.RunPartial:
		s.Partial++
	case model.RunFailed:
		s.Failed++
	default:
		s.Unknown++
	}
}

// changeReports gathers all that is on record about the changes that are wanted.
func (b Book) changeReports(wanted map[model.ChangeID]bool) []ChangeReport {
	var list []ChangeReport
	at := map[model.ChangeID]int{}
	for _, c := range b.Record.Changes {
		if wanted[c.ID] {
			at[c.ID] = len(list)
			c.Title, c.Reason, c.Note = text.Line(foreign(c.Title.String())), text.Clean(secret.MaskText(c.Reason.String())), foreign(c.Note)
			c.Glass = foreign(c.Glass)
			list = append(list, ChangeReport{Change: c})
		}
	}
	for _, a := range slices.Backward(b.Accounts) {
		i, ok := at[a.Change]
		if !ok || a.Entry == nil {
			continue
		}
		list[i].take(a, b.run(a))
	}
	slices.SortStableFunc(list, func(x, y ChangeReport) int { return x.SealedAt.Compare(y.SealedAt) })
	return list
}

func (c *ChangeReport) take(a Account, run *model.Run) {
	if n := len(c.Proof); n == 0 || c.Proof[n-1] != a.ID() {
		c.Proof = append(c.Proof, a.ID())
	}
	switch {
	case a.Kind == Sealed && a.Counts():
		c.Seal = a
	case a.Kind == Checked:
		c.Checks = append(c.Checks, CheckReport{a, ParseChecks(a.Entry.Field(checksField))})
	case a.Kind == Approved, a.Kind == Refused, a.Kind == Withdrawn:
		c.Votes = append(c.Votes, a)
	case (a.Kind == Begun || a.Kind == Glass) && run != nil:
		c.run(*run).Began = a
	case a.Kind == Ended && run != nil:
		c.run(*run).Ended = &a
	default:
		c.Others = append(c.Others, a)
	}
}

// run is the report of a run, in whichever order its entries come: clocks differ.
func (c *ChangeReport) run(run model.Run) *RunReport {
	i := slices.IndexFunc(c.Runs, func(r RunReport) bool { return r.ID == run.ID })
	if i < 0 {
		run.Message, run.Glass = text.Clean(secret.MaskText(run.Message.String())), text.Line(foreign(run.Glass.String()))
		i, c.Runs = len(c.Runs), append(c.Runs, RunReport{Run: run})
	}
	return &c.Runs[i]
}
