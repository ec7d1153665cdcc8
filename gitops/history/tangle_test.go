package history_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects/objectstest"
)

// tangle says what a small history is like that has more of everything that is difficult than any real one.
type tangle struct {
	seed    uint64
	commits int
	clock   clock
	linear  bool   // One root, no merges.
	format  string // Of ids; empty for git's default.
}

// clock says how the committers' clocks went.
type clock int

const (
	right   clock = iota // Never back, but often several commits in a second.
	skewed               // Some are hours or years off.
	stopped              // All commits are of one second.
)

// node is a commit of a tangle.
type node struct {
	parents []int
	files   map[string]string
	when    int64
}

var (
	tangledPaths = []string{
		"README.md", "Makefile", "live/prod/web/main.tf", "live/prod/web/vars.tf", "live/prod/db/main.tf", "live/stage/web/main.tf", "live/stage/db/main.tf",
		"hosts/web-1/etc/motd", "hosts/web-1/etc/nginx/nginx.conf", "hosts/web-2/etc/motd", "hosts/web-10/etc/motd", "charts/a/values.yaml", "charts/a/templates/x.yaml",
		"charts/b/values.yaml", "docs/über sicht.md", "docs/[a]b.md", `docs/"quoted".md`, "docs/*.md", "a", "b", "c/d/e/f/g/h", "x.yaml", "x/y.yaml",
	}
	tangledPeople = []string{
		"Ann Lee <ann@example.org>", "Bob <bob@example.org>", "Anna-Lena <lena@example.com>", "renovate[bot] <29139614+renovate[bot]@users.example.org>", "ANN LEE <Ann@Work.example>",
	}
	tangledMessages = []string{
		"Raise worker connections\n", "Merge pull request #%d from infra/fix\n\nRotate the TLS keys\n", "fix(web): drop the old header (#%d)\n", "no line end",
		"\n\nblank lines first\n\nBody of it\n", "Subject\nthat runs on\n\nfix: of the body\n", "Update nginx to 1.27\n\nSee OPS-%d: it matters\n",
		"Add load balancer\n\nWhy not.\n\nRefs: OPS-%d\nReviewed-by: Ann Lee <ann@example.org>\n", "Signed\n\nSigned-off-by: Bob <bob@example.org>\nthis line is prose\nand this\n",
		"Prose\n\nNote: this is prose\nbecause of this line\n", "Folded\n\nReviewed-by: Ann\n  and also Bob\nRefs: OPS-%d\n", "Only a subject: with colon\n",
		"Conflicts\n\nReviewed-by: Bob\n\nConflicts:\n\ta/b\n\tc/d\n", "Comment\n\nReviewed-by: Carol\n# Conflicts:\n#\ta\n", "Title\nRefs: not a trailer\n", "Blank at end\n\nRefs: yes \n\n\n",
		"Picked\n\n(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)\nRefs: OPS-%d\nprose\nprose\nprose\n", "Spaces\n\nReviewed-by : Dora\n", "CR\r\n\r\nRefs: cr\r\n", "",
		"Größe der Datenbank\n\nÄnderung: Größe\n",
	}
)

