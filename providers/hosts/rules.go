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
		if !r.Applies(name) {
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
		if r.Applies(name) && sets(r) {
			pattern = r.Path
		}
	}
	return pattern
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
