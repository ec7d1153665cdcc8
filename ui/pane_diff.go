package ui

import (
	"context"
	"errors"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/diffview"
)

// diffPane shows the differences of its subject: some lines about it, then its files,
// scrolled as one text.
type diffPane struct {
	canvas
	view diffview.View
	st   themes.Styles

	subject subject
	ask     question
	err     error
	said    []headLine // What the subject says of itself,
	head    []headLine // the same in rows of this width.
	files_  []diff.File
	origins []origin // Where in git each of the files is.
	total   int
	changes []model.FileChange // All files, where they are known before they are read; nil where all are in files_.
	found   *found             // What checks say of the files; nil for nothing.
	fresh   bool               // The next piece replaces what is shown.
	cut     int                // Lines of the head and the outline that are scrolled off.

	outline outline
	base    int  // How many files there are before the first that is here: after a jump, they are read when they are wanted.
	refile  bool // The next files replace those that are here.
	goal    *goal

	wants subject // What to show once the cursor rests.
	asked int     // Counts wishes.
	query string

	how       manner          // How differences are compared and shown.
	large     map[string]bool // Paths of files that are read although they are large.
	study     question        // What is being found out about the files in sight.
	known     map[int]knowledge
	kept      *kept // Where to be again in the next subject.
	marks     reviews
	seeing    question // Of a commit whose mark is being written.
	marking   question // Of marks that are being written.
	remembers question // Of choices that are being written.
	seek      *seek    // A line that is to be brought into sight; nil for none.
}

// A difference that takes longer than this to come is given up for the one that the cursor went on to.
const restTime = 70 * time.Millisecond

// restMsg comes when the cursor may have come to rest.
type restMsg struct{ n int }

// show shows another subject. While a key is held, each is read as soon as the one before has come; where that takes its
// time, those in between are passed over.
func (p *diffPane) show(a *App, s subject) tea.Cmd {
	p.asked++
	p.wants = nil
	switch {
	case s == nil:
		p.clear()
		return nil
	case p.subject != nil && p.subject.id() == s.id():
		p.subject = s
		return nil
	case p.fresh && p.ask.busy:
		p.wants = s
		return a.after(restTime, restMsg{p.asked})
	}
	return p.load(a, s)
}

// rested loads what is wanted, unless the cursor moved on.
func (p *diffPane) rested(a *App, m restMsg) tea.Cmd {
	if m.n != p.asked || p.wants == nil {
		return nil
	}
	return p.load(a, p.wants)
}

func (p *diffPane) clear() {
	p.ask.drop()
	p.subject, p.err, p.said, p.head, p.files_, p.origins, p.total, p.cut, p.seek = nil, nil, nil, nil, nil, nil, 0, 0, nil
	p.changes, p.found = nil, nil
	p.study.drop()
	p.known, p.kept = nil, nil
	p.base, p.refile, p.goal = 0, false, nil
	p.outline.drop()
	p.view.SetFiles(nil)
	p.touch()
}

// load reads the subject. What is shown stays until the first piece of it is here.
func (p *diffPane) load(a *App, s subject) tea.Cmd {
	p.keepPlace()
	p.subject, p.wants, p.fresh, p.err, p.seek = s, nil, true, nil, nil
	p.refile, p.goal = false, nil
	p.touch()
	return p.read(a, s, 0)
}

// more reads further files when the operator comes near the last one that is here.
func (p *diffPane) more(a *App) tea.Cmd {
	row, of := p.view.Position()
	if p.subject == nil || p.ask.busy || p.err != nil || p.end() >= p.total || of-row > 3*p.h && p.seek == nil {
		return nil
	}
	return p.read(a, p.subject, p.end())
}

type diffPart = part[piece, struct{}]

func (p *diffPane) read(a *App, s subject, skip int) tea.Cmd {
	how, ws := p.how, a.ws
	if len(p.large) > 0 {
		ws = generous{a.ws, maps.Clone(p.large)}
	}
	return follow(a, &p.ask, whileAsked, func(ctx context.Context, show func(piece)) (struct{}, error) {
		here := a.awaitPage()
		defer here()
		return struct{}{}, s.read(ctx, ws, skip, func(it piece) {
			for i := range it.files {
				it.files[i] = how.compared(it.files[i])
			}
			it.studies = studySmall(ctx, it.files, how)
			show(it)
			if len(it.files) > 0 {
				here()
			}
		})
	})
}

