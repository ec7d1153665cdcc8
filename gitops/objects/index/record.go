package index

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/packs"
)

// record is a commit as it comes from the repository. Its slices are valid until the next one is read.
type record struct {
	id, tree    packs.ID
	parents     []packs.ID
	author, by  identity
	wrote, when stamp
	message     []byte
	flags       flags
}

// identity is a name and an address, as slices of a commit.
type identity struct{ name, email []byte }

// scan takes a record from a commit object.
func (r *record) scan(id packs.ID, idSize int, data []byte, raw *object.RawCommit) error {
	*r = record{id: id, parents: r.parents[:0]}
	if err := raw.Scan(data); err != nil {
		return fmt.Errorf("%w: %w", err, packs.ErrCorrupt)
	}
	var ok bool
	if r.tree, ok = parseID(raw.Tree, idSize); !ok {
		return errForeignID
	}
	for _, p := range raw.Parents {
		parent, ok := parseID(p, idSize)
		if !ok {
			return errForeignID
		}
		r.parents = append(r.parents, parent)
	}
	if raw.IsSigned {
		r.flags |= signed
	}
	r.author, r.wrote = cutPerson(raw.UTF8(raw.Author))
	r.by, r.when = cutPerson(raw.UTF8(raw.Committer))
	r.message = cutMessage(raw.UTF8(raw.Message))
	return nil
}

// errForeignID is a commit of a repository with SHA-1 ids that names one with a SHA-256 id, or the other way round.
var errForeignID = fmt.Errorf("malformed commit object: an id of another kind: %w", packs.ErrCorrupt)

func parseID[T ~string | ~[]byte](digits T, idSize int) (packs.ID, bool) {
	if len(digits) != 2*idSize {
		return packs.ID{}, false
	}
	return packs.ParseID(digits)
}

func cutPerson(line []byte) (identity, stamp) {
	name, email, date := object.CutPerson(line)
	return identity{name, email}, readStamp(date)
}

// cutMessage is as much of a message as the index keeps: up to a NUL, where git's own output ends, and not too much.
func cutMessage(message []byte) []byte {
	if i := bytes.IndexByte(message, 0); i >= 0 {
		message = message[:i]
	}
	if len(message) <= maxMessage {
		return message
	}
	end := maxMessage
	for i := range utf8.UTFMax {
		if utf8.RuneStart(message[maxMessage-i]) {
			end -= i
			break
		}
	}
	return message[:end]
}
