// Package objects reads and writes a git repository as a store of objects and
// refs. It has one interface, [Store], and two implementations below it: git
// (package gitcli: the operator's own git, long-lived and streamed) and go-git
// (package gogit: in this process, for machines without git and for
// repositories in memory). Both pass the same suite, package objectstest.
//
// Everything plumb builds, it builds as objects: the operator's work tree and
// index are never touched from here.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"plumb/model"
)

// Store is one repository. All methods may be called from several goroutines at
// once. Cancelling ctx ends the call, and the child process that worked for it.
type Store interface {
	io.Closer

	// Info says what kind of repository it is.
	Info() Info

	// Resolve finds the commit that a revision names: a hash, a branch, a tag,
	// HEAD~3. It fails with an error that wraps [ErrNotFound]. The name is
	// passed as data: one that starts with a dash is just not found.
	Resolve(ctx context.Context, revision string) (model.Hash, error)

	// Commit reads one commit. A missing object is an error that wraps [*MissingError].
	Commit(ctx context.Context, id model.Hash) (model.Commit, error)

	// Log streams commits, newest first by committer date and, unless ByDate says otherwise, never
	// a parent before its child. Stopping the iteration ends the work. After an error nothing more comes. History
	// that ends at a shallow boundary just ends there.
	Log(ctx context.Context, q LogQuery) iter.Seq2[LogEntry, error]

	// Tree lists the entries of one tree object, in git's order.
	Tree(ctx context.Context, id model.Hash) ([]TreeEntry, error)

	// Blob reads a blob whole. Size tells beforehand how large it is.
	Blob(ctx context.Context, id model.Hash) ([]byte, error)
	Size(ctx context.Context, id model.Hash) (int64, error)

	// Refs lists the refs whose full name starts with the prefix, sorted by
	// name, with the commit that each leads to (annotated tags peeled).
	Refs(ctx context.Context, prefix string) ([]Ref, error)

	// MergeBase is a best common ancestor; ErrNotFound where there is none.
	MergeBase(ctx context.Context, a, b model.Hash) (model.Hash, error)
	// IsAncestor reports whether a is b or one of b's ancestors.
	IsAncestor(ctx context.Context, a, b model.Hash) (bool, error)

	// WriteBlob, WriteTree and WriteCommit store an object and answer its id.
	// Entries may come in any order.
	WriteBlob(ctx context.Context, data []byte) (model.Hash, error)
	WriteTree(ctx context.Context, entries []TreeEntry) (model.Hash, error)
	WriteCommit(ctx context.Context, c NewCommit) (model.Hash, error)

	// UpdateRef points a ref at next if it still points at prev, atomically and durably; prev is
	// empty for a ref that must not exist yet, next is empty to delete it. A
	// ref that moved is an error that wraps [ErrMoved]. No hook is run.
	UpdateRef(ctx context.Context, name string, next, prev model.Hash) error
}

// Info is what kind of repository a store opened.
type Info struct {
	GitDir    string     // Absolute; empty for a repository in memory.
	WorkTree  string     // Absolute; empty for a bare repository.
	Head      string     // The full name of the branch that HEAD names; empty when detached.
	HeadHash  model.Hash // Empty for an unborn branch.
	IsShallow bool
	IsPartial bool // Some objects may be at a promisor remote only.
}

// LogQuery says which commits to stream.
type LogQuery struct {
	From        []string // Revisions to start from; none means HEAD.
	Exclude     []string // Their ancestors, themselves included, are left out.
	Paths       []string // Only commits that changed one of these against their first parent.
	FirstParent bool
	Limit       int  // 0 for no limit.
	WithFiles   bool // Also list the files that each commit changed against its first parent.
	ByDate      bool // Go by committer date alone: a parent may come before a child that is not younger. Much faster to begin.
}

// LogEntry is one commit of a log.
type LogEntry struct {
	model.Commit
	Files []model.FileChange // Only with WithFiles. Renames are not detected.
}

// TreeEntry is one entry of a tree object.
type TreeEntry struct {
	Name string
	Mode model.FileMode
	Hash model.Hash
}

// Ref is a name and the commit it leads to.
type Ref struct {
	Name string
	Hash model.Hash
}

// NewCommit is a commit to be written. Zone and seconds of both times are kept.
type NewCommit struct {
	Tree              model.Hash
	Parents           []model.Hash
	Author, Committer Signature
	Message           string
}

// Signature is who and when, with the raw name and address that go into the object.
type Signature struct {
	Name, Email string
	When        time.Time
}

// Errors of a store. They are wrapped with what was being done.
var (
	ErrNotRepository = errors.New("not a git repository")
	ErrNotFound      = errors.New("not found")
	ErrMoved         = errors.New("the ref was moved by someone else")
)

// MissingError is an object that the repository refers to and does not have:
// beyond a shallow boundary, at a promisor that is out of reach, or lost.
type MissingError struct{ ID model.Hash }

func (e *MissingError) Error() string { return fmt.Sprintf("object %s is missing", e.ID.Short()) }
