package headless

import (
	"fmt"
	"strings"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
)

// Diff prints what differs with secrets masked: for people lines in colour with the words that changed, for programs a patch.
// Lines are never cut.
func (t Text) Diff(d Diff) error {
	p := &page{}
	for i, f := range d.Files {
		switch {
		case d.Form == AsStructure:
			t.separate(p, i)
			t.structured(p, f, d.context())
		case d.Form == AsCounts:
			// All files together, below.
		case t.Pipe:
			t.patch(p, f, d.context())
		default:
			t.separate(p, i)
			t.file(p, f, d.context())
		}
	}
	if d.Form == AsCounts {
		t.counts(p, d.Files)
	}
	return t.print(p)
}

func (t Text) separate(p *page, file int) {
	if file > 0 {
		p.WriteString("\n")
	}
}

// file prints the lines of one file that differ, for reading.
func (t Text) file(p *page, f FileDiff, context int) {
	t.heading(p, f)
	t.hunks(p, f, context)
}

// heading says which file or resource it is, and all that its lines do not say.
func (t Text) heading(p *page, f FileDiff) {
	var parts []string
	if f.Address != "" {
		about := fmt.Sprintf("%s  %s/%s", line(f.Environment), line(f.Target), line(string(f.Address)))
		parts = append(parts, paint(t.Styles.Strong, strings.TrimLeft(about, " ")))
		if f.Status != "" {
			status := statusSign(f.Status) + " " + string(f.Status)
			if !f.Reason.IsEmpty() {
				status += ": " + oneLine(f.Reason)
			}
			parts = append(parts, paint(t.statusStyle(f.Status), status))
		}
	} else {
		sign, name := fileSign(f.File)
		parts = append(parts, paint(t.Styles.Strong, sign+" "+name))
	}
	if s := t.plusMinus(f.Added, f.Removed); s != "" {
		parts = append(parts, s)
	}
	if f.OldLabel+f.NewLabel != "" {
		parts = append(parts, paint(t.Styles.Dim, line(f.OldLabel)+" → "+line(f.NewLabel)))
	}
	p.line("%s", strings.Join(parts, "  "))
	about := func(name, old, new string) {
		p.line("  %s %s → %s", line(name), paint(t.Styles.Removed, orUnset(old)), paint(t.Styles.Added, orUnset(new)))
	}
	if f.OldMode != f.NewMode && !f.OldPath.IsEmpty() && !f.NewPath.IsEmpty() {
		about("mode", f.OldMode, f.NewMode)
	}
	for _, a := range f.Attrs {
		about(a.Name, a.Old, a.New)
	}
	for _, note := range f.notes() {
		p.line("  %s", paint(t.Styles.Dim, note))
	}
}

// fileSign is what became of a file in one sign, and what it is called.
func fileSign(f diff.File) (sign, name string) {
	switch {
	case f.OldPath.IsEmpty():
		return "+", f.NewPath.String()
	case f.NewPath.IsEmpty():
		return "-", f.OldPath.String()
	case f.OldPath != f.NewPath:
		return "~", f.OldPath.String() + " → " + f.NewPath.String()
	}
	return "~", f.NewPath.String()
}

func (f FileDiff) notes() []string {
	var notes []string
	if note := f.note(); note != "" {
		notes = append(notes, note)
	}
	if f.Generated {
		notes = append(notes, "written by a program")
	}
	if f.Simplified {
		notes = append(notes, "compared coarsely: it would have taken too long")
	}
	return notes
}

// hunks prints the lines. Hunks have the numbers that plumb change create --hunk takes, however many lines are around them.
func (t Text) hunks(p *page, f FileDiff, context int) {
	if len(f.Blocks) == 0 {
		return
	}
	all := newWholeLines(&f.File)
	numbers := hunkNumbers(&f.File)
	for _, h := range f.HunksWithin(context) {
		at := h.Lines
		head := fmt.Sprintf("@@ -%s +%s @@", position(at.OldLo, at.OldHi), position(at.NewLo, at.NewHi))
		p.WriteString(paint(t.Styles.Accent, head))
		if heading := f.Heading(h); !heading.IsEmpty() {
			p.WriteString(" " + paint(t.Styles.Strong, oneLine(heading)))
		}
		number := fmt.Sprintf("hunk %d", numbers[h.First])
		if last := numbers[h.Last-1]; last > numbers[h.First] {
			number = fmt.Sprintf("hunks %d-%d", numbers[h.First], last)
		}
		p.WriteString(paint(t.Styles.Dim, "  · "+number) + "\n")
		for i, l := range hunkLines(&f.File, h) {
			t.hunkLine(p, f, all, l, i == 0)
		}
	}
}

