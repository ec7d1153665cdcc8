package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"plumb/model"
)

// Write is a plumb.yaml for the environments: every key is shown and explained
// once, those that are not used as a comment, and [ParseRepository] reads
// the same environments back. A target that the file could not hold, for its
// name or because it lies within another one, is written as a comment that says why. What a policy asks is not
// written, only explained: what is discovered has none, and what has one has a file.
func Write(environments []model.Environment) []byte {
	d := &document{}
	d.comment(0, "The environments of this repository, for plumb. plumb help "+FileName+" explains every key.")
	d.text("")
	if len(environments) == 0 {
		d.fields(reflect.ValueOf(repositoryFile{Version: 1}), keyStyle{explain: true, skip: "environments", own: true})
		d.text("")
		d.comment(0, "Nothing was found that says where this infrastructure is real. An example:")
		d.commented(0, func() {
			d.environments(example())
			d.sharedChecks(example())
		})
		return d.bytes()
	}
	d.fields(reflect.ValueOf(repositoryFile{Version: 1}), keyStyle{explain: true, skip: "environments", own: true})
	d.text("")
	d.environments(environments)
	d.text("")
	d.sharedChecks(environments)
	return d.bytes()
}

// document is a file in the making.
type document struct {
	lines   []string
	explain map[string]bool // The lists whose keys were explained already.
	margin  int             // Where the comment that everything is put into begins, plus one; 0 for none.
}

// keyStyle says how the keys of one object are written.
type keyStyle struct {
	indent  int
	item    bool   // The object is an entry of a list: a dash before its first key.
	explain bool   // Say what each key means, and show those that are not set as comments.
	sample  bool   // Show those that are not set as if they were.
	skip    string // A key that the caller writes.
	own     bool   // Leave out the keys that an environment has too.
}

func (d *document) bytes() []byte { return []byte(strings.Join(d.lines, "\n") + "\n") }

func (d *document) text(line string) {
	if at := d.margin - 1; d.margin > 0 && len(line) >= at {
		line = strings.TrimRight(line[:at]+"# "+line[at:], " ")
	}
	d.lines = append(d.lines, line)
}

func (d *document) comment(indent int, words string) {
	d.lines = append(d.lines, strings.Repeat(" ", indent)+"# "+words)
}

// commented writes what f writes as a comment that begins at the indent.
func (d *document) commented(indent int, f func()) {
	if d.margin == 0 {
		d.margin = indent + 1
		defer func() { d.margin = 0 }()
	}
	f()
}

// first reports whether the keys of the list were not explained before, and notes that they are now.
func (d *document) first(list string) bool {
	if d.explain == nil {
		d.explain = map[string]bool{}
	}
	was := d.explain[list]
	d.explain[list] = true
	return !was
}

func (d *document) environments(environments []model.Environment) {
	names := map[string]bool{}
	var files []environmentFile
	var out []string
	for _, e := range environments {
		f := environmentOf(e)
		why := reject(environmentFile{Name: f.Name, Color: f.Color, Approvals: f.Approvals, Branch: f.Branch})
		if why == "" && names[f.Name] {
			why = "there is another environment of this name"
		}
		names[f.Name] = names[f.Name] || why == ""
		files, out = append(files, f), append(out, why)
	}
	d.list(0, "environments:", lookup(repositoryFile{}, "environments").doc, out, func(i int) { d.environment(files[i]) })
}

// list writes a key and its items, those that the file could not hold as comments that say why. A
// key that is left without items becomes a comment too, because an empty value is an error.
func (d *document) list(indent int, key, doc string, leftOut []string, item func(i int)) {
	write := func() {
		d.key(indent, key, doc)
		for i, why := range leftOut {
			if why == "" {
				item(i)
				continue
			}
			d.comment(indent+2, "Left out: "+why)
			d.commented(indent+2, func() { item(i) })
		}
	}
	if slices.Contains(leftOut, "") {
		write()
	} else {
		d.commented(indent, write)
	}
}

