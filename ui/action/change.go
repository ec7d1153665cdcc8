package action

import (
	"fmt"

	"plumb/model"
)

// What can be done to put things right.
const (
	Stage     ID = "stage"
	StageKeep ID = "stage to adopt"
	Compose   ID = "seal the stage"
	Drop      ID = "put back"
	Clear     ID = "put all back"
	EditHere  ID = "edit"
	Restore   ID = "restore"
	Adopt     ID = "adopt"
	DeployRev ID = "deploy"
	Revert    ID = "revert"
	RollBack  ID = "roll back"
	Trust     ID = "trust"
)

// What can be done with a change.
const (
	Approve  ID = "approve"
	Apply    ID = "apply"
	Refuse   ID = "refuse"
	Withdraw ID = "withdraw"
	Hold     ID = "hold"
	Abandon  ID = "abandon"
	ShowRun  ID = "show run"
)

var putting = []Action{
	{ID: Stage, Keys: []string{"s"}, Title: "stage", Group: Right, In: []Scope{Live, Diff, History, Change}, Line: []Scope{Live, Diff, History},
		Text: "Pick this for the next change, or put it back: drift, a difference or lines to be restored, a commit to be taken back; nothing is changed yet", Git: "git add -p",
		Not: stageable},
	{ID: StageKeep, Keys: []string{"M"}, Title: "stage to adopt", Group: Right, In: []Scope{Live, Diff, Change},
		Text: "Pick this drift, this difference or these lines for the next change to be adopted, or put them back", Git: "git add -p",
		Not: func(s State) string {
			if s.Focus == Diff && s.NoPart == "" && s.Shows == History {
				return "what a commit changed can be taken back: press s"
			}
			return stageable(s)
		}},
	{ID: Compose, Keys: []string{"ctrl+y"}, Title: "seal the stage", Group: Right, In: Panes(), Line: []Scope{Change},
		Text: "Make one change of all that is staged, after showing what it would do", Git: "git commit",
		Not: func(s State) string { return first(write(s), staged(s)) }},
	{ID: Drop, Keys: []string{"delete", "backspace"}, Title: "put back", Group: Right, In: []Scope{Change}, Line: []Scope{Change},
		Text: "Put what is under the cursor of the stage back; it costs nothing", Git: "git reset -p",
		Not: onPick},
	{ID: Clear, Keys: []string{"Z"}, Title: "put all back", Group: Right, In: Panes(),
		Text: "Put all that is staged back; nothing was changed by it", Git: "git reset", Not: staged},
	{ID: EditHere, Keys: []string{"ctrl+e"}, Title: "edit", Group: Right, In: []Scope{Live, Diff, File, Change}, Line: []Scope{Change},
		Text: "Edit this file of git in your editor, as it would be with what is staged; what is saved is staged", Git: "git var GIT_EDITOR",
		Not: func(s State) string {
			switch why := write(s); {
			case why != "":
				return why
			case s.Focus == Change && !s.Pick, s.Focus == Change && s.NoEdit == "":
				return ""
			}
			return s.NoEdit
		}},
	{ID: Restore, Keys: []string{"x"}, Title: "restore", Group: Right, In: []Scope{Live, Change, Diff}, Line: []Scope{Live, Diff},
		Text: "Put what drifted back to what was applied: git wins", Not: drift},
	{ID: Adopt, Keys: []string{"m"}, Title: "adopt", Group: Right, In: []Scope{Live, Change, Diff}, Line: []Scope{Live, Diff},
		Text: "Make git say what is live: the hand-made state becomes a commit", Git: "git commit", Not: drift},
	{ID: Hold, Keys: []string{"p"}, Title: "hold", Group: Right, In: []Scope{Live},
		Text: "Let nothing change what is selected, until when and why: a resource, or all of the environment", Not: write},
	{ID: DeployRev, Keys: []string{"d"}, Title: "deploy", Group: Right, In: []Scope{History}, Line: []Scope{History},
		Text: "Bring the environment to the selected commit",
		Not:  func(s State) string { return first(write(s), commit(s)) }},
	{ID: Revert, Title: "revert", Group: Right, In: []Scope{History},
		Text: "Take one commit back, and nothing that came after it", Git: "git revert",
		Not: func(s State) string { return first(write(s), commit(s)) }},
	{ID: RollBack, Keys: []string{"R"}, Title: "roll back", Group: Right, In: []Scope{History, Change, Run, Diff}, Line: []Scope{History, Change, Run},
		Text: "Take back what the selected commit or change did to the environment; in Diff, the picked parts of the commit", Git: "git revert, then apply",
		Not: func(s State) string {
			if s.Focus == Diff && s.Shows != History {
				return "what is shown here is no commit: select one in History"
			}
			if s.Focus == Change || s.Focus == Run {
				switch {
				case s.Change == "":
					return "no change is selected"
				case s.Change.IsOpen():
					return "this change was never applied: abandon it instead"
				case neverRan(s.Change):
					return "this change was never applied"
				}
				return write(s)
			}
			return first(write(s), commit(s))
		}},
	{ID: Trust, Keys: []string{"t"}, Title: "trust", Group: Right, In: []Scope{History, Live, Change}, Line: []Scope{History, Live, Change},
		Text: "Allow this repository's code to run, after showing what would run",
		Not: func(s State) string {
			switch {
			case s.Looking:
				return stillLooking
			case !s.Untrusted:
				return "this repository is trusted already"
			}
			return ""
		}},
}

