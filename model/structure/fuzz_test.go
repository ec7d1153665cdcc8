package structure

import (
	"errors"
	"testing"
)

func fuzzCompare(f *testing.F, format Format, seeds ...string) {
	for i, seed := range seeds {
		f.Add([]byte(seed), []byte(seeds[(i+1)%len(seeds)]))
	}
	f.Fuzz(func(t *testing.T, old, new []byte) {
		if len(old)+len(new) > 1<<14 {
			return
		}
		d, err := Compare(format, old, new)
		if err != nil {
			_, isParse := errors.AsType[*ParseError](err)
			_, isLarge := errors.AsType[*TooLargeError](err)
			if !isParse && !isLarge {
				t.Fatalf("a strange error: %v", err)
			}
			return
		}
		checkLines(t, d, string(old), string(new))
		for _, data := range [][]byte{old, new} {
			same, err := Compare(format, data, data)
			if err != nil || !same.IsEmpty() {
				t.Fatalf("differs from itself: %v %s", err, show(same))
			}
		}
		back, err := Compare(format, new, old)
		if err != nil || back.IsEmpty() != d.IsEmpty() {
			t.Fatalf("one way %s, the other %v %s", show(d), err, show(back))
		}
		o, err := NewOutline(format, new)
		if err != nil {
			t.Fatal(err)
		}
		for line := range len(newLines(new)) + 1 {
			path := o.At(line).String()
			if _, _, ok := o.Lines(path); !ok && path != "" && o.document(line) == &o.docs[0] && !hasOddLabel(path) {
				t.Fatalf("the path %q of line %d has no lines", path, line)
			}
		}
	})
}

// hasOddLabel reports paths with what the sanitiser replaced: they are for reading only.
func hasOddLabel(path string) bool {
	for _, r := range path {
		if r > 0x7f || r == '\\' || r == '<' {
			return true
		}
	}
	return len(path) > maxValue
}

func FuzzCompareYAML(f *testing.F) {
	fuzzCompare(f, YAML, deployment, "a: &x {b: [1, 2]}\nc: *x\n<<: *x\n", "- a\n- |+\n  b\n\n- 'c'\n", "a: !vault |\n  $ANSIBLE_VAULT;1\n---\n? {a: 1}\n: b\n",
		"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X}\n", "{a: \"b\\\"\", 'c''': [d, ], ? e : f}\n", "\ufeff%YAML 1.2\n---\r\na: 1\r\n...\r\n", "a:\n-\n  b: 1\n- - c\n  - d\n", "a: \u2028\n b\u0085c: 1\rd: 2\n")
}

func FuzzCompareJSON(f *testing.F) {
	fuzzCompare(f, JSON, `{"a": [1, 2.50, {"name": "x"}], "b": null}`, "{ // x\n\"a\": /* y */ \"\\u00e9\" }", `[[[]]]`, `{"kind": "List", "apiVersion": "v1", "items": [{"kind": "a", "apiVersion": "b"}]}`, "\ufeff1e400", `{"sops": {"mac": "x"}}`)
}

func FuzzCompareTOML(f *testing.F) {
	fuzzCompare(f, TOML, "a.b = 1\n[c]\nd = [1, {e = 'f'}]\n[[g]]\nname = \"x\"\n[g.h]\n", "a = '''\nb'''\nc = 2024-01-01T00:00:00Z\nd = inf\n", "[a.b]\n[a]\n[[c.d]]\n[[c.d]]\n", "\"a b\".c = 0xff\r\nd = {\n e.f = 1 }\n", "a = [\n# x\n]\n")
}

func FuzzCompareHCL(f *testing.F) {
	fuzzCompare(f, HCL, instance, "a = { b = [1, -2], (c) = \"${d}\", \"e\" = null }\n", "a \"b\" c {\n  d = <<EOT\nx ${y}\n%{ if z }q%{ endif }\nEOT\n}\na \"b\" c {}\n", "a = x ? y[*].z : f(1,\n 2...)\n", "/* x */ a = [for k, v in {a = 1\n b = 2} : k => v...]\n", "a {\n  port = 1\n}\na {\n  port = 2\n}\n")
}
