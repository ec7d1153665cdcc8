package gitcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// The store has git at hand.
var _ objects.Historian = (*store)(nil)

// stream lets read have the output of a child as it comes. It ends without an error
// when read says nil or [io.EOF] at the end of the output, or [errStopped]; the child has ended then.
func (g git) stream(ctx context.Context, why string, stdin io.Reader, read func(context.Context, *bufio.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := g.command(ctx, why, args...)
	c.Stdin = stdin
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	if err := c.start(); err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	err = read(ctx, bufio.NewReaderSize(out, 64<<10))
	// At the end of the output git itself knows best why there is no more.
	isEnd := err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if !isEnd {
		cancel(err)
	}
	waited := c.wait(ctx)
	switch {
	case errors.Is(err, errStopped):
		return nil
	case waited != nil:
		return waited
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("%s: %w", why, err)
	}
	return nil
}

// fileAt makes sure that the commit has a file of that name. What git says of one that it has not
// differs from command to command.
func (s *store) fileAt(ctx context.Context, why string, commit model.Hash, path string) error {
	e, err := s.entryAt(ctx, why, commit, path)
	if err == nil && (e.Mode == model.ModeTree || e.Mode == model.ModeSubmodule) {
		err = fmt.Errorf("%s: %w: it is not a file in %s", why, objects.ErrNotFound, commit.Short())
	}
	return err
}

// entryAt finds what a path is in a commit.
func (s *store) entryAt(ctx context.Context, why string, commit model.Hash, path string) (objects.TreeEntry, error) {
	if !object.IsID(commit) {
		return objects.TreeEntry{}, fmt.Errorf("%s: %w: %q is not an object id", why, objects.ErrNotFound, commit)
	}
	e, err := objects.EntryAt(ctx, s, commit, path)
	if err != nil {
		return objects.TreeEntry{}, fmt.Errorf("%s: %w", why, err)
	}
	return e, nil
}

// lines is the range as git's option -L has it.
func lines(r objects.LineRange) (string, error) {
	from := max(r.From, 1)
	switch {
	case r.From < 0 || r.To < 0 || r.To > 0 && r.To < from:
		return "", fmt.Errorf("%d to %d is not a range of lines", r.From, r.To)
	case r.To == 0:
		return fmt.Sprintf("%d,", from), nil
	}
	return fmt.Sprintf("%d,%d", from, r.To), nil
}

// beyond gives git's word that the file has not so many lines its class.
func beyond(err error) error {
	if strings.Contains(stderrOf(err), " has only ") {
		return fmt.Errorf("%w: %w", objects.ErrNotFound, err)
	}
	return err
}

var errQuoting = errors.New("unexpected quoting of git")

// escapes are what git writes after a backslash, besides three octal digits.
var escapes = map[byte]byte{'a': '\a', 'b': '\b', 't': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', '"': '"', '\\': '\\'}

// unquote undoes how git writes a path on a line: as it is, or like a string of C.
func unquote(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		return s, nil
	}
	if len(s) < 2 || !strings.HasSuffix(s, `"`) {
		return "", fmt.Errorf("%w: %q", errQuoting, s)
	}
	in := s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' {
			b.WriteByte(in[i])
			continue
		}
		i++
		switch {
		case i < len(in) && escapes[in[i]] != 0:
			b.WriteByte(escapes[in[i]])
		case i+2 < len(in) && in[i] >= '0' && in[i] <= '3' && isOctal(in[i+1]) && isOctal(in[i+2]):
			b.WriteByte((in[i]-'0')<<6 | (in[i+1]-'0')<<3 | (in[i+2] - '0'))
			i += 2
		default:
			return "", fmt.Errorf("%w: %q", errQuoting, s)
		}
	}
	return b.String(), nil
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
