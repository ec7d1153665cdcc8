package ui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
)

// environment is what the screen knows of one environment.
type environment struct {
	model.Environment
	tag   string // Three letters, for the rows of History.
	style themes.EnvStyle

	ask     question
	obs     *workspace.Observation // The last whole look; nil before the first.
	partial []model.Resource       // What a first look has found so far.
	err     error                  // Why it cannot be looked at.

	stage  stage           // What is picked for the next change.
	folded map[string]bool // What the operator folded or unfolded, by row.
}

// seen reports whether anything is known of the live state.
func (e *environment) seen() bool { return e.obs != nil || len(e.partial) > 0 }

// name is the environment's name, for the screen.
func (e *environment) name() text.Safe { return text.Line(e.Name) }

// drifted counts the resources that are neither what git wants nor what was applied.
func (e *environment) count(is func(model.Status) bool) int {
	n := 0
	for _, t := range e.targets() {
		for _, r := range t.Resources {
			if is(r.Status) {
				n++
			}
		}
	}
	return n
}

// trueToGit is how many resources there are, when all were seen and each is as git says; 0 otherwise.
func (e *environment) trueToGit() int {
	if e.obs == nil || e.err != nil {
		return 0
	}
	for _, t := range e.obs.Targets {
		if t.Err != nil {
			return 0
		}
	}
	n := e.count(func(model.Status) bool { return true })
	if n != e.count(func(s model.Status) bool { return s == model.InSync }) {
		return 0
	}
	return n
}

// targets is what is known, by target: the last whole look, or what a first one has found so far.
func (e *environment) targets() []workspace.TargetObservation {
	if e.obs != nil {
		return e.obs.Targets
	}
	var list []workspace.TargetObservation
	for _, t := range e.Targets {
		to := workspace.TargetObservation{Target: t}
		for _, r := range e.partial {
			if r.Target == t.Name {
				to.Resources = append(to.Resources, r)
			}
		}
		list = append(list, to)
	}
	return list
}

// summary is the state of the environment in a few words, and the style of the worst of them.
func (e *environment) summary(st themes.Styles, trusted bool) (text.Safe, themes.Style) {
	drifted := e.count(model.Status.IsDrift)
	pending := e.count(func(s model.Status) bool { return s == model.Pending })
	unknown := e.count(func(s model.Status) bool { return s == model.Unknown })
	silent := 0
	if e.obs != nil {
		for _, t := range e.obs.Targets {
			if t.Err != nil {
				silent++
			}
		}
	}
	var words []string
	style := st.InSync
	add := func(n int, word string, s themes.Style) {
		if n == 0 {
			return
		}
		if len(words) == 0 {
			style = s
		}
		words = append(words, thousands(n)+" "+word)
	}
	add(drifted, "drifted", st.Drifted)
	add(pending, "pending", st.Pending)
	add(unknown, "unknown", st.Unknown)
	if e.obs != nil && len(e.obs.Holds) > 0 {
		if len(words) == 0 {
			style = st.Warning
			words = append(words, "in sync")
		}
		words = append(words, "hold")
	}
	switch {
	case silent > 0 && trusted:
		words = append(words, plural(silent, "target")+" ?")
		style = st.Unknown
	case !trusted:
		return text.Lit("not trusted"), st.Dim
	case e.err != nil:
		return text.Lit("?"), st.Unknown
	case !e.seen() && e.ask.busy:
		return text.Lit("checking"), st.Dim
	case e.obs == nil && len(words) == 0:
		return text.Lit("not checked"), st.Dim
	case len(words) == 0:
		return text.Lit("in sync"), st.InSync
	}
	return text.Line(strings.Join(words, " · ")), style
}

// signs is summary in signs, where there is no room for words: "≠2 …5".
func (e *environment) signs(st themes.Styles) text.Safe {
	var signs []text.Safe
	for _, s := range []model.Status{model.Unknown, model.Missing, model.Drifted, model.Extra, model.Pending} {
		if n := e.count(func(x model.Status) bool { return x == s }); n > 0 {
			sign, _ := look(st, s)
			signs = append(signs, sign.Plus(text.Format("%d", n)))
		}
	}
	switch {
	case len(signs) > 0:
		return text.Join(" ", signs...)
	case e.obs == nil || e.err != nil:
		return text.Lit("?")
	}
	return text.Lit("✓")
}

// How many environments are looked at at the same time.
const looksAtOnce = 3

// observeAll looks at every environment, the current one first.
func (a *App) observeAll() tea.Cmd {
	if !a.opt.Trusted {
		return nil
	}
	var cmds []tea.Cmd
	for i := range a.envs {
		e := a.envs[(a.current+i)%len(a.envs)]
		if i < looksAtOnce {
			cmds = append(cmds, a.observe(e))
		}
	}
	return tea.Batch(cmds...)
}

