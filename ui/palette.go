package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// paletteDialog takes any command by name.
type paletteDialog struct {
	picker
	title text.Safe
	all   []entry
	shown []shownEntry
}

// entry is one line of the palette.
type entry struct {
	intent action.Intent
	name   string // What is typed: "environment production".
	words  string // What it does.
	keys   string
	why    string // Why it is not possible now.
}

// shownEntry is an entry with the bytes of its name that matched.
type shownEntry struct {
	entry
	matched []int
}

// verb is a command that takes words: how it is used, and what it does.
type verb struct {
	id    action.ID
	usage string
	words string
}

var verbs = []verb{
	{action.Compare, "compare A B", "Compare two revisions, also live:ENV and git:ENV; B may be live"},
	{action.DeployRev, "deploy REVISION", "Bring the environment to a revision"},
	{action.FileNamed, "file PATH REVISION", "Show a file and who wrote its lines; now, without a revision"},
	{action.GoLine, "line NUMBER", "Go to a line of the file that is shown"},
	{action.Filter, "filter WORDS", "Filter History: since:2h is:production author:NAME path:GLOB …"},
	{action.EditHere, "edit PATH", "Edit a file of git in your editor, and stage what was saved"},
	{action.GoCommit, "go to PLACE", "Go to a revision, tag, date, age or share of History: go to 50%"},
	{action.HistoryOf, "history of REVISION", "Show the history of another revision"},
	{action.Revert, "revert COMMIT", "Take one commit back"},
}

// newPalette opens the palette with something typed already.
func newPalette(a *App, typed string) *paletteDialog {
	d := &paletteDialog{title: text.Lit("Command"), all: a.entries()}
	d.in.set(typed)
	d.filter()
	return d
}

// newViewMenu is a short palette: the views.
func newViewMenu(a *App) *paletteDialog {
	d := &paletteDialog{title: text.Lit("Views")}
	s := a.state()
	for _, id := range []action.ID{action.FocusHistory, action.Between, action.AllRuns, action.ShowLedger, action.WhatRan, action.FirstParent, action.Help} {
		d.all = append(d.all, entryOf(id, s))
	}
	for _, e := range a.entries() {
		if e.intent.ID == action.Environment {
			d.all = append(d.all, e)
		}
	}
	d.filter()
	return d
}

func entryOf(id action.ID, s action.State) entry {
	act, _ := action.Find(id)
	return entry{action.Intent{ID: id}, strings.ToLower(act.Title), act.Text, strings.Join(act.Keys, " "), act.Why(s)}
}

// entries are all lines of the palette: the actions, and those that take a word with each word they can take.
func (a *App) entries() []entry {
	s := a.state()
	var list []entry
	for _, act := range action.All() {
		if act.Group == action.Move || strings.HasSuffix(act.Title, "…") {
			continue
		}
		list = append(list, entryOf(act.ID, s))
	}
	for _, e := range a.envs {
		list = append(list, entry{action.Intent{ID: action.Environment, Arg: e.Name}, "environment " + e.Name, "Go to " + e.Name, "", ""})
	}
	for _, name := range append([]string{"auto"}, themes.Names()...) {
		list = append(list, entry{action.Intent{ID: action.Theme, Arg: name}, "theme " + name, "Use these colours", "", ""})
	}
	for _, v := range verbs {
		list = append(list, entry{action.Intent{ID: v.id}, v.usage, v.words, "", ""})
	}
	return list
}

// filter shows what resembles what is typed, the best first; a command with its words comes before all.
func (d *paletteDialog) filter() {
	typed := strings.TrimSpace(d.in.value())
	d.shown = d.shown[:0]
	if e, ok := command(typed); ok {
		d.shown = append(d.shown, shownEntry{entry: e})
	}
	if typed == "" {
		for _, e := range d.all {
			d.shown = append(d.shown, shownEntry{entry: e})
		}
	} else {
		names := make([]string, len(d.all))
		for i, e := range d.all {
			names[i] = e.name
		}
		for _, m := range fuzzy.Find(typed, names) {
			d.shown = append(d.shown, shownEntry{d.all[m.Index], m.MatchedIndexes})
		}
	}
	d.list.SetLen(len(d.shown))
	d.list.Top()
}

