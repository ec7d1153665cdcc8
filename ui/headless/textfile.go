package headless

import (
	"fmt"
	"strconv"

	"plumb/model"
)

// File prints the lines of a file and nothing else, so that they can go on through a pipe.
func (t Text) File(f File) error {
	p := &page{}
	for i, l := range f.Lines {
		p.WriteString(l.String())
		if !f.NoFinal || i < len(f.Lines)-1 {
			p.WriteString("\n")
		}
	}
	return t.print(p)
}

// Blame prints each line with the commit that wrote it before it. A ^ marks where known history begins.
func (t Text) Blame(b Blame) error {
	p := &page{}
	limit := 18
	if t.Width == 0 {
		limit = 40
	}
	var authors, paths []string
	moved := false
	for _, l := range b.Lines {
		authors, paths = append(authors, l.Commit.Author.Name.Truncate(limit, "…").String()), append(paths, line(l.Path))
		moved = moved || l.Path != b.Path
	}
	who, where, digits := widest(limit, authors), widest(60, paths), 1
	if n := len(b.Lines); n > 0 {
		digits = len(strconv.Itoa(b.Lines[n-1].Number))
	}
	for i, l := range b.Lines {
		mark := " "
		if l.Boundary {
			mark = "^"
		}
		path := ""
		if moved {
			path = pad(paths[i], where) + "  "
		}
		p.WriteString(fmt.Sprintf("%s%s  %s%s  %s  %*d  %s\n", paint(t.Styles.Warning, mark), paint(t.Styles.Accent, l.Commit.Hash.Short()), path,
			paint(t.Styles.Dim, day(l.Commit.Author.When)), pad(authors[i], who), digits, l.Number, l.Text))
	}
	return t.print(p)
}

// Lines prints a commit per line that changed the range, with where the range was in it.
func (t Text) Lines(l Lines) error {
	p := t.page()
	var authors, places []string
	for _, v := range l.Versions {
		authors, places = append(authors, oneLine(v.Commit.Author.Name)), append(places, line(v.Path)+":"+lineRange(v.Lines))
	}
	for i, v := range l.Versions {
		cut := ""
		if v.Boundary {
			cut = paint(t.Styles.Warning, "  (known history begins here)")
		}
		p.line("%s  %s  %s  %s  %s%s", paint(t.Styles.Accent, v.Commit.Hash.Short()), paint(t.Styles.Dim, day(v.Commit.Author.When)),
			pad(authors[i], widest(40, authors)), pad(places[i], widest(60, places)), oneLine(v.Commit.Subject), cut)
	}
	return t.print(p)
}

// Commit prints who did what and when, and the files that were changed with their lines.
func (t Text) Commit(c Commit) error {
	p := t.page()
	row := func(name, value string) { p.line("  %s%s", paint(t.Styles.Dim, pad(name, 11)), value) }
	p.line("%s  %s", paint(t.Styles.Accent, string(c.Hash)), paint(t.Styles.Strong, oneLine(c.Subject)))
	row("author", person(c.Author))
	if c.Committer.Email != c.Author.Email || !c.Committer.When.Equal(c.Author.When) {
		row("committed", person(c.Committer))
	}
	for i, parent := range c.Parents {
		if i == 0 {
			row("after", string(parent))
		} else {
			row("merges", string(parent))
		}
	}
	if !c.Body.IsEmpty() {
		p.WriteString("\n")
		for _, l := range c.Body.Lines() {
			p.line("    %s", l)
		}
	}
	if len(c.Files) > 0 {
		p.WriteString("\n")
	}
	if c.Form != AsStructure {
		t.stat(p, c)
		return t.print(p)
	}
	for i, f := range c.Files {
		t.separate(p, i)
		t.structured(p, FileDiff{File: f}, around)
	}
	return t.print(p)
}

func person(who model.Person) string {
	return fmt.Sprintf("%s <%s>, %s", oneLine(who.Name), oneLine(who.Email), who.When.Format("2006-01-02 15:04:05 -0700"))
}

// stat lists the files with how many lines of each came and went.
func (t Text) stat(p *page, c Commit) {
	width := 0
	for _, f := range c.Files {
		width = max(width, len(strconv.Itoa(f.Added)), len(strconv.Itoa(f.Removed)))
	}
	for _, f := range c.Files {
		sign, name := "~", f.NewPath.String()
		switch {
		case f.OldPath.IsEmpty():
			sign = "+"
		case f.NewPath.IsEmpty():
			sign, name = "-", f.OldPath.String()
		case f.OldPath != f.NewPath:
			name = f.OldPath.String() + " → " + name
		}
		note := ""
		if s := (FileDiff{File: f}).note(); s != "" {
			note = "  " + s
		}
		p.line("  %s %s %s  %s%s", sign, paint(t.Styles.Added, fmt.Sprintf("%*s", width+1, "+"+strconv.Itoa(f.Added))),
			paint(t.Styles.Removed, fmt.Sprintf("%*s", width+1, "-"+strconv.Itoa(f.Removed))), name, paint(t.Styles.Dim, note))
	}
}
