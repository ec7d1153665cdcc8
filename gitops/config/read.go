package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/viper"
	yaml "go.yaml.in/yaml/v3"

	"plumb/model/text"
)

const (
	maxBytes  = 1 << 20 // A larger file is not a configuration.
	maxValues = 100_000 // Aliases counted as often as they are used, so that few lines cannot become gigabytes.
)

// reader walks a YAML document along a schema. It makes a second document of
// it that has only what the schema knows, and keeps the lines of the first.
type reader struct {
	problems
	lines  map[string]int    // The line of each key and list entry, by its path: "environments[1].targets[0].name".
	names  map[string]string // What objects are called, outer first: "production, web".
	values int
}

// read checks data against the struct that into points to, and fills it. The
// reader answers lines for further rules; problems of the document are in it,
// and what had one is left out of the struct.
func read(data []byte, into any, defaults map[string]any) (*reader, error) {
	r := &reader{lines: map[string]int{}, names: map[string]string{}}
	root := r.parse(data)
	clean := &yaml.Node{Kind: yaml.MappingNode}
	if root != nil {
		clean = r.object(root, reflect.TypeOf(into).Elem(), "", "")
	}
	document, err := yaml.Marshal(clean)
	if err != nil {
		return nil, fmt.Errorf("write what was read: %w", err)
	}
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"))
	v.SetConfigType("yaml")
	for key, value := range defaults {
		v.SetDefault(key, value)
	}
	if err := v.ReadConfig(bytes.NewReader(document)); err != nil {
		return nil, fmt.Errorf("read the checked document: %w", err)
	}
	if err := v.UnmarshalExact(into); err != nil {
		return nil, fmt.Errorf("decode the checked document: %w", err)
	}
	return r, nil
}

// parse answers the document's root, or nil when there is none or it cannot be read.
func (r *reader) parse(data []byte) *yaml.Node {
	if len(data) > maxBytes {
		r.add(0, "", "the file is larger than 1 MiB and was not read")
		return nil
	}
	if !r.printable(data) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	case err != nil:
		r.syntax(err, data)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.add(second.Line, "remove it and the --- before it", "a second document begins here")
		return nil
	case !errors.Is(err, io.EOF):
		r.syntax(err, data)
		return nil
	}
	root := resolve(document.Content[0])
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	}
	return root
}

// printable refuses bytes that an editor would not show and a terminal would obey.
func (r *reader) printable(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for i, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		for len(line) > 0 {
			c, n := utf8.DecodeRune(line)
			switch {
			case c == utf8.RuneError && n == 1:
				r.add(i+1, "save it as UTF-8", "the file is not UTF-8: byte 0x%02x", line[0])
				return false
			case unicode.IsControl(c) && c != '\t':
				r.add(i+1, "remove it", "control character U+%04X", c)
				return false
			}
			line = line[n:]
		}
	}
	return true
}

var (
	syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	anchorName = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntax tells an error of the YAML parser with its line.
func (r *reader) syntax(err error, data []byte) {
	m := syntaxLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		r.add(0, "", "not YAML: %s", err)
		return
	}
	line, _ := strconv.Atoi(m[1])
	lines := strings.Split(string(data), "\n")
	if a := anchorName.FindStringSubmatch(m[2]); a != nil {
		if i := strings.Index(string(data), "*"+a[1]); i >= 0 {
			line = 1 + strings.Count(string(data[:i]), "\n")
		}
	}
	// The parser tells a tab only by its consequences, sometimes a line late.
	for i := max(0, line-2); line > 0 && i < min(len(lines), line+1); i++ {
		if indent := lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " \t"))]; strings.Contains(indent, "\t") {
			r.add(i+1, "indent with spaces", "the line is indented with a tab, which YAML does not allow")
			return
		}
	}
	r.add(line, "", "not YAML: %s", m[2])
}

