package ui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// outline is what stands above the differences of a comparison: what would change in each environment, and all
// files as a tree. It scrolls with the differences as one text, but has a cursor.
type outline struct {
	of      *workspace.Comparison // nil where there is none.
	subject compareSubject
	said    []headLine // What there is to say of the commits.
	nodes   []workspace.Node
	counts  []workspace.LineCount // As far as they are known.
	sums    []workspace.LineSum   // By node.
	effects []workspace.EnvironmentEffect
	told    bool  // The effects are known.
	failed  error // Why they are not.
	ask     question

	closed map[string]bool // Directories that are folded, by path.
	opened map[string]bool // Environments that are unfolded.
	rows   []outlineRow
	cursor int
	names  int // Cells of the column of names,
	notes  int // and of what else is said of files.
	most   int // Lines that differ in the file where most do.
	came   int // Cells of the column of lines that came,
	went   int // and of those that went.
}

type outlineKind int

const (
	blankLine outlineKind = iota
	sideLine              // One of the two revisions.
	saidLine
	envLine   // An environment, and what would change in it.
	quietLine // The environments that are not touched.
	targetLine
	resourceLine
	troubleLine // Why something is not known.
	totalLine   // How many files there are.
	nodeLine    // A directory or a file.
)

// outlineRow is one row; which of the fields count depends on its kind.
type outlineRow struct {
	kind                  outlineKind
	env, target, resource int
	node                  int // Or which side, or which line.
}

// How many rows of the tree are shown unfolded at the beginning: about a screen.
const treeAtFirst = 40

// measure is something that becomes known of a comparison later.
type measure struct {
	file    int
	count   workspace.LineCount
	effects []workspace.EnvironmentEffect
}

type measurePart = part[measure, error]

// show begins the outline of a comparison, and asks for what takes longer.
func (o *outline) show(a *App, s compareSubject, c *workspace.Comparison) tea.Cmd {
	o.ask.drop()
	ask := o.ask
	*o = outline{of: c, subject: s, said: s.said(*c), ask: ask, nodes: workspace.Tree(c.Files), opened: map[string]bool{}}
	o.closed = foldMost(o.nodes, treeAtFirst)
	o.sum()
	o.arrange()
	if len(c.Files) == 0 {
		return nil
	}
	return follow(a, &o.ask, whileAsked, func(ctx context.Context, emit func(measure)) (error, error) {
		effects, failed := a.ws.Effects(ctx, c.A.Hash, c.B.Hash, c.Files)
		if failed == nil {
			emit(measure{file: -1, effects: effects})
		}
		for i, n := range a.ws.CountLines(ctx, c.Files) {
			emit(measure{file: i, count: n})
		}
		return failed, ctx.Err()
	})
}

// drop ends the outline: something else is shown.
func (o *outline) drop() {
	o.ask.drop()
	*o = outline{ask: o.ask}
}

// arrived takes in what became known.
func (o *outline) arrived(m measurePart) tea.Cmd {
	for _, it := range m.items {
		if it.file < 0 {
			o.effects, o.told = it.effects, true
			continue
		}
		o.counts = append(o.counts, it.count)
	}
	if m.done && m.err == nil {
		o.failed = m.result
	}
	o.sum()
	o.arrange()
	if m.done {
		return nil
	}
	return m.next
}

