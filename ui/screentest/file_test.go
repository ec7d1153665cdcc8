package screentest

import (
	"strings"
	"testing"
)

// What others wrote into a file, its name and the commits of its lines stays text where the file is shown whole.
func TestHostileFilesReachNoTerminal(t *testing.T) {
	t.Parallel()
	w := ambush(t)
	s := w.open(window{})
	s.shows(`lab`, canary, `(?m)^▌History`)
	s.press(":")
	s.shows(`┌ Command`)
	s.write("file web/all/etc/motd")
	s.press("enter")
	s.shows(`▌web/all/etc/motd`, canary)
	s.settles()
	s.walled()
	for range len(hostile) + 1 {
		s.press("j")
		s.settles()
		s.walled()
	}
	s.press("l", "h", "g", "V", "j", "j", "H")
	s.shows(`┌ Lines 1 to 3`, `Names and contents`)
	s.closes(`▌web/all/etc/motd`)
	s.press("B", "B", "enter")
	s.shows(`▌[0-9a-f]{7}  Names and contents`)
	s.closes(`▌web/all/etc/motd`)
	s.press(",")
	s.shows(`1 step back`, `hello`)
	s.closes(`▌History`)
	s.press("2")
	s.shows(`▌Live`)
	s.press("g", "j", "j", "B")
	s.shows(`at git:lab`, canary)
	s.settles()
	s.walled()
	s.closes(`▌Live`)
	s.leaves()
	s.restored()
	innocent(t, s.bytes())
}

// walled fails unless the line between who wrote a line and the line itself runs straight down.
func (s *screen) walled() {
	s.t.Helper()
	text := s.text()
	rows := strings.Split(text, "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	at := -1
	for y := 2; y < len(rows) && !strings.HasPrefix(rows[y], "─"); y++ {
		if at < 0 {
			at = strings.IndexRune(rows[y], '│')
			at = len([]rune(rows[y][:max(at, 0)]))
		}
		if strings.TrimSpace(rows[y]) == "" {
			continue
		}
		if c := s.emulator.CellAt(at, y); c == nil || c.Content != "│" {
			s.t.Errorf("the line in column %d is broken in row %d: %+v\n%s", at, y, c, text)
			return
		}
	}
}
