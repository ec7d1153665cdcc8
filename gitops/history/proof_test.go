package history_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model/filter"
	"plumb/testdata/repositories"
)

// proof compares history with what git says of the same repository.
type proof struct {
	*oracle
	store   objects.Store
	history *history.History
	random  *rand.Rand
	places  []history.Place

	revisions, words, people, dirs, files []string
}

func newProof(t *testing.T, dir string, seed uint64) *proof {
	t.Helper()
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p := &proof{oracle: newOracle(t, dir), store: s, random: rand.New(rand.NewPCG(seed, 2))}
	p.gather()
	p.history = history.Open(s, index.Open(s, ""), history.Options{
		Places: func(context.Context) ([]history.Place, error) { return slices.Clone(p.places), nil },
		Paths:  func(_ context.Context, _ filter.Kind, dir string) ([]string, error) { return []string{dir}, nil },
	})
	t.Cleanup(func() { _ = p.history.Close() })
	if err := p.history.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	word      = regexp.MustCompile(`[A-Za-z][A-Za-z0-9-]{2,}`)
	plainPath = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)
)

// gather finds what can be asked about.
func (p *proof) gather() {
	p.Helper()
	p.revisions = append(p.list(append([]string{"for-each-ref", "--format=%(refname)"}, "refs/heads", "refs/tags")...), "HEAD", "HEAD")
	for range 30 {
		p.revisions = append(p.revisions, pick(p.random, p.all))
	}
	recent := p.all[:min(len(p.all), 2000)]
	args := []string{"log", "--no-walk", "-z", "--no-mailmap", "--no-renames", "--diff-merges=first-parent", "--name-only", "--format=%x01%an %ae%x02%B%x02"}
	for range 60 {
		id := pick(p.random, recent)
		args = append(args, id)
		p.words = append(p.words, id[:4])
	}
	for record := range strings.SplitSeq(p.git(args...), "\x01") {
		says := strings.Split(record, "\x02")
		if len(says) < 3 {
			continue
		}
		p.people = append(p.people, word.FindAllString(says[0], -1)...)
		p.words = append(p.words, word.FindAllString(says[1], -1)...)
		for name := range strings.SplitSeq(strings.Trim(says[2], "\x00\n"), "\x00") {
			if name == "" {
				continue
			}
			p.files = append(p.files, name)
			for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
				p.dirs = append(p.dirs, dir)
			}
		}
	}
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

func (p *proof) plain(from []string) string {
	for range 1000 {
		if s := pick(p.random, from); plainPath.MatchString(s) {
			return s
		}
	}
	p.Fatal("no path is plain")
	return ""
}

// part is some bytes of a word, so that what is looked for need not be a whole one.
func (p *proof) part(from []string) string {
	w := pick(p.random, from)
	at := p.random.IntN(len(w) - 1)
	return w[at : at+1+p.random.IntN(len(w)-at)]
}

// ask invents a question.
func (p *proof) ask(contents bool) asking {
	q := asking{from: pick(p.random, p.revisions)}
	if p.random.IntN(3) == 0 {
		q.exclude = pick(p.random, p.revisions)
	}
	switch p.random.IntN(4) {
	case 0:
		q.firstParent = true
	case 1:
		q.folded = true
	}
	if p.random.IntN(5) == 0 {
		q.below = []string{pick(p.random, slices.Concat(p.files, p.dirs)), pick(p.random, p.files)}[:1+p.random.IntN(2)]
	}
	for range p.random.IntN(4) {
		t := p.term(contents)
		t.Not = p.random.IntN(4) == 0
		q.terms = append(q.terms, t)
	}
	return q
}

