package ui

import (
	"context"
	"sync"
	"time"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// compareSubject is what lies between two revisions: their commits, what a deploy of one over the other would change,
// and their files.
type compareSubject struct {
	a, b   string // As the operator named them.
	now    time.Time
	once   *comparing
	checks map[model.Hash][]model.CheckResult // What is known of the checks of revisions.
}

// comparing is the comparison of a subject, which is made once: further files are those of the same two commits,
// wherever the branches have gone meanwhile.
type comparing struct {
	mu    sync.Mutex
	found *workspace.Comparison
}

func newCompare(a *App, from, to string) compareSubject {
	return compareSubject{from, to, a.now(), &comparing{}, a.checkedRevisions()}
}

func (s compareSubject) id() string { return "compare " + s.a + " " + s.b }

func (s compareSubject) title() text.Safe { return text.Format("%s..%s", short(s.a), short(s.b)) }

// between compares, or answers what was found before.
func (c *comparing) between(ctx context.Context, ws source, names ...string) (workspace.Comparison, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found != nil {
		return *c.found, nil
	}
	var ids [2]model.Hash
	for i, name := range names {
		id, err := ws.Resolve(ctx, name)
		if err != nil {
			return workspace.Comparison{}, err
		}
		ids[i] = id
	}
	found, err := ws.Between(ctx, ids[0], ids[1])
	if err == nil {
		c.found = &found
	}
	return found, err
}

// known is the comparison once it was made.
func (s compareSubject) known() (workspace.Comparison, bool) {
	if !s.once.mu.TryLock() {
		return workspace.Comparison{}, false
	}
	defer s.once.mu.Unlock()
	if s.once.found == nil {
		return workspace.Comparison{}, false
	}
	return *s.once.found, true
}

func (s compareSubject) read(ctx context.Context, ws source, skip int, show func(piece)) error {
	c, err := s.once.between(ctx, ws, s.a, s.b)
	if err != nil {
		return err
	}
	if skip == 0 {
		show(piece{compared: &c, total: len(c.Files)})
	}
	from, to := version{c.A.Hash, nameOf(s.a, c.A.Hash)}, version{c.B.Hash, nameOf(s.b, c.B.Hash)}
	return readFiles(ctx, ws, c.Files, from, to, newFound(s.checks[c.B.Hash]), skip, show)
}

// said is what there is to say of the commits that each has and the other has not.
func (s compareSubject) said(c workspace.Comparison) []headLine {
	if c.A.Hash == c.B.Hash {
		return []headLine{line(dim, text.Lit("both are the same commit"))}
	}
	var said []headLine
	if n := c.OnlyB; n.Commits > 0 {
		said = append(said, append(headLine{{strong, text.Line(plural(n.Commits, "commit"))}, {dim, text.Lit(" · ")},
			{plain, text.Line(plural(len(n.Authors), "author"))}}, authors(n)...))
	}
	if n := c.OnlyA; c.Base == c.B.Hash {
		said = append(said, append(headLine{{caution, text.Lit("! ")}, {plain, text.Lit("goes back ")}, {strong, text.Line(plural(n.Commits, "commit"))}}, authors(n)...))
	} else if n.Commits > 0 {
		verb := "are"
		if n.Commits == 1 {
			verb = "is"
		}
		l := headLine{{caution, text.Lit("! ")}, {plain, text.Format("%s %s only in %s", plural(n.Commits, "commit"), verb, short(s.a))}}
		said = append(said, append(l, authors(n)...))
	}
	switch {
	case c.Base == "" && c.IsShallow:
		said = append(said, headLine{{caution, text.Lit("! ")}, {plain, text.Lit("history ends here before it is known what they have in common")}})
	case c.Base == "":
		said = append(said, headLine{{caution, text.Lit("! ")}, {plain, text.Lit("they have nothing in common")}})
	case c.IsShallow:
		said = append(said, line(dim, text.Lit("history is cut off here; there may be more commits")))
	}
	return said
}

// authors names those who wrote most.
func authors(s history.Share) headLine {
	const few = 4
	var l headLine
	for i, a := range s.Authors {
		if i == few && len(s.Authors) > few+1 {
			return append(l, word{dim, text.Format(", %d more", len(s.Authors)-few)})
		}
		lead := ", "
		if i == 0 {
			lead = "   "
		}
		l = append(l, word{dim, text.Line(lead).Plus(a.Name)})
		if len(s.Authors) > 1 {
			l = append(l, word{dim, text.Format(" %d", a.Commits)})
		}
	}
	return l
}

// nameOf is what a side is called: as the operator named it, or the short hash when that was a hash.
func nameOf(name string, id model.Hash) string {
	if name == string(id) || len(name) > 24 {
		return id.Short()
	}
	return name
}
