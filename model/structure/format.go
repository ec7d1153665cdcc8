package structure

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"plumb/model/text"
)

// Format is a language that documents are written in.
type Format int

// The formats. HCL is the native syntax; its JSON form is JSON.
const (
	YAML Format = iota
	JSON
	TOML
	HCL
)

// String is the name of the format.
func (f Format) String() string { return [...]string{"YAML", "JSON", "TOML", "HCL"}[f] }

var formats = map[string]Format{
	".yaml": YAML, ".yml": YAML,
	".json": JSON, ".jsonc": JSON, ".tfstate": JSON,
	".toml": TOML,
	".hcl":  HCL, ".tf": HCL, ".tfvars": HCL, ".tofu": HCL, ".nomad": HCL,
}

// FormatOf answers the format of a file by its name. Templates (.j2, .tpl) have none.
func FormatOf(name string) (Format, bool) {
	base := strings.ToLower(path.Base(name))
	switch base {
	case "pipfile", "poetry.lock", "cargo.lock", "uv.lock":
		return TOML, true
	case "pipfile.lock", "composer.lock", "flake.lock", "terraform.tfstate.backup":
		return JSON, true
	case ".terraform.lock.hcl":
		return HCL, true
	case ".yamllint", ".clang-format", "chart.lock":
		return YAML, true
	}
	f, ok := formats[path.Ext(base)]
	return f, ok
}

// The bounds. What is beyond them is read as lines.
const (
	maxBytes = 8 << 20
	maxNodes = 1_000_000 // Of one document, with every alias unfolded.
	maxDepth = 1000
)

var (
	errTooLarge = &TooLargeError{text.Lit("larger than 8 MiB")}
	errTooMany  = &TooLargeError{text.Lit("more than 1,000,000 values")}
	errTooDeep  = &TooLargeError{text.Lit("nested deeper than 1,000 levels")}
	errTooDense = &TooLargeError{text.Lit("expressions with too many operators")}
)

// document is one document of a stream.
type document struct {
	root     *node
	identity string // Equal for two versions of the same object; empty where the document does not say.
	name     string
	at       Range
}

var parsers = [...]func([]byte) ([]document, error){YAML: parseYAML, JSON: parseJSON, TOML: parseTOML, HCL: parseHCL}

var byteOrderMark = []byte("\ufeff")

func parse(f Format, data []byte) ([]document, error) {
	if len(data) > maxBytes {
		return nil, errTooLarge
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	switch {
	case bytes.HasPrefix(data, []byte("\x00GITCRYPT\x00")):
		return nil, malformed(0, "encrypted by git-crypt")
	case bytes.HasPrefix(data, []byte("$ANSIBLE_VAULT;")):
		return nil, malformed(0, "encrypted by ansible-vault")
	case !utf8.Valid(data):
		return nil, malformed(0, "not UTF-8")
	case hasManySigns(f, data):
		return nil, errTooMany
	}
	docs, err := parsers[f](data)
	if err != nil && bareMark.Match(data) {
		docs, err = parsers[f](quoteMarks(data))
	}
	if err != nil {
		return nil, err
	}
	if f == YAML || f == JSON {
		docs = splitLists(docs)
	}
	for i := range docs {
		hideMetadata(docs[i].root)
	}
	return docs, nil
}

// signs are those that go before the values of a format. JSON is counted while it is read.
var signs = map[Format]string{
	YAML: ",[{\n-?:&*",
	TOML: ",[{\n=.",
	HCL:  ",[{(\n\"=.+-*/!?:<>&|$%",
}

// hasManySigns reports documents that the libraries would need unreasonable memory for. Prose has such signs, too, so
// the bound is generous.
func hasManySigns(f Format, data []byte) bool {
	count := 0
	for _, sign := range []byte(signs[f]) {
		count += bytes.Count(data, []byte{sign})
	}
	return count > 2*maxNodes
}
