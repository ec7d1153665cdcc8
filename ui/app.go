// Package ui is the terminal program: one screen on which an operator sees history,
// the live state of every environment and the differences between them, and puts right
// what is wrong. It speaks to a workspace and to nothing else.
//
// There is one Bubble Tea model, [App]. Its panes, views and dialogs are structs that it
// owns. Update never does any I/O: what takes time is a command, its answer carries
// the number of its [question], and an answer nobody waits for is dropped.
package ui

import (
	"cmp"
	"context"
	"fmt"
	"image/color"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"plumb/gitops/reviewed"
	"plumb/gitops/runner"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
)

// Commands is what plumb ran so far; a [plumb/ui/ran.Log] is one.
type Commands interface {
	Commands() []model.Command // Oldest first.
	Total() int                // How many there ever were.
	Changed() <-chan struct{}  // Closed with the next one.
}

// Options are what the screen is opened with. Workspace and Now are required.
type Options struct {
	Workspace *workspace.Workspace
	Theme     string // A palette's name; "auto" or empty takes dark or light after the terminal.
	Mouse     bool
	Split     string // "on", "off", or "auto": differences side by side where there is room.
	ReadOnly  bool   // Nothing may be written in any environment.

	Trusted       bool         // Whether the repository's code may run.
	Trust         func() error // Remembers that it may.
	TrustQuestion []string     // What would run.

	Choices  Choices             // How differences were shown last.
	Remember func(Choices) error // Keeps that for the next session; nil does not.

	Runners Runners             // Carry changes out. Nil carries them out in this process, which leaving it then ends.
	Left    func(i runner.Info) // Is told of a run that goes on when the screen is left; nil is not.
	// Editor is what the operator edits with, as git calls it; nil goes by the variables of the environment alone.
	Editor  func(ctx context.Context) (string, error)
	Private string // A directory of the operator's own, for copies of files that are being edited.

	Commands Commands
	Now      func() time.Time
	Reviewed *reviewed.Store // What the operator has reviewed; nil keeps it for as long as the screen is open.
	Welcome  text.Safe       // What to try first; empty for nothing.
	Problem  error           // Why plumb.yaml cannot be used; there are no environments then.

	// Discover finds the environments, for which Trusted, TrustQuestion and Problem then are as it says. Nil where they are known.
	Discover func(ctx context.Context) (Discovery, error)

	Share bool // Exchange the record with the remote in the background.
}

// App is the whole screen.
type App struct {
	opt       Options
	ws        source
	ctx       context.Context
	after     func(time.Duration, tea.Msg) tea.Cmd      // Delivers a message later; tests have a clock of their own.
	exec      func(*exec.Cmd, tea.ExecCallback) tea.Cmd // Gives the terminal to another program; tests have none.
	working   *sync.WaitGroup                           // What runs for streams; the program waits for it at its end.
	collector *collector                                // Is asked to wait while a page is.

	st       themes.Styles
	theme    string // As the operator chose it; "auto" follows the terminal.
	dark     bool
	asked    bool // The terminal has answered how dark it is.
	profile  colorprofile.Profile
	backdrop color.Color // What the theme needs the terminal's background to be; nil for as it is.
	rev      int         // Counts what changes the look of everything: theme, minute.

	width, height int
	shape         shape
	frame         frame
	split         *bool // As the operator chose it; nil follows the width.

	envs    []*environment
	current int

	history historyPane
	live    livePane
	change  changePane
	diff    diffPane
	bar     barPane
	runs    runsView
	ran     ranView
	run     runView
	file    fileView
	ledger  ledgerView

	view     action.Scope // The view that takes the whole body; empty for the panes.
	dialogs  []dialog
	search   *searchLine
	notice   notice
	previous *place

	waiting   map[*question]bool
	spinning  bool
	spinFrame int
	asks      question // What dialogs wait for.
	starting  starting
	watching  watching
	living    livingRuns
	away      bool // The terminal has said that its window has no focus.
	sharing   sharing
	greeting  bool      // The welcome is shown until the operator goes anywhere.
	leaving   bool      // Quits when the run has ended.
	minute    time.Time // The one that the ages on the screen are of.
	refreshed time.Time
	zones     []keyZone
	boxAt     rect // Where the topmost dialog stands.
}