func (d *document) environment(f environmentFile) {
	explain := d.first("environments")
	own := f.Checks
	f.Checks = nil
	d.fields(reflect.ValueOf(f), keyStyle{indent: 2, item: true, explain: explain, skip: "targets"})
	if len(f.Targets) > 0 {
		d.targets(f, explain)
	}
	if len(own) > 0 {
		d.checks(4, lookup(f, "checks").doc, own)
	}
}

// sharedChecks writes the checks of all environments, or one as a comment where there are none.
func (d *document) sharedChecks(environments []model.Environment) {
	var shared []checkFile
	for _, e := range environments[:min(len(environments), 1)] {
		shared = checksOf(e, "")
	}
	doc := lookup(repositoryFile{}, "checks").doc
	if len(shared) > 0 {
		d.checks(0, doc, shared)
		return
	}
	d.commented(0, func() {
		d.key(0, "checks:", doc)
		sample := checkFile{Name: lookup(checkFile{}, "name").example}
		d.fields(reflect.ValueOf(sample), keyStyle{indent: 2, item: true, explain: true, sample: true})
	})
}

func (d *document) checks(indent int, doc string, list []checkFile) {
	d.key(indent, "checks:", doc)
	for _, c := range list {
		d.fields(reflect.ValueOf(c), keyStyle{indent: indent + 2, item: true, explain: d.first("checks")})
	}
}

func (d *document) targets(f environmentFile, explain bool) {
	doc := ""
	if explain {
		doc = lookup(f, "targets").doc
	}
	var held []targetFile
	out := make([]string, len(f.Targets))
	for i, t := range f.Targets {
		out[i] = reject(environmentFile{Name: "x", Targets: []targetFile{t}})
		for _, h := range held {
			switch {
			case out[i] != "":
			case h.Name == t.Name:
				out[i] = "there is another target of this name"
			case overlaps(h.Path, t.Path):
				out[i] = "its path overlaps that of " + h.Name
			}
		}
		if out[i] == "" {
			held = append(held, t)
		}
	}
	d.list(4, "targets:", doc, out, func(i int) { d.target(f.Targets[i]) })
}

func (d *document) target(t targetFile) {
	d.fields(reflect.ValueOf(t), keyStyle{indent: 6, item: true, explain: d.first("targets"), skip: "files"})
	f := lookup(t, "files")
	switch {
	case len(t.Files) > 0:
		d.key(8, "files:", f.doc)
		for _, rule := range t.Files {
			d.fields(reflect.ValueOf(rule), keyStyle{indent: 10, item: true, explain: d.first("files")})
		}
	case d.first("files"):
		d.commented(8, func() {
			d.key(8, "files:", f.doc)
			d.fields(reflect.ValueOf(fileRuleFile{Path: lookup(fileRuleFile{}, "path").example}), keyStyle{indent: 10, item: true, explain: true, sample: true})
		})
	}
}

// fields writes the keys of the struct v.
func (d *document) fields(v reflect.Value, s keyStyle) {
	indent, lead := s.indent, ""
	if s.item {
		indent, lead = s.indent+2, "- "
	}
	for _, f := range fields(v.Type()) {
		value := v.FieldByIndex(f.index)
		set := !value.IsZero()
		if f.key == s.skip || s.own && len(f.index) > 1 || !set && !s.explain {
			continue
		}
		at, doc := indent, ""
		if lead != "" {
			at = s.indent
		}
		if s.explain {
			doc = f.doc
		}
		if !set && f.example == "" {
			continue
		}
		line := lead + f.key + ": "
		lead = ""
		switch {
		case !set && s.sample:
			d.key(at, line+f.example, doc)
		case !set:
			d.key(at, "# "+line+f.example, doc)
		case len(f.short) > 0:
			d.key(at, strings.TrimSpace(line), doc)
			for _, h := range value.Interface().([]hostFile) {
				d.text(strings.Repeat(" ", at+2) + "- " + h.flow())
			}
		default:
			d.key(at, line+flow(value), doc)
		}
	}
}

