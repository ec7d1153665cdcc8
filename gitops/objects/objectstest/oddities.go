package objectstest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

// foreign has commits that git itself would not write, but has to read.
func foreign(t *testing.T, open func(string) objects.Store) {
	dir := t.TempDir()
	Git(t, dir, "init", "--quiet")
	tree := GitInput(t, dir, "", "mktree")
	bodies := []string{
		"author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\nencoding ISO-8859-1\n\nJ\xfcrgen gr\xfc\xdft\n",
		"author A <a@b> 1700000001 +0000\ncommitter A <a@b> 1700000001 +0000\ngpgsig -----BEGIN-----\n author Evil <x@y> 0 +0000\n \n -----END-----\n\nsigned\n",
		"author A <a@b> 99999999999999999999 +0000\ncommitter A <a@b> 18446744073709551615 +9999\n\ntimes out of all range\n",
		"author A <a@b> 253402300800 -0000\ncommitter A <a@b> 9223372036854775807 -2359\n\ntimes out of range\n",
		"author A <a@b>\ncommitter A <a@b> x y\n\nno times\n",
		"author <> 1700000002 +0530\ncommitter  Spaced   Out  < a b > 1700000002 -0330\n\nodd names\n",
		"author A <a <b> c> 1700000003 +0000\ncommitter no address 1700000003 +0000\n\nodd addresses\n",
		"author A <a@b> 1700000004 +0000\ncommitter A <a@b> 1700000004 +0000\n\nhidden\x00 after a NUL\n",
		"author A <a@b> 1700000005 +0000\ncommitter A <a@b> 1700000005 +0000\n",
	}
	head := ""
	for _, body := range bodies {
		head = GitInput(t, dir, "tree "+tree+"\n"+head+body, "hash-object", "-w", "--literally", "-t", "commit", "--stdin")
		Git(t, dir, "update-ref", "refs/heads/main", head)
		head = "parent " + head + "\n"
	}
	s := open(dir)
	entries := log(t, s, objects.LogQuery{})
	if len(entries) != len(bodies) {
		t.Errorf("history has %d commits; want %d", len(entries), len(bodies))
	}
	for _, e := range entries {
		c := must[model.Commit](t)(s.Commit(t.Context(), e.Hash))
		if fmt.Sprintf("%+v", c) != fmt.Sprintf("%+v", e.Commit) {
			t.Errorf("a commit reads as\n%+v\nfrom its object, and as\n%+v\nfrom the log", c, e.Commit)
		}
		if _, err := c.Author.When.MarshalText(); err != nil {
			t.Errorf("%s: %v", c.Subject, err)
		}
	}
	first := must[model.Commit](t)(s.Commit(t.Context(), must[model.Hash](t)(s.Resolve(t.Context(), fmt.Sprint("HEAD~", len(bodies)-1)))))
	if first.Subject.String() != "Jürgen grüßt" {
		t.Errorf("Latin-1 reads as %q", first.Subject)
	}
}

func shallow(t *testing.T, open func(string) objects.Store) {
	from := sample(t)
	dir := filepath.Join(t.TempDir(), "shallow")
	Git(t, from, "clone", "--quiet", "--no-local", "--depth=2", ".", dir)
	s := open(dir)
	if !s.Info().IsShallow {
		t.Error("it is not said to be shallow")
	}
	entries := log(t, s, objects.LogQuery{WithFiles: true})
	if got, want := len(entries), len(strings.Fields(Git(t, dir, "rev-list", "HEAD"))); got != want {
		t.Fatalf("history has %d commits; want %d", got, want)
	}
	last := entries[len(entries)-1]
	if len(last.Parents) == 0 || len(last.Files) != 0 {
		t.Errorf("the boundary has parents %s and files %v; want the parents of its object, and no files", last.Parents, last.Files)
	}
	var gone *objects.MissingError
	if _, err := s.Commit(t.Context(), last.Parents[0]); !errors.As(err, &gone) || gone.ID != last.Parents[0] {
		t.Errorf("beyond the boundary: %v", err)
	}
	if _, err := s.Resolve(t.Context(), "HEAD~5"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("HEAD~5: %v", err)
	}
	if is := must[bool](t)(s.IsAncestor(t.Context(), last.Hash, entries[0].Hash)); !is {
		t.Error("the boundary is no ancestor of HEAD")
	}
}

