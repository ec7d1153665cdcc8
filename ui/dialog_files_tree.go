package ui

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/diffview"
)

// fileTree is all files of a difference as a tree, with what is known of each. It is made once: what is typed and
// folded only chooses among its rows.
type fileTree struct {
	changes []model.FileChange // In path order.
	at      []int              // The place of each in the difference.
	paths   []string           // Their paths in small letters.
	nodes   []workspace.Node
	nodeOf  []int // The node of each file.
	above   []int // The directory that each node is in; -1 for none.
	facts   []fileFacts
	found   map[int][]stretch // The files that have what is typed, with where; nil where nothing is typed.
	sums    []fileSum         // By node, of the files that were found.
}

// fileFacts is what is known of one file.
type fileFacts struct {
	local   int // Which of the loaded files it is; -1 where it is not loaded.
	counted bool
	count   workspace.LineCount
	hunks   int // Of a loaded one,
	done    int // and how many of them were reviewed.
	picked  bool
	said    int            // How many findings checks have about it,
	worst   model.Severity // and the worst of them.
}

// fileSum is what is known of a file, or of all files of a directory.
type fileSum struct {
	files, loaded  int
	blind          int // Files of which it is not known how many lines differ.
	added, removed int
	hunks, done    int
	picked         bool
	said           int
	worst          model.Severity
}

// isReviewed reports whether all hunks of all files were reviewed.
func (s fileSum) isReviewed() bool { return s.hunks > 0 && s.done == s.hunks && s.loaded == s.files }

// newFileTree arranges the files that the pane shows.
func newFileTree(p *diffPane) fileTree {
	changes := p.changes
	if changes == nil {
		for i := range p.files_ {
			changes = append(changes, changeOf(&p.files_[i]))
		}
	}
	t := fileTree{at: make([]int, len(changes)), changes: make([]model.FileChange, len(changes)), paths: make([]string, len(changes))}
	for i := range t.at {
		t.at[i] = i
	}
	slices.SortStableFunc(t.at, func(i, k int) int { return cmp.Compare(changes[i].Path, changes[k].Path) })
	for k, i := range t.at {
		t.changes[k] = changes[i]
		t.paths[k] = small(changes[i].Path)
	}
	t.nodes = workspace.Tree(t.changes)
	t.above, t.nodeOf = make([]int, len(t.nodes)), make([]int, len(changes))
	var above []int
	for i, n := range t.nodes {
		above = append(above[:min(n.Depth, len(above))], i)
		if !n.IsDir() {
			t.nodeOf[n.File] = i
		}
		t.above[i] = -1
		if n.Depth > 0 {
			t.above[i] = above[n.Depth-1]
		}
	}
	t.facts = make([]fileFacts, len(changes))
	return t
}

// small is a text in small letters, as long as it was: what is found in it is where it was.
func small(s string) string {
	if l := strings.ToLower(s); len(l) == len(s) {
		return l
	}
	return s
}

// tally finds out what the pane knows of each file. What was counted besides stays.
func (t *fileTree) tally(a *App) {
	p := &a.diff
	reviewed := p.reviewed(a)
	for k := range t.facts {
		f, i := &t.facts[k], t.at[k]
		f.local, f.hunks, f.done = -1, 0, 0
		f.picked = len(p.picksOf(a, pathOfChange(t.changes[k]))) > 0
		list := p.found.of(t.changes[k].Path)
		f.said, f.worst = len(list), diffview.Worst(list)
		if i < len(p.outline.counts) && p.changes != nil {
			f.counted, f.count = true, p.outline.counts[i]
		}
		if i < p.base || i >= p.end() {
			continue
		}
		f.local = i - p.base
		f.said, f.worst = p.view.Findings(f.local)
		d := &p.files_[f.local]
		f.counted, f.count = true, workspace.LineCount{Added: d.Added, Removed: d.Removed}
		if d.Unloaded > 0 {
			f.count.Unknown = workspace.IsLarge
		}
		f.hunks = len(p.view.FileHunks(f.local))
		for h := range f.hunks {
			if reviewed(f.local, h) {
				f.done++
			}
		}
	}
	t.sum()
}

// sum adds up what is known of the files that were found.
func (t *fileTree) sum() {
	t.sums = make([]fileSum, len(t.nodes))
	for k := range t.facts {
		if t.has(k) {
			t.add(t.nodeOf[k], t.facts[k].sum())
		}
	}
}

// has reports whether a file is among those that were found.
func (t *fileTree) has(file int) bool { return t.found == nil || t.found[file] != nil }

// count takes in how many lines of a file differ.
func (t *fileTree) count(file int, n workspace.LineCount) {
	f := &t.facts[file]
	if f.counted {
		return // The pane has loaded it meanwhile.
	}
	before := f.sum()
	f.counted, f.count = true, n
	after := f.sum()
	if t.has(file) {
		t.add(t.nodeOf[file], fileSum{blind: after.blind - before.blind, added: after.added, removed: after.removed})
	}
}