// write makes the repository, whose every commit a branch leads to, and HEAD to the last one.
func (c tangle) write(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	args := []string{"init", "-q", "--bare", "-b", "main", "."}
	idLength := 40
	if c.format == "sha256" {
		idLength = 64
	}
	if c.format != "" {
		args = slices.Insert(args, 1, "--object-format="+c.format)
	}
	objectstest.Git(t, dir, args...)
	random := rand.New(rand.NewPCG(c.seed, 1))
	var nodes []node
	var stream strings.Builder
	for i := range c.commits {
		n := c.node(random, nodes)
		nodes = append(nodes, n)
		message := tangledMessages[random.IntN(len(tangledMessages))]
		if strings.Contains(message, "%d") {
			message = fmt.Sprintf(message, i)
		}
		fmt.Fprintf(&stream, "commit refs/tangle/%d\nmark :%d\n", i, i+1)
		fmt.Fprintf(&stream, "author %s %d +0100\n", tangledPeople[random.IntN(len(tangledPeople))], max(n.when-int64(random.IntN(100_000)), 0))
		fmt.Fprintf(&stream, "committer %s %d -0700\n", tangledPeople[random.IntN(len(tangledPeople))], n.when)
		fmt.Fprintf(&stream, "data %d\n%s\n", len(message), message)
		for j, p := range n.parents {
			fmt.Fprintf(&stream, "%s :%d\n", []string{"from", "merge"}[min(j, 1)], p+1)
		}
		fmt.Fprintln(&stream, "deleteall")
		for _, path := range slices.Sorted(maps.Keys(n.files)) {
			fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", quoted(path), len(n.files[path]), n.files[path])
		}
	}
	hasChild := make([]bool, c.commits)
	for _, n := range nodes {
		for _, p := range n.parents {
			hasChild[p] = true
		}
	}
	for i := range nodes {
		if !hasChild[i] {
			fmt.Fprintf(&stream, "reset refs/heads/tip-%d\nfrom :%d\n\n", i, i+1)
		}
		if i%40 == 0 {
			fmt.Fprintf(&stream, "reset refs/tags/v%d\nfrom :%d\n\n", i/40, i+1)
		}
	}
	fmt.Fprintf(&stream, "reset refs/heads/main\nfrom :%d\n\n", c.commits)
	for i := range nodes {
		fmt.Fprintf(&stream, "reset refs/tangle/%d\nfrom %s\n\n", i, strings.Repeat("0", idLength))
	}
	objectstest.GitInput(t, dir, stream.String(), "-c", "core.ignoreCase=false", "fast-import", "--quiet", "--force", "--date-format=raw-permissive")
	return dir
}

// node invents the next commit.
func (c tangle) node(random *rand.Rand, nodes []node) node {
	i := len(nodes)
	n := node{files: map[string]string{}, when: 1_700_000_000}
	switch {
	case i == 0:
	case c.linear:
		n.parents = []int{i - 1}
	case random.IntN(40) > 0:
		count := []int{1, 1, 1, 1, 2, 2, 2, 3, 4}[random.IntN(9)]
		for range count {
			// Mostly what is new, so that branches live on side by side.
			p := max(0, i-1-random.IntN(8))
			if random.IntN(20) == 0 {
				p = random.IntN(i)
			}
			if !slices.Contains(n.parents, p) {
				n.parents = append(n.parents, p)
			}
		}
	}
	if i > 0 && c.clock != stopped {
		n.when = nodes[i-1].when + int64(random.IntN(3))*int64(random.IntN(2000))
	}
	if c.clock == skewed && random.IntN(6) == 0 {
		n.when += int64(random.IntN(20_000)) - 10_000
	}
	if c.clock == skewed && random.IntN(40) == 0 {
		n.when = []int64{0, 1, 4_000_000_000}[random.IntN(3)]
	}
	n.when = max(n.when, 0) // What is before that means something else to every version of git.
	// Each file of a merge is one of its parents', whichever.
	for _, p := range n.parents {
		for path, content := range nodes[p].files {
			if _, has := n.files[path]; !has || random.IntN(2) == 0 {
				n.files[path] = content
			}
		}
	}
	if len(n.parents) > 1 && random.IntN(3) > 0 || i > 0 && random.IntN(15) == 0 {
		return n // A merge without changes of its own, or an empty commit.
	}
	for range 1 + random.IntN(3) {
		c.change(random, i, n.files)
	}
	return n
}

// change edits, removes or renames a file.
func (c tangle) change(random *rand.Rand, i int, files map[string]string) {
	path := tangledPaths[random.IntN(len(tangledPaths))]
	content, has := files[path]
	switch what := random.IntN(10); {
	case !has:
		var b strings.Builder
		for j := range 12 {
			fmt.Fprintf(&b, "line %d of %s as of %d\n", j, path, i)
		}
		put(files, path, b.String())
	case what == 0:
		delete(files, path)
	case what < 4:
		to := tangledPaths[random.IntN(len(tangledPaths))]
		if _, has := files[to]; has {
			return
		}
		delete(files, path)
		put(files, to, content+[]string{"", fmt.Sprintf("moved %d\n", i)}[random.IntN(2)])
	default:
		files[path] = fmt.Sprintf("%sreplicas: %d\n", content, random.IntN(30))
	}
}

// put makes a file, and makes room for it: a file and a directory cannot have one name.
func put(files map[string]string, path, content string) {
	for other := range files {
		if strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/") {
			delete(files, other)
		}
	}
	files[path] = content
}

// quoted is a path as git fast-import reads it.
func quoted(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}
