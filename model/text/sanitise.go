package text

import (
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

// maxJoined is how many runes in a row may be drawn onto the one before them. No script
// that people write needs more; a hundred of them paint over the lines above.
const maxJoined = 8

// sanitise answers s itself when nothing in it has to change, which is nearly always so.
func sanitise(s string, lines bool) string {
	var b strings.Builder
	kept := 0         // s[:kept] is in b already.
	joined := 0       // How many runes up to here are drawn onto the one before.
	hasBase := false  // Whether there is one before, on this line.
	replaced := false // Whether b is in use.
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f {
			i++
			joined, hasBase = 0, true
			continue
		}
		if lines && (c == '\n' || c == '\t') {
			i++
			joined, hasBase = 0, false
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		isBad := false
		switch {
		case r == utf8.RuneError && n == 1:
			isBad = true
		case isOrdinary(r):
			joined, hasBase = 0, true
		case isInvisible(r):
			isBad = true
		case isJoining(r):
			joined++
			isBad = joined > maxJoined || !hasBase && unicode.Is(unicode.M, r)
			hasBase = true
		default:
			joined, hasBase = 0, true
		}
		if isBad {
			if !replaced {
				b.Grow(len(s) + 32)
				replaced = true
			}
			b.WriteString(s[kept:i])
			writeMark(&b, r, s[i:i+n])
			kept = i + n
			joined, hasBase = 0, true
		}
		i += n
	}
	if !replaced {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}

// writeMark writes what stands for a rune that is not shown. All marks are ordinary text.
func writeMark(b *strings.Builder, r rune, raw string) {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		writeHex(b, raw[0])
	case r < 0x20:
		b.WriteRune(0x2400 + r) // The control pictures: ␀ to ␟, among them ␛ for escape.
	case r == 0x7f:
		b.WriteRune('␡')
	case r < 0xa0:
		writeHex(b, byte(r))
	default:
		b.WriteString("<U+")
		shift := 12
		for shift < 20 && r>>(shift+4) != 0 {
			shift += 4
		}
		for ; shift >= 0; shift -= 4 {
			b.WriteByte("0123456789ABCDEF"[r>>shift&15])
		}
		b.WriteByte('>')
	}
}

func writeHex(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	b.WriteByte("0123456789abcdef"[c>>4])
	b.WriteByte("0123456789abcdef"[c&15])
}

// isOrdinary is a quick yes for the blocks that most text is written in; the runes it
// does not know are looked up in the tables.
func isOrdinary(r rune) bool {
	switch {
	case r < 0xa1 || r == 0xad:
		return false
	case r < 0x300: // Latin.
		return true
	case r >= 0x3a3 && r <= 0x481: // Greek and Cyrillic.
		return true
	case r >= 0x2010 && r <= 0x2027: // Dashes, quotation marks, the ellipsis.
		return true
	case r >= 0x2190 && r <= 0x23ff || r >= 0x2500 && r <= 0x27ff: // Arrows, mathematics, boxes, dingbats.
		return true
	case r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa: // Kana.
		return true
	case r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3: // Han and Hangul.
		return true
	}
	return false
}

// isInvisible reports runes that change how others are read without being seen
// themselves (Trojan Source, CVE-2021-42574), that carry text nobody sees, or
// that no font can show. Whatever Unicode has not assigned is among them: a terminal may
// take it for something else tomorrow.
func isInvisible(r rune) bool {
	switch {
	case r == 0x034f, // Combining grapheme joiner.
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, // Hangul fillers: letters that are blank.
		r == 0x17b4, r == 0x17b5, // Khmer vowels that are not drawn.
		r == 0x2800,                // The Braille pattern without a dot.
		r >= 0x180b && r <= 0x180f, // Mongolian variation selectors.
		r >= 0xfe00 && r <= 0xfe0d, // Variation selectors but those for text and emoji style.
		r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return !unicode.IsGraphic(r)
}

// isJoining reports runes that are drawn onto the one before, or melt into one cell with it.
func isJoining(r rune) bool {
	switch {
	case r >= 0x1100 && r <= 0x11ff, r >= 0xa960 && r <= 0xa97f, r >= 0xd7b0 && r <= 0xd7ff: // Hangul jamo.
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff: // Skin tones.
		return true
	case r == 0x0e33, r == 0x0eb3, r == 0xff9e, r == 0xff9f: // Thai and Lao am, half-width voiced marks.
		return true
	}
	return unicode.Is(unicode.M, r)
}
