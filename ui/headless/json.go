package headless

import (
	"encoding/json"
	"fmt"
	"io"

	"plumb/gitops/audit"
	"plumb/model"
)

// JSON prints one versioned document per answer, indented, with a newline at the end.
type JSON struct{ W io.Writer }

var _ Printer = JSON{}

// Status prints a plumb.status/1 document.
func (j JSON) Status(s Status) error { return j.write(newStatusDocument(s)) }

// Log prints a plumb.log/1 document.
func (j JSON) Log(l Log) error { return j.write(newLogDocument(l)) }

// Diff prints a plumb.diff/1 document.
func (j JSON) Diff(d Diff) error { return j.write(newDiffDocument(d)) }

// Compare prints a plumb.compare/1 document.
func (j JSON) Compare(c Comparison) error { return j.write(newCompareDocument(c)) }

// File prints a plumb.file/1 document.
func (j JSON) File(f File) error { return j.write(newFileDocument(f)) }

// Blame prints a plumb.blame/1 document.
func (j JSON) Blame(b Blame) error { return j.write(newBlameDocument(b)) }

// Lines prints a plumb.lines/1 document.
func (j JSON) Lines(l Lines) error { return j.write(newLinesDocument(l)) }

// Commit prints a plumb.commit/1 document.
func (j JSON) Commit(c Commit) error { return j.write(newCommitDocument(c)) }

// Change prints a plumb.change/1 document.
func (j JSON) Change(c Change) error {
	notes := make([]string, len(c.Notes))
	for i, n := range c.Notes {
		notes[i] = n.String()
	}
	return j.write(changeDocument{"plumb.change/1", newChangeFields(c.Change), notes, newRuleFields(c.Rules)})
}

// Changes prints a plumb.changes/1 document.
func (j JSON) Changes(list []model.Change) error {
	doc := changesDocument{"plumb.changes/1", []changeFields{}}
	for _, c := range list {
		doc.Changes = append(doc.Changes, newChangeFields(c))
	}
	return j.write(doc)
}

// Run prints a plumb.run/1 document.
func (j JSON) Run(r model.Run) error {
	return j.write(runDocument{"plumb.run/1", newRunFields(r), newEventFields(r.Events)})
}

// Runs prints a plumb.runs/1 document.
func (j JSON) Runs(list []model.Run) error {
	doc := runsDocument{"plumb.runs/1", []runFields{}}
	for _, r := range list {
		doc.Runs = append(doc.Runs, newRunFields(r))
	}
	return j.write(doc)
}

// Checks prints a plumb.check/1 document.
func (j JSON) Checks(c Checks) error { return j.write(newCheckDocument(c)) }

// Audit prints a plumb.audit/1 document.
func (j JSON) Audit(a Audit) error {
	return j.write(auditDocument{"plumb.audit/1", a.Matching, newAccountList(a.Accounts)})
}

// Verdict prints a plumb.audit-verify/1 document.
func (j JSON) Verdict(v audit.Verdict) error { return j.write(newVerdictDocument(v)) }

// Explanation prints a plumb.audit-explain/1 document.
func (j JSON) Explanation(x audit.Explanation) error { return j.write(newExplanationDocument(x)) }

// Report prints a plumb.audit-report/1 document.
func (j JSON) Report(r audit.Report) error { return j.write(newReportDocument(r)) }

// Keys prints a plumb.keys/1 document.
func (j JSON) Keys(k Keys) error { return j.write(newKeysDocument(k)) }

// Version prints a plumb.version/1 document.
func (j JSON) Version(v Version) error {
	return j.write(versionDocument{"plumb.version/1", v.Version, v.Commit, v.Go, v.OS, v.Arch})
}

func (j JSON) write(doc any) error {
	enc := json.NewEncoder(j.W)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}
