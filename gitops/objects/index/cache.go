package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cache is the directory in which the index of a repository is kept: segments, and a manifest that names those that count.
// Files are written under another name and renamed, and never changed afterwards, so that a reader needs no lock.
type cache struct {
	dir        string
	repository string // The git directory that it is of.
	history    string // Of what alters history, a hash.
	idSize     int
}

// chain is the segments that the cache has of an index, from its first commit on.
type chain []link

// link is one segment.
type link struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"` // In bytes.
	Commits int    `json:"commits"`
	People  int    `json:"people"`
}

func (c chain) commits() (n int) {
	for _, l := range c {
		n += l.Commits
	}
	return n
}

func (c chain) people() (n int) {
	for _, l := range c {
		n += l.People
	}
	return n
}

// manifest names the segments of an index.
type manifest struct {
	Format     int    `json:"format"`
	Repository string `json:"repository"`
	History    string `json:"history"`
	IDSize     int    `json:"id_size"`
	Segments   chain  `json:"segments"`
}

const (
	manifestName  = "manifest.json"
	segmentSuffix = ".segment"
	newSuffix     = ".new" // Of what is just being written.
	lockName      = "lock"
)

// Limits on what a manifest may say: far more than is ever written, so that sums cannot overflow.
const (
	maxManifest = 1 << 20
	maxSegments = 1000
	maxSegment  = 1 << 33
)

func openCache(dir, repository, altered string, idSize int) cache {
	sum := sha256.Sum256([]byte(altered))
	return cache{dir, repository, hex.EncodeToString(sum[:]), idSize}
}

// manifest reads the manifest; nil where there is none of this repository that can be used.
func (c cache) manifest() chain {
	if c.dir == "" || c.check() != nil {
		return nil
	}
	data, err := readFile(filepath.Join(c.dir, manifestName), maxManifest)
	if err != nil {
		return nil
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Format != format || m.Repository != c.repository || m.History != c.history || m.IDSize != c.idSize {
		return nil
	}
	if len(m.Segments) > maxSegments || slices.ContainsFunc(m.Segments, link.isStrange) {
		return nil
	}
	return m.Segments
}

// isStrange reports whether the link is none that was ever written.
func (l link) isStrange() bool {
	return l.Name != filepath.Base(l.Name) || !strings.HasSuffix(l.Name, segmentSuffix) ||
		l.Commits < 0 || l.Commits > maxCommits || l.People < 0 || l.People > 2*maxCommits || l.Size < 0 || l.Size > maxSegment
}

// check says why the directory cannot be trusted: what others wrote into it would be shown as history.
func (c cache) check() error {
	info, err := os.Stat(c.dir)
	if err != nil {
		return err
	}
	return isPrivate(info)
}

// loaded is what the cache has.
type loaded struct {
	seen    chain // What the manifest names, whether or not it could be read.
	columns columns
	paths   *paths // Nil where nothing could be read.
}

// load reads what the cache has.
func (c cache) load() loaded {
	var l loaded
	// Another plumb may replace the files between the reading of the manifest and that of a segment.
	for range 2 {
		l.seen = c.manifest()
		columns, paths, err := c.read(l.seen)
		if err == nil && columns.len() > 0 {
			l.columns, l.paths = columns, paths
			return l
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return l
}

func (c cache) read(saved chain) (columns, *paths, error) {
	cols, p := columns{idSize: c.idSize}, new(paths)
	for _, l := range saved {
		commits, people := cols.len(), len(cols.people)
		if err := c.segment(l, &cols, p); err != nil {
			return cols, p, err
		}
		if cols.len()-commits != l.Commits || len(cols.people)-people != l.People {
			return cols, p, errDamaged
		}
	}
	return cols, p, nil
}

// segment reads one segment.
func (c cache) segment(l link, cols *columns, p *paths) error {
	f, err := openFile(filepath.Join(c.dir, l.Name), l.Size)
	if err != nil {
		return err
	}
	defer f.Close()
	return decode(f, l.Size, cols, p)
}

// save writes what the cache does not have yet, and answers what it has then. Seen is what was in the cache at the last look, saved
// what of that is of this index. Where another plumb keeps the cache of the same
// repository up to date at the same time, it is left to that one, and nothing is answered.
func (c cache) save(seen, saved chain, cols *columns, p *paths) (chain, error) {
	if err := c.make(); err != nil {
		return nil, c.problem(err)
	}
	unlock, err := lock(filepath.Join(c.dir, lockName))
	if errors.Is(err, errLocked) {
		return nil, nil
	}
	if err != nil {
		return nil, c.problem(err)
	}
	defer unlock()
	if now := c.manifest(); !slices.Equal(now, seen) {
		if now.commits() >= cols.len() {
			return nil, nil
		}
		saved = nil
	}
	keep := slices.Clone(saved)
	for len(keep) > 0 && shouldMerge(keep, cols.len()) {
		keep = keep[:len(keep)-1]
	}
	from, people := keep.commits(), keep.people()
	name, size, err := c.write(func(to io.Writer) (int64, error) { return encode(to, cols, p, Ordinal(from), people) })
	if err != nil {
		return nil, c.problem(err)
	}
	keep = append(keep, link{name, size, cols.len() - from, len(cols.people) - people})
	if err := c.commit(keep); err != nil {
		return nil, c.problem(err)
	}
	c.sweep(keep)
	return keep, nil
}

// shouldMerge reports whether the last segment is written again together with what follows it: so that there are few
// segments, and each commit is written a few times only, one is kept that is several times as long as all after it.
func shouldMerge(keep chain, commits int) bool {
	last := keep[len(keep)-1].Commits
	return commits-keep.commits() > last/4
}

func (c cache) problem(err error) error {
	return fmt.Errorf("the index of history cannot be kept in %s, and is built again at the next start: %w", c.dir, err)
}
