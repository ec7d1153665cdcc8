package hosts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"plumb/model"
)

// local is a host that a directory of this machine plays. No symbolic link
// leads out of it.
type local struct {
	p     *Provider
	name  string
	why   string
	dir   string
	root  *os.Root
	names names
}

func (p *Provider) newLocal(name, dir, why string) (machine, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, model.WithHint(fmt.Errorf("open the directory of %s: %w", name, err), "the host's root in plumb.yaml must be an existing directory")
	}
	return &local{p: p, name: name, why: why, dir: dir, root: root}, nil
}

func (l *local) close() { l.root.Close() }

func (l *local) fresh() owner { return owner{os.Geteuid(), os.Getegid()} }

// rel is a path of the host as os.Root wants it. For the real root, links that
// lead elsewhere do not lead out, so they may be followed.
func (l *local) rel(name string) string {
	if l.dir == "/" {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
			name = filepath.Join(dir, filepath.Base(name))
		}
	}
	if name = strings.TrimLeft(name, "/"); name == "" {
		return "."
	}
	return name
}

func (l *local) look(ctx context.Context, paths, dirs []string) (map[string]sight, error) {
	at := l.p.opt.Now()
	sights := make(map[string]sight, len(paths))
	var err error
	for _, name := range paths {
		if err = ctx.Err(); err != nil {
			break
		}
		sights[name] = l.see(ctx, name)
	}
	for _, dir := range dirs {
		if err == nil {
			err = l.walk(ctx, dir, sights)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	l.p.log(model.Command{At: at, Why: l.why, Internal: fmt.Sprintf("look at %d files below %s", len(sights), l.dir)}, err)
	return sights, err
}

// walk adds all below dir that is not a directory.
func (l *local) walk(ctx context.Context, dir string, sights map[string]sight) error {
	extras := 0
	top := l.rel(dir)
	err := fs.WalkDir(l.root.FS(), top, func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		full := dir + strings.TrimPrefix(name, top)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				sights[full] = sight{problem: reason(err)}
			}
			return nil
		}
		if _, known := sights[full]; known || d.IsDir() || name == top {
			return nil
		}
		if extras++; extras > l.p.opt.Limits.Extras {
			return tooManyExtras(dir, l.p.opt.Limits.Extras)
		}
		sights[full] = l.see(ctx, full)
		return nil
	})
	return err
}

func tooManyExtras(dir string, limit int) error {
	return model.WithHint(fmt.Errorf("more than %d files in %s are not in git", limit, dir), "an exclusive rule is for directories that git knows all files of")
}

// see looks at one path.
func (l *local) see(ctx context.Context, name string) sight {
	rel := l.rel(name)
	info, err := l.root.Lstat(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return sight{}
	case err != nil:
		return sight{problem: reason(err)}
	}
	s := sight{exists: true, kind: kindOf(info.Mode()), size: info.Size(), modified: info.ModTime()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.perm, s.uid, s.gid = st.Mode&0o7777, int(st.Uid), int(st.Gid)
		s.user, s.group = l.names.user(s.uid), l.names.group(s.gid)
	}
	switch s.kind {
	case "symlink":
		if s.link, err = l.root.Readlink(rel); err != nil {
			return sight{problem: reason(err)}
		}
		s.sum = model.Sum([]byte(s.link))
	case "file":
		// What is a pipe by now must not hold the reader up.
		f, err := l.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
		if err != nil {
			return sight{problem: reason(err)}
		}
		defer f.Close()
		if s.sum, err = sumOf(ctx, f); err != nil {
			return sight{problem: reason(err)}
		}
	}
	return s
}

// sumOf reads to the end unless nobody wants the answer any more.
func sumOf(ctx context.Context, r io.Reader) (model.Digest, error) {
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		_, err := io.CopyN(h, r, 1<<20)
		if errors.Is(err, io.EOF) {
			return model.Digest("sha256:" + hex.EncodeToString(h.Sum(nil))), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// kindOf is plumb's word for what a mode says.
func kindOf(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "file"
	case m&fs.ModeSymlink != 0:
		return "symlink"
	case m.IsDir():
		return "directory"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	default:
		return "device"
	}
}

// reason is why a path cannot be read or written, without the path that stands beside it anyway.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "no space left on the host's disk"
	case errors.Is(err, syscall.EROFS):
		return "the file system is read-only"
	case errors.Is(err, syscall.ELOOP):
		return "too many levels of symbolic links"
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		if strings.Contains(pe.Err.Error(), "escapes") {
			return "a symbolic link leads out of the host's root"
		}
		return pe.Err.Error()
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err.Error()
	}
	return err.Error()
}

func (l *local) read(ctx context.Context, paths []string, limit int64) (map[string][]byte, error) {
	contents := map[string][]byte{}
	for _, name := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := l.root.OpenFile(l.rel(name), os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(f, limit+1))
		_ = f.Close() // It was only read.
		if err == nil && int64(len(data)) <= limit {
			contents[name] = data
		}
	}
	return contents, nil
}
