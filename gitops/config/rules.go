package config

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"plumb/model"
)

var (
	validName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	validHost = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`)
	validMode = regexp.MustCompile(`^[0-7]{3,4}$`)
	validUser = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9._-]*\$?)?(?::[A-Za-z0-9_][A-Za-z0-9._-]*\$?)?$`)
)

// repository judges what the values mean. A value that is not there, or was
// refused already, is empty here and says nothing more.
func (r *reader) repository(f repositoryFile) {
	if f.Version != 0 && f.Version != 1 || f.Version == 0 && r.lines["version"] > 0 && len(r.problems) == 0 {
		r.add(r.lines["version"], "write version: 1, or use a newer plumb", "version %d is not known", f.Version)
	}
	if why := badPrefix(f.Ledger); f.Ledger != "" && why != "" {
		r.add(r.lines["ledger"], "write refs/plumb/, or refs/heads/plumb/", "ledger %s %s", quote(f.Ledger), why)
	}
	r.groups(f.Groups)
	r.policy(f.policyFile, "", f.groups())
	r.checks(f.Checks, nil, "")
	environments := unique{r: r, what: "environment"}
	for i, e := range f.Environments {
		at := fmt.Sprintf("environments[%d]", i)
		r.name(e.Name, at)
		environments.add(e.Name, child(at, "name"), "")
		if e.Approvals != nil && *e.Approvals < 0 {
			r.add(r.lines[child(at, "approvals")], "write 0 for none", "approvals must not be negative%s", r.in(at))
		}
		r.policy(e.policyFile, at, f.groups())
		if e.Branch != "" && !isBranch(e.Branch) {
			r.add(r.lines[child(at, "branch")], "write it as git branch shows it", "branch %s is not a branch name%s", quote(e.Branch), r.in(at))
		}
		targets := unique{r: r, what: "target"}
		for j, t := range e.Targets {
			here := fmt.Sprintf("%s.targets[%d]", at, j)
			targets.add(t.Name, child(here, "name"), at)
			r.target(t, here)
			r.overlap(e.Targets[:j], t, here)
		}
		r.checks(e.Checks, f.Checks, at)
	}
}

func (r *reader) target(t targetFile, at string) {
	r.name(t.Name, at)
	if why := badDirectory(t.Path); t.Path != "" && why != "" {
		r.add(r.lines[child(at, "path")], "write it from the root of the repository, like hosts/web", "path %s %s%s", quote(t.Path), why, r.in(at))
	}
	if _, whole := r.names[at]; whole && t.Provider == "hosts" && len(t.Hosts) == 0 && (r.lines[child(at, "hosts")] == 0 || t.Hosts != nil) {
		line := r.lines[child(at, "hosts")]
		if line == 0 {
			line = r.lines[at]
		}
		r.add(line, "add hosts: [web-1]", "no hosts%s", r.in(at))
	}
	if d, err := time.ParseDuration(t.Confirm); t.Confirm != "" && (err != nil || d < minConfirmTime || d > maxConfirmTime || d%time.Second != 0) {
		r.add(r.lines[child(at, "confirm_within")], "write it like 90s or 5m", "confirm_within %s is not a time from 10s to 1h%s", quote(t.Confirm), r.in(at))
	}
	hosts := unique{r: r, what: "host"}
	for i, h := range t.Hosts {
		here := fmt.Sprintf("%s.hosts[%d]", at, i)
		hosts.add(h.Name, child(here, "name"), at)
		r.host(h, here)
	}
	files := unique{r: r, what: "file rule"}
	for i, f := range t.Files {
		here := fmt.Sprintf("%s.files[%d]", at, i)
		files.add(f.Path, child(here, "path"), at)
		r.fileRule(f, here)
	}
}

