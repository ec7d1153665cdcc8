package gitcli_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// archive is a repository whose history is asked about.
type archive struct {
	objects.Historian
	dir string
	ran *recorder
}

func openArchive(t *testing.T, dir string) archive {
	t.Helper()
	ran := &recorder{}
	s, err := gitcli.Open(t.Context(), dir, ran.ran)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h, ok := s.(objects.Historian)
	if !ok {
		t.Fatal("a store with git is no historian")
	}
	return archive{h, dir, ran}
}

func newArchive(t *testing.T) archive {
	t.Helper()
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	return openArchive(t, dir)
}

func (a archive) git(t *testing.T, args ...string) string {
	t.Helper()
	return objectstest.Git(t, a.dir, args...)
}

func (a archive) at(t *testing.T, revision string) model.Hash {
	t.Helper()
	return model.Hash(a.git(t, "rev-parse", revision+"^{commit}"))
}

// commit writes files and commits all that is there.
func (a archive) commit(t *testing.T, message string, files map[string]string) model.Hash {
	t.Helper()
	for name, content := range files {
		name = filepath.Join(a.dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a.git(t, "add", "--all")
	a.git(t, "commit", "--quiet", "--allow-empty", "-m", message)
	return a.at(t, "HEAD")
}

// move renames a file; it is not committed.
func (a archive) move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(a.dir, to)), 0o755); err != nil {
		t.Fatal(err)
	}
	a.git(t, "mv", "--", from, to)
}

