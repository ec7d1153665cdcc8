// Package action is the catalogue of all that a person can do on the screen.
//
// One list feeds the keys, the command palette, the help, the mouse, the line of
// keys and the tests: key → action → intent. What an action does is the screen's
// business; that it exists, what it is called, which key it has and why it is not
// possible now is said here and nowhere else.
package action

import "slices"

// ID names an action. It is stable: macros and tests use it.
type ID string

// Scope is a place on the screen that an action belongs to.
type Scope string

// The scopes: the four panes of the main screen, and the views that take all of it.
const (
	History Scope = "history"
	Live    Scope = "live"
	Change  Scope = "change"
	Diff    Scope = "diff"
	Run     Scope = "run"    // One run, under way or over.
	Runs    Scope = "runs"   // All runs on record.
	Ran     Scope = "ran"    // What ran: the exact commands.
	File    Scope = "file"   // A file at a revision, with who wrote each line.
	Ledger  Scope = "ledger" // All that is on record, and what proves it.
)

// Panes are the scopes of the main screen, in the order in which tab goes round.
func Panes() []Scope { return []Scope{History, Live, Change, Diff} }

// Scopes are all scopes.
func Scopes() []Scope { return append(Panes(), Run, Runs, Ran, File, Ledger) }

// Group is the heading under which help lists an action.
type Group string

// The groups, in the order of help.
const (
	Look   Group = "Look"
	Right  Group = "Put right"
	Judge  Group = "Judge and carry out"
	Move   Group = "Move"
	Screen Group = "Screen"
)

// Groups are all groups in the order of help.
func Groups() []Group { return []Group{Look, Right, Judge, Move, Screen} }

// Intent is what a key, a click or a line of the palette asks the screen to do.
type Intent struct {
	ID  ID
	Arg string // What the action is about, for those that take a word: an environment, a theme.
}

// Action is one thing that can be done.
type Action struct {
	ID    ID
	Keys  []string // As the terminal names them; the first one is shown.
	Title string   // In a word or two, for the line of keys: "roll back".
	Text  string   // What it does, in operations words.
	Git   string   // What that is in git's words, if it has any.
	Group Group
	In    []Scope // Where its keys work; empty for everywhere.
	Line  []Scope // Where the line of keys shows it.
	Not   func(State) string
}

// Why says why the action is not possible now; empty when it is.
func (a Action) Why(s State) string {
	if a.Not == nil {
		return ""
	}
	return a.Not(s)
}

// Works reports whether the action's keys work in the scope.
func (a Action) Works(in Scope) bool { return len(a.In) == 0 || slices.Contains(a.In, in) }

// Key is the key to show for the action, as a person would write it.
func (a Action) Key() string {
	if len(a.Keys) == 0 {
		return ""
	}
	return a.Keys[0]
}

// All is the catalogue, grouped in the order of help.
func All() []Action { return catalogue }

// Find answers the action with that id.
func Find(id ID) (Action, bool) {
	i := slices.IndexFunc(catalogue, func(a Action) bool { return a.ID == id })
	if i < 0 {
		return Action{}, false
	}
	return catalogue[i], true
}

// ForKey answers the action that the key means in the scope.
func ForKey(in Scope, key string) (Action, bool) {
	a, ok := keys[in][key]
	return a, ok
}

// Line answers the actions that the line of keys shows in the scope: first what
// puts things right, then what looks at them.
func Line(in Scope) []Action {
	var line []Action
	for _, a := range slices.Concat(putting, judging, looking, moving, screening) {
		if slices.Contains(a.Line, in) {
			line = append(line, a)
		}
	}
	return line
}

var (
	catalogue = slices.Concat(looking, putting, judging, moving, screening)
	keys      = byKey(catalogue)
)

func byKey(actions []Action) map[Scope]map[string]Action {
	all := map[Scope]map[string]Action{}
	for _, in := range Scopes() {
		all[in] = map[string]Action{}
		for _, a := range actions {
			if !a.Works(in) {
				continue
			}
			for _, k := range a.Keys {
				all[in][k] = a
			}
		}
	}
	return all
}
