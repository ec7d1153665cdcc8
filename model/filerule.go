package model

import "strings"

// Applies reports whether the rule speaks about a file, given by its absolute path on the host. An
// exclusive rule's path is a directory, and it speaks about all files below it.
func (r FileRule) Applies(name string) bool {
	if r.Exclusive {
		return strings.HasPrefix(name, strings.TrimSuffix(r.Path, "/")+"/")
	}
	return matchPath(r.Path, name)
}

// IsSensitive reports whether a file of the repository, given by its path in it, is a secret as a whole: it is
// one of the target's, below the directory of a host or of all of them, and a rule says so.
func (t Target) IsSensitive(file string) bool {
	below, ok := strings.CutPrefix(file, t.Path+"/")
	_, name, inside := strings.Cut(below, "/")
	if !ok || !inside {
		return false
	}
	for _, r := range t.Files {
		if r.Sensitive && r.Applies("/"+name) {
			return true
		}
	}
	return false
}

// matchPath reports whether the pattern matches the whole path: "*" stands for
// any characters within a segment, "**" for any number of whole segments.
func matchPath(pattern, name string) bool {
	return matchSegments(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchSegments(pattern, name []string) bool {
	// last is the row of the usual table: whether the pattern so far matches the first i segments.
	last := make([]bool, len(name)+1)
	last[0] = true
	for _, p := range pattern {
		next := make([]bool, len(name)+1)
		for i := range next {
			switch {
			case p == "**":
				next[i] = last[i] || i > 0 && next[i-1]
			case i > 0:
				next[i] = last[i-1] && matchSegment(p, name[i-1])
			}
		}
		last = next
	}
	return last[len(name)]
}

// matchSegment matches one segment without trying more than once per star.
func matchSegment(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	first, final := parts[0], parts[len(parts)-1]
	if len(s) < len(first)+len(final) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, final) {
		return false
	}
	s = s[len(first) : len(s)-len(final)]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}
