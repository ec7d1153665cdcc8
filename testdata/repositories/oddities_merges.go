package repositories

import (
	"fmt"
	"path"
	"strings"
)

// longLived is a branch that is never done.
type longLived struct {
	tip
	base  *directory // What of main it contains.
	count int
}

// octopus merges several requests with one commit.
func (s *story) octopus() error {
	n := min(3+s.odd.round%4, len(s.open))
	if n < 2 {
		return nil
	}
	parents, tree, names := []tip{s.main}, s.main.tree, []string{}
	for range n {
		r := s.open[0]
		parents = append(parents, r.tip)
		tree = s.accept(tree, r)
		names = append(names, "'"+r.branch+"'")
		s.close(0)
	}
	last := len(names) - 1
	message := fmt.Sprintf("Merge branches %s and %s\n", strings.Join(names[:last], ", "), names[last])
	return s.land(entry{line: mainLine, by: s.somebody(), parents: parents, tree: tree, message: message})
}

// crissCross merges main and a request into each other at the same time, so that they have two best common ancestors.
func (s *story) crissCross() (err error) {
	if len(s.open) == 0 {
		return nil
	}
	r, main := s.open[0], s.main
	tree := s.accept(main.tree, r)
	err = s.land(entry{
		line: mainLine, by: s.somebody(), parents: []tip{main, r.tip}, tree: tree,
		message: fmt.Sprintf("Merge branch '%s'\n", r.branch),
	})
	if err != nil {
		return err
	}
	r.tip, err = s.commit(entry{
		line: r.line, by: r.by, parents: []tip{r.tip, main}, tree: tree,
		message: fmt.Sprintf("Merge branch 'main' into %s\n", r.branch),
	})
	r.base = tree
	r.todo = max(r.todo, 1)
	return err
}

// evil merges a request, with changes that neither side has: to what the request touches, and elsewhere.
func (s *story) evil() error {
	if len(s.open) == 0 {
		return nil
	}
	r := s.open[0]
	tree := s.accept(s.main.tree, r)
	if !s.layout.isGone(tree, r.place) {
		tree = s.edit(tree, r.place)
	}
	if s.odd.round%2 == 1 {
		tree = tree.with("docs/conflicts.md", node{file: newFile(document, s.random.Uint64(), 3)})
	}
	return s.mergeAs(0, fmt.Sprintf("Merge branch '%s'\n\nConflicts:\n\t%s/values.yaml\n", r.branch, r.place), tree)
}

// keepOurs merges a request and takes nothing of it.
func (s *story) keepOurs() error {
	if len(s.open) == 0 {
		return nil
	}
	return s.mergeAs(0, fmt.Sprintf("Merge branch '%s', superseded by main\n", s.open[0].branch), s.main.tree)
}

// mergeOfAnotherForge is a merge in the words of GitLab, Bitbucket, or git itself.
func (s *story) mergeOfAnotherForge() error {
	if len(s.open) == 0 {
		return nil
	}
	r := s.open[0]
	message := []string{
		fmt.Sprintf("Merge branch '%s' into 'main'\n\n%s\n\nSee merge request %s/infrastructure!%d\n", r.branch, r.title, owner, r.number),
		fmt.Sprintf("Merged in %s (pull request #%d)\n\n%s\n\nApproved-by: %s\n", r.branch, r.number, r.title, s.somebody().name),
		fmt.Sprintf("Merge branch '%s'\n", r.branch),
		fmt.Sprintf("Merge remote-tracking branch 'origin/%s'\n", r.branch),
		fmt.Sprintf("Merge pull request #%d from %s/%s\n", r.number, owner, r.branch), // Without a title.
	}[s.odd.round%5]
	return s.mergeAs(0, message, s.accept(s.main.tree, r))
}

// betweenRequests merges one open request into another one.
func (s *story) betweenRequests() (err error) {
	if len(s.open) < 2 {
		return nil
	}
	from, to := s.open[0], s.open[1]
	to.tip, err = s.commit(entry{
		line: to.line, by: to.by, parents: []tip{to.tip, from.tip},
		tree:    merge(from.base, to.tip.tree, from.tip.tree),
		message: fmt.Sprintf("Merge branch '%s' into %s\n", from.branch, to.branch),
	})
	return err
}

// huge opens a request that changes a large part of all files; it is merged like others.
func (s *story) huge() error {
	if len(s.open) >= manyOpen {
		return nil
	}
	environment := environments[s.odd.round%len(environments)]
	root := path.Join("environments", environment)
	tree := s.main.tree
	for i, p := range tree.at(root).files(root) {
		if i == 2000 {
			break
		}
		tree = s.touch(tree, p)
	}
	s.request++
	message := fmt.Sprintf("Reformat all of %s\n", environment)
	return s.start(&request{
		number: s.request, branch: fmt.Sprintf("reformat-%s-%d", environment, s.request), title: strings.TrimSuffix(message, "\n"),
		by: s.somebody(), base: s.main.tree, tip: s.main, place: s.layout.place(tree), todo: 1,
	}, tree, message)
}

