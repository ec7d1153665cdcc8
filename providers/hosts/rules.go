package hosts

import (
	"fmt"
	"regexp"
	"strings"

	"plumb/model"
)

// treatment is what all rules of a target together say about one file.
type treatment struct {
	mode      string // Four octal digits, or empty.
	owner     string
	sensitive bool
	check     []string
	reload    []string
}

// treat joins the rules that match name. Of two that set the same thing, the later one wins.
func treat(rules []model.FileRule, name string) treatment {
	var t treatment
	for _, r := range rules {
		if !applies(r, name) {
			continue
		}
		if r.Mode != "" {
			t.mode = normalMode(r.Mode)
		}
		if r.Owner != "" {
			t.owner = r.Owner
		}
		if len(r.Check) > 0 {
			t.check = r.Check
		}
		if len(r.Reload) > 0 {
			t.reload = r.Reload
		}
		t.sensitive = t.sensitive || r.Sensitive
	}
	return t
}

// ruleFor is the pattern of the rule that decides about a file, for people.
func ruleFor(rules []model.FileRule, name string, sets func(model.FileRule) bool) string {
	pattern := ""
	for _, r := range rules {
		if applies(r, name) && sets(r) {
			pattern = r.Path
		}
	}
	return pattern
}

// applies reports whether a rule speaks about a file. An exclusive rule's path
// is a directory, and it speaks about all files below it.
func applies(r model.FileRule, name string) bool {
	if r.Exclusive {
		return strings.HasPrefix(name, strings.TrimSuffix(r.Path, "/")+"/")
	}
	return matchPath(r.Path, name)
}

// exclusives are the directories in which git claims to know every file.
func exclusives(rules []model.FileRule) []string {
	var dirs []string
	for _, r := range rules {
		if r.Exclusive {
			dirs = append(dirs, strings.TrimSuffix(r.Path, "/"))
		}
	}
	return dirs
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

// normalMode writes an octal mode with at least four digits, as live states do.
func normalMode(mode string) string {
	digits := strings.TrimLeft(mode, "0")
	return strings.Repeat("0", max(0, 4-len(digits))) + digits
}

var (
	modePattern  = regexp.MustCompile(`^[0-7]{3,5}$`)
	ownerPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@-]*\$?$`)
)

// checkRule says what is wrong with a rule, or nil.
func checkRule(r model.FileRule) error {
	switch {
	case !strings.HasPrefix(r.Path, "/"):
		return fmt.Errorf("path %q is not absolute", r.Path)
	case strings.ContainsRune(r.Path, 0):
		return fmt.Errorf("path %q contains a zero byte", r.Path)
	case r.Exclusive && strings.Contains(r.Path, "*"):
		return fmt.Errorf("%s: the directory of an exclusive rule is named without *", r.Path)
	case r.Exclusive && strings.Trim(r.Path, "/") == "":
		return fmt.Errorf("%s: the root of a host cannot be exclusive", r.Path)
	case r.Mode != "" && (!modePattern.MatchString(r.Mode) || len(normalMode(r.Mode)) > 4):
		return fmt.Errorf(`%s: mode %q is not octal, as in "0640"`, r.Path, r.Mode)
	}
	if r.Owner != "" {
		user, group, hasGroup := strings.Cut(r.Owner, ":")
		if user != "" && !ownerPattern.MatchString(user) || hasGroup && !ownerPattern.MatchString(group) || user == "" && !hasGroup {
			return fmt.Errorf(`%s: owner %q is not "user", "user:group" or ":group"`, r.Path, r.Owner)
		}
	}
	return nil
}
