package structure

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomValue answers a value that all formats but TOML and HCL can write.
func randomValue(r *rand.Rand, depth int) any {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return r.IntN(1000)
	case 1:
		return []string{"", "x y", "a: b", "1", "true", "ü # c", "one\ntwo\n", "- x", "null"}[r.IntN(9)] + fmt.Sprint(r.IntN(5))
	case 2:
		return r.IntN(2) == 0
	case 3:
		return nil
	case 4:
		return fmt.Sprintf("word%d", r.IntN(100))
	case 5:
		list := make([]any, r.IntN(5))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return list
	}
	return randomMap(r, depth)
}

func randomMap(r *rand.Rand, depth int) map[string]any {
	m := map[string]any{}
	for range r.IntN(12) {
		m[fmt.Sprintf("key%d", r.IntN(50))] = randomValue(r, depth-1)
	}
	return m
}

// writeShuffled writes a value as JSON, which is YAML, too, with the keys of each map in a random order and random spaces.
func writeShuffled(r *rand.Rand, b *strings.Builder, v any) {
	space := func() { b.WriteString([]string{"", " ", "\n", "\n  "}[r.IntN(4)]) }
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			space()
			fmt.Fprintf(b, "%q: ", k)
			writeShuffled(r, b, v[k])
			space()
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			space()
			writeShuffled(r, b, item)
			space()
		}
		b.WriteByte(']')
	default:
		out, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		b.Write(out)
	}
}

// writeBlock writes a value as block YAML with the keys of each map in a random order.
func writeBlock(r *rand.Rand, b *strings.Builder, v any, indent string) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		b.WriteByte('\n')
		for _, k := range keys {
			if r.IntN(8) == 0 {
				b.WriteString("# comment\n\n")
			}
			b.WriteString(indent + k + ":")
			writeBlock(r, b, v[k], indent+"  ")
		}
	case []any:
		if len(v) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for _, item := range v {
			b.WriteString(indent + "-")
			writeBlock(r, b, item, indent+"  ")
		}
	case string:
		if strings.HasSuffix(v, "\n") && r.IntN(2) == 0 {
			b.WriteString(" |\n")
			for row := range strings.Lines(v) {
				b.WriteString(indent + "  " + row)
			}
			return
		}
		out, _ := json.Marshal(v)
		b.WriteString(" " + string(out) + "\n")
	default:
		out, _ := json.Marshal(v)
		b.WriteString(" " + string(out) + "\n")
	}
}

func flowOf(r *rand.Rand, v any) []byte {
	var b strings.Builder
	writeShuffled(r, &b, v)
	return []byte(b.String())
}

func blockOf(r *rand.Rand, v any) []byte {
	var b strings.Builder
	writeBlock(r, &b, v, "")
	return []byte(b.String())
}

func TestAnotherWayToWriteTheSameIsNoChange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 1000 {
		v := randomMap(r, 5)
		for _, test := range []struct {
			format   Format
			old, new []byte
		}{
			{JSON, flowOf(r, v), flowOf(r, v)},
			{YAML, flowOf(r, v), flowOf(r, v)},
			{YAML, flowOf(r, v), blockOf(r, v)},
			{YAML, blockOf(r, v), blockOf(r, v)},
		} {
			d, err := Compare(test.format, test.old, test.new)
			if err != nil || !d.IsEmpty() {
				t.Fatalf("%d %s: %v\n%s\n%s\n%s", n, test.format, err, test.old, test.new, show(d))
			}
		}
	}
}

// place is one leaf of a random value: its path, and how to give it another value.
type leafPlace struct {
	path string
	set  func(any)
}

func leavesOf(v any, path string, set func(any), out *[]leafPlace) {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			leavesOf(v[k], path+"."+k, func(x any) { v[k] = x }, out)
		}
	case []any:
		for i := range v {
			leavesOf(v[i], fmt.Sprintf("%s[%d]", path, i), func(x any) { v[i] = x }, out)
		}
	default:
		*out = append(*out, leafPlace{strings.TrimPrefix(path, "."), set})
	}
}

func TestOneEditIsOneChangeOfItsPath(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	edits := 0
	for edits < 1000 {
		v := randomMap(r, 5)
		var places []leafPlace
		leavesOf(v, "", nil, &places)
		if len(places) == 0 {
			continue
		}
		edits++
		slices.SortFunc(places, func(a, b leafPlace) int { return strings.Compare(a.path, b.path) })
		at := places[r.IntN(len(places))]
		for _, write := range []func(*rand.Rand, any) []byte{flowOf, blockOf} {
			at.set("before it was edited")
			old := write(r, v)
			at.set("something else now")
			new := write(r, v)
			d, err := Compare(YAML, old, new)
			if err != nil {
				t.Fatal(err)
			}
			want := "~ " + at.path + ": before it was edited → something else now\n"
			if got := show(d); got != want {
				t.Fatalf("got\n%swant\n%s\n%s\n%s", got, want, old, new)
			}
			c := d.Objects[0].Changes[0]
			if rows := strings.SplitAfter(string(new), "\n"); !strings.Contains(strings.Join(rows[c.NewLines.Lo:c.NewLines.Hi], ""), "something else now") {
				t.Fatalf("the lines %v of %s do not have it\n%s", c.NewLines, at.path, new)
			}
			o, err := NewOutline(YAML, new)
			if err != nil {
				t.Fatal(err)
			}
			if lo, hi, ok := o.Lines(at.path); !ok || lo > c.NewLines.Lo || hi < c.NewLines.Hi {
				t.Fatalf("%s has the lines %d to %d %v, and %v", at.path, lo, hi, ok, c.NewLines)
			}
		}
	}
}
