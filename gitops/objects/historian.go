package objects

import (
	"context"
	"iter"

	"plumb/model"
	"plumb/model/text"
)

// Historian is what only git itself answers well. A [Store] that has git at
// hand implements it too; ask with a type assertion, and say that git is needed
// where there is none. All methods may be called from several goroutines at
// once. Cancelling ctx, or stopping an iteration, ends the children that worked
// for it before the call or the loop returns. After an error nothing more comes.
//
// Nothing is fetched: an object that is at a promisor only is an error that wraps
// [*MissingError]. Replace refs and grafts are not obeyed, as everywhere in this package.
type Historian interface {
	// Blame tells which commit last changed each line of a file as it is at rev.
	// Groups come as git finds them, the newest commits first and not in the order of the lines,
	// so that a screen fills from the first moment; together they cover each line
	// once. Whitespace and moves within the file count as changes. Commits are
	// passed over (blame.ignoreRevsFile) where the operator's own configuration
	// says so and the file is there; what the repository's configuration says
	// of it is not obeyed. A path that is not there, or a range beyond the end,
	// is an error that wraps [ErrNotFound].
	Blame(ctx context.Context, rev model.Hash, path string, r LineRange) iter.Seq2[BlameGroup, error]

	// LineHistory streams the commits that changed a range of lines of a file as it
	// is at rev, newest first, following it through edits above it and through
	// renames. Errors are as with Blame.
	LineHistory(ctx context.Context, rev model.Hash, path string, r LineRange) iter.Seq2[LineVersion, error]

	// RenamedFrom says where a file or directory of a commit was in the commit's
	// first parent. It is empty for one that was there already under this name,
	// for one that is really new, and where the parent is not known. A directory comes from where more than
	// half of its files were together; "." is the root. In a repository without the contents, only files
	// that moved unchanged are recognised. A path that the commit does not have is an error that wraps [ErrNotFound].
	RenamedFrom(ctx context.Context, commit model.Hash, path string) (string, error)

	// Containing streams those of the candidates whose change has the text, in the
	// candidates' order, and between them results without a commit that tell how
	// far the search is. Candidates are drawn from in the caller's
	// goroutine, as many at a time as are being looked at. At a shallow boundary nothing is found:
	// what such a commit changed is not known.
	Containing(ctx context.Context, q PickQuery, candidates iter.Seq[model.Hash]) iter.Seq2[PickResult, error]

	// Signatures says of each of the commits who signed it and what that is worth. Programs and
	// files of trusted keys are those of the operator's own configuration
	// or git's defaults, never those that the repository's configuration names.
	// It costs one or more processes for each signature: ask for what is on the screen.
	Signatures(ctx context.Context, ids []model.Hash) (map[model.Hash]Signing, error)

	// Fingerprint is a number that changes whenever a ref, HEAD, the shallow
	// boundary, the grafts or the replace refs may have changed. It only
	// looks at what files there are, and can be asked every second.
	Fingerprint() (uint64, error)

	// Altered reports whether replace refs or a grafts file alter history as git
	// itself shows it to the operator: plumb's own history is then another one.
	Altered() (bool, error)
}

// LineRange is a part of a file, by line numbers that start at 1, both ends
// included. To is 0 for the end of the file. The zero LineRange is the whole file.
type LineRange struct{ From, To int }

// BlameGroup is a run of lines that one commit changed last.
type BlameGroup struct {
	Commit   model.Hash
	Path     string // Of the file in that commit.
	From     int    // The first line in the file of that commit.
	At       int    // The first line in the file that was asked about.
	Count    int    // How many lines; at least 1.
	Boundary bool   // The commit is where known history begins: a root, or a shallow boundary.

	// Before is the commit where to ask again for what the lines were before, and BeforePath
	// the file there. Both are empty where the file began with Commit.
	Before     model.Hash
	BeforePath string
}

// LineVersion is a range of lines as one commit left it. Of a merge that did what none of its parents had,
// git tells only that: all but Commit is empty then.
type LineVersion struct {
	Commit model.Hash
	Path   string    // Of the file in that commit.
	Lines  LineRange // In that file; the zero value where nothing is left of the range.
	// Before is where the range was in the commit's parent; BeforePath is empty where the file is new.
	Before     LineRange
	BeforePath string
	Boundary   bool // The commit is a shallow boundary: whether it changed the lines is not known.
}

// PickHow is how a commit's change can have a text.
type PickHow int

const (
	// PickAdds asks for changes after which a file has the text more or less often than before (git log -S).
	PickAdds PickHow = iota
	// PickChanges asks for changes with an added or removed line that matches an extended regular expression (git log -G).
	PickChanges
)

// PickQuery says what to look for in changes. Renamed files are compared with what they were
// before; binary files are searched by PickAdds only.
type PickQuery struct {
	Text       string // The text, or the expression. It must not be empty.
	How        PickHow
	IgnoreCase bool
	Paths      []string // Only changes of these files, or of files in these directories; none means all.
	Merges     bool     // Merges count too, by what they changed against their first parent; git log passes them over.
}

// PickResult is a commit that was found or, when Commit is empty, only news of the search.
type PickResult struct {
	Commit model.Hash
	Looked int // How many candidates have been looked at up to here.
}

// SigningState is what a signature is worth.
type SigningState int

// The states of a signature.
const (
	SigningNone        SigningState = iota // There is no signature.
	SigningGood                            // Valid, by a key that the operator trusts.
	SigningGoodUnknown                     // Valid, by a key of which nobody has said whose it is.
	SigningBad                             // Not a signature of this commit, or by an ssh key that is revoked.
	SigningExpired                         // Valid, but the signature or its key has expired.
	SigningRevoked                         // Valid, but by a key that was revoked.
	SigningCannotCheck                     // The key or the program to check it with is not there.
)

// Signing is what is known of a commit's signature.
type Signing struct {
	State  SigningState
	Signer text.Safe // Who the key says it is, or the principal; empty where unknown.
	Key    string    // The fingerprint of the key, in printable characters; empty where unknown.
}
