// Package packs reads the objects of a git repository straight from its files,
// in this process: packs, loose objects, and the object directories it borrows
// from. It only reads, and it is made for one thing: walking a hundred thousand
// commits and comparing their trees several times faster than a git child can.
//
// A [Reader] is one repository, shared by all goroutines. A [Session] is what
// one goroutine reads with: it owns the buffers and caches. Objects are read as
// they are: grafts, replace refs and shallow boundaries are the caller's
// business, and no object is hashed again.
//
// All files may be hostile. Whatever is in them, the answer is an object or an
// error that names the object and its file, and memory stays bounded.
package packs

import (
	"encoding/hex"
	"errors"
	"fmt"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// ID is the raw id of an object. A SHA-1 id is followed by zeros.
type ID [32]byte

// Kind is the type of an object, in git's words.
type Kind = object.Kind

// The kinds of object.
const (
	Blob   = object.Blob
	Tree   = object.Tree
	Commit = object.Commit
	Tag    = object.Tag
)

var (
	// ErrMissing says that the repository does not have the object. Such an error
	// also wraps [*objects.MissingError], which has the id.
	ErrMissing = errors.New("not in the repository")
	// ErrCorrupt says that a file of the repository is damaged.
	ErrCorrupt = errors.New("damaged")
	// ErrTooLarge says that an object is larger than plumb is willing to hold in memory.
	ErrTooLarge = errors.New("too large")
)

// ParseID reads 40 or 64 lower-case hexadecimal digits, as they stand in a
// [model.Hash] or in the bytes of a commit.
func ParseID[T ~string | ~[]byte](digits T) (id ID, ok bool) {
	if len(digits) != 40 && len(digits) != 64 {
		return id, false
	}
	for i := range len(digits) / 2 {
		high, low := nibble[digits[2*i]], nibble[digits[2*i+1]]
		if high|low > 15 {
			return ID{}, false
		}
		id[i] = high<<4 | low
	}
	return id, true
}

// nibble is the value of a hexadecimal digit; more than 15 for what is none.
var nibble = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range "0123456789abcdef" {
		t[c] = byte(i)
	}
	return t
}()

// IsZero reports whether id is the id of nothing, which [Session.Diff] takes for the empty tree.
func (id ID) IsZero() bool { return id == ID{} }

// Hash is id in the form that the rest of plumb uses. The zero id is the empty hash.
func (r *Reader) Hash(id ID) model.Hash {
	if id.IsZero() {
		return ""
	}
	return model.Hash(hex.EncodeToString(id[:r.idSize]))
}

// missing is the error of an object that is in none of the files.
func (r *Reader) missing(id ID) error {
	return fmt.Errorf("%w: %w", ErrMissing, &objects.MissingError{ID: r.Hash(id)})
}
