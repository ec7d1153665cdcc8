package repositories

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

const (
	mainLine = "main"
	// manyOpen is how many requests are open at a time.
	manyOpen = 12
	// The owner of the repository, as merges name it.
	owner = "example-org"
)

// story invents a history and tells it commit by commit.
type story struct {
	shape  Shape
	random *rand.Rand
	out    *stream
	layout *layout
	people []person
	active *rand.Zipf // Who works, by index: a few do most of it.

	told     int // Commits so far.
	main     tip
	open     []*request
	request  int      // The number of the newest request.
	lines    []string // Names of lines that no open request uses.
	branches map[string]int

	last  applied // The newest commit on main that could be reverted.
	quirk quirk   // Of the next commit.
	odd   odd
}

// tip is the newest commit of a line of history.
type tip struct {
	mark    int
	tree    *directory
	subject string
}

// applied is a change that main got at once, and what was before.
type applied struct {
	tip
	before *directory
}

// quirk is what is unusual about the next commit.
type quirk struct {
	sameAsBack   int           // How many commits back is the one that has the same time.
	committed    time.Duration // How much too early by the clock of the committer.
	authored     time.Duration // The same for the author.
	trailers     bool
	long         bool // Has a very long message.
	encoding     string
	emptyMessage bool
	verbatim     bool // The message ends without a newline.
	nameless     bool
}

func newStory(shape Shape, out *stream) *story {
	random := rand.New(rand.NewPCG(shape.Seed, uint64(shape.Commits)))
	s := &story{shape: shape, random: random, out: out, branches: map[string]int{}, request: 100}
	s.people = newPeople(shape.Authors, shape.Oddities, random)
	s.active = rand.NewZipf(random, 1.2, 12, uint64(len(s.people)-1))
	s.layout = newLayout(shape.Files, random)
	for i := range 2 * manyOpen {
		s.lines = append(s.lines, fmt.Sprint(i))
	}
	return s
}

// tell tells the whole history and answers how many commits it has.
func (s *story) tell(ctx context.Context) (int, error) {
	if err := s.begin(); err != nil {
		return s.told, err
	}
	for s.left() > 1 {
		if err := ctx.Err(); err != nil {
			return s.told, err
		}
		if err := s.step(); err != nil {
			return s.told, err
		}
	}
	if s.left() > 0 {
		if err := s.direct(); err != nil {
			return s.told, err
		}
	}
	s.branches[mainLine] = s.main.mark
	for _, r := range s.open {
		s.branches[r.branch] = r.tip.mark
	}
	return s.told, s.out.close(s.branches)
}

// left is how many commits are still to be told.
func (s *story) left() int { return s.shape.Commits - s.told }

// begin tells the first commit: a part of the files; the rest comes in over time.
func (s *story) begin() error {
	by := s.somebody()
	root, err := s.commit(entry{line: mainLine, by: by, tree: s.layout.start(), message: "Initial commit\n"})
	s.main = root
	return err
}

// step tells what happens next: an oddity, something on an open request, or new work.
func (s *story) step() error {
	switch {
	case s.shape.Oddities && s.told >= s.odd.next:
		return s.oddity()
	case len(s.open) > 0 && (len(s.open) >= manyOpen || s.random.IntN(2) == 0):
		return s.advance(s.random.IntN(len(s.open)))
	case s.random.Float64() < s.shape.Requests && s.left() > 2:
		return s.propose()
	}
	return s.direct()
}

// entry is a commit that is about to be told.
type entry struct {
	line      string
	by        person
	committer person // The author too where nobody is named.
	parents   []tip
	tree      *directory
	message   string
	cites     cites
	authored  time.Duration // Before it was committed.
}

// commit tells a commit and answers the tip that it makes.
func (s *story) commit(e entry) (tip, error) {
	unix := s.time()
	q := s.quirk
	s.quirk = quirk{}
	if e.committer == (person{}) {
		e.committer = e.by
	}
	message := s.quirkyMessage(e.message, q)
	if q.nameless {
		e.by.name, e.by.email = "", ""
	}
	c := &commit{
		line:      e.line,
		author:    signature{e.by, unix - int64((e.authored + q.authored).Seconds())},
		committer: signature{e.committer, unix},
		encoding:  q.encoding,
		message:   message,
		cites:     e.cites,
	}
	var before *directory
	for i, p := range e.parents {
		if i == 0 {
			before = p.tree
		}
		c.parents = append(c.parents, p.mark)
	}
	// No commit is newer than the last one, which is made now.
	if q.committed != 0 && s.told > 0 && s.left() > 1 {
		c.committer.unix = min(unix-int64(q.committed.Seconds()), s.shape.Now.Unix()-1)
	}
	c.changes = diff(before, e.tree)
	s.told++
	if err := s.out.add(c); err != nil {
		return tip{}, err
	}
	subject, _, _ := strings.Cut(e.message, "\n")
	return tip{c.mark, e.tree, subject}, nil
}

