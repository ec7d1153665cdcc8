package action

// How to move.
const (
	FocusHistory ID = "focus history"
	FocusLive    ID = "focus live"
	FocusChange  ID = "focus change"
	FocusDiff    ID = "focus diff"
	NextPane     ID = "next pane"
	PrevPane     ID = "previous pane"
	Down         ID = "down"
	Up           ID = "up"
	PageDown     ID = "page down"
	PageUp       ID = "page up"
	HalfDown     ID = "half page down"
	HalfUp       ID = "half page up"
	Top          ID = "top"
	Bottom       ID = "bottom"
	ScrollLeft   ID = "scroll left"
	ScrollRight  ID = "scroll right"
	Fold         ID = "fold"
)

// What changes the screen itself.
const (
	Help     ID = "help"
	Palette  ID = "command"
	Wide     ID = "widen"
	Split    ID = "split"
	Wrap     ID = "wrap"
	Theme    ID = "theme"
	Redraw   ID = "redraw"
	Suspend  ID = "suspend"
	Leave    ID = "quit"
	Stop     ID = "stop"
	Kill     ID = "kill"
	GoCommit ID = "go to"
)

var moving = []Action{
	{ID: FocusHistory, Keys: []string{"1"}, Title: "History", Group: Move, Text: "Go to History"},
	{ID: FocusLive, Keys: []string{"2"}, Title: "Live", Group: Move, Text: "Go to Live"},
	{ID: FocusChange, Keys: []string{"3"}, Title: "Change", Group: Move, Text: "Go to Change"},
	{ID: FocusDiff, Keys: []string{"4"}, Title: "Diff", Group: Move, Text: "Go to the differences"},
	{ID: NextPane, Keys: []string{"tab"}, Title: "next pane", Group: Move, In: Panes(), Line: Panes(), Text: "Go to the next pane"},
	{ID: PrevPane, Keys: []string{"shift+tab"}, Title: "previous pane", Group: Move, In: Panes(), Text: "Go to the previous pane"},
	{ID: Down, Keys: []string{"j", "down"}, Title: "down", Group: Move, Text: "Down one line"},
	{ID: Up, Keys: []string{"k", "up"}, Title: "up", Group: Move, Text: "Up one line"},
	{ID: PageDown, Keys: []string{"space", "pgdown", "ctrl+f"}, Title: "page down", Group: Move, Text: "Down one page"},
	{ID: PageUp, Keys: []string{"b", "pgup", "ctrl+b"}, Title: "page up", Group: Move, Text: "Up one page"},
	{ID: HalfDown, Keys: []string{"ctrl+d"}, Title: "half down", Group: Move, Text: "Down half a page"},
	{ID: HalfUp, Keys: []string{"ctrl+u"}, Title: "half up", Group: Move, Text: "Up half a page"},
	{ID: Top, Keys: []string{"g", "home"}, Title: "first", Group: Move, Text: "To the first line"},
	{ID: Bottom, Keys: []string{"G", "end"}, Title: "last", Group: Move, Text: "To the last line"},
	{ID: ScrollLeft, Keys: []string{"h", "left"}, Title: "left", Group: Move, In: []Scope{Diff, Ran, File}, Text: "Scroll to the left"},
	{ID: ScrollRight, Keys: []string{"l", "right"}, Title: "right", Group: Move, In: []Scope{Diff, Ran, File}, Text: "Scroll to the right"},
	{ID: Fold, Keys: []string{"h", "left"}, Title: "fold", Group: Move, In: []Scope{Live}, Text: "Fold the target, or go to it"},
	{ID: GoCommit, Keys: []string{"%"}, Title: "go to …", Group: Move, In: []Scope{History, Live, Change}, Text: "Go to a place in History: a revision, a tag, a date, an age, or a share of it: go to 50%"},
}

var screening = []Action{
	{ID: Palette, Keys: []string{":"}, Title: "command", Group: Screen, Line: append(Panes(), Runs, Ledger),
		Text: "Type any command by name"},
	{ID: Help, Keys: []string{"?"}, Title: "help", Group: Screen, Line: Scopes(), Text: "Show and search all that can be done, and do it"},
	{ID: Wide, Keys: []string{"z"}, Title: "widen", Group: Screen, In: Panes(), Line: []Scope{Diff},
		Text: "Give the focused pane the whole screen, and again to give it back"},
	{ID: Split, Keys: []string{"D"}, Title: "split", Group: Screen, In: Panes(), Line: []Scope{Diff},
		Text: "Show differences side by side, or in one column", Git: "unified"},
	{ID: Wrap, Keys: []string{"W"}, Title: "wrap", Group: Screen, In: Panes(), Text: "Wrap long lines, or cut them"},
	{ID: Theme, Title: "theme …", Group: Screen, Text: "Choose the colours: theme NAME"},
	{ID: Redraw, Keys: []string{"ctrl+l"}, Title: "redraw", Group: Screen, Text: "Draw the screen again"},
	{ID: Suspend, Keys: []string{"ctrl+z"}, Title: "suspend", Group: Screen, Text: "Go to the shell; fg comes back"},
	{ID: Stop, Title: "stop the run", Group: Screen, In: []Scope{Run}, Text: "Ask the engine to stop after what it is doing now",
		Not: func(s State) string {
			if !s.Running {
				return "no run is under way"
			}
			return ""
		}},
	{ID: Kill, Title: "kill the run …", Group: Screen, In: []Scope{Run}, Text: "End the run at once, whatever it is doing, and look afterwards",
		Not: func(s State) string {
			if !s.Outlives {
				return "no run in a process of its own is under way"
			}
			return ""
		}},
	{ID: Leave, Keys: []string{"q"}, Title: "quit", Group: Screen, Text: "Leave this view; on the main screen, leave plumb"},
}