// longRequest opens a request of very many commits.
func (s *story) longRequest() error {
	if len(s.open) >= manyOpen {
		return nil
	}
	by := s.somebody()
	t := newTopic(s.layout.place(s.main.tree), s.random)
	s.request++
	message := t.message(by, s.random)
	title, _, _ := strings.Cut(message, "\n")
	return s.start(&request{
		number: s.request, branch: fmt.Sprintf("migration-%d", s.request), title: title,
		by: by, base: s.main.tree, tip: s.main, place: t.place, todo: min(s.shape.Commits/50, 150),
	}, s.edit(s.main.tree, t.place), message)
}

// develops goes on with a branch that lives for years, takes main in, and is merged into it every third time.
func (s *story) develops() (err error) {
	const name = "develop"
	if s.odd.develop == nil {
		s.odd.develop = &longLived{tip: s.main, base: s.main.tree}
	}
	d := s.odd.develop
	by := s.somebody()
	if s.layout.grown > 0 {
		t := newTopic(s.layout.place(d.tree), s.random)
		d.tip, err = s.commit(entry{line: name, by: by, parents: []tip{d.tip}, tree: s.edit(d.tree, t.place), message: t.message(by, s.random)})
		if err != nil {
			return err
		}
	}
	d.tip, err = s.commit(entry{
		line: name, by: by, parents: []tip{d.tip, s.main}, tree: merge(d.base, d.tree, s.main.tree),
		message: "Merge branch 'main' into develop\n",
	})
	d.base = s.main.tree
	d.count++
	s.branches[name] = d.mark
	if err != nil || d.count%3 != 0 {
		return err
	}
	err = s.land(entry{line: mainLine, by: by, parents: []tip{s.main, d.tip}, tree: d.tree, message: "Merge branch 'develop'\n"})
	d.base = d.tree
	return err
}

// releases starts a release branch, or picks the newest commit of main onto the last one.
func (s *story) releases() (err error) {
	const most = 20
	r := &s.odd.release
	by := s.somebody()
	switch {
	case r.tree == nil || s.odd.round%2 == 0 && r.count < most:
		r.count++
		r.tip, err = s.commit(entry{
			line: "release", by: by, parents: []tip{s.main}, message: fmt.Sprintf("Start release %d\n", r.count),
			tree: s.main.tree.with("RELEASE.md", node{file: newFile(document, uint64(r.count), 3)}),
		})
	case s.last.before != nil:
		of := s.last
		r.tip, err = s.commit(entry{
			line: "release", by: by, parents: []tip{r.tip}, message: of.subject + "\n", tree: merge(of.before, r.tree, of.tree),
			cites: cites{of.mark, "\n(cherry picked from commit %s)\n"},
		})
	}
	s.branches[fmt.Sprintf("release/%d", r.count)] = r.mark
	return err
}

// importRoot brings in the history of another repository, with its own first commit.
func (s *story) importRoot() error {
	line := s.lines[0]
	by := s.somebody()
	name := fmt.Sprintf("%s-%d", pick(s.random, tools), s.told)
	dir := path.Join("imported", name)
	var tree *directory
	for _, f := range ofModule {
		tree = tree.with(path.Join(dir, f.path), node{file: newFile(f.kind, s.random.Uint64(), 5)})
	}
	root, err := s.commit(entry{line: line, by: by, tree: tree, message: fmt.Sprintf("Start %s\n", name)})
	if err != nil {
		return err
	}
	t := newTopic(dir, s.random)
	tree = s.touch(tree, path.Join(dir, ofModule[0].path))
	next, err := s.commit(entry{line: line, by: by, parents: []tip{root}, tree: tree, message: t.message(by, s.random)})
	if err != nil {
		return err
	}
	return s.land(entry{
		line: mainLine, by: by, parents: []tip{s.main, next}, tree: merge(nil, s.main.tree, next.tree),
		message: fmt.Sprintf("Merge the repository %s as %s\n", name, dir),
	})
}

// publishes goes on with a branch that shares nothing with main.
func (s *story) publishes() (err error) {
	const name = "gh-pages"
	e := entry{line: name, by: pick(s.random, bots), message: "Publish the documentation\n"}
	if s.odd.pages.tree != nil {
		e.parents = []tip{s.odd.pages}
	}
	e.tree = s.odd.pages.tree.with(fmt.Sprintf("pages/%d.html", s.odd.round), node{file: newFile(document, s.random.Uint64(), 5)})
	s.odd.pages, err = s.commit(e)
	s.branches[name] = s.odd.pages.mark
	return err
}
