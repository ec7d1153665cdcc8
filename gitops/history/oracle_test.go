package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumb/gitops/objects/objectstest"
	"plumb/model/filter"
)

// oracle answers what git itself says about the history of a repository. Everything is asked about all commits that history
// shows, and narrowed here: limiting git log to a range goes wrong for git too when clocks did.
type oracle struct {
	*testing.T
	dir      string
	all      []string // Of rev-list: all commits that history has.
	parents  map[string][]string
	times    map[string]int64
	boundary set // Commits of a shallow clone whose parents are not there.
	asked    map[string]string
}

// set is a set of ids.
type set map[string]bool

func setOf(ids []string) set {
	s := set{}
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// shown are the refs whose history plumb shows.
var shown = []string{"HEAD", "--branches", "--remotes", "--tags"}

func newOracle(t *testing.T, dir string) *oracle {
	o := &oracle{T: t, dir: dir, parents: map[string][]string{}, times: map[string]int64{}, boundary: set{}, asked: map[string]string{}}
	for line := range strings.SplitSeq(o.git(append([]string{"log", "--format=%H %P,%ct"}, shown...)...), "\n") {
		is, when, _ := strings.Cut(line, ",")
		f := strings.Fields(is)
		o.all = append(o.all, f[0])
		o.parents[f[0]] = f[1:]
		// Of the first second of 1970 git says nothing.
		o.times[f[0]], _ = strconv.ParseInt(when, 10, 64)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "shallow")); err == nil {
		o.boundary = setOf(strings.Fields(string(data)))
	}
	return o
}

// git asks git, once.
func (o *oracle) git(args ...string) string {
	o.Helper()
	key := strings.Join(args, "\x00")
	out, ok := o.asked[key]
	if !ok {
		out = objectstest.Git(o.T, o.dir, args...)
		o.asked[key] = out
	}
	return out
}

// list asks git for ids.
func (o *oracle) list(args ...string) []string {
	o.Helper()
	return strings.Fields(o.git(args...))
}

// log is the set of commits that git log lists.
func (o *oracle) log(args ...string) set {
	o.Helper()
	return setOf(o.list(append([]string{"log", "--format=%H", "--no-mailmap"}, args...)...))
}

// reach is a revision with all that it leads to.
func (o *oracle) reach(revision string) set {
	o.Helper()
	reached := set{}
	todo := o.list("rev-parse", revision+"^0")
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !reached[id] {
			reached[id] = true
			todo = append(todo, o.parents[id]...)
		}
	}
	return reached
}

// within is the commits of a range.
func (o *oracle) within(from, exclude string) set {
	o.Helper()
	in := o.reach(from)
	if exclude != "" {
		for id := range o.reach(exclude) {
			delete(in, id)
		}
	}
	return in
}

// line is the commits of a range along first parents.
func (o *oracle) line(from string, in set) (line []string) {
	o.Helper()
	for _, id := range o.list("rev-list", "--first-parent", from) {
		if !in[id] {
			break
		}
		line = append(line, id)
	}
	return line
}

// asking is a filter, and how it is asked.
type asking struct {
	from, exclude       string
	terms               []filter.Term
	below               []string
	firstParent, folded bool
}

// answer is what git says that the filter finds.
func (o *oracle) answer(q asking) set {
	o.Helper()
	found := o.within(q.from, q.exclude)
	if q.firstParent {
		found = setOf(o.line(q.from, found))
	}
	keep := func(s set, not bool) {
		for id := range found {
			if s[id] == not {
				delete(found, id)
			}
		}
	}
	if len(q.below) > 0 {
		var specs []string
		for _, p := range q.below {
			specs = append(specs, ":(top,literal)"+p)
		}
		keep(o.touching(q, specs), false)
	}
	for _, t := range q.terms {
		keep(o.term(q, t), t.Not)
	}
	return found
}

