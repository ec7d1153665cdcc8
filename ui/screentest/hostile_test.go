package screentest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// hostile is what people put into commit messages, names and files to take a terminal over.
var hostile = []struct{ name, text string }{
	{"clear", "\x1b[2J\x1b[3J\x1b[H"},
	{"leave the alternate screen", "\x1b[?47l\x1b[?1049l"},
	{"cursor report", "\x1b[6n"},
	{"device report", "\x1b[c"},
	{"title report", "\x1b[21t"},
	{"reset", "\x1bc"},
	{"title", "\x1b]0;evil\x07"},
	{"clipboard", "\x1b]52;c;ZXZpbA==\x07"},
	{"link", "\x1b]8;;file:///etc/passwd\x1b\\evil\x1b]8;;\x1b\\"},
	{"iTerm file", "\x1b]1337;File=name=ZXZpbA==:AAAA\x07"},
	{"font", "\x1b]50;evil\x07"},
	{"DECRQSS", "\x1bP$qm\x1b\\"},
	{"XTGETTCAP", "\x1bP+q544e\x1b\\"},
	{"kitty picture", "\x1b_Ga=T,f=24;AAAA\x1b\\"},
	{"PM", "\x1b^evil\x1b\\"},
	{"SOS", "\x1bXevil\x1b\\"},
	{"tmux", "\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\"},
	{"unterminated OSC", "\x1b]52;c;ZXZpbA=="},
	{"unterminated DCS", "\x1bPevil"},
	{"8-bit CSI", "\x9b2J"},
	{"8-bit OSC", "\x9d52;c;ZXZpbA==\x9c"},
	{"C1 as UTF-8", "\u009b2J\u009d0;evil\u009c"},
	{"carriage return", "good\rEVIL"},
	{"backspace", "good\b\b\b\bEVIL"},
	{"bells", "\a\a\a\a\a\a\a\a"},
	{"SGR flood", "\x1b[" + strings.Repeat("31;", 200) + "1m"},
	{"paste", "\x1b[200~evil\x1b[201~"},
	{"bidi", "abc\u202e\u202dcba\u2066x\u2067y\u2068z\u2069\u200e\u200f\u061c"},
	{"zero width", "a\u200bb\u200cc\u200dd\u2060e\ufeff"},
	{"tags", "\U000e0001\U000e0065\U000e0076"},
	{"combining", "o" + strings.Repeat("\u0301", 500)},
	{"wide", "日本語テキスト👩‍👩‍👧‍👦🏳️‍🌈"},
	{"not UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80"},
	{"shift out", "\x0e\x0fqqqq"},
}

// canary follows hostile text wherever it is, so that a test sees that the text itself was on screen.
const canary = "Q7"

// ambush makes a repository and a host that carry hostile text in every place where others write.
func ambush(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.repository()
	w.file("plumb.yaml", oneHost)
	w.file("web/all/etc/motd", "hello\n")
	w.file("web/all/etc/gone", "gone\n")
	w.commits("Begin")
	var file strings.Builder
	for i, h := range hostile {
		fmt.Fprintf(&file, "%s %d %s\n", h.text, i, canary)
		if !strings.ContainsAny(h.text, "/\x00") {
			name := fmt.Sprintf("web/all/etc/%02d-%.60s-%s", i, h.text, canary)
			w.file(name, h.text+canary+"\n")
			w.write(w.live("one", strings.TrimPrefix(name, "web/all")), canary+h.text+"\n")
		}
	}
	w.write(w.live("one", "etc/motd"), file.String())
	w.file("web/all/etc/motd", file.String()+"more\n")
	w.commits("Names and contents")
	for i, h := range hostile {
		tree := w.git("rev-parse", "HEAD^{tree}")
		who := strings.NewReplacer("<", "", ">", "", "\n", "").Replace(h.text)
		raw := fmt.Sprintf("tree %s\nparent %s\nauthor %s <%s@example.org> %d +0000\ncommitter %s <c@example.org> %d +0000\n\n%s%s%d\n\n%s%s body\n",
			tree, w.git("rev-parse", "HEAD"), who+canary, who, 1767258000+i, who, 1767258000+i, h.text, canary, i, h.text, canary)
		w.git("update-ref", "HEAD", w.object(raw))
	}
	for _, branch := range []string{"evil\u202egnp.exe", "evil\u009b2J", "日本語"} {
		w.git("branch", branch)
	}
	w.git("checkout", "-q", "evil\u202egnp.exe")
	w.trusts()
	return w
}

// object writes a commit as it is, with nothing that git would tidy up.
func (w *world) object(raw string) string {
	w.t.Helper()
	cmd := exec.Command("git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	cmd.Dir, cmd.Env, cmd.Stdin = w.infra, w.environ(), strings.NewReader(raw)
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestHostileTextReachesNoTerminal(t *testing.T) {
	t.Parallel()
	w := ambush(t)
	s := w.open(window{})
	s.shows(`lab`, canary, `(?m)^▌History`)
	border := s.aligned(-1)
	step := func(keys ...string) {
		t.Helper()
		s.press(keys...)
		s.settles()
		s.aligned(border)
	}
	for range len(hostile) + 1 {
		step("j")
	}
	step("2")
	s.shows(`▌Live`)
	for range len(hostile) + 2 {
		step("j")
	}
	step("4")
	for range 3 {
		step("space")
	}
	step("D")
	step("D")
	s.press("esc")
	s.shows(`▌Live`)
	s.press("g", "j", "j")
	s.shows(`▌ ≠ one /etc/00-`)
	s.press("x")
	s.shows(`Draft`, `seal it`)
	s.write("Because")
	s.shows(`reason +Because`)
	s.press("ctrl+y")
	s.shows(` is (sealed|approved)`)
	s.press("A")
	s.shows(`┌ Apply`, `y  apply it`)
	s.press("y")
	s.shows(`▌Run`, `✓ applied  1 of 1 steps`)
	s.closes(`▌Change`)
	name := fmt.Sprintf("etc/00-%s-%s", hostile[0].text, canary)
	w.same("one", name, "HEAD", "web/all/"+name)
	s.press("v")
	s.shows(`┌`)
	s.settles()
	s.closes(`▌Change`)
	s.press("w")
	s.shows(`▌What ran`)
	s.settles()
	s.closes(`▌Change`)
	for _, size := range sizes[2:] {
		s.resize(size.cols, size.rows)
		s.fits(size.cols, size.rows, "lab")
	}
	s.leaves()
	s.restored()
	innocent(t, s.bytes())
}

// aligned fails unless the column between the panes is blank in every row of the body, and where
// it was before; it answers the column.
func (s *screen) aligned(border int) int {
	s.t.Helper()
	text := s.text()
	rows := strings.Split(text, "\n")
	rule := []rune(rows[1])
	at := -1
	for x := 1; x < len(rule)-1; x++ {
		if rule[x] == ' ' && rule[x-1] == '─' && (rule[x+1] == '─' || rule[x+1] == '▌') {
			at = x
			break
		}
	}
	if border >= 0 && at != border {
		s.t.Errorf("the border was in column %d and is in %d:\n%s", border, at, text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for y := 1; y < s.emulator.Height()-1; y++ {
		if c := s.emulator.CellAt(at, y); c == nil || strings.TrimSpace(c.Content) != "" || c.Width != 1 {
			s.t.Errorf("something is in the border, column %d of row %d: %+v\n%s", at, y, c, text)
			break
		}
	}
	return at
}

// innocent fails if the bytes hold anything that plumb itself has no reason to write.
func innocent(t *testing.T, raw []byte) {
	t.Helper()
	if !utf8.Valid(raw) {
		t.Error("what was written is not UTF-8")
	}
	for _, h := range hostile {
		if strings.ContainsFunc(h.text, func(r rune) bool { return r < ' ' || r == utf8.RuneError || r >= 0x80 && r < 0xa0 }) && bytes.Contains(raw, []byte(h.text)) {
			t.Errorf("%s was written as it is: %q", h.name, h.text)
		}
	}
	seen := map[string]bool{}
	var state byte
	p := ansi.NewParser()
	for rest := raw; len(rest) > 0; {
		seq, _, n, next := ansi.DecodeSequence(rest, state, p)
		state, rest = next, rest[n:]
		if kind := suspicious(string(seq)); kind != "" && !seen[kind] {
			seen[kind] = true
			t.Errorf("plumb wrote %s", kind)
		}
	}
}

// suspicious says what is wrong with one sequence, or one character; empty for nothing.
func suspicious(seq string) string {
	switch {
	case strings.HasPrefix(seq, "\x1b]"):
		body := strings.TrimRight(seq[2:], "\x07\x1b\\")
		number, value, _ := strings.Cut(body, ";")
		switch number {
		case "0", "1", "2":
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
				return fmt.Sprintf("a title with controls: %q", seq)
			}
			return ""
		case "10", "11", "12":
			if value == "?" {
				return ""
			}
		case "9":
			if strings.HasPrefix(value, "4;") {
				return ""
			}
		}
		return fmt.Sprintf("an OSC of somebody else: %q", seq)
	case strings.HasPrefix(seq, "\x1bP"), strings.HasPrefix(seq, "\x1b_"), strings.HasPrefix(seq, "\x1b^"), strings.HasPrefix(seq, "\x1bX"):
		return fmt.Sprintf("a string sequence: %q", seq)
	case strings.HasPrefix(seq, "\x1b["):
		switch final := seq[len(seq)-1]; {
		case final == 'm' && len(seq) > 200, final == 'n', final == 'c', final == 't', final == '~':
			return fmt.Sprintf("a CSI of somebody else: %.40q", seq)
		}
		return ""
	case strings.HasPrefix(seq, "\x1b"):
		if len(seq) == 2 && strings.Contains("78=>M", seq[1:]) {
			return ""
		}
		return fmt.Sprintf("an escape of somebody else: %q", seq)
	}
	for _, r := range seq {
		switch {
		case r == '\n' || r == '\r' || r == '\b' || r == '\t':
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			return fmt.Sprintf("the control character %U", r)
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x61c,
			r == 0x200b, r == 0x2060, r == 0xfeff, r >= 0xe0000 && r <= 0xe007f:
			return fmt.Sprintf("the invisible character %U", r)
		}
	}
	return ""
}

// An innocent repository gives the same verdict, so what is found is found for a reason.
func TestPlumbItselfWritesNothingSuspicious(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`∅ web-2`)
	s.press("2", "g", "j")
	s.shows(`▌ ∅ web-2`)
	s.press("x")
	s.shows(`seal it`)
	s.closes(`▌Live`)
	s.leaves()
	innocent(t, s.bytes())
}

func TestTheTitleAndTheClipboardAreOurOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.infra = filepath.Join(w.dir, "evil\x1b]52;c;ZXZpbA==\x07\u202edir")
	if err := os.MkdirAll(w.infra, 0o755); err != nil {
		t.Skipf("this file system takes no such name: %v", err)
	}
	w.repository()
	w.file("plumb.yaml", oneHost)
	w.commits("Begin")
	s := w.open(window{})
	s.shows(`Begin`)
	if want := "\x1b]2;plumb evil␛]52;c;ZXZpbA==␇<U+202E>dir lab\x07"; !bytes.Contains(s.bytes(), []byte(want)) {
		t.Errorf("the title is not %q", want)
	}
	s.press("w")
	s.shows(`▌What ran`)
	s.closes(`▌History`)
	s.leaves()
	innocent(t, s.bytes())
}