// foldMost folds directories so that not much more than so many rows are listed: level by level, the small ones
// are unfolded first, as long as there is room. Of directories of one size all are unfolded or none. It answers the paths of those
// that are folded.
func foldMost(nodes []workspace.Node, most int) map[string]bool {
	closed := map[string]bool{}
	children := map[int][]int{} // Of a node; -1 for the root.
	var above []int
	for i, n := range nodes {
		above = append(above[:min(n.Depth, len(above))], i)
		parent := -1
		if n.Depth > 0 {
			parent = above[n.Depth-1]
		}
		children[parent] = append(children[parent], i)
		if n.IsDir() {
			closed[n.Path] = true
		}
	}
	shown := len(children[-1])
	for level := children[-1]; len(level) > 0; {
		bySize := map[int][]int{}
		for _, i := range level {
			if nodes[i].IsDir() {
				bySize[len(children[i])] = append(bySize[len(children[i])], i)
			}
		}
		level = nil
		for _, size := range slices.Sorted(maps.Keys(bySize)) {
			if shown+size*len(bySize[size]) > most {
				break
			}
			for _, i := range bySize[size] {
				delete(closed, nodes[i].Path)
				shown += size
				level = append(level, children[i]...)
			}
		}
	}
	return closed
}

func (o *outline) sum() {
	o.sums = workspace.SumTree(o.nodes, o.counts)
	o.most, o.came, o.went = 0, 0, 0
	for _, s := range o.sums {
		o.came, o.went = max(o.came, len(thousands(s.Added))+2), max(o.went, len(thousands(s.Removed))+2)
	}
	for _, n := range o.counts {
		o.most = max(o.most, n.Added+n.Removed)
	}
}

// arrange lists the rows. The cursor stays on what it was on.
func (o *outline) arrange() {
	var was outlineRow
	if o.cursor < len(o.rows) {
		was = o.rows[o.cursor]
	}
	fresh := len(o.rows) == 0
	o.rows = []outlineRow{{kind: sideLine}, {kind: sideLine, node: 1}, {}}
	for i := range o.said {
		o.rows = append(o.rows, outlineRow{kind: saidLine, node: i})
	}
	o.rows = append(o.rows, outlineRow{})
	o.arrangeEffects()
	o.rows = append(o.rows, outlineRow{kind: totalLine})
	o.names, o.notes = 0, 0
	for i := 0; i < len(o.nodes); {
		n := o.nodes[i]
		o.rows = append(o.rows, outlineRow{kind: nodeLine, node: i})
		o.names = max(o.names, 2*n.Depth+nodeName(n).Width())
		o.notes = max(o.notes, text.Join("  ", o.about(i)...).Width())
		if i++; n.IsDir() && o.closed[n.Path] {
			i = n.End
		}
	}
	o.rows = append(o.rows, outlineRow{})
	at := slices.Index(o.rows, was)
	if fresh || at < 0 {
		at = max(slices.IndexFunc(o.rows, func(r outlineRow) bool { return r.kind == nodeLine }), 0)
	}
	o.cursor = at
}

func (o *outline) arrangeEffects() {
	add := func(rows ...outlineRow) { o.rows = append(o.rows, rows...) }
	before, quiet := len(o.rows), false
	for e, env := range o.effects {
		if len(env.Targets) == 0 {
			quiet = true
			continue
		}
		add(outlineRow{kind: envLine, env: e})
		if !o.opened[env.Environment.Name] {
			continue
		}
		for t, target := range env.Targets {
			add(outlineRow{kind: targetLine, env: e, target: t})
			for r := range target.Resources {
				add(outlineRow{kind: resourceLine, env: e, target: t, resource: r})
			}
		}
	}
	if quiet {
		add(outlineRow{kind: quietLine})
	}
	if o.failed != nil || o.of.Reconfigured && o.told && len(o.effects) > 0 {
		add(outlineRow{kind: troubleLine})
	}
	if len(o.rows) > before {
		add(outlineRow{})
	}
}

// holds reports whether the cursor can stand on a row.
func (o *outline) holds(i int) bool {
	switch o.rows[i].kind {
	case envLine, targetLine, resourceLine, nodeLine:
		return true
	}
	return false
}

// step moves the cursor by rows that can hold it, and reports whether it got there.
func (o *outline) step(by int) bool {
	dir := cmp.Compare(by, 0)
	for ; by != 0; by -= dir {
		next := o.cursor + dir
		for next >= 0 && next < len(o.rows) && !o.holds(next) {
			next += dir
		}
		if next < 0 || next >= len(o.rows) {
			return false
		}
		o.cursor = next
	}
	return true
}