// overlap refuses a target in a directory that belongs to another one already: both would claim its files.
func (r *reader) overlap(before []targetFile, t targetFile, at string) {
	if t.Path == "" || badDirectory(t.Path) != "" {
		return
	}
	for _, other := range before {
		if other.Path != "" && badDirectory(other.Path) == "" && overlaps(other.Path, t.Path) {
			r.add(r.lines[child(at, "path")], "give each target a directory of its own", "path %s overlaps %s of target %s%s",
				quote(t.Path), quote(other.Path), quote(other.Name), r.in(at))
			return
		}
	}
}

func (r *reader) host(h hostFile, at string) {
	_, ssh := r.lines[child(at, "ssh")]
	_, root := r.lines[child(at, "root")]
	_, whole := r.names[at]
	switch {
	case !whole:
		return
	case ssh && root:
		r.add(r.lines[child(at, "root")], "keep one", "both ssh and root%s", r.in(at))
	case !ssh && !root:
		r.add(r.lines[at], "add ssh: with what you would give to ssh", "neither ssh nor root%s", r.in(at))
	}
	if h.Name != "" && !validHost.MatchString(h.Name) {
		hint := "use letters, digits, dots, dashes and underscores"
		if h.SSH == h.Name {
			hint = "write it as {name: NAME, ssh: " + h.SSH + "}"
		}
		r.add(r.lines[child(at, "name")], hint, "host name %s is not usable%s", quote(h.Name), r.in(at))
	}
	if h.SSH != "" && (strings.HasPrefix(h.SSH, "-") || strings.ContainsAny(h.SSH, " \t")) {
		r.add(r.lines[child(at, "ssh")], "put options into ~/.ssh/config", "ssh %s is not a destination%s", quote(h.SSH), r.in(at))
	}
	if strings.HasPrefix(h.Root, "~") {
		r.add(r.lines[child(at, "root")], "write the whole path", "root %s: ~ is not expanded%s", quote(h.Root), r.in(at))
	}
}

func (r *reader) fileRule(f fileRuleFile, at string) {
	if why := badPattern(f.Path); f.Path != "" && why != "" {
		r.add(r.lines[child(at, "path")], "write it as it is on the host, like /etc/nginx/**", "path %s %s%s", quote(f.Path), why, r.in(at))
	}
	if f.Mode != "" && !validMode.MatchString(f.Mode) {
		r.add(r.lines[child(at, "mode")], `write it like "0640"`, "mode %s is not octal%s", quote(f.Mode), r.in(at))
	}
	if f.Owner != "" && !validUser.MatchString(f.Owner) {
		r.add(r.lines[child(at, "owner")], "write user, user:group or :group", "owner %s is not an owner%s", quote(f.Owner), r.in(at))
	}
	if f.Exclusive && f.Path == "/" {
		r.add(r.lines[child(at, "exclusive")], "name the directory", "exclusive for / would make the whole host extra%s", r.in(at))
	}
	for _, command := range []struct {
		key  string
		argv []string
	}{{"check", f.Check}, {"reload", f.Reload}} {
		if len(command.argv) > 0 && command.argv[0] == "" {
			r.add(r.lines[child(at, command.key)], "", "%s does not name a program%s", command.key, r.in(at))
		}
	}
}

// A host waits at least as long as it takes to log in anew, and not so long that nobody waits for it.
const (
	minConfirmTime = 10 * time.Second
	maxConfirmTime = time.Hour
)

// maxCheckTime is the longest timeout: what takes a day is no check.
const maxCheckTime = 24 * time.Hour

