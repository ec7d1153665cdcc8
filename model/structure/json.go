package structure

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// jsonReader turns JSON into a tree. Comments are accepted, as many tools do.
type jsonReader struct {
	data    []byte
	lines   lines
	decoder *json.Decoder
	nodes   int
}

func parseJSON(data []byte) ([]document, error) {
	r := &jsonReader{data: blankComments(data), lines: newLines(data)}
	// The token reader is lenient about a few things and says less about errors, so the whole is checked
	// first. The check does not recurse.
	if err := json.Unmarshal(r.data, new(json.RawMessage)); err != nil {
		line := len(r.lines)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && int(syntax.Offset) < len(data) {
			line = r.lines.at(max(int(syntax.Offset)-1, 0)) + 1
		}
		if strings.Contains(err.Error(), "max depth") {
			return nil, errTooDeep
		}
		return nil, malformed(line, "%s", err)
	}
	r.decoder = json.NewDecoder(bytes.NewReader(r.data))
	r.decoder.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	return []document{{root: root, at: root.at}}, nil
}

// start answers where the next token begins.
func (r *jsonReader) start() int {
	at := int(r.decoder.InputOffset())
	for at < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[at]) >= 0 {
		at++
	}
	return at
}

func (r *jsonReader) value(depth int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, errTooMany
	}
	if depth > maxDepth {
		return nil, errTooDeep
	}
	lo := r.lines.at(r.start())
	token, err := r.decoder.Token()
	if err != nil {
		return nil, malformed(lo+1, "%s", err)
	}
	n := &node{at: Range{Lo: lo}}
	switch v := token.(type) {
	case nil:
		n.kind, n.text = nullKind, "null"
	case bool:
		n.kind, n.text = boolKind, strconv.FormatBool(v)
		n.canon = n.text
	case json.Number:
		n.kind, n.text, n.canon = numberKind, v.String(), exactNumber(v.String())
	case string:
		n = newString(v, n.at)
	case json.Delim:
		if v == '[' {
			err = r.list(n, depth)
		} else {
			err = r.object(n, depth)
		}
		if err != nil {
			return nil, err
		}
	}
	n.at.Hi = r.lines.at(int(r.decoder.InputOffset())-1) + 1
	return n, n.seal()
}

func (r *jsonReader) list(n *node, depth int) error {
	n.kind = listKind
	for r.decoder.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := r.decoder.Token()
	return err
}

func (r *jsonReader) object(n *node, depth int) error {
	n.kind = mapKind
	seen := map[string]bool{}
	for r.decoder.More() {
		lo := r.lines.at(r.start())
		token, err := r.decoder.Token()
		if err != nil {
			return malformed(lo+1, "%s", err)
		}
		key, _ := token.(string)
		if seen[key] {
			return malformed(lo+1, "the key %q is there twice", key)
		}
		seen[key] = true
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.fields = append(n.fields, field{key: key, label: key, value: value, at: Range{lo, value.at.Hi}})
	}
	_, err := r.decoder.Token()
	return err
}

// exactNumber answers the same text for numbers of the same value. Numbers that are too large to be written
// out are themselves.
func exactNumber(s string) string {
	const maxDigits, maxExponent = 200, 300
	if len(s) > maxDigits {
		return s
	}
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		exponent, err := strconv.Atoi(s[at+1:])
		if err != nil || exponent > maxExponent || exponent < -maxExponent {
			return s
		}
	}
	exact, ok := new(big.Rat).SetString(s)
	if !ok {
		return s
	}
	return exact.RatString()
}

// blankComments answers data with spaces in the place of // and /* */ comments, and data itself where there are none.
func blankComments(data []byte) []byte {
	if !bytes.Contains(data, []byte("//")) && !bytes.Contains(data, []byte("/*")) {
		return data
	}
	out := bytes.Clone(data)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if out[i] != '\n' && out[i] != '\r' {
				out[i] = ' '
			}
		}
	}
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '"':
			for i++; i < len(out) && out[i] != '"'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
		case bytes.HasPrefix(out[i:], []byte("//")):
			end := len(out)
			if at := bytes.IndexByte(out[i:], '\n'); at >= 0 {
				end = i + at
			}
			blank(i, end)
			i = end
		case bytes.HasPrefix(out[i:], []byte("/*")):
			at := bytes.Index(out[i+2:], []byte("*/"))
			if at < 0 {
				return out // The parser will say what is wrong.
			}
			blank(i, i+2+at+2)
			i += 2 + at + 1
		}
	}
	return out
}