// keepIn puts the cursor on a row of the window.
func (o *outline) keepIn(from, to int) {
	if o.cursor >= from && o.cursor < to {
		return
	}
	dir := 1
	at := from
	if o.cursor >= to {
		dir, at = -1, to-1
	}
	for ; at >= max(from, 0) && at < min(to, len(o.rows)); at += dir {
		if o.holds(at) {
			o.cursor = at
			return
		}
	}
}

// current is the row under the cursor.
func (o *outline) current() outlineRow {
	if o.cursor >= len(o.rows) {
		return outlineRow{}
	}
	return o.rows[o.cursor]
}

// file is the file that a row stands for; -1 for none.
func (o *outline) file(r outlineRow) int {
	switch r.kind {
	case nodeLine:
		return o.nodes[r.node].File
	case resourceLine:
		source := o.effect(r).Source
		return slices.IndexFunc(o.of.Files, func(f model.FileChange) bool { return f.Path == source || f.OldPath == source })
	}
	return -1
}

// fileAt is the file of a row, or the first one in its directory; -1 for none.
func (o *outline) fileAt(r outlineRow) int {
	if r.kind == nodeLine {
		for _, n := range o.nodes[r.node:] {
			if !n.IsDir() {
				return n.File
			}
		}
	}
	return o.file(r)
}

func (o *outline) effect(r outlineRow) workspace.Effect {
	return o.effects[r.env].Targets[r.target].Resources[r.resource]
}

// toggle folds or unfolds a row, and reports whether it can be folded.
func (o *outline) toggle(r outlineRow) bool { return o.fold(r, o.isOpen(r)) }

// isOpen reports whether what is below a row is listed.
func (o *outline) isOpen(r outlineRow) bool {
	switch r.kind {
	case nodeLine:
		return !o.closed[o.nodes[r.node].Path]
	case envLine:
		return o.opened[o.effects[r.env].Environment.Name]
	}
	return false
}

func (o *outline) fold(r outlineRow, shut bool) bool {
	switch {
	case r.kind == nodeLine && o.nodes[r.node].IsDir():
		o.closed[o.nodes[r.node].Path] = shut
	case r.kind == envLine:
		o.opened[o.effects[r.env].Environment.Name] = !shut
	default:
		return false
	}
	o.arrange()
	return true
}

// up goes to the row that the one under the cursor is below.
func (o *outline) up() {
	r := o.current()
	at := -1
	switch r.kind {
	case nodeLine:
		at = slices.IndexFunc(o.rows, func(q outlineRow) bool {
			return q.kind == nodeLine && q.node < r.node && o.nodes[q.node].End > r.node && o.nodes[q.node].Depth == o.nodes[r.node].Depth-1
		})
	case targetLine, resourceLine:
		at = slices.Index(o.rows, outlineRow{kind: envLine, env: r.env})
	}
	if at >= 0 {
		o.cursor = at
	}
}

// reveal unfolds what a file is in, and puts the cursor on it.
func (o *outline) reveal(file int) {
	at := slices.IndexFunc(o.nodes, func(n workspace.Node) bool { return n.File == file })
	if at < 0 {
		return
	}
	path := o.nodes[at].Path
	changed := false
	for i := range path {
		if dir := path[:i]; path[i] == '/' && o.closed[dir] {
			delete(o.closed, dir)
			changed = true
		}
	}
	if changed {
		o.arrange()
	}
	if row := slices.Index(o.rows, outlineRow{kind: nodeLine, node: at}); row >= 0 {
		o.cursor = row
	}
}

// untouched are the environments in which nothing would change.
func (o *outline) untouched() string {
	var names []string
	for _, e := range o.effects {
		if len(e.Targets) == 0 {
			names = append(names, e.Environment.Name)
		}
	}
	return strings.Join(names, ", ")
}
