package screentest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var sizes = []struct{ cols, rows int }{{20, 5}, {59, 14}, {80, 24}, {100, 30}, {160, 45}, {250, 70}}

// fits waits until the screen fills a window of the size: its first row names the environment, its
// last row has the keys; or it says what it needs.
func (s *screen) fits(cols, rows int, env string) {
	s.t.Helper()
	if cols < 60 || rows < 15 {
		s.shows(`^plumb\n`, `needs 60×15`, fmt.Sprintf(`has %d×%d`, cols, rows), `q quits`)
		return
	}
	s.until(fmt.Sprintf("a whole frame of %d×%d", cols, rows), func(text string) bool {
		lines := strings.Split(text, "\n")
		return len(lines) == rows && strings.Contains(lines[0], env) && strings.Contains(lines[rows-1], "? help") && s.filled(lines, cols)
	})
}

// filled reports whether the rules between the panes reach to the right edge.
func (s *screen) filled(lines []string, cols int) bool {
	return len([]rune(lines[1])) == cols
}

func TestTheScreenFitsEverySize(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(t *testing.T) {
			t.Parallel()
			s := w.at(t).open(window{cols: size.cols, rows: size.rows})
			s.fits(size.cols, size.rows, "PRODUCTION")
			s.leaves()
			s.restored()
		})
	}
}

func TestResizingKeepsTheDialogOpen(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`∅ web-2`, `○ prd Deploy .* sealed`)
	through := func(there string) {
		t.Helper()
		for _, back := range []bool{false, true} {
			for i := range sizes {
				size := sizes[i]
				if back {
					size = sizes[len(sizes)-1-i]
				}
				s.resize(size.cols, size.rows)
				s.fits(size.cols, size.rows, "PRODUCTION")
				if size.cols >= 60 {
					s.shows(there)
				}
			}
		}
		s.resize(160, 45)
		s.fits(160, 45, "PRODUCTION")
		s.shows(there)
	}
	through(`(?m)^▌History`)
	s.press("2", "g", "j")
	s.shows(`▌ ∅ web-2`)
	through(`(?m)▌Live`)
	s.press("x")
	s.shows(`Draft  Restore`, `seal it — a reason is missing`)
	s.write("Half a reas")
	s.shows(`Half a reas`)
	through(`┌ Draft  Restore(.|\n)*Half a reas(.|\n)*└`)
	s.closes(`▌Live`)
	s.press("3")
	s.shows(`▌○ prd Deploy`)
	s.press("a")
	s.shows(`type production`)
	through(`┌ Approve(.|\n)*type production(.|\n)*└`)
	s.closes(`▌Change`)
	s.press("?")
	s.shows(`┌`)
	through(`┌(.|\n)*└`)
	s.closes(`▌Change`)
	s.leaves()
}

func TestATinyWindowIgnoresActions(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`∅ web-2`)
	s.press("2", "g", "j")
	s.shows(`▌ ∅ web-2`)
	s.resize(20, 5)
	s.fits(20, 5, "")
	s.press("x", "m", "d", "R", "A", "a", "X", "3", "j", "?", ":", "/")
	s.settles()
	s.resize(160, 45)
	s.fits(160, 45, "PRODUCTION")
	text := s.shows(`▌ ∅ web-2`, `▌Live`)
	if strings.Contains(text, "┌") || regexp.MustCompile(`(?m)^ /`).MatchString(text) {
		t.Errorf("a key counted that nobody could see the effect of:\n%s", text)
	}
	s.resize(20, 5)
	s.fits(20, 5, "")
	s.leaves()
}
