// Package objectstest is the conformance suite of [objects.Store]: what every
// store promises, whatever it is made of. [Run] works on histories that the
// store itself writes, [RunRepositories] on repositories that real git made.
package objectstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
)

// Run runs the suite. Open answers an empty repository whose HEAD is an unborn
// branch; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) objects.Store) {
	tests := []struct {
		name string
		test func(*testing.T, objects.Store)
	}{
		{"an empty repository has no history and is no error", testEmpty},
		{"what is written is read back", testObjects},
		{"ids are those of git", testIDs},
		{"a missing object is named", testMissing},
		{"what git could not bear is not written", testUnwritable},
		{"hostile text comes out safe, the same from commit and log", testHostileText},
		{"history comes newest first and no parent before its child", testLogOrder},
		{"history can be limited to revisions, paths and first parents", testLogQueries},
		{"merge bases and ancestors", testAncestry},
		{"revisions are found, and data is never an option", testResolve},
		{"refs are listed and moved", testRefs},
		{"of twenty who move a ref one wins", testRefRace},
		{"cancelling ends every call", testCancel},
		{"stopping a log leaves nothing behind", testStop},
		{"many read and write at once", testConcurrency},
		{"a commit is a file system", testFS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			tt.test(t, s)
		})
	}
}

// at is a moment of the suite's own time.
func at(seconds int) time.Time {
	return time.Unix(1_700_000_000+int64(seconds), 0).In(time.FixedZone("", 5400))
}

func someone(seconds int) objects.Signature {
	return objects.Signature{Name: "Ada Admin", Email: "ada@example.org", When: at(seconds)}
}

// must fails the test for an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// tree writes a tree of files.
func tree(t *testing.T, s objects.Store, files map[string]string) model.Hash {
	t.Helper()
	var edits []model.Edit
	for path, content := range files {
		edits = append(edits, model.Edit{Path: path, Mode: model.ModeFile, Data: []byte(content)})
	}
	return must[model.Hash](t)(objects.EditTree(t.Context(), s, "", edits))
}

// commit writes a commit.
func commit(t *testing.T, s objects.Store, tree model.Hash, seconds int, message string, parents ...model.Hash) model.Hash {
	t.Helper()
	return must[model.Hash](t)(s.WriteCommit(t.Context(), objects.NewCommit{
		Tree: tree, Parents: parents, Author: someone(seconds), Committer: someone(seconds), Message: message,
	}))
}

// log collects a log.
func log(t *testing.T, s objects.Store, q objects.LogQuery) []objects.LogEntry {
	t.Helper()
	var entries []objects.LogEntry
	for e, err := range s.Log(t.Context(), q) {
		if err != nil {
			t.Fatalf("log: %v", err)
		}
		entries = append(entries, e)
	}
	return entries
}

func testEmpty(t *testing.T, s objects.Store) {
	if info := s.Info(); info.HeadHash != "" || !strings.HasPrefix(info.Head, "refs/heads/") {
		t.Errorf("info is %+v; want an unborn branch", info)
	}
	if entries := log(t, s, objects.LogQuery{}); len(entries) != 0 {
		t.Errorf("the log has %d entries", len(entries))
	}
	if refs := must[[]objects.Ref](t)(s.Refs(t.Context(), "refs/")); len(refs) != 0 {
		t.Errorf("refs are %v", refs)
	}
	if _, err := s.Resolve(t.Context(), "HEAD"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("resolve HEAD: %v; want not found", err)
	}
	for _, err := range s.Log(t.Context(), objects.LogQuery{From: []string{"HEAD"}}) {
		if !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("log from HEAD by name: %v; want not found", err)
		}
	}
}

