package change

import (
	"errors"
	"fmt"
	"slices"

	"plumb/model"
)

// recordPick is one of the things that a change was composed of.
type recordPick struct {
	Verb    model.ChangeKind `json:"verb"`
	What    string           `json:"what"`
	Paths   []string         `json:"paths,omitempty"`
	Parts   []recordPart     `json:"parts,omitempty"`
	Added   int              `json:"added,omitempty"`
	Removed int              `json:"removed,omitempty"`
}

func writePicks(picks []model.Pick) []recordPick {
	var written []recordPick
	for _, p := range picks {
		written = append(written, recordPick{p.Verb, p.What, p.Paths, writeParts(p.Parts), p.Added, p.Removed})
	}
	return written
}

func readPicks(written []recordPick) []model.Pick {
	var picks []model.Pick
	for _, w := range written {
		picks = append(picks, model.Pick{Verb: w.Verb, What: w.What, Paths: w.Paths, Parts: readParts(w.Parts), Added: w.Added, Removed: w.Removed})
	}
	return picks
}

// checkPicks makes sure that the picks of a change go with its kind, that each is about one thing that no other is
// about, and that those of resources are exactly the change's addresses.
func checkPicks(c model.Change) error {
	composed := c.Kind == model.Compose || c.Kind == model.EditFiles
	switch {
	case composed != (len(c.Picks) > 0) && c.Kind != model.Revert:
		return fmt.Errorf("a change of the kind %q does not go with what was picked for it", c.Kind)
	case len(c.Picks) > 0 && (len(c.Commits) != 1 || c.Commits[0] != c.Revision || c.Onto == "" || c.Subject != ""):
		return errors.New("it does not say which commit its picks became")
	}
	var addresses []string
	verbs := map[model.ChangeKind]bool{}
	for i, p := range c.Picks {
		twice := slices.ContainsFunc(c.Picks[:i], func(o model.Pick) bool {
			return o.What == p.What && (o.Verb == model.EditFiles) == (p.Verb == model.EditFiles)
		})
		bare := len(p.Paths) == 0 && len(p.Parts) == 0
		uncounted := p.Added == 0 && p.Removed == 0
		fits := false
		switch p.Verb {
		case model.Restore, model.Adopt:
			fits = bare && uncounted
			addresses = append(addresses, p.What)
		case model.Revert:
			fits = uncounted && hashForm.MatchString(p.What)
		case model.EditFiles:
			fits = bare && p.Added >= 0 && p.Removed >= 0
		}
		if twice || !fits || p.What == "" {
			return fmt.Errorf("the pick %q has no place in it", p.What)
		}
		if err := checkPickedParts(p); err != nil {
			return err
		}
		verbs[p.Verb] = true
	}
	switch {
	case len(c.Picks) > 0 && !slices.Equal(addresses, c.Addresses):
		return errors.New("its addresses are not those that were picked")
	case c.Kind == model.Compose && len(verbs) < 2, c.Kind != model.Compose && len(c.Picks) > 0 && !(len(verbs) == 1 && verbs[c.Kind]):
		return fmt.Errorf("what was picked makes no change of the kind %q", c.Kind)
	}
	return nil
}

// checkPickedParts is checkForm for the parts of a commit.
func checkPickedParts(pick model.Pick) error {
	for i, p := range pick.Parts {
		twice := slices.ContainsFunc(pick.Parts[:i], func(o model.Part) bool { return o.Address == p.Address })
		if twice || p.Address == "" || slices.Contains(pick.Paths, p.Address) || len(p.Blocks) == 0 || !isSum(p.Old) || !isSum(p.New) {
			return fmt.Errorf("a part of %q has no place in its pick", p.Address)
		}
	}
	return nil
}