// place is where the operator was: what `-` goes back to.
type place struct {
	view  action.Scope
	focus action.Scope
	shows subject
}

// notice is one sentence at the foot of the screen, until the next key.
type notice struct {
	text text.Safe
	bad  bool
}

// newApp makes the screen of a source. Nothing is read before Init.
func newApp(ctx context.Context, ws source, opt Options) *App {
	a := &App{opt: opt, ws: ws, ctx: ctx, after: later, exec: tea.ExecProcess, greeting: !opt.Welcome.IsEmpty(), working: new(sync.WaitGroup), theme: opt.Theme, dark: true,
		profile: colorprofile.TrueColor, collector: new(collector), waiting: map[*question]bool{}}
	if a.opt.Reviewed == nil {
		a.opt.Reviewed = reviewed.Open("")
	}
	if a.theme == "" {
		a.theme = "auto"
	}
	a.split = opt.Choices.Split
	switch opt.Split {
	case "on":
		a.split = new(true)
	case "off":
		a.split = new(false)
	}
	a.diff.how.structured = opt.Choices.Structure
	a.diff.view.SetStructured(opt.Choices.Structure)
	a.diff.view.SetWrap(opt.Choices.Wrap)
	a.shape = shape{focus: action.History, left: action.History}
	a.starting.looking = opt.Discover != nil
	a.meet()
	a.history.first()
	a.restyle()
	return a
}