func partial(t *testing.T, open func(string) objects.Store) {
	from := sample(t)
	Git(t, from, "config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	Git(t, from, "clone", "--quiet", "--no-local", "--no-checkout", "--filter=blob:none", "file://"+from, dir)
	s := open(dir)
	if !s.Info().IsPartial {
		t.Error("it is not said to be partial")
	}
	entries := log(t, s, objects.LogQuery{WithFiles: true})
	if got, want := len(entries), len(strings.Fields(Git(t, from, "rev-list", "HEAD"))); got != want {
		t.Errorf("history has %d commits; want %d", got, want)
	}
	// The promisor is there and could be asked, but reading never goes to the network.
	id := model.Hash(Git(t, from, "rev-parse", "HEAD:README"))
	for range 2 {
		var gone *objects.MissingError
		if data, err := s.Blob(t.Context(), id); !errors.As(err, &gone) || gone.ID != id {
			t.Errorf("a blob at the promisor is %q: %v", data, err)
		}
		if _, err := s.Size(t.Context(), id); !errors.As(err, &gone) || gone.ID != id {
			t.Errorf("its size: %v", err)
		}
		if _, err := s.Commit(t.Context(), entries[0].Hash); err != nil {
			t.Errorf("what is there is not read any more: %v", err)
		}
	}
	files := must[model.Snapshot](t)(objects.Snapshot(t.Context(), s, entries[0].Hash)).Files
	var gone *objects.MissingError
	if _, err := files.Open("README"); !errors.As(err, &gone) {
		t.Errorf("opening the file: %v", err)
	}
}

func alternates(t *testing.T, open func(string) objects.Store) {
	from := sample(t)
	dir := filepath.Join(t.TempDir(), "borrower")
	Git(t, from, "clone", "--quiet", "--shared", ".", dir)
	s := open(dir)
	assertLikeGit(t, s, dir)
	if size := must[int64](t)(s.Size(t.Context(), model.Hash(Git(t, dir, "rev-parse", "HEAD:README")))); size != 8 {
		t.Errorf("size is %d", size)
	}
}

func repacked(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	s := open(dir)
	assertLikeGit(t, s, dir)
	Git(t, dir, "repack", "--quiet", "-a", "-d")
	Git(t, dir, "pack-refs", "--all")
	assertLikeGit(t, s, dir)
	write(t, dir, "new", "new")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "new")
	Git(t, dir, "repack", "--quiet", "-a", "-d")
	Git(t, dir, "commit-graph", "write", "--reachable")
	assertLikeGit(t, s, dir)
}

