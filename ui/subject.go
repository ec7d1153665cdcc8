package ui

import (
	"context"
	"strings"
	"time"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/diffview"
)

// subject is what the Diff pane shows: a commit, two revisions, a live resource, a change.
type subject interface {
	id() string // Subjects with the same id show the same.
	title() text.Safe
	// read answers in pieces, so that the first file is on the screen before the last one
	// is read. It skips the first so many files, and reads at most filesAtOnce.
	read(ctx context.Context, ws source, skip int, show func(piece)) error
}

// piece is some of what a subject shows.
type piece struct {
	head     []headLine // Replaces the lines above the files, if there are any.
	files    []diff.File
	origins  []origin             // Where in git each of the files is; shorter where that is known of none.
	found    *found               // What checks say of the files, where anything does.
	findings [][]diffview.Finding // Of each of the files; shorter where nothing is said.
	studies  []study              // What is known already about the files; shorter where that is nothing.
	total    int                  // How many files there are; 0 leaves it open.
	changes  []model.FileChange   // All of them, where git knows them before they are read.

	compared *workspace.Comparison // What the outline above the files is of.
}

// How many files are read before the operator comes near the last of them.
const filesAtOnce = 100

// headLine is one line above the files, in plain words: the theme is put on when it is drawn.
type headLine []word

// word is text with its weight.
type word struct {
	tone tone
	text text.Safe
}

// tone is what a word wants to be: its colour is the theme's business.
type tone int

const (
	plain tone = iota
	strong
	dim
	good
	caution
	bad
	waits
	added
	removed
	accented
)

func line(tone tone, t text.Safe) headLine { return headLine{{tone, t}} }

// commitSubject is what one commit changed.
type commitSubject struct {
	commit model.Commit
	live   []string            // Where it is live.
	checks []model.CheckResult // What is known of the checks of this revision.
	glass  []model.Run         // Those that applied it by overruling rules, the newest first.
	now    time.Time
}

func (s commitSubject) id() string {
	return "commit " + string(s.commit.Hash) + checksID(s.checks) + strings.Repeat("!", len(s.glass))
}

func (s commitSubject) title() text.Safe {
	return text.Line(s.commit.Hash.Short()).Plus(text.Lit("  ")).Plus(s.commit.Subject)
}

func (s commitSubject) read(ctx context.Context, ws source, skip int, show func(piece)) error {
	c := s.commit
	if skip == 0 {
		show(piece{head: s.head()})
	}
	files, err := ws.CommitFiles(ctx, c.Hash)
	if err != nil {
		return err
	}
	before := version{label: "nothing"}
	if len(c.Parents) > 0 {
		before = version{c.Parents[0], c.Parents[0].Short()}
	}
	return readFiles(ctx, ws, files, before, version{c.Hash, c.Hash.Short()}, newFound(s.checks), skip, show)
}

func (s commitSubject) head() []headLine {
	c := s.commit
	who := text.Format("%s <%s>", c.Author.Name, c.Author.Email)
	head := []headLine{
		line(strong, c.Subject),
		{{plain, who}, {dim, text.Format("  %s, %s", ago(s.now, c.Author.When), c.Author.When.Format("Mon 2 Jan 2006 15:04"))}},
	}
	if c.Committer.Email != c.Author.Email {
		head = append(head, line(dim, text.Format("committed by %s, %s", c.Committer.Name, ago(s.now, c.Committer.When))))
	}
	if len(c.Parents) > 1 {
		head = append(head, line(dim, text.Format("merge of %s into %s, shown against the latter", c.Parents[1].Short(), c.Parents[0].Short())))
	}
	for i, env := range s.live {
		if i == 0 {
			head = append(head, headLine{{good, text.Lit("live in ")}})
		} else {
			head[len(head)-1] = append(head[len(head)-1], word{dim, text.Lit(", ")})
		}
		head[len(head)-1] = append(head[len(head)-1], word{plain, text.Line(env)})
	}
	head = append(head, s.glassLines()...)
	if !c.Body.IsEmpty() {
		head = append(head, nil)
		for _, l := range c.Body.Lines() {
			head = append(head, line(plain, l))
		}
	}
	return append(head, nil)
}

