// Package repositories makes git repositories that look like those of infrastructure teams, of any number of
// commits, for benchmarks and for tests that compare answers with git's own.
//
// What is made depends on nothing but the [Shape]: the same shape has the same hashes on every machine and day.
// The history is told to git fast-import while it is invented, so that a million commits need little memory here.
//
// On two cores, 10,000 commits take seconds and 9 MB, 100,000 take half a minute and 110 MB, and a million take some
// minutes, 1.1 GB, and 3 GB of memory for git.
package repositories

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumb/model"
)

// generation counts the ways in which shapes became histories. Whoever changes
// what any shape makes raises it, so that repositories of the old way are not reused.
const generation = 1

// Shape says what a repository is like.
type Shape struct {
	Commits  int     // All that its refs reach; at least 1.
	Seed     uint64  // Two seeds tell two histories of the same kind.
	Files    int     // About how many files main has at its end. 0 takes what is usual for as many commits.
	Authors  int     // People, without bots. 0 takes what is usual for as many commits.
	Requests float64 // Share of the work that comes as merged pull requests, 0 to 1.
	Bots     float64 // Share of the work that bots do, 0 to 1.

	// Oddities puts in all that real histories have and naive readers trip over: renames, octopus and criss-cross
	// merges, merges with changes of their own, empty commits, equal and skewed times, several roots, odd names,
	// files that become directories. There are some of each in a thousand commits, and few in a million.
	Oddities bool

	Now time.Time // When the newest commit was made. Zero takes a fixed day.
}

// Like is the shape of a repository that a company's teams and bots work on
// with pull requests, oddities and all, at a number of commits.
func Like(commits int) Shape {
	return Shape{Commits: commits, Seed: 1, Requests: 0.75, Bots: 0.2, Oddities: true}
}

// complete puts what is usual in place of what the shape leaves open.
func (s Shape) complete() (Shape, error) {
	if s.Commits < 1 {
		return s, fmt.Errorf("a repository of %d commits cannot be made", s.Commits)
	}
	if s.Requests < 0 || s.Requests > 1 || s.Bots < 0 || s.Bots > 1 {
		return s, errors.New("the shares of requests and of bots lie between 0 and 1")
	}
	if s.Files <= 0 {
		s.Files = min(max(s.Commits/5, 100), 20_000)
	}
	if s.Authors <= 0 {
		s.Authors = min(max(s.Commits/60, 8), 1400)
	}
	if s.Now.IsZero() {
		s.Now = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	}
	return s, nil
}

// Made is what there is in a repository that was made.
type Made struct {
	Head    model.Hash
	Refs    map[string]model.Hash // By full name; an annotated tag's is that of the tag.
	Commits int
}

// Write makes a bare repository in dir, which must not exist or be empty; the one above it exists. Its
// objects are in one pack and its HEAD is main. It needs git. After an error,
// and when the context ends, nothing is left in dir or beside it.
func Write(ctx context.Context, dir string, s Shape) (Made, error) {
	s, err := s.complete()
	if err != nil {
		return Made{}, err
	}
	made, err := write(ctx, dir, s)
	if err != nil {
		return Made{}, fmt.Errorf("make a repository of %d commits in %s: %w", s.Commits, dir, err)
	}
	return made, nil
}

func write(ctx context.Context, dir string, s Shape) (made Made, err error) {
	// Git runs in the directory, where a relative path would lead elsewhere.
	if dir, err = filepath.Abs(dir); err != nil {
		return Made{}, err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".making-*")
	if err != nil {
		return Made{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temporary))
		}
	}()
	// Others may read what a benchmark keeps; MkdirTemp lets nobody.
	if err := os.Chmod(temporary, 0o755); err != nil {
		return Made{}, err
	}
	if made, err = fill(ctx, temporary, s); err != nil {
		return Made{}, err
	}
	// This fails where something is in it, which is then kept.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Made{}, err
	}
	return made, os.Rename(temporary, dir)
}

// fill makes the repository in a directory that exists and is empty.
func fill(ctx context.Context, dir string, s Shape) (Made, error) {
	if _, err := git(ctx, dir, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "."); err != nil {
		return Made{}, err
	}
	var count int
	err := fastImport(ctx, dir, func(out *stream) (err error) {
		count, err = newStory(s, out).tell(ctx)
		return err
	})
	if err != nil {
		return Made{}, err
	}
	if err := pack(ctx, dir); err != nil {
		return Made{}, err
	}
	refs, err := refs(ctx, dir)
	if err != nil {
		return Made{}, err
	}
	return Made{Head: refs["refs/heads/main"], Refs: refs, Commits: count}, nil
}

// Cached is the directory of a repository of this shape below cacheDir. It is made if nobody did so before.
// Several processes may ask at the same time: each gets a whole one, and one is kept.
func Cached(ctx context.Context, cacheDir string, s Shape) (dir string, err error) {
	s, err = s.complete()
	if err != nil {
		return "", err
	}
	s.Now = s.Now.UTC()
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", generation, s))
	dir = filepath.Join(cacheDir, fmt.Sprintf("%d-%s.git", s.Commits, hex.EncodeToString(sum[:8])))
	if isThere(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", err
	}
	if _, err := Write(ctx, dir, s); err != nil && !isThere(dir) {
		return "", err
	}
	return dir, nil
}

// isThere reports whether a repository was made in dir. It gets its name only when it is whole.
func isThere(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "HEAD"))
	return err == nil
}
