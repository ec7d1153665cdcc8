package repositories

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"plumb/model"
)

// command is git on a repository, deaf to the configuration and the variables
// of whoever runs it: they could change hashes or the pack.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
	}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") }),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_DIR="+dir, "LC_ALL=C")
	return cmd
}

// git runs a git command to its end and answers its output.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := command(ctx, dir, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, failure(ctx, args[0], err, complaint.String())
	}
	return out, nil
}

// failure is the error of a git command; that the context ended explains all others.
func failure(ctx context.Context, name string, err error, complaint string) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if complaint = strings.TrimSpace(complaint); complaint != "" {
		return fmt.Errorf("git %s: %w: %s", name, err, complaint)
	}
	return fmt.Errorf("git %s: %w", name, err)
}

// fastImport runs git fast-import on what tell writes.
func fastImport(ctx context.Context, dir string, tell func(*stream) error) error {
	// With fewer objects than the limit there would be no pack. Branches that are told in turns stay in memory.
	cmd := command(ctx, dir, "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--done",
		"--depth=50", fmt.Sprintf("--active-branches=%d", 2*manyOpen))
	// A buffer to compress in, for each object, is otherwise taken from the system and given back: a tenth of the time.
	cmd.Env = append(cmd.Env, "MALLOC_MMAP_THRESHOLD_=268435456", "MALLOC_TRIM_THRESHOLD_=268435456")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	replies, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return failure(ctx, "fast-import", err, "")
	}
	out := newStream(in, bufio.NewReader(replies))
	told := tell(out)
	// Without its input the child ends, and with it a batch that is still being written.
	told = errors.Join(told, in.Close(), out.wait())
	// When the child failed, that the story could not be told is only the consequence.
	if err := cmd.Wait(); err != nil {
		return failure(ctx, "fast-import", err, complaint.String())
	}
	return told
}

// pack brings the objects into the order in which a clone has them: commits, then trees, then the rest, newest first.
// Fast-import leaves them in the order of their making. The deltas are kept, because
// searching better ones takes longer than all else.
func pack(ctx context.Context, dir string) error {
	if _, err := git(ctx, dir, "repack", "-a", "-d", "--quiet", "--window=0", "--no-write-bitmap-index"); err != nil {
		return err
	}
	_, err := git(ctx, dir, "pack-refs", "--all")
	return err
}

func refs(ctx context.Context, dir string) (map[string]model.Hash, error) {
	out, err := git(ctx, dir, "for-each-ref", "--format=%(objectname) %(refname)")
	if err != nil {
		return nil, err
	}
	refs := map[string]model.Hash{}
	for line := range strings.Lines(string(out)) {
		hash, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		refs[name] = model.Hash(hash)
	}
	return refs, nil
}