// time is when the next commit is made. Commits are spread over the years evenly, each in its own slot of time.
func (s *story) time() int64 {
	const (
		usualGap = 40 * time.Minute
		longest  = 12 * 365 * 24 * time.Hour
	)
	now := s.shape.Now.Unix()
	after := int64(s.shape.Commits - 1 - s.told)
	after += int64(s.quirk.sameAsBack)
	if after == 0 {
		return now
	}
	gap := max(int64(min(usualGap, longest/time.Duration(s.shape.Commits)).Seconds()), 1)
	// The place in the slot is the same for those who ask again.
	return now - after*gap + int64(mix(s.shape.Seed, uint64(after))%uint64(gap))
}

// somebody is a person who works now.
func (s *story) somebody() person { return s.people[s.active.Uint64()] }

// worker is a person or a bot.
func (s *story) worker() (by person, isBot bool) {
	if s.random.Float64() < s.shape.Bots {
		return pick(s.random, bots), true
	}
	return s.somebody(), false
}

// late is how long before the commit its author wrote it: mostly not at all.
func (s *story) late() time.Duration {
	if s.random.IntN(5) > 0 {
		return 0
	}
	return time.Duration(s.random.IntN(72*3600)) * time.Second
}

// direct tells a commit on main: pushed, or a request squashed to one commit.
func (s *story) direct() error {
	by, isBot := s.worker()
	tree, message, _ := s.work(s.main.tree, by, isBot)
	e := entry{line: mainLine, by: by, parents: []tip{s.main}, tree: tree, message: message, authored: s.late()}
	if s.shape.Requests > 0 && s.random.IntN(2) == 0 {
		s.request++
		subject, rest, _ := strings.Cut(message, "\n")
		e.message = fmt.Sprintf("%s (#%d)\n%s", subject, s.request, rest)
		e.committer = forge
	}
	return s.land(e)
}

// land tells a commit on main that a later one may revert.
func (s *story) land(e entry) error {
	before := s.main.tree
	next, err := s.commit(e)
	s.main, s.last = next, applied{next, before}
	return err
}

// work is some tree after somebody worked on it, what they say about it, and where it was.
func (s *story) work(tree *directory, by person, isBot bool) (after *directory, message string, t topic) {
	switch {
	case isBot:
		return s.update(tree)
	case s.layout.isDue(float64(s.told) / float64(s.shape.Commits)):
		place, bigger := s.layout.grow(tree)
		t = newTopic(place, s.random)
		service, environment := t.names()
		if environment == "" {
			return bigger, fmt.Sprintf("Add the module %s\n", service), t
		}
		return bigger, fmt.Sprintf("Add %s to %s\n\n%s", service, environment, t.body(s.random)), t
	}
	t = newTopic(s.layout.place(tree), s.random)
	return s.edit(tree, t.place), t.message(by, s.random), t
}

// edit changes some files in a directory, and now and then a few elsewhere.
func (s *story) edit(tree *directory, place string) *directory {
	paths := tree.at(place).files(place)
	for n := 1; ; n++ {
		tree = s.touch(tree, pick(s.random, paths))
		if n == 5 || s.random.IntN(2) == 0 {
			break
		}
	}
	if s.random.IntN(10) == 0 {
		elsewhere := s.layout.place(tree)
		tree = s.touch(tree, pick(s.random, tree.at(elsewhere).files(elsewhere)))
	}
	return tree
}

// touch edits one file; links stay as they are.
func (s *story) touch(tree *directory, path string) *directory {
	f := tree.at(path).file
	if f == nil || f.kind == nil {
		return tree
	}
	return tree.with(path, node{file: f.edited(s.random.Uint64())})
}

// update is what bots do: a new version of something, in one place or in several.
func (s *story) update(tree *directory) (after *directory, message string, t topic) {
	name := pick(s.random, tools)
	if s.random.IntN(2) == 0 {
		name = pick(s.random, services)
	}
	for range 1 + s.random.IntN(3)*s.random.IntN(2) {
		t = newTopic(s.layout.place(tree), s.random)
		tree = s.touch(tree, pick(s.random, tree.at(t.place).files(t.place)))
	}
	version := fmt.Sprintf("v%d.%d.%d", s.random.IntN(5), s.random.IntN(30), s.random.IntN(20))
	format := pick(s.random, []string{
		"chore(deps): update image registry.example.org/%s to %s\n",
		"chore(deps): update helm release %s to %s\n",
		"fix(container): update image ghcr.io/example-org/%s to %s\n",
		"Bump %s to %s\n",
	})
	return tree, fmt.Sprintf(format, name, version), t
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