// observeNext looks at an environment that nobody looked at yet, if there is one.
func (a *App) observeNext() tea.Cmd {
	busy := 0
	for _, e := range a.envs {
		if e.ask.busy {
			busy++
		}
	}
	for _, e := range a.envs {
		if e.obs == nil && e.err == nil && !e.ask.busy && busy < looksAtOnce {
			return a.observe(e)
		}
	}
	return nil
}

// seenMsg tells apart what streams from a look at an environment.
type (
	lookPart = part[model.Resource, looked]
	looked   struct {
		env string
		obs workspace.Observation
	}
)

// observe looks at the live state of an environment.
func (a *App) observe(e *environment) tea.Cmd {
	e.partial = nil
	a.touchEnvironments()
	name := e.Name
	return follow(a, &e.ask, whileAsked, func(ctx context.Context, emit func(model.Resource)) (looked, error) {
		obs, err := a.ws.Observe(ctx, name, emit)
		return looked{name, obs}, err
	})
}

// observed takes in what a look has found so far, or all of it.
func (a *App) observed(m lookPart) tea.Cmd {
	e := a.envAsked(m.to)
	if e == nil {
		return nil
	}
	a.touchEnvironments()
	if !m.done {
		e.partial = append(e.partial, m.items...)
		return tea.Batch(m.next, a.live.refill(a))
	}
	e.partial = nil
	if m.err != nil {
		if errors.Is(m.err, context.Canceled) {
			return nil
		}
		e.err = m.err
		return tea.Batch(a.live.refill(a), a.observeNext())
	}
	before := e.obs
	e.obs, e.err = &m.result.obs, nil
	e.stage.prune(func(key string) bool {
		r := e.find(key)
		return r == nil || !r.Status.IsDrift()
	})
	cmds := []tea.Cmd{a.live.refill(a), a.observeNext()}
	if before != nil && (!e.stage.isEmpty() || e.stage.version > 0) {
		cmds = append(cmds, a.restaged(e)) // What it would do may be something else by now.
	}
	if moved(before, e.obs) {
		cmds = append(cmds, a.history.load(a))
	}
	return tea.Batch(cmds...)
}

// moved reports whether History's markers for the environment are out of date: the first look may
// find the applied revision by itself, and later ones may find it elsewhere.
func moved(before, now *workspace.Observation) bool {
	if before == nil {
		return now.Source == workspace.AppliedInferred
	}
	return before.Applied != now.Applied || before.Tracked != now.Tracked
}

func (a *App) envAsked(q *question) *environment {
	for _, e := range a.envs {
		if &e.ask == q {
			return e
		}
	}
	return nil
}

// touchEnvironments draws anew what shows environments.
func (a *App) touchEnvironments() {
	a.bar.touch()
	a.live.touch()
	a.history.touch()
}

// key names a resource across targets.
func key(r model.Resource) string { return r.Target + "/" + string(r.Address) }

// find answers a resource by its key.
func (e *environment) find(k string) *model.Resource {
	if e.obs == nil {
		return nil
	}
	for i := range e.obs.Targets {
		for j := range e.obs.Targets[i].Resources {
			if r := &e.obs.Targets[i].Resources[j]; key(*r) == k {
				return r
			}
		}
	}
	return nil
}

// goTo makes another environment the current one.
func (a *App) goTo(i int) tea.Cmd {
	if len(a.envs) == 0 {
		return nil
	}
	a.current = (i%len(a.envs) + len(a.envs)) % len(a.envs)
	a.touchEnvironments()
	a.change.restage(a)
	a.change.sort(a)
	a.change.chooseOpen(a.env().Name)
	cmds := []tea.Cmd{a.live.switched(a)}
	if e := a.env(); a.opt.Trusted && e.obs == nil && !e.ask.busy {
		cmds = append(cmds, a.observe(e))
	}
	if a.shape.left != action.History {
		cmds = append(cmds, a.showSelected())
	}
	return tea.Batch(cmds...)
}

// tag is a short form of an environment's name: "prd" for production. It differs from the taken ones.
func tag(name string, taken []string) string {
	known := map[string]string{"production": "prd", "prod": "prd", "staging": "stg", "stage": "stg",
		"development": "dev", "testing": "tst", "test": "tst", "preview": "pre", "sandbox": "box"}
	short, ok := known[strings.ToLower(name)]
	if !ok {
		short = firstRunes(text.Line(name).String(), 3)
	}
	if slices.Contains(taken, short) {
		runes := []rune(text.Line(name).String())
		return firstRunes(short, 2) + string(runes[len(runes)-1:])
	}
	return short
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
