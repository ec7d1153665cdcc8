package objects

import (
	"context"
	"io/fs"
	"iter"

	"plumb/model"
)

// DiffTrees streams the files that differ between two trees, in path order,
// without descending where hashes are equal. Either tree may be empty. Renames
// are not detected. Paths, if any, limit the answer to those files and directories.
func DiffTrees(ctx context.Context, s Store, a, b model.Hash, paths ...string) iter.Seq2[model.FileChange, error] {
	panic("to be built")
}

// FS is the files of a commit as a file system: rooted at the repository's
// root, with modes and symbolic links (it is an [fs.ReadLinkFS]), read on demand. Submodules are
// empty directories. It may be read from several goroutines at once.
func FS(ctx context.Context, s Store, commit model.Hash) (fs.FS, error) { panic("to be built") }

// Snapshot is FS with its revision.
func Snapshot(ctx context.Context, s Store, commit model.Hash) (model.Snapshot, error) {
	files, err := FS(ctx, s, commit)
	return model.Snapshot{Revision: commit, Files: files}, err
}

// EditTree writes the tree that root becomes by the edits, and answers its id.
// Root may be empty. Directories appear and vanish with their files. An edit that cannot be (a file
// where a directory is, an unsafe path like ".." or ".git") is an error that names the path.
func EditTree(ctx context.Context, s Store, root model.Hash, edits []model.Edit) (model.Hash, error) {
	panic("to be built")
}
