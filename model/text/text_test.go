package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The hostile inputs of the sanitiser: what a terminal would obey, and what would
// make a person read something else than what is there.
func TestHostileTextIsShownNotObeyed(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"clear the screen", "\x1b[2J", "␛[2J"},
		{"cursor home", "\x1b[H", "␛[H"},
		{"leave the alternate screen", "\x1b[?1049l", "␛[?1049l"},
		{"ask for the cursor", "\x1b[6n", "␛[6n"},
		{"ask for attributes", "\x1b[c", "␛[c"},
		{"ask for the title", "\x1b[21t", "␛[21t"},
		{"reset", "\x1bc", "␛c"},
		{"set the title", "\x1b]0;t\a", "␛]0;t␇"},
		{"write the clipboard", "\x1b]52;c;aGk=\a", "␛]52;c;aGk=␇"},
		{"hyperlink", "\x1b]8;;file:///etc\x1b\\", "␛]8;;file:///etc␛\\"},
		{"image", "\x1b]1337;File=x:y\a", "␛]1337;File=x:y␇"},
		{"font", "\x1b]50;?\a", "␛]50;?␇"},
		{"DECRQSS", "\x1bP$qm\x1b\\", "␛P$qm␛\\"},
		{"XTGETTCAP", "\x1bP+q544e\x1b\\", "␛P+q544e␛\\"},
		{"kitty graphics", "\x1b_Ga=T;x\x1b\\", "␛_Ga=T;x␛\\"},
		{"privacy message", "\x1b^x\x1b\\", "␛^x␛\\"},
		{"start of string", "\x1bXx\x1b\\", "␛Xx␛\\"},
		{"through tmux", "\x1bPtmux;\x1b\x1b[2J\x1b\\", "␛Ptmux;␛␛[2J␛\\"},
		{"unterminated OSC", "\x1b]0;never ends", "␛]0;never ends"},
		{"C1 as a byte", "\x9b2J", `\x9b2J`},
		{"C1 clipboard as bytes", "\x9d52;c;aGk=\x9c", `\x9d52;c;aGk=\x9c`},
		{"C1 in UTF-8", "\u009b2J", `\x9b2J`},
		{"overlong escape", "\xc0\x9b[2J", `\xc0\x9b[2J`},
		{"carriage return", "safe\rrm -rf", "safe␍rm -rf"},
		{"backspace", "a\bb", "a␈b"},
		{"bells", "\a\a\a", "␇␇␇"},
		{"delete", "a\x7f", "a␡"},
		{"paste brackets", "\x1b[200~x\x1b[201~", "␛[200~x␛[201~"},
		{"NUL", "a\x00b", "a␀b"},

		{"right to left override", "a\u202egpj.exe", "a<U+202E>gpj.exe"},
		{"embeddings", "\u202a\u202b\u202c\u202d", "<U+202A><U+202B><U+202C><U+202D>"},
		{"isolates", "\u2066\u2067\u2068\u2069", "<U+2066><U+2067><U+2068><U+2069>"},
		{"direction marks", "\u200e\u200f\u061c", "<U+200E><U+200F><U+061C>"},
		{"zero width", "pass\u200bword\u200c\u200d\u2060\ufeff", "pass<U+200B>word<U+200C><U+200D><U+2060><U+FEFF>"},
		{"tags", "a\U000e0001\U000e0061", "a<U+E0001><U+E0061>"},
		{"variation selectors that smuggle bytes", "a\ufe01\U000e0100", "a<U+FE01><U+E0100>"},
		{"blank letters", "a\u3164\u2800b", "a<U+3164><U+2800>b"},
		{"soft hyphen", "a\u00adb", "a<U+00AD>b"},
		{"line and paragraph separators", "a\u2028b\u2029c", "a<U+2028>b<U+2029>c"},
		{"lone surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"UTF-16 mark", "\xff\xfe", `\xff\xfe`},
		{"private use", "\ue0b0", "<U+E0B0>"},
		{"not assigned", "\U0003fffd", "<U+3FFFD>"},
		{"the last of all", "\U0010ffff", "<U+10FFFF>"},
		{"a mark without a letter", "\u0301a\n\u0301", "<U+0301>a\n<U+0301>"},
		{"emoji that are joined", "👩\u200d🚒", "👩<U+200D>🚒"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in).String(); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
			check(t, tt.in)
		})
	}
}

