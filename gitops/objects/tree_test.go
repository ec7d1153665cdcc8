package objects_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// TestMain keeps the configuration of the machine out of the tests.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	m.Run()
}

// repository is an empty repository of real git, and the store of it.
func repository(t testing.TB) (string, objects.Store) {
	t.Helper()
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return dir, s
}

// names sort differently as files and as directories, and clash on purpose.
var names = []string{"a", "a.b", "a-b", "a0", "b", "B", "é", "\x01\xff", "with space"}

// file is a file of a random tree. Its content is made of its path and the
// variant, so that no two paths are alike and git sees no renames.
type file struct {
	mode    model.FileMode
	variant int
}

func (f file) content(path string) []byte {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(path)))
	lines := make([]string, 10)
	for i := range lines {
		lines[i] = fmt.Sprintf("%s%d\n", sum[5*i:5*i+5], i)
	}
	switch f.variant {
	case 0:
	case 1:
		lines[0] = sum + " first\n"
	case 2:
		lines[9] = sum + " last\n"
	case 3:
		lines[0] = sum + " otherwise\n"
	case 4:
		return []byte("\x00" + sum)
	default:
		return []byte(sum + "\x00")
	}
	return []byte(strings.Join(lines, ""))
}

func leaf(r *rand.Rand) file {
	modes := []model.FileMode{model.ModeFile, model.ModeFile, model.ModeFile, model.ModeFile, model.ModeExecutable, model.ModeSymlink}
	return file{modes[r.IntN(len(modes))], r.IntN(6)}
}

// grow is a random tree of the given depth, as a nest of maps.
func grow(r *rand.Rand, depth int) map[string]any {
	dir := map[string]any{}
	for range 1 + r.IntN(4) {
		name := names[r.IntN(len(names))]
		if depth > 0 && r.IntN(2) == 0 {
			dir[name] = grow(r, depth-1)
			continue
		}
		dir[name] = leaf(r)
	}
	return dir
}

// mutate changes some of a tree: contents, modes, and files for directories.
func mutate(r *rand.Rand, dir map[string]any, depth int) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(dir)) {
		inner, isDir := dir[name].(map[string]any)
		switch n := r.IntN(14); {
		case n == 0:
		case n == 1 && depth > 0:
			out[name] = grow(r, depth-1)
		case n == 2:
			out[name] = leaf(r)
		case isDir:
			out[name] = mutate(r, inner, depth-1)
		case n < 6:
			f := dir[name].(file)
			f.variant = r.IntN(6)
			out[name] = f
		default:
			out[name] = dir[name]
		}
	}
	if r.IntN(4) == 0 {
		out[names[r.IntN(len(names))]] = leaf(r)
	}
	return out
}

