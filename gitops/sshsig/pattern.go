package sshsig

import "strings"

// longestPattern is where OpenSSH gives up: a list with a longer pattern matches nothing.
const longestPattern = 1022

// matchList reports whether a list of patterns is about s: one of them is, and none with a "!" is. There is no escape for a comma.
func matchList(s, list string) bool {
	matched := false
	for list != "" {
		var pattern string
		pattern, list, _ = strings.Cut(list, ",")
		pattern, negated := strings.CutPrefix(pattern, "!")
		switch {
		case len(pattern) > longestPattern:
			return false
		case !matchPattern(s, pattern):
		case negated:
			return false
		default:
			matched = true
		}
	}
	return matched
}

// matchPattern matches bytes against a pattern with * and ?. It goes back to the last star only,
// which is enough, and keeps a hostile pattern from taking for ever.
func matchPattern(s, pattern string) bool {
	at, star, resume := 0, -1, 0
	for i := 0; i < len(s); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, resume = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == s[i]):
			at++
			i++
		case star >= 0:
			resume++
			at, i = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[at:], "*") == ""
}
