package filter

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACapitalMeansExactlySo(t *testing.T) {
	for _, c := range []struct {
		typed, needle string
		fold          bool
	}{
		{"nginx", "nginx", true},
		{"Nginx", "Nginx", false},
		{"straße 12", "straße 12", true},
		{"Ünder", "Ünder", false},
		{"", "", true},
	} {
		if needle, fold := Smart(c.typed); needle != c.needle || fold != c.fold {
			t.Errorf("%q is looked for as %q, %v; want %q, %v", c.typed, needle, fold, c.needle, c.fold)
		}
	}
}

// mark shows matched runes in brackets.
func mark(s string, isMatched func(byteAt, runeAt int) bool) string {
	var b strings.Builder
	open, n := false, 0
	for at, r := range s {
		if is := isMatched(at, n); is != open {
			b.WriteString(map[bool]string{true: "[", false: "]"}[is])
			open = is
		}
		b.WriteRune(r)
		n++
	}
	if open {
		b.WriteString("]")
	}
	return b.String()
}

func TestWhatMatchesIsHighlighted(t *testing.T) {
	for _, c := range []struct{ typed, subject, want string }{
		{"nginx", "Update nginx to NGINX 1.27", "Update [nginx] to [NGINX] 1.27"},
		{"NGINX", "Update nginx to NGINX 1.27", "Update nginx to [NGINX] 1.27"},
		{`"to nginx"`, "Update to nginx to", "Update [to nginx] to"},
		{"aa", "aaaaa", "[aaaa]a"},
		{"up date", "Update", "[Update]"},
		{"pda dat", "Update", "U[pdat]e"},
		{"größe", "Die GRÖSSE, die Größe", "Die GRÖSSE, die [Größe]"},
		{"!nginx", "Update nginx", "Update nginx"},
		{"author:update path:nginx", "Update nginx", "Update nginx"},
		{"~upng", "Update the nginx", "[Up]date the [ng]inx"},
		{"~xyz nginx", "Update nginx", "Update [nginx]"},
		{"\xff", "a\xffb", "a[\uFFFD]b"},
	} {
		f, err := Parse(c.typed, now)
		if err != nil {
			t.Fatal(err)
		}
		ranges := f.Highlights(c.subject)
		got := mark(c.subject, func(at, _ int) bool {
			return slices.ContainsFunc(ranges, func(r [2]int) bool { return r[0] <= at && at < r[1] })
		})
		if got != c.want {
			t.Errorf("%s in %q: %s, want %s", c.typed, c.subject, got, c.want)
		}
	}
}

func TestFuzzyPrefersWordsAndRuns(t *testing.T) {
	for _, c := range []struct{ pattern, s, want string }{
		{"", "abc", "abc"},
		{"abc", "abc", "[abc]"},
		{"prod", "p r o d, then production", "p r o d, then [prod]uction"},
		{"lb", "global: add load balancer", "global: add [l]oad [b]alancer"},
		{"ng", "changing nginx", "changing [ng]inx"},
		{"ng2", "anything: add nodeGroup2", "anything: add [n]ode[G]roup[2]"},
		{"fix", "f i x, fix, fix", "f i x, [fix], fix"},
		{"API", "a p i, the API", "a p i, the [API]"},
		{"api", "API", "[API]"},
		{"üb", "fünf Übungen", "fünf [Üb]ungen"},
		{"ab", "xaxb", "x[a]x[b]"},
		{"abc", "acb", "no"},
		{"API", "api", "no"},
		{"a", "", "no"},
	} {
		positions, ok := FuzzyMatch(c.pattern, c.s)
		if ok != HasFuzzy(c.pattern, c.s) {
			t.Errorf("%q in %q: %v, and HasFuzzy says otherwise", c.pattern, c.s, ok)
		}
		got := "no"
		if ok {
			got = mark(c.s, func(_, n int) bool { return slices.Contains(positions, n) })
		}
		if got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.pattern, c.s, got, c.want)
		}
	}
}

func TestFuzzyIsTightInLongTextsToo(t *testing.T) {
	long := strings.Repeat("a", 70000) + " then b and abc " + strings.Repeat("c", 70000)
	positions, ok := FuzzyMatch("abc", long)
	if diff := cmp.Diff([]int{70012, 70013, 70014}, positions); !ok || diff != "" {
		t.Error(ok, diff)
	}
}

func FuzzFuzzyMatch(f *testing.F) {
	f.Add("ng2", "add nodeGroup2")
	f.Add("\xff", "a\xffb")
	f.Add("ſK", "sk")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		positions, ok := FuzzyMatch(pattern, s)
		if ok && len(positions) != len([]rune(pattern)) {
			t.Fatalf("%q in %q: %v", pattern, s, positions)
		}
		last := -1
		for _, at := range positions {
			if at <= last || at >= len([]rune(s)) {
				t.Fatalf("%q in %q: %v", pattern, s, positions)
			}
			last = at
		}
	})
}

func BenchmarkHasFuzzy(b *testing.B) {
	for b.Loop() {
		HasFuzzy("ngxup", "chore(deps): update image ghcr.io/nginx/nginx-unprivileged to v1.27.3")
	}
}
