package filter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPathsAreMatchedAsGitDoes(t *testing.T) {
	for _, c := range []struct {
		pattern string
		is, not []string // Paths, separated as in the list.
	}{
		{"live", []string{"live", "live/a", "live/a/b"}, []string{"lives", "a/live", "liv", ""}},
		{"live/", []string{"live/a", "live/a/b"}, []string{"live", "lives"}},
		{"./live", []string{"live/a"}, []string{"a/live"}},
		{"/live", []string{"live/a"}, []string{"a/live"}},
		{".", []string{"a", "a/b"}, nil},
		{"/", []string{"a", "a/b"}, nil},
		{"live/prod/main.tf", []string{"live/prod/main.tf"}, []string{"live/prod/main.tf2", "live/prod"}},
		{"*.tf", []string{"main.tf", "a/main.tf", "a/b/.tf"}, []string{"main.tfvars", "main.tf/readme"}},
		{"/*.tf", []string{"main.tf"}, []string{"a/main.tf"}},
		{"./*.tf", []string{"main.tf", "a/main.tf"}, nil},
		{"live/*.tf", []string{"live/a.tf"}, []string{"live/a/b.tf", "a/live/a.tf"}},
		{"live/*", []string{"live/a"}, []string{"live/a/b", "live"}},
		{"live/*/", []string{"live/a/b", "live/a/b/c"}, []string{"live/a"}},
		{"*/", []string{"a/b", "a/b/c"}, []string{"a"}},
		{"live/**", []string{"live/a", "live/a/b"}, []string{"live", "lives/a"}},
		{"**/main.tf", []string{"main.tf", "a/main.tf", "a/b/main.tf"}, []string{"a/xmain.tf"}},
		{"live/**/main.tf", []string{"live/main.tf", "live/a/main.tf", "live/a/b/main.tf"}, []string{"main.tf", "live/a/main.tf/x"}},
		{"**/db/**/x", []string{"db/x", "a/db/x", "a/db/b/db/c/x"}, []string{"db/y", "a/db"}},
		{"**", []string{"a", "a/b"}, nil},
		{"a**b", []string{"ab", "axb", "c/axb"}, []string{"a/b"}},
		{"a**/b", []string{"a/b", "ax/b"}, []string{"a/x/b"}},
		{"a/***/b", []string{"a/b", "a/x/y/b"}, []string{"b"}},
		{"a?c", []string{"abc", "aéc", "x/abc"}, []string{"ac", "a/c", "abbc"}},
		{"v[0-9].txt", []string{"v1.txt"}, []string{"va.txt", "v.txt", "v12.txt"}},
		{"v[!0-9].txt", []string{"va.txt", "vé.txt"}, []string{"v1.txt", "v/.txt"}},
		{"v[^0-9].txt", []string{"va.txt"}, []string{"v1.txt"}},
		{"v[]a].txt", []string{"v].txt", "va.txt"}, []string{"vb.txt"}},
		{"v[a-].txt", []string{"v-.txt", "va.txt"}, []string{"vb.txt"}},
		{"v[[:digit:]x].txt", []string{"v1.txt", "vx.txt"}, []string{"va.txt"}},
		{"v[ä-ü].txt", []string{"vö.txt"}, []string{"va.txt"}},
		{`a\*b`, []string{"a*b", "x/a*b"}, []string{"axb"}},
		{`app/\[id\]/x`, []string{"app/[id]/x"}, []string{"app/i/x"}},
		{"app/[id]", []string{"app/i", "app/d", "app/[id]", "app/[id]/x"}, []string{"app/id", "app/i/x"}},
		{"a//b*", []string{"a/b", "a/bc"}, []string{"ab"}},
	} {
		f, err := Parse("path:"+c.pattern, now)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		for _, name := range c.is {
			if !f.Terms[0].MatchPath(name) {
				t.Errorf("%q does not match %q", c.pattern, name)
			}
		}
		for _, name := range c.not {
			if f.Terms[0].MatchPath(name) {
				t.Errorf("%q matches %q", c.pattern, name)
			}
		}
		byHand := Term{Kind: Path, Value: c.pattern}
		if len(c.is) > 0 && !byHand.MatchPath(c.is[0]) {
			t.Errorf("%q that was not parsed does not match %q", c.pattern, c.is[0])
		}
	}
}

