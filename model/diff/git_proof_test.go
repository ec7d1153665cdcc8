package diff

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// realRepository names the environment variable with a repository to prove and to measure differences on. It is only
// read, and nothing is fetched for it: versions that a partial clone lacks are left out.
const realRepository = "PLUMB_DIFF_REPOSITORY"

// What the difference of versions promises, measured against git's.
const (
	mostExcess   = 0.05 // How much more lines all scripts together may have than those of git diff --minimal.
	leastAgreed  = 0.90 // The share of git's hunks that begin where plumb's do.
	realCommits  = 1000
	searchedBack = 20_000 // Commits that are looked at for large changes.
)

// versions are two versions of one file; a side that is nil does not exist.
type versions struct{ old, new []byte }

// proof holds pairs of versions as the files of two trees in a repository of its own, so that one git process
// answers for all of them.
type proof struct {
	dir   string
	pairs []versions
}

func newProof(t *testing.T, pairs []versions) proof {
	t.Helper()
	p := proof{dir: t.TempDir(), pairs: pairs}
	p.git(t, nil, "init", "-q", "--bare")
	var in bytes.Buffer
	for _, tree := range []string{"old", "new"} {
		fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter a <a@example.org> 1 +0000\ndata 0\n", tree)
		for i, v := range pairs {
			data := v.old
			if tree == "new" {
				data = v.new
			}
			if data != nil {
				fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n", proofPath(i), len(data))
				in.Write(data)
				in.WriteByte('\n')
			}
		}
	}
	p.git(t, in.Bytes(), "fast-import", "--quiet")
	return p
}

func proofPath(i int) string { return fmt.Sprintf("%03d/%d", i/1000, i) }

func proofNumber(t *testing.T, path string) int {
	t.Helper()
	n, err := strconv.Atoi(filepath.Base(path))
	if err != nil {
		t.Fatalf("path %q: %v", path, err)
	}
	return n
}

func (p proof) git(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	out, err := gitWithInput(t, p.dir, bytes.NewReader(stdin), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gitWithInput(t testing.TB, dir string, stdin io.Reader, args ...string) ([]byte, error) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "GIT_NO_LAZY_FETCH=1")
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, stderr.String())
	}
	return out, nil
}

// check proves everything that a difference promises on the pairs, and answers the figures.
func (p proof) check(t *testing.T) {
	t.Helper()
	blocks := make([][]Block, len(p.pairs))
	for i, v := range p.pairs {
		if v.old == nil || v.new == nil {
			continue
		}
		var simplified bool
		if blocks[i], simplified = compareLines(splitLines(v.old), splitLines(v.new), false, 0); simplified {
			t.Logf("%s is simplified", proofPath(i))
		}
	}
	p.checkSize(t, blocks)
	p.checkHunks(t, blocks)
	p.checkPatches(t)
}

// checkSize compares the sizes of the edit scripts with the smallest that git finds.
func (p proof) checkSize(t *testing.T, blocks [][]Block) {
	t.Helper()
	smallest := p.sizes(t, "--minimal")
	ours, least := 0, 0
	var excess []float64
	fewer, same := 0, 0
	worst, worstExcess := -1, 0
	for i, v := range p.pairs {
		if v.old == nil || v.new == nil {
			continue
		}
		n := sizeOfScript(blocks[i])
		ours, least = ours+n, least+smallest[i]
		excess = append(excess, float64(n)/float64(max(smallest[i], 1))-1)
		switch {
		case n < smallest[i]:
			fewer++
		case n == smallest[i]:
			same++
		}
		if n-smallest[i] > worstExcess {
			worst, worstExcess = i, n-smallest[i]
		}
	}
	slices.Sort(excess)
	at := func(share float64) float64 { return 100 * excess[int(share*float64(len(excess)-1))] }
	t.Logf("%d files: %d lines against %d of git diff --minimal (%+.2f %%); files with as many %d, fewer %d, more %d; excess at p50 %.1f, p90 %.1f, p99 %.1f, most %.1f %%",
		len(excess), ours, least, 100*(float64(ours)/float64(least)-1), same, fewer, len(excess)-same-fewer, at(0.5), at(0.9), at(0.99), at(1))
	if worst >= 0 {
		t.Logf("the largest excess is %d lines in %s", worstExcess, proofPath(worst))
	}
	if float64(ours) > float64(least)*(1+mostExcess) {
		t.Errorf("the edit scripts are %.1f %% longer than the shortest", 100*(float64(ours)/float64(least)-1))
	}
}

