//go:build !unix

package gitcli

import "io/fs"

// inode is nothing where files have no numbers.
func inode(fs.FileInfo) uint64 { return 0 }
