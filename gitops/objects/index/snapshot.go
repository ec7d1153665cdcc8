package index

import (
	"encoding/hex"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// Snapshot is an index as it was at one moment. It may be asked from several goroutines at once. Its commits never
// change; what is known of the paths that they changed grows until Pathed.
type Snapshot struct {
	columns columns
	table   *table
	paths   *paths
	folded  *folded

	Number  int   // Grows with each snapshot of an index.
	Walked  bool  // All commits are here.
	Pathed  bool  // It is known of all of them what they changed, as far as it can be.
	Problem error // Why the index could not be saved; nil where it was.
}

// Len is how many commits there are: their ordinals are below it.
func (s *Snapshot) Len() int { return s.columns.len() }

// Looked is of how many commits it is known what they changed, or that it cannot be known.
func (s *Snapshot) Looked() int { return min(s.paths.lookedAt(), s.Len()) }

// Find answers the ordinal of a commit.
func (s *Snapshot) Find(id model.Hash) (Ordinal, bool) {
	raw, err := hex.DecodeString(string(id))
	if err != nil || len(raw) != s.columns.idSize {
		return 0, false
	}
	return s.table.find(&s.columns, raw)
}

// Hash is the id of a commit.
func (s *Snapshot) Hash(o Ordinal) model.Hash { return model.Hash(hex.EncodeToString(s.columns.id(o))) }

// StartsWith reports whether the commit's id begins with these hexadecimal digits.
func (s *Snapshot) StartsWith(o Ordinal, digits string) bool {
	id := s.columns.id(o)
	for i := range len(digits) {
		if i/2 >= len(id) {
			return false
		}
		half := id[i/2] >> 4
		if i%2 == 1 {
			half = id[i/2] & 15
		}
		if "0123456789abcdef"[half] != digits[i] {
			return false
		}
	}
	return true
}

// Parents appends the parents of a commit to the slice, the first one first. One that is not in the index is [Absent].
func (s *Snapshot) Parents(o Ordinal, to []Ordinal) []Ordinal {
	from, end := s.columns.span(o)
	for i := range int(end - from) {
		p := s.columns.parent(o, i)
		// What came after this snapshot is not in it.
		if p != Absent && int(p) >= s.Len() {
			p = Absent
		}
		to = append(to, p)
	}
	return to
}

// Parent is the first parent of a commit; [Absent] for one that has none or whose parent is not in the index.
func (s *Snapshot) Parent(o Ordinal) Ordinal {
	if s.ParentCount(o) == 0 {
		return Absent
	}
	if p := s.columns.parent(o, 0); p != Absent && int(p) < s.Len() {
		return p
	}
	return Absent
}

// ParentCount is how many parents the commit has.
func (s *Snapshot) ParentCount(o Ordinal) int {
	from, end := s.columns.span(o)
	return int(end - from)
}

// Time is when the commit was committed, in seconds since 1970.
func (s *Snapshot) Time(o Ordinal) int64 { return s.columns.when[o].seconds }

// IsSigned reports whether the commit has a signature, good or not.
func (s *Snapshot) IsSigned(o Ordinal) bool { return s.columns.flags[o]&signed != 0 }

// Commit is a commit as a store would read it, without its tree and without parents that are not in the index.
func (s *Snapshot) Commit(o Ordinal) model.Commit {
	c := model.Commit{
		Hash:      s.Hash(o),
		Author:    s.person(s.columns.author[o], s.columns.wrote[o]),
		Committer: s.person(s.columns.by[o], s.columns.when[o]),
	}
	from, end := s.columns.span(o)
	for i := range int(end - from) {
		if p := s.columns.parent(o, i); p != Absent && int(p) < s.Len() {
			c.Parents = append(c.Parents, s.Hash(p))
		}
	}
	c.Subject, c.Body = object.SplitMessage(string(s.columns.message(o)))
	return c
}

func (s *Snapshot) person(i uint32, when stamp) model.Person {
	p := s.columns.people[i]
	return model.Person{Name: text.Line(p.name), Email: text.Line(p.email), When: when.time()}
}

// Touching is the set of commits that changed a path that wants wants. A merge counts for what no parent had, or with
// byFirst for what differs from its first parent. Wants is called once for each path that any commit ever changed.
func (s *Snapshot) Touching(byFirst bool, wants func(path string) bool) Set {
	return s.paths.match(s.Len(), byFirst, wants)
}

// Unknown reports whether it is not known, or not known yet, what the commit changed.
func (s *Snapshot) Unknown(o Ordinal) bool { return !s.paths.isKnown(o) }

// ChangedPaths calls see for each path that any commit ever changed, in no order, until it answers false.
func (s *Snapshot) ChangedPaths(see func(path string) bool) { s.paths.each(see) }
