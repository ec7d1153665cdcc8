package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// repository is what is measured on.
type repository struct {
	dir     string
	gitDir  string
	isBare  bool
	commits int      // That branches, tags and HEAD lead to.
	refs    []string // The arguments of git log for those.
	packs   int64    // The size of its packs, in bytes.
	newest  []string // Beginnings of what the newest commits say: there can be names of branches before them, too long for the row.
}

// openRepository looks at a repository.
func openRepository(ctx context.Context, dir string) (repository, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return repository{}, err
	}
	r := repository{dir: dir, refs: []string{"--branches", "--remotes", "--tags", "HEAD"}}
	common, err := r.git(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return repository{}, err
	}
	r.gitDir = common
	bare, err := r.git(ctx, "rev-parse", "--is-bare-repository")
	if err != nil {
		return repository{}, err
	}
	r.isBare = bare == "true"
	count, err := r.git(ctx, append([]string{"rev-list", "--count"}, r.refs...)...)
	if err != nil {
		return repository{}, err
	}
	if r.commits, err = strconv.Atoi(count); err != nil {
		return repository{}, err
	}
	// Of a merge, the title of what it merged may be shown instead of the subject.
	messages, err := r.git(ctx, "log", "-3", "--format=%B")
	if err != nil {
		return repository{}, err
	}
	for line := range strings.Lines(messages) {
		if line = strings.TrimSpace(line); len(line) > 8 {
			r.newest = append(r.newest, beginning(line))
		}
	}
	packs, err := filepath.Glob(filepath.Join(r.gitDir, "objects", "pack", "*.pack"))
	if err != nil {
		return repository{}, err
	}
	for _, p := range packs {
		info, err := os.Stat(p)
		if err != nil {
			return repository{}, err
		}
		r.packs += info.Size()
	}
	return r, nil
}

// beginning is as much of a line as there is room for in every list of commits.
func beginning(line string) string {
	if letters := []rune(line); len(letters) > 16 {
		line = string(letters[:16])
	}
	return strings.TrimSpace(line)
}

// showsNewest reports whether the newest commits are listed on the screen.
func (r repository) showsNewest(p picture) bool {
	return slices.ContainsFunc(p.rows, func(row string) bool {
		return slices.ContainsFunc(r.newest, func(subject string) bool { return strings.Contains(row, subject) })
	})
}

// gitCommand is git as the user's shell would start it.
func (r repository) gitCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = r.dir, environ(os.DevNull)
	return cmd
}

// git answers what a git command prints.
func (r repository) git(ctx context.Context, args ...string) (string, error) {
	return output(r.gitCommand(ctx, args...))
}

// output runs a program to its end, and answers what it prints.
func output(cmd *exec.Cmd) (string, error) {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// timed is how long a git command takes whose output nobody reads, and how much processor time.
func (r repository) timed(ctx context.Context, args ...string) (took, busy time.Duration, err error) {
	cmd := r.gitCommand(ctx, args...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, 0, fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return time.Since(start), busyTime(cmd), nil
}

// busyTime is the processor time of a program that has ended.
func busyTime(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// directories are three directories below the topmost ones: one that is changed all the time, and two that are less and less so.
func (r repository) directories(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "-c", "core.quotePath=false", "log", "-5000", "--name-only", "--no-renames", "--format=")
	if err != nil {
		return nil, err
	}
	changes := map[string]int{}
	for line := range strings.Lines(out) {
		for dir := filepath.Dir(strings.TrimSpace(line)); strings.Contains(dir, "/"); dir = filepath.Dir(dir) {
			changes[dir]++
		}
	}
	var dirs []string
	for dir := range changes {
		if !strings.Contains(dir, `"`) {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int {
		if changes[a] != changes[b] {
			return changes[b] - changes[a]
		}
		return strings.Compare(a, b)
	})
	if len(dirs) == 0 {
		return nil, nil
	}
	return slices.Compact([]string{dirs[0], dirs[len(dirs)/20], dirs[len(dirs)/4]}), nil
}

// words are some that people wrote into their messages.
func (r repository) words(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "log", "-2000", "--format=%s")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, w := range strings.FieldsFunc(out, func(c rune) bool { return !unicode.IsLetter(c) }) {
		if w = strings.ToLower(w); len(w) >= 5 && len(w) <= 12 && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	const some = 12
	var words []string
	for i := range min(some, len(all)) {
		words = append(words, all[i*len(all)/some])
	}
	return words, nil
}

// borrow makes a bare repository with the same history that may grow: it borrows the objects.
func (r repository) borrow(ctx context.Context, dir string) (repository, error) {
	grown := repository{dir: dir}
	if _, err := r.git(ctx, "init", "--quiet", "--bare", dir); err != nil {
		return repository{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "objects", "info", "alternates"), []byte(filepath.Join(r.gitDir, "objects")+"\n"), 0o644); err != nil {
		return repository{}, err
	}
	refs, err := r.git(ctx, "for-each-ref", "--format=create %(refname) %(objectname)", "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return repository{}, err
	}
	head, err := r.git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return repository{}, err
	}
	update := grown.gitCommand(ctx, "update-ref", "--stdin")
	update.Stdin = strings.NewReader(refs + "\ncreate " + growing + " " + head + "\n")
	if _, err := output(update); err != nil {
		return repository{}, err
	}
	_, err = grown.git(ctx, "symbolic-ref", "HEAD", growing)
	return grown, err
}

// growing is the branch that grows in a repository that borrows.
const growing = "refs/heads/plumb-bench"

// grow adds commits to a repository, each of which changes some of these files.
func (r repository) grow(ctx context.Context, commits, round int, files []string) error {
	cmd := r.gitCommand(ctx, "fast-import", "--quiet", "--date-format=raw")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return err
	}
	now := time.Now().Unix()
	var story bytes.Buffer
	for i := range commits {
		message := fmt.Sprintf("Raise limit %d of round %d", i, round)
		fmt.Fprintf(&story, "commit %s\ncommitter Ada <ada@example.org> %d +0000\ndata %d\n%s\n", growing, now+int64(i), len(message), message)
		if i == 0 {
			fmt.Fprintf(&story, "from %s^0\n", growing)
		}
		for j := range 1 + i%3 {
			content := fmt.Sprintf("limit: %d.%d.%d\n", round, i, j)
			fmt.Fprintf(&story, "M 100644 inline %s\ndata %d\n%s\n", files[(i*37+j*11)%len(files)], len(content), content)
		}
	}
	_, told := io.Copy(in, &story)
	if err := in.Close(); told == nil {
		told = err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git fast-import: %w: %s", err, complaint.String())
	}
	return told
}

// files are some files of HEAD.
func (r repository) files(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "HEAD")
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(strings.Split(out, "\n"), func(f string) bool { return strings.ContainsAny(f, "\"\\") })
	var files []string
	for i := range 200 {
		files = append(files, all[i*len(all)/200])
	}
	return slices.Compact(files), nil
}
