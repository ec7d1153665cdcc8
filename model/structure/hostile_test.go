package structure

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/text"
)

// Each of these needs more memory, stack or time than there is if it is read without a bound.
func TestHostileDocumentsAreBounded(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	merges := "m0: &m0 {k0: 1}\n"
	for i := 1; i < 30; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
	}
	for i := range 3000 {
		merges += fmt.Sprintf("m%d: &m%d {<<: *m%d, k%d: 1}\n", i+1, i+1, i, i+1)
	}
	large := strings.Repeat("x", maxBytes+1)
	for _, test := range []struct {
		name   string
		format Format
		data   string
		ok     bool
	}{
		{"too large", YAML, large, false},
		{"a large file that is honest", JSON, "[0" + strings.Repeat(",\n{\"name\": \"value\"}", 100_000) + "]", true},
		{"a large YAML file that is honest", YAML, strings.Repeat("- name: a word and another one\n", 60_000), true},
		{"aliases", YAML, bomb, false},
		{"merge keys", YAML, merges, false},
		{"nested merge keys", YAML, "a: " + strings.Repeat("{<<: ", 400) + "{b: 1}" + strings.Repeat("}", 400), true},
		{"YAML brackets", YAML, strings.Repeat("[", 1<<18), false},
		{"closed YAML brackets", YAML, strings.Repeat("[", 5000) + strings.Repeat("]", 5000), false},
		{"YAML dashes", YAML, strings.Repeat("- ", 1<<18), false},
		{"YAML keys", YAML, strings.Repeat("? ", 5000), false},
		{"many YAML items", YAML, "[" + strings.Repeat("a,", 1_500_000) + "]", false},
		{"JSON brackets", JSON, strings.Repeat("[", 1<<18), false},
		{"closed JSON brackets", JSON, strings.Repeat("[", 5000) + strings.Repeat("]", 5000), false},
		{"many JSON items", JSON, "[0" + strings.Repeat(",0", 1_500_000) + "]", false},
		{"a huge number", JSON, "[1e999999999, 1e-999999999, " + strings.Repeat("9", 1<<20) + "]", true},
		{"TOML brackets", TOML, "a = " + strings.Repeat("[", 1<<18), false},
		{"closed TOML brackets", TOML, "a = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), false},
		{"TOML dots", TOML, "a" + strings.Repeat(".a", 1<<17) + " = 1", false},
		{"many TOML tables", TOML, tables(40_000), true},
		{"HCL brackets", HCL, "a = " + strings.Repeat("[", 1<<18), false},
		{"HCL signs", HCL, "a = " + strings.Repeat("-", 1<<18) + "1", false},
		{"HCL sums", HCL, "a = 1" + strings.Repeat("+1", 1<<17), true},
		{"HCL conditionals", HCL, "a = " + strings.Repeat("a ? b : ", 1<<16) + "1", false},
		{"HCL directives", HCL, "a = \"" + strings.Repeat("%{if a}", 1<<16) + "\"", false},
		{"HCL blocks", HCL, strings.Repeat("a {\n", 1<<17), false},
		{"HCL steps", HCL, "a = a" + strings.Repeat(".b", 1<<17), true},
		{"HCL indices", HCL, "a = a" + strings.Repeat("[0]", 1<<17), true},
		{"HCL mistakes", HCL, strings.Repeat("a = \n", 1<<16), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compare(test.format, nil, []byte(test.data))
			if (err == nil) != test.ok {
				t.Fatalf("got %.200v", err)
			}
			if err == nil {
				return
			}
			_, isLarge := errors.AsType[*TooLargeError](err)
			_, isParse := errors.AsType[*ParseError](err)
			if !isLarge && !isParse {
				t.Errorf("got %T", err)
			}
		})
	}
}

func tables(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[t.t%d]\na = %d\n", i, i)
	}
	return b.String()
}

// Lists that have nothing in common, or little, are compared in bounded time.
func TestLargeListsAreBounded(t *testing.T) {
	list := func(format string, n, seed int) []byte {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, (i*seed)%n)
		}
		return []byte(b.String())
	}
	for _, test := range []struct{ name, format string }{
		{"words", "- w%d\n"},
		{"maps without a name", "- {a: %[1]d, b: x%[1]d}\n"},
		{"maps with a name", "- {name: n%d}\n"},
		{"small lists", "- [%d, 1, 2]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Compare(YAML, list(test.format, 20_000, 1), list(test.format, 20_000, 7)); err != nil {
				t.Fatal(err)
			}
			if _, err := Compare(YAML, list(test.format, 20_000, 1), list(strings.NewReplacer("n%", "m%", "w%", "v%", "a:", "c:").Replace(test.format), 20_001, 3)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTheSameVersionsGiveTheSameDifference(t *testing.T) {
	new := edit(deployment, "name: A", "name: C", "fluentd", "vector", "replicas: 2", "replicas: 3")
	safe := cmp.Comparer(func(a, b text.Safe) bool { return a == b })
	first, err := Compare(YAML, []byte(deployment), []byte(new))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Compare(YAML, []byte(deployment), []byte(new))
		if err != nil || !cmp.Equal(first, again, safe) {
			t.Fatal("another difference")
		}
	}
}

func BenchmarkCompareYAML(b *testing.B) {
	var s strings.Builder
	for i := 0; s.Len() < 1<<20; i++ {
		s.WriteString("---\n" + edit(deployment, "name: web\n  namespace", fmt.Sprintf("name: web%d\n  namespace", i)))
	}
	old := s.String()
	new := strings.Replace(old, "nginx:1.25", "nginx:1.26", 10)
	b.SetBytes(int64(len(old) + len(new)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := Compare(YAML, []byte(old), []byte(new))
		if err != nil || d.Changed != 10 {
			b.Fatal(err, d.Changed)
		}
	}
}
