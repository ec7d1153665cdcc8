package objects

import (
	"bytes"
	"io"
	"io/fs"
	"time"
)

// fileInfo describes a file of a commit.
type fileInfo struct {
	name string
	mode fs.FileMode
	size int64
	when time.Time
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.when }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

// dirEntry is a file as its directory lists it.
type dirEntry struct {
	files *files
	entry TreeEntry
}

func (d dirEntry) Name() string               { return d.entry.Name }
func (d dirEntry) IsDir() bool                { return isDir(d.entry) }
func (d dirEntry) Type() fs.FileMode          { return fileMode(d.entry.Mode).Type() }
func (d dirEntry) Info() (fs.FileInfo, error) { return d.files.sized(d.entry) }
func (d dirEntry) String() string             { return fs.FormatDirEntry(d) }

// openFile is a file that is read.
type openFile struct {
	*bytes.Reader
	info fileInfo
}

func newOpenFile(info fileInfo, data []byte) *openFile {
	return &openFile{bytes.NewReader(data), info}
}

func (o *openFile) Stat() (fs.FileInfo, error) { return o.info, nil }
func (o *openFile) Close() error               { return nil }

// openDir is a directory that is read.
type openDir struct {
	info fileInfo
	name string
	left []fs.DirEntry
}

func (o *openDir) Stat() (fs.FileInfo, error) { return o.info, nil }
func (o *openDir) Close() error               { return nil }

func (o *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.name, Err: errIsDir}
}

// ReadDir hands out the next n entries, or for n ≤ 0 all that are left.
func (o *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(o.left)
	} else if len(o.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.left))
	list := o.left[:n:n]
	o.left = o.left[n:]
	return list, nil
}
