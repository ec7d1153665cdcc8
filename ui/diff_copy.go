package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// copies are what can be copied of a difference, each by its name, in the order in which they are offered.
var copies = []struct{ name, about string }{
	{"patch", "all differences"},
	{"patch of the file", "the file at the top"},
	{"patch of this", "this difference, or the marked range"},
	{"new", "its lines, or the value, as they became"},
	{"old", "its lines, or the value, as they were"},
	{"path", "of the file, or of the value in it"},
	{"link", "this line, as REVISION:PATH:LINE"},
}

// copyWhat copies one of them, or offers them all.
func (p *diffPane) copyWhat(a *App, name string) tea.Cmd {
	if name == "" {
		a.open(newCopyMenu(a))
		return nil
	}
	s, err := p.copied(a, name)
	if err != nil {
		a.fail(text.Lit("Not copied"), err)
		return nil
	}
	return a.copyText(s)
}

// copied is plain text, never painted cells. Secrets are masked in it as on screen.
func (p *diffPane) copied(a *App, name string) (string, error) {
	if !p.any() {
		return "", fmt.Errorf("no difference is shown")
	}
	file, blocks := p.part()
	if p.view.File() < len(p.files_) && len(blocks) == 0 {
		file = p.view.File()
	}
	f := &p.files_[file]
	switch name {
	case "patch":
		return patch(p.files_), nil
	case "patch of the file":
		return patch(p.files_[p.view.File() : p.view.File()+1]), nil
	case "patch of this":
		b, err := f.Patch(blocks...)
		return string(b), err
	case "new", "old":
		return p.side(f, blocks, name == "old"), nil
	case "path":
		if c := p.view.Change(); c != nil {
			return c.Path.String(), nil
		}
		return pathOf(f), nil
	case "link":
		return p.link(a)
	}
	return "", fmt.Errorf("there is no %q to copy: it is one of patch, new, old, path and link", name)
}

// side is what the current difference was, or became.
func (p *diffPane) side(f *diff.File, blocks []diff.Block, old bool) string {
	if c := p.view.Change(); c != nil {
		if old {
			return c.Old.String()
		}
		return c.New.String()
	}
	var b strings.Builder
	for _, at := range blocks {
		lo, hi, line := at.NewLo, at.NewHi, f.NewText
		if old {
			lo, hi, line = at.OldLo, at.OldHi, f.OldText
		}
		for i := lo; i < hi; i++ {
			b.WriteString(line(i).String() + "\n")
		}
	}
	return b.String()
}

// link is where others find the line: REVISION:PATH:LINE, which git show and plumb take.
func (p *diffPane) link(a *App) (string, error) {
	s, ok := p.spot()
	if !ok {
		return "", fmt.Errorf("what is shown here is no file of git")
	}
	id, err := a.ws.Resolve(a.ctx, s.rev)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s:%s:%d", id, s.path, s.line), nil
}

// newCopyMenu offers what can be copied.
func newCopyMenu(a *App) *paletteDialog {
	d := &paletteDialog{title: text.Lit("Copy")}
	for _, c := range copies {
		why := ""
		if s, err := a.diff.copied(a, c.name); err != nil {
			why = err.Error()
		} else if s == "" {
			why = "there is nothing of it here"
		}
		d.all = append(d.all, entry{action.Intent{ID: action.CopyWhat, Arg: c.name}, c.name, c.about, "", why})
	}
	d.filter()
	return d
}