var judging = []Action{
	{ID: Approve, Keys: []string{"a"}, Title: "approve", Group: Judge, In: []Scope{Change, Diff}, Line: []Scope{Change, Diff},
		Text: "Judge the selected change and approve it",
		Not: func(s State) string {
			return first(selectedChange(s), sign(s), open(s, "approved"), s.Approve)
		}},
	{ID: Apply, Keys: []string{"A"}, Title: "apply", Group: Judge, In: []Scope{Change, Diff}, Line: []Scope{Change, Diff},
		Text: "Carry the selected change out, and watch it land", Git: "merge, then write",
		Not: func(s State) string {
			return first(selectedChange(s), write(s), open(s, "applied"), s.Apply)
		}},
	{ID: Refuse, Keys: []string{"!"}, Title: "refuse", Group: Judge, In: []Scope{Change, Diff}, Line: []Scope{Change},
		Text: "Say no to the selected change, and why: nobody can apply it while that stands",
		Not: func(s State) string {
			return first(selectedChange(s), sign(s), open(s, "refused"))
		}},
	{ID: Withdraw, Keys: []string{"u"}, Title: "withdraw", Group: Judge, In: []Scope{Change},
		Text: "Take back your approval or refusal of the selected change",
		Not: func(s State) string {
			if why := first(selectedChange(s), sign(s), open(s, "judged any more")); why != "" {
				return why
			}
			if !s.Said {
				return "you have neither approved nor refused it"
			}
			return ""
		}},
	{ID: Abandon, Keys: []string{"X"}, Title: "abandon", Group: Judge, In: []Scope{Change}, Line: []Scope{Change},
		Text: "Give the selected change up; what is live stays as it is", Git: "git branch -D",
		Not: func(s State) string {
			return first(selectedChange(s), sign(s), open(s, "abandoned"))
		}},
	{ID: ShowRun, Title: "show run", Group: Judge, In: []Scope{Change}, Text: "Show the last run of the selected change",
		Not: func(s State) string {
			if s.Change == "" || s.Change.IsOpen() || neverRan(s.Change) {
				return "the selected change has no run"
			}
			return ""
		}},
}

// stageable says why what is selected cannot be picked, or put back.
func stageable(s State) string {
	switch {
	case s.Focus == Change:
		return onPick(s)
	case s.Focus == History && s.Environment == "":
		return "there is no environment: plumb init writes a plumb.yaml"
	case s.Focus == History:
		return commit(s)
	case s.Focus == Diff:
		return s.NoPart
	case !s.Selected:
		return "select a resource in Live first"
	case !s.Resource.IsDrift():
		return "only what has drifted can be picked; this is " + string(s.Resource)
	}
	return ""
}

func staged(s State) string {
	if s.Staged == 0 {
		return "nothing is staged: s picks in History, Live and Diff"
	}
	return ""
}

func onPick(s State) string {
	if s.Focus != Change || !s.Pick {
		return "put the cursor on one of what is staged first"
	}
	return ""
}

// neverRan reports whether a change is over without ever having been carried out.
func neverRan(c model.ChangeState) bool { return c == model.Abandoned || c == model.Void }

// first is the first reason that there is.
func first(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

// stillLooking is why nothing can be said yet of what rests on the environments.
const stillLooking = "plumb is still looking for targets: a moment"

// sign says why the operator may put nothing on record. What a key can change about it comes first.
func sign(s State) string {
	switch {
	case s.Looking:
		return stillLooking
	case s.Untrusted:
		return "the repository is not trusted yet: press t"
	}
	return s.Unsigned
}

func write(s State) string {
	switch {
	case s.Environment == "":
		return "there is no environment: plumb init writes a plumb.yaml"
	case s.ReadOnly != "":
		return s.ReadOnly
	case sign(s) != "":
		return sign(s)
	case s.Running:
		return "a run is under way"
	}
	return ""
}

func commit(s State) string {
	if !s.Commit {
		return "no commit is selected"
	}
	return ""
}

func drift(s State) string {
	if why := write(s); why != "" {
		return why
	}
	switch {
	case s.Mixed:
		return "what is staged is of several kinds: ctrl+y makes one change of it, U puts it back"
	case s.Staged > 0:
		return ""
	case s.Focus == Diff && s.Shows != Live:
		return "what is shown here is no live resource: select one in Live"
	case !s.Observed:
		return "the live state is not known yet"
	case !s.Selected:
		return "select what drifted in Live first"
	case s.Resource == model.Pending:
		return "this waits to be deployed, it did not drift: press d in History"
	case !s.Resource.IsDrift():
		return "this has not drifted; it is " + string(s.Resource)
	}
	return ""
}

func selectedChange(s State) string {
	if s.Focus == Diff && s.Shows != Change {
		return "what is shown here is no change: select one in Change"
	}
	if s.Change == "" {
		return "no change is selected"
	}
	return ""
}

func open(s State, done string) string {
	if !s.Change.IsOpen() {
		return fmt.Sprintf("the change is %s; only an open one can be %s", s.Change, done)
	}
	return ""
}
