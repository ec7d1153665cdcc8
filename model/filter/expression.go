package filter

import "strings"

// expressionProblem says why a POSIX extended regular expression, the kind that git's -G takes, cannot be
// one. It knows the mistakes that people make while typing; the rest is git's to judge. Go's own parser
// would refuse expressions that are right in POSIX, such as "[\]".
func expressionProblem(s string) string {
	open := 0
	repeats := false // Whether there is something here that can be repeated.
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i == len(s) {
				return "it ends with a backslash"
			}
			repeats = true
		case '[':
			n := bracketSize(s[i:])
			if n == 0 {
				return "a [ is not closed"
			}
			i += n - 1
			repeats = true
		case '(':
			open++
			repeats = false
		case ')':
			open = max(open-1, 0)
			repeats = true
		case '|', '^', '$':
			repeats = false
		case '*', '+', '?':
			if !repeats {
				return "nothing stands before " + s[i:i+1] + " that could be repeated"
			}
		case '{':
			end := strings.IndexByte(s[i:], '}')
			switch {
			case end < 0:
				return "a { is not closed"
			case !repeats:
				return "nothing stands before { that could be repeated"
			case end == 1 || strings.Trim(s[i+1:i+end], "0123456789,") != "":
				return "between { and } stands no count"
			}
			i += end
		default:
			repeats = true
		}
	}
	if open > 0 {
		return "a ( is not closed"
	}
	return ""
}

// bracketSize is the size of the bracket expression that s begins with, or 0 if it is not closed. In POSIX
// a backslash is nothing special in it, and a "]" that comes first stands for itself.
func bracketSize(s string) int {
	i := 1
	if strings.HasPrefix(s[i:], "^") {
		i++
	}
	if strings.HasPrefix(s[i:], "]") {
		i++
	}
	for i < len(s) {
		switch {
		case s[i] == ']':
			return i + 1
		case s[i] == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0:
			end := strings.Index(s[i+2:], s[i+1:i+2]+"]")
			if end < 0 {
				return 0
			}
			i += end + 4
		default:
			i++
		}
	}
	return 0
}