// plant writes a tree; empty directories are left out, as in git.
func plant(t *testing.T, s objects.Store, dir map[string]any, path string) model.Hash {
	t.Helper()
	var entries []objects.TreeEntry
	for name, v := range dir {
		e := objects.TreeEntry{Name: name, Mode: model.ModeTree}
		if f, ok := v.(file); ok {
			e.Mode, e.Hash = f.mode, blob(t, s, string(f.content(path+name)))
		} else if e.Hash = plant(t, s, v.(map[string]any), path+name+"/"); e.Hash == objects.EmptyTree {
			continue
		}
		entries = append(entries, e)
	}
	id, err := s.WriteTree(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func blob(t *testing.T, s objects.Store, text string) model.Hash {
	t.Helper()
	id, err := s.WriteBlob(t.Context(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// diff collects DiffTrees in the words of git diff-tree.
func diff(t *testing.T, s objects.Store, a, b model.Hash, paths ...string) []string {
	t.Helper()
	lines := []string{}
	for c, err := range objects.DiffTrees(t.Context(), s, a, b, paths...) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf(":%06o %06o %s %s %s", c.OldMode, c.NewMode, orZeros(c.OldHash), orZeros(c.NewHash), c.Path))
	}
	return lines
}

func orZeros(h model.Hash) model.Hash {
	if h == "" {
		return model.Hash(strings.Repeat("0", 40))
	}
	return h
}

func gitDiff(t *testing.T, dir string, a, b model.Hash, paths ...string) []string {
	t.Helper()
	args := append([]string{"--literal-pathspecs", "diff-tree", "-r", "-z", string(a), string(b), "--"}, paths...)
	lines := []string{}
	fields := strings.Split(strings.TrimSuffix(objectstest.Git(t, dir, args...), "\x00"), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		lines = append(lines, fields[i][:strings.LastIndexByte(fields[i], ' ')]+" "+fields[i+1])
	}
	return lines
}

func TestDifferencesAreThoseOfGit(t *testing.T) {
	dir, s := repository(t)
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		before := grow(r, 4)
		a, b := plant(t, s, before, ""), plant(t, s, mutate(r, before, 4), "")
		for _, paths := range [][]string{nil, {"a"}, {"a/b", "B"}, {"a/a.b/"}} {
			if d := cmp.Diff(gitDiff(t, dir, a, b, withoutSlash(paths)...), diff(t, s, a, b, paths...)); d != "" {
				t.Fatalf("seed %d, paths %q (-git +ours):\n%s", seed, paths, d)
			}
		}
		if d := cmp.Diff(gitDiff(t, dir, objects.EmptyTree, b), diff(t, s, "", b)); d != "" {
			t.Fatalf("seed %d, from nothing (-git +ours):\n%s", seed, d)
		}
		if d := cmp.Diff(gitDiff(t, dir, b, objects.EmptyTree), diff(t, s, b, "")); d != "" {
			t.Fatalf("seed %d, to nothing (-git +ours):\n%s", seed, d)
		}
	}
}

// counting counts the trees that are read.
type counting struct {
	objects.Store
	trees int
}

func (c *counting) Tree(ctx context.Context, id model.Hash) ([]objects.TreeEntry, error) {
	c.trees++
	return c.Store.Tree(ctx, id)
}

func TestWhatIsEqualIsNotRead(t *testing.T) {
	s := &counting{Store: gogit.NewMemory()}
	var edits []model.Edit
	for i := range 100 {
		edits = append(edits, model.Edit{Path: fmt.Sprintf("d%d/e/f", i), Data: []byte("x")})
	}
	a, err := objects.EditTree(t.Context(), s, "", edits)
	if err != nil {
		t.Fatal(err)
	}
	b, err := objects.EditTree(t.Context(), s, a, []model.Edit{{Path: "d7/e/f", Data: []byte("y")}})
	if err != nil {
		t.Fatal(err)
	}
	s.trees = 0
	if got := diff(t, s, a, b); len(got) != 1 || s.trees != 6 {
		t.Errorf("%d trees were read for %q; want 6", s.trees, got)
	}
}

func TestADifferenceCanBeLeftInTheMiddle(t *testing.T) {
	s := gogit.NewMemory()
	id, err := objects.EditTree(t.Context(), s, "", []model.Edit{{Path: "a/x"}, {Path: "b/y"}, {Path: "c"}})
	if err != nil {
		t.Fatal(err)
	}
	for c, err := range objects.DiffTrees(t.Context(), s, "", id) {
		if err != nil || c.Path != "a/x" {
			t.Fatalf("first comes %q: %v", c.Path, err)
		}
		break
	}
}

func TestATreeThatIsMissingEndsTheDifference(t *testing.T) {
	s := gogit.NewMemory()
	const nowhere model.Hash = "0123456789abcdef0123456789abcdef01234567"
	id, err := s.WriteTree(t.Context(), []objects.TreeEntry{{Name: "d", Mode: model.ModeTree, Hash: nowhere}, {Name: "z", Mode: model.ModeFile, Hash: nowhere}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range objects.DiffTrees(t.Context(), s, "", id) {
		n++
		var gone *objects.MissingError
		if !errors.As(err, &gone) || gone.ID != nowhere || !strings.Contains(err.Error(), "directory d") {
			t.Errorf("the error is %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d answers came; want the error alone", n)
	}
}

// withoutSlash takes the slash off that would make git look for directories only.
func withoutSlash(paths []string) []string {
	var out []string
	for _, p := range paths {
		out = append(out, strings.TrimSuffix(p, "/"))
	}
	return out
}
