package model

// Pick is one of the things that a change was composed of, with its verb. What of a resource was taken in part is among the
// change's parts.
type Pick struct {
	Verb  ChangeKind // Restore, Adopt, Revert or EditFiles.
	What  string     // TARGET/ADDRESS to restore and adopt, the full id of a commit to revert, the path of a file to edit.
	Paths []string   // Of a commit: only these files and directories. None, and no parts, for all of it.
	Parts []Part     // Of a commit: of these files only a part; their addresses are paths.

	Added, Removed int // Of an edit: lines.
}

// VerbOf is what the change does with a resource that was picked for it, by TARGET/ADDRESS.
func (c Change) VerbOf(address string) ChangeKind {
	for _, p := range c.Picks {
		if p.What == address && (p.Verb == Restore || p.Verb == Adopt) {
			return p.Verb
		}
	}
	return c.Kind
}

// Picked is what was picked for the change, each with its verb, also where the kind of the change says it: what was deployed or
// rolled back was not picked from anything.
func (c Change) Picked() []Pick {
	switch {
	case len(c.Picks) > 0:
		return c.Picks
	case c.Kind == Revert:
		return []Pick{{Verb: Revert, What: c.Subject}}
	case c.Kind != Restore && c.Kind != Adopt:
		return nil
	}
	picks := make([]Pick, len(c.Addresses))
	for i, a := range c.Addresses {
		picks[i] = Pick{Verb: c.Kind, What: a}
	}
	return picks
}