// term is what git says that a term finds.
func (o *oracle) term(q asking, t filter.Term) set {
	o.Helper()
	switch t.Kind {
	case filter.Text:
		args := append([]string{"--fixed-strings", "--grep=" + t.Value}, shown...)
		if _, fold := filter.Smart(t.Value); fold {
			args = append([]string{"--regexp-ignore-case"}, args...)
		}
		s := o.log(args...)
		for _, id := range o.all {
			if len(t.Value) >= 4 && strings.HasPrefix(id, t.Value) {
				s[id] = true
			}
		}
		return s
	case filter.Author, filter.Committer:
		return o.log(append([]string{"--regexp-ignore-case", "--fixed-strings", "--" + string(t.Kind) + "=" + t.Value}, shown...)...)
	case filter.Dates:
		s := set{}
		for id, when := range o.times {
			s[id] = (t.From.IsZero() || when >= t.From.Unix()) && (t.To.IsZero() || when < t.To.Unix())
		}
		return s
	case filter.Path:
		spec := t.Value
		if !strings.Contains(spec, "/") && strings.ContainsAny(spec, "*?[") {
			spec = "**/" + spec // What plumb means by it.
		}
		return o.touching(q, []string{":(top,glob)" + spec})
	case filter.Environment:
		return o.touching(q, []string{":(top,literal)" + t.Value})
	case filter.Trailer:
		return o.trailer(t.Key, t.Value)
	case filter.Is:
		if t.Value == filter.IsMerge {
			return o.log(append([]string{"--merges"}, shown...)...)
		}
	case filter.Revision:
		exclude, from, isRange := strings.Cut(t.Value, "..")
		if !isRange {
			return o.within(t.Value, "")
		}
		return o.within(from, exclude)
	case filter.Adds, filter.Changes:
		how := map[filter.Kind]string{filter.Adds: "-S", filter.Changes: "-G"}[t.Kind] + t.Value
		args := []string{"--full-history", "-M", "-l1000", "--no-textconv", how}
		if q.firstParent {
			args = append(args, "--first-parent", q.from)
		} else {
			args = append(args, shown...)
		}
		if len(q.below) > 0 {
			args = append(args, "--")
			for _, p := range q.below {
				args = append(args, ":(top,literal)"+p)
			}
		}
		return o.seen(o.log(args...))
	}
	o.Fatalf("git is not asked about %s", t)
	return nil
}

// seen leaves out what git shows of the boundary of a shallow clone: there it takes a commit for one that brought all files.
func (o *oracle) seen(s set) set {
	for id := range o.boundary {
		delete(s, id)
	}
	return s
}

// touching is the set of commits that changed a path: ordinary ones, and merges where it is as in none of their parents; or
// against the first parent.
func (o *oracle) touching(q asking, specs []string) set {
	o.Helper()
	specs = append([]string{"--"}, specs...)
	byFirst := func() set {
		return o.log(slices.Concat([]string{"--no-renames", "--first-parent", q.from}, specs)...)
	}
	if q.firstParent {
		return o.seen(byFirst())
	}
	s := o.log(slices.Concat([]string{"--full-history", "--no-merges"}, shown, specs)...)
	merges := slices.Concat([]string{"log", "--full-history", "--merges", "-c", "--no-renames", "--name-only", "--format=%x01%H"}, shown, specs)
	for record := range strings.SplitSeq(o.git(merges...), "\x01") {
		if id, names, _ := strings.Cut(record, "\n"); strings.TrimSpace(names) != "" {
			s[id] = true
		}
	}
	if q.folded {
		for id := range byFirst() {
			s[id] = true
		}
	}
	return o.seen(s)
}

// trailer is the set of commits with a trailer.
func (o *oracle) trailer(key, value string) set {
	o.Helper()
	s := set{}
	out := o.git(append([]string{"log", fmt.Sprintf("--format=%%H%%x02%%(trailers:key=%s,separator=%%x01)%%x03", key)}, shown...)...)
	for record := range strings.SplitSeq(out, "\x03") {
		id, found, _ := strings.Cut(strings.TrimLeft(record, "\n"), "\x02")
		for one := range strings.SplitSeq(found, "\x01") {
			_, is, ok := strings.Cut(one, ":")
			if ok && strings.Contains(strings.ToLower(is), strings.ToLower(value)) {
				s[id] = true
			}
		}
	}
	return s
}
