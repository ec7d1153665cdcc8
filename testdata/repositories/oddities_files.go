package repositories

import (
	"fmt"
	"path"
	"strings"
)

// grave is where a file was before it was removed.
type grave struct {
	path string
	file *file
}

// someFile is a file of main, with its path.
func (s *story) someFile() (string, *file) {
	for {
		place := s.layout.place(s.main.tree)
		p := pick(s.random, s.main.tree.at(place).files(place))
		if f := s.main.tree.at(p).file; f.kind != nil {
			return p, f
		}
	}
}

// move is the tree with a file at another path, and its new path.
func (s *story) move(p string, f *file) (*directory, string) {
	dir, name := path.Split(p)
	to := dir + fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, path.Ext(name)), s.told, path.Ext(name))
	return s.main.tree.with(p, node{}).with(to, node{file: f}), to
}

func (s *story) renameFile() error {
	p, f := s.someFile()
	tree, to := s.move(p, f)
	return s.onMain(tree, "Rename %s to %s", p, path.Base(to))
}

// renameAndEdit is a rename that only a comparison of contents finds.
func (s *story) renameAndEdit() error {
	p, f := s.someFile()
	tree, to := s.move(p, f.edited(s.random.Uint64()))
	return s.onMain(tree, "Split %s off into %s", path.Base(p), path.Base(to))
}

func (s *story) copyFile() error {
	p, f := s.someFile()
	to := path.Join(path.Dir(p), fmt.Sprintf("copy-%d-%s", s.told, path.Base(p)))
	return s.onMain(s.main.tree.with(to, node{file: f}), "Start %s from %s", path.Base(to), path.Base(p))
}

// renamePlace moves a whole directory, to another name or one level down.
func (s *story) renamePlace() error {
	from := s.layout.place(s.main.tree)
	to := path.Join(path.Dir(from), fmt.Sprintf("%s-%d", path.Base(from), s.told))
	if s.odd.round%2 == 1 {
		to = path.Join(path.Dir(from), "legacy", path.Base(to))
	}
	tree := s.main.tree.with(to, s.main.tree.at(from)).with(from, node{})
	s.layout.rename(from, to)
	return s.onMain(tree, "Move %s to %s", from, to)
}

func (s *story) removeFile() error {
	p, f := s.someFile()
	s.odd.graves = append(s.odd.graves, grave{p, f})
	return s.onMain(s.main.tree.with(p, node{}), "Remove %s", p)
}

// recreateFile brings back a file that was removed before, as it was or as another one.
func (s *story) recreateFile() error {
	if len(s.odd.graves) == 0 {
		return nil
	}
	g := s.odd.graves[0]
	s.odd.graves = s.odd.graves[1:]
	if s.odd.round%2 == 1 {
		g.file = newFile(g.file.kind, s.random.Uint64(), len(g.file.blocks))
	}
	return s.onMain(s.main.tree.with(g.path, node{file: g.file}), "Bring back %s", g.path)
}

// swapFileAndDirectory makes a file a directory of the same name, or a directory a file.
func (s *story) swapFileAndDirectory() error {
	const p = "policies"
	lineage := s.random.Uint64()
	if s.main.tree.at(p).dir != nil {
		return s.onMain(s.main.tree.with(p, node{file: newFile(document, lineage, 6)}), "Gather all policies in one file")
	}
	// All of a directory's files are new, so that the file is replaced and not moved.
	tree := s.main.tree.with(p, node{})
	for i, e := range environments {
		tree = tree.with(path.Join(p, e, "policy.yaml"), node{file: newFile(values, mix(lineage, uint64(i)), 5)})
	}
	return s.onMain(tree, "One file of policies for each environment")
}

// link makes or turns a symbolic link, or makes an ordinary file of one and the other way round.
func (s *story) link() error {
	const turned, swapped = "docs/current", "hosts/latest"
	target := "../environments/" + environments[s.odd.round%len(environments)]
	tree := s.main.tree.with(turned, node{file: newLink(symlink, target, 1)})
	f := newLink(symlink, "inventory.ini", 2)
	if s.odd.round%2 == 1 {
		f = newFile(inventory, s.random.Uint64(), 4)
	}
	return s.onMain(tree.with(swapped, node{file: f}), "Point %s at %s", turned, target)
}

// changeMode makes a file executable or not; what it says stays.
func (s *story) changeMode() error {
	p, f := "scripts/deploy.sh", s.main.tree.at("scripts/deploy.sh").file
	if s.odd.round%3 == 2 {
		p, f = s.someFile()
	}
	mode := plain
	if f.mode == plain {
		mode = executable
	}
	return s.onMain(s.main.tree.with(p, node{file: f.withMode(mode)}), "Set the mode of %s", p)
}

// pointAtRepository sets the commit of a submodule.
func (s *story) pointAtRepository() error {
	commit := fmt.Sprintf("%016x%016x%08x", s.random.Uint64(), s.random.Uint64(), s.random.Uint32())
	return s.onMain(s.main.tree.with("vendor/charts", node{file: newLink(gitlink, commit, 3)}), "Update vendor/charts to %s", commit[:10])
}

// strangePaths are paths that git allows and that tools break on.
var strangePaths = []string{
	"docs/überblick.md", "docs/with space.md", `docs/"quoted".md`, "docs/tab\there.md", "docs/手册/概述.md", "docs/caf\xe9.md",
	"docs/-rf", "docs/new\nline.md", `docs/back\slash.md`, "docs/*.md", "docs/:(glob)x", "docs/[a]b.md", "docs/trailing ", "docs/emoji-🚀.md", "docs/😀/e\u0301.md",
	"docs/very/deep/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z.md",
}

// strangePath makes some files with strange names, or edits them.
func (s *story) strangePath() error {
	const some = 5
	tree := s.main.tree
	for i := range some {
		p := strangePaths[(some*s.odd.round+i)%len(strangePaths)]
		if tree.at(p).file == nil {
			tree = tree.with(p, node{file: newFile(document, s.random.Uint64(), 4)})
		} else {
			tree = s.touch(tree, p)
		}
	}
	return s.onMain(tree, "Write down how it works")
}