// resolve follows an alias to what it stands for. The parser allows no alias of an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// in is the place of an object for people, to be put behind a message.
func (r *reader) in(path string) string {
	switch {
	case path == "":
		return ""
	case r.names[path] == "":
		return " in " + path
	default:
		return " in " + path + " (" + r.names[path] + ")"
	}
}

// tooMany counts a value and reports whether the document has become too large; it says so once.
func (r *reader) tooMany(n *yaml.Node) bool {
	r.values++
	if r.values == maxValues+1 {
		r.add(n.Line, "repeat less with *aliases", "the document has more than %d values", maxValues)
	}
	return r.values > maxValues
}

// object reads a mapping along the struct type t. Outer names the objects around it.
func (r *reader) object(n *yaml.Node, t reflect.Type, path, outer string) *yaml.Node {
	clean := &yaml.Node{Kind: yaml.MappingNode}
	schema := fields(t)
	if n.Kind != yaml.MappingNode || n.Style&yaml.TaggedStyle != 0 {
		what := path
		if what == "" {
			what = "the document"
		}
		r.add(n.Line, "write it as key: value with "+strings.Join(keys(schema), ", "), "%s must be an object, not %s", what, describe(n))
		return clean
	}
	r.lines[path] = n.Line
	r.names[path] = join(outer, title(n))

	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolve(n.Content[i+1])
		if r.tooMany(key) {
			return clean
		}
		if key.Kind != yaml.ScalarNode {
			r.add(key.Line, "", "a key must be plain text, not %s%s", describe(resolve(key)), r.in(path))
			continue
		}
		if line, seen := first[key.Value]; seen {
			r.add(key.Line, "keep one", "duplicate key %s%s, first in line %d", quote(key.Value), r.in(path), line)
			continue
		}
		first[key.Value] = key.Line
		f, known := find(schema, key.Value)
		if !known {
			r.unknown(key, schema, path)
			continue
		}
		at := child(path, f.key)
		r.lines[at] = key.Line
		if v := r.value(value, key.Line, f, path, at); v != nil {
			clean.Content = append(clean.Content, scalar(f.key), v)
		}
	}
	for _, f := range schema {
		if _, there := r.lines[child(path, f.key)]; f.required && !there {
			hint := ""
			if f.example != "" {
				hint = "add " + f.key + ": " + f.example
			}
			r.add(n.Line, hint, "%s is missing%s", f.key, r.in(path))
		}
	}
	return clean
}

// unknown tells a key that the schema does not have. What was probably meant counts as present,
// so that one mistake is not told twice.
func (r *reader) unknown(key *yaml.Node, schema []field, path string) {
	if key.Value == "<<" {
		r.add(key.Line, "repeat the keys, or use an alias for a whole value", "merge keys are not supported%s", r.in(path))
		return
	}
	if n := nearest(key.Value, keys(schema)); n != "" && r.lines[child(path, n)] == 0 {
		r.lines[child(path, n)] = key.Line
	}
	r.add(key.Line, suggest(key.Value, keys(schema)), "unknown key %s%s", quote(key.Value), r.in(path))
}

// value reads what stands behind a key; nil when it cannot be used.
func (r *reader) value(n *yaml.Node, line int, f field, path, at string) *yaml.Node {
	wrong := func() *yaml.Node {
		hint := ""
		if len(f.oneof) > 0 {
			hint = "known: " + strings.Join(f.oneof, ", ")
		}
		r.add(line, hint, "%s must be %s, not %s%s", f.key, f.kind(), describe(n), r.in(path))
		return nil
	}
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		return wrong()
	case n.Kind == yaml.ScalarNode && (n.Value == "" || n.ShortTag() == "!!null"):
		r.add(line, "write "+f.kind()+", or remove the key", "%s has no value%s", f.key, r.in(path))
		return nil
	case n.Kind == yaml.ScalarNode && !r.visible(n, f.key, path):
		return nil
	}
	switch f.typ.Kind() {
	case reflect.String:
		if n.Kind != yaml.ScalarNode {
			return wrong()
		}
		if len(f.oneof) > 0 && !slices.Contains(f.oneof, n.Value) {
			r.add(line, suggest(n.Value, f.oneof), "unknown %s %s%s", f.key, quote(n.Value), r.in(path))
			return nil
		}
		return scalar(n.Value)
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			return wrong()
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strings.ToLower(n.Value)}
	case reflect.Int:
		i, err := strconv.ParseInt(n.Value, 10, 32)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
			return wrong()
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(i, 10)}
	}
	if n.Kind != yaml.SequenceNode {
		return wrong()
	}
	return r.list(n, f, path, at)
}

