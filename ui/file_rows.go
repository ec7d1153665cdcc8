package ui

import (
	"slices"
	"time"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
	"plumb/ui/syntax"
)

// footRows are the rows below the lines that tell of the commit of the cursor's line.
const footRows = 2

// blameColumn is how many cells who changed a line has before it.
type blameColumn struct {
	name  int // Of the given name; 0 where there is no room.
	cells int // All of the column; 0 where it is not shown.
}

// column is who changed what: a mark, the id, the age and the name.
func (v *fileView) column() blameColumn {
	if v.bare || !v.file.Whole || len(v.file.Lines) == 0 {
		return blameColumn{}
	}
	c := blameColumn{}
	switch {
	case v.w >= 140:
		c.name = 12
	case v.w >= 80:
		c.name = 8
	}
	const id, age = 1 + 7 + 1, 3 + 1
	c.cells = id + age
	if c.name > 0 {
		c.cells += c.name + 1
	}
	return c
}

// room is how many cells a line has.
func (v *fileView) room() int { return max(v.w-v.gutter(), 1) }

// gutter is how many cells stand before a line.
func (v *fileView) gutter() int {
	n := 1 + v.digits + 2
	if c := v.column(); c.cells > 0 {
		n += c.cells + 1
	}
	return n
}

// longest is how far the longest line in the window can be scrolled.
func (v *fileView) longest() int {
	from, to := v.list.Window()
	n := 0
	for i := from; i < to && i < len(v.file.Lines); i++ {
		n = max(n, paint.Cells(v.file.Lines[i])-v.room()+1)
	}
	return n
}

// reveal scrolls sideways so that the match in a line is seen.
func (v *fileView) reveal(line int) {
	at := v.hits.needle.in(v.file.Lines[line])
	if len(at) == 0 {
		return
	}
	from, to := paint.Column(v.file.Lines[line], at[0][0]), paint.Column(v.file.Lines[line], at[0][1])
	if from < v.x || to >= v.x+v.room() {
		v.x = 0
		if to >= v.room() {
			v.x = max(from-v.room()/3, 0)
		}
	}
}

func (v *fileView) draw(a *App, focused bool) []string {
	slow := a.slow(&v.ask) || a.slow(&v.asks)
	return v.keep(a, focused, slow, func() []string {
		rows := []string{v.rule(a, focused, slow)}
		switch {
		case v.err != nil:
			return append(rows, paint.Block(v.w, v.h, failure(a.st, v.w, v.err))...)
		case !v.loaded:
			return append(rows, paint.Block(v.w, v.h, nil)...)
		case len(v.file.Lines) == 0:
			return append(rows, paint.Block(v.w, v.h, v.nothing(a.st))...)
		}
		from, to := v.list.Window()
		var body []string
		for i := from; i < to; i++ {
			body = append(body, v.row(a, i, i == from, focused))
		}
		rows = append(rows, paint.Block(v.w, v.list.Height(), body)...)
		return append(rows, paint.Block(v.w, v.h-v.list.Height(), v.foot(a))...)
	})
}

// nothing says what the file is where it has no lines to show.
func (v *fileView) nothing(st themes.Styles) []string {
	switch {
	case v.file.Large:
		return message(st, v.w, v.file.Note, text.Lit("enter loads it all the same."))
	case v.file.Note.IsEmpty():
		return message(st, v.w, text.Lit("The file is empty."))
	}
	return message(st, v.w, v.file.Note)
}

// rule is the title: which file it is, and as of when.
func (v *fileView) rule(a *App, focused, slow bool) string {
	st := a.st
	var right []text.Safe
	if slow {
		right = append(right, spinner(a))
	}
	if n := len(v.file.Lines); v.asks.busy && v.who.known < n && slow {
		right = append(right, text.Format("blame %d %%", v.who.known*100/n))
	}
	if q, n, i := v.matches(a); q != "" {
		right = append(right, text.Format("%d of %d “%s”", i, n, q))
	}
	if v.mark > 0 {
		r := v.span()
		right = append(right, text.Line(plural(r.To-r.From+1, "line")))
	}
	if v.hasLines() {
		right = append(right, text.Format("%s/%s", thousands(v.list.Cursor()+1), thousands(v.list.Len())))
	}
	count := text.Join(" ─ ", right...)
	path, detail := text.Line(v.path()), text.Safe{}
	room := v.w - count.Width() - 10
	for i, fact := range v.facts(a) {
		longer := detail.Plus(fact)
		if i > 0 {
			longer = detail.Plus(text.Lit(" · ")).Plus(fact)
		}
		// The path matters more than who made the revision, but a long one leaves room for which it is.
		if i > 0 && longer.Width()+min(path.Width(), room*3/4) > room {
			break
		}
		detail = longer
	}
	return paint.Title(st, v.w, path.TruncateLeft(max(room-detail.Width(), 12), "…"), detail, count, focused)
}

// facts say of which moment the file is, what matters most first.
func (v *fileView) facts(a *App) []text.Safe {
	if !v.loaded || v.err != nil {
		return nil
	}
	at := text.Format("at %s", short(v.at.rev))
	if short(v.at.rev) != v.file.Revision.Short() {
		at = at.Plus(text.Format(" %s", v.file.Revision.Short()))
	}
	facts := []text.Safe{at, age(a.now(), v.commit.Author.When), givenName(v.commit.Author.Name, 16)}
	if n := len(v.later); n > 0 {
		facts = slices.Insert(facts, 1, text.Format("%s back", plural(n, "step")))
	}
	return facts
}

