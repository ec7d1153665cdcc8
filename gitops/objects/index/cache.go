package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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

func (c chain) size() (n int64) {
	for _, l := range c {
		n += l.Size
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
	lockName      = "lock"
)

func openCache(dir, repository, altered string, idSize int) cache {
	sum := sha256.Sum256([]byte(altered))
	return cache{dir, repository, hex.EncodeToString(sum[:]), idSize}
}

// manifest reads the manifest; nil where there is none of this repository that can be used.
func (c cache) manifest() chain {
	if c.dir == "" {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(c.dir, manifestName))
	if err != nil {
		return nil
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Format != format || m.Repository != c.repository || m.History != c.history || m.IDSize != c.idSize {
		return nil
	}
	if slices.ContainsFunc(m.Segments, func(l link) bool {
		return l.Name != filepath.Base(l.Name) || !strings.HasSuffix(l.Name, segmentSuffix) || l.Commits < 0 || l.People < 0
	}) {
		return nil
	}
	return m.Segments
}

// large is the size in bytes from which on a cache takes so long to load that something is shown before.
const large = 8 << 20

func (c cache) isLarge() bool { return c.manifest().size() > large }

// load reads what the cache has. It is not ok where that is nothing that can be used.
func (c cache) load() (saved chain, _ columns, _ *paths, ok bool) {
	// Another plumb may replace the files between the reading of the manifest and that of a segment.
	for range 2 {
		saved = c.manifest()
		columns, paths, err := c.read(saved)
		if err == nil && columns.len() > 0 {
			return saved, columns, paths, true
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return nil, columns{}, nil, false
}

func (c cache) read(saved chain) (columns, *paths, error) {
	cols, p := columns{idSize: c.idSize}, new(paths)
	for _, l := range saved {
		data, err := os.ReadFile(filepath.Join(c.dir, l.Name))
		if err != nil {
			return cols, p, err
		}
		before := len(cols.people)
		if err := decode(data, &cols, p); err != nil {
			return cols, p, err
		}
		if len(cols.people)-before != l.People {
			return cols, p, errDamaged
		}
	}
	if cols.len() != saved.commits() {
		return cols, p, errDamaged
	}
	return cols, p, nil
}

// save writes what the cache does not have yet, and answers what it has then. Where another plumb keeps the cache of the same
// repository up to date at the same time, it is left to that one.
func (c cache) save(saved chain, cols *columns, p *paths) (chain, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return saved, c.problem(err)
	}
	unlock, err := lock(filepath.Join(c.dir, lockName))
	if errors.Is(err, errLocked) {
		return saved, nil
	}
	if err != nil {
		return saved, c.problem(err)
	}
	defer unlock()
	if now := c.manifest(); !slices.Equal(now, saved) {
		if now.commits() >= cols.len() {
			return saved, nil
		}
		saved = nil
	}
	keep := slices.Clone(saved)
	for len(keep) > 0 && shouldMerge(keep, cols.len()) {
		keep = keep[:len(keep)-1]
	}
	from, people := keep.commits(), keep.people()
	data := encode(cols, p, Ordinal(from), people)
	name, err := c.write(data)
	if err != nil {
		return saved, c.problem(err)
	}
	keep = append(keep, link{name, int64(len(data)), cols.len() - from, len(cols.people) - people})
	if err := c.commit(keep); err != nil {
		return saved, c.problem(err)
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

// write writes a segment under a name that no other one has.
func (c cache) write(data []byte) (name string, err error) {
	sum := sha256.Sum256(data)
	name = hex.EncodeToString(sum[:12]) + segmentSuffix
	return name, replace(c.dir, name, data)
}

// commit makes the segments those that count.
func (c cache) commit(segments chain) error {
	data, err := json.MarshalIndent(manifest{format, c.repository, c.history, c.idSize, segments}, "", "  ")
	if err != nil {
		return err
	}
	return replace(c.dir, manifestName, append(data, '\n'))
}

// replace writes a file in one step: whoever reads it sees the old one or the new one.
func replace(dir, name string, data []byte) error {
	f, err := os.CreateTemp(dir, name+".*.new")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		// A full disk is not made fuller by what was not finished.
		_ = os.Remove(f.Name())
	}
	return err
}

// sweep removes the files that do not count any more. What cannot be removed now goes the next time.
func (c cache) sweep(keep chain) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		counts := name == manifestName || name == lockName || slices.ContainsFunc(keep, func(l link) bool { return l.Name == name })
		if !counts && (strings.HasSuffix(name, segmentSuffix) || strings.HasSuffix(name, ".new")) {
			_ = os.Remove(filepath.Join(c.dir, name))
		}
	}
}
