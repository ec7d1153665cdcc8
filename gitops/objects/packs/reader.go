package packs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Reader is the object files of one repository. All methods may be called from
// several goroutines at once, except Close.
type Reader struct {
	idSize int      // Bytes of an id: 20 or 32.
	dirs   []string // Object directories, the repository's own first.

	// Packs are only ever added: a pack that a concurrent "git gc" deleted
	// stays readable through its open file, so what was found is never lost.
	// Whoever reads for days opens a new reader now and then.
	packs atomic.Pointer[[]*pack]

	mu      sync.Mutex // Held while looking for new packs.
	scanned uint64     // How often that was done.
	opened  uint64     // Packs opened so far; numbers them.
	broken  error      // Packs that could not be opened at the last look.
}

// Open opens the object files of a repository. The directory is the common one
// of all its work trees, where "objects" is; an id has 20 bytes (SHA-1) or 32
// (SHA-256). A damaged pack does not keep the others from being read: it is an
// error only when nothing else has an object, and then it is named.
func Open(gitDir string, idSize int) (*Reader, error) {
	if idSize != 20 && idSize != 32 {
		return nil, fmt.Errorf("open objects of %s: ids of %d bytes are not known", gitDir, idSize)
	}
	own := filepath.Join(gitDir, "objects")
	if info, err := os.Stat(own); err != nil {
		return nil, fmt.Errorf("open objects of %s: %w", gitDir, err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("open objects of %s: %s is not a directory", gitDir, own)
	}
	r := &Reader{idSize: idSize, dirs: withAlternates(own)}
	r.packs.Store(&[]*pack{})
	if err := r.rescan(0); err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("open objects of %s: %w", gitDir, err)
	}
	return r, nil
}

// Close closes the files. No session may be used any more.
func (r *Reader) Close() error {
	var errs []error
	for _, p := range *r.packs.Swap(&[]*pack{}) {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// Relax lets go of the memory in which the indexes of packs were read. The system still has them at hand, so what is looked up next costs
// hardly more; but a reader that is open all day would otherwise come to hold all that was ever looked at.
func (r *Reader) Relax() {
	for _, p := range *r.packs.Load() {
		p.mapped.relax()
	}
}

// rescan looks for packs that are not open yet, unless someone did so since the
// caller looked: seen is the count of scans that the caller knew of.
func (r *Reader) rescan(seen uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.scanned > seen {
		return nil
	}
	known := *r.packs.Load()
	isOpen := make(map[string]bool, len(known))
	for _, p := range known {
		isOpen[p.path] = true
	}
	var added []*pack
	var broken []error
	for _, dir := range r.dirs {
		names, err := packNames(filepath.Join(dir, "pack"))
		if err != nil {
			return err
		}
		for _, path := range names {
			if isOpen[path] {
				continue
			}
			p, err := openPack(path, r.idSize, r.opened)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				// Git deleted it since; what it had is in another one.
			case err != nil:
				broken = append(broken, err)
			default:
				r.opened++
				added = append(added, p)
			}
		}
	}
	r.scanned++
	r.broken = errors.Join(broken...)
	if len(added) > 0 {
		// New packs come first: what is asked for next is likely there.
		all := slices.Concat(added, known)
		r.packs.Store(&all)
	}
	return nil
}

// packNames lists the packs of a directory that have an index.
func packNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".idx"); ok {
			names = append(names, filepath.Join(dir, name+".pack"))
		}
	}
	return names, nil
}

// state is the count of scans so far, to be given to rescan, and what could not
// be opened at the last one.
func (r *Reader) state() (scans uint64, broken error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.scanned, r.broken
}
