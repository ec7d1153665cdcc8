package headless

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"plumb/model"
	"plumb/themes"
)

// Text prints for people. The zero Styles paint nothing, which is what a pipe gets.
type Text struct {
	W      io.Writer
	Styles themes.Styles
	Width  int       // Cells of the terminal; 0 where nothing is ever cut, as in a pipe.
	Now    time.Time // What "4 s ago" is counted from.
	Pipe   bool      // A program reads it: a difference is a patch, with the bytes of the files as they are.
}

var _ Printer = Text{}

// paint writes s in a style. Text never spans lines, so nothing has to be turned off and on again.
func paint(st themes.Style, s string) string {
	if st.On() == "" || s == "" {
		return s
	}
	return st.On() + s + "\x1b[m"
}

// page collects lines, so that an answer is written once and an error of the writer is told once.
type page struct {
	strings.Builder
	width int
}

// line appends one line, cut to the width of the terminal.
func (p *page) line(format string, args ...any) {
	s := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if p.width > 0 {
		s = ansi.Truncate(s, p.width, "…")
	}
	p.WriteString(s + "\n")
}

func (t Text) page() *page { return &page{width: t.Width} }

func (t Text) print(p *page) error {
	if _, err := io.WriteString(t.W, p.String()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// pad fills s up to width cells. Longer texts stay whole.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// widest is the width that aligns the texts, but at most limit, so that one
// long text does not push all others off the screen.
func widest(limit int, texts []string) int {
	w := 0
	for _, s := range texts {
		if n := ansi.StringWidth(s); n <= limit {
			w = max(w, n)
		}
	}
	return w
}

// count says how many: "1 target", "3 targets".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// ago says how long before now the time was, in its largest unit.
func ago(now, t time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}

// took says how long something lasted.
func took(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		return d.Round(time.Second).String()
	}
}

// day is the date for listings, in the zone of whoever made the commit.
func day(t time.Time) string { return t.Format("2006-01-02") }

// statusSign is the sign beside the word of a status, the same as on the screen.
func statusSign(s model.Status) string {
	switch s {
	case model.InSync:
		return "✓"
	case model.Pending:
		return "→"
	case model.Drifted:
		return "≠"
	case model.Missing:
		return "∅"
	case model.Extra:
		return "+"
	}
	return "?"
}

func (t Text) statusStyle(s model.Status) themes.Style {
	switch s {
	case model.InSync:
		return t.Styles.InSync
	case model.Pending:
		return t.Styles.Pending
	case model.Drifted:
		return t.Styles.Drifted
	case model.Missing:
		return t.Styles.Missing
	case model.Extra:
		return t.Styles.Extra
	}
	return t.Styles.Unknown
}

// environment is the name of an environment in its own colour.
func (t Text) environment(e model.Environment) string {
	return paint(t.Styles.Environment(e.Color, e.Production).Text, line(e.Name))
}
