package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// ranView shows the exact commands that plumb ran, the newest first, ready to copy.
type ranView struct {
	listing
	commands []model.Command // Newest first.
	total    int
	x        int

	hits hits
}

// exactRows is how many rows below the list show the selected command in full.
const exactRows = 5

// ranMsg says that plumb ran something.
type ranMsg struct{}

// wait waits for the next command.
func (v *ranView) wait(a *App) tea.Cmd {
	c := a.opt.Commands
	if c == nil {
		return nil
	}
	changed, done := c.Changed(), a.ctx.Done()
	v.total = c.Total()
	return func() tea.Msg {
		select {
		case <-changed:
		case <-done:
			return nil
		}
		return ranMsg{}
	}
}

func (v *ranView) arrived(a *App) tea.Cmd {
	cmd := v.wait(a)
	if a.view == action.Ran {
		v.refill(a)
	}
	return cmd
}

// refill takes a new snapshot. The cursor stays on its command.
func (v *ranView) refill(a *App) {
	v.touch()
	if a.opt.Commands == nil {
		return
	}
	shift := a.opt.Commands.Commands()
	grown := len(shift) - len(v.commands)
	v.commands = shift
	slices.Reverse(v.commands)
	at := v.list.Cursor()
	v.list.SetLen(len(v.commands))
	if at > 0 && grown > 0 {
		v.list.SetCursor(at + grown)
	}
	v.search()
}

func (v *ranView) resize(w, h int) {
	v.canvas.resize(w, h)
	v.list.SetHeight(max(h-exactRows-1, 1))
}

func (v *ranView) selected() *model.Command {
	if v.list.Len() == 0 {
		return nil
	}
	return &v.commands[v.list.Cursor()]
}

func (v *ranView) draw(a *App, focused bool) []string {
	if v.total != len(v.commands) && len(v.commands) == 0 {
		v.refill(a)
	}
	return v.keep(a, focused, false, func() []string {
		count := text.Line(thousands(v.total))
		if q, n, i := v.matches(a); q != "" {
			count = text.Format("%d of %d “%s”", i, n, q)
		}
		rows := []string{paint.Title(a.st, v.w, text.Lit("What ran"), text.Lit("newest first"), count, focused)}
		if len(v.commands) == 0 {
			return append(rows, paint.Block(v.w, v.h, message(a.st, v.w, text.Lit("Nothing ran yet.")))...)
		}
		from, to := v.list.Window()
		var body []string
		for i := from; i < to; i++ {
			body = append(body, v.row(a, i, focused))
		}
		rows = append(rows, paint.Block(v.w, v.list.Height(), body)...)
		rows = append(rows, paint.Rule(a.st, v.w, []paint.Span{paint.S(a.st.Dim, text.Lit("Exactly"))}, nil, false))
		return append(rows, paint.Block(v.w, v.h-v.list.Height()-1, wrapped(a.st.Text, v.w-2, 1, commandLine(*v.selected())))...)
	})
}

func (v *ranView) row(a *App, i int, focused bool) string {
	c, st := v.commands[i], a.st
	cursor := i == v.list.Cursor()
	l := paint.NewLine(v.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	l.Add(st.Faint, text.Line(c.At.Format("15:04:05"))).Gap(1)
	l.AddNumber(st.Dim, took(c.Took), 7).Gap(1)
	if c.Err != "" {
		l.Add(st.Bad, text.Lit("✗ "))
	} else {
		l.Gap(2)
	}
	l.AddColumn(st.Dim, text.Line(c.Why), 22).Gap(1)
	words, style := briefLine(c), st.Text
	if len(c.Argv) == 0 {
		style = st.Dim
	}
	if c.Err != "" {
		words = words.Plus(text.Format("  → %s", c.Err))
	}
	if v.x > 0 {
		words = words.Cut(v.x, v.x+v.w)
	}
	v.hits.in(i).found(l, st, style, words, v.w-l.Used())
	return l.String()
}

// commandLine is a command as it can be pasted into a shell.
func commandLine(c model.Command) text.Safe {
	if len(c.Argv) == 0 {
		return text.Line(c.Internal)
	}
	return text.Line(shellLine(c.Argv))
}

// briefLine is a command without the options that plumb gives to every git, so that what it does is seen.
func briefLine(c model.Command) text.Safe {
	if len(c.Argv) < 2 || c.Argv[0] != "git" {
		return commandLine(c)
	}
	rest := c.Argv[1:]
	for len(rest) > 1 && strings.HasPrefix(rest[0], "-") {
		if rest[0] == "-c" || rest[0] == "-C" {
			rest = rest[1:]
		}
		rest = rest[1:]
	}
	return text.Line("git … " + shellLine(rest))
}

// shellLine quotes an argument vector for a shell.
func shellLine(argv []string) string {
	quoted := make([]string, len(argv))
	for i, arg := range argv {
		quoted[i] = arg
		if arg == "" || strings.ContainsFunc(arg, needsQuote) {
			quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

func needsQuote(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_./:=@,+%^", r)
}

func (v *ranView) move(a *App, how action.ID) tea.Cmd {
	switch how {
	case action.ScrollRight:
		v.x += 16
	case action.ScrollLeft:
		v.x = max(v.x-16, 0)
	default:
		return v.listing.move(a, how)
	}
	v.touch()
	return nil
}

func (v *ranView) find(_ *App, query string) tea.Cmd {
	v.hits.needle = newNeedle(query)
	v.search()
	v.touch()
	return nil
}

func (v *ranView) search() {
	v.hits.look(len(v.commands), func(i int) bool {
		c := v.commands[i]
		return v.hits.needle.has(commandLine(c), text.Line(c.Why))
	})
}

func (v *ranView) step(_ *App, dir int) tea.Cmd {
	i, ok := v.hits.after(v.list.Cursor(), dir)
	if !ok {
		return nil
	}
	v.list.SetCursor(i)
	v.touch()
	return nil
}

func (v *ranView) matches(*App) (string, int, int) { return v.hits.count(v.list.Cursor()) }
