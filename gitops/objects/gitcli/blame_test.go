package gitcli_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// blamed is one line of a blame.
type blamed struct {
	Commit   model.Hash
	Path     string
	From, At int
	Boundary bool
	Before   string
}

// byLine are the groups line by line, in order.
func byLine(groups []objects.BlameGroup) []blamed {
	var lines []blamed
	for _, g := range groups {
		for i := range g.Count {
			lines = append(lines, blamed{g.Commit, g.Path, g.From + i, g.At + i, g.Boundary, strings.TrimSpace(string(g.Before) + " " + g.BeforePath)})
		}
	}
	slices.SortFunc(lines, func(a, b blamed) int { return a.At - b.At })
	return lines
}

// porcelain reads git blame --line-porcelain, of a repository without odd names.
func porcelain(t *testing.T, out string) (lines []blamed) {
	t.Helper()
	var b blamed
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		key, value, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "\t"):
			lines = append(lines, b)
			b = blamed{}
		case len(key) == 40:
			f := strings.Fields(value)
			b.Commit = model.Hash(key)
			b.From, _ = strconv.Atoi(f[0])
			b.At, _ = strconv.Atoi(f[1])
		case key == "boundary":
			b.Boundary = true
		case key == "previous":
			b.Before = value
		case key == "filename":
			b.Path = value
		}
	}
	return lines
}

func TestBlameIsGits(t *testing.T) {
	a := newArchive(t)
	name := a.wander(t, []string{"first", "dir/second", "dir/deeper/third"})
	shallow := filepath.Join(t.TempDir(), "shallow")
	a.git(t, "clone", "--quiet", "--no-local", "--depth=9", ".", shallow)
	for where, a := range map[string]archive{"whole": a, "shallow": openArchive(t, shallow)} {
		for _, r := range []struct {
			lines objects.LineRange
			git   string
		}{
			{objects.LineRange{}, "1,"},
			{objects.LineRange{From: 1}, "1,"},
			{objects.LineRange{To: 7}, "1,7"},
			{objects.LineRange{From: 20, To: 31}, "20,31"},
			{objects.LineRange{From: 40, To: 4000}, "40,4000"},
			{objects.LineRange{From: 3, To: 3}, "3,3"},
		} {
			want := porcelain(t, a.git(t, "blame", "--line-porcelain", "-L", r.git, "HEAD", "--", name))
			got := byLine(all(t, a.Blame(t.Context(), a.at(t, "HEAD"), name, r.lines)))
			if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
				t.Errorf("%s, lines %v: %d lines (-git +ours)\n%s", where, r.lines, len(got), diff)
			}
		}
	}
}

func TestBlameOfOddNames(t *testing.T) {
	for _, name := range odd {
		a := newArchive(t)
		first := a.commit(t, "first", map[string]string{"plain": "one\ntwo\nthree\nfour\n"})
		a.move(t, "plain", name)
		a.commit(t, "moved", nil)
		third := a.commit(t, "third", map[string]string{name: "one\ntwo\n3\nfour\n"})
		before := string(a.at(t, "HEAD~1")) + " " + name
		want := []blamed{
			{first, "plain", 1, 1, true, ""}, {first, "plain", 2, 2, true, ""},
			{third, name, 3, 3, false, before}, {first, "plain", 4, 4, true, ""},
		}
		if diff := cmp.Diff(want, byLine(all(t, a.Blame(t.Context(), third, name, objects.LineRange{})))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", name, diff)
		}
	}
}

func TestWhatCannotBeBlamedIsNotFound(t *testing.T) {
	a := newArchive(t)
	head := a.commit(t, "first", map[string]string{"dir/f": "one\n", "empty": ""})
	for path, r := range map[string]objects.LineRange{
		"dir": {}, "nowhere": {}, "dir/f/g": {}, "dir/f": {From: 2, To: 9}, "": {}, "../x": {}, "empty": {From: 1},
	} {
		if list, err := collect(a.Blame(t.Context(), head, path, r)); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("blame of %q, lines %v: %v %v", path, r, list, err)
		}
		if list, err := collect(a.LineHistory(t.Context(), head, path, r)); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("history of %q, lines %v: %v %v", path, r, list, err)
		}
	}
	if list := all(t, a.Blame(t.Context(), head, "empty", objects.LineRange{})); len(list) != 0 {
		t.Errorf("an empty file is blamed: %v", list)
	}
	if list := all(t, a.LineHistory(t.Context(), head, "empty", objects.LineRange{})); len(list) != 0 {
		t.Errorf("an empty file has line history: %v", list)
	}
	for _, r := range []objects.LineRange{{From: 5, To: 2}, {From: -1}, {To: -1}} {
		if _, err := collect(a.Blame(t.Context(), head, "dir/f", r)); err == nil {
			t.Errorf("%v is a range", r)
		}
	}
	for _, rev := range []model.Hash{"", "HEAD", "--help", "0123456789abcdef0123456789abcdef01234567"} {
		if _, err := collect(a.Blame(t.Context(), rev, "dir/f", objects.LineRange{})); err == nil {
			t.Errorf("%q is a revision", rev)
		}
	}
}

func TestOnlyTheOperatorDecidesWhichCommitsBlamePassesOver(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	a := openArchive(t, dir)
	first := a.commit(t, "first", map[string]string{"f": "key = value\n"})
	second := a.commit(t, "reformat", map[string]string{"f": "key   = value\n"})
	blame := func() model.Hash {
		t.Helper()
		// The configuration is the one that plumb was started with.
		return all(t, openArchive(t, dir).Blame(t.Context(), second, "f", objects.LineRange{}))[0].Commit
	}
	write := func(name, content string) string {
		t.Helper()
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	list := write(filepath.Join(dir, ".ignored"), string(second)+"\n")
	home := t.TempDir()
	t.Setenv("HOME", home)
	write(filepath.Join(home, "mine"), string(second)+"\n")

	for _, value := range []string{".ignored", list} {
		a.git(t, "config", "blame.ignoreRevsFile", value)
		if got := blame(); got != second {
			t.Errorf("the repository's own %s is obeyed", value)
		}
	}
	a.git(t, "config", "--unset", "blame.ignoreRevsFile")
	global := filepath.Join(t.TempDir(), "gitconfig")
	t.Setenv("GIT_CONFIG_GLOBAL", global)
	for value, want := range map[string]model.Hash{".ignored": first, list: first, "~/mine": first, "nowhere": second, "/nowhere": second} {
		write(global, "[blame]\n\tignoreRevsFile = "+value+"\n")
		if got := blame(); got != want {
			t.Errorf("with the operator's own %s, %s is blamed; want %s", value, got.Short(), want.Short())
		}
	}
	write(global, "")
	a.git(t, "config", "blame.ignoreRevsFile", "nowhere")
	if _, err := collect(openArchive(t, dir).Blame(t.Context(), second, "f", objects.LineRange{})); err == nil || !strings.Contains(model.Hint(err), "blame.ignoreRevsFile") {
		t.Errorf("a file that is not there: %v (hint %q)", err, model.Hint(err))
	}
}