// command reads a command with its words, as in "compare main~3 main".
func command(typed string) (entry, bool) {
	for _, v := range verbs {
		verb := strings.TrimRight(v.usage, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
		if rest, ok := strings.CutPrefix(typed, verb+" "); ok && strings.TrimSpace(rest) != "" {
			arg := strings.TrimSpace(rest)
			return entry{action.Intent{ID: v.id, Arg: arg}, verb + " " + arg, v.words, "", ""}, true
		}
	}
	return entry{}, false
}

func (d *paletteDialog) width(*App) int { return 84 }

func (d *paletteDialog) draw(a *App, w, h int) []string {
	st := a.st
	in := w - 4
	prompt := paint.NewLine(in).Gap(1).Add(st.Accent, text.Lit(": "))
	d.in.draw(prompt, st, in-4, text.Lit("what to do, or what to see"))
	height := min(max(h-6, 1), max(len(d.all), 3), 16)
	rows := d.window(st, in, height, func(i int) string { return d.row(a, i, in) })
	return paint.Frame(st, w, []paint.Span{paint.S(st.Strong, d.title)}, append([]string{prompt.String(), ""}, rows...))
}

func (d *paletteDialog) row(a *App, i, w int) string {
	e, st := d.shown[i], a.st
	cursor := i == d.list.Cursor()
	l := paint.NewLine(w).Base(base(st, cursor, true))
	pointer(l, st, cursor, true)
	style, words := st.Text, st.Dim
	if e.why != "" {
		style, words = st.Faint, st.Faint
	}
	name := text.Line(e.name)
	var marks []paint.Mark
	if name.String() == e.name {
		for _, b := range e.matched {
			marks = append(marks, paint.Mark{From: b, To: b + 1, Style: st.Accent})
		}
	}
	const column = 30
	l.Gap(1).AddMarked(style, name, 0, column, marks)
	l.To(column+3).Add(words, text.Line(e.words))
	if e.why != "" {
		l.Add(words, text.Format(" — %s", e.why))
	}
	return l.Right(st.Faint, text.Line(e.keys)).Right(st.Faint, text.Lit(" ")).String()
}

func (d *paletteDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		a.close(d)
	case "tab":
		d.complete()
	case "enter":
		return d.run(a)
	default:
		d.walk(k, d.filter)
	}
	return nil
}

// complete types the name under the cursor; of one that takes words, up to them.
func (d *paletteDialog) complete() {
	if d.list.Len() == 0 {
		return
	}
	d.in.set(d.typedName(d.shown[d.list.Cursor()].entry))
	d.filter()
}

func (d *paletteDialog) typedName(e entry) string {
	if takesWords(e) {
		return strings.TrimRight(e.name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") + " "
	}
	return e.name
}

// takesWords reports an entry that shows how a command is used and is none yet.
func takesWords(e entry) bool {
	return e.intent.Arg == "" && slices.ContainsFunc(verbs, func(v verb) bool { return v.usage == e.name })
}

// run does what the cursor is on, or asks for the words that it takes.
func (d *paletteDialog) run(a *App) tea.Cmd {
	if d.list.Len() == 0 {
		return nil
	}
	e := d.shown[d.list.Cursor()].entry
	if takesWords(e) {
		d.complete()
		return nil
	}
	a.close(d)
	return a.choose(e.intent)
}

func (d *paletteDialog) clickAt(a *App, row int) tea.Cmd {
	i, ok := d.list.RowAt(row - 2)
	if !ok {
		return nil
	}
	d.list.SetCursor(i)
	return d.run(a)
}

func (d *paletteDialog) paste(_ *App, s string) {
	d.in.insert(s)
	d.filter()
}
