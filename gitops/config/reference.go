package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"plumb/model"
)

// Reference is what can be written into plumb.yaml, for a terminal: every key, then an example.
func Reference() string {
	return "plumb.yaml stands at the root of the repository.\n\n" + plainReference(reflect.TypeFor[repositoryFile](), "") +
		"An example:\n\n" + indent(Example())
}

// OperatorReference is the same for the operator's own file.
func OperatorReference() string {
	return "config.yaml stands in $XDG_CONFIG_HOME/plumb, or in ~/.config/plumb, and may be missing.\n\n" +
		plainReference(reflect.TypeFor[operatorFile](), "") + "An example:\n\n" + indent(OperatorExample())
}

// ReferenceMarkdown is the reference of both files for a README, with headings of the third level.
func ReferenceMarkdown() string {
	var b strings.Builder
	b.WriteString("### plumb.yaml\n\nAt the root of the repository.\n")
	markdown(&b, reflect.TypeFor[repositoryFile](), "")
	b.WriteString("\n```yaml\n" + Example() + "```\n\n### config.yaml\n\nThe operator's own, in `$XDG_CONFIG_HOME/plumb` or `~/.config/plumb`. It may be missing.\n")
	markdown(&b, reflect.TypeFor[operatorFile](), "")
	return b.String()
}

// Example is a plumb.yaml that uses every key.
func Example() string { return string(Write(example())) }

// OperatorExample is an operator's file that uses every key.
func OperatorExample() string {
	var b strings.Builder
	for _, f := range fields(reflect.TypeFor[operatorFile]()) {
		fmt.Fprintf(&b, "%-36s # %s\n", f.key+": "+f.example, f.doc)
	}
	return b.String()
}

func example() []model.Environment {
	files := func(path string) []model.Target {
		return []model.Target{{
			Name: "web", Provider: "hosts", Path: path,
			Hosts:         []model.Host{{Name: "web-1", SSH: "web-1"}, {Name: "web-2", SSH: "deploy@web-2.example.org"}, {Name: "lab", Root: "../hosts/lab"}},
			ConfirmWithin: 2 * time.Minute,
			Files: []model.FileRule{
				{
					Path: "/etc/nginx/**", Mode: "0644", Owner: "root:root",
					Check: []string{"nginx", "-t", "-c", "{}"}, Reload: []string{"systemctl", "reload", "nginx"},
				},
				{Path: "/etc/nginx/sites-enabled", Exclusive: true},
				{Path: "/etc/ssl/private/*.key", Mode: "0600", Sensitive: true},
			},
		}}
	}
	lint := model.Check{Name: "lint", Run: []string{"yamllint", "."}, When: []string{"**/*.yaml"}, Timeout: 90 * time.Second}
	spelling := model.Check{Name: "spelling", Run: []string{"./tools/spell"}, Timeout: checkTimeout, Advisory: true, Environment: "production"}
	return []model.Environment{
		{
			Name: "production", Color: "red", Production: true, Approvals: 2, Branch: "main", Targets: files("production/web"),
			Checks: []model.Check{lint, spelling},
		},
		{Name: "staging", Color: "amber", Branch: "main", Targets: []model.Target{{
			Name: "web", Provider: "hosts", Path: "staging/web", Hosts: []model.Host{{Name: "web-9", SSH: "web-9"}},
		}}, Checks: []model.Check{lint}},
	}
}

// notes are what there is to say of a field beside its sentence.
func (f field) notes() string {
	note := f.kind()
	if len(f.oneof) > 0 {
		note = "one of " + strings.Join(f.oneof, ", ")
	}
	switch {
	case f.required:
		note += "; required"
	case f.fallback != "":
		note += "; default: " + f.fallback
	}
	return note
}

// plainReference lists the keys of the object, then the objects that its lists hold.
func plainReference(t reflect.Type, path string) string {
	var b strings.Builder
	if path != "" {
		b.WriteString(path + "\n")
	}
	var below []field
	for _, f := range fields(t) {
		fmt.Fprintf(&b, "  %-13s  %s\n  %-13s  %s\n", f.key, f.doc, "", f.notes())
		if _, ok := f.object(); ok && (path == "" || len(f.index) == 1) { // What stands at the top too is explained there.
			below = append(below, f)
		}
	}
	b.WriteString("\n")
	for _, f := range below {
		object, _ := f.object()
		b.WriteString(plainReference(object, child(path, f.key+"[]")))
	}
	return b.String()
}

func markdown(b *strings.Builder, t reflect.Type, path string) {
	if path != "" {
		fmt.Fprintf(b, "\n`%s`\n", path)
	}
	b.WriteString("\n| key | meaning | value |\n|---|---|---|\n")
	var below []field
	for _, f := range fields(t) {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.key, strings.ReplaceAll(f.doc, "*", `\*`), f.notes())
		if _, ok := f.object(); ok && (path == "" || len(f.index) == 1) { // What stands at the top too is explained there.
			below = append(below, f)
		}
	}
	for _, f := range below {
		object, _ := f.object()
		markdown(b, object, child(path, f.key+"[]"))
	}
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}
