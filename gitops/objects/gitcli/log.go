package gitcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// logFormat are the fields of a commit, each ended by a NUL, which no field can
// have in it; git ends the last one, the message, itself.
const logFormat = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B"

const logFields = 10

// logArgs are the options of git log for a query whose revisions are resolved.
// Those that seem to change nothing undo what a configuration may say.
func logArgs(q objects.LogQuery, from, exclude []model.Hash) []string {
	args := []string{
		"log", "-z", logFormat, "--date=raw", "--encoding=UTF-8",
		"--no-color", "--no-decorate", "--no-notes", "--no-mailmap", "--no-show-signature", "--no-follow", "--no-abbrev-commit",
	}
	if !q.ByDate {
		args = append(args, "--date-order")
	}
	if q.WithFiles || len(q.Paths) > 0 {
		args = append(args, "--raw", "--no-abbrev", "--diff-merges=first-parent", "--root", "--no-renames",
			"--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null", "--ignore-submodules=none")
	}
	if q.WithFiles {
		args = append(args, "--full-diff")
	}
	if q.FirstParent {
		args = append(args, "--first-parent")
	}
	if len(q.Paths) > 0 {
		// Git would follow only the side of a merge that explains the result. A
		// commit counts here by what it did to its first parent, so git hands over
		// every candidate, and those that did nothing to it are dropped.
		args = append(args, "--full-history")
	} else if q.Limit > 0 {
		args = append(args, "-n"+strconv.Itoa(q.Limit))
	}
	for _, h := range from {
		args = append(args, string(h))
	}
	for _, h := range exclude {
		args = append(args, "^"+string(h))
	}
	args = append(args, "--")
	for _, p := range q.Paths {
		args = append(args, strings.Trim(p, "/"))
	}
	return args
}

// Log streams git log.
func (s *store) Log(ctx context.Context, q objects.LogQuery) iter.Seq2[objects.LogEntry, error] {
	return func(yield func(objects.LogEntry, error) bool) {
		if err := s.log(ctx, q, yield); err != nil {
			yield(objects.LogEntry{}, err)
		}
	}
}

// isRoot reports whether the path is the whole tree.
func isRoot(path string) bool {
	path = strings.Trim(path, "/")
	return path == "" || path == "."
}

// touches reports whether one of the files is one of the paths, or in one.
func touches(files []model.FileChange, paths []string) bool {
	return slices.ContainsFunc(files, func(f model.FileChange) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			p = strings.Trim(p, "/")
			return f.Path == p || strings.HasPrefix(f.Path, p+"/")
		})
	})
}

var errStopped = errors.New("stopped by the reader")

// log yields entries until the end, until yield says stop, which is no error, or until an error.
func (s *store) log(ctx context.Context, q objects.LogQuery, yield func(objects.LogEntry, error) bool) error {
	const why = "read history"
	from, exclude, err := q.Ends(ctx, s)
	if err != nil || len(from) == 0 {
		return err
	}
	shallow, err := s.shallow()
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	if slices.ContainsFunc(q.Paths, isRoot) {
		q.Paths = nil
	}

	return s.git.stream(ctx, why, nil, func(ctx context.Context, out *bufio.Reader) error {
		p := &logParser{in: out, withFiles: q.WithFiles || len(q.Paths) > 0}
		for sent := 0; sent != q.Limit || sent == 0; {
			e, err := p.next()
			if ctx.Err() != nil {
				return context.Cause(ctx) // Nobody wants what was read ahead.
			}
			if err != nil {
				return err
			}
			if len(q.Paths) > 0 && !touches(e.Files, q.Paths) {
				continue
			}
			if !q.WithFiles {
				e.Files = nil
			}
			if shallow[e.Hash] {
				// Git shows a commit at the boundary as if it had no parents and had made every file.
				// Its object names parents, and what it changed cannot be known.
				e.Files = nil
				if e.Commit, err = s.Commit(ctx, e.Hash); err != nil {
					return err
				}
			}
			sent++
			if !yield(e, nil) {
				return errStopped
			}
		}
		return errStopped
	}, logArgs(q, from, exclude)...)
}