// arrived takes in pieces.
func (p *diffPane) arrived(a *App, m diffPart) tea.Cmd {
	p.touch()
	if p.fresh {
		p.fresh = false
		p.said, p.head, p.files_, p.origins, p.total, p.changes, p.found, p.cut = nil, nil, nil, nil, 0, nil, nil, 0
		p.base = 0
		p.outline.drop()
		p.unseen()
		p.query = ""
	}
	before := len(p.files_)
	studies := map[int]study{}
	var findings [][]diffview.Finding // Of the files that are new.
	var begin tea.Cmd
	for _, it := range m.items {
		if s, ok := p.subject.(compareSubject); ok && it.compared != nil {
			begin = p.outline.show(a, s, it.compared)
		}
		if p.refile && len(it.files) > 0 {
			p.refile, p.files_, p.origins, before = false, nil, nil, 0
			findings = nil
			p.unseen()
		}
		if it.head != nil {
			p.said = it.head
			p.head = wrapHead(p.said, p.w-2)
		}
		if it.total > 0 {
			p.total = it.total
		}
		if it.changes != nil {
			p.changes = it.changes
		}
		if it.found != nil {
			p.found = it.found
		}
		if len(it.findings) > 0 {
			at := len(p.files_)
			findings = append(findings, make([][]diffview.Finding, at-before-len(findings))...)
			findings = append(findings, it.findings...)
		}
		for i, st := range it.studies {
			studies[len(p.files_)+i] = st
		}
		p.files_ = append(p.files_, it.files...)
		p.origins = append(p.origins, originsOf(it.files, it.origins)...)
	}
	if len(p.files_) > before {
		p.view.AddFiles(p.files_[before:]...)
		p.view.SetFindings(before, findings)
		for i, st := range studies {
			p.know(i, st)
		}
		var before, after text.Safe
		if s, ok := p.subject.(resourceSubject); ok {
			before, after = s.details()
		}
		p.view.SetDetails(before, after)
		p.showPicks(a)
		p.fit()
		p.sought()
		p.reached()
		p.returnToPlace()
	}
	if p.wants != nil && !p.fresh {
		return p.load(a, p.wants)
	}
	begin = tea.Batch(begin, p.learn(a))
	if !m.done {
		return tea.Batch(m.next, begin)
	}
	p.goal = nil
	if m.err != nil && !errors.Is(m.err, context.Canceled) {
		p.err = m.err
	}
	p.fit()
	p.sought()
	if p.seek != nil {
		return tea.Batch(p.more(a), begin)
	}
	return begin
}

// unseen takes all files off, with what is known about them and picked in them.
func (p *diffPane) unseen() {
	p.study.drop()
	p.known = nil
	p.marks.byFile = nil
	p.view.SetFiles(nil)
}

// any reports whether there is a difference to walk through.
func (p *diffPane) any() bool { return len(p.files_) > 0 }

func (p *diffPane) files() int { return max(len(p.files_), p.total) }

// shows is the pane whose selection is shown, so that what is done here is done to what is seen.
func (p *diffPane) shows(a *App) action.Scope {
	switch s := p.subject.(type) {
	case changeSubject:
		if c := a.change.selected(); c != nil && c.ID == s.change.ID {
			return action.Change
		}
	case resourceSubject:
		if r := a.live.resource(a); r != nil && key(*r) == key(s.resource) {
			return action.Live
		}
	case commitSubject:
		return action.History
	}
	return ""
}

// compares reports whether it is two revisions that are shown.
func (p *diffPane) compares() bool {
	_, ok := p.subject.(compareSubject)
	return ok
}

// sided reports whether the subject has other sides to show.
func (p *diffPane) sided() bool {
	if _, ok := p.subject.(compareSubject); ok {
		return true
	}
	s, ok := p.subject.(resourceSubject)
	return ok && s.resource.Applied != nil
}

// nextSides goes on to the next pair of versions of a resource, or turns a comparison around.
func (p *diffPane) nextSides(a *App) tea.Cmd {
	if s, ok := p.subject.(compareSubject); ok {
		return p.load(a, newCompare(a, s.b, s.a))
	}
	s, ok := p.subject.(resourceSubject)
	if !ok {
		return nil
	}
	s.sides = (s.sides + 1) % len(sidePairs)
	pair := sidePairs[s.sides]
	a.say(text.Format("%s beside %s", pair[0], pair[1]))
	return p.load(a, s)
}

