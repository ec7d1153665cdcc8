package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/paint"
)

// formDialog asks for a few words before something goes on record. ctrl+y says yes, once all that is needed is there; nothing
// that was pressed before it could be read counts.
type formDialog struct {
	title     []paint.Span
	sentences []text.Safe
	fields    []field
	at        int // The field that has the keys.
	verb      text.Safe
	grace     grace
	yes       func(values []string) (tea.Cmd, error) // An error is shown, and the dialog stays; so it does while what it records is on its way.
	wrong     error                                  // What cannot be read of what was typed.
	recording
	does text.Safe     // What is signed, as a verb: refuse.
	of   *model.Change // What is said is about it, and the dialog says what is signed; nil for none.
}

func (d *formDialog) record() *recording { return &d.recording }

// field is a line to be typed.
type field struct {
	label    text.Safe
	example  text.Safe
	optional bool
	in       input
}

// ask opens the dialog.
func (d *formDialog) ask(a *App) tea.Cmd {
	a.open(d)
	return d.grace.begin(a)
}

func (d *formDialog) width(*App) int { return wideDialog }

func (d *formDialog) draw(a *App, w, h int) []string {
	st := a.st
	in := w - 4
	rows := []string{""}
	for i, s := range d.sentences {
		style := st.Text
		if i > 0 {
			style = st.Dim
		}
		rows = append(rows, wrapped(style, in, 1, s)...)
	}
	rows = append(rows, "")
	const labels = 8
	for i := range d.fields {
		f := &d.fields[i]
		l := paint.NewLine(in).Gap(1)
		if i == d.at {
			l.AddColumn(st.Accent, f.label, labels)
			f.in.draw(l, st, l.Free()-1, f.example)
		} else {
			l.AddColumn(st.Dim, f.label, labels)
			if f.in.value() == "" {
				l.AddTrunc(st.Faint, f.example, l.Free()-1)
			} else {
				l.AddTrunc(st.Text, text.Line(f.in.value()), l.Free()-1)
			}
		}
		rows = append(rows, l.String())
	}
	if d.of != nil {
		rows = append(append(rows, ""), d.payload(a, in, d.does, *d.of)...)
	}
	if d.wrong != nil {
		rows = append(rows, failure(st, in, d.wrong)...)
	}
	rows = append(rows, d.trouble(a, in)...)
	if d.asks.busy {
		return box(st, w, h, d.title, rows, d.pending(a, in))
	}
	l := paint.NewLine(in).Gap(1)
	switch missing := d.missing(); {
	case !d.grace.ready(a.now()):
		l.Add(st.Faint, text.Lit("…"))
	case d.standing.Problem != nil:
		l.Add(st.Faint, text.Lit("nothing can be signed"))
	case missing != "":
		l.Add(st.Faint, text.Format("%s is missing, then ctrl+y  ", missing).Plus(d.verb))
	default:
		keyHint(l, st, text.Lit("ctrl+y"), d.verb)
	}
	if len(d.fields) > 1 {
		keyHint(l.Gap(2), st, text.Lit("tab"), text.Lit("next line"))
	}
	l.Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  not now "))
	return box(st, w, h, d.title, rows, []string{"", l.String()})
}

// missing is what the first field is called that has to be filled in, and is not.
func (d *formDialog) missing() string {
	for _, f := range d.fields {
		if !f.optional && strings.TrimSpace(f.in.value()) == "" {
			return f.label.String()
		}
	}
	return ""
}

func (d *formDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	if d.busy(k) {
		return nil
	}
	switch k.String() {
	case "esc":
		a.close(d)
		return nil
	case "tab", "down", "enter":
		d.at = (d.at + 1) % len(d.fields)
		return nil
	case "shift+tab", "up":
		d.at = (d.at + len(d.fields) - 1) % len(d.fields)
		return nil
	}
	if ok, cmd := d.grace.takes(a); !ok {
		return cmd
	}
	if k.String() != "ctrl+y" {
		d.fields[d.at].in.key(k)
		return nil
	}
	if d.missing() != "" || d.standing.Problem != nil {
		return nil
	}
	values := make([]string, len(d.fields))
	for i, f := range d.fields {
		values[i] = strings.TrimSpace(f.in.value())
	}
	var cmd tea.Cmd
	if cmd, d.wrong = d.yes(values); d.wrong == nil && !d.asks.busy {
		a.close(d)
	}
	return cmd
}

func (d *formDialog) paste(_ *App, s string) {
	if !d.asks.busy {
		d.fields[d.at].in.insert(s)
	}
}

func (d *formDialog) clickAt(*App, int) tea.Cmd { return nil }

func (d *formDialog) wheelBy(*App, int) {}
