package diff

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// manifest is a file of the kind that infrastructure repositories are full of: many blocks that look alike.
type manifest struct {
	random *rand.Rand
	kind   string
	items  []*manifestItem
}

type manifestItem struct {
	name   string
	keys   []string
	values map[string]string
	nested []*manifestItem
}

func newManifest(random *rand.Rand, kind string) *manifest {
	f := &manifest{random: random, kind: kind}
	for range 2 + random.IntN(30) {
		f.items = append(f.items, f.item(2))
	}
	return f
}

var (
	manifestNames = strings.Fields("web api cache db queue mail proxy dns metrics logs backup auth")
	manifestKeys  = strings.Fields("image replicas port enabled timeout host path cpu memory region owner interval")
)

func (f *manifest) pick(list []string) string { return list[f.random.IntN(len(list))] }

func (f *manifest) value() string {
	switch f.random.IntN(4) {
	case 0:
		return "true"
	case 1:
		return fmt.Sprint(f.random.IntN(4))
	case 2:
		return fmt.Sprintf("v1.%d.%d", f.random.IntN(9), f.random.IntN(30))
	}
	return f.pick(manifestNames) + ".example.org"
}

func (f *manifest) item(depth int) *manifestItem {
	it := &manifestItem{name: f.pick(manifestNames), values: map[string]string{}}
	for range 1 + f.random.IntN(6) {
		key := f.pick(manifestKeys)
		if _, found := it.values[key]; !found {
			it.keys = append(it.keys, key)
		}
		it.values[key] = f.value()
	}
	for depth > 0 && f.random.IntN(3) == 0 {
		it.nested = append(it.nested, f.item(depth-1))
	}
	return it
}

// change edits the file as a person would: a value, a key, a whole block, its copy, its place.
func (f *manifest) change() {
	for range 1 + f.random.IntN(4) {
		list := &f.items
		for len(*list) > 0 && f.random.IntN(3) == 0 {
			list = &(*list)[f.random.IntN(len(*list))].nested
		}
		n := len(*list)
		if n == 0 {
			*list = append(*list, f.item(1))
			continue
		}
		at := f.random.IntN(n)
		it := (*list)[at]
		switch f.random.IntN(8) {
		case 0, 1, 2:
			it.values[f.pick(it.keys)] = f.value()
		case 3:
			key := f.pick(manifestKeys)
			if _, found := it.values[key]; !found {
				it.keys = slices.Insert(it.keys, f.random.IntN(len(it.keys)+1), key)
			}
			it.values[key] = f.value()
		case 4:
			*list = slices.Insert(*list, at, f.item(1))
		case 5:
			*list = slices.Delete(*list, at, at+1)
		case 6:
			*list = slices.Insert(*list, at+1, f.likeItem(it))
		case 7:
			*list = slices.Delete(*list, at, at+1)
			*list = slices.Insert(*list, f.random.IntN(n), it)
		}
	}
}

// likeItem is what someone makes by copying a block and giving it another name.
func (f *manifest) likeItem(it *manifestItem) *manifestItem {
	twin := &manifestItem{name: f.pick(manifestNames), keys: slices.Clone(it.keys), values: maps.Clone(it.values)}
	twin.values[f.pick(it.keys)] = f.value()
	for _, inner := range it.nested {
		twin.nested = append(twin.nested, f.likeItem(inner))
	}
	return twin
}

func (f *manifest) bytes() []byte {
	var b bytes.Buffer
	for i, it := range f.items {
		if f.kind != "yaml" && i > 0 {
			b.WriteByte('\n')
		}
		f.write(&b, it, "", "")
	}
	return b.Bytes()
}

func (f *manifest) write(b *bytes.Buffer, it *manifestItem, indent, section string) {
	switch f.kind {
	case "yaml":
		fmt.Fprintf(b, "%s- name: %s\n", indent, it.name)
		for _, key := range it.keys {
			fmt.Fprintf(b, "%s  %s: %s\n", indent, key, it.values[key])
		}
		if len(it.nested) > 0 {
			fmt.Fprintf(b, "%s  items:\n", indent)
		}
		for _, inner := range it.nested {
			f.write(b, inner, indent+"    ", "")
		}
	case "hcl":
		fmt.Fprintf(b, "%sresource %q {\n", indent, it.name)
		for _, key := range it.keys {
			fmt.Fprintf(b, "%s  %s = %q\n", indent, key, it.values[key])
		}
		for _, inner := range it.nested {
			b.WriteByte('\n')
			f.write(b, inner, indent+"  ", "")
		}
		fmt.Fprintf(b, "%s}\n", indent)
	case "ini":
		fmt.Fprintf(b, "[%s%s]\n", section, it.name)
		for _, key := range it.keys {
			fmt.Fprintf(b, "%s=%s\n", key, it.values[key])
		}
		for _, inner := range it.nested {
			b.WriteByte('\n')
			f.write(b, inner, "", section+it.name+".")
		}
	}
}