// later delivers a message after some time.
func later(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// startWith is the environment to begin with: production is what people open plumb for.
func startWith(envs []*environment) int {
	return max(slices.IndexFunc(envs, func(e *environment) bool { return e.Production }), 0)
}

func (a *App) now() time.Time { return a.opt.Now() }

// env is the current environment, or nil when there are none.
func (a *App) env() *environment {
	if len(a.envs) == 0 {
		return nil
	}
	return a.envs[a.current]
}

func (a *App) envNamed(name string) *environment {
	for _, e := range a.envs {
		if e.Name == name {
			return e
		}
	}
	return nil
}

func (a *App) tags() []string {
	tags := make([]string, len(a.envs))
	for i, e := range a.envs {
		tags[i] = e.tag
	}
	return tags
}

// restyle makes the styles anew, after the theme or the terminal's colours changed.
func (a *App) restyle() {
	name := a.theme
	if name == "auto" {
		name = "light"
		if a.dark {
			name = "dark"
		}
	}
	p, ok := themes.ByName(name)
	if !ok {
		p = themes.Dark
	}
	p = p.For(a.profile)
	a.st = themes.New(p)
	a.backdrop = nil
	if a.asked {
		a.backdrop = p.Unlike(a.dark)
	}
	a.rev++
	for _, e := range a.envs {
		e.style = a.st.Environment(e.Color, e.Production)
	}
	a.diff.restyle(a)
}

// resize places everything anew, after the size or the focus changed.
func (a *App) resize() {
	a.frame = layout(a.width, a.height, a.shape)
	for p, r := range a.frame.panes {
		a.pane(p).resize(r.w, r.h-1)
	}
	a.ran.resize(a.frame.body.w, a.frame.body.h-1)
	a.runs.resize(a.frame.body.w, a.frame.body.h-1)
	a.run.resize(a.frame.body.w, a.frame.body.h-1)
	a.file.resize(a.frame.body.w, a.frame.body.h-1)
	a.ledger.resize(a.frame.body.w, a.frame.body.h-1)
	a.diff.setSplit(a.splits())
}

// splits reports whether differences are side by side.
func (a *App) splits() bool {
	if a.split != nil {
		return *a.split
	}
	return a.frame.split
}

// readOnly says who forbids writing to the current environment; empty when nobody does.
func (a *App) readOnly() string {
	e := a.env()
	switch {
	case a.opt.ReadOnly:
		return "plumb was started read-only"
	case e != nil && e.ReadOnly:
		return e.Name + " is read-only"
	}
	return ""
}

// state is what decides which actions are possible now.
func (a *App) state() action.State {
	s := action.State{
		Focus:        a.scope(),
		Environments: len(a.envs),
		Looking:      a.starting.looking,
		ReadOnly:     a.readOnly(),
		Untrusted:    !a.opt.Trusted,
		Commit:       a.history.selected() != nil,
		Merge:        a.history.isMerge(),
		Marked:       a.history.marked.Short(),
		Diff:         a.diff.any(),
		Files:        a.diff.files(),
		Findings:     a.diff.found.any(),
		Sides:        a.diff.sided(),
		Found:        a.searching(),
		Previous:     a.previous != nil,
		Running:      a.run.under(),
		Outlives:     a.run.under() && a.run.distant != nil,
		Clipboard:    a.copies(),
	}
	if err := a.ws.MaySign(); err != nil {
		s.Unsigned = err.Error()
	}
	if e := a.env(); e != nil {
		s.Environment = e.Name
		s.Observed = e.seen()
		s.Staged, s.Mixed = len(e.stage.picks), e.stage.isMixed()
		s.Pick = a.change.pick() >= 0
	}
	if r := a.live.resource(a); r != nil {
		s.Selected, s.Resource = true, r.Status
	}
	s.Shows = a.diff.shows(a)
	s.Compared, s.Outline = a.diff.compares(), a.diff.walks()
	s.NoPart = a.diff.noPart(a)
	_, _, s.Held = a.diff.view.Held()
	_, s.NoFile = a.fileHere()
	_, s.NoEdit = a.editable()
	_, s.NoPath = a.pathHere()
	s.Lines, s.Later = a.file.hasLines(), len(a.file.later) > 0
	c := a.change.selected()
	if a.view == action.Run {
		c = a.run.changed(a)
	}
	if c != nil {
		s.Change, s.Said = c.State, said(*c, a.ws.Self())
		if e := a.envNamed(c.Environment); e != nil {
			facts := a.facts(e, withoutMissing(*c))
			if !policy.NeedsApprovals(facts) {
				s.Approve = e.Name + " needs no approvals"
			} else if err := policy.MayApprove(facts, a.ws.Self()); err != nil {
				s.Approve = err.Error()
			}
			facts.Applier = a.ws.Self()
			if policy.MayBreakGlass(facts, a.ws.Self()) != nil {
				s.Apply = unmet(policy.Decide(facts))
			}
			if a.opt.ReadOnly || e.ReadOnly {
				s.ReadOnly = cmp.Or(s.ReadOnly, e.Name+" is read-only")
			}
		}
	}
	return s
}

// facts are what a change is judged by: the rules of its environment that held when it was read.
func (a *App) facts(e *environment, c model.Change) policy.Facts {
	env := e.Environment
	if c.Governed != nil {
		env = *c.Governed
	}
	return policy.Facts{Environment: env, Change: c, Now: a.now()}
}

// unmet is the first rule that is not met, in its own words.
func unmet(rules []model.Rule) string {
	for _, r := range rules {
		if !r.OK {
			return r.Text
		}
	}
	return ""
}

// scope is the pane or view that has the keys.
func (a *App) scope() action.Scope {
	if a.view != "" {
		return a.view
	}
	return a.shape.focus
}

// say shows one sentence until the next key.
func (a *App) say(t text.Safe) { a.notice = notice{text: t} }

// warn is say for what went wrong or cannot be done.
func (a *App) warn(t text.Safe) { a.notice = notice{text: t, bad: true} }

// title is what the terminal's window is called.
func (a *App) title() string {
	parts := []string{"plumb", text.Line(a.ws.Name()).String()}
	if e := a.env(); e != nil {
		parts = append(parts, text.Line(e.Name).String())
	}
	if n := a.change.news(); n > 0 {
		parts = append(parts, fmt.Sprintf("(%d new)", n))
	}
	return strings.Join(parts, " ")
}