// sum is what a single file adds to the directories that it is in.
func (f *fileFacts) sum() fileSum {
	s := fileSum{files: 1, added: f.count.Added, removed: f.count.Removed, hunks: f.hunks, done: f.done, picked: f.picked, said: f.said, worst: f.worst}
	if f.local >= 0 {
		s.loaded = 1
	}
	switch u := f.count.Unknown; {
	case !f.counted, u == workspace.IsLarge, u == workspace.IsNotHere, u == workspace.IsNotCounted:
		s.blind = 1
	}
	return s
}

// add adds to a node and all directories that it is in.
func (t *fileTree) add(node int, s fileSum) {
	for ; node >= 0; node = t.above[node] {
		u := &t.sums[node]
		u.files += s.files
		u.loaded += s.loaded
		u.blind += s.blind
		u.added += s.added
		u.removed += s.removed
		u.hunks += s.hunks
		u.done += s.done
		u.picked = u.picked || s.picked
		u.found(s)
	}
}

// all is the sum of all files that were found.
func (t *fileTree) all() fileSum {
	var s fileSum
	for i := 0; i < len(t.nodes); i = t.nodes[i].End {
		u := t.sums[i]
		s.found(u)
		s = fileSum{s.files + u.files, s.loaded + u.loaded, s.blind + u.blind, s.added + u.added, s.removed + u.removed,
			s.hunks + u.hunks, s.done + u.done, s.picked || u.picked, s.said, s.worst}
	}
	return s
}

// found adds findings to a sum.
func (s *fileSum) found(more fileSum) {
	switch {
	case more.said == 0:
		return
	case s.said == 0 || more.worst == model.SeverityError || more.worst == model.SeverityWarning && s.worst == model.SeverityNote:
		s.worst = more.worst
	}
	s.said += more.said
}

// uncounted are the files of which it is to be counted yet how many lines differ.
func (t *fileTree) uncounted() (files []model.FileChange, which []int) {
	for k := range t.facts {
		if !t.facts[k].counted {
			files = append(files, t.changes[k])
			which = append(which, k)
		}
	}
	return files, which
}

// node is the node of a file, by its place in the difference; -1 for none.
func (t *fileTree) node(place int) int {
	file := slices.Index(t.at, place)
	if file < 0 {
		return -1
	}
	return t.nodeOf[file]
}

// stretch is a part of a path that was found, in bytes.
type stretch struct{ from, to int }

// find leaves the files that have what is typed, and answers which of them it resembles most; all where nothing is
// typed.
func (t *fileTree) find(typed string) (best int) {
	words := strings.Fields(small(typed))
	if len(words) > 0 {
		t.found, best = t.search(words)
	} else {
		t.found = nil
	}
	t.sum()
	return best
}

// search answers where in the paths of which files the words are. Files that have all of them hide those that only have
// their letters in this order.
func (t *fileTree) search(words []string) (found map[int][]stretch, best int) {
	found = map[int][]stretch{}
	var rank [3]int
	for k, path := range t.paths {
		at := findWords(path, words)
		if at == nil {
			continue
		}
		found[k] = at
		name := strings.LastIndexByte(path, '/') + 1
		// The best has the last word at the beginning of its name, then in its name, and is short.
		r := [3]int{1, 1, len(path)}
		for _, s := range at {
			if s.from >= name {
				r[0] = 0
			}
			if s.from == name {
				r[1] = 0
			}
		}
		if len(found) == 1 || slices.Compare(r[:], rank[:]) < 0 {
			rank, best = r, k
		}
	}
	if len(found) > 0 {
		return found, best
	}
	score := 0
	for _, m := range fuzzy.FindNoSort(strings.Join(words, ""), t.paths) {
		at := make([]stretch, len(m.MatchedIndexes))
		for i, b := range m.MatchedIndexes {
			_, n := utf8.DecodeRuneInString(m.Str[b:])
			at[i] = stretch{b, b + n}
		}
		found[m.Index] = at
		if len(found) == 1 || m.Score > score {
			score, best = m.Score, m.Index
		}
	}
	return found, best
}

// findWords answers where each word is in a path, the last time that it is; nil where one of them is not.
func findWords(path string, words []string) []stretch {
	at := make([]stretch, 0, len(words))
	for _, w := range words {
		i := strings.LastIndex(path, w)
		if i < 0 {
			return nil
		}
		at = append(at, stretch{i, i + len(w)})
	}
	slices.SortFunc(at, func(x, y stretch) int { return cmp.Compare(x.from, y.from) })
	// What overlaps is one stretch.
	joined := at[:0]
	for _, s := range at {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
