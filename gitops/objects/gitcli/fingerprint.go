package gitcli

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Fingerprint hashes what the system says of the files that refs are in. Git
// replaces such a file rather than writing into it, so another value is another file.
func (s *store) Fingerprint() (uint64, error) {
	p := &fingerprint{Hash64: fnv.New64a()}
	dirs := []string{s.info.GitDir}
	if s.common != s.info.GitDir {
		dirs = append(dirs, s.common)
	}
	// The HEAD of another work tree is none of ours.
	p.file(filepath.Join(s.info.GitDir, "HEAD"))
	for _, dir := range dirs {
		for _, name := range []string{"packed-refs", "shallow", "info/grafts", "reftable/tables.list"} {
			p.file(filepath.Join(dir, filepath.FromSlash(name)))
		}
		p.tree(filepath.Join(dir, "refs"), 0)
	}
	if p.err != nil {
		return 0, fmt.Errorf("look for changes of refs: %w", p.err)
	}
	return p.Sum64(), nil
}

// fingerprint is a fingerprint in the making.
type fingerprint struct {
	hash.Hash64
	err error // The first that happened.
}

// file adds a file, or that it is not there.
func (p *fingerprint) file(name string) {
	st, err := os.Stat(name)
	if err != nil {
		p.failed(err)
		p.text(name + "\x00-")
		return
	}
	p.facts(name, st)
}

// facts adds what is known of a file without reading it. A file that is made within the same tick of the
// clock as the one before it still is another inode.
func (p *fingerprint) facts(name string, st fs.FileInfo) {
	p.text(name)
	for _, n := range []uint64{uint64(st.Size()), uint64(st.ModTime().UnixNano()), inode(st)} {
		p.Write(binary.LittleEndian.AppendUint64(nil, n))
	}
}

// text adds a name; none has a NUL in it.
func (p *fingerprint) text(s string) { p.Write(append([]byte(s), 0)) }

// deepestRefs is how far directories of refs may be nested. The longest path that the system
// takes has fewer.
const deepestRefs = 2048

// tree adds the refs below a directory. Directories themselves do not count: empty ones come and go.
// Links below the first directory are not followed: they may lead in circles.
func (p *fingerprint) tree(dir string, depth int) {
	if depth > deepestRefs {
		return
	}
	entries, err := os.ReadDir(dir)
	p.failed(err)
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			p.tree(name, depth+1)
		case strings.HasSuffix(name, ".lock"): // Nothing has changed yet, and no ref may be called so.
		default:
			st, err := e.Info()
			if err != nil {
				p.failed(err)
				continue
			}
			p.facts(name, st)
		}
	}
}

// failed keeps an error, unless it says that a file is not there: refs come and go as one looks.
func (p *fingerprint) failed(err error) {
	if err != nil && p.err == nil && !errors.Is(err, fs.ErrNotExist) {
		p.err = err
	}
}

// Altered looks for replace refs and at the grafts.
func (s *store) Altered() (bool, error) {
	const why = "look for replaced objects"
	data, err := os.ReadFile(filepath.Join(s.common, "info", "grafts"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%s: %w", why, err)
	}
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return true, nil
		}
	}
	out, err := s.git.run(context.Background(), why, nil, "for-each-ref", "--count=1", "--format=%(refname)", "refs/replace/")
	return len(out) > 0, err
}