func (p *diffPane) restyle(a *App) {
	p.st = a.st
	p.touch()
}

func (p *diffPane) setSplit(split bool) {
	p.view.SetSplit(split)
	p.touch()
}

func (p *diffPane) resize(w, h int) {
	if w != p.w {
		p.head = wrapHead(p.said, w-2)
	}
	p.canvas.resize(w, h)
	p.fit()
}

// fit gives the files the rows that the head leaves.
func (p *diffPane) fit() {
	p.cut = min(p.cut, p.above())
	p.view.SetSize(p.w, max(p.h-(p.above()-p.cut), 0))
}

// scroll moves head and files as one text.
func (p *diffPane) scroll(rows int) {
	if rows > 0 {
		n := min(rows, p.above()-p.cut)
		if !p.any() {
			n = min(n, max(p.above()-p.cut-p.h+1, 0))
		}
		p.cut += n
		p.fit()
		if rows > n {
			p.view.Scroll(rows - n)
		}
		return
	}
	before, _ := p.view.Position()
	p.view.Scroll(rows)
	after, _ := p.view.Position()
	if left := -rows - (before - after); left > 0 && after == 0 {
		p.cut = max(p.cut-left, 0)
	}
	p.fit()
}

// toFiles scrolls the head off, so that a difference that was asked for is in sight.
func (p *diffPane) toFiles() {
	p.cut = p.above()
	p.fit()
}

func (p *diffPane) move(a *App, how action.ID) tea.Cmd {
	p.touch()
	p.seek, p.goal, p.kept = nil, nil, nil
	if p.drawOut(how) {
		return nil
	}
	if cmd, ok := p.walk(a, how); ok {
		return cmd
	}
	switch how {
	case action.Down:
		return p.scrolled(a, 1)
	case action.Up:
		return p.scrolled(a, -1)
	case action.PageDown:
		return p.scrolled(a, max(p.h-2, 1))
	case action.PageUp:
		return p.scrolled(a, -max(p.h-2, 1))
	case action.HalfDown:
		return p.scrolled(a, max(p.h/2, 1))
	case action.HalfUp:
		return p.scrolled(a, -max(p.h/2, 1))
	case action.Top:
		p.cut = 0
		p.fit()
		p.view.Top()
	case action.Bottom:
		if p.end() < p.total {
			return p.jumpFile(a, p.total-1)
		}
		p.toFiles()
		p.view.Bottom()
	case action.ScrollLeft:
		p.view.ScrollX(-8)
	case action.ScrollRight:
		p.view.ScrollX(8)
	case action.NextHunk:
		if row, _ := p.view.Position(); row == 0 && p.cut < p.above() {
			// The first difference is the next one as long as the head is what is read.
			p.toFiles()
			break
		}
		if !p.view.NextHunk() && p.end() < p.total {
			return p.jumpFile(a, p.end())
		}
	case action.PrevHunk:
		p.view.PrevHunk()
	case action.NextFinding, action.PrevFinding:
		return p.stepFinding(a, how)
	case action.NextFile:
		return p.nextFile(a)
	case action.PrevFile:
		return p.prevFile(a)
	}
	return tea.Batch(p.more(a), p.learn(a))
}

func (p *diffPane) nextFile(a *App) tea.Cmd {
	if p.cut < p.above() && p.above() > p.h/2 {
		if row, _ := p.view.Position(); row == 0 || p.walks() {
			return p.jumpFile(a, 0)
		}
	}
	p.toFiles()
	if !p.view.NextFile() && p.end() < p.total {
		return p.jumpFile(a, p.end())
	}
	return p.more(a)
}

func (p *diffPane) wheel(a *App, rows int) tea.Cmd {
	p.touch()
	p.goal, p.kept = nil, nil
	return tea.Batch(p.scrolled(a, rows), p.learn(a))
}

func (p *diffPane) find(_ *App, query string) tea.Cmd {
	p.query = query
	if query != "" {
		p.toFiles()
	}
	p.view.Search(query)
	p.touch()
	return nil
}

func (p *diffPane) step(_ *App, dir int) tea.Cmd {
	p.toFiles()
	if dir > 0 {
		p.view.NextMatch()
	} else {
		p.view.PrevMatch()
	}
	p.touch()
	return nil
}

func (p *diffPane) matches(*App) (string, int, int) {
	i, n := p.view.Matches()
	return p.query, n, i
}
