package objects

import (
	"context"

	"plumb/model"
)

// Remoter is what an exchange with a remote needs beside a [Store]. No call asks a question: what would need an
// answer fails. Nothing of the repository's own configuration makes them believe more than they are asked to, and no hook is run.
type Remoter interface {
	// Remotes are the names of the remotes that there are.
	Remotes(ctx context.Context) ([]string, error)

	// FetchRefs makes local refs what a remote has, by refspecs, whether that is forward or not; what the remote has no longer
	// goes here too. It touches nothing else. The objects are durable when it returns.
	FetchRefs(ctx context.Context, remote string, refspecs ...string) error

	// RawRefs lists the refs below a prefix that ends in a slash, as they are: tags are not peeled, what leads to no commit is listed too.
	RawRefs(ctx context.Context, prefix string) ([]RawRef, error)

	// MoveRefs moves refs in one transaction, durably: all of them, or none with an error that wraps [ErrMoved].
	MoveRefs(ctx context.Context, moves []Move) error

	// PushRefs moves refs of a remote, none by force. What became of each is in the answer, in the order of the moves; the error is
	// for a remote that could not be asked. Atomic is all or none.
	PushRefs(ctx context.Context, remote string, atomic bool, moves []PushMove) ([]Pushed, error)
}

// RawRef is a ref and the object that it stands at.
type RawRef struct {
	Name string
	ID   model.Hash
	Kind string // As git calls it: "commit", "tag", "tree", "blob".
}

// Move is a ref that is to go from one commit to another. Prev is empty for one that must not exist yet, Next to delete it.
type Move struct {
	Name       string
	Next, Prev model.Hash
}

// PushMove is a ref of a remote that is to move.
type PushMove struct {
	Name string
	Next model.Hash // Empty to delete it.
	// Prev is where the ref has to be; empty for a ref that must not exist. Without Exactly it is not looked at, and the
	// ref has to go forward.
	Prev    model.Hash
	Exactly bool
}

// Pushed is what became of a ref.
type Pushed struct {
	OK    bool
	Moved bool   // It is not where it was expected to be.
	Why   string // What the remote said; empty for nothing.
}