// list reads a sequence of texts or objects. A list of objects keeps an empty one for each that
// is broken, so that the paths of those behind it hold; a list of texts is used whole or not at all.
func (r *reader) list(n *yaml.Node, f field, path, at string) *yaml.Node {
	clean, broken := &yaml.Node{Kind: yaml.SequenceNode}, false
	t, objects := f.object()
	if len(n.Content) == 0 && !objects {
		r.add(n.Line, "remove the key", "%s is an empty list%s", f.key, r.in(path))
		return nil
	}
	for i, entry := range n.Content {
		entry = resolve(entry)
		if r.tooMany(entry) {
			return nil
		}
		here := fmt.Sprintf("%s[%d]", at, i)
		r.lines[here] = entry.Line
		plain := entry.Kind == yaml.ScalarNode && entry.Style&yaml.TaggedStyle == 0 && entry.ShortTag() != "!!null"
		switch {
		case plain && !r.visible(entry, f.key, path):
			broken = true
			clean.Content = append(clean.Content, &yaml.Node{Kind: yaml.MappingNode})
		case objects && plain && len(f.short) > 0:
			clean.Content = append(clean.Content, r.short(entry, f, path, here))
		case objects:
			clean.Content = append(clean.Content, r.object(entry, t, here, r.names[path]))
		case plain:
			clean.Content = append(clean.Content, scalar(entry.Value))
		default:
			broken = true
			hint := ""
			if entry.Kind == yaml.MappingNode && len(entry.Content) == 0 {
				hint = `write "{}" in quotes`
			}
			r.add(entry.Line, hint, "%s[%d] must be text, not %s%s", f.key, i, describe(entry), r.in(path))
		}
	}
	if broken && !objects {
		return nil
	}
	return clean
}

// short makes the object that a plain text stands for.
func (r *reader) short(n *yaml.Node, f field, path, at string) *yaml.Node {
	object := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range f.short {
		r.lines[child(at, key)] = n.Line
		object.Content = append(object.Content, scalar(key), scalar(n.Value))
	}
	r.names[at] = join(r.names[path], n.Value)
	return object
}

// visible refuses texts with characters that a person could not see.
func (r *reader) visible(n *yaml.Node, key, path string) bool {
	if isVisible(n.Value) {
		return true
	}
	r.add(n.Line, "remove them", "%s has control or invisible characters: %s%s", key, quote(n.Value), r.in(path))
	return false
}

// title is what an object calls itself: its name, or the path of one that has none.
func title(n *yaml.Node) string {
	for _, want := range []string{"name", "path"} {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if v := resolve(n.Content[i+1]); n.Content[i].Value == want && v.Kind == yaml.ScalarNode && len(v.Value) <= 60 && isVisible(v.Value) {
				return v.Value
			}
		}
	}
	return ""
}

// describe says what a node is, for "must be … , not …".
func describe(n *yaml.Node) string {
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		return "a value with the YAML tag " + quote(n.Tag)
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	default:
		return quote(n.Value)
	}
}

// isVisible reports whether s has nothing that the sanitiser of package text would mark.
func isVisible(s string) bool { return text.Line(s).String() == s }

// scalar is a text of the checked document, whatever it looks like.
func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func child(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func join(outer, name string) string {
	if outer == "" || name == "" {
		return outer + name
	}
	return outer + ", " + name
}

func find(schema []field, key string) (field, bool) {
	for _, f := range schema {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}
