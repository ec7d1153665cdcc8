package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// manner is how differences are compared and shown, as the operator chose it.
type manner struct {
	ignoreSpace bool // Lines that only white space tells apart are the same.
	structured  bool // What lines mean is shown, where that is known.
}

// Choices are how the operator wants differences to be shown, for as long as they do not choose otherwise. That white
// space is hidden is not among them: nobody should miss a change for what they chose last week.
type Choices struct {
	Split     *bool `json:"split,omitempty"` // Nil follows the width of the screen.
	Wrap      bool  `json:"wrap,omitempty"`
	Structure bool  `json:"structure,omitempty"`
}

// remembered is the outcome of keeping choices.
type remembered struct{}

// remember keeps the choices for the next session.
func (p *diffPane) remember(a *App) tea.Cmd {
	if a.opt.Remember == nil {
		return nil
	}
	c := Choices{Split: a.split, Wrap: p.view.Wrapped(), Structure: p.how.structured}
	return quietly(a, &p.remembers, func(context.Context) (remembered, error) { return remembered{}, a.opt.Remember(c) })
}

// compared is a difference in this manner.
func (m manner) compared(f diff.File) diff.File {
	if m.ignoreSpace {
		return f.IgnoringSpace()
	}
	return f
}

// words say in the title how differences are shown.
func (m manner) words(split bool) []text.Safe {
	var words []text.Safe
	switch {
	case m.structured:
		words = append(words, text.Lit("structure"))
	case split:
		words = append(words, text.Lit("split"))
	default:
		words = append(words, text.Lit("unified"))
	}
	if m.ignoreSpace {
		words = append(words, text.Lit("white space hidden"))
	}
	return words
}

// toggleSpace hides what only white space tells apart, or shows it again.
func (p *diffPane) toggleSpace(a *App) tea.Cmd {
	p.how.ignoreSpace = !p.how.ignoreSpace
	if p.how.ignoreSpace {
		a.say(text.Lit("white space is hidden; indentation stays shown where it is meaning, as in YAML"))
	} else {
		a.say(text.Lit("white space is shown"))
	}
	return p.again(a)
}

// toggleStructure shows what the lines mean, or the lines.
func (p *diffPane) toggleStructure(a *App) tea.Cmd {
	p.how.structured = !p.how.structured
	p.touch()
	p.view.SetStructured(p.how.structured)
	return tea.Batch(p.learn(a), p.remember(a))
}

// again reads the subject anew and keeps the place in it.
func (p *diffPane) again(a *App) tea.Cmd {
	if p.subject == nil {
		return nil
	}
	return p.load(a, p.subject)
}

// generous is a source that reads some files however large they are.
type generous struct {
	source
	large map[string]bool
}

// everything is a size in bytes that no file is above; what cannot be read at all says so.
const everything = 1 << 62

func (g generous) FileDiff(ctx context.Context, f model.FileChange, opt diff.Options, most int64) diff.File {
	if g.large[f.Path] {
		most = everything
	}
	return g.source.FileDiff(ctx, f, opt, most)
}

// openHeld shows the lines of the file at the top that were held back, and reports whether there were any.
func (p *diffPane) openHeld(a *App) (tea.Cmd, bool) {
	file, load, ok := p.view.Held()
	if !ok || p.cut < p.above() && p.above() >= p.h {
		return nil, false
	}
	p.touch()
	if !load {
		p.view.Show(file)
		return p.learn(a), true
	}
	if p.large == nil {
		p.large = map[string]bool{}
	}
	p.large[pathOf(&p.files_[file])] = true
	p.toFiles()
	return p.again(a), true
}

// pathOf is the path of a difference, as it became.
func pathOf(f *diff.File) string {
	if f.NewPath.IsEmpty() {
		return f.OldPath.String()
	}
	return f.NewPath.String()
}
