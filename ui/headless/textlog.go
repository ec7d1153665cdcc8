package headless

import (
	"cmp"
	"fmt"
	"strings"

	"plumb/gitops/history"
	"plumb/model"
)

// Log prints a commit per line: hash, date, author, subject, and in brackets the
// environments that are at this commit. An environment in round ones wants this commit and is not there yet. ! tells of broken glass.
func (t Text) Log(l Log) error {
	p := t.page()
	var authors []string
	for _, e := range l.Entries {
		authors = append(authors, oneLine(e.Author.Name))
	}
	limit := 18
	if t.Width == 0 {
		limit = 40
	}
	width := widest(limit, authors)
	for _, e := range l.Entries {
		author := e.Author.Name.Truncate(limit, "…").String()
		p.line("%s  %s  %s  %s%s", paint(t.Styles.Accent, e.Hash.Short()), paint(t.Styles.Dim, t.when(e)), pad(author, width),
			t.marks(e)+t.broken(l.Glass[e.Hash]), oneLine(e.Subject))
	}
	return t.print(p)
}

// broken says that somebody applied a commit by overruling rules; the newest of them.
func (t Text) broken(runs []model.Run) string {
	if len(runs) == 0 {
		return ""
	}
	r := runs[0]
	return paint(t.Styles.Bad, fmt.Sprintf("! glass broken in %s by %s", line(r.Environment), cmp.Or(oneLine(r.By.Name), oneLine(r.By.Email)))) + "  "
}

// when is an age for a person at a terminal, and the date where the text may be read later.
func (t Text) when(e history.Entry) string {
	if t.Width == 0 {
		return day(e.Author.When)
	}
	return pad(ago(t.Now, e.Author.When), len("59 min ago"))
}

func (t Text) marks(e history.Entry) string {
	var marks []string
	at := map[string]bool{}
	for _, name := range e.LiveAt {
		at[name] = true
		marks = append(marks, paint(t.Styles.Good, "["+line(name)+"]"))
	}
	for _, name := range e.HeadAt {
		if !at[name] {
			marks = append(marks, paint(t.Styles.Pending, "("+line(name)+")"))
		}
	}
	if len(marks) == 0 {
		return ""
	}
	return strings.Join(marks, " ") + " "
}
