package repositories

import (
	"fmt"
	"strings"
)

// request is a pull request that is open: a branch on its way into main.
type request struct {
	number int
	branch string
	title  string
	by     person
	isBot  bool
	line   string
	base   *directory // What of main it contains.
	tip    tip
	place  string
	todo   int // Commits until it can be merged.
}

// propose opens a request and tells its first commit.
func (s *story) propose() error {
	by, isBot := s.worker()
	s.request++
	r := &request{number: s.request, by: by, isBot: isBot, base: s.main.tree, tip: s.main}
	// Most requests are one commit, a few are many.
	for r.todo = 1; r.todo < 30 && s.random.IntN(10) < 3; r.todo++ {
	}
	tree, message, t := s.work(s.main.tree, by, isBot)
	r.title, _, _ = strings.Cut(message, "\n")
	r.place = t.place
	r.branch = t.branch(by, s.random)
	if isBot {
		r.todo = 1
		r.branch = "renovate/" + strings.Map(branchLetter, r.title)
	}
	if s.branches[r.branch] != 0 || s.isOpen(r.branch) {
		r.branch += fmt.Sprintf("-%d", r.number)
	}
	return s.start(r, tree, message)
}

// start puts a request among the open ones, with its first commit.
func (s *story) start(r *request, tree *directory, message string) error {
	r.line, s.lines = s.lines[0], s.lines[1:]
	s.open = append(s.open, r)
	return s.push(r, tree, message)
}

// branchLetter is a rune as it may stand in the name of a branch.
func branchLetter(r rune) rune {
	if strings.ContainsRune(" :@()~^?*[\\/", r) {
		return '-'
	}
	return r
}

func (s *story) isOpen(branch string) bool {
	for _, r := range s.open {
		// A branch cannot be where another one has its directory.
		if r.branch == branch || strings.HasPrefix(r.branch, branch+"/") || strings.HasPrefix(branch, r.branch+"/") {
			return true
		}
	}
	return false
}

// push tells a commit on the branch of a request.
func (s *story) push(r *request, tree *directory, message string) (err error) {
	r.todo--
	r.tip, err = s.commit(entry{line: r.line, by: r.by, parents: []tip{r.tip}, tree: tree, message: message, authored: s.late()})
	return err
}

// advance tells the next commit of an open request: more work, an update from main, or its merge.
func (s *story) advance(i int) error {
	r := s.open[i]
	switch {
	case r.todo <= 0:
		return s.merge(i)
	case s.random.IntN(8) == 0:
		return s.catchUp(r)
	}
	if s.layout.isGone(r.tip.tree, r.place) {
		r.place = s.layout.place(r.tip.tree)
	}
	t := newTopic(r.place, s.random)
	return s.push(r, s.edit(r.tip.tree, r.place), t.message(r.by, s.random))
}

// catchUp merges main into the branch of a request.
func (s *story) catchUp(r *request) (err error) {
	r.tip, err = s.commit(entry{
		line: r.line, by: r.by, parents: []tip{r.tip, s.main},
		tree:    merge(r.base, r.tip.tree, s.main.tree),
		message: fmt.Sprintf("Merge branch 'main' into %s\n", r.branch),
	})
	r.base = s.main.tree
	return err
}

// merge tells that a request is merged, and closes it.
func (s *story) merge(i int) error {
	r := s.open[i]
	return s.mergeAs(i, fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s\n", r.number, owner, r.branch, r.title), s.accept(s.main.tree, r))
}

// accept is a tree with all that the request changes.
func (s *story) accept(tree *directory, r *request) *directory {
	return merge(r.base, tree, r.tip.tree)
}

// mergeAs merges a request with a message and a tree of the caller's.
func (s *story) mergeAs(i int, message string, tree *directory) error {
	r := s.open[i]
	by := s.somebody()
	if s.random.IntN(2) == 0 && !r.isBot {
		by = r.by
	}
	s.close(i)
	return s.land(entry{line: mainLine, by: by, committer: forge, parents: []tip{s.main, r.tip}, tree: tree, message: message})
}

// close takes a request out of the open ones.
func (s *story) close(i int) {
	s.lines = append(s.lines, s.open[i].line)
	s.open[i] = s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
}