func TestOrdinaryTextStays(t *testing.T) {
	for _, s := range []string{
		"", "plain", "tab\tand\nnewline\n", "Zürich, Łódź, naïve", "Привет", "日本語テキスト", "한국어", "שלום עולם",
		"हिन्दी", "ไทยน้ำ", "e\u0301 (decomposed)", "a\u0300\u0301\u0302", "⚠\ufe0f", "👍🏽", "🇩🇪", "→ ✓ ≠ ─│ “quoted” … —", "\u00a0non-breaking",
		"раypal (the first letter is Cyrillic)", "\ufffd",
	} {
		if got := Clean(s).String(); got != s {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	}
}

func TestLineIsOneLine(t *testing.T) {
	if got, want := Line("a\nb\tc\r\n").String(), "a␊b␉c␍␊"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTowersOfMarksAreCut(t *testing.T) {
	for _, r := range []rune{0x301, 0x20dd, 0x1100, 0x1f3ff, 0xe33} {
		got := Clean("a" + strings.Repeat(string(r), 500)).String()
		run, longest := 0, 0
		for _, g := range got {
			if g == r {
				run++
			} else {
				run = 0
			}
			longest = max(longest, run)
		}
		if longest != maxJoined {
			t.Errorf("%U: %d in a row, want %d", r, longest, maxJoined)
		}
		check(t, "a"+strings.Repeat(string(r), 500))
	}
}

func TestEveryRuneIsSafe(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		check(t, "a"+string(r)+"b")
	}
	for c := range 256 {
		check(t, string([]byte{byte(c)}))
	}
}

// check is the promise of this package: what comes out can be given to a
// terminal, is read as it stands, and does not change when it is sanitised again.
func check(t *testing.T, in string) {
	t.Helper()
	for _, lines := range []bool{true, false} {
		out := sanitise(in, lines)
		if !utf8.ValidString(out) {
			t.Fatalf("%q becomes %q: not UTF-8", in, out)
		}
		for _, r := range out {
			switch {
			case lines && (r == '\n' || r == '\t'):
			case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs, unicode.Bidi_Control):
				t.Fatalf("%q becomes %q: has %U", in, out, r)
			case r >= 0xe0000 && r <= 0xe0fff, unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
				t.Fatalf("%q becomes %q: has %U, which nobody sees", in, out, r)
			}
		}
		if again := sanitise(out, lines); again != out {
			t.Fatalf("%q becomes %q, and that %q", in, out, again)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[2J", "a\u202eb", "\xff\xfe", "e\u0301\u0301", "\t\n\r", "👩\u200d🚒", "\u009b", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		check(t, s)
		e := Expand(Clean(s), 8)
		if strings.Contains(e.String(), "\t") || Clean(e.String()) != e {
			t.Fatalf("expanded to %q", e)
		}
		for _, line := range Clean(s).Lines() {
			if w := line.Truncate(10, "…").Width(); w > 10 {
				t.Fatalf("%q cut to %d cells", line, w)
			}
		}
	})
}

func TestExpand(t *testing.T) {
	tests := []struct {
		in     string
		column int
		width  int
		want   string
	}{
		{"\tx", 0, 4, "    x"},
		{"ab\tx\ty", 0, 4, "ab  x   y"},
		{"a\n\tb", 0, 4, "a\n    b"},
		{"日\tx", 0, 4, "日  x"},
		{"\tx", 3, 4, " x"},
		{"a\tx\n\ty", 2, 4, "a x\n    y"},
		{"a\tb", 0, 0, "a b"},
		{"none", 0, 8, "none"},
	}
	for _, tt := range tests {
		if got := ExpandAt(Clean(tt.in), tt.column, tt.width).String(); got != tt.want {
			t.Errorf("ExpandAt(%q, %d, %d) = %q, want %q", tt.in, tt.column, tt.width, got, tt.want)
		}
	}
}

func TestSafeValues(t *testing.T) {
	if got, want := Format("%s: %d", "\x1b[2J", 3).String(), "␛[2J: 3"; got != want {
		t.Errorf("Format: %q, want %q", got, want)
	}
	if got, want := Error(errors.New("bad\x1bc")).String(), "bad␛c"; got != want {
		t.Errorf("Error: %q, want %q", got, want)
	}
	if !Error(nil).IsEmpty() {
		t.Error("no error has a text")
	}
	if got, want := Clean("a\n日本\n").Width(), 4; got != want {
		t.Errorf("Width of the widest line: %d, want %d", got, want)
	}
	if got, want := fmt.Sprint(Clean("a\nb\n").Lines()), "[a b]"; got != want {
		t.Errorf("Lines: %s, want %s", got, want)
	}
	if got, want := Clean("/a/long/path").TruncateLeft(6, "…").String(), "…/path"; got != want {
		t.Errorf("TruncateLeft: %q, want %q", got, want)
	}
	if got, want := Clean("abcdef").Cut(2, 4).String(), "cd"; got != want {
		t.Errorf("Cut: %q, want %q", got, want)
	}
	if got, want := Join(" · ", Lit("a"), Lit("b")).Plus(Lit("!")).String(), "a · b!"; got != want {
		t.Errorf("Join and Plus: %q, want %q", got, want)
	}
	var back Safe
	if err := json.Unmarshal([]byte(`"a\u001b[2J"`), &back); err != nil || back.String() != "a␛[2J" {
		t.Errorf("from JSON: %q, %v", back, err)
	}
	if out, err := json.Marshal(back); err != nil || string(out) != `"a␛[2J"` {
		t.Errorf("to JSON: %s, %v", out, err)
	}
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":   strings.Repeat("  listen 443 ssl; # the usual line\n", 30_000),
		"western": strings.Repeat("  Grüße aus Zürich, schöne Städte\n", 30_000),
		"han":     strings.Repeat("  監視対象のサーバーを設定する\n", 30_000),
		"hostile": strings.Repeat("\x1b[2J\u202e\xff", 100_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Clean(s)
			}
		})
	}
}

func TestSizesAreRoundedToWholeUnits(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1535: "1 KiB", 1536: "2 KiB", 5 << 20: "5 MiB", 3 << 30: "3 GiB", 7 << 40: "7 TiB", 1<<63 - 1: "8388608 TiB",
	} {
		if got := Size(n).String(); got != want {
			t.Errorf("%d bytes are %s, want %s", n, got, want)
		}
	}
}