// checks judges a list of checks; those of all environments share their names with each environment's own.
func (r *reader) checks(list, shared []checkFile, at string) {
	names := unique{r: r, what: "check", seen: map[string]int{}}
	for i, c := range shared {
		names.seen[c.Name] = r.lines[fmt.Sprintf("checks[%d].name", i)]
	}
	for i, c := range list {
		here := child(at, fmt.Sprintf("checks[%d]", i))
		line := func(key string) int { return r.lines[child(here, key)] }
		r.name(c.Name, here)
		names.add(c.Name, child(here, "name"), at)
		if c.Name == model.Validation {
			r.add(line("name"), "give it another name", "check name %s is taken by what the providers check themselves%s", quote(c.Name), r.in(here))
		}
		if len(c.Run) > 0 && c.Run[0] == "" {
			r.add(line("run"), "write it like [yamllint, .]", "run does not name a program%s", r.in(here))
		}
		for _, glob := range c.When {
			if why := badDirectory(glob); glob == "" || why != "" {
				r.add(line("when"), "write it from the root of the repository, like hosts/**", "when %s %s%s", quote(glob), cmp.Or(why, "is empty"), r.in(here))
			}
		}
		if c.Timeout == "" {
			continue
		}
		if d, err := time.ParseDuration(c.Timeout); err != nil || d <= 0 || d > maxCheckTime {
			r.add(line("timeout"), "write it like 90s, 5m or 1h", "timeout %s is not a time of at most a day%s", quote(c.Timeout), r.in(here))
		}
	}
}

func (r *reader) name(name, at string) {
	if name != "" && !validName.MatchString(name) {
		r.add(r.lines[child(at, "name")], "use lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit",
			"name %s is not usable%s", quote(name), r.in(at))
	}
}

// unique finds what is there twice.
type unique struct {
	r    *reader
	what string
	seen map[string]int
}

func (u *unique) add(name, at, in string) {
	if u.seen == nil {
		u.seen = map[string]int{}
	}
	line := u.r.lines[at]
	if first, twice := u.seen[name]; twice {
		u.r.add(line, "", "duplicate %s %s%s, first in line %d", u.what, quote(name), u.r.in(in), first)
	} else if name != "" {
		u.seen[name] = line
	}
}

// badDirectory says why p is not a directory of the repository, or nothing.
func badDirectory(p string) string {
	clean := path.Clean(p)
	switch {
	case path.IsAbs(p):
		return "is absolute"
	case strings.Contains(p, `\`):
		return `has a backslash`
	case clean == ".." || strings.HasPrefix(clean, "../"):
		return "leads out of the repository"
	case clean == ".git" || strings.HasPrefix(clean, ".git/"):
		return "is git's own"
	}
	return ""
}

// badPattern says why p does not describe paths on a host, or nothing.
func badPattern(p string) string {
	switch {
	case !path.IsAbs(p):
		return "is not absolute"
	case path.Clean(p) != p:
		return "is not in its shortest form, " + quote(path.Clean(p))
	}
	for segment := range strings.SplitSeq(p, "/") {
		if strings.Contains(segment, "**") && segment != "**" {
			return "has ** within a name"
		}
	}
	return ""
}

// overlaps reports whether one directory is the other or lies in it.
func overlaps(a, b string) bool {
	a, b = path.Clean(a), path.Clean(b)
	return a == b || a == "." || b == "." || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// badPrefix says why the ledger cannot be there.
func badPrefix(s string) string {
	rest, ok := strings.CutPrefix(s, "refs/")
	name, slash := strings.CutSuffix(rest, "/")
	kind, below, _ := strings.Cut(name, "/")
	switch {
	case !ok || !slash:
		return "does not begin with refs/ and end in a slash"
	case !isBranch(name):
		return "is not the name of a ref"
	case kind == "heads" && below == "":
		return "is where all branches are"
	case slices.Contains([]string{"tags", "remotes", "replace", "notes", "stash", "bisect", "worktree", "rewritten", "plumb-local"}, kind):
		return "is where git or plumb keep something else"
	}
	return ""
}

// isBranch follows git-check-ref-format.
func isBranch(s string) bool {
	if strings.HasPrefix(s, "-") || strings.HasSuffix(s, ".") || s == "@" || strings.ContainsAny(s, " ~^:?*[\\") ||
		strings.Contains(s, "..") || strings.Contains(s, "@{") {
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
