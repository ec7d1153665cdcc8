package repositories

import (
	"math/rand/v2"
	"path"
	"slices"
)

// layout knows where things are: places, which are directories that belong together, and how often each is worked on.
type layout struct {
	random  *rand.Rand
	pending []place // All that main gets, in the order of its coming.
	grown   int     // How many of them it has.
	places  []string
	ranks   []int // Places by how often they are worked on.
	chosen  *rand.Zipf
}

// place is a directory to be, with its files.
type place struct {
	path  string
	files []placed
}

// fixed is what a repository has at its top.
var fixed = []placed{
	{"README.md", document},
	{"CODEOWNERS", document},
	{".github/workflows/plan.yaml", workflow},
	{".github/workflows/apply.yaml", workflow},
	{".github/workflows/lint.yaml", workflow},
	{"docs/runbook.md", document},
	{"docs/on-call.md", document},
	{"hosts/inventory.ini", inventory},
	{"scripts/deploy.sh", script},
	{"scripts/rotate.sh", script},
}

// newLayout plans a repository of about so many files, but of two services at
// least: services in six environments, and a module for every eighth.
func newLayout(files int, random *rand.Rand) *layout {
	l := &layout{random: random}
	for i := 0; i < 2 || files > len(fixed); i++ {
		name := serviceName(i)
		n := 4 + int(mix(uint64(i), 1)%5)
		if mix(uint64(i), 2)%16 == 0 {
			n = len(ofService)
		}
		if i%8 == 0 {
			l.pending = append(l.pending, place{"modules/" + name, ofModule})
			files -= len(ofModule)
		}
		for _, e := range environments {
			l.pending = append(l.pending, place{path.Join("environments", e, team(i), name), ofService[:n]})
			files -= n
		}
	}
	// Services come one after the other, but their environments not always together.
	for i := range l.pending {
		j := min(i+random.IntN(20), len(l.pending)-1)
		l.pending[i], l.pending[j] = l.pending[j], l.pending[i]
	}
	l.ranks = random.Perm(len(l.pending))
	l.chosen = rand.NewZipf(random, 1.1, 8, uint64(len(l.pending)-1))
	return l
}

// start is the tree of the first commit: what is fixed, and a third of the places.
func (l *layout) start() *directory {
	var tree *directory
	for i, f := range fixed {
		tree = tree.with(f.path, node{file: newFile(f.kind, mix(uint64(i), 7), 8)})
	}
	for range max(len(l.pending)/3, 1) {
		_, tree = l.grow(tree)
	}
	return tree
}

// isDue reports whether a place should come by now, at a share of the history. The last come well before its end.
func (l *layout) isDue(share float64) bool {
	return l.grown < len(l.pending) && float64(l.grown) < float64(len(l.pending))*(0.34+share*0.8)
}

// grow adds the next place to a tree, and answers its path.
func (l *layout) grow(tree *directory) (string, *directory) {
	p := l.pending[l.grown]
	for i, f := range p.files {
		lineage := mix(uint64(l.grown), uint64(i))
		size := fewestBlocks + int(lineage>>8%10+lineage>>16%10)
		tree = tree.with(path.Join(p.path, f.path), node{file: newFile(f.kind, lineage, size)})
	}
	l.grown++
	l.places = append(l.places, p.path)
	return p.path, tree
}

// place is a directory of the tree to work on: a few are chosen often, most seldom. The tree must have one.
func (l *layout) place(tree *directory) string {
	for {
		at := l.ranks[l.chosen.Uint64()]
		if at >= len(l.places) {
			at = l.random.IntN(len(l.places))
		}
		if !l.isGone(tree, l.places[at]) {
			return l.places[at]
		}
	}
}

// rename says that a place is elsewhere now.
func (l *layout) rename(from, to string) { l.places[slices.Index(l.places, from)] = to }

// isGone reports whether a tree has nothing to work on at a place.
func (l *layout) isGone(tree *directory, place string) bool { return tree.at(place).dir == nil }