func (p *proof) term(contents bool) filter.Term {
	kinds := []filter.Kind{filter.Text, filter.Author, filter.Committer, filter.Dates, filter.Path, filter.Path, filter.Environment, filter.Trailer, filter.Is, filter.Revision}
	if contents {
		kinds = append(kinds, filter.Adds, filter.Changes)
	}
	t := filter.Term{Kind: pick(p.random, kinds)}
	switch t.Kind {
	case filter.Text:
		t.Value = p.part(p.words)
	case filter.Author, filter.Committer:
		t.Value = p.part(p.people)
	case filter.Dates:
		from, to := p.times[pick(p.random, p.all)], p.times[pick(p.random, p.all)]
		t.From, t.To = time.Unix(min(from, to), 0), time.Unix(max(from, to), 0)
		if p.random.IntN(3) == 0 {
			t.To = time.Time{}
		}
	case filter.Path:
		t.Value = p.glob()
		typed, err := filter.Parse(t.String(), start)
		if err != nil {
			p.Fatal(err)
		}
		t = typed.Terms[0]
	case filter.Environment:
		t.Value = pick(p.random, p.dirs)
	case filter.Trailer:
		t.Key = pick(p.random, []string{"Refs", "Reviewed-by", "signed-off-by", "Co-authored-by", "Change-Id", "Note", "Approved-by"})
		t.Value = pick(p.random, []string{"", "", "a", "OPS-1", "bob"})
	case filter.Is:
		t.Value = filter.IsMerge
	case filter.Revision:
		t.Value = pick(p.random, p.revisions)
		if p.random.IntN(2) == 0 {
			t.Value += ".." + pick(p.random, p.revisions)
		}
	case filter.Adds:
		t.Value = pick(p.random, []string{"replicas", "line 3", "moved", "as of", "version", "enabled: true", "= ["})
	case filter.Changes:
		t.Value = pick(p.random, []string{"replicas: [0-9]$", "^line 1[01]", "mov(ed|ing)", "version", "^name"})
	}
	return t
}

// glob is a pattern that some path matches.
func (p *proof) glob() string {
	file, dir := p.plain(p.files), p.plain(append(p.dirs, "a"))
	switch p.random.IntN(7) {
	case 0:
		return file
	case 1:
		return dir
	case 2:
		return dir + "/**"
	case 3:
		return "**/" + filepath.Base(file)
	case 4:
		return "*" + filepath.Ext(file)
	case 5:
		return strings.TrimPrefix(filepath.Dir(dir)+"/", "./") + "*/" + filepath.Base(file)
	}
	return strings.Replace(file, filepath.Base(file), "[a-z]*", 1)
}

// words is a question as one would type it.
func (q asking) words() string {
	words := filter.Filter{Terms: q.terms}.String()
	return fmt.Sprintf("%s..%s %s -- %q, first parent %v, folded %v", q.exclude, q.from, words, q.below, q.firstParent, q.folded)
}

// check asks history, and compares the answer with git's.
func (p *proof) check(q asking) (n int) {
	p.Helper()
	v, err := p.history.View(p.Context(), history.Range{From: q.from, Exclude: q.exclude})
	if err != nil {
		p.Fatalf("%s: %v", q.words(), err)
	}
	order := ids(v.Rows(history.Listing{}))
	m := p.match(v, q)
	if !m.Done {
		p.Errorf("%s: more may be found, although all was read", q.words())
	}
	want := p.answer(q)
	var listed []string
	for _, id := range order {
		if want[id] {
			listed = append(listed, id)
		}
	}
	got := ids(v.Rows(history.Listing{Only: m}))
	p.same(q.words(), got, listed)
	if len(listed) != len(want) || m.Len() != len(want) {
		p.Errorf("%s: there are %d, of %d counted; git says %d", q.words(), len(listed), m.Len(), len(want))
	}
	return len(want)
}

// same compares two lists of ids.
func (p *proof) same(what string, got, want []string) {
	p.Helper()
	if slices.Equal(got, want) {
		return
	}
	p.Errorf("%s: %d commits, git says %d", what, len(got), len(want))
	shown := 0
	for _, only := range []struct {
		who  string
		a, b []string
	}{{"only here", got, want}, {"only of git", want, got}} {
		in := setOf(only.b)
		for _, id := range only.a {
			if !in[id] && shown < 6 {
				shown++
				p.Logf("%s: %s", only.who, p.git("log", "-1", "--format=%h parents %p, %ct %s", id))
			}
		}
	}
	if shown == 0 {
		at := 0
		for got[at] == want[at] {
			at++
		}
		p.Logf("in another order from row %d on", at)
	}
}

func ids(r *history.Rows) []string {
	var ids []string
	for i := range r.Len() {
		ids = append(ids, string(r.Hash(i)))
	}
	return ids
}

// histories are those that all of this is proved on.
var histories = []struct {
	name string
	make func(t *testing.T) (dir string)
}{
	{"made like a company's", func(t *testing.T) string { return made(t, repositories.Like(1500)) }},
	{"tangled", tangle{seed: 1, commits: 250}.write},
	{"tangled, another", tangle{seed: 2, commits: 250}.write},
	{"with wrong clocks", tangle{seed: 3, commits: 250, clock: skewed}.write},
	{"of one second", tangle{seed: 4, commits: 250, clock: stopped}.write},
	{"with SHA-256", tangle{seed: 5, commits: 100, format: "sha256"}.write},
	{"a shallow clone", shallow},
	{"with grafts", grafted},
	{"with replaced commits", replaced},
	{"with a commit-graph", func(t *testing.T) string {
		dir := tangle{seed: 8, commits: 250, clock: skewed}.write(t)
		objectstest.Git(t, dir, "commit-graph", "write", "--reachable", "--changed-paths")
		return dir
	}},
}

