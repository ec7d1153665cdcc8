package diffview

import (
	"plumb/model/text"
)

// unfoldStep is how many lines a key unfolds at each side.
const unfoldStep = 12

// fold is how many lines a fold leaves out, and what encloses the first line below it.
func (v *View) fold(s int) (hidden int, heading text.Safe) {
	at := v.spans[s]
	f := &v.files[at.file]
	from, n := gap(f, int(at.item))
	below := n
	if s+1 < len(v.spans) && v.spans[s+1].kind == gapRows && v.spans[s+1].item == at.item && v.spans[s+1].file == at.file {
		below = int(v.spans[s+1].from)
	}
	if int(at.item) < len(f.Blocks) {
		heading = f.HeadingAt(oldFrom(f, int(at.item))+below, from+below)
	}
	return below - int(at.from), heading
}

// Unfold shows more of the lines around the current hunk, and reports whether there were any.
func (v *View) Unfold() bool {
	h := v.current()
	if h == nil || v.spans[h.span].hunk < 0 {
		return false
	}
	g := v.grouped(h.file)[h.item]
	above := v.unfold(gapKey{h.file, g.First}, 0, unfoldStep)
	below := v.unfold(gapKey{h.file, g.Last}, unfoldStep, 0)
	if above || below {
		v.relaid(v.anchor())
	}
	return above || below
}

// UnfoldRow shows lines that the fold in a row of the window leaves out, and reports whether there is a fold.
func (v *View) UnfoldRow(y int) bool {
	row := v.step(v.top, y-1).row
	if y < 1 || row >= v.rows {
		return false
	}
	at := v.spans[v.spanAt(row)]
	switch at.kind {
	case foldRow:
		v.unfold(gapKey{int(at.file), int(at.item)}, unfoldStep, unfoldStep)
	case heldRow:
		return v.Show(int(at.file))
	default:
		return false
	}
	v.relaid(v.anchor())
	return true
}

// PickHunk makes the hunk in a row of the window the current one, and reports whether there is one.
func (v *View) PickHunk(y int) bool {
	row := v.step(v.top, y-1).row
	if y < 1 || row >= v.rows {
		return false
	}
	h := v.hunkIndex(v.spans[v.spanAt(row)])
	if h >= 0 {
		v.hunk = h
	}
	return h >= 0
}

func (v *View) unfold(k gapKey, top, bottom int) bool {
	n, seenTop, seenBottom := v.seen(k.file, k.gap)
	if seenTop+seenBottom == n {
		return false
	}
	s := v.unfolded[k]
	v.unfolded[k] = unfolding{s.top + top, s.bottom + bottom}
	return true
}

// ToggleWhole shows all lines of the file at the top of the window, or folds those again that both versions share.
// It reports whether the whole file is shown now.
func (v *View) ToggleWhole() bool {
	file := v.File()
	if file >= len(v.files) || len(v.files[file].Blocks) == 0 {
		return false
	}
	at := v.anchor()
	blocks := len(v.files[file].Blocks)
	var all bool
	for b := range blocks + 1 {
		n, top, bottom := v.seen(file, b)
		all = all || top+bottom < n
	}
	for b := range blocks + 1 {
		k := gapKey{file, b}
		delete(v.unfolded, k)
		if n, _, _ := v.seen(file, b); all {
			v.unfolded[k] = unfolding{n, n}
		}
	}
	v.relaid(at)
	return all
}

// holds reports a file whose lines are held back: a program wrote it, or it was too large to be loaded unasked.
func (v *View) holds(file int) bool {
	f := &v.files[file]
	return f.Unloaded > 0 || f.Generated && len(f.Blocks) > 0 && !v.open[file] && len(v.files) > 1
}

// heldBack says why the lines of a file are not shown, and how to see them.
func (v *View) heldBack(file int) text.Safe {
	f := &v.files[file]
	if f.Unloaded > 0 {
		return text.Format("%s, not loaded: enter loads it", text.Size(f.Unloaded))
	}
	return text.Lit("written by a program: enter shows its lines")
}

// Show shows the lines of a file that were held back because a program wrote it, and reports whether they were.
func (v *View) Show(file int) bool {
	if file >= len(v.files) || !v.holds(file) || v.files[file].Unloaded > 0 {
		return false
	}
	at := v.anchor()
	v.open[file] = true
	v.relaid(at)
	return true
}

// Held is the file at the top of the window where its lines are held back until they are asked for; load says that
// they have to be loaded first.
func (v *View) Held() (file int, load, ok bool) {
	file = v.File()
	if file >= len(v.files) || !v.holds(file) {
		return 0, false, false
	}
	return file, v.files[file].Unloaded > 0, true
}
