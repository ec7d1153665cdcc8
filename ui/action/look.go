package action

// What can be looked at.
const (
	Open            ID = "open"
	Back            ID = "back"
	Previous        ID = "previous view"
	NextEnvironment ID = "next environment"
	PrevEnvironment ID = "previous environment"
	Environment     ID = "environment"
	Refresh         ID = "refresh"
	Compare         ID = "compare"
	Sides           ID = "sides"
	OpenRow         ID = "open row"
	Between         ID = "commits between"
	NextHunk        ID = "next difference"
	PrevHunk        ID = "previous difference"
	NextFinding     ID = "next finding"
	PrevFinding     ID = "previous finding"
	NextFile        ID = "next file"
	PrevFile        ID = "previous file"
	FileList        ID = "files"
	Search          ID = "search"
	NextMatch       ID = "next match"
	PrevMatch       ID = "previous match"
	Copy            ID = "copy"
	Views           ID = "views"
	WhatRan         ID = "what ran"
	AllRuns         ID = "runs"
	ShowLedger      ID = "ledger"
	DetailsDown     ID = "details down"
	DetailsUp       ID = "details up"
	HistoryOf       ID = "history of"
	FirstParent     ID = "first parent"
	Unfold          ID = "unfold"
	Only            ID = "only matches"
	DropTerm        ID = "drop word"
	Structure       ID = "structure"
	Space           ID = "white space"
	More            ID = "more lines"
	Whole           ID = "whole file"
	Review          ID = "reviewed"
	ReviewFile      ID = "file reviewed"
	Unreviewed      ID = "next to review"
	CopyWhat        ID = "copy what"
	Filter          ID = "filter"
	Fetch           ID = "fetch"
)

// What can be done with a file that is shown whole.
const (
	FileHere    ID = "file here"
	FileNamed   ID = "file"
	HistoryHere ID = "history of this"
	LineCommit  ID = "commit of the line"
	Earlier     ID = "before this commit"
	Later       ID = "forward again"
	BlameColumn ID = "blame column"
	MarkLines   ID = "mark lines"
	GoLine      ID = "line"
)

// searched are the places that have something to search.
var searched = append(Panes(), Runs, Ran, File, Ledger)

