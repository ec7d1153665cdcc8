package index_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// files are the files of a cache with their contents.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

// segments are the sizes of the files of a cache that hold commits.
func segments(t testing.TB, dir string) (sizes []int) {
	for name, data := range files(t, dir) {
		if strings.HasSuffix(name, ".segment") {
			sizes = append(sizes, len(data))
		}
	}
	return sizes
}

func TestTheNextStartHasAllThatWasSaved(t *testing.T) {
	for _, dir := range []string{team(t, 700), random(t, 11, 80)} {
		s := open(t, dir)
		cacheDir := filepath.Join(t.TempDir(), "not", "there", "yet")
		want := update(t, newIndex(t, s, cacheDir), s)
		before := files(t, cacheDir)
		got := update(t, newIndex(t, s, cacheDir), s)
		assertSame(t, want, got)
		assertLikeGit(t, got, dir)
		for name, data := range files(t, cacheDir) {
			if before[name] != data {
				t.Errorf("%s was written although there was nothing new", name)
			}
		}
		if info, err := os.Stat(cacheDir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the directory is %v (%v); want one that only the user can enter", info.Mode(), err)
		}
		for _, words := range []string{"merge", "Merge", "the next release", "CPU", "größe", "\x1b[31m"} {
			for _, fold := range []bool{false, true} {
				if a, b := want.Saying(words, fold).Len(), got.Saying(words, fold).Len(); a != b {
					t.Errorf("%d commits say %q; want %d", b, words, a)
				}
			}
		}
	}
}

func TestFewCommitsAreSavedInASmallFile(t *testing.T) {
	dir := team(t, 2000)
	s := open(t, dir)
	cacheDir := t.TempDir()
	x := newIndex(t, s, cacheDir)
	update(t, x, s)
	whole := segments(t, cacheDir)[0]
	grow(t, dir, "grown", 0, 100)
	update(t, x, s)
	total := 0
	for _, size := range segments(t, cacheDir) {
		total += size
	}
	if total-whole > whole/10 {
		t.Errorf("100 commits take %d bytes, 2000 took %d", total-whole, whole)
	}
	assertSame(t, fresh(t, dir), update(t, newIndex(t, s, cacheDir), s))
	for i := 1; i < 20; i++ {
		grow(t, dir, "grown", i, 7)
		if i%5 == 0 {
			x = newIndex(t, s, cacheDir)
		}
		update(t, x, s)
		if n := len(segments(t, cacheDir)); n > 8 {
			t.Fatalf("there are %d files after %d updates", n, i)
		}
	}
	got := update(t, newIndex(t, s, cacheDir), s)
	assertSame(t, fresh(t, dir), got)
	assertLikeGit(t, got, dir)
}

func TestADamagedCacheIsBuiltAnew(t *testing.T) {
	dir := random(t, 12, 30)
	s := open(t, dir)
	cacheDir := t.TempDir()
	x := newIndex(t, s, cacheDir)
	update(t, x, s)
	grow(t, dir, "grown", 0, 3)
	want := update(t, x, s)
	saved := files(t, cacheDir)
	try := func(name, harmed, data string) {
		t.Helper()
		for file, data := range saved {
			write(t, cacheDir, file, data)
		}
		if harmed == "" {
			os.Remove(filepath.Join(cacheDir, name))
		} else {
			write(t, cacheDir, name, data)
		}
		for range 2 {
			got := update(t, newIndex(t, s, cacheDir), s)
			if got.Len() != want.Len() || got.Problem != nil {
				t.Errorf("%s %s: there are %d commits; want %d (%v)", name, harmed, got.Len(), want.Len(), got.Problem)
			}
			assertSame(t, want, got)
		}
	}
	for name, data := range saved {
		if data == "" {
			continue
		}
		try(name, "", "")
		try(name, "emptied", "")
		try(name, "twice", data+data)
		try(name, "of zeros", strings.Repeat("\x00", len(data)))
		for _, part := range []int{1, 2, 3, 7, 40} {
			cut := len(data) - len(data)/part
			try(name, fmt.Sprint("cut to ", cut), data[:cut])
			flipped := []byte(data)
			flipped[cut] ^= 0x10
			try(name, fmt.Sprint("flipped at ", cut), string(flipped))
		}
	}
}

func TestAManifestLeadsNowhereElse(t *testing.T) {
	dir := random(t, 13, 20)
	s := open(t, dir)
	cacheDir := t.TempDir()
	want := update(t, newIndex(t, s, cacheDir), s)
	saved := files(t, cacheDir)
	var segment string
	for name := range saved {
		if strings.HasSuffix(name, ".segment") {
			segment = name
		}
	}
	outside := filepath.Join(t.TempDir(), "outside.segment")
	write(t, filepath.Dir(outside), "outside.segment", saved[segment])
	for _, change := range []map[string]any{
		{"name": "../" + segment}, {"name": outside}, {"name": ""}, {"name": ".segment"}, {"name": "no.segment"}, {"name": strings.Repeat("a", 1000) + ".segment"},
		{"commits": 1 << 40}, {"commits": -1}, {"commits": 0}, {"people": -1}, {"people": 1 << 40}, {"size": -1}, {"size": 0}, {"size": 1 << 60}, {"size": 1.5},
	} {
		var m map[string]any
		if err := json.Unmarshal([]byte(saved["manifest.json"]), &m); err != nil {
			t.Fatal(err)
		}
		link := m["segments"].([]any)[0].(map[string]any)
		maps.Copy(link, change)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		write(t, cacheDir, "manifest.json", string(data))
		write(t, cacheDir, segment, saved[segment])
		assertSame(t, want, update(t, newIndex(t, s, cacheDir), s))
		assertSame(t, want, update(t, newIndex(t, s, cacheDir), s))
	}
	if got := files(t, filepath.Dir(outside)); got["outside.segment"] != saved[segment] {
		t.Error("a file outside of the cache was touched")
	}
}