// sizes answers the added and removed lines of each pair as git counts them.
func (p proof) sizes(t *testing.T, options ...string) []int {
	t.Helper()
	n := make([]int, len(p.pairs))
	args := append([]string{"diff-tree", "-r", "-z", "--no-renames", "--numstat"}, options...)
	for entry := range bytes.SplitSeq(p.git(t, nil, append(args, "old", "new")...), []byte{0}) {
		fields := strings.Split(string(entry), "\t")
		if len(fields) != 3 {
			continue
		}
		added, errAdded := strconv.Atoi(fields[0])
		removed, errRemoved := strconv.Atoi(fields[1])
		if errAdded != nil || errRemoved != nil {
			t.Fatalf("git counts %q", entry)
		}
		n[proofNumber(t, fields[2])] = added + removed
	}
	return n
}

// checkHunks compares where hunks begin.
func (p proof) checkHunks(t *testing.T, blocks [][]Block) {
	t.Helper()
	best := 0.0
	for _, algorithm := range []string{"myers", "histogram"} {
		theirs := p.starts(t, "--diff-algorithm="+algorithm, "--indent-heuristic")
		agreed, all, ours := 0, 0, 0
		for i, list := range blocks {
			ours += len(list)
			all += len(theirs[i])
			for _, at := range list {
				if theirs[i][[2]int{at.OldLo, at.NewLo}] {
					agreed++
				}
			}
		}
		share := float64(agreed) / float64(max(all, ours))
		t.Logf("%s: %d hunks against %d of git's, %d begin at the same lines (%.2f %%)", algorithm, ours, all, agreed, 100*share)
		best = max(best, share)
	}
	if best < leastAgreed {
		t.Errorf("%.1f %% of the hunks begin where git's do", 100*best)
	}
}

// starts answers the lines before which each hunk of git's begins, in old and in new, counted from 0.
func (p proof) starts(t *testing.T, options ...string) []map[[2]int]bool {
	t.Helper()
	starts := make([]map[[2]int]bool, len(p.pairs))
	args := append([]string{"diff-tree", "-r", "-p", "-U0", "--no-renames", "--diff-filter=M", "--no-color"}, options...)
	lines := bufio.NewScanner(bytes.NewReader(p.git(t, nil, append(args, "old", "new")...)))
	lines.Buffer(nil, 1<<30)
	file, removed, added := -1, 0, 0
	for lines.Scan() {
		line := lines.Text()
		switch {
		case removed+added > 0:
			switch line[0] {
			case '-':
				removed--
			case '+':
				added--
			}
		case strings.HasPrefix(line, "diff --git "):
			file = proofNumber(t, line[strings.LastIndexByte(line, ' ')+1:])
			starts[file] = map[[2]int]bool{}
		case strings.HasPrefix(line, "@@ "):
			fields := strings.Fields(line)
			var from [2]int
			from[0], removed = rangeOf(t, fields[1])
			from[1], added = rangeOf(t, fields[2])
			starts[file][from] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return starts
}

// rangeOf reads a side of a hunk's head, "-12,3" or "+4": the line before which it begins, from 0, and its length.
func rangeOf(t *testing.T, side string) (from, length int) {
	t.Helper()
	start, count, found := strings.Cut(side[1:], ",")
	from, err := strconv.Atoi(start)
	length = 1
	if found && err == nil {
		length, err = strconv.Atoi(count)
	}
	if err != nil {
		t.Fatalf("hunk head %q: %v", side, err)
	}
	if length > 0 {
		from--
	}
	return from, length
}

// checkPatches has git apply all patches to the old tree: the result must be the new tree, which git names by its contents.
func (p proof) checkPatches(t *testing.T) {
	t.Helper()
	for _, context := range []int{0, 3} {
		var all bytes.Buffer
		for i, v := range p.pairs {
			path := proofPath(i)
			all.Write(Patch{OldPath: path, NewPath: path, Old: v.old, New: v.new, Context: context}.Bytes())
		}
		p.git(t, nil, "read-tree", "old")
		args := []string{"apply", "--cached", "--whitespace=nowarn"}
		if context == 0 {
			args = append(args, "--unidiff-zero")
		}
		p.git(t, all.Bytes(), args...)
		got, want := p.git(t, nil, "write-tree"), p.git(t, nil, "rev-parse", "new^{tree}")
		if !bytes.Equal(got, want) {
			t.Errorf("context %d: the patched files are not the new ones:\n%s", context,
				p.git(t, nil, "diff-tree", "-r", "--raw", string(bytes.TrimSpace(got)), "new"))
		}
	}
}

func TestProofOnARealRepository(t *testing.T) {
	dir := os.Getenv(realRepository)
	if dir == "" {
		t.Skipf("set %s to a repository to prove differences on it", realRepository)
	}
	out, err := gitWithInput(t, dir, nil, "log", "--no-merges", "--no-renames", "--diff-filter=AMD", "--raw", "--abbrev=64", "--format=format:commit",
		"-n", fmt.Sprint(searchedBack))
	if err != nil {
		t.Fatal(err)
	}
	contents := newContents(t, dir)
	tests := []struct {
		name   string
		wanted func(v versions) bool
	}{
		{"newest", func(v versions) bool { return true }},
		// Most commits of such repositories change the number of a version, which says little.
		{"large", func(v versions) bool {
			return v.old != nil && v.new != nil && sizeOfScript(changesOf(v)) >= 10
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			commits, lacking := 0, 0
			var pairs []versions
			for commit := range strings.SplitSeq(string(out), "commit\n") {
				if commits == realCommits {
					break
				}
				changed := false
				for line := range strings.Lines(commit) {
					v, text, missing := contents.versions(t, line)
					if missing {
						lacking++
					}
					if text && tt.wanted(v) {
						changed = changed || v.old != nil && v.new != nil
						pairs = append(pairs, v)
					}
				}
				if changed {
					commits++
				}
			}
			t.Logf("%d commits, %d files; %d more are not in this clone", commits, len(pairs), lacking)
			newProof(t, pairs).check(t)
		})
	}
}

func changesOf(v versions) []Block {
	blocks, _ := compareLines(splitLines(v.old), splitLines(v.new), false, 0)
	return blocks
}

// contents reads files out of a repository through one git process.
type contents struct {
	ids io.Writer
	out *bufio.Reader
}

func newContents(t *testing.T, dir string) contents {
	t.Helper()
	cmd := exec.Command("git", "cat-file", "--batch")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1")
	ids, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ids.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("git cat-file: %v", err)
		}
	})
	return contents{ids, bufio.NewReaderSize(out, 1<<20)}
}

