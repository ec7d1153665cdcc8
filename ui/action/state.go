package action

import "plumb/model"

// State is what decides whether an action is possible: facts about the screen, without the screen.
type State struct {
	Focus        Scope
	Environment  string // The current one; empty when there are none.
	Environments int
	Looking      bool   // It is not known yet which environments there are.
	ReadOnly     string // Who forbids writing: "plumb was started read-only"; empty when nobody does.
	Unsigned     string // Why the operator may put nothing on record; empty when they may.
	Untrusted    bool   // The repository's code may not run yet.
	Observed     bool   // The live state of the environment is known, at least in part.

	Commit   bool   // A commit is selected in History.
	Merge    bool   // It is a merge that can be unfolded, or was brought by one.
	Marked   string // What is marked for comparing; empty for nothing.
	Resource model.Status
	Selected bool // A resource is selected in Live.
	Staged   int  // What is staged: resources, commits, edited files.
	Mixed    bool // More than restoring resources, or more than adopting some.
	Pick     bool // In Change, one of what is staged is under the cursor.

	Change  model.ChangeState // Of the selected change; empty for none.
	Said    bool              // The operator has approved or refused it, and that counts.
	Approve string            // Why the operator may not approve it.
	Apply   string            // Why it may not be applied.

	Shows     Scope  // The pane whose selection Diff shows; empty for what was named or compared.
	Diff      bool   // There is a difference to walk through.
	Files     int    // How many files it has.
	Findings  bool   // Checks have found something in what is shown.
	Sides     bool   // It is one that has other sides to show: git, applied, live.
	Compared  bool   // It is what lies between two revisions.
	Outline   bool   // The cursor is in the list of files above it.
	Held      bool   // The file at the top holds its lines back until they are asked for.
	NoPart    string // Why no part of what is shown can be picked; empty where one can.
	NoEdit    string // Why what is shown or selected is no file that could be edited; empty where it is one.
	NoFile    string // Why what is shown or selected is no file of git; empty where it is one.
	NoPath    string // The same for what has a history: a file or a directory.
	Lines     bool   // A file is shown whole, and has lines.
	Later     bool   // One has gone back in time in it.
	Found     bool   // A search is on in the focused pane.
	Previous  bool   // There is a view to go back to.
	Running   bool   // A run of ours is under way.
	Outlives  bool   // It goes on without the screen.
	Clipboard bool   // There is something to copy.
}
