package ui

import (
	"cmp"
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/ui/action"
)

// version is a side of a comparison in git, and what it is called.
type version struct {
	id    model.Hash
	label string
}

// origin is where in git a file of a difference is.
type origin struct {
	rev, path string
	old       bool // The difference has it on its old side.
}

// originOf is where a changed file is: as it became, or before it was deleted.
func originOf(f model.FileChange, before, after version) origin {
	switch {
	case f.NewHash != "":
		return origin{rev: string(after.id), path: f.Path}
	case before.id != "":
		return origin{string(before.id), cmp.Or(f.OldPath, f.Path), true}
	}
	return origin{}
}

// originOfResource is where git says what the resource should be: as it is wanted, or as it was applied.
func originOfResource(env string, r model.Resource, asApplied bool) origin {
	switch {
	case !asApplied && r.Tracked.Source != "":
		return origin{"git:" + env, r.Tracked.Source, true}
	case r.Applied != nil && r.Applied.Source != "":
		return origin{"live:" + env, r.Applied.Source, asApplied}
	case r.Tracked.Source != "":
		return origin{"git:" + env, r.Tracked.Source, false}
	}
	return origin{}
}

// spot is the file at the top of the window, at its line there.
func (p *diffPane) spot() (spot, bool) {
	if o, dir, ok := p.pick(); ok || p.walks() {
		return spot{rev: o.rev, path: o.path, line: 1}, ok && !dir
	}
	at, ok := p.view.Place()
	if !ok || at.File >= len(p.origins) || p.origins[at.File].path == "" {
		return spot{}, false
	}
	o := p.origins[at.File]
	line := cmp.Or(at.New, at.Old, 1)
	if o.old {
		line = cmp.Or(at.Old, at.New, 1)
	}
	return spot{rev: o.rev, path: o.path, line: line}, true
}

// seek is a line of a file that is to be brought into the window once it is there.
type seek struct {
	path string
	line int
}

// sought brings the line that is looked for into the window, if its file is there by now.
func (p *diffPane) sought() {
	if p.seek == nil {
		return
	}
	for i, o := range p.origins {
		if o.path == p.seek.path && !o.old {
			p.toFiles()
			if !p.view.ShowLine(i, p.seek.line) {
				p.view.JumpTo(i)
			}
			p.seek = nil
			return
		}
	}
	if len(p.files_) >= p.total && p.total > 0 && !p.ask.busy {
		p.seek = nil
	}
}

// originsOf pads the origins of a piece to the number of its files: what no one told of is nowhere in git.
func originsOf(files []diff.File, origins []origin) []origin {
	return append(origins, make([]origin, max(len(files)-len(origins), 0))...)
}

// fileHere is the file that the focused pane shows or has selected, and why there is none.
func (a *App) fileHere() (s spot, why string) {
	switch a.scope() {
	case action.File:
		if !a.file.loaded || a.file.err != nil {
			return s, "no file is shown"
		}
		return a.file.here(), ""
	case action.Diff, action.History:
		if !a.diff.any() || a.scope() == action.History && a.diff.shows(a) != action.History {
			return s, "no difference is shown"
		}
		s, ok := a.diff.spot()
		if !ok {
			return s, "what is shown here is no file of git"
		}
		return s, ""
	case action.Live:
		e, r := a.env(), a.live.resource(a)
		if e == nil || r == nil {
			return s, "select a resource first"
		}
		o := originOfResource(e.Name, *r, false)
		if o.path == "" {
			return s, "git knows nothing of this resource"
		}
		return spot{rev: o.rev, path: o.path, line: 1}, ""
	}
	return s, "go to a file in Diff or a resource in Live first, or type :file PATH"
}

// showFile opens the file that is here; where there is none it asks for the path.
func (a *App) showFile() tea.Cmd {
	s, why := a.fileHere()
	if why != "" {
		a.open(newPalette(a, "file "))
		return nil
	}
	return a.openFile(s)
}

