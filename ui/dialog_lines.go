package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/list"
	"plumb/ui/paint"
)

// linesDialog lists the commits that changed a range of lines, as git finds them.
type linesDialog struct {
	path  string
	rev   model.Hash
	span  objects.LineRange
	list  list.List
	found []lineChange
	ask   question
	err   error
	done  bool
}

// lineChange is a range of lines as a commit left it.
type lineChange struct {
	version objects.LineVersion
	commit  model.Commit
}

type linesPart = part[lineChange, struct{}]

// openLines asks for the history of the range.
func (v *fileView) openLines(a *App) tea.Cmd {
	d := &linesDialog{path: v.file.Path, rev: v.file.Revision, span: v.span()}
	v.lines = d
	a.open(d)
	return follow(a, &d.ask, whileAsked, func(ctx context.Context, show func(lineChange)) (struct{}, error) {
		for l, err := range a.ws.LineHistory(ctx, d.rev, d.path, d.span) {
			if err != nil {
				return struct{}{}, err
			}
			c, err := a.ws.Commit(ctx, l.Commit)
			if err != nil {
				return struct{}{}, err
			}
			show(lineChange{l, c})
		}
		return struct{}{}, nil
	})
}

func (a *App) linesArrived(m linesPart) tea.Cmd {
	d := a.file.lines
	if d == nil || m.to != &d.ask {
		return nil
	}
	d.found = append(d.found, m.items...)
	d.list.SetLen(len(d.found))
	if !m.done {
		return m.next
	}
	d.done = true
	if !errors.Is(m.err, context.Canceled) {
		d.err = m.err
	}
	return nil
}

func (d *linesDialog) width(*App) int { return wideDialog }

func (d *linesDialog) draw(a *App, w, h int) []string {
	st, in := a.st, w-4
	title := []paint.Span{paint.S(st.Strong, text.Line(linesOf(d.span)))}
	title = append(title, paint.S(st.Dim, text.Lit(" of ").Plus(text.Line(d.path).TruncateLeft(max(in-40, 12), "…")).Plus(text.Format(" at %s", d.rev.Short()))))
	count := text.Line(plural(len(d.found), "commit"))
	if !d.done {
		count = count.Plus(text.Lit(" so far ")).Plus(spinner(a))
	}
	foot := []string{"", keyHint(keyHint(paint.NewLine(in).Gap(1), st, text.Lit("enter"), text.Lit("show the commit")), st, text.Lit("y"), text.Lit("copy its id")).
		Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  close ")).String()}
	rows := []string{paint.NewLine(in).Gap(1).Add(st.Dim, text.Lit("Changed by ")).Add(st.Text, count).String(), ""}
	height := max(min(h-2-len(rows)-len(foot), max(len(d.found), 3)), 1)
	d.list.SetHeight(height)
	var body []string
	from, to := d.list.Window()
	for i := from; i < to; i++ {
		body = append(body, d.row(a, i, in))
	}
	switch {
	case d.err != nil:
		body = append(body, failure(st, in, d.err)...)
		height = max(height, min(len(body), h-2-len(rows)-len(foot)))
	case d.done && len(d.found) == 0:
		body = append(body, paint.NewLine(in).Gap(1).Add(st.Dim, text.Lit("nothing is known of these lines")).String())
	}
	rows = append(rows, paint.Block(in, height, body)...)
	return paint.Frame(st, w, title, append(rows, foot...))
}

func linesOf(r objects.LineRange) string {
	if r.From == r.To {
		return "Line " + thousands(r.From)
	}
	return "Lines " + thousands(r.From) + " to " + thousands(r.To)
}

func (d *linesDialog) row(a *App, i, w int) string {
	st, c := a.st, d.found[i]
	cursor := i == d.list.Cursor()
	l := paint.NewLine(w).Base(base(st, cursor, true))
	pointer(l, st, cursor, true)
	style := ageStyle(st, a.now(), c.commit)
	l.Add(style, text.Line(c.commit.Hash.Short())).Gap(1)
	l.AddColumn(st.Dim, age(a.now(), c.commit.Author.When), 4)
	l.AddColumn(st.Dim, givenName(c.commit.Author.Name, 10), 10).Gap(1)
	l.Add(st.Text, c.commit.Subject)
	var where text.Safe
	switch v := c.version; {
	case v.Boundary:
		where = text.Lit("history begins here")
	case v.Lines == (objects.LineRange{}):
		where = text.Lit("none of them left")
	case v.Path != d.path:
		where = text.Format("%s:%d-%d", v.Path, v.Lines.From, v.Lines.To).TruncateLeft(w/3, "…")
	default:
		where = text.Format("%d-%d", v.Lines.From, v.Lines.To)
	}
	return l.Right(st.Faint, where).Right(st.Faint, text.Lit(" ")).String()
}

func (d *linesDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "q":
		d.ask.drop()
		a.close(d)
	case "enter":
		return d.run(a)
	case "y":
		if d.list.Len() > 0 {
			a.close(d)
			id := string(d.found[d.list.Cursor()].commit.Hash)
			a.say(text.Format("copied %s", id))
			return tea.SetClipboard(id)
		}
	case "j", "down", "ctrl+n":
		d.list.Move(1)
	case "k", "up", "ctrl+p":
		d.list.Move(-1)
	case "space", "pgdown":
		d.list.Page(1)
	case "b", "pgup":
		d.list.Page(-1)
	case "g", "home":
		d.list.Top()
	case "G", "end":
		d.list.Bottom()
	}
	return nil
}

// run shows what the commit under the cursor changed, at these lines.
func (d *linesDialog) run(a *App) tea.Cmd {
	if d.list.Len() == 0 {
		return nil
	}
	c := d.found[d.list.Cursor()]
	a.close(d)
	return a.file.follow(a, c.commit, seek{c.version.Path, c.version.Lines.From}, true)
}

func (d *linesDialog) clickAt(a *App, row int) tea.Cmd {
	i, ok := d.list.RowAt(row - 2)
	if !ok {
		return nil
	}
	if i == d.list.Cursor() {
		return d.run(a)
	}
	d.list.SetCursor(i)
	return nil
}

func (d *linesDialog) wheelBy(_ *App, rows int) { d.list.Wheel(rows * wheelRows) }