// shallow are the commits whose parents were not fetched.
func (s *store) shallow() (map[model.Hash]bool, error) {
	if !s.info.IsShallow {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(s.common, "shallow"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // Deepened to the end since.
	}
	if err != nil {
		return nil, err
	}
	ids := map[model.Hash]bool{}
	for id := range strings.FieldsSeq(string(data)) {
		ids[model.Hash(id)] = true
	}
	return ids, nil
}

// logParser reads what git log writes in [logFormat].
type logParser struct {
	in        *bufio.Reader
	withFiles bool
}

var errLog = errors.New("unexpected output of git log")

// next is the next entry, or io.EOF after the last.
func (p *logParser) next() (objects.LogEntry, error) {
	var e objects.LogEntry
	var fields [logFields]string
	for i := range fields {
		f, err := p.field()
		if err != nil {
			if i == 0 && f == "" {
				return e, err
			}
			return e, fmt.Errorf("%w: %w within a commit", errLog, io.ErrUnexpectedEOF)
		}
		fields[i] = f
	}
	e.Hash, e.Tree = model.Hash(fields[0]), model.Hash(fields[1])
	if !object.IsID(e.Hash) || !object.IsID(e.Tree) {
		return e, fmt.Errorf("%w: %q", errLog, fields[0])
	}
	for parent := range strings.FieldsSeq(fields[2]) {
		e.Parents = append(e.Parents, model.Hash(parent))
	}
	e.Author = model.Person{Name: text.Line(strings.TrimSpace(fields[3])), Email: text.Line(fields[4]), When: object.ParseWhen(fields[5])}
	e.Committer = model.Person{Name: text.Line(strings.TrimSpace(fields[6])), Email: text.Line(fields[7]), When: object.ParseWhen(fields[8])}
	e.Subject, e.Body = object.SplitMessage(fields[9])
	if !p.withFiles {
		return e, nil
	}
	// The list of files stands on a new line, which no commit begins with.
	if b, err := p.in.Peek(1); err != nil || b[0] != '\n' {
		return e, nil
	}
	if _, err := p.in.Discard(1); err != nil {
		return e, err
	}
	for {
		if b, err := p.in.Peek(1); err != nil || b[0] != ':' {
			return e, nil
		}
		change, err := p.change()
		if err != nil {
			return e, err
		}
		e.Files = append(e.Files, change)
	}
}

func (p *logParser) field() (string, error) {
	f, err := p.in.ReadString(0)
	return strings.TrimSuffix(f, "\x00"), err
}

// change reads ":old-mode new-mode old-id new-id status NUL path NUL".
func (p *logParser) change() (model.FileChange, error) {
	var c model.FileChange
	meta, err := p.field()
	if err != nil {
		return c, fmt.Errorf("%w: %w within a file", errLog, io.ErrUnexpectedEOF)
	}
	path, err := p.field()
	if err != nil {
		return c, fmt.Errorf("%w: %w within a file", errLog, io.ErrUnexpectedEOF)
	}
	fields := strings.Fields(strings.TrimPrefix(meta, ":"))
	if len(fields) != 5 {
		return c, fmt.Errorf("%w: %q", errLog, meta)
	}
	c.Path = path
	if c.OldMode, c.OldHash, err = side(fields[0], fields[2]); err != nil {
		return c, err
	}
	if c.NewMode, c.NewHash, err = side(fields[1], fields[3]); err != nil {
		return c, err
	}
	return c, nil
}

// side is a mode and an id; for a side that does not exist both are nothing.
func side(mode, id string) (model.FileMode, model.Hash, error) {
	m, err := strconv.ParseUint(mode, 8, 32)
	if err != nil {
		return 0, "", fmt.Errorf("%w: mode %q", errLog, mode)
	}
	if m == 0 {
		return 0, "", nil
	}
	return model.FileMode(m), model.Hash(id), nil
}
