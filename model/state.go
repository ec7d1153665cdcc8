package model

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Content is what a resource consists of, apart from its attributes.
type Content struct {
	Size    int64
	Sum     Digest // Over all bytes; empty when they could not be read.
	Data    []byte // The bytes themselves; nil when they were not loaded.
	Omitted string // Why Data is nil although there is content: "3.2 GiB, not loaded".
}

// NewContent is content that was loaded whole.
func NewContent(data []byte) Content {
	return Content{Size: int64(len(data)), Sum: Sum(data), Data: data}
}

// Sum is the digest of data.
func Sum(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// Attr is one attribute of a resource: mode, owner.
type Attr struct{ Name, Value string }

// State is one version of a resource: as git wants it, as it was applied, or as it is live.
// The zero State is a resource that does not exist.
type State struct {
	Exists    bool
	Kind      string // "file", "symlink", "directory"; other engines have their own kinds.
	Content   Content
	Attrs     []Attr    // In the order in which they are shown.
	Modified  time.Time // When the live resource was last changed, where the engine knows.
	Source    string    // The path in the repository that says so; empty for a live state.
	Sensitive bool      // The content is a secret as a whole.
}

// Attr is the value of the attribute name, and whether the state says anything about it.
func (s State) Attr(name string) (string, bool) {
	for _, a := range s.Attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Matches reports whether live is as want says. Attributes that want does not
// mention are nobody's business and do not count.
func (want State) Matches(live State) bool { return len(want.Differences(live)) == 0 }

// Differences names what is not as want says: "missing", "extra", "kind", "content" or attribute names.
func (want State) Differences(live State) []string {
	switch {
	case want.Exists && !live.Exists:
		return []string{"missing"}
	case !want.Exists && live.Exists:
		return []string{"extra"}
	case !want.Exists:
		return nil
	case want.Kind != live.Kind:
		return []string{"kind"}
	}
	var names []string
	if want.Content.Sum != live.Content.Sum {
		names = append(names, "content")
	}
	for _, a := range want.Attrs {
		if v, ok := live.Attr(a.Name); !ok || v != a.Value {
			names = append(names, a.Name)
		}
	}
	return names
}

// Desired is one resource as a revision wants it, whatever is live.
type Desired struct {
	Address Address
	Group   string // What it is listed under within its target, as in [Resource].
	Name    string
	State   State
}
