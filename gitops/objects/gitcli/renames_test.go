package gitcli_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

func (a archive) assertFrom(t *testing.T, commit model.Hash, path, want string) {
	t.Helper()
	if got, err := a.RenamedFrom(t.Context(), commit, path); err != nil || got != want {
		t.Errorf("%q came from %q (%v); want %q", path, got, err, want)
	}
}

func TestAFileIsFollowedAsByGit(t *testing.T) {
	a := newArchive(t)
	name := a.wander(t, []string{"first", "dir/second", "dir/deeper/third"})
	out := a.git(t, "log", "--follow", "--name-status", "--format=%H", "--", name)
	moves := 0
	var commit model.Hash
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case len(fields[0]) == 40:
			commit = model.Hash(fields[0])
		case strings.HasPrefix(fields[0], "R"):
			moves++
			a.assertFrom(t, commit, fields[2], fields[1])
		case len(fields) == 2:
			a.assertFrom(t, commit, fields[1], "")
		}
	}
	if moves != 2 {
		t.Errorf("git sees %d moves; want 2", moves)
	}
}

func TestOddNamesAreFollowed(t *testing.T) {
	for i, name := range odd {
		a := newArchive(t)
		from := odd[(i+1)%len(odd)]
		a.commit(t, "first", map[string]string{from: "one\ntwo\nthree\n"})
		a.move(t, from, "dir/"+name)
		head := a.commit(t, "moved", nil)
		a.assertFrom(t, head, "dir/"+name, from)
	}
}

func TestWhereDirectoriesComeFrom(t *testing.T) {
	texts := map[string]string{}
	for i := range 5 {
		texts[fmt.Sprint(i)] = strings.Repeat(fmt.Sprintf("text %d\n", i), 20)
	}
	a := newArchive(t)
	a.commit(t, "first", map[string]string{
		"old/a": texts["0"], "old/sub/b": texts["1"], "old/sub/c": texts["2"], "other/d": texts["3"], "root": texts["4"], "kept/x": "x\n",
	})
	for _, move := range [][2]string{{"old/a", "new/a"}, {"old/sub/b", "new/sub/renamed"}, {"old/sub/c", "new/sub/c"}, {"other/d", "new/d"}, {"root", "below/root"}} {
		a.move(t, move[0], move[1])
	}
	head := a.commit(t, "moved", map[string]string{"fresh/f": "fresh\n", "kept/y": "y\n", "new/sub/more": "more\n"})
	for path, want := range map[string]string{
		"new": "old", "new/": "old", "new/sub": "old/sub", "new/a": "old/a", "new/sub/renamed": "old/sub/b", "new/d": "other/d", "below": ".", "below/root": "root",
		"fresh": "", "fresh/f": "", "kept": "", "kept/x": "", "kept/y": "", "new/sub/more": "", "": "", ".": "",
	} {
		a.assertFrom(t, head, path, want)
	}
	// Half of it is not most of it.
	a.move(t, "new/d", "mixed/d")
	head = a.commit(t, "mixed", map[string]string{"mixed/e": "another\n"})
	a.assertFrom(t, head, "mixed", "")
	// A directory in a file's place is new.
	a.git(t, "rm", "--quiet", "kept/x")
	head = a.commit(t, "file to directory", map[string]string{"kept/x/y": "quite different\n"})
	a.assertFrom(t, head, "kept/x", "")
}

func TestNothingIsSaidOfWhatIsNotKnown(t *testing.T) {
	from := newArchive(t)
	root := from.commit(t, "first", map[string]string{"f": "one\ntwo\n", "g": "three\nfour\nfive\n"})
	from.assertFrom(t, root, "f", "")
	from.move(t, "f", "moved")
	from.move(t, "g", "edited")
	head := from.commit(t, "moved", map[string]string{"edited": "three\nfour\n5\n"})
	from.assertFrom(t, head, "edited", "g")
	for _, path := range []string{"nowhere", "moved/below", "f"} {
		if got, err := from.RenamedFrom(t.Context(), head, path); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("%s came from %q: %v", path, got, err)
		}
	}
	// Without the contents, files that moved unchanged are still known.
	partial := from.withoutContents(t)
	partial.assertFrom(t, head, "moved", "f")
	partial.assertFrom(t, head, "edited", "")

	dir := filepath.Join(t.TempDir(), "shallow")
	from.git(t, "clone", "--quiet", "--no-local", "--depth=1", ".", dir)
	openArchive(t, dir).assertFrom(t, head, "moved", "")
}

func TestAMergeIsComparedWithItsFirstParent(t *testing.T) {
	a := newArchive(t)
	a.commit(t, "first", map[string]string{"f": "one\ntwo\nthree\n"})
	a.git(t, "checkout", "--quiet", "-b", "side")
	a.move(t, "f", "moved")
	side := a.commit(t, "moved", nil)
	a.git(t, "checkout", "--quiet", "main")
	a.commit(t, "else", map[string]string{"else": "x\n"})
	a.git(t, "merge", "--quiet", "--no-edit", "side")
	a.assertFrom(t, a.at(t, "HEAD"), "moved", "f")
	a.assertFrom(t, side, "moved", "f")
}
