package screentest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours are the kinds of colours in what plumb wrote: "16", "256" and "rgb".
func colours(raw []byte) map[string]int {
	found := map[string]int{}
	for _, m := range regexp.MustCompile(`\x1b\[([0-9;:]*)m`).FindAllSubmatch(raw, -1) {
		params := strings.FieldsFunc(string(m[1]), func(r rune) bool { return r == ';' || r == ':' })
		for i := 0; i < len(params); i++ {
			n, _ := strconv.Atoi(params[i])
			switch {
			case (n == 38 || n == 48 || n == 58) && i+1 < len(params) && params[i+1] == "5":
				found["256"]++
				i += 2
			case n == 38 || n == 48 || n == 58:
				found["rgb"]++
				i += 4
			case n >= 30 && n <= 37 || n >= 40 && n <= 47 || n >= 90 && n <= 97 || n >= 100 && n <= 107:
				found["16"]++
			}
		}
	}
	return found
}

// tour looks at everything that has a colour of its own.
func (s *screen) tour() {
	s.t.Helper()
	// Every state has a sign of its own, and production is a word.
	s.shows(`PRODUCTION`, `∅ web-2 `, `≠ web-2 `, `… web-1 `, `✓ 20 in sync`, `○ prd`, `✓ dev`, `◆ `, `◇ `)
	s.press("2", "g", "j")
	s.shows(`▌ ∅ web-2`, `missing in production`)
	s.press("j")
	s.shows(`▌ ≠ web-2`, `~ |[-+] `)
	s.press("x")
	s.shows(`Draft  Restore .* PRODUCTION`, `undo clean`)
	s.closes(`▌Live`)
	s.press("3")
	s.shows(`▌○ prd`, `sealed`)
	s.press("a")
	s.shows(`Approve .* PRODUCTION`, `type production`)
	s.closes(`▌Change`)
	s.press("?")
	s.shows(`┌`)
	s.closes(`▌Change`)
	s.leaves()
	s.restored()
}

func TestColoursAreNeverTheOnlySign(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	for _, tc := range []struct {
		name string
		in   window
		want []string // The kinds of colours that are allowed; the first has to be there.
	}{
		{"full", window{}, []string{"rgb", "16", "256"}},
		{"light", window{light: true}, []string{"rgb", "16", "256"}},
		{"NO_COLOR", window{env: []string{"NO_COLOR=yes"}}, nil},
		{"--no-color", window{args: []string{"--no-color"}}, nil},
		{"16 colours", window{env: []string{"TERM=xterm", "COLORTERM="}}, []string{"16"}},
		{"256 colours", window{env: []string{"COLORTERM="}}, []string{"256", "16"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := w.at(t).open(tc.in)
			s.tour()
			got := colours(s.bytes())
			for _, kind := range tc.want {
				if kind == tc.want[0] && got[kind] == 0 {
					t.Errorf("no colours of the kind %s", kind)
				}
				delete(got, kind)
			}
			if len(got) > 0 {
				t.Errorf("there are colours that the terminal does not have: %v", got)
			}
		})
	}
}

func TestADumbTerminalGetsTheStatus(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{env: []string{"TERM=dumb"}})
	end := s.restored()
	raw := string(s.bytes())
	if end.Code != 2 || !strings.Contains(raw, "missing  web-2:/etc/logrotate.d/nginx") {
		t.Errorf("plumb ended with %+v and wrote\n%s", end, raw)
	}
	if strings.Contains(raw, "\x1b") {
		t.Errorf("there are escapes in %q", raw)
	}
}

func TestWithoutATerminalThereIsTheStatus(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	code, out := w.exits(w.infra, program("plumb"))
	if code != 2 || !strings.Contains(out, "missing  web-2:/etc/logrotate.d/nginx") || strings.Contains(out, "\x1b") {
		t.Errorf("exit code %d and\n%q", code, out)
	}
	if _, same := w.exits(w.infra, program("plumb"), "status"); same != out {
		t.Errorf("plumb status says something else:\n%s\n%s", out, same)
	}
}