func TestAnotherRepositoryAtTheSamePlaceHasItsOwnHistory(t *testing.T) {
	place := filepath.Join(t.TempDir(), "repository")
	cacheDir := t.TempDir()
	for seed := range uint64(3) {
		dir := random(t, 20+seed, 30)
		if err := os.RemoveAll(place); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir, place); err != nil {
			t.Fatal(err)
		}
		s := open(t, place)
		assertLikeGit(t, update(t, newIndex(t, s, cacheDir), s), place)
		assertLikeGit(t, update(t, newIndex(t, s, cacheDir), s), place)
	}
}

func TestWithoutAPlaceToWriteAllWorksAndTheProblemSaysWhy(t *testing.T) {
	dir := random(t, 14, 20)
	s := open(t, dir)
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), "file", "")
	for name, cacheDir := range map[string]string{"a file": file, "below a file": filepath.Join(file, "cache"), "a device": os.DevNull} {
		t.Run(name, func(t *testing.T) {
			x := newIndex(t, s, cacheDir)
			snapshot := update(t, x, s)
			assertLikeGit(t, snapshot, dir)
			if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), cacheDir) {
				t.Errorf("the problem is %v; want one that names %s", p, cacheDir)
			}
		})
	}
	// As soon as there is a place it is used.
	x := newIndex(t, s, file)
	update(t, x, s)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if p := update(t, x, s).Problem; p != nil {
		t.Errorf("there is still a problem: %v", p)
	}
	if n := len(segments(t, file)); n != 1 {
		t.Errorf("%d files were written", n)
	}
}

func TestSeveralIndexesShareACache(t *testing.T) {
	dir := team(t, 400)
	s := open(t, dir)
	cacheDir := t.TempDir()
	for round := range 4 {
		heads := tips(t, s)
		var group sync.WaitGroup
		for range 4 {
			x := newIndex(t, s, cacheDir)
			group.Go(func() {
				for range 2 {
					if err := x.Update(t.Context(), heads); err != nil || x.Snapshot().Problem != nil {
						t.Errorf("update: %v, problem: %v", err, x.Snapshot().Problem)
					}
				}
			})
		}
		group.Wait()
		assertSame(t, fresh(t, dir), update(t, newIndex(t, s, cacheDir), s))
		grow(t, dir, "grown", round, 20)
	}
}

// The variable that makes the test's program a plumb that indexes the repository of a directory, and the cache to keep it in.
const (
	otherRepository = "INDEX_TEST_REPOSITORY"
	otherCache      = "INDEX_TEST_CACHE"
)

func TestMain(m *testing.M) {
	if os.Getenv(otherRepository) == "" {
		os.Exit(m.Run())
	}
	if err := other(os.Getenv(otherRepository), os.Getenv(otherCache)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// other is what another plumb does: it indexes a repository and says how many commits there are.
func other(dir, cacheDir string) error {
	ctx := context.Background()
	s, err := gitcli.Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	refs, err := s.Refs(ctx, "refs/")
	if err != nil {
		return err
	}
	var tips []model.Hash
	for _, r := range refs {
		tips = append(tips, r.Hash)
	}
	x := index.Open(s, cacheDir)
	defer x.Close()
	if err := x.Update(ctx, tips); err != nil {
		return err
	}
	if p := x.Snapshot().Problem; p != nil {
		return p
	}
	fmt.Println(x.Snapshot().Len())
	return nil
}

func TestSeveralProcessesShareACache(t *testing.T) {
	dir := team(t, 300)
	s := open(t, dir)
	cacheDir := t.TempDir()
	want := objectstest.Git(t, dir, "rev-list", "--all", "--count")
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for range 3 {
				cmd := exec.CommandContext(t.Context(), os.Args[0])
				cmd.Env = append(os.Environ(), otherRepository+"="+dir, otherCache+"="+cacheDir)
				out, err := cmd.CombinedOutput()
				if got := string(bytes.TrimSpace(out)); err != nil || got != want {
					t.Errorf("another process says %q (%v); want %s", got, err, want)
				}
			}
		})
	}
	group.Wait()
	assertSame(t, fresh(t, dir), update(t, newIndex(t, s, cacheDir), s))
	if n := len(files(t, cacheDir)); n != 3 {
		t.Errorf("the cache has %d files; want a manifest, a lock and one segment", n)
	}
}
