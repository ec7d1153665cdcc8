package model

import (
	"time"

	"plumb/model/text"
)

// Person is who wrote or committed something, and when.
type Person struct {
	Name  text.Safe `json:"name"`
	Email text.Safe `json:"email"`
	When  time.Time `json:"when"`
}

// Commit is one commit without its changes.
type Commit struct {
	Hash      Hash
	Tree      Hash
	Parents   []Hash
	Author    Person
	Committer Person
	Subject   text.Safe
	Body      text.Safe // All after the subject, without the blank line between.
}

// FileChange is one path that differs between two trees. A side that does not exist has mode 0 and no hash.
type FileChange struct {
	Path             string
	OldPath          string // Where it was before, for a rename; otherwise empty.
	OldMode, NewMode FileMode
	OldHash, NewHash Hash
}

// FileMode is a git tree entry's mode, as in 0o100644.
type FileMode uint32

// The modes that git knows.
const (
	ModeFile       FileMode = 0o100644
	ModeExecutable FileMode = 0o100755
	ModeSymlink    FileMode = 0o120000
	ModeTree       FileMode = 0o040000
	ModeSubmodule  FileMode = 0o160000
)

// Edit is one file of a tree as it should become: what Adopt answers and what changes are built of.
type Edit struct {
	Path   string // From the root of the repository, with slashes.
	Mode   FileMode
	Data   []byte
	Delete bool
}
