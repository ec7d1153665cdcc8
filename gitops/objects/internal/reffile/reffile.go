// Package reffile reads the refs of a repository that are in files: one for each,
// and packed-refs. It takes no locks; whoever changes refs does. Files may be hostile.
package reffile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// Head is the name of the ref of what is checked out.
const Head = "HEAD"

// Ref is a ref as it is stored: it names an object, or another ref.
type Ref struct {
	Name, Target string
	ID           model.Hash
}

// Files are the refs of a work tree.
type Files struct {
	GitDir string  // Of this work tree: HEAD.
	Common string  // Shared by all work trees.
	Memory *Memory // Of what was asked for before; nil for none.
}

// own are the refs that each work tree has for itself.
var own = []string{"refs/bisect", "refs/rewritten", "refs/worktree"}

// Path is the file of a ref.
func (f Files) Path(name string) string {
	dir := f.Common
	if !strings.HasPrefix(name, "refs/") {
		dir = f.GitDir
	}
	for _, o := range own {
		if strings.HasPrefix(name, o+"/") {
			dir = f.GitDir
		}
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// Get is one ref, HEAD among them; an error that wraps [objects.ErrNotFound] says that there is none.
func (f Files) Get(name string) (Ref, error) {
	ref, err := f.loose(name)
	if !errors.Is(err, objects.ErrNotFound) {
		return ref, err
	}
	// The file went away after the name was packed, so this order misses nothing.
	now := f.Memory.look(f.packedFile())
	if ref, ok := f.Memory.recall(now, name); ok {
		return ref, nil
	}
	data, err := f.packed()
	if err != nil {
		return Ref{}, err
	}
	// Repositories have tens of thousands of refs, and this is asked for one.
	at := bytes.Index(data, []byte(" "+name+"\n"))
	if at < 0 || CheckName(name) != nil {
		return Ref{}, objects.ErrNotFound
	}
	id := model.Hash(data[bytes.LastIndexByte(data[:at], '\n')+1 : at])
	if !object.IsID(id) {
		return Ref{}, damaged(name)
	}
	ref = Ref{Name: name, ID: id}
	f.Memory.remember(now, ref)
	return ref, nil
}

// maxRef is far more than there is in the file of a ref.
const maxRef = 64 << 10

// loose reads the file of a ref.
func (f Files) loose(name string) (Ref, error) {
	if name != Head && CheckName(name) != nil {
		return Ref{}, objects.ErrNotFound
	}
	path := f.Path(name)
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return Ref{}, objects.ErrNotFound // Of other refs.
	}
	// Reading a named pipe would wait for a writer without end.
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxRef) {
		return Ref{}, damaged(name)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR) {
		return Ref{}, objects.ErrNotFound
	}
	if err != nil {
		return Ref{}, err
	}
	return parse(name, string(data))
}

func damaged(name string) error {
	return fmt.Errorf("the file of the ref %s is damaged", text.Line(name))
}

// parse reads what is in the file of a ref.
func parse(name, data string) (Ref, error) {
	data = strings.TrimRight(data, "\n")
	if target, ok := strings.CutPrefix(data, "ref: "); ok {
		return Ref{Name: name, Target: strings.TrimSpace(target)}, nil
	}
	id, _, _ := strings.Cut(data, "\n")
	if !object.IsID(model.Hash(id)) {
		return Ref{}, damaged(name)
	}
	return Ref{Name: name, ID: model.Hash(id)}, nil
}

func (f Files) packedFile() string { return filepath.Join(f.Common, "packed-refs") }

// packed is packed-refs; a file of its own overrides a ref in it.
func (f Files) packed() ([]byte, error) {
	data, err := os.ReadFile(f.packedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// List is all whose name starts with the prefix, which starts with "refs/", by name. A file that is no ref is left out, as git
// does; broken says that there is one, of which git may know more.
func (f Files) List(prefix string) (all map[string]Ref, broken bool, err error) {
	all = map[string]Ref{}
	dirs := []string{f.Common}
	if f.GitDir != f.Common {
		dirs = append(dirs, f.GitDir)
	}
	for _, dir := range dirs {
		isBroken, err := f.listLoose(dir, prefix, all)
		if err != nil {
			return nil, false, err
		}
		broken = broken || isBroken
	}
	// Read last: what was packed in the meantime has no file any more.
	data, err := f.packed()
	wanted := []byte(prefix)
	for line := range bytes.Lines(data) {
		id, name, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		if !ok || !bytes.HasPrefix(name, wanted) || !object.IsID(model.Hash(id)) || CheckName(string(name)) != nil {
			continue
		}
		if _, ok := all[string(name)]; !ok {
			all[string(name)] = Ref{Name: string(name), ID: model.Hash(id)}
		}
	}
	return all, broken, err
}

// listLoose adds the refs that have files in one of the directories.
func (f Files) listLoose(dir, prefix string, all map[string]Ref) (broken bool, err error) {
	below := strings.TrimSuffix(prefix[:strings.LastIndexByte(prefix, '/')+1], "/")
	if !fs.ValidPath(below) {
		return false, nil
	}
	err = fs.WalkDir(os.DirFS(dir), below, func(name string, d fs.DirEntry, err error) error {
		// What vanishes while it is read has been deleted or packed; locks are no refs.
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return nil
		}
		if err != nil || d.IsDir() || !strings.HasPrefix(name, prefix) || CheckName(name) != nil || f.Path(name) != filepath.Join(dir, filepath.FromSlash(name)) {
			return err
		}
		ref, err := f.loose(name)
		switch {
		case err == nil:
			all[name] = ref
		case !errors.Is(err, objects.ErrNotFound) || d.Type()&fs.ModeSymlink != 0:
			// One damaged ref must not hide the others.
			broken = true
		}
		return nil
	})
	return broken, err
}

// Follow is the object that a name leads to, over symbolic refs that get knows.
func Follow(get func(name string) (Ref, error), name string) (model.Hash, error) {
	// Git follows as many.
	for range 5 {
		r, err := get(name)
		if err != nil || r.ID != "" {
			return r.ID, err
		}
		name = r.Target
	}
	return "", fmt.Errorf("%w: too many symbolic refs", objects.ErrNotFound)
}

var errName = errors.New("not a valid full name of a ref")

// CheckName is what git check-ref-format checks of a full name.
func CheckName(name string) error {
	if !strings.HasPrefix(name, "refs/") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return errName
	}
	for i := range len(name) {
		if name[i] < 0x20 || name[i] == 0x7f || strings.IndexByte(" ~^:?*[\\", name[i]) >= 0 {
			return errName
		}
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || segment[0] == '.' || strings.HasSuffix(segment, ".lock") {
			return errName
		}
	}
	return nil
}
