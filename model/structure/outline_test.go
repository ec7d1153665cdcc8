package structure

import (
	"strings"
	"testing"

	"plumb/model/diff"
)

func TestOutlineNamesWhatEnclosesALine(t *testing.T) {
	type at struct{ line, path string }
	for _, test := range []struct {
		name   string
		format Format
		data   string
		want   []at // The first line that has the text.
	}{
		{"a deployment", YAML, deployment, []at{
			{"apiVersion", ""}, {"metadata:", ""}, {"namespace", "metadata"}, {"kubernetes.io", "metadata.annotations"},
			{"containers:", "spec.template.spec"}, {"- name: web", "spec.template.spec.containers[web]"}, {"nginx", "spec.template.spec.containers[web]"},
			{"containerPort: 80", "spec.template.spec.containers[web].ports[80]"}, {"name: http", "spec.template.spec.containers[web].ports[80]"},
			{"protocol", "spec.template.spec.containers[web].ports[53/UDP]"}, {"{name: A", "spec.template.spec.containers[log].env"},
		}},
		{"JSON", JSON, "{\n\"a\": {\n\"b\": [\n{\n\"name\": \"x\"\n}\n]\n}\n}\n", []at{{"\"a\"", ""}, {"\"b\"", "a"}, {"name", "a.b[x]"}}},
		{"TOML", TOML, "top = 1\n[a]\nx = 1\n[a.b]\ny = [\n  1,\n]\n[[c]]\nname = \"n\"\nz = 1\n", []at{{"top", ""}, {"x =", "a"}, {"[a.b]", "a"}, {"y =", "a.b"}, {"  1", "a.b.y"}, {"z =", "c[n]"}}},
		{"HCL", HCL, instance, []at{{"resource", ""}, {"ami ", "resource.aws_instance.web"}, {"Name", "resource.aws_instance.web.tags"}, {"echo", "resource.aws_instance.web"}}},
		{"HCL blocks", HCL, "r {\n  i {\n    port = 1\n    a = 1\n  }\n  x = 1\n  i {\n    port = 2\n    b = 1\n  }\n}\n", []at{{"a =", "r.i[1]"}, {"x =", "r"}, {"b =", "r.i[2]"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, err := NewOutline(test.format, []byte(test.data))
			if err != nil {
				t.Fatal(err)
			}
			rows := strings.Split(test.data, "\n")
			for _, want := range test.want {
				line := -1
				for i, row := range rows {
					if strings.Contains(row, want.line) {
						line = i
						break
					}
				}
				if got := o.At(line).String(); got != want.path {
					t.Errorf("%q is in %q, want %q", rows[line], got, want.path)
				}
				if lo, hi, ok := o.Lines(want.path); !ok || lo > line || line >= hi {
					t.Errorf("%q has the lines %d to %d %v, without %d", want.path, lo, hi, ok, line)
				}
			}
			if o.At(-1) != o.At(len(rows)+10) {
				t.Error("there is something beyond the document")
			}
			if _, _, ok := o.Lines("no.such"); ok {
				t.Error("a path that is not there has lines")
			}
		})
	}
}

// The lines of a change are all of its key and its value, and nothing else.
func TestLinesOfAChange(t *testing.T) {
	for _, test := range []struct {
		name     string
		format   Format
		old, new string
		want     string // The lines in the new version, or in the old where it is gone.
	}{
		{"a scalar", YAML, "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 3\nc: 3\n", "b: 3\n"},
		{"a map without the comment of the next key", YAML, "z: 1\n", "a:\n  b: 1\n  # of c\n  c: 2\n\n# of z\nz: 1\n", "a:\n  b: 1\n  # of c\n  c: 2\n"},
		{"a block scalar with what looks like a comment", YAML, "z: 1\n", "a: |\n  one\n\n  # two\n\n# of z\nz: 1\n", "a: |\n  one\n\n  # two\n"},
		{"a kept block scalar", YAML, "z: 1\n", "a: |+\n  one\n\nz: 1\n", "a: |+\n  one\n\n"},
		{"a plain scalar of several lines", YAML, "z: 1\n", "a: one\n  two\n# x\nz: 1\n", "a: one\n  two\n"},
		{"a quoted scalar of several lines", YAML, "z: 1\n", "a: \"one\n\n  # two\"\n\nz: 1\n", "a: \"one\n\n  # two\"\n"},
		{"a flow map of several lines", YAML, "z: 1\n", "a: {\n  b: \"}\", # }\n  c: it's\n}\nz: 1\n", "a: {\n  b: \"}\", # }\n  c: it's\n}\n"},
		{"a key in a flow map", YAML, "a: {\n  b: 1,\n  c: [2,\n  3]\n}\n", "a: {\n  b: 1,\n  c: [2,\n  4]\n}\n", "  4]\n"},
		{"an item with its dash", YAML, "- a\n- b\n", "- a\n-\n  # x\n  c: 1\n  d: 2\n- b\n", "-\n  # x\n  c: 1\n  d: 2\n"},
		{"the last item", YAML, "l:\n- a\nz: 1\n", "l:\n- a\n- x: 1\n  y: 2\n\nz: 1\n", "- x: 1\n  y: 2\n"},
		{"an alias", YAML, "a: &x\n  b: 1\nz: 1\n", "a: &x\n  b: 1\nc: *x\nz: 1\n", "c: *x\n"},
		{"a value by its anchor", YAML, "a: &x\n  b: 1\n", "a: &x\n  b: 2\n", "  b: 2\n"},
		{"behind a document marker", YAML, "a: 1\n---\nb: 1\n", "a: 1\n# x\n---\n# y\nb: 2\n...\n", "b: 2\n"},
		{"after wide letters", YAML, "a: 1\n", "a: 1\nö: {ü: \"ä\n  b\", c: [\n 1]}\n", "ö: {ü: \"ä\n  b\", c: [\n 1]}\n"},
		{"after a line separator", YAML, "a: \"x\u2028y\"\nb: 1\n", "a: \"x\u2028y\"\nb: 2\n", "b: 2\n"},
		{"a tag and an anchor", YAML, "z: 1\n", "a: !x &y [\n  1\n]\nz: 1\n", "a: !x &y [\n  1\n]\n"},
		{"what is gone", YAML, "a: 1\nb:\n  c: 1\nd: 1\n", "a: 1\nd: 1\n", "b:\n  c: 1\n"},
		{"JSON", JSON, "{\n\"a\": 1\n}", "{\n\"a\": 1,\n\"b\": {\n\"c\": 2\n}\n}", "\"b\": {\n\"c\": 2\n}\n"},
		{"TOML", TOML, "a = 1\n", "a = 1\nb = [\n  1,\n  2\n]\n# x\n", "b = [\n  1,\n  2\n]\n"},
		{"a TOML table with those within", TOML, "[z]\na = 1\n", "[b]\nx = 1\n\n[b.c]\ny = 1\n# of z\n[z]\na = 1\n", "[b]\nx = 1\n\n[b.c]\ny = 1\n"},
		{"an item of a TOML array of tables", TOML, "[[a]]\nname = 'x'\n", "[[a]]\nname = 'x'\n[[a]]\nname = 'y'\n[a.b]\nc = 1\n", "[[a]]\nname = 'y'\n[a.b]\nc = 1\n"},
		{"HCL", HCL, "a {\n}\n", "a {\n  b = [\n    1,\n  ]\n}\n", "  b = [\n    1,\n  ]\n"},
		{"an HCL block", HCL, "a = 1\n", "a = 1\n\nb \"c\" {\n  d = 1\n}\n", "b \"c\" {\n  d = 1\n}\n"},
		{"a heredoc", HCL, "a = 1\n", "a = 1\nb = <<EOT\nx\nEOT\nc = 1\n", "b = <<EOT\nx\nEOT\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := Compare(test.format, []byte(test.old), []byte(test.new))
			if err != nil {
				t.Fatal(err)
			}
			c := d.Objects[0].Changes[0]
			at, rows := c.NewLines, strings.SplitAfter(test.new, "\n")
			if c.Op == diff.Delete {
				at, rows = c.OldLines, strings.SplitAfter(test.old, "\n")
			}
			if got := strings.Join(rows[at.Lo:at.Hi], ""); got != test.want {
				t.Errorf("%s has\n%s", c.Path, got)
			}
		})
	}
}
