package repositories_test

import (
	"regexp"
	"strings"
	"testing"

	"plumb/testdata/repositories"
)

func TestOdditiesAreThere(t *testing.T) {
	dir, _ := write(t, repositories.Like(3000))
	log := func(args ...string) string {
		return run(t, dir, append([]string{"log", "--all"}, args...)...)
	}
	raw := log("--format=", "--raw", "--no-renames", "--no-abbrev")
	tests := []struct {
		name string
		got  int
	}{
		{"octopus merges", count(t, dir, "--all", "--min-parents=3")},
		{"octopus merges of more than three", count(t, dir, "--all", "--min-parents=5")},
		{"roots", count(t, dir, "--all", "--max-parents=0") - 1},
		{"roots below main", count(t, dir, "main", "--max-parents=0") - 1},
		{"roots that main lacks", count(t, dir, "--all", "--not", "main", "--max-parents=0")},
		{"branches that go on beside main", count(t, dir, "develop", "--not", "main")},
		{"renames", matches(log("--format=", "--raw", "-M"), `(?m) R100\t`)},
		{"renames with edits", matches(log("--format=", "--raw", "-M"), `(?m) R0\d\d\t`)},
		{"renames of whole directories", matches(log("--format=", "--raw", "-M"), `R100\t(environments/\w+/\w+)/([\w-]+)/values.yaml\t`)},
		{"copies", matches(log("--format=", "--raw", "-C", "-C", "--grep=^Start copy-"), ` C100\t`)},
		{"changes of mode alone", matches(raw, `(?m)^:100(644 100755|755 100644) ([0-9a-f]+) ([0-9a-f]+) M\t`)},
		{"new links", matches(raw, `(?m)^:000000 120000 .* A\tdocs/current`)},
		{"links that are turned", matches(raw, `(?m)^:120000 120000 .* M\tdocs/current`)},
		{"links that become files", matches(raw, `(?m)^:120000 100644 .* T\t`)},
		{"files that become links", matches(raw, `(?m)^:100644 120000 .* T\t`)},
		{"submodules that are turned", matches(raw, `(?m)^:160000 160000 `)},
		{"files that become directories", matches(raw, `(?m) D\tpolicies$\n.* A\tpolicies/`)},
		{"directories that become files", matches(raw, `(?m) A\tpolicies$`)},
		{"names that are not ASCII", matches(raw, "\tdocs/überblick.md")},
		{"names that are not UTF-8", matches(raw, `docs/caf\x{fffd}\.md`)},
		{"names with quotes and newlines", min(matches(raw, `new\\nline`), matches(raw, `\\"quoted\\"`))},
		{"annotated tags", matches(run(t, dir, "for-each-ref", "--format=%(objecttype)", "refs/tags"), "tag")},
		{"light tags", matches(run(t, dir, "for-each-ref", "--format=%(objecttype)", "refs/tags"), "commit")},
		{"reverts with the hash", revertsOfCommits(t, dir)},
		{"cherry-picks with the hash", matches(log("--format=%B"), `cherry picked from commit [0-9a-f]{40}\)`)},
		{"trailers", min(matches(log("--format=%(trailers:key=Signed-off-by)"), "Signed"), matches(log("--format=%(trailers:key=Change-Id)"), "I[0-9a-f]{40}"))},
		{"long messages", matches(strings.Join(longerThan(log("-z", "--format=%B"), 16_000), ""), ".")},
		{"empty messages", count(t, dir, "--all") - matches(log("-z", "--format=%B"), `[^\x00]+`)},
		{"messages in other encodings", matches(log("--format=%e"), "ISO-8859-1")},
		{"messages that are not UTF-8", matches(log("--format=%B"), `Not UTF-8: caf\x{fffd}`)},
		{"people without a name", matches(log("--format=%an|%ae"), `(?m)^\|$`)},
		{"people whose names are not ASCII", matches(log("--format=%an"), "Łukasz")},
		{"strange time zones", matches(log("--format=%ai"), `\+0545|-0930`)},
		{"merges of other forges", matches(log("--format=%B"), `See merge request`)},
	}
	for name, n := range commits(t, dir) {
		tests = append(tests, struct {
			name string
			got  int
		}{name, n})
	}
	for _, tt := range tests {
		if tt.got < 1 {
			t.Errorf("there are no %s", tt.name)
		}
	}
}

func matches(text, expression string) int {
	return len(regexp.MustCompile(expression).FindAllStringIndex(text, -1))
}

func longerThan(texts string, n int) (long []string) {
	for text := range strings.SplitSeq(texts, "\x00") {
		if len(text) > n {
			long = append(long, text[:1])
		}
	}
	return long
}

// revertsOfCommits counts reverts that name a commit which exists.
func revertsOfCommits(t *testing.T, dir string) (n int) {
	for _, m := range regexp.MustCompile(`This reverts commit ([0-9a-f]{40})\.`).FindAllStringSubmatch(run(t, dir, "log", "--all", "--format=%b"), -1) {
		run(t, dir, "cat-file", "-e", m[1]+"^{commit}")
		n++
	}
	return n
}

// commits counts the oddities that only a look at a commit beside others shows.
func commits(t *testing.T, dir string) map[string]int {
	n := map[string]int{
		"empty commits": 0, "commits of the same second as their parent": 0, "commits that are older than their parent": 0,
		"commits that were authored after they were committed": 0, "merges that keep ours": 0, "criss-cross merges": 0,
		"merges with changes of their own": 0, "huge merges": 0, "files that were deleted and come back": 0,
	}
	type commit struct{ tree, committed, authored, parents string }
	all, merged := map[string]commit{}, map[string]bool{}
	for line := range strings.Lines(run(t, dir, "log", "--all", "--format=%H|%T|%ct|%at|%P")) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		all[f[0]] = commit{f[1], f[2], f[3], f[4]}
		merged[f[4]] = true
	}
	for _, c := range all {
		parents := strings.Fields(c.parents)
		for _, p := range parents {
			if all[p].committed == c.committed {
				n["commits of the same second as their parent"]++
			}
			// All times have ten digits.
			if all[p].committed > c.committed {
				n["commits that are older than their parent"]++
			}
		}
		if c.authored > c.committed {
			n["commits that were authored after they were committed"]++
		}
		switch {
		case len(parents) == 1 && all[parents[0]].tree == c.tree:
			n["empty commits"]++
		case len(parents) == 2 && all[parents[0]].tree == c.tree:
			n["merges that keep ours"]++
		}
		if len(parents) == 2 && merged[parents[1]+" "+parents[0]] {
			n["criss-cross merges"]++
		}
	}
	n["merges with changes of their own"] = matches(run(t, dir, "log", "--all", "--merges", "-c", "--name-only", "--format="), "docs/conflicts.md")
	for files := range strings.SplitSeq(run(t, dir, "log", "main", "--merges", "--first-parent", "--name-only", "--format=%x00"), "\x00") {
		if strings.Count(files, "\n") > 50 {
			n["huge merges"]++
		}
	}
	added := map[string]int{}
	for line := range strings.Lines(run(t, dir, "log", "main", "--first-parent", "--no-renames", "--name-status", "--diff-filter=A", "--format=")) {
		if added[line]++; added[line] == 2 && strings.Contains(line, "environments/") {
			n["files that were deleted and come back"]++
		}
	}
	return n
}