func testObjects(t *testing.T, s objects.Store) {
	ctx := t.Context()
	for _, data := range []string{"", "text\n", "\x00\x01\xff binary", strings.Repeat("long line ", 100_000)} {
		id := must[model.Hash](t)(s.WriteBlob(ctx, []byte(data)))
		if again := must[model.Hash](t)(s.WriteBlob(ctx, []byte(data))); again != id {
			t.Errorf("the same data has ids %s and %s", id, again)
		}
		if got := must[[]byte](t)(s.Blob(ctx, id)); string(got) != data {
			t.Errorf("blob of %d bytes came back as %d bytes", len(data), len(got))
		}
		if size := must[int64](t)(s.Size(ctx, id)); size != int64(len(data)) {
			t.Errorf("size is %d; want %d", size, len(data))
		}
	}
	blob := must[model.Hash](t)(s.WriteBlob(ctx, []byte("x")))
	sub := must[model.Hash](t)(s.WriteTree(ctx, []objects.TreeEntry{{Name: "f", Mode: model.ModeFile, Hash: blob}}))
	// Git's order: a directory sorts as if its name ended in a slash.
	want := []objects.TreeEntry{
		{Name: "a-b", Mode: model.ModeExecutable, Hash: blob},
		{Name: "a.b", Mode: model.ModeSymlink, Hash: blob},
		{Name: "a", Mode: model.ModeTree, Hash: sub},
		{Name: "a0", Mode: model.ModeFile, Hash: blob},
		{Name: "\x1b[2J\xff\n", Mode: model.ModeSubmodule, Hash: sub},
	}
	want = append(want[4:], want[:4]...)
	id := must[model.Hash](t)(s.WriteTree(ctx, []objects.TreeEntry{want[4], want[3], want[0], want[1], want[2]}))
	if got := must[[]objects.TreeEntry](t)(s.Tree(ctx, id)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("tree is %v; want %v", got, want)
	}
	parent := commit(t, s, id, 0, "first")
	author := objects.Signature{Name: "Zoë", Email: "zoe@example.org", When: time.Unix(1_600_000_000, 0).In(time.FixedZone("", -9*3600-1800))}
	c := must[model.Commit](t)(s.Commit(ctx, must[model.Hash](t)(s.WriteCommit(ctx, objects.NewCommit{
		Tree: id, Parents: []model.Hash{parent, parent}, Author: author, Committer: someone(7), Message: "Subject\nin two lines\n\nBody\n\nmore\n",
	}))))
	if c.Tree != id || fmt.Sprint(c.Parents) != fmt.Sprint([]model.Hash{parent, parent}) {
		t.Errorf("commit has tree %s and parents %s", c.Tree, c.Parents)
	}
	if c.Author.Name.String() != "Zoë" || c.Author.Email.String() != "zoe@example.org" || c.Author.When.Format(time.RFC3339) != "2020-09-13T02:56:40-09:30" {
		t.Errorf("author is %v", c.Author)
	}
	if !c.Committer.When.Equal(at(7)) || c.Committer.When.Format("-0700") != "+0130" {
		t.Errorf("committer is %v", c.Committer)
	}
	if c.Subject.String() != "Subject in two lines" || c.Body.String() != "Body\n\nmore" {
		t.Errorf("message is %q, %q", c.Subject, c.Body)
	}
}

func testIDs(t *testing.T, s objects.Store) {
	ctx := t.Context()
	if id := must[model.Hash](t)(s.WriteBlob(ctx, nil)); id != "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" {
		t.Errorf("the empty blob is %s", id)
	}
	if id := must[model.Hash](t)(s.WriteTree(ctx, nil)); id != objects.EmptyTree {
		t.Errorf("the empty tree is %s", id)
	}
	id := must[model.Hash](t)(s.WriteCommit(ctx, objects.NewCommit{
		Tree: objects.EmptyTree, Message: "hello", Author: objects.Signature{Name: "A", Email: "a@b", When: time.Unix(1, 0).UTC()},
		Committer: objects.Signature{Name: "A", Email: "a@b", When: time.Unix(1, 0).UTC()},
	}))
	// As git hash-object answers for the same bytes.
	if id != helloCommit {
		t.Errorf("the commit is %s; want %s", id, helloCommit)
	}
}

func testMissing(t *testing.T, s objects.Store) {
	ctx := t.Context()
	const nowhere model.Hash = "0123456789abcdef0123456789abcdef01234567"
	blob := must[model.Hash](t)(s.WriteBlob(ctx, []byte("x")))
	reads := map[string]func(model.Hash) error{
		"commit":   func(h model.Hash) error { _, err := s.Commit(ctx, h); return err },
		"tree":     func(h model.Hash) error { _, err := s.Tree(ctx, h); return err },
		"blob":     func(h model.Hash) error { _, err := s.Blob(ctx, h); return err },
		"size":     func(h model.Hash) error { _, err := s.Size(ctx, h); return err },
		"base":     func(h model.Hash) error { _, err := s.MergeBase(ctx, h, h); return err },
		"ancestor": func(h model.Hash) error { _, err := s.IsAncestor(ctx, h, h); return err },
		"ref":      func(h model.Hash) error { return s.UpdateRef(ctx, "refs/heads/x", h, "") },
	}
	for name, read := range reads {
		var gone *objects.MissingError
		if err := read(nowhere); !errors.As(err, &gone) || gone.ID != nowhere {
			t.Errorf("%s of a missing object: %v", name, err)
		}
		for _, bad := range []model.Hash{"", "HEAD", "--all", "0123456", nowhere + "\n", "0123456789ABCDEF0123456789ABCDEF01234567"} {
			if bad == "" && name == "ref" {
				continue
			}
			if err := read(bad); err == nil || errors.As(err, &gone) {
				t.Errorf("%s of %q: %v", name, bad, err)
			}
		}
		if name == "blob" || name == "size" {
			continue
		}
		if err := read(blob); err == nil || errors.As(err, &gone) {
			t.Errorf("%s of a blob: %v", name, err)
		}
	}
	// A store that was asked for what is not there answers all the same afterwards.
	if got := must[[]byte](t)(s.Blob(ctx, blob)); string(got) != "x" {
		t.Errorf("blob is %q", got)
	}
}

