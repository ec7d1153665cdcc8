package packs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects/packs"
)

// item is an entry of a tree, as it is written there.
func item(mode, name string, id packs.ID) string { return mode + " " + name + "\x00" + string(id[:20]) }

func tree(items ...string) crafted { return crafted{kind: aTree, data: strings.Join(items, "")} }

func paths(s *packs.Session, from, to packs.ID) (all []string, err error) {
	err = s.Diff(from, to, func(path []byte, _ packs.Change) error {
		all = append(all, string(path))
		return nil
	})
	return all, err
}

func TestDamagedTreesAreErrors(t *testing.T) {
	leaf := nth(999)
	whole := item("100644", "a", leaf)
	for name, entries := range map[string][]crafted{
		"garbage":               {{kind: aTree, data: "x"}},
		"no mode":               {tree(item("", "a", leaf))},
		"a mode of letters":     {tree(item("abc", "a", leaf))},
		"a mode of many digits": {tree(item("777777777", "a", leaf))},
		"no name":               {tree(item("100644", "", leaf))},
		"no end of the name":    {{kind: aTree, data: "100644 a"}},
		"an id that is cut":     {{kind: aTree, data: whole[:len(whole)-1]}},
		"damage behind":         {tree(whole, "100644")},
		"a file as a directory": {{kind: aBlob, data: "x"}, tree(item("40000", "d", nth(0)))},
		"a file as the root":    {{kind: aBlob, data: "x"}},
		"itself inside":         {tree(item("40000", "d", nth(0)))},
		"a path without end":    {tree(item("100644", strings.Repeat("n", 2<<20), leaf))},
	} {
		t.Run(name, func(t *testing.T) {
			r := craft(t, entries...)
			last := nth(len(entries) - 1)
			for _, pair := range [][2]packs.ID{{{}, last}, {last, {}}} {
				_, err := paths(r.Session(0), pair[0], pair[1])
				if !errors.Is(err, packs.ErrCorrupt) && !errors.Is(err, packs.ErrTooLarge) || !strings.Contains(err.Error(), r.Hash(last).Short()) {
					t.Errorf("the error is %v", err)
				}
			}
		})
	}
}

// TestTreesWithoutEndAreRefused: a tree of 60 levels, each of which is there
// twice in the one above, has a quintillion directories and not a single file.
func TestTreesWithoutEndAreRefused(t *testing.T) {
	entries := []crafted{tree()}
	for i := range 60 {
		entries = append(entries, tree(item("40000", "a", nth(i)), item("40000", "b", nth(i))))
	}
	got, err := paths(craft(t, entries...).Session(0), packs.ID{}, nth(60))
	if !errors.Is(err, packs.ErrTooLarge) || len(got) > 0 {
		t.Errorf("%d paths, %v", len(got), err)
	}
}

func TestDisorderInTreesDoesNoHarm(t *testing.T) {
	a := tree(item("100644", "z", nth(1)), item("100644", "a", nth(2)), item("100644", "a", nth(3)))
	b := tree(item("100644", "a", nth(2)), item("100664", "a", nth(3)), item("100644", "z", nth(1)), item("40000", "z", nth(3)))
	r := craft(t, a, b, tree(), tree(item("100644", "f", nth(9))))
	s := r.Session(0)
	for _, pair := range [][2]int{{0, 1}, {1, 0}, {0, 0}, {2, 0}, {1, 2}} {
		if _, err := paths(s, nth(pair[0]), nth(pair[1])); err != nil {
			t.Errorf("comparing %d with %d: %v", pair[0], pair[1], err)
		}
	}
}

// TestModesOfOldProgramsAreNoChanges: git reads the group's right to write as if it were not there.
func TestModesOfOldProgramsAreNoChanges(t *testing.T) {
	r := craft(t,
		tree(item("100644", "a", nth(9)), item("040000", "d", nth(2)), item("100755", "x", nth(9))),
		tree(item("100664", "a", nth(9)), item("40000", "d", nth(2)), item("100775", "x", nth(9))),
		tree(),
	)
	if got, err := paths(r.Session(0), nth(0), nth(1)); err != nil || len(got) > 0 {
		t.Errorf("%q differ, %v", got, err)
	}
}

func TestTheEmptyTreeNeedNotBeThere(t *testing.T) {
	r := craft(t, tree(item("100644", "a", nth(9))))
	empty := id(t, "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
	if got, err := paths(r.Session(0), empty, nth(0)); err != nil || len(got) != 1 || got[0] != "a" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestTreesThatDoNotFitTheCacheAreCompared: the trees below displace those above, and each other.
func TestTreesThatDoNotFitTheCacheAreCompared(t *testing.T) {
	var entries []crafted
	wide := func(files, ids int, dirs ...string) {
		var items []string
		for i := range files {
			if i%(files/3) == 1 && len(dirs) > 0 {
				items = append(items, dirs[0])
				dirs = dirs[1:]
			}
			items = append(items, item("100644", fmt.Sprintf("f%06d", i), nth(10_000+i%ids)))
		}
		entries = append(entries, tree(append(items, dirs...)...))
	}
	dir := func(at int) string { return fmt.Sprintf("f%06d.d", at) }
	// From the small ones, which just fit, up to one of a megabyte.
	for level, files := range []int{700, 800, 900, 4000, 30_000} {
		for version := range 2 {
			var dirs []string
			for part := range 3 {
				if level > 0 {
					dirs = append(dirs, item("40000", dir(part*(files/3)), nth(2*level-2+version)))
				}
			}
			wide(files, 100+version, dirs...)
		}
	}
	r := craft(t, entries...)
	from, to := nth(len(entries)-2), nth(len(entries)-1)
	want, err := paths(r.Session(64<<20), from, to)
	if err != nil || len(want) < 100_000 {
		t.Fatalf("%d paths, %v", len(want), err)
	}
	got, err := paths(r.Session(0), from, to)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d paths instead of %d, %v", len(got), len(want), err)
	}
}
