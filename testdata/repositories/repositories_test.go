package repositories_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumb/model"
	"plumb/testdata/repositories"
)

// run answers what git says about a repository.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "core.quotePath=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out)
}

func count(t *testing.T, dir string, args ...string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(run(t, dir, append([]string{"rev-list", "--count"}, args...)...)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func write(t *testing.T, s repositories.Shape) (string, repositories.Made) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is needed to make repositories")
	}
	dir := filepath.Join(t.TempDir(), "made.git")
	made, err := repositories.Write(t.Context(), dir, s)
	if err != nil {
		t.Fatal(err)
	}
	return dir, made
}

// Repositories that earlier runs keep are recognised by their shape alone. Where this fails because
// shapes make something else now, raise the generation and put the new hash here.
func TestAShapeAlwaysMakesTheSameHistory(t *testing.T) {
	const want = model.Hash("84b03764d0d2eaf3a3fbc388a96b4e7d01c25a4f")
	first, made := write(t, repositories.Like(1000))
	if made.Head != want {
		t.Errorf("main is at %s; want %s", made.Head, want)
	}
	second, again := write(t, repositories.Like(1000))
	if made.Head != again.Head {
		t.Errorf("main is at %s, then at %s", made.Head, again.Head)
	}
	if a, b := run(t, first, "for-each-ref"), run(t, second, "for-each-ref"); a != b {
		t.Errorf("the refs are\n%s, then\n%s", a, b)
	}
	other := repositories.Like(1000)
	other.Seed++
	if _, made := write(t, other); made.Head == again.Head {
		t.Error("another seed makes the same history")
	}
}

func TestTheRepositoryIsWhole(t *testing.T) {
	now := time.Date(2030, time.January, 2, 3, 4, 5, 0, time.UTC)
	plain := repositories.Shape{Commits: 300, Seed: 3, Now: now}
	tests := []struct {
		name  string
		shape repositories.Shape
	}{
		{"all there is", repositories.Like(3000)},
		{"more than one batch", repositories.Shape{Commits: 2100, Files: 100, Seed: 2, Requests: 0.5, Oddities: true}},
		{"without requests and bots", plain},
		{"one commit", repositories.Shape{Commits: 1, Oddities: true}},
		{"few commits", repositories.Shape{Commits: 15, Files: 1, Authors: 1, Requests: 1, Bots: 1, Oddities: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "more than one batch" {
				repositories.SetBatchSize(t, 2000)
			}
			dir, made := write(t, tt.shape)
			run(t, dir, "fsck", "--connectivity-only")
			if got := count(t, dir, "--all"); got != tt.shape.Commits || made.Commits != got {
				t.Errorf("refs reach %d commits, and %d are said to be made; want %d", got, made.Commits, tt.shape.Commits)
			}
			if got := strings.TrimSpace(run(t, dir, "rev-parse", "HEAD", "refs/heads/main")); got != string(made.Head)+"\n"+string(made.Head) {
				t.Errorf("HEAD and main are at %q; want %s", got, made.Head)
			}
			if got := strings.Count(run(t, dir, "for-each-ref"), "\n"); got != len(made.Refs) {
				t.Errorf("there are %d refs; want %d", got, len(made.Refs))
			}
			if strings.Contains(run(t, dir, "for-each-ref"), "refs/lines") {
				t.Error("the names that lines of history have while they are told are still there")
			}
			if packs, _ := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack")); len(packs) != 1 {
				t.Errorf("there are %d packs; want one", len(packs))
			}
			newest := tt.shape.Now
			if newest.IsZero() {
				newest = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
			}
			if got := run(t, dir, "log", "-1", "--format=%ct"); strings.TrimSpace(got) != strconv.FormatInt(newest.Unix(), 10) {
				t.Errorf("the newest commit is of %s; want %d", got, newest.Unix())
			}
		})
	}
	t.Run("plain histories are lines", func(t *testing.T) {
		dir, _ := write(t, plain)
		if n := count(t, dir, "--min-parents=2", "--all"); n != 0 {
			t.Errorf("there are %d merges; want none", n)
		}
		trees := strings.Fields(run(t, dir, "log", "--format=%T"))
		if n := len(slices.Compact(trees)); n != plain.Commits {
			t.Errorf("%d commits change something; want all %d", n, plain.Commits)
		}
	})
}

