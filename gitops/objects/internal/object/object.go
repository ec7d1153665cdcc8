// Package object reads and writes the bytes of git objects: commits, trees and
// their ids. Both stores use it, so both read a hostile object the same way.
// Nothing in it does I/O, and no input makes it panic.
package object

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/pjbgf/sha1cd"

	"plumb/model"
)

// Kind is the type of an object, in git's words.
type Kind string

// The kinds of object.
const (
	Blob   Kind = "blob"
	Tree   Kind = "tree"
	Commit Kind = "commit"
	Tag    Kind = "tag"
)

// ErrCollision says that data was crafted to share its id with other data.
var ErrCollision = errors.New("the data is part of a SHA-1 collision attack")

// Header is what stands before an object's data when it is hashed and stored.
func Header(kind Kind, size int) []byte {
	return append(strconv.AppendInt([]byte(kind+" "), int64(size), 10), 0)
}

// ID is the SHA-1 id of an object. The hash is the one that git itself uses: it
// notices crafted collisions, which are an error that wraps [ErrCollision].
func ID(kind Kind, data []byte) (model.Hash, error) {
	h := sha1cd.New().(sha1cd.CollisionResistantHash)
	h.Write(Header(kind, len(data)))
	h.Write(data)
	sum, collides := h.CollisionResistantSum(nil)
	if collides {
		return "", fmt.Errorf("hash %s: %w", kind, ErrCollision)
	}
	return model.Hash(hex.EncodeToString(sum)), nil
}

// IDLike is ID in a repository whose ids are as long as that of like: SHA-256 where it is one of 64 digits.
func IDLike(like model.Hash, kind Kind, data []byte) (model.Hash, error) {
	if len(like) != 2*sha256.Size {
		return ID(kind, data)
	}
	h := sha256.New()
	h.Write(Header(kind, len(data)))
	h.Write(data)
	return model.Hash(hex.EncodeToString(h.Sum(nil))), nil
}

// IsID reports whether h has the form of a full object id, SHA-1 or SHA-256.
// Only such a hash is ever put into an argument vector or a request.
func IsID(h model.Hash) bool { return isID(h) }

func isID[T model.Hash | []byte](h T) bool {
	if len(h) != 40 && len(h) != 64 {
		return false
	}
	for i := range len(h) {
		if c := h[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