var looking = []Action{
	{ID: Open, Keys: []string{"enter", "l", "right"}, Title: "open", Group: Look,
		In: []Scope{History, Live, Change, Runs, Ledger}, Line: []Scope{Runs, Ledger},
		Text: "Open what is selected: its differences, what is folded below it, or the run or change that an entry is about"},
	{ID: NextEnvironment, Keys: []string{"e"}, Title: "next environment", Group: Look, In: Panes(),
		Text: "Go to the next environment", Not: severalEnvironments},
	{ID: PrevEnvironment, Keys: []string{"E"}, Title: "previous environment", Group: Look, In: Panes(),
		Text: "Go to the previous environment", Not: severalEnvironments},
	{ID: Refresh, Keys: []string{"r"}, Title: "look again", Group: Look, Line: []Scope{Live},
		Text: "Look at the live state again", Git: "and read the repository's branches again"},
	{ID: Compare, Keys: []string{"c"}, Title: "compare", Group: Look, In: []Scope{History, Live}, Line: []Scope{History},
		Text: "Mark this revision, then compare another, or what is live, with it", Git: "git diff A B",
		Not: func(s State) string {
			switch {
			case s.Focus == History && !s.Commit:
				return "no commit is selected"
			case s.Focus == Live && s.Marked == "":
				return "mark a commit in History first"
			case s.Focus != History && s.Focus != Live:
				return "works in History and Live"
			}
			return ""
		}},
	{ID: Sides, Keys: []string{"L"}, Title: "sides", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "Compare other sides: of a live resource git, applied and live; of two revisions the other way round",
		Not: func(s State) string {
			if !s.Sides {
				return "only a live resource and two revisions have other sides"
			}
			return ""
		}},
	{ID: OpenRow, Keys: []string{"enter"}, Title: "open", Group: Look, In: []Scope{Diff}, Line: []Scope{Diff},
		Text: "Go to the file under the cursor in a comparison, or fold and unfold what is below it; show lines that are held back",
		Not: func(s State) string {
			if !s.Outline && !s.Held {
				return "works in the list of files above a comparison, and on files whose lines are held back"
			}
			return ""
		}},
	{ID: Between, Keys: []string{"C"}, Title: "commits between", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "Show in History the commits between two revisions that are compared", Git: "git log A..B",
		Not: func(s State) string {
			if !s.Compared {
				return "compare two revisions first: c in History marks one, c on another compares"
			}
			return ""
		}},
	{ID: LineCommit, Keys: []string{"enter"}, Title: "its commit", Group: Look, In: []Scope{File}, Line: []Scope{File},
		Text: "Show what the commit that wrote this line changed", Git: "git show", Not: inFile},
	{ID: Earlier, Keys: []string{","}, Title: "before it", Group: Look, In: []Scope{File}, Line: []Scope{File},
		Text: "Go to the file as it was before the commit that wrote this line", Git: "git blame COMMIT^", Not: lines},
	{ID: Later, Keys: []string{"."}, Title: "forward", Group: Look, In: []Scope{File}, Line: []Scope{File},
		Text: "Go forward again, to where one went back from",
		Not: func(s State) string {
			if s.Focus == File && s.Later {
				return ""
			}
			return first(inFile(s), "nobody has gone back in time here: press , first")
		}},
	{ID: BlameColumn, Keys: []string{"B"}, Title: "blame", Group: Look, In: []Scope{File}, Line: []Scope{File},
		Text: "Show or hide who wrote each line", Git: "git blame", Not: inFile},
	{ID: MarkLines, Keys: []string{"V"}, Title: "range", Group: Look, In: []Scope{File, Diff}, Line: []Scope{File},
		Text: "Begin a range of lines, or drop it; in Diff, to pick or copy just these", Not: linesOrDiff},
	{ID: FileHere, Keys: []string{"B"}, Title: "file", Group: Look, In: []Scope{Diff, Live, History}, Line: []Scope{Diff, Live},
		Text: "Show the whole file as it is at this revision, with who wrote each line; in History, ask which", Git: "git blame",
		Not: func(s State) string {
			if s.Focus == History {
				return ""
			}
			return s.NoFile
		}},
	{ID: FileNamed, Title: "file …", Group: Look, Text: "Show a file, and who wrote each line: file PATH, or file PATH REVISION", Git: "git blame REVISION -- PATH"},
	{ID: GoLine, Keys: []string{"%"}, Title: "line …", Group: Look, In: []Scope{File, Diff}, Text: "Go to a line by its number: line NUMBER", Not: linesOrDiff},
	{ID: HistoryHere, Keys: []string{"H"}, Title: "history", Group: Look, In: []Scope{Diff, Live, File, History}, Line: []Scope{Diff, Live, File},
		Text: "Show what changed this file, this target or these lines", Git: "git log --follow, git log -L",
		Not: func(s State) string { return s.NoPath }},
	{ID: NextHunk, Keys: []string{"]"}, Title: "next difference", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "Go to the next difference", Git: "hunk", Not: diffShown},
	{ID: PrevHunk, Keys: []string{"["}, Title: "previous difference", Group: Look, In: Panes(),
		Text: "Go to the previous difference", Git: "hunk", Not: diffShown},
	{ID: NextFinding, Keys: []string{")"}, Title: "next finding", Group: Look, In: Panes(),
		Text: "Go to the next line that a check has found something at, unfolding it", Not: findings},
	{ID: PrevFinding, Keys: []string{"("}, Title: "previous finding", Group: Look, In: Panes(),
		Text: "Go to the line before that a check has found something at", Not: findings},
	{ID: NextFile, Keys: []string{"}", ">"}, Title: "next file", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "Go to the next file", Not: severalFiles},
	{ID: PrevFile, Keys: []string{"{", "<"}, Title: "previous file", Group: Look, In: Panes(),
		Text: "Go to the previous file", Not: severalFiles},
	{ID: Structure, Keys: []string{"S"}, Title: "structure", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "Show what changed by its path in YAML, JSON, TOML and HCL, or the lines again", Not: diffShown},
	{ID: More, Keys: []string{"o"}, Title: "more lines", Group: Look, In: []Scope{Diff}, Line: []Scope{Diff},
		Text: "Show more of the lines around this difference", Git: "-U", Not: diffShown},
	{ID: Whole, Keys: []string{"O"}, Title: "whole file", Group: Look, In: []Scope{Diff},
		Text: "Show the whole file around its differences, or fold it again", Not: diffShown},
	{ID: Space, Keys: []string{"i"}, Title: "white space", Group: Look, In: Panes(),
		Text: "Hide lines that only white space tells apart, or show them; indentation stays where it is meaning", Git: "-w", Not: diffShown},
	{ID: Review, Keys: []string{"."}, Title: "reviewed", Group: Look, In: []Scope{Diff}, Line: []Scope{Diff},
		Text: "Mark this difference as reviewed and go to the next; the mark stays with its content", Not: diffShown},
	{ID: ReviewFile, Keys: []string{";"}, Title: "all reviewed", Group: Look, In: []Scope{Diff, History},
		Text: "Mark all differences of this file as reviewed, or take the marks away; in History, mark the commit",
		Not: func(s State) string {
			if s.Focus == History {
				return commit(s)
			}
			return diffShown(s)
		}},
	{ID: Unreviewed, Keys: []string{","}, Title: "next to review", Group: Look, In: []Scope{Diff},
		Text: "Go to the next difference that was not reviewed", Not: diffShown},
	{ID: FileList, Keys: []string{"F"}, Title: "files", Group: Look, In: Panes(), Line: []Scope{Diff},
		Text: "List the files as a tree with what differs in each, and go to one by a part of its path", Git: "git diff --stat",
		Not: func(s State) string { return first(diffShown(s), severalFiles(s)) }},
	{ID: CopyWhat, Keys: []string{"Y"}, Title: "copy …", Group: Look, In: []Scope{Diff},
		Text: "Choose what to copy: a patch, the old or new lines, the value, the path or a link", Not: diffShown},
	{ID: Search, Keys: []string{"/"}, Title: "search", Group: Look, In: searched, Line: []Scope{History, Live, Change, Diff, Ran, Runs, File, Ledger},
		Text: "Search in the focused pane; in History and the ledger, filter all of it: words, since:, env:, by: and more"},
	{ID: NextMatch, Keys: []string{"n"}, Title: "next match", Group: Look, In: searched, Text: "Go to the next match", Not: searching},
	{ID: PrevMatch, Keys: []string{"N"}, Title: "previous match", Group: Look, In: searched, Text: "Go to the previous match", Not: searching},
	{ID: Copy, Keys: []string{"y"}, Title: "copy", Group: Look, Line: []Scope{Ran, Diff, File, Ledger},
		Text: "Copy the plain patch, the id of a commit or an entry, the address, the command or the lines to your clipboard",
		Not: func(s State) string {
			if !s.Clipboard {
				return "nothing is selected"
			}
			return ""
		}},
	{ID: Previous, Keys: []string{"-"}, Title: "previous view", Group: Look, Text: "Go back to what was shown before",
		Not: func(s State) string {
			if !s.Previous {
				return "nothing was shown before"
			}
			return ""
		}},
	{ID: Back, Keys: []string{"esc"}, Title: "back", Group: Look, Line: []Scope{Diff, Run, Ran, Runs, File, Ledger},
		Text: "Go one level back; it never leaves plumb"},
	{ID: Views, Keys: []string{"v"}, Title: "views", Group: Look, Line: Panes(),
		Text: "Choose another view: runs, the ledger, what ran, other branches"},
	{ID: AllRuns, Title: "runs", Group: Look, Text: "Show all runs on record"},
	{ID: ShowLedger, Keys: []string{"U"}, Title: "audit", Group: Look, Line: []Scope{Runs},
		In:   []Scope{History, Live, Change, Diff, Run, Runs, Ran, File},
		Text: "Show the ledger: who did what and who allowed it, with what proves it", Git: "refs/plumb/log"},
	{ID: DetailsDown, Keys: []string{"J"}, Title: "details", Group: Look, In: []Scope{Ledger}, Line: []Scope{Ledger},
		Text: "Go on in the details of the selected entry"},
	{ID: DetailsUp, Keys: []string{"K"}, Title: "details up", Group: Look, In: []Scope{Ledger},
		Text: "Go back in the details of the selected entry"},
	{ID: WhatRan, Keys: []string{"w"}, Title: "what ran", Group: Look,
		In:   []Scope{History, Live, Change, Diff, Run, Runs, File, Ledger},
		Text: "Show the exact commands that plumb ran, ready to copy"},
	{ID: FirstParent, Keys: []string{"M"}, Title: "merges", Group: Look, In: []Scope{History},
		Text: "Show merges as one row, or all commits that they brought", Git: "--first-parent"},
	{ID: Unfold, Keys: []string{"o"}, Title: "unfold", Group: Look, In: []Scope{History}, Line: []Scope{History},
		Text: "Show below a merge the commits that it brought, or fold them again",
		Not: func(s State) string {
			if !s.Merge {
				return "only a merge that is one row can be unfolded"
			}
			return ""
		}},
	{ID: Only, Keys: []string{"&"}, Title: "only matches", Group: Look, In: []Scope{History},
		Text: "List only what matches the filter, or everything with the matches marked", Not: searching},
	{ID: DropTerm, Keys: []string{"backspace"}, Title: "drop word", Group: Look, In: []Scope{History},
		Text: "Take the last word of the filter away", Not: searching},
	{ID: Filter, Title: "filter …", Group: Look, Text: "Filter History: filter since:2h is:production author:NAME path:GLOB …", Git: "git log --since --author -S -- PATH"},
	{ID: Fetch, Keys: []string{"f"}, Title: "fetch", Group: Look, In: []Scope{History, Live, Change}, Line: []Scope{History},
		Text: "Fetch what others pushed, and exchange the record with them, in the background", Git: "git fetch",
		Not: func(s State) string {
			switch {
			case s.Looking:
				return stillLooking
			case s.Untrusted:
				return "the repository is not trusted: its configuration says what a fetch runs"
			}
			return ""
		}},
	{ID: HistoryOf, Title: "history of …", Group: Look, Text: "Show the history of another revision: history REVISION", Git: "git log REVISION"},
	{ID: Environment, Title: "environment …", Group: Look, Text: "Go to an environment by name: environment NAME"},
}

// inFile says that an action belongs to a file that is shown whole.
func inFile(s State) string {
	if s.Focus != File {
		return "no file is shown: press B on one in Diff or Live"
	}
	return ""
}

func lines(s State) string {
	if why := inFile(s); why != "" {
		return why
	}
	if !s.Lines {
		return "there are no lines"
	}
	return ""
}

// linesOrDiff says that an action is about the lines of a file or of a difference.
func linesOrDiff(s State) string {
	if s.Focus == Diff {
		return diffShown(s)
	}
	return lines(s)
}

func severalEnvironments(s State) string {
	switch s.Environments {
	case 0:
		return "there are no environments: plumb init writes a plumb.yaml"
	case 1:
		return "there is only one environment"
	}
	return ""
}

func diffShown(s State) string {
	if !s.Diff {
		return "no difference is shown"
	}
	return ""
}

func findings(s State) string {
	if !s.Findings {
		return "no check has found anything in what is shown"
	}
	return ""
}

func severalFiles(s State) string {
	if s.Files < 2 {
		return "there is only one file"
	}
	return ""
}

func searching(s State) string {
	if !s.Found {
		return "nothing is searched for: press / first"
	}
	return ""
}
