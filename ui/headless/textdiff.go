package headless

import (
	"fmt"
)

// Diff prints a unified patch with secrets masked. Lines are never cut.
func (t Text) Diff(d Diff) error {
	p := &page{}
	for _, f := range d.Files {
		t.file(p, f)
	}
	return t.print(p)
}

func (t Text) file(p *page, f FileDiff) {
	old, now := "a/"+f.OldPath.String(), "b/"+f.NewPath.String()
	if f.OldPath.IsEmpty() {
		old = "/dev/null"
	}
	if f.NewPath.IsEmpty() {
		now = "/dev/null"
	}
	if f.Address != "" {
		about := fmt.Sprintf("# %s %s/%s", line(f.Environment), line(f.Target), line(string(f.Address)))
		if f.Status != "" {
			about += ": " + string(f.Status)
		}
		if !f.Reason.IsEmpty() {
			about += ", " + oneLine(f.Reason)
		}
		p.line("%s", paint(t.Styles.Strong, about))
	} else {
		a, b := f.OldPath, f.NewPath
		if a.IsEmpty() {
			a = b
		}
		if b.IsEmpty() {
			b = a
		}
		p.line("%s", paint(t.Styles.Strong, "diff --git a/"+a.String()+" b/"+b.String()))
		t.modes(p, f)
	}
	for _, a := range f.Attrs {
		if a.Name == "mode" && f.Address == "" {
			continue
		}
		p.line("%s", paint(t.Styles.Removed, "old "+line(a.Name)+" "+orUnset(a.Old)))
		p.line("%s", paint(t.Styles.Added, "new "+line(a.Name)+" "+orUnset(a.New)))
	}
	if !f.Note.IsEmpty() {
		p.line("%s", paint(t.Styles.Dim, "# "+oneLine(f.Note)))
	}
	if len(f.Blocks) == 0 {
		return
	}
	p.line("%s", paint(t.Styles.Removed, label("--- "+old, f.OldLabel)))
	p.line("%s", paint(t.Styles.Added, label("+++ "+now, f.NewLabel)))
	for _, h := range f.Hunks() {
		u := unify(f.File, h)
		head := fmt.Sprintf("@@ -%s +%s @@", position(u.oldStart, u.oldLines), position(u.newStart, u.newLines))
		if heading := f.Heading(h); !heading.IsEmpty() {
			head += " " + heading.String()
		}
		p.line("%s", paint(t.Styles.Accent, head))
		for _, l := range u.lines {
			s := l.op + spans(l.spans)
			switch l.op {
			case "-":
				s = paint(t.Styles.Removed, s)
			case "+":
				s = paint(t.Styles.Added, s)
			}
			p.WriteString(s + "\n")
			if l.noFinal {
				p.WriteString("\\ No newline at end of file\n")
			}
		}
	}
}

// modes says what git says of modes, so that the patch of a plain text file can be applied.
func (t Text) modes(p *page, f FileDiff) {
	switch {
	case f.OldPath.IsEmpty():
		p.line("new file mode %s", f.NewMode)
	case f.NewPath.IsEmpty():
		p.line("deleted file mode %s", f.OldMode)
	case f.OldMode != f.NewMode:
		p.line("old mode %s", f.OldMode)
		p.line("new mode %s", f.NewMode)
	}
}

// label puts what a side is called behind its path, as GNU diff does with its dates.
func label(path, label string) string {
	if label == "" {
		return path
	}
	return path + "\t" + line(label)
}

func orUnset(s string) string {
	if s == "" {
		return "unset"
	}
	return line(s)
}

// position is a hunk's place on one side, as in a patch.
func position(start, n int) string {
	if n == 1 {
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, n)
}