func testUnwritable(t *testing.T, s objects.Store) {
	ctx := t.Context()
	blob := must[model.Hash](t)(s.WriteBlob(ctx, []byte("x")))
	for _, name := range []string{"", ".", "..", ".git", ".GIT", ".git ", ".git.", "git~1", ".git::$INDEX_ALLOCATION", ".g\u200cit", `a\.git`, "a/b", "a\x00b"} {
		if _, err := s.WriteTree(ctx, []objects.TreeEntry{{Name: name, Mode: model.ModeFile, Hash: blob}}); err == nil {
			t.Errorf("a tree with the name %q was written", name)
		}
	}
	entries := map[string][]objects.TreeEntry{
		"doubled name":         {{Name: "a", Mode: model.ModeFile, Hash: blob}, {Name: "a", Mode: model.ModeTree, Hash: objects.EmptyTree}},
		"unknown mode":         {{Name: "a", Mode: 0o100666, Hash: blob}},
		"no mode":              {{Name: "a", Hash: blob}},
		"no id":                {{Name: "a", Mode: model.ModeFile}},
		"something like an id": {{Name: "a", Mode: model.ModeFile, Hash: blob[:39] + "g"}},
	}
	for name, e := range entries {
		if _, err := s.WriteTree(ctx, e); err == nil {
			t.Errorf("a tree with %s was written", name)
		}
	}
	good := objects.NewCommit{Tree: must[model.Hash](t)(s.WriteTree(ctx, nil)), Author: someone(0), Committer: someone(0), Message: "m"}
	for name, spoil := range map[string]func(*objects.NewCommit){
		"no tree":              func(c *objects.NewCommit) { c.Tree = "" },
		"a parent with a line": func(c *objects.NewCommit) { c.Parents = []model.Hash{blob[:30] + "\nauthor x"} },
		"a NUL":                func(c *objects.NewCommit) { c.Message = "a\x00b" },
		"a time before 1970":   func(c *objects.NewCommit) { c.Author.When = time.Unix(-1, 0) },
	} {
		c := good
		spoil(&c)
		if _, err := s.WriteCommit(ctx, c); err == nil {
			t.Errorf("a commit with %s was written", name)
		}
	}
	// A name cannot break out of its line.
	c := good
	c.Author.Name = "Eve\nparent 0123 <x> "
	id := must[model.Hash](t)(s.WriteCommit(ctx, c))
	if got := must[model.Commit](t)(s.Commit(ctx, id)); len(got.Parents) != 0 || got.Author.Email.String() != "ada@example.org" {
		t.Errorf("the name broke out: %+v", got)
	}
}

func testHostileText(t *testing.T, s objects.Store) {
	ctx := t.Context()
	messages := []string{
		"", "\n\n  \n", "no newline", "\n\nsubject after blanks\n\n\n\nbody\n\n\n", "a\tb\r\nc\r\n\r\nbody\r\n",
		"\x1b]0;owned\x07\x1b[2J subject\n\n\x1b[31mbody\x1b[0m\x9b2J\x80\xff", "bidi \u202e\u2066 zero\u200bwidth",
		"commit 0123456789abcdef0123456789abcdef01234567\ntree x\n\n:100644 100644 a b M\n", strings.Repeat("x", 1<<20),
	}
	tree := must[model.Hash](t)(s.WriteTree(ctx, nil))
	var head model.Hash
	for i, m := range messages {
		var parents []model.Hash
		if head != "" {
			parents = []model.Hash{head}
		}
		who := objects.Signature{Name: "\x1b[5mEve\x07 \u202e \xff.,;", Email: "e\x1b[0mve\x9b@x", When: at(i)}
		head = must[model.Hash](t)(s.WriteCommit(ctx, objects.NewCommit{Tree: tree, Parents: parents, Author: who, Committer: who, Message: m}))
	}
	if err := s.UpdateRef(ctx, "refs/heads/main", head, ""); err != nil {
		t.Fatal(err)
	}
	entries := log(t, s, objects.LogQuery{From: []string{string(head)}, WithFiles: true})
	if len(entries) != len(messages) {
		t.Fatalf("the log has %d entries; want %d", len(entries), len(messages))
	}
	for i, e := range entries {
		c := must[model.Commit](t)(s.Commit(ctx, e.Hash))
		if fmt.Sprintf("%+v", c) != fmt.Sprintf("%+v", e.Commit) {
			t.Errorf("message %d reads as\n%.300q\nfrom its object, and as\n%.300q\nfrom the log", len(messages)-1-i, fmt.Sprint(c), fmt.Sprint(e.Commit))
		}
		for _, text := range []string{c.Subject.String(), c.Body.String(), c.Author.Name.String(), c.Author.Email.String()} {
			if strings.ContainsAny(text, "\x1b\x07\r\u202e\u200b\u009b") {
				t.Errorf("unsafe text %q", text)
			}
		}
	}
	if got := entries[len(messages)-4].Subject.String(); got != "subject after blanks" {
		t.Errorf("subject is %q", got)
	}
}

