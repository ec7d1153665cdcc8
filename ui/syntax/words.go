package syntax

import "strings"

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func isWord(c byte) bool { return isLetter(c) || isDigit(c) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// skipBlanks is the first byte from i that is no blank.
func skipBlanks(s string, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// wordEnd is where the word that begins at i ends; also says what counts besides letters and digits.
func wordEnd(s string, i int, also string) int {
	for i < len(s) && (isWord(s[i]) || strings.IndexByte(also, s[i]) >= 0) {
		i++
	}
	return i
}

// blankEnd is the first blank from i.
func blankEnd(s string, i int) int {
	for i < len(s) && !isBlank(s[i]) {
		i++
	}
	return i
}

// byteAt is the byte at i, or 0 beyond the end.
func byteAt(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}

// quoted is the end of the string whose opening quote is at i, and whether it is closed on
// this line. With escapes, a backslash takes the next byte along.
func quoted(s string, i int, escapes bool) (end int, closed bool) {
	return quotedFrom(s, i+1, s[i], escapes)
}

// quotedFrom is quoted from within the string.
func quotedFrom(s string, i int, quote byte, escapes bool) (end int, closed bool) {
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\' && escapes:
			i++
		case s[i] == quote:
			return i + 1, true
		}
	}
	return len(s), false
}

// numberEnd is where the number that begins at i ends, or i if there is none. It takes
// fractions, exponents, bases and separators: 1_000, 0x1f, 1.5e-3.
func numberEnd(s string, i int) int {
	k := i
	if c := byteAt(s, k); c == '-' || c == '+' {
		k++
	}
	if !isDigit(byteAt(s, k)) {
		return i
	}
	for k < len(s) && (isWord(s[k]) || s[k] == '.' && isDigit(byteAt(s, k+1)) ||
		(s[k] == '-' || s[k] == '+') && (s[k-1] == 'e' || s[k-1] == 'E') && isDigit(byteAt(s, k+1))) {
		k++
	}
	return k
}

// isNumber reports whether all of s is one number, without a unit.
func isNumber(s string) bool {
	s = strings.TrimLeft(s, "+-")
	if s == "" {
		return false
	}
	if len(s) > 2 && s[0] == '0' && strings.IndexByte("xob", s[1]) >= 0 {
		return strings.Trim(s[2:], "0123456789abcdefABCDEF_") == ""
	}
	dots, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c == '_' && digits > 0:
		case c == '.':
			dots++
		case (c == 'e' || c == 'E') && digits > 0:
			rest := strings.TrimLeft(s[i+1:], "+-")
			return rest != "" && strings.Trim(rest, "0123456789") == "" && dots <= 1
		default:
			return false
		}
	}
	return digits > 0 && dots <= 1
}

// isMeasure reports whether a word is a number with or without a unit: 512M, 30s, 1.5, 80%.
func isMeasure(s string) bool {
	k := numberEnd(s, 0)
	if k == 0 {
		return false
	}
	if byteAt(s, k) == '%' {
		k++
	}
	if k != len(s) {
		return false
	}
	unit := strings.TrimLeft(s, "+-0123456789._")
	return len(unit) <= 3 || strings.HasPrefix(s, "0x")
}

// constants are the words for yes, no and nothing, in all languages of settings.
var constants = words("true True TRUE false False FALSE yes Yes YES no No NO on On ON off Off OFF null Null NULL none None ~")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