func TestSharesAreKept(t *testing.T) {
	dir, _ := write(t, repositories.Shape{Commits: 4000, Requests: 0.75, Bots: 0.25})
	merges, line := count(t, dir, "--merges", "--grep=^Merge pull request #", "main"), count(t, dir, "--first-parent", "main")
	if share := float64(merges) / float64(line); share < 0.65 || share > 0.85 {
		t.Errorf("%.2f of the work on main are merged requests; want about 0.75", share)
	}
	// People's requests have more commits, so that bots have a smaller share of those.
	bots, all := count(t, dir, "--no-merges", "--author=bot", "main"), count(t, dir, "--no-merges", "main")
	if share := float64(bots) / float64(all); share < 0.15 || share > 0.25 {
		t.Errorf("%.2f of the commits are by bots; want a bit less than 0.25", share)
	}
	if files := strings.Count(run(t, dir, "ls-tree", "-r", "main"), "\n"); files < 700 || files > 950 {
		t.Errorf("main has %d files; want about 800", files)
	}
}

func TestCancellingLeavesNothingBehind(t *testing.T) {
	parent := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("not needed any more")
	done := make(chan error)
	go func() {
		_, err := repositories.Write(ctx, filepath.Join(parent, "never.git"), repositories.Like(1_000_000))
		done <- err
	}()
	// It is at work when there is a pack that grows.
	for {
		if files, _ := filepath.Glob(filepath.Join(parent, "*", "objects", "pack", "tmp_pack_*")); len(files) > 0 {
			break
		}
		select {
		case err := <-done:
			t.Fatal("it ended before it was cancelled:", err)
		default:
		}
	}
	cancel(reason)
	if err := <-done; !errors.Is(err, reason) {
		t.Errorf("the error is %v; want %v", err, reason)
	}
	assertEmpty(t, parent)
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := repositories.Write(t.Context(), dir, repositories.Like(10)); err == nil {
		t.Error("a directory with a file in it was taken")
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	os.Remove(kept)
	if _, err := repositories.Write(t.Context(), dir, repositories.Like(10)); err != nil {
		t.Error("an empty directory was not taken:", err)
	}
	assertAlone(t, dir)
	for _, s := range []repositories.Shape{{}, {Commits: -1}, {Commits: 10, Requests: 2}, {Commits: 10, Bots: -1}} {
		parent := t.TempDir()
		if _, err := repositories.Write(t.Context(), filepath.Join(parent, "r"), s); err == nil {
			t.Errorf("%+v made a repository", s)
		}
		assertEmpty(t, parent)
	}
}

func TestACachedRepositoryIsMadeOnce(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	shape := repositories.Shape{Commits: 200, Requests: 0.5}
	dirs, errs := make(chan string), make(chan error)
	const askers = 3
	for range askers {
		go func() {
			dir, err := repositories.Cached(t.Context(), cache, shape)
			dirs <- dir
			errs <- err
		}()
	}
	var dir string
	for range askers {
		dir = <-dirs
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := repositories.Cached(t.Context(), cache, shape)
	if err != nil || again != dir {
		t.Errorf("it is in %s (%v); want %s", again, err, dir)
	}
	if after, err := os.Stat(dir); err != nil || !os.SameFile(before, after) {
		t.Errorf("it was made again (%v)", err)
	}
	assertAlone(t, dir)
	shape.Seed++
	if other, err := repositories.Cached(t.Context(), cache, shape); err != nil || other == dir {
		t.Errorf("another shape is in %s too (%v)", other, err)
	}
}

func assertEmpty(t *testing.T, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v are left behind (%v)", entries, err)
	}
}

func assertAlone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v are in its parent (%v); want it alone", entries, err)
	}
}
