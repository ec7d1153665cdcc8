package enrol

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"plumb/model"
)

// Read reads the two files below a directory. Links that lead out of it are not followed.
func Read(dir string, n Names) (f Files, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return f, fmt.Errorf("open the work tree: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if f.Allowed, err = read(root, n.Allowed); err != nil {
		return f, err
	}
	f.Revoked, err = read(root, n.Revoked)
	return f, err
}

func read(root *os.Root, name string) ([]byte, error) {
	switch info, err := root.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, model.WithHint(fmt.Errorf("%s is not a regular file", name), "whose signatures count is read from git, and git would keep only the link: make it a file")
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// Write puts a file below a directory, whole or not at all. Of two who write at once the second is refused. What was there before is
// to be what was read, so that no edit in between is lost.
func Write(dir, name string, before, after []byte) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the work tree: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	scratch := name + ".new"
	file, err := root.OpenFile(scratch, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return model.Refuse("wait for whoever writes it now; if nobody does, delete that file", "%s is there: %s is being written", scratch, name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = file.Write(after)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = replace(root, scratch, name, before)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), root.Remove(scratch))
	}
	return nil
}

// replace puts the scratch file in the place of the one that was read before.
func replace(root *os.Root, scratch, name string, before []byte) error {
	now, err := read(root, name)
	if err != nil {
		return err
	}
	if string(now) != string(before) {
		return model.Refuse("do it again", "somebody else has just changed it")
	}
	return root.Rename(scratch, name)
}
