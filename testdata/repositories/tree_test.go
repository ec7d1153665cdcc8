package repositories

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// grown is a tree of the files; those of the same version say the same.
func grown(files map[string]*file) (d *directory) {
	for _, path := range sortedKeys(files) {
		d = d.with(path, node{file: files[path]})
	}
	return d
}

// A merge takes what theirs changed, keeps what ours changed, and ours wins where both cannot be.
func TestMergesTakeBothSides(t *testing.T) {
	v1 := newFile(values, 1, 4)
	first, last, other := *v1, *v1, newFile(terraform, 2, 4)
	first.blocks, last.blocks = slices.Clone(v1.blocks), slices.Clone(v1.blocks)
	first.blocks[0].version++
	last.blocks[3].version++
	tests := []struct {
		name               string
		base, ours, theirs map[string]*file
		want               string // The paths after it, and those that differ from ours in what they say.
	}{
		{"theirs alone", map[string]*file{"a/x": v1}, map[string]*file{"a/x": v1, "b": other}, map[string]*file{"a/x": &first}, "a/x* b"},
		{"ours alone", map[string]*file{"a/x": v1}, map[string]*file{"a/x": &first}, map[string]*file{"a/x": v1}, "a/x"},
		{"a new file on each side", nil, map[string]*file{"a/x": v1}, map[string]*file{"a/y": other}, "a/x a/y*"},
		{"parts of one file", map[string]*file{"a": v1}, map[string]*file{"a": &first}, map[string]*file{"a": &last}, "a*"},
		{"theirs removes", map[string]*file{"a/x": v1, "b": v1}, map[string]*file{"a/x": v1, "b": &first}, map[string]*file{"b": v1}, "b"},
		{"ours removes what theirs edits", map[string]*file{"a": v1, "b": v1}, map[string]*file{"b": v1}, map[string]*file{"a": &first, "b": v1}, "b"},
		{"theirs makes a directory of a file", map[string]*file{"a": v1}, map[string]*file{"a": v1}, map[string]*file{"a/x": v1}, "a/x*"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ours := grown(tt.ours)
			merged := merge(grown(tt.base), ours, grown(tt.theirs))
			var got []string
			for _, path := range (node{dir: merged}).files("") {
				if before := ours.at(path).file; before == nil || string(before.render(nil)) != string(merged.at(path).file.render(nil)) {
					path += "*"
				}
				got = append(got, path)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("the merge has %s; want %s", got, tt.want)
			}
		})
	}
}

// What fast-import is told of a commit are the changes alone, first what goes.
func TestChangesAreToldInAnOrderThatWorks(t *testing.T) {
	f, g := newFile(values, 1, 4), newFile(terraform, 2, 4)
	tests := []struct {
		name          string
		before, after map[string]*file
		want          string
	}{
		{"nothing", map[string]*file{"a/x": f}, map[string]*file{"a/x": f}, ""},
		{"an edit", map[string]*file{"a/x": f, "a/y": f}, map[string]*file{"a/x": g, "a/y": f}, "+a/x"},
		{"a move", map[string]*file{"a/x": f}, map[string]*file{"b/x": f}, "-a +b/x"},
		{"a file becomes a directory", map[string]*file{"b": f}, map[string]*file{"b/x": f, "a": f}, "-b +a +b/x"},
		{"a directory becomes a file", map[string]*file{"b/x": f}, map[string]*file{"b": f, "a": f}, "-b +a +b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The same files, in other directories.
			before := grown(tt.before)
			after := before
			for _, path := range sortedKeys(tt.before) {
				if tt.after[path] == nil {
					after = after.with(path, node{})
				}
			}
			for _, path := range sortedKeys(tt.after) {
				after = after.with(path, node{file: tt.after[path]})
			}
			var got []string
			for _, c := range diff(before, after) {
				if c.file == nil {
					got = append(got, "-"+c.path)
				} else {
					got = append(got, "+"+c.path)
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("told %q; want %q", got, tt.want)
			}
		})
	}
}

// A commit would be empty by accident if a version said what the one before it said.
func TestEachVersionSaysSomethingElse(t *testing.T) {
	kinds := []*kind{deployment, values, kustomization, alerts, terraform, variables, workflow, inventory, script, document}
	for i, k := range kinds {
		for n, b := range k.blocks {
			t.Run(fmt.Sprintf("kind %d block %d", i, n), func(t *testing.T) {
				for id := range uint64(20) {
					before := string(b.render(nil, id, 0))
					for version := uint32(1); version < 100; version++ {
						after := string(b.render(nil, id, version))
						if after == before {
							t.Fatalf("version %d of %d is like the one before it:\n%s", version, id, after)
						}
						before = after
					}
				}
			})
		}
	}
}
