package structure

import (
	"hash/maphash"
	"sort"
)

// kind is the type of a value.
type kind uint8

const (
	nullKind kind = iota
	boolKind
	intKind
	floatKind
	numberKind // Of languages that have one type for all numbers.
	stringKind
	timeKind
	exprKind // An HCL expression that only its engine can evaluate.
	encryptedKind
	mapKind
	listKind
	blocksKind // HCL blocks of one type and the same labels. Their order means nothing.
)

func (k kind) String() string {
	return [...]string{"null", "boolean", "integer", "float", "number", "string", "time", "expression", "encrypted", "map", "list", "block"}[k]
}

func (k kind) isScalar() bool { return k < mapKind }

// node is one value. Nodes that come by a YAML alias are shared, so a tree is never changed once sealed.
type node struct {
	kind    kind
	tag     string // A tag that the language itself does not know: !Ref.
	text    string // Of a scalar: as written, without quotes.
	canon   string // Of a scalar: equal where the meaning is, together with kind and tag.
	summary string // Stands for the whole value, which is not looked into: "sops metadata".
	fields  []field
	items   []*node
	index   map[string]int // Of fields, where there are many.
	at      Range

	hash  uint64
	size  int // Values within, itself included, every alias unfolded.
	depth int
}

// field is one key of a map with its value.
type field struct {
	key       string // Equal where the meaning is.
	label     string // As it is written in a path.
	isPath    bool   // The label is a piece of a path already: resource.aws_instance.web.
	inherited bool   // Comes by a YAML merge key: its lines are elsewhere.
	value     *node
	at        Range
}

// seed keeps documents from being made whose hashes collide.
var seed = maphash.MakeSeed()

// manyFields is from how many fields on a map is looked up by an index.
const manyFields = 8

// seal computes what is derived from the children, which are sealed already. Duplicate keys are found by the parsers.
func (n *node) seal() error {
	n.size = 1
	switch n.kind {
	case mapKind:
		if len(n.fields) >= manyFields {
			n.index = make(map[string]int, len(n.fields))
		}
		var sum uint64
		for i, f := range n.fields {
			if n.index != nil {
				n.index[f.key] = i
			}
			sum += maphash.Comparable(seed, keyed{f.key, f.value.hash})
			n.within(f.value)
		}
		n.hash = maphash.Comparable(seed, scalar{n.kind, n.tag, "", sum})
	case listKind, blocksKind:
		var sum uint64
		for _, item := range n.items {
			if n.kind == listKind {
				sum = maphash.Comparable(seed, ordered{sum, item.hash})
			} else {
				sum += maphash.Comparable(seed, item.hash)
			}
			n.within(item)
		}
		n.hash = maphash.Comparable(seed, scalar{n.kind, n.tag, "", sum})
	default:
		n.hash = maphash.Comparable(seed, scalar{n.kind, n.tag, n.canon, 0})
	}
	switch {
	case n.size > maxNodes:
		return errTooMany
	case n.depth > maxDepth:
		return errTooDeep
	}
	return nil
}

type keyed struct {
	key   string
	value uint64
}

type ordered struct{ before, value uint64 }

type scalar struct {
	kind       kind
	tag, canon string
	sum        uint64
}

func (n *node) within(child *node) {
	n.size = min(n.size+child.size, maxNodes+1)
	n.depth = max(n.depth, child.depth+1)
}

// lookup answers the position of a field, or -1.
func (n *node) lookup(key string) int {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range n.fields {
		if n.fields[i].key == key {
			return i
		}
	}
	return -1
}

// get answers the value of a field, or nil.
func (n *node) get(key string) *node {
	if n.kind != mapKind {
		return nil
	}
	if i := n.lookup(key); i >= 0 {
		return n.fields[i].value
	}
	return nil
}

// word answers the text of a field that is a string, or an empty text.
func (n *node) word(key string) string {
	if v := n.get(key); v != nil && v.kind == stringKind {
		return v.text
	}
	return ""
}

func equal(a, b *node) bool { return a == b || a.hash == b.hash }

// lines knows where the lines of a text start, so that offsets become lines.
type lines []int

func newLines(data []byte) lines {
	starts := lines{0}
	for i, c := range data {
		if c == '\n' && i+1 < len(data) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// at answers the line of an offset, from 0.
func (l lines) at(offset int) int {
	return sort.Search(len(l), func(i int) bool { return l[i] > offset }) - 1
}
