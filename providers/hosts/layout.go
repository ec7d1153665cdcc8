package hosts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"plumb/model"
)

// shared is the directory for the files of every host.
const shared = "all"

// layout is what a snapshot wants: per host, the state of each path.
type layout map[string]map[string]model.State

// errNoTarget says that a snapshot has no directory for the target. It is an [fs.ErrNotExist], as the contract has it.
var errNoTarget error = noTarget{}

type noTarget struct{}

func (noTarget) Error() string        { return "nothing is there" }
func (noTarget) Is(target error) bool { return target == fs.ErrNotExist }

// readLayout reads the target's files from a snapshot. Hosts that have no files
// are in the layout too.
func readLayout(ctx context.Context, snap model.Snapshot, target model.Target, limit int64) (layout, error) {
	root := path.Clean(target.Path)
	info, err := fs.Stat(snap.Files, root)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, model.WithHint(fmt.Errorf("read %s at %s: %w", target.Path, revision(snap), errNoTarget),
			"a target whose files are gone is removed from plumb.yaml; its files on the hosts stay as they are")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", target.Path, revision(snap), err)
	}
	all, err := readFiles(ctx, snap, path.Join(root, shared), target.Files, limit)
	if err != nil {
		return nil, err
	}
	l := layout{}
	for _, h := range target.Hosts {
		own, err := readFiles(ctx, snap, path.Join(root, h.Name), target.Files, limit)
		if err != nil {
			return nil, err
		}
		files := make(map[string]model.State, len(all)+len(own))
		maps.Copy(files, all)
		maps.Copy(files, own)
		if err := checkTree(files); err != nil {
			return nil, fmt.Errorf("files for %s: %w", h.Name, err)
		}
		l[h.Name] = files
	}
	return l, nil
}

func revision(snap model.Snapshot) string {
	if snap.Revision == "" {
		return "the work tree"
	}
	return snap.Revision.Short()
}

// readFiles reads all files below dir; the keys are absolute paths on the host.
// A directory that is not there has no files.
func readFiles(ctx context.Context, snap model.Snapshot, dir string, rules []model.FileRule, limit int64) (map[string]model.State, error) {
	files := map[string]model.State{}
	err := fs.WalkDir(snap.Files, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == dir && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		remote := strings.TrimPrefix(name, dir)
		if remote == "" {
			return fmt.Errorf("%s is not a directory", name)
		}
		s, err := readState(snap.Files, name, d, limit)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files[remote] = manage(s, treat(rules, remote), info.Mode()&0o100 != 0)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", dir, revision(snap), err)
	}
	return files, nil
}

// readState reads one file or link of a snapshot.
func readState(files fs.FS, name string, d fs.DirEntry, limit int64) (model.State, error) {
	s := model.State{Exists: true, Source: name}
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		target, err := fs.ReadLink(files, name)
		if err != nil {
			return s, err
		}
		s.Kind, s.Content = "symlink", model.NewContent([]byte(target))
	case d.Type().IsRegular():
		f, err := files.Open(name)
		if err != nil {
			return s, err
		}
		defer f.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
			return s, fmt.Errorf("read %s: %w", name, err)
		}
		if int64(b.Len()) > limit {
			return s, model.WithHint(fmt.Errorf("%s is larger than %s", name, size(limit)), "plumb keeps the files of hosts in memory; take a package or an artefact store for large ones")
		}
		s.Kind, s.Content = "file", model.NewContent(b.Bytes())
	default:
		return s, fmt.Errorf("%s is neither a file nor a symbolic link", name)
	}
	return s, nil
}

// manage adds the attributes that git or a rule has a say in.
func manage(s model.State, t treatment, executable bool) model.State {
	s.Sensitive = t.sensitive
	if s.Kind == "file" {
		if t.mode != "" {
			s.Attrs = append(s.Attrs, model.Attr{Name: "mode", Value: t.mode})
		} else {
			s.Attrs = append(s.Attrs, model.Attr{Name: "executable", Value: yesNo(executable)})
		}
	}
	user, group, hasGroup := strings.Cut(t.owner, ":")
	switch {
	case user != "" && hasGroup:
		s.Attrs = append(s.Attrs, model.Attr{Name: "owner", Value: t.owner})
	case user != "":
		s.Attrs = append(s.Attrs, model.Attr{Name: "user", Value: user})
	case hasGroup:
		s.Attrs = append(s.Attrs, model.Attr{Name: "group", Value: group})
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// checkTree finds a path that is a file and at the same time a directory of another.
func checkTree(files map[string]model.State) error {
	for _, name := range sortedKeys(files) {
		for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
			if s, ok := files[dir]; ok {
				return fmt.Errorf("%s is a %s, and %s wants a directory there", s.Source, s.Kind, files[name].Source)
			}
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// size writes a number of bytes for people.
func size(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, i := float64(n)/1024, 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return strings.Replace(fmt.Sprintf("%.1f %ciB", f, units[i]), ".0 ", " ", 1)
}