// odd are names that something on the way may take for something else.
var odd = []string{"-rf", "--output=x", "a\nb", `qu"ote\`, "tab\tand space", ":(glob)**", ":!x", "\xff\xfe", "x\n+++ b/y\n@@ -1 +1 @@"}

// numbered are n lines, each with its number.
func numbered(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d\n", i+1)
	}
	return lines
}

// wander makes a history of edits, merges, and moves of the file, and answers the last name.
func (a archive) wander(t *testing.T, names []string) string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	name, lines := names[0], numbered(60)
	edit := func(i int) {
		switch at := random.IntN(len(lines)); random.IntN(4) {
		case 0:
			lines = append(lines[:at:at], append([]string{fmt.Sprintf("added by %d\n", i)}, lines[at:]...)...)
		case 1:
			lines = append(lines[:at:at], lines[at+1:]...)
		default:
			lines[at] = fmt.Sprintf("changed by %d\n", i)
		}
	}
	save := func(message string) {
		a.commit(t, message, map[string]string{name: strings.Join(lines, "")})
	}
	save("first")
	for i := range 24 {
		switch {
		case i%8 == 5:
			// Two sides edit far from each other.
			a.git(t, "checkout", "--quiet", "-b", fmt.Sprint("side", i))
			mine := append([]string(nil), lines...)
			lines[0] = fmt.Sprintf("changed at the side by %d\n", i)
			save("side")
			a.git(t, "checkout", "--quiet", "main")
			lines = mine
			lines[len(lines)-1] = fmt.Sprintf("changed at the end by %d\n", i)
			save("main")
			a.git(t, "merge", "--quiet", "--no-edit", fmt.Sprint("side", i))
			content, err := os.ReadFile(filepath.Join(a.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines = strings.SplitAfter(strings.TrimSuffix(string(content), "\n"), "\n")
			lines[len(lines)-1] += "\n"
		case i%8 == 7 && len(names) > 1:
			names = names[1:]
			a.move(t, name, names[0])
			name = names[0]
			edit(i)
			save("moved")
		default:
			edit(i)
			save("edit")
		}
	}
	return name
}

// all is what is streamed; an error fails the test.
func all[T any](t *testing.T, stream iter.Seq2[T, error]) []T {
	t.Helper()
	list, err := collect(stream)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func collect[T any](stream iter.Seq2[T, error]) (list []T, last error) {
	for v, err := range stream {
		if err != nil {
			return list, err
		}
		list = append(list, v)
	}
	return list, nil
}

// withoutContents is a clone whose files are at a promisor that could be asked, but must not be.
func (a archive) withoutContents(t *testing.T) archive {
	t.Helper()
	a.git(t, "config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	a.git(t, "clone", "--quiet", "--no-local", "--no-checkout", "--filter=blob:none", "file://"+a.dir, dir)
	return openArchive(t, dir)
}

func TestWithoutTheContentsTheMissingObjectIsNamed(t *testing.T) {
	full := newArchive(t)
	full.commit(t, "first", map[string]string{"f": "one\n"})
	full.commit(t, "second", map[string]string{"f": "two\n", "g": "new\n"})
	a := full.withoutContents(t)
	head := a.at(t, "HEAD")
	for name, ask := range map[string]func() error{
		"blame": func() error { _, err := collect(a.Blame(t.Context(), head, "f", objects.LineRange{})); return err },
		"history": func() error {
			_, err := collect(a.LineHistory(t.Context(), head, "f", objects.LineRange{}))
			return err
		},
		"adds": func() error {
			_, err := collect(a.Containing(t.Context(), objects.PickQuery{Text: "two"}, ids(head)))
			return err
		},
		"changes": func() error {
			_, err := collect(a.Containing(t.Context(), objects.PickQuery{Text: "two", How: objects.PickChanges}, ids(head)))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var gone *objects.MissingError
			if err := ask(); !errors.As(err, &gone) || !isOneOf(gone.ID, full.git(t, "rev-parse", "HEAD:f", "HEAD~1:f", "HEAD:g")) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func isOneOf(id model.Hash, list string) bool { return id != "" && strings.Contains(list, string(id)) }

// ids are candidates.
func ids(list ...model.Hash) iter.Seq[model.Hash] {
	return func(yield func(model.Hash) bool) {
		for _, id := range list {
			if !yield(id) {
				return
			}
		}
	}
}

func TestAnswersThatNobodyWantsEndTheirChild(t *testing.T) {
	a := newArchive(t)
	name := a.wander(t, []string{"f"})
	head := a.at(t, "HEAD")
	endless := func(yield func(model.Hash) bool) {
		for yield(head) {
		}
	}
	for subcommand, ask := range map[string]func(ctx context.Context, each func() bool) error{
		"blame": func(ctx context.Context, each func() bool) error {
			return until(a.Blame(ctx, head, name, objects.LineRange{}), each)
		},
		"log": func(ctx context.Context, each func() bool) error {
			return until(a.LineHistory(ctx, head, name, objects.LineRange{From: 1, To: 60}), each)
		},
		"diff-tree": func(ctx context.Context, each func() bool) error {
			return until(a.Containing(ctx, objects.PickQuery{Text: "line"}, endless), each)
		},
	} {
		t.Run(subcommand, func(t *testing.T) {
			if err := ask(t.Context(), func() bool { return false }); err != nil {
				t.Errorf("stopped: %v", err)
			}
			// A command is told when its process is gone.
			stopped := len(a.ran.with(subcommand))
			if stopped == 0 {
				t.Error("the child is not gone")
			}
			ctx, cancel := context.WithCancel(t.Context())
			if err := ask(ctx, func() bool { cancel(); return true }); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
			if len(a.ran.with(subcommand)) <= stopped {
				t.Error("the cancelled child is not gone")
			}
			assertNoGit(t, subcommand)
		})
	}
}

// until takes what is streamed as long as each says so.
func until[T any](stream iter.Seq2[T, error], each func() bool) error {
	for _, err := range stream {
		if err != nil {
			return err
		}
		if !each() {
			return nil
		}
	}
	return nil
}

// assertNoGit looks for children of this process where the system lists them.
func assertNoGit(t *testing.T, subcommand string) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		pids, _ := os.ReadFile(list)
		for pid := range strings.FieldsSeq(string(pids)) {
			line, _ := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
			if strings.Contains(string(line), "\x00"+subcommand+"\x00") {
				t.Errorf("child %s still runs %q", pid, line)
			}
		}
	}
}

// booby gives the repository a configuration that names programs wherever git knows one, and answers
// a function that fails the test if one was run.
func (a archive) booby(t *testing.T) (assertNoneRan func()) {
	t.Helper()
	canary, program := filepath.Join(t.TempDir(), "ran"), filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$0 $*\" >> '"+canary+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"diff.external", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor", "core.pager", "core.sshCommand", "pager.log", "pager.blame",
		"alias.log", "alias.blame", "gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand", "remote.origin.vcs",
	} {
		a.git(t, "config", key, program)
	}
	for key, value := range map[string]string{
		"log.showSignature": "true", "color.ui": "always", "log.follow": "true", "log.decorate": "full", "log.showRoot": "false", "format.pretty": "oneline",
		"diff.renames": "copies", "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.relative": "true", "diff.orderFile": program, "diff.renameLimit": "1",
		"log.diffMerges": "combined", "core.quotePath": "false", "blame.showRoot": "true", "blame.blankBoundary": "true", "blame.coloring": "highlightRecent",
		"core.abbrev": "4", "diff.wordRegex": ".", "diff.colorMoved": "zebra", "core.worktree": a.dir, "i18n.logOutputEncoding": "UTF-16",
	} {
		a.git(t, "config", key, value)
	}
	attributes := filepath.Join(a.dir, ".git", "info", "attributes")
	if err := os.MkdirAll(filepath.Dir(attributes), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(attributes, []byte("* diff=evil\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// Making the fixture may have run some of it.
	_ = os.Remove(canary)
	return func() {
		t.Helper()
		if ran, err := os.ReadFile(canary); err == nil {
			t.Errorf("programs of the repository were run:\n%s", ran)
		}
	}
}

func TestAConfigurationOfOthersChangesNoAnswer(t *testing.T) {
	a := newArchive(t)
	name := a.wander(t, []string{"f", "dir/g"})
	a.commit(t, "many", map[string]string{"x/1": "one\ntwo\nthree\nfour\n", "x/2": "five\nsix\nseven\neight\n"})
	a.git(t, "mv", "x", "y")
	a.commit(t, "moved", map[string]string{"y/1": "one\ntwo\nthree\n4\n", "y/2": "5\nsix\nseven\neight\n"})
	head := a.at(t, "HEAD")
	ask := func() string {
		var b strings.Builder
		for _, r := range []objects.LineRange{{}, {From: 5, To: 9}} {
			fmt.Fprintf(&b, "%+v\n", all(t, a.Blame(t.Context(), head, name, r)))
			fmt.Fprintf(&b, "%+v\n", all(t, a.LineHistory(t.Context(), head, name, r)))
		}
		for _, q := range []objects.PickQuery{{Text: "changed by"}, {Text: "^(line|added)", How: objects.PickChanges}, {Text: "side", Merges: true}} {
			fmt.Fprintf(&b, "%+v\n", all(t, a.Containing(t.Context(), q, ids(a.history(t)...))))
		}
		for _, e := range all(t, a.Historian.(objects.Store).Log(t.Context(), objects.LogQuery{Paths: []string{"y"}, WithFiles: true})) {
			fmt.Fprintf(&b, "%+v\n", e)
		}
		for _, path := range []string{"y", "y/1", "y/2"} {
			from, err := a.RenamedFrom(t.Context(), head, path)
			fmt.Fprintf(&b, "%s %v\n", from, err)
		}
		return b.String()
	}
	want := ask()
	list := a.history(t)
	assertNoneRan := a.booby(t)
	// Paths are from the root of the repository wherever plumb was started.
	t.Chdir(filepath.Join(a.dir, "y"))
	a = openArchive(t, a.dir)
	if got := ask(); got != want {
		t.Errorf("with the configuration, the answers are\n%s\nwithout it they were\n%s", got, want)
	}
	if got := a.history(t); len(got) != len(list) {
		t.Errorf("history has %d commits; want %d", len(got), len(list))
	}
	assertNoneRan()
}

// history are all commits, newest first.
func (a archive) history(t *testing.T) (list []model.Hash) {
	t.Helper()
	for id := range strings.FieldsSeq(a.git(t, "rev-list", "--all")) {
		list = append(list, model.Hash(id))
	}
	return list
}