func testCancel(t *testing.T, s objects.Store) {
	blob := must[model.Hash](t)(s.WriteBlob(t.Context(), []byte("x")))
	head := linear(t, s, 80)
	tree := must[model.Commit](t)(s.Commit(t.Context(), head)).Tree
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"resolve":  func() error { _, err := s.Resolve(ctx, "HEAD"); return err },
		"commit":   func() error { _, err := s.Commit(ctx, head); return err },
		"tree":     func() error { _, err := s.Tree(ctx, tree); return err },
		"blob":     func() error { _, err := s.Blob(ctx, blob); return err },
		"size":     func() error { _, err := s.Size(ctx, blob); return err },
		"refs":     func() error { _, err := s.Refs(ctx, "refs/"); return err },
		"base":     func() error { _, err := s.MergeBase(ctx, head, head); return err },
		"ancestor": func() error { _, err := s.IsAncestor(ctx, head, head); return err },
		"write":    func() error { _, err := s.WriteBlob(ctx, []byte("y")); return err },
		"update":   func() error { return s.UpdateRef(ctx, "refs/heads/new", head, "") },
		"log": func() error {
			for _, err := range s.Log(ctx, objects.LogQuery{From: []string{string(head)}}) {
				return err
			}
			return nil
		},
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v; want cancelled", name, err)
		}
	}
	if _, err := s.Resolve(t.Context(), "refs/heads/new"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("a cancelled update has made the ref: %v", err)
	}
	// In the middle of a log, and the error is the last that comes.
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	var last error
	after := 0
	for _, err := range s.Log(ctx, objects.LogQuery{From: []string{string(head)}, WithFiles: true}) {
		if last != nil {
			after++
		}
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) || after > 0 {
		t.Errorf("log: %v, and %d more entries", last, after)
	}
	// What was cancelled does not spoil what comes after it.
	if got := must[[]byte](t)(s.Blob(t.Context(), blob)); string(got) != "x" {
		t.Errorf("blob is %q", got)
	}
	assertNoChild(t, s, "log")
}

func testStop(t *testing.T, s objects.Store) {
	head := linear(t, s, 80)
	for range 3 {
		for e, err := range s.Log(t.Context(), objects.LogQuery{From: []string{string(head)}}) {
			if err != nil || e.Hash != head {
				t.Fatalf("first entry is %s: %v", e.Hash, err)
			}
			break
		}
	}
	assertNoChild(t, s, "log")
}

func testConcurrency(t *testing.T, s objects.Store) {
	head := linear(t, s, 20)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			ctx := t.Context()
			n := 0
			for e, err := range s.Log(ctx, objects.LogQuery{From: []string{string(head)}, WithFiles: true}) {
				if err != nil {
					t.Error(err)
					return
				}
				n++
				for _, f := range e.Files {
					if _, err := s.Blob(ctx, f.NewHash); err != nil {
						t.Error(err)
					}
				}
			}
			if n != 20 {
				t.Errorf("log has %d entries", n)
			}
			data := fmt.Sprint("written by ", i)
			id, err := s.WriteBlob(ctx, []byte(data))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := s.Blob(ctx, id); err != nil || string(got) != data {
				t.Errorf("blob is %q: %v", got, err)
			}
		})
	}
	wg.Wait()
}

// linear writes n commits in a line, each with a file of its own, and answers the last.
func linear(t *testing.T, s objects.Store, n int) model.Hash {
	t.Helper()
	var head, root model.Hash
	for i := range n {
		root = must[model.Hash](t)(objects.EditTree(t.Context(), s, root, []model.Edit{
			{Path: fmt.Sprintf("d%d/f", i%7), Mode: model.ModeFile, Data: fmt.Append(nil, i)},
		}))
		var parents []model.Hash
		if head != "" {
			parents = []model.Hash{head}
		}
		// Long messages make a log that no buffer on the way can hold.
		head = commit(t, s, root, i, fmt.Sprint("commit ", i, "\n\n", strings.Repeat("why\n", 5000)), parents...)
	}
	return head
}
