package ui

import (
	"errors"
	"slices"
	"strings"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// verbStyle is the colour of what a pick does; its word always stands there too.
func verbStyle(st themes.Styles, verb model.ChangeKind) themes.Style {
	switch verb {
	case model.Restore:
		return st.Drifted
	case model.Adopt:
		return st.Added
	case model.Revert:
		return st.Removed
	}
	return st.Pending
}

// stageRow is the first row of the stage, or one of its picks.
func (p *changePane) stageRow(a *App, i int, focused bool) string {
	st, e := a.st, a.env()
	s := &e.stage
	cursor := i == p.list.Cursor()
	l := paint.NewLine(p.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	if i == 0 {
		l.Add(st.Accent, text.Lit("●")).Gap(1).Add(e.style.Text, text.Line(e.tag)).Gap(1)
		l.Add(st.Strong, text.Lit("staged, not sealed"))
		l.Gap(2).Add(st.Dim, s.words())
		sum, style := text.Lit("working it out …"), st.Dim
		switch {
		case s.err != nil:
			sum, style = text.Lit("✗ cannot be"), st.Bad
		case s.draft != nil:
			undo := s.draft.Change.Undo().Class
			sum, style = text.Format("undo %s", undo), undoStyle(st, undo)
			if s.draft.Change.Steps() == 0 {
				sum, style = text.Lit("git only"), st.Dim
			}
		case !a.opt.Trusted:
			sum = text.Lit("not trusted")
		}
		return l.Right(style, sum).Right(st.Dim, text.Lit(" ")).String()
	}
	pick := s.picks[i-1]
	if slices.Contains(wrongPicks(s.err), i-1) {
		l.Add(st.Bad, text.Lit("✗"))
	} else {
		l.Gap(1)
	}
	l.Gap(1).AddColumn(verbStyle(st, pick.Verb), text.Line(string(pick.Verb)), 8)
	tail := pick.tail(a)
	name, room := pick.name(), max(p.w-l.Used()-tail.Width()-2, 8)
	if pick.Verb == model.Revert {
		name = name.Truncate(room, "…")
	} else {
		name = name.TruncateLeft(room, "…") // Paths are alike at their left.
	}
	l.Add(st.Text, name)
	return l.Right(st.Dim, tail).Right(st.Dim, text.Lit(" ")).String()
}

// wrongPicks are the picks that are to blame for an error.
func wrongPicks(err error) []int {
	if e, ok := errors.AsType[*workspace.PickError](err); ok {
		return e.Picks
	}
	return nil
}

// name is what the pick is about.
func (p staged) name() text.Safe {
	if p.Verb == model.Revert {
		return text.Line(p.commit.Hash.Short()).Plus(text.Lit(" ")).Plus(p.commit.Subject)
	}
	if _, address, ok := strings.Cut(p.Address, "/"); ok {
		return text.Line(address) // The target's name in front of it says little.
	}
	return text.Line(p.Name())
}

// tail is how much of it is picked.
func (p staged) tail(a *App) text.Safe {
	if p.Verb == model.EditFiles {
		d := a.ws.EditDiff(p.Edit, editOptions)
		return text.Format("+%d -%d", d.Added, d.Removed)
	}
	if n := p.partCount(); n > 0 {
		return text.Line(plural(n, "part"))
	}
	return text.Safe{}
}

// stageDetails say what all of the stage would do, whether that can be taken back, and why it cannot be done.
func (p *changePane) stageDetails(a *App) []string {
	st, s := a.st, &a.env().stage
	rows := []string{""}
	add := func(l *paint.Line) { rows = append(rows, l.String()) }
	l := paint.NewLine(p.w).Gap(1)
	switch {
	case s.err != nil:
		for i, part := range paint.Wrap(text.Error(s.err), p.w-4) {
			if i == 2 {
				break
			}
			sign := text.Lit("  ")
			if i == 0 {
				sign = text.Lit("✗ ")
			}
			add(paint.NewLine(p.w).Gap(1).Add(st.Bad, sign).Add(st.Text, part))
		}
		add(l.Add(st.Dim, hint(s.err)))
	case s.draft == nil:
		words := text.Lit("working out what all of it would do …")
		if !a.opt.Trusted {
			words = text.Lit("what it would do is known when the repository is trusted: press t")
		}
		add(l.Add(st.Dim, words))
	default:
		c := s.draft.Change
		undo := c.Undo()
		l.Add(st.Dim, text.Line(plural(c.Steps(), "step"))).Gap(2).Spans(tally(st, c.Count)...)
		if c.Steps() > 0 {
			l.Gap(3).Add(st.Dim, text.Lit("undo ")).Add(undoStyle(st, undo.Class), text.Line(undo.Class.String()))
		}
		add(l)
		l = paint.NewLine(p.w).Gap(1).Add(st.Dim, text.Lit("one commit: ")).Add(st.Text, c.Title)
		if c.Onto == "" {
			l = paint.NewLine(p.w).Gap(1).Add(st.Dim, text.Lit("git stays as it is: ")).Add(st.Text, c.Title)
		}
		add(l)
		if len(s.draft.Notes) > 0 {
			add(paint.NewLine(p.w).Gap(1).Add(st.Warning, text.Lit("! ")).Add(st.Text, s.draft.Notes[0]))
		}
	}
	keys := paint.NewLine(p.w).Gap(1)
	keyHint(keys, st, text.Lit("ctrl+y"), text.Lit("seal it"))
	if i := p.pick(); i >= 0 {
		keyHint(keys, st, text.Lit("delete"), text.Lit("put this back"))
		switch s.picks[i].Verb {
		case model.Restore:
			keyHint(keys, st, text.Lit("M"), text.Lit("adopt it instead"))
		case model.Adopt:
			keyHint(keys, st, text.Lit("s"), text.Lit("restore it instead"))
		}
	}
	keyHint(keys, st, text.Lit("Z"), text.Lit("put all back"))
	add(keys)
	return rows
}

// isStaged reports whether a commit, or a part of it, is picked to be taken back.
func (a *App) isStaged(id model.Hash) bool {
	e := a.env()
	return e != nil && e.stage.commit(id) >= 0
}