func (v *fileView) path() string {
	if v.loaded {
		return v.file.Path
	}
	return v.at.path
}

// row draws a line, with who changed it before it. The first line of the window says so too.
func (v *fileView) row(a *App, i int, first, focused bool) string {
	st := a.st
	cursor := i == v.list.Cursor()
	r := v.span()
	inRange := v.mark > 0 && i+1 >= r.From && i+1 <= r.To
	under := base(st, cursor, focused)
	if inRange && !cursor {
		under = st.SelectionDim
	}
	sign := paint.NewLine(1).Base(under)
	if inRange && !cursor {
		sign.Add(st.Accent, text.Lit("▎"))
	} else {
		pointer(sign, st, cursor, focused)
	}
	c := v.column()
	l := paint.NewLine(v.w - 1 - c.cells).Base(under)
	if c.cells > 0 {
		l.Add(st.Border, text.Lit("│"))
	}
	number := st.Faint
	if cursor {
		number = st.Text
	}
	l.AddNumber(number, text.Format("%d", i+1), v.digits).Gap(2)
	v.text(l, st, i)
	if c.cells == 0 {
		return sign.String() + l.String()
	}
	if !cursor && !inRange && v.who.at(i) != nil && v.who.shade(i) && st.SelectionDim.Look().Bg != "" {
		under = st.SelectionDim
	}
	return sign.String() + v.blame(a, i, c, under, first) + l.String()
}

// blame draws the column of who changed the line: once for a run of lines of one commit.
func (v *fileView) blame(a *App, i int, c blameColumn, under themes.Style, first bool) string {
	st := a.st
	l := paint.NewLine(c.cells).Base(under)
	g := v.who.at(i)
	switch {
	case g == nil && v.asks.busy:
		return l.Gap(1).Add(st.Faint, text.Lit("·")).String()
	case g == nil || !first && !v.who.begins(i):
		return l.String()
	}
	commit := v.who.commit(i)
	style := ageStyle(st, a.now(), commit)
	if !v.who.begins(i) {
		style = st.Faint
	}
	if v.who.isCut(g) {
		l.Add(st.Warning, text.Lit("^"))
	} else {
		l.Gap(1)
	}
	l.Add(style, text.Line(g.Commit.Short())).Gap(1)
	l.AddColumn(style, age(a.now(), commit.Author.When), 3).Gap(1)
	if c.name > 0 {
		l.AddColumn(style, givenName(commit.Author.Name, c.name), c.name)
	}
	return l.String()
}

// ageStyle makes what is recent stand out: that is what an operator looks for.
func ageStyle(st themes.Styles, now time.Time, c model.Commit) themes.Style {
	switch d := now.Sub(c.Author.When); {
	case d < 48*time.Hour:
		return st.Strong
	case d < 30*24*time.Hour:
		return st.Text
	case d < 365*24*time.Hour:
		return st.Dim
	}
	return st.Faint
}

// text draws the cells of the line that are seen.
func (v *fileView) text(l *paint.Line, st themes.Styles, i int) {
	t := v.file.Lines[i]
	var found []paint.Mark
	for _, r := range v.hits.in(i).in(t) {
		found = append(found, paint.Mark{From: r[0], To: r[1], Style: st.Match})
	}
	colours := syntax.Marks(v.colours.Line(i), &st.Syntax)
	left, right := v.x, v.x+v.room()
	if paint.Cells(t) > right {
		l.AddMarked(st.Text, t, left, right-1, colours, found)
		l.Add(st.Accent, text.Lit("›"))
		return
	}
	l.AddMarked(st.Text, t, left, right, colours, found)
	if v.file.NoFinal && i == len(v.file.Lines)-1 {
		l.Add(st.Faint, text.Lit("  no newline at the end"))
	}
}

// foot tells of the commit of the cursor's line.
func (v *fileView) foot(a *App) []string {
	st, i := a.st, v.list.Cursor()
	g := v.who.at(i)
	if g == nil {
		words := text.Lit("")
		switch {
		case v.blameErr != nil:
			words = text.Lit("who wrote it is not known: ").Plus(text.Line(text.Error(v.blameErr).String()))
		case !v.file.Whole:
			words = v.file.Note
		case v.asks.busy:
			words = text.Lit("git has not told yet who wrote this line")
		}
		return []string{paint.Rule(st, v.w, nil, nil, false), paint.NewLine(v.w).Gap(1).AddTrunc(st.Dim, words, v.w-2).String()}
	}
	c := v.who.commit(i)
	left := []paint.Span{paint.S(st.Dim, text.Line(g.Commit.Short())), paint.S(st.Text, text.Lit("  ").Plus(c.Author.Name)),
		paint.S(st.Dim, text.Lit("  ").Plus(ago(a.now(), c.Author.When)))}
	var right []paint.Span
	switch was := v.original(g); {
	case g.Path != v.file.Path:
		right = append(right, paint.S(st.Dim, text.Format("then %s:%d", g.Path, was).TruncateLeft(max(v.w/2-4, 12), "…")))
	case was != i+1:
		right = append(right, paint.S(st.Dim, text.Format("then line %s", thousands(was))))
	}
	subject := paint.NewLine(v.w).Gap(1)
	if v.who.isCut(g) {
		subject.Add(st.Warning, text.Lit("known history begins here  "))
	}
	subject.AddTrunc(st.Text, c.Subject, max(v.w-subject.Used()-1, 1))
	return []string{paint.Rule(st, v.w, left, right, false), subject.String()}
}