// foundFile is the file that the words of a command name.
type foundFile spot

// showNamed opens a file by its name: PATH, PATH REVISION, or REVISION:PATH.
func (a *App) showNamed(words string) tea.Cmd {
	return ask(a, &a.asks, func(ctx context.Context) (foundFile, error) {
		s, err := findFile(ctx, a.ws, words)
		return foundFile(s), err
	})
}

// findFile reads the words with the least said first: a path may have blanks and colons in it.
func findFile(ctx context.Context, ws source, words string) (spot, error) {
	candidates := []spot{{rev: "HEAD", path: words, line: 1}}
	if i := strings.LastIndexByte(words, ' '); i > 0 {
		candidates = append(candidates, spot{rev: words[i+1:], path: strings.TrimSpace(words[:i]), line: 1})
	}
	if rev, path, ok := strings.Cut(words, ":"); ok && rev != "" && path != "" {
		candidates = append(candidates, spot{rev: rev, path: path, line: 1})
	}
	var first error
	for _, s := range candidates {
		id, err := ws.Resolve(ctx, s.rev)
		if err == nil {
			if _, err = ws.FileAt(ctx, id, s.path, 1); err == nil {
				return s, nil
			}
		}
		if first == nil || errors.Is(first, objects.ErrNotFound) && !errors.Is(err, objects.ErrNotFound) {
			first = err
		}
	}
	return spot{}, first
}

func (a *App) fileFound(m answer[foundFile]) tea.Cmd {
	switch {
	case errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil:
		a.fail(text.Lit("No such file"), m.err)
		return nil
	}
	return a.openFile(spot(m.value))
}

// pathHere is the file or directory whose history is that of what is shown or selected, and why there is none.
func (a *App) pathHere() (path, why string) {
	if r := a.live.current(); a.scope() == action.Live && r != nil && r.kind != rowResource {
		return r.target.Target.Path, ""
	}
	if o, dir, ok := a.diff.pick(); ok && dir && a.scope() == action.Diff {
		return o.path, ""
	}
	s, why := a.fileHere()
	return s.path, why
}

// historyHere shows in History what changed the file or target that is here; of a range of lines it lists the commits that changed those.
func (a *App) historyHere() tea.Cmd {
	if a.view == action.File && a.file.mark > 0 {
		return a.file.openLines(a)
	}
	path, why := a.pathHere()
	if why != "" {
		a.warn(text.Line(why))
		return nil
	}
	return a.showFiltered(filter.Filter{Terms: []filter.Term{{Kind: filter.File, Value: path}}}.String())
}

// performFile does what concerns a file that is shown whole, and the ways to it.
func (a *App) performFile(in action.Intent) tea.Cmd {
	v := &a.file
	switch in.ID {
	case action.FileHere:
		return a.showFile()
	case action.FileNamed:
		return a.showNamed(in.Arg)
	case action.HistoryHere:
		return a.historyHere()
	case action.LineCommit:
		return v.openCommit(a)
	case action.Earlier:
		return v.earlier(a)
	case action.Later:
		return v.forward(a)
	case action.BlameColumn:
		v.bare = !v.bare
		v.touch()
	case action.MarkLines:
		if a.scope() == action.Diff {
			a.diff.markRange(a)
			return nil
		}
		v.markLines(a)
	case action.GoLine:
		if in.Arg == "" {
			a.open(newPalette(a, "line "))
			return nil
		}
		if a.scope() == action.Diff {
			return a.diff.goLine(a, in.Arg)
		}
		v.goLine(a, in.Arg)
	}
	return nil
}

// leaveFile drops the range, or goes where the file was opened.
func (a *App) leaveFile() tea.Cmd {
	v := &a.file
	if v.mark > 0 {
		v.mark = 0
		v.touch()
		return nil
	}
	v.ask.drop()
	v.asks.drop()
	a.view = ""
	if v.from == nil {
		return nil
	}
	a.remember()
	return a.returnTo(v.from)
}
