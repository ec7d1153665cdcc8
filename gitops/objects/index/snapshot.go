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
	open    Set // Commits whose parents were not read yet; nil where there are none.

	Number  int   // Grows with each snapshot of an index.
	Epoch   int   // The same ordinal is the same commit in all snapshots of one epoch.
	Walked  bool  // All commits are here.
	Pathed  bool  // It is known of all of them what they changed, as far as it can be.
	Problem error // What could not be read of the repository, or why the index could not be saved; nil where all is well.
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
	if s.open.Has(o) {
		for range s.ParentCount(o) {
			to = append(to, Absent)
		}
		return to
	}
	return append(to, s.columns.parentsOf(o)...)
}

// Parent is the first parent of a commit; [Absent] for one that has none or whose parent is not in the index.
func (s *Snapshot) Parent(o Ordinal) Ordinal {
	if s.ParentCount(o) == 0 || s.open.Has(o) {
		return Absent
	}
	return s.columns.parentsOf(o)[0]
}

// ParentCount is how many parents the commit has. Beyond the boundary of a shallow clone there are none.
func (s *Snapshot) ParentCount(o Ordinal) int { return len(s.columns.parentsOf(o)) }

// Time is when the commit was committed, in seconds since 1970. Like git, it takes a date that cannot be read for 0.
func (s *Snapshot) Time(o Ordinal) int64 { return s.columns.when[o].seconds() }

// IsSigned reports whether the commit has a signature, good or not.
func (s *Snapshot) IsSigned(o Ordinal) bool { return s.columns.flags[o]&signed != 0 }

// Commit is a commit as a store would read it, without its tree and without parents that are not in the index. Of a message
// of more than 64 KiB only so much is here, for a screen as for a search: who shows it whole reads the commit.
func (s *Snapshot) Commit(o Ordinal) model.Commit {
	c := model.Commit{
		Hash:      s.Hash(o),
		Author:    s.person(s.columns.author[o], s.columns.wrote[o]),
		Committer: s.person(s.columns.by[o], s.columns.when[o]),
	}
	for _, p := range s.Parents(o, nil) {
		if p != Absent {
			c.Parents = append(c.Parents, s.Hash(p))
		}
	}
	c.Subject, c.Body = object.SplitMessage(string(s.columns.messages.appendTo(nil, o)))
	return c
}

func (s *Snapshot) person(i uint32, when stamp) model.Person {
	p := s.columns.people[i]
	return model.Person{Name: text.Line(p.name), Email: text.Line(p.email), When: when.time()}
}

// Touching is the set of commits that changed a path that wants wants. A merge counts for what no parent had, or with
// byFirst for what differs from its first parent. Wants is called once for each path that any commit ever changed, from several
// goroutines at once.
func (s *Snapshot) Touching(byFirst bool, wants func(path string) bool) Set {
	return s.paths.match(s.Len(), byFirst, wants)
}

// Unknown reports whether it is not known, or not known yet, what the commit changed. One at the boundary of a shallow clone
// counts as one that changed nothing: it has all files, and did not bring them.
func (s *Snapshot) Unknown(o Ordinal) bool { return !s.paths.isKnown(o) }

// ChangedPaths calls see for each path that any commit ever changed, in no order, until it answers false.
func (s *Snapshot) ChangedPaths(see func(path string) bool) { s.paths.each(see) }