// key writes one key, and what it means behind it.
func (d *document) key(indent int, code, doc string) {
	line := strings.Repeat(" ", indent) + code
	if doc != "" {
		width := 42
		if d.margin > 0 {
			width -= len("# ")
		}
		line = fmt.Sprintf("%-*s # %s", width, line, doc)
	}
	d.text(line)
}

func (h hostFile) flow() string {
	switch {
	case h.Root == "" && h.SSH == h.Name:
		return plain(h.Name)
	case h.Root == "":
		return "{name: " + plain(h.Name) + ", ssh: " + plain(h.SSH) + "}"
	default:
		return "{name: " + plain(h.Name) + ", root: " + plain(h.Root) + "}"
	}
}

// flow writes a value on one line.
func flow(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		return flow(v.Elem())
	case reflect.String:
		return plain(v.String())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = flow(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return fmt.Sprint(v.Interface())
	}
}

var plainText = regexp.MustCompile(`^-?[A-Za-z0-9_/.][A-Za-z0-9_/.@+*-]*(?::[A-Za-z0-9_/.@+*-]+)*$`)

// plain writes a text, in quotes where YAML would take it for something else.
func plain(s string) string {
	var v any
	if plainText.MatchString(s) && yaml.Unmarshal([]byte(s), &v) == nil && v == any(s) {
		return s
	}
	return strconv.Quote(s)
}

// reject says why the file could not hold the environment, or nothing.
func reject(f environmentFile) string {
	d := &document{explain: map[string]bool{"environments": true, "targets": true, "files": true}}
	d.text("version: 1")
	d.text("environments:")
	d.fields(reflect.ValueOf(f), keyStyle{indent: 2, item: true, skip: "targets"})
	if len(f.Targets) > 0 {
		d.text("    targets:")
		for _, t := range f.Targets {
			d.target(t)
		}
	}
	_, err := ParseRepository(FileName, d.bytes())
	if told, ok := errors.AsType[*Error](err); ok {
		problem, _, _ := strings.Cut(told.Problems[0].Text, " in environments[0]")
		return problem
	}
	return ""
}

// lookup is the schema of one key of the struct.
func lookup(object any, key string) field {
	f, _ := find(fields(reflect.TypeOf(object)), key)
	return f
}

func environmentOf(e model.Environment) environmentFile {
	f := environmentFile{Name: e.Name, Color: e.Color, Production: e.Production, ReadOnly: e.ReadOnly, Branch: e.Branch}
	if e.Production || e.Approvals != 0 {
		f.Approvals = &e.Approvals
	}
	for _, t := range e.Targets {
		f.Targets = append(f.Targets, targetOf(t))
	}
	f.Checks = checksOf(e, e.Name)
	return f
}

// checksOf are the checks of the environment that belong to the owner; empty for those of all environments.
func checksOf(e model.Environment, owner string) []checkFile {
	var list []checkFile
	for _, c := range e.Checks {
		if c.Environment != owner {
			continue
		}
		f := checkFile{Name: c.Name, Run: c.Run, When: c.When}
		if c.Timeout != checkTimeout {
			f.Timeout = c.Timeout.String()
		}
		if c.Advisory {
			f.Required = new(bool)
		}
		list = append(list, f)
	}
	return list
}

func targetOf(t model.Target) targetFile {
	f := targetFile{Name: t.Name, Provider: t.Provider, Path: t.Path}
	if t.ConfirmWithin > 0 {
		f.Confirm = t.ConfirmWithin.String()
	}
	for _, h := range t.Hosts {
		f.Hosts = append(f.Hosts, hostFile{Name: h.Name, Root: h.Root, SSH: h.SSH})
	}
	for _, r := range t.Files {
		f.Files = append(f.Files, fileRuleFile{
			Path: r.Path, Mode: r.Mode, Owner: r.Owner, Sensitive: r.Sensitive, Exclusive: r.Exclusive, Check: r.Check, Reload: r.Reload,
		})
	}
	return f
}