// versions reads both sides of a line of git log --raw, ":100644 100644 <id> <id> M\tpath". It reports whether it is about
// a plain file that holds text, and whether the repository lacks one of them.
func (c contents) versions(t *testing.T, line string) (v versions, text, missing bool) {
	t.Helper()
	fields := strings.Fields(line)
	if len(fields) < 5 || fields[0][0] != ':' {
		return v, false, false
	}
	for side, mode := range []string{fields[0][1:], fields[1]} {
		if mode == "000000" {
			continue
		}
		if mode != "100644" && mode != "100755" {
			return v, false, false
		}
		data, ok := c.read(t, fields[2+side])
		if !ok {
			return v, false, true
		}
		if isBinary(data) {
			return v, false, false
		}
		if side == 0 {
			v.old = data
		} else {
			v.new = data
		}
	}
	return v, !bytes.Equal(v.old, v.new) || (v.old == nil) != (v.new == nil), false
}

func (c contents) read(t *testing.T, id string) (data []byte, ok bool) {
	t.Helper()
	if _, err := fmt.Fprintln(c.ids, id); err != nil {
		t.Fatal(err)
	}
	head, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[1] != "blob" {
		return nil, false
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		t.Fatal(err)
	}
	data = make([]byte, size+1)
	if _, err := io.ReadFull(c.out, data); err != nil {
		t.Fatal(err)
	}
	return data[:size:size], true
}

func TestProofOnGeneratedHistories(t *testing.T) {
	for _, kind := range []string{"yaml", "hcl", "ini"} {
		t.Run(kind, func(t *testing.T) {
			random := rand.New(rand.NewPCG(11, uint64(len(kind))))
			var pairs []versions
			for range 40 {
				f := newManifest(random, kind)
				last := f.bytes()
				for range 8 {
					f.change()
					next := f.bytes()
					if !bytes.Equal(last, next) {
						pairs = append(pairs, versions{last, next})
					}
					last = next
				}
			}
			newProof(t, pairs).check(t)
		})
	}
}
