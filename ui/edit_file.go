package ui

import (
	"context"
	"errors"
	"os"
	"os/exec"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/editor"
)

// opening is a private copy of a file, ready for the operator's editor.
type opening struct {
	env  string
	edit workspace.Edit
	copy editor.Copy
	cmd  *exec.Cmd
}

// editedMsg says that the editor was left.
type editedMsg struct {
	opening
	err error
}

// saved is what was saved in the editor.
type saved struct {
	env  string
	edit workspace.Edit
}

// editable is the path of the file that can be edited here, and why there is none.
func (a *App) editable() (path, why string) {
	if a.scope() == action.Change {
		if i := a.change.pick(); i >= 0 {
			e := a.env()
			switch p := e.stage.picks[i]; {
			case p.Verb == model.EditFiles:
				return p.Edit.Path, ""
			case p.Address != "":
				if r := e.find(p.Address); r != nil && r.Tracked.Source != "" {
					return r.Tracked.Source, ""
				}
			}
		}
		return "", ""
	}
	s, why := a.fileHere()
	return s.path, why
}

// editHere opens the editor on a file as it would be with what is staged; where none is named or selected it asks for the path.
func (a *App) editHere(path string) tea.Cmd {
	if path == "" {
		path, _ = a.editable()
	}
	if path == "" {
		a.open(newPalette(a, "edit "))
		return nil
	}
	e := a.env()
	env, picks := e.Name, copied(e.stage.picks)
	return ask(a, &a.asks, func(ctx context.Context) (o opening, err error) {
		o.env = env
		list, err := resolved(ctx, a.ws, picks)
		if err != nil {
			return o, err
		}
		if o.edit, err = a.ws.Editable(ctx, env, list, path); err != nil {
			return o, err
		}
		name := editor.Choose(os.Getenv)
		if a.opt.Editor != nil {
			if name, err = a.opt.Editor(ctx); err != nil {
				return o, err
			}
		}
		if o.copy, err = editor.NewCopy(a.opt.Private, o.edit.Path, o.edit.New); err != nil {
			return o, err
		}
		if o.cmd, err = editor.Command(name, o.copy.File); err != nil {
			return o, errors.Join(err, o.copy.Remove())
		}
		return o, nil
	})
}

// editorReady gives the terminal to the editor.
func (a *App) editorReady(m answer[opening]) tea.Cmd {
	switch {
	case errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil:
		a.fail(text.Lit("Not edited"), m.err)
		return nil
	}
	o := m.value
	return a.exec(o.cmd, func(err error) tea.Msg { return editedMsg{o, err} })
}

// editorLeft reads what was saved, and removes the copy whatever happened.
func (a *App) editorLeft(m editedMsg) tea.Cmd {
	return ask(a, &a.asks, func(context.Context) (saved, error) {
		s := saved{m.env, m.edit}
		if m.err != nil {
			return s, errors.Join(model.WithHint(m.err, "the editor did not end well, so what it saved is not taken"), m.copy.Remove())
		}
		data, err := m.copy.Read()
		s.edit.New = data
		return s, errors.Join(err, m.copy.Remove())
	})
}

// editSaved stages what was saved.
func (a *App) editSaved(m answer[saved]) tea.Cmd {
	if m.err != nil {
		a.fail(text.Lit("Not edited"), m.err)
		return nil
	}
	e, edit := a.envNamed(m.value.env), m.value.edit
	if e == nil {
		return nil
	}
	if err := workspace.MayEdit(edit); err != nil {
		a.fail(text.Lit("Not staged"), err)
		return nil
	}
	before := e.stage.edit(edit.Path)
	e.stage.setEdit(edit)
	if before < 0 && e.stage.edit(edit.Path) < 0 {
		a.say(text.Format("%s is as it was: nothing is staged of it", text.Line(edit.Path)))
		return nil
	}
	cmd := a.restaged(e)
	a.sayStaged(e)
	if i := e.stage.edit(edit.Path); i >= 0 && e == a.env() {
		cmd = tea.Batch(cmd, a.focus(action.Change))
		a.change.list.SetCursor(1 + i)
		a.change.touch()
	}
	return tea.Batch(cmd, a.showSelected())
}
