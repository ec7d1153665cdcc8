// Package headless prints what the screen shows for people without a screen and
// for programs. Every answer has two twins: [Text] for reading and piping, [JSON]
// for scripts. Both are given the same values, so neither can know more than the other.
//
// Rules of this output:
//
//   - Standard output holds the answer and nothing else. Errors, hints and progress of
//     a command that answers in JSON go to standard error.
//   - The words are those of the screen: addresses, statuses, undo classes, ids.
//   - Documents are versioned, written field by field from structs of this package, and
//     described by the JSON schemas in the folder schema. A list is never null; a time is
//     RFC 3339 in UTC; a time or revision that is not known is an empty string.
//   - Foreign text is sanitised in both twins alike. Only a patch for a program has the bytes of the files.
package headless

import (
	"time"

	"plumb/gitops/audit"
	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// Printer prints the answers of the headless commands, each once.
type Printer interface {
	Status(Status) error
	Log(Log) error
	Diff(Diff) error
	Compare(Comparison) error
	File(File) error
	Blame(Blame) error
	Lines(Lines) error
	Commit(Commit) error
	Change(Change) error
	Changes([]model.Change) error
	Holds([]model.Hold) error
	Run(model.Run) error
	Runs([]model.Run) error
	Checks(Checks) error
	Sync(Sync) error
	Audit(Audit) error
	Verdict(audit.Verdict) error
	Explanation(audit.Explanation) error
	Keys(Keys) error
	Version(Version) error
}

// Status is how environments stand to git.
type Status struct {
	Environments []workspace.Observation
	All          bool // Text names also what is in sync. JSON always does.
}

// Log is a page of history.
type Log struct {
	Entries []history.Entry
	Glass   map[model.Hash][]model.Run // By the commits that they applied, the runs that overruled rules.
}

// File is a file of the repository at a revision.
type File struct{ workspace.File }

// Blame is lines of a file with the commit that changed each of them last.
type Blame struct {
	Revision model.Hash
	Path     string
	Lines    []BlameLine
}

// BlameLine is one line and where it comes from.
type BlameLine struct {
	Number     int
	Text       text.Safe
	Commit     model.Commit
	Path       string // Of the file in that commit.
	Original   int    // The number of the line in that commit.
	Boundary   bool   // Known history begins with the commit.
	Before     model.Hash
	BeforePath string
}

// Lines is the history of a range of lines.
type Lines struct {
	Revision model.Hash
	Path     string
	Range    objects.LineRange
	Versions []LineVersion
}

// LineVersion is the range as one commit left it.
type LineVersion struct {
	objects.LineVersion
	Commit model.Commit
}

// Commit is one commit with the files that it changed.
type Commit struct {
	model.Commit
	Files []diff.File
	Form  Form // Of the text: AsStructure tells more than how many lines changed. JSON always does.
}

// Diff is the difference between two sides, or of several environments from git to live.
type Diff struct {
	From, To Side
	Files    []FileDiff
	Context  *int // Equal lines around each difference; nil for as many as usual.
	Form     Form // Of the text; JSON has all of them.
}

// Form is what is told of a difference.
type Form int

// The forms.
const (
	AsLines     Form = iota // The lines that came and went.
	AsStructure             // What changed by path, in files whose language is known.
	AsCounts                // How many lines of each file.
)

func (d Diff) context() int {
	if d.Context == nil {
		return around
	}
	return *d.Context
}

// Comparison is what lies between two revisions.
type Comparison struct {
	Names [2]string // What the two were called: "main", "live:production".
	workspace.Comparison
	Counts  []workspace.LineCount         // By file.
	Effects []workspace.EnvironmentEffect // What a deploy of the second over the first would change.
	Problem error                         // Why the environments are not known; nil where they are.
}

// count is the count of a file.
func (c Comparison) count(file int) workspace.LineCount {
	if file < len(c.Counts) {
		return c.Counts[file]
	}
	return workspace.LineCount{Unknown: workspace.IsNotCounted}
}

// Side is one side of a comparison. Revision is empty for the live side.
type Side struct {
	Label    string // What it is called: "git", "live", a short hash.
	Revision model.Hash
}

// FileDiff is one file or resource that differs. The resource's fields are empty for a plain file of git.
type FileDiff struct {
	Environment string
	Target      string
	Address     model.Address
	Status      model.Status
	Reason      text.Safe
	Sides       [2]PatchSide // What a patch calls the two versions, where that is not what the difference calls them.
	diff.File
}

// Change is a change as it is judged: with the rules of its environment and, where the
// command worked them out, the differences that its steps make.
type Change struct {
	model.Change
	Rules []model.Rule
	Notes []text.Safe // What a person should know before judging.
	Diffs []FileDiff  // Shown in text only, and only when asked for.
	Next  []string    // Commands that make sense now, for the text.
}

// Checks is what the checks say of a revision.
type Checks struct {
	Revision     model.Hash
	Environments []string
	Results      []model.CheckResult
}

// passed reports whether all that is required has passed.
func (c Checks) passed() bool {
	rule, ok := model.DecideChecks(c.Results)
	return !ok || rule.OK
}

// Version is which plumb this is.
type Version struct {
	Version, Commit, Go, OS, Arch string
}

// stamp is a time as the documents have it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// line is foreign text for one line, as both twins show it.
func line(s string) string { return text.Line(s).String() }

// lines sanitises a list; it is never nil.
func lines(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = line(s)
	}
	return out
}