// hunkNumbers answers for each block the number of the hunk that it is in with as many lines around it as usual.
func hunkNumbers(f *diff.File) []int {
	numbers := make([]int, 0, len(f.Blocks))
	for i, group := range diff.Grouped(f.Blocks, around) {
		for range group {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

func (t Text) hunkLine(p *page, f FileDiff, all wholeLines, l hunkLine, isFirst bool) {
	whole, noFinal := all.text(l)
	switch moved := f.moved(l, isFirst); {
	case l.op == " ":
		p.WriteString(" " + whole.String())
	case moved.is:
		p.WriteString(paint(t.Styles.Moved, l.op+whole.String()) + paint(t.Styles.Dim, moved.words))
	case l.op == "-":
		drawn, _ := f.OldLine(l.block, l.old-1)
		p.WriteString(words(t.Styles.Removed, t.Styles.RemovedWord, "-", whole, drawn))
	default:
		drawn, _ := f.NewLine(l.block, l.new-1)
		p.WriteString(words(t.Styles.Added, t.Styles.AddedWord, "+", whole, drawn))
	}
	p.WriteString("\n")
	if noFinal {
		p.WriteString(paint(t.Styles.Dim, `\ No newline at end of file`) + "\n")
	}
}

// words paints a line that differs, and in it the words that do. A line that is too long to be drawn is printed whole and
// without marks.
func words(st, word themes.Style, op string, whole text.Safe, drawn diff.Line) string {
	if drawn.Cut {
		return paint(st, op+whole.String())
	}
	var b strings.Builder
	b.WriteString(paint(st, op))
	for _, s := range drawn.Spans {
		if s.Changed {
			b.WriteString(paint(word, s.Text.String()))
		} else {
			b.WriteString(paint(st, s.Text.String()))
		}
	}
	return b.String()
}

// move says of a line that another place of the other version has it.
type move struct {
	is    bool
	words string // On the first line of those that moved together.
}

func (f FileDiff) moved(l hunkLine, isFirst bool) move {
	find, at, words := f.MovedTo, l.old-1, "  → moved to line %d"
	switch l.op {
	case " ":
		return move{}
	case "+":
		find, at, words = f.MovedFrom, l.new-1, "  ← moved from line %d"
	}
	other, ok := find(at)
	if !ok {
		return move{}
	}
	if before, ok := find(at - 1); ok && before == other-1 && !isFirst {
		return move{is: true}
	}
	return move{true, fmt.Sprintf(words, other+1)}
}

// counts lists the files with how many lines of each came and went.
func (t Text) counts(p *page, files []FileDiff) {
	var names []string
	added, removed := 0, 0
	for _, f := range files {
		sign, name := fileSign(f.File)
		if f.Address != "" {
			sign, name = statusSign(f.Status), fmt.Sprintf("%s  %s/%s", line(f.Environment), line(f.Target), line(string(f.Address)))
		}
		names = append(names, sign+" "+name)
		added, removed = added+f.Added, removed+f.Removed
	}
	width := widest(80, names)
	for i, f := range files {
		parts := []string{pad(names[i], width)}
		if s := t.plusMinus(f.Added, f.Removed); s != "" {
			parts = append(parts, s)
		}
		if notes := strings.Join(f.notes(), ", "); notes != "" {
			parts = append(parts, paint(t.Styles.Dim, notes))
		}
		p.line("%s", strings.Join(parts, "  "))
	}
	if len(files) > 1 {
		p.line("%s  %s", paint(t.Styles.Strong, count(len(files), "file")), t.plusMinus(added, removed))
	}
}

func orUnset(s string) string {
	if s == "" {
		return "unset"
	}
	return line(s)
}

// position is a hunk's place on one side, as in a patch.
func position(lo, hi int) string {
	if hi-lo == 1 {
		return fmt.Sprint(start(lo, hi))
	}
	return fmt.Sprintf("%d,%d", start(lo, hi), hi-lo)
}
