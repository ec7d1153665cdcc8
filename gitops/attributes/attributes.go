// Package attributes says what the .gitattributes files of a revision, or of a work tree, tell about
// a path: whether it is generated, binary, kept in Git LFS, encrypted by git-crypt. It follows
// the rules of git itself, macros included, but reads nothing outside of the files it is given: neither the operator's
// own attributes nor those in the git directory, so that everybody is shown the same.
//
// It does not use the gitattributes of go-git: those match otherwise than git where patterns hold "**", brackets or
// escapes, and give up on a whole file for one attribute with an invalid name, of which git ignores the line.
package attributes

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"plumb/model"
	"plumb/model/text"
)

// Attrs is what is known about one path. The zero value is a path that nothing is known about.
type Attrs struct {
	Generated bool   // Made by a program: linguist-generated or gitlab-generated say so, or else its name does.
	Binary    bool   // Not to be compared by lines: "-diff", or "binary", which implies it.
	Lines     bool   // To be compared by lines even where it looks binary: "diff".
	Diff      string // The driver that "diff=" names, such as "golang"; otherwise empty. Foreign text.
	Filter    string // What "filter=" names; otherwise empty. Foreign text.
	LFS       bool   // Kept in Git LFS.
	GitCrypt  bool   // Encrypted by git-crypt.
	Language  string // What linguist-language or gitlab-language name, such as "YAML"; otherwise empty. Foreign text.
}

// maxBytes is the size from which on a .gitattributes is not read.
const maxBytes = 1 << 20

const fileName = ".gitattributes"

// Attributes answers for the paths of one file system. It may be used from several goroutines at once.
type Attributes struct {
	files fs.FS

	mu   sync.Mutex
	dirs map[string]loaded // What was read, by directory; the root is "".
}

// loaded is what a .gitattributes says. It is empty for one that does not exist.
type loaded struct {
	rules  []rule
	macros map[string][]assignment // Of the root only.
	err    error                   // Why it could not be used.
}

// Read answers for the files of a revision, as of objects.FS, or of a work tree, as of [os.DirFS]. It reads nothing
// yet: each .gitattributes is read when it is needed first, and kept.
func Read(files fs.FS) *Attributes {
	return &Attributes{files: files, dirs: map[string]loaded{}}
}

// Of says what is known about a file. The path is from the root, with slashes, and need not exist. With an
// error comes what the files that could be read say.
func (a *Attributes) Of(name string) (Attrs, error) {
	found, err := a.lookup(name)
	if err != nil {
		err = fmt.Errorf("read the attributes of %s: %w", text.Line(name), err)
	}
	diff, filter := found["diff"], found["filter"]
	attrs := Attrs{
		Binary:   diff.is == unset,
		Lines:    diff.is == set,
		Diff:     diff.value,
		Filter:   filter.value,
		LFS:      filter.value == "lfs",
		GitCrypt: filter.value == "git-crypt" || strings.HasPrefix(filter.value, "git-crypt-"),
		Language: cmp.Or(found["linguist-language"].value, found["gitlab-language"].value),
	}
	attrs.Generated = IsGenerated(name)
	for _, name := range []string{"gitlab-generated", "linguist-generated"} {
		if says, known := found[name].bool(); known {
			attrs.Generated = says
		}
	}
	return attrs, err
}

// lookup answers all attributes of a path. Later lines go before earlier ones, and deeper files before those above.
func (a *Attributes) lookup(name string) (map[string]state, error) {
	var errs []error
	var stack []loaded // From the root down.
	var origins []string
	for at := range len(name) + 1 {
		if at > 0 && (at == len(name) || name[at] != '/') {
			continue
		}
		dir := name[:at]
		l := a.load(dir)
		errs = append(errs, l.err)
		stack, origins = append(stack, l), append(origins, dir)
	}
	f := finder{macros: stack[0].macros, found: map[string]state{}, steps: maxSteps}
	for i, l := range slices.Backward(stack) {
		below := name
		if origins[i] != "" {
			below = name[len(origins[i])+1:]
		}
		for _, r := range slices.Backward(l.rules) {
			if r.pattern.match(below, &f.steps) {
				f.fill(r.assigns)
			}
		}
	}
	if f.steps <= 0 {
		errs = append(errs, model.WithHint(errors.New("its patterns would take too long to match"), "look at the patterns with many stars in %s", fileName))
	}
	return f.found, errors.Join(errs...)
}

// maxSteps bounds the work for one path; all the attributes of real repositories take a few thousand.
const maxSteps = 20_000_000

// binaryMacro is built into git.
var binaryMacro = []assignment{{"diff", state{is: unset}}, {"merge", state{is: unset}}, {"text", state{is: unset}}}

// finder collects the attributes of one path.
type finder struct {
	macros map[string][]assignment // But "binary", where it is the one of git.
	found  map[string]state
	steps  int // How much work may still be done.
}

// fill takes what a line says as far as it is not known yet, the last word first. A macro that is set says more.
func (f *finder) fill(assigns []assignment) {
	for _, a := range slices.Backward(assigns) {
		if _, known := f.found[a.name]; known {
			continue
		}
		f.found[a.name] = a.state
		// A macro is expanded once, so one that names itself does no harm.
		if a.state.is != set {
			continue
		}
		if m, ok := f.macros[a.name]; ok {
			f.fill(m)
		} else if a.name == "binary" {
			f.fill(binaryMacro)
		}
	}
}

// load reads the file of a directory, or answers what it read before. What a cancelled read left is not kept.
func (a *Attributes) load(dir string) loaded {
	a.mu.Lock()
	l, ok := a.dirs[dir]
	a.mu.Unlock()
	if ok {
		return l
	}
	name := fileName
	if dir != "" {
		name = dir + "/" + fileName
	}
	data, keep, err := a.read(dir, name)
	if err != nil {
		l.err = err
	} else {
		l.rules, l.macros = parse(data, dir == "")
	}
	if keep {
		a.mu.Lock()
		a.dirs[dir] = l
		a.mu.Unlock()
	}
	return l
}

// read answers the bytes of a file, nothing for one that is none, and whether the same would come again. Git
// follows no symbolic link here, so nor does this.
func (a *Attributes) read(dir, name string) (data []byte, keep bool, err error) {
	info, err := fs.Lstat(a.files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, true, nil
	case err != nil:
		if a.isBelowFile(dir) {
			return nil, true, nil
		}
		return nil, false, err
	case !info.Mode().IsRegular():
		return nil, true, nil
	case info.Size() > maxBytes:
		return nil, true, model.WithHint(fmt.Errorf("%s is too large: %d MiB", text.Line(name), info.Size()>>20), "use patterns in place of a line for each file")
	}
	file, err := a.files.Open(name)
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	data, err = io.ReadAll(io.LimitReader(file, maxBytes))
	return data, err == nil, err
}

// isBelowFile reports a directory that is none, because the path to it leads through a file: it is of another revision.
func (a *Attributes) isBelowFile(dir string) bool {
	for ; dir != "" && dir != "."; dir = path.Dir(dir) {
		if info, err := fs.Lstat(a.files, dir); err == nil {
			return !info.IsDir()
		}
	}
	return false
}