func TestHistoryIsAsGitSays(t *testing.T) {
	for i, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			p := newProof(t, h.make(t), uint64(i))
			for _, c := range []struct {
				name string
				test func(p *proof)
			}{
				{"filters", (*proof).filters}, {"rows", (*proof).orders}, {"marks", (*proof).allMarks}, {"rolled up", (*proof).rollUps},
			} {
				t.Run(c.name, func(t *testing.T) {
					p.T = t
					c.test(p)
				})
			}
		})
	}
}

func (p *proof) filters() {
	// Changes are searched as the commits themselves have them, whatever stands in their place or in that of their parents.
	_, err := os.Stat(filepath.Join(p.store.Info().GitDir, "info", "grafts"))
	contents := p.git("for-each-ref", "refs/replace") == "" && err != nil
	questions, found := 40, 0
	if testing.Short() {
		questions = 10
	}
	for range questions {
		found += min(p.check(p.ask(contents)), 1)
	}
	if found < questions/10 { // A sample of random questions; those without an answer prove little.
		p.Errorf("only %d of the questions have an answer", found)
	}
}

func made(t *testing.T, shape repositories.Shape) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made.git")
	if _, err := repositories.Write(t.Context(), dir, shape); err != nil {
		t.Fatal(err)
	}
	return dir
}

func shallow(t *testing.T) string {
	from, dir := tangle{seed: 6, commits: 250}.write(t), filepath.Join(t.TempDir(), "clone.git")
	objectstest.Git(t, from, "clone", "-q", "--bare", "--no-single-branch", "--depth=12", "file://"+from, dir)
	return dir
}

// grafted gives some commits other parents, and takes all of them from one.
func grafted(t *testing.T) string {
	dir := tangle{seed: 7, commits: 250}.write(t)
	all := strings.Fields(objectstest.Git(t, dir, "rev-list", "--topo-order", "main"))
	var grafts string
	for i := 5; i < len(all)-40; i += 17 {
		grafts += fmt.Sprintln(all[i], all[i+20], all[i+33])
	}
	grafts += all[len(all)/2] + "\n"
	if err := os.MkdirAll(filepath.Join(dir, "info"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "info", "grafts"), []byte(grafts), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func replaced(t *testing.T) string {
	dir := tangle{seed: 9, commits: 250}.write(t)
	all := strings.Fields(objectstest.Git(t, dir, "rev-list", "--topo-order", "main"))
	for i := 3; i < len(all)-40; i += 23 {
		objectstest.Git(t, dir, "replace", "--graft", all[i], all[i+9], all[i+30])
	}
	return dir
}

// realRepository names the environment variable with a repository, or its git directory, to prove and to measure all of
// this on. It is only read. A question takes git some seconds where there are many commits: give go test a -timeout.
const realRepository = "PLUMB_HISTORY_REPOSITORY"

func TestARealRepositoryIsAsGitSays(t *testing.T) {
	dir := os.Getenv(realRepository)
	if dir == "" {
		t.Skipf("set %s to a repository to prove history on it", realRepository)
	}
	p := newProof(t, objectstest.Git(t, dir, "rev-parse", "--absolute-git-dir"), 1)
	// Without all contents git cannot look for text in changes.
	whole := !strings.Contains(p.git("rev-list", "-100", "--objects", "--missing=print", "HEAD"), "\n?")
	p.order("HEAD", "")
	p.marks("HEAD")
	for range 25 {
		q := p.ask(false)
		t.Log(q.words(), p.check(q))
	}
	if whole {
		q := asking{from: "HEAD", exclude: "HEAD~30", terms: []filter.Term{{Kind: filter.Adds, Value: "version"}}}
		t.Log(q.words(), p.check(q))
	}
}

func TestAFilterThatCannotBeAnsweredSaysWhy(t *testing.T) {
	p := newProof(t, tangle{seed: 1, commits: 20}.write(t), 1)
	v, err := p.history.View(t.Context(), history.Range{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.history.Match(t.Context(), v, history.Wanted{Filter: filter.Filter{Terms: []filter.Term{{Kind: filter.Revision, Value: "nowhere..main"}}}}, nil)
	if !errors.Is(err, objects.ErrNotFound) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a revision that does not exist: %v", err)
	}
}
