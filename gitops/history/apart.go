package history

import (
	"cmp"
	"slices"
	"strings"

	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/text"
)

// Share is the commits that one revision has and another has not.
type Share struct {
	Commits int
	Authors []Author // Who wrote them, whoever wrote most first.
}

// Author is a person with the number of commits that they wrote.
type Author struct {
	Name, Email text.Safe
	Commits     int
}

// Apart answers what each of two commits has that the other has not. It is not ok as long as not all of history is
// indexed, or where the index does not know one of them.
func (h *History) Apart(a, b model.Hash) (ofA, ofB Share, ok bool) {
	s := h.index.Snapshot()
	x, hasA := s.Find(a)
	y, hasB := s.Find(b)
	if !s.Walked || !hasA || !hasB {
		return ofA, ofB, false
	}
	inA, inB := reach(s, x), reach(s, y)
	return beyond(s, inA, inB), beyond(s, inB, inA), true
}

// beyond is what is in one set and not in the other.
func beyond(s *index.Snapshot, in, out index.Set) Share {
	var t Tally
	for o := range in.All() {
		if !out.Has(o) {
			t.Add(s.Commit(o))
		}
	}
	return t.Share()
}

// Tally counts commits by who wrote them. Two people are one when they have the same address: names change more often.
type Tally struct {
	commits int
	authors map[string]*tallied
}

type tallied struct {
	Author
	newest int64 // When the commit was written that the name is of.
}

// Add counts a commit.
func (t *Tally) Add(c model.Commit) {
	if t.authors == nil {
		t.authors = map[string]*tallied{}
	}
	t.commits++
	who := strings.ToLower(c.Author.Email.String())
	if who == "" {
		who = c.Author.Name.String()
	}
	at := c.Author.When.Unix()
	a := t.authors[who]
	if a == nil {
		a = &tallied{newest: at, Author: Author{Name: c.Author.Name, Email: c.Author.Email}}
		t.authors[who] = a
	}
	if at > a.newest {
		a.newest, a.Name, a.Email = at, c.Author.Name, c.Author.Email
	}
	a.Commits++
}

// Share is what was counted.
func (t *Tally) Share() Share {
	s := Share{Commits: t.commits}
	for _, a := range t.authors {
		s.Authors = append(s.Authors, a.Author)
	}
	slices.SortFunc(s.Authors, func(a, b Author) int {
		return cmp.Or(-cmp.Compare(a.Commits, b.Commits), cmp.Compare(a.Name.String(), b.Name.String()), cmp.Compare(a.Email.String(), b.Email.String()))
	})
	return s
}
