package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean sanitises text of several lines: newlines and tabs stay, every other
// control character, bidirectional or zero-width control and invalid byte
// becomes a visible mark.
func Clean(s string) Safe { return Safe{sanitise(s, true)} }

// Line sanitises text for one line: newlines and tabs become visible marks too.
func Line(s string) Safe { return Safe{sanitise(s, false)} }

// Bytes is Clean for bytes.
func Bytes(b []byte) Safe { return Clean(string(b)) }

func sanitise(s string, lines bool) string {
	if isPlain(s, lines) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case (r == '\n' || r == '\t') && lines:
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune(0x2400 + r) // The control pictures: ␀ to ␟.
		case r == 0x7f:
			b.WriteRune('␡')
		case r >= 0x80 && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case isInvisible(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// isPlain reports whether nothing of s needs to change: the usual case.
func isPlain(s string, lines bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c < 0x7f || lines && (c == '\n' || c == '\t') {
			continue
		}
		return false
	}
	return true
}

// isInvisible reports runes that change how others are read without being seen
// themselves (Trojan Source, CVE-2021-42574).
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}
