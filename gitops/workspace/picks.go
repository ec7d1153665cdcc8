package workspace

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/model"
	"plumb/model/text"
)

// Pick is one of several things that a change is to take, with its verb.
type Pick struct {
	Verb    model.ChangeKind // Restore, Adopt, Revert or EditFiles.
	Address string           // To restore or adopt: ADDRESS, or TARGET/ADDRESS where that is ambiguous.
	Commit  string           // To revert: a revision.
	Paths   []string         // Of the commit only these files and directories. None, and no parts, for all of it.
	Parts   []Part           // Of the resource, or of files of the commit, only these parts. Of a resource there is at most one.
	Edit    Edit             // To edit.
}

// Edit is a file as somebody wrote it. What it was made of tells what they changed: where other picks change the file as
// well, both are taken together, line by line.
type Edit struct {
	Path string // From the root of the repository.
	Old  []byte // What was edited; nil for a file that was not there.
	New  []byte
}

// Name is what a pick is called beside its verb.
func (p Pick) Name() string {
	switch p.Verb {
	case model.Revert:
		if h := model.Hash(p.Commit); len(h) == 40 || len(h) == 64 {
			return h.Short()
		}
		return p.Commit
	case model.EditFiles:
		return p.Edit.Path
	}
	return p.Address
}

func (p Pick) String() string { return string(p.Verb) + " " + text.Line(p.Name()).String() }

// PickError says what is wrong with one of the picks of a request, or with two of them together.
type PickError struct {
	Picks []int // Which of the request's.
	Err   error
}

func (e *PickError) Error() string { return e.Err.Error() }
func (e *PickError) Unwrap() error { return e.Err }

// quarrel says that two picks do not go together.
func quarrel(picks []Pick, i, j int, why string) error {
	i, j = min(i, j), max(i, j)
	return &PickError{[]int{i, j}, model.WithHint(fmt.Errorf("%s and %s do not go together: %s", picks[i], picks[j], why), "put one of them back, or make two changes")}
}

// checkPicks refuses picks that say nothing that could be done.
func (req Request) checkPicks() error {
	if len(req.Picks) == 0 {
		return model.WithHint(errors.New("nothing is picked"), "pick what is to be restored, adopted, reverted or edited")
	}
	for i, p := range req.Picks {
		wrong := ""
		switch p.Verb {
		case model.Restore, model.Adopt:
			if p.Address == "" || len(p.Parts) > 1 || len(p.Paths) > 0 {
				wrong = "it does not name one resource"
			}
		case model.Revert:
			if p.Commit == "" {
				wrong = "it does not name a commit"
			}
		case model.EditFiles:
			if cleanPath(p.Edit.Path) == "" {
				wrong = "it does not name a file"
			}
		default:
			wrong = "that cannot be done with others in one change"
		}
		if wrong == "" {
			part := Request{Kind: p.Verb, Parts: p.Parts, Paths: p.Paths}
			if err := part.checkParts(); err != nil {
				return &PickError{[]int{i}, err}
			}
			continue
		}
		return &PickError{[]int{i}, fmt.Errorf("cannot %s: %s", p, wrong)}
	}
	return nil
}

// plain is the request without picks where it asks for what a change of one kind does: picks that only restore are a restore.
func (req Request) plain() Request {
	verb := req.Picks[0].Verb
	if slices.ContainsFunc(req.Picks, func(p Pick) bool { return p.Verb != verb }) {
		return req
	}
	plain := Request{Environment: req.Environment, Kind: verb}
	switch {
	case verb == model.Revert && len(req.Picks) == 1:
		p := req.Picks[0]
		plain.Subject, plain.Paths, plain.Parts = p.Commit, p.Paths, p.Parts
		return plain
	case verb == model.Restore, verb == model.Adopt:
		for _, p := range req.Picks {
			if len(p.Parts) == 0 {
				plain.Addresses = append(plain.Addresses, p.Address)
			}
			plain.Parts = append(plain.Parts, p.Parts...)
		}
		return plain
	}
	return req
}

// changeKind is the kind of a change that is composed of picks.
func changeKind(picks []model.Pick) model.ChangeKind {
	for _, p := range picks {
		if p.Verb != picks[0].Verb {
			return model.Compose
		}
	}
	return picks[0].Verb
}

// titleOf proposes a title: "Restore 2, adopt web-1:/etc/motd, revert 1234567".
func titleOf(picks []model.Pick) text.Safe {
	var words []string
	for _, verb := range []model.ChangeKind{model.Restore, model.Adopt, model.Revert, model.EditFiles} {
		var names []string
		for _, p := range picks {
			if p.Verb == verb {
				names = append(names, nameOfPick(p))
			}
		}
		most := 1
		if verb == model.Revert {
			most = 3
		}
		switch n := len(names); {
		case n == 0:
		case n <= most:
			words = append(words, string(verb)+" "+strings.Join(names, " "))
		default:
			words = append(words, fmt.Sprintf("%s %d", verb, n))
		}
	}
	all := strings.Join(words, ", ")
	return text.Line(strings.ToUpper(all[:1]) + all[1:])
}

// nameOfPick is what a pick of a change is about, in few words.
func nameOfPick(p model.Pick) string {
	switch p.Verb {
	case model.Revert:
		if len(p.Paths)+len(p.Parts) > 0 {
			return "a part of " + model.Hash(p.What).Short()
		}
		return model.Hash(p.What).Short()
	case model.EditFiles:
		return p.What
	}
	_, address, _ := strings.Cut(p.What, "/")
	return address
}
