// Package editor lets a person edit a private copy of a file in their own editor.
package editor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"plumb/model"
)

// Default is what is started where nobody says what to edit with, as git has it.
const Default = "vi"

// Choose is the editor of an operator without git, by git's rule for the variables: VISUAL counts only on a terminal that can
// move its cursor.
func Choose(getenv func(string) string) string {
	dumb := getenv("TERM") == "" || getenv("TERM") == "dumb"
	switch {
	case getenv("GIT_EDITOR") != "":
		return getenv("GIT_EDITOR")
	case getenv("VISUAL") != "" && !dumb:
		return getenv("VISUAL")
	case getenv("EDITOR") != "":
		return getenv("EDITOR")
	}
	return Default
}

// Command starts an editor on a file. What the operator calls their editor may have arguments. Where it has characters
// that mean something to a shell it is given to one, as git does; the name of the file never is: it is an argument.
func Command(editor, file string) (*exec.Cmd, error) {
	if strings.TrimSpace(editor) == "" {
		editor = Default
	}
	if strings.ContainsAny(editor, "|&;<>()$`\\\"'*?[#~=%\n\t") {
		return start("sh", "-c", editor+` "$@"`, editor, file)
	}
	return start(append(strings.Fields(editor), file)...)
}

// start is a program that nothing ends but who sits before it.
func start(args ...string) (*exec.Cmd, error) {
	program, err := exec.LookPath(args[0])
	if err != nil {
		return nil, model.WithHint(fmt.Errorf("start the editor: %w", err), "say in EDITOR what to edit with")
	}
	return &exec.Cmd{Path: program, Args: args}, nil
}

// Copy is a private copy of a file, in a directory that nobody else may enter.
type Copy struct {
	dir  string
	File string // Where it is. It is called as the file is, so that an editor knows its language.
}

// most is the most that is read back, in bytes: who takes it in has a lower limit, and says so.
const most = 64 << 20

// NewCopy writes a private copy below a directory; below that of the system for temporary files where none is named.
func NewCopy(below, name string, data []byte) (Copy, error) {
	if below != "" {
		if err := os.MkdirAll(below, 0o700); err != nil {
			return Copy{}, fmt.Errorf("make a copy to edit: %w", err)
		}
	}
	dir, err := os.MkdirTemp(below, "plumb-edit-") // MkdirTemp lets nobody else in.
	if err != nil {
		return Copy{}, fmt.Errorf("make a copy to edit: %w", err)
	}
	base := path.Base(name)
	if base == "." || base == "/" || strings.HasPrefix(base, "-") || strings.ContainsAny(base, "\x00\n\r\x1b") {
		base = "file"
	}
	c := Copy{dir, filepath.Join(dir, base)}
	if err := os.WriteFile(c.File, data, 0o600); err != nil {
		return Copy{}, errors.Join(fmt.Errorf("make a copy to edit: %w", err), c.Remove())
	}
	return c, nil
}

// Read is the copy as it was saved.
func (c Copy) Read() ([]byte, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, fmt.Errorf("read what was edited: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fmt.Errorf("read what was edited: %w", err)
	}
	return data, nil
}

// Remove removes the copy, and what the editor left beside it.
func (c Copy) Remove() error {
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("remove the copy that was edited: %w", err)
	}
	return nil
}