func TestAFileIsExactlyThat(t *testing.T) {
	f, err := Parse("file:app/[id].tf", now)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"app/[id].tf": true, "app/[id].tf/below": true, "app/i.tf": false, "x/app/[id].tf": false, "app/[id].tfx": false} {
		if f.Terms[0].MatchPath(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

// Git itself is asked which of many paths a pattern matches, for patterns that nobody would think of.
func TestGitMatchesTheSamePaths(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git: install it with the package manager")
	}
	dir := t.TempDir()
	git := func(in string, args ...string) []byte {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null"}
		cmd.Stdin = strings.NewReader(in)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %q: %v", args, err)
		}
		return out
	}
	git("", "init", "-q")
	random := rand.New(rand.NewPCG(3, 1))
	pick := func(from []string) string { return from[random.IntN(len(from))] }

	// The index needs no files to hold their names.
	var names []string
	var index strings.Builder
	for len(names) < 1200 {
		var parts []string
		for range 1 + random.IntN(4) {
			parts = append(parts, pick([]string{"a", "b", "ab", "ba", "aab", "live", "a.tf", "b.tf", "x-1", "[a]", "a*"}))
		}
		// A name is never a file and a directory at once.
		name := strings.Join(parts, "/") + pick([]string{"/f", "/f.tf", "/[f]", "/ff"})
		names = append(names, name)
		fmt.Fprintf(&index, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\n", name)
	}
	git(index.String(), "update-index", "--add", "--index-info")
	all := strings.Split(strings.TrimSuffix(string(git("", "ls-files", "-z")), "\x00"), "\x00")

	for range 400 {
		var pattern string
		for range 1 + random.IntN(7) {
			pattern += pick([]string{"a", "b", "f", "*", "**", "/", "/**/", "?", "[ab]", "[!a]", "live", ".tf", `\[`, `\*`, "]", "x-1"})
		}
		// What is read in another way than git's, on purpose: see MatchPath.
		if strings.HasPrefix(pattern, "/") || strings.HasSuffix(pattern, "/") || strings.Contains(pattern, "//") {
			continue
		}
		f, err := Parse("path:"+pattern, now)
		if err != nil {
			t.Errorf("%q: %v", pattern, err)
			continue
		}
		spec := ":(glob)" + pattern
		if !strings.Contains(pattern, "/") && strings.ContainsAny(pattern, `*?[\`) {
			spec = ":(glob)**/" + pattern
		}
		want := bytes.Split(bytes.TrimSuffix(git("", "ls-files", "-z", "--", spec), []byte{0}), []byte{0})
		var got, wanted []string
		for _, name := range all {
			if f.Terms[0].MatchPath(name) {
				got = append(got, name)
			}
		}
		for _, name := range want {
			if len(name) > 0 {
				wanted = append(wanted, string(name))
			}
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%q: what git matches, and what we do:\n%s", pattern, diff)
		}
	}
}

// The worst patterns there are: each star could begin anywhere, and the path ends with the wrong letter.
func TestNoPatternTakesForever(t *testing.T) {
	for _, pattern := range []string{
		strings.Repeat("*a", 100) + "*b",
		strings.Repeat("**/a/", 100) + "b",
		strings.Repeat("a*/**/", 100) + "b",
		strings.Repeat("?*", 100) + "b",
	} {
		f, err := Parse("path:"+pattern, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{strings.Repeat("a", 4000), strings.Repeat("a/", 2000) + "a"} {
			if f.Terms[0].MatchPath(name) {
				t.Errorf("%.20q… matches %.20q…", pattern, name)
			}
		}
	}
}

func BenchmarkMatchPath(b *testing.B) {
	var names []string
	for i := range 43000 {
		names = append(names, fmt.Sprintf("clusters/region-%d/apps/team-%d/service-%d/kustomization.yaml", i%7, i%97, i))
	}
	for _, pattern := range []string{"clusters/region-3", "*.tf", "clusters/**/service-1*/*.yaml", "**/team-[0-4]?/**", "*a*a*o*.y*ml"} {
		f, err := Parse("path:"+pattern, now)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.ReplaceAll(pattern, "/", "|"), func(b *testing.B) {
			for b.Loop() {
				for _, name := range names {
					f.Terms[0].MatchPath(name)
				}
			}
		})
	}
}