// readFiles reads and compares files one after the other.
// What checks found is about the files as they became.
func readFiles(ctx context.Context, ws source, files []model.FileChange, from, to version, said *found, skip int, show func(piece)) error {
	show(piece{total: len(files), changes: files, found: said.among(files)})
	for _, f := range files[min(skip, len(files)):min(skip+filesAtOnce, len(files))] {
		if err := ctx.Err(); err != nil {
			return err
		}
		show(piece{files: []diff.File{ws.FileDiff(ctx, f, diff.Options{OldLabel: from.label, NewLabel: to.label}, 0)}, origins: []origin{originOf(f, from, to)},
			findings: [][]diffview.Finding{said.of(f.Path)}})
	}
	return nil
}

// welcomeSubject is what to try first.
type welcomeSubject struct{ words text.Safe }

func (s welcomeSubject) id() string { return "welcome" }

func (s welcomeSubject) title() text.Safe { return text.Lit("What to try") }

func (s welcomeSubject) read(_ context.Context, _ source, _ int, show func(piece)) error {
	var head []headLine
	for _, l := range s.words.Lines() {
		head = append(head, nil, line(plain, l))
	}
	show(piece{head: head})
	return nil
}

// resourceSubject is two of the three versions of a live resource.
type resourceSubject struct {
	env      string
	resource model.Resource
	checked  time.Time
	now      time.Time
	sides    int
}

// sidePairs are the comparisons that a resource offers, in the order in which they are gone through.
var sidePairs = [][2]workspace.Side{
	{workspace.Tracked, workspace.Live},
	{workspace.Applied, workspace.Live},
	{workspace.Applied, workspace.Tracked},
}

func (s resourceSubject) id() string {
	return "resource " + s.env + " " + key(s.resource) + " " + string(rune('0'+s.sides)) + s.checked.String()
}

func (s resourceSubject) title() text.Safe {
	name := text.Line(s.resource.Name)
	if s.resource.Group != "" {
		name = name.Plus(text.Lit(" · ")).Plus(text.Line(s.resource.Group))
	}
	return name
}

func (s resourceSubject) read(_ context.Context, _ source, _ int, show func(piece)) error {
	r := s.resource
	show(piece{head: s.head()})
	if r.Status == model.Unknown && !r.Live.Exists && r.Live.Content.Data == nil {
		return nil
	}
	pair := sidePairs[s.sides]
	if r.Applied == nil {
		pair = sidePairs[0]
	}
	show(piece{files: []diff.File{workspace.ResourceDiff(r, pair[0], pair[1], diff.Options{})},
		origins: []origin{originOfResource(s.env, r, pair[0] == workspace.Applied)}, total: 1})
	return nil
}

func (s resourceSubject) head() []headLine {
	r := s.resource
	what := headLine{{statusTone(r.Status), text.Line(string(r.Status))}, {plain, text.Lit(" in ").Plus(text.Line(s.env))}}
	if !r.Reason.IsEmpty() && r.Reason.String() != string(r.Status) {
		what = append(what, word{dim, text.Lit(": ")}, word{plain, r.Reason})
	}
	head := []headLine{what}
	var facts []text.Safe
	if r.Tracked.Source != "" {
		facts = append(facts, text.Format("git: %s", r.Tracked.Source))
	}
	if !r.Live.Modified.IsZero() {
		facts = append(facts, text.Format("changed there %s", ago(s.now, r.Live.Modified)))
	}
	if len(facts) > 0 {
		head = append(head, line(dim, text.Join("  ·  ", facts...)))
	}
	switch {
	case r.Status == model.Pending:
		head = append(head, line(dim, text.Lit("A commit waits for it: deploy one from History with d.")))
	case r.Status.IsDrift() && r.Applied != nil && r.Applied.Matches(r.Tracked):
		head = append(head, line(dim, text.Lit("x puts back what git says, m makes git say what is live.")))
	case r.Status.IsDrift():
		head = append(head, line(dim, text.Lit("x puts back what was applied, m makes git say what is live, L shows other sides.")))
	}
	return append(head, nil)
}

// details say when what is live was seen, behind the label of its side.
func (s resourceSubject) details() (before, after text.Safe) {
	if sidePairs[s.sides][1] == workspace.Live && !s.checked.IsZero() {
		after = text.Lit("checked ").Plus(ago(s.now, s.checked))
	}
	return before, after
}

func statusTone(s model.Status) tone {
	switch s {
	case model.InSync:
		return good
	case model.Pending:
		return waits
	case model.Missing, model.Unknown:
		return bad
	}
	return caution
}