func broken(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	const nowhere model.Hash = "0123456789abcdef0123456789abcdef01234567"
	write(t, dir, ".git/refs/heads/broken", string(nowhere)+"\n")
	write(t, dir, ".git/refs/heads/empty", "")
	write(t, dir, ".git/refs/heads/garbage", "\x1b]0;owned\x07\n")
	write(t, dir, ".git/refs/heads/someone.lock", "")
	Git(t, dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/none")
	s := open(dir)
	var names []string
	for _, r := range must[[]objects.Ref](t)(s.Refs(t.Context(), "refs/")) {
		names = append(names, r.Name)
		if r.Name == "refs/heads/broken" && r.Hash != nowhere {
			t.Errorf("the ref to nothing is at %s", r.Hash)
		}
	}
	if want := []string{"refs/heads/broken", "refs/heads/main", "refs/heads/x", "refs/heads/y", "refs/heads/z"}; !slices.Equal(names, want) {
		t.Errorf("refs are %s; want %s", names, want)
	}
	var gone *objects.MissingError
	if _, err := s.Commit(t.Context(), nowhere); !errors.As(err, &gone) {
		t.Errorf("what it leads to: %v", err)
	}
	// A commit whose parent is lost: what is before it is shown, then what is missing.
	id := commit(t, s, objects.EmptyTree, 0, "orphan", nowhere)
	var last error
	for _, err := range s.Log(t.Context(), objects.LogQuery{From: []string{string(id)}}) {
		last = err
	}
	if !errors.As(last, &gone) || gone.ID != nowhere {
		t.Errorf("history ends with %v", last)
	}
}

func replaced(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	head := Git(t, dir, "rev-parse", "HEAD")
	parent := Git(t, dir, "rev-parse", "HEAD~1")
	before := Git(t, dir, "log", "-1", "--format=%s", head)
	Git(t, dir, "replace", head, Git(t, dir, "rev-parse", "x"))
	write(t, dir, ".git/info/grafts", parent+"\n")
	s := open(dir)
	// An approval is for an id, so what is shown must be what the id stands for.
	if c := must[model.Commit](t)(s.Commit(t.Context(), model.Hash(head))); c.Subject.String() != before {
		t.Errorf("the replacement is shown: %q", c.Subject)
	}
	if entries := log(t, s, objects.LogQuery{From: []string{head}}); entries[0].Subject.String() != before || len(entries[1].Parents) == 0 || len(entries) != 8 {
		t.Errorf("history begins with %q and has %d entries", entries[0].Subject, len(entries))
	}
}

func hostile(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	canary := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$0 $*\" >> '"+canary+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "diff.external", "diff.evil.textconv", "diff.evil.command",
		"filter.evil.clean", "filter.evil.smudge", "gpg.program", "gpg.ssh.program", "credential.helper", "core.alternateRefsCommand", "merge.evil.driver",
		"alias.log", "alias.cat-file", "pager.log", "uploadpack.packObjectsHook", "interactive.diffFilter", "trailer.x.command",
	} {
		Git(t, dir, "config", key, program)
	}
	for key, value := range map[string]string{
		"log.showSignature": "true", "color.ui": "always", "log.follow": "true", "log.decorate": "full", "log.showRoot": "false", "format.pretty": "oneline", "log.abbrevCommit": "true",
		"diff.renames": "copies", "diff.noprefix": "true", "diff.relative": "true", "diff.orderFile": program, "diff.ignoreSubmodules": "all", "log.date": "relative", "i18n.logOutputEncoding": "UTF-16",
		"core.quotePath": "true", "log.mailmap": "true", "core.abbrev": "4", "notes.displayRef": "refs/notes/*", "log.diffMerges": "combined", "core.hooksPath": filepath.Dir(program),
	} {
		Git(t, dir, "config", key, value)
	}
	write(t, dir, ".gitattributes", "* diff=evil filter=evil merge=evil\n")
	for _, hook := range []string{"reference-transaction", "post-checkout", "pre-commit", "post-update", "post-index-change"} {
		if err := os.Symlink(program, filepath.Join(filepath.Dir(program), hook)); err != nil {
			t.Fatal(err)
		}
	}
	clean := t.TempDir()
	Git(t, clean, "clone", "--quiet", "--mirror", dir, ".")
	// Making the fixture may have run some of it.
	_ = os.Remove(canary)
	s := open(dir)
	entries := log(t, s, objects.LogQuery{WithFiles: true, Paths: []string{"hosts", "README"}})
	if len(entries) != 2 {
		t.Errorf("%d commits changed the hosts; want 2", len(entries))
	}
	if got, want := len(log(t, s, objects.LogQuery{})), len(strings.Fields(Git(t, clean, "rev-list", "main"))); got != want {
		t.Errorf("history has %d commits; want %d", got, want)
	}
	head := must[model.Hash](t)(s.Resolve(t.Context(), "HEAD"))
	must[model.Hash](t)(s.MergeBase(t.Context(), head, head))
	id := commit(t, s, tree(t, s, map[string]string{"f": "x"}), 0, "written", head)
	if err := s.UpdateRef(t.Context(), "refs/heads/new", id, ""); err != nil {
		t.Error(err)
	}
	must[[]objects.Ref](t)(s.Refs(t.Context(), "refs/"))
	if ran, err := os.ReadFile(canary); err == nil {
		t.Errorf("programs of the repository were run:\n%s", ran)
	}
}

func sparse(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	Git(t, dir, "sparse-checkout", "set", "hosts")
	assertLikeGit(t, open(dir), dir)
}

func sha256(t *testing.T, open func(string) objects.Store) {
	dir := t.TempDir()
	Git(t, dir, "init", "--quiet", "--object-format=sha256")
	write(t, dir, "hosts/web-1/motd", "one\n")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "first")
	s := open(dir)
	assertLikeGit(t, s, dir)
	head := must[model.Hash](t)(s.Resolve(t.Context(), "HEAD"))
	id := commit(t, s, tree(t, s, map[string]string{"f": "x"}), 0, "written", head)
	if err := s.UpdateRef(t.Context(), "refs/heads/main", id, head); err != nil {
		t.Fatal(err)
	}
	assertLikeGit(t, s, dir)
	Git(t, dir, "fsck", "--strict")
}
