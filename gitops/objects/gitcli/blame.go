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

// Blame streams git blame.
func (s *store) Blame(ctx context.Context, rev model.Hash, path string, r objects.LineRange) iter.Seq2[objects.BlameGroup, error] {
	return func(yield func(objects.BlameGroup, error) bool) {
		if err := s.blame(ctx, rev, strings.Trim(path, "/"), r, yield); err != nil {
			yield(objects.BlameGroup{}, err)
		}
	}
}

func (s *store) blame(ctx context.Context, rev model.Hash, path string, r objects.LineRange, yield func(objects.BlameGroup, error) bool) error {
	why := "blame " + text.Line(path).String()
	if err := s.fileAt(ctx, why, rev, path); err != nil {
		return err
	}
	g := s.git
	// The operator's own file of commits to ignore is given below. Git would read it
	// from the configuration too, and fail in each repository that has no such file.
	g.env = append(slices.Clip(g.env), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	g.at = append(slices.Clip(g.at), "-C", s.top())
	args := []string{"-c", "blame.showRoot=false", "blame", "--incremental", "--no-textconv", "--no-ext-diff"}
	ignored, err := s.ignoredRevisions(ctx)
	if err != nil {
		return err
	}
	// The empty name drops what the repository's configuration asks to ignore.
	args = append(args, "--ignore-revs-file=")
	for _, file := range ignored {
		args = append(args, "--ignore-revs-file="+file)
	}
	if r != (objects.LineRange{}) {
		arg, err := lines(r)
		if err != nil {
			return fmt.Errorf("%s: %w", why, err)
		}
		args = append(args, "-L", arg)
	}
	err = g.stream(ctx, why, nil, func(ctx context.Context, out *bufio.Reader) error {
		p := &blameParser{in: out, boundaries: map[model.Hash]bool{}}
		for {
			group, err := p.next()
			switch {
			case err != nil:
				return err
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case !yield(group, nil):
				return errStopped
			}
		}
	}, append(args, string(rev), "--", path)...)
	if said := stderrOf(err); strings.Contains(said, "could not open object name list") || strings.Contains(said, "invalid object name") {
		return model.WithHint(err, "blame.ignoreRevsFile names a file that git cannot read; see: git config --show-origin --get-all blame.ignoreRevsFile")
	}
	return beyond(err)
}

// top is the directory that relative names of the configuration start at.
func (s *store) top() string {
	if s.info.WorkTree != "" {
		return s.info.WorkTree
	}
	return s.info.GitDir
}

// ignoredRevisions are the files with commits to be passed over that the operator's own
// configuration names, as far as they are there. They only take the blame
// off a commit, which is for the reader to decide and not for what is read.
func (s *store) ignoredRevisions(ctx context.Context) ([]string, error) {
	values, err := s.operatorSettings(ctx, `^blame\.ignorerevsfile$`)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, v := range values {
		if v.value == "" {
			files = nil
			continue
		}
		file := fromHome(v.value)
		if !filepath.IsAbs(file) {
			file = filepath.Join(s.top(), file)
		}
		if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() {
			files = append(files, file)
		}
	}
	return files, nil
}

// blameParser reads what git blame --incremental writes.
type blameParser struct {
	in         *bufio.Reader
	boundaries map[model.Hash]bool // Git tells it of a commit only once.
}

var errBlame = errors.New("unexpected output of git blame")

// next is the next group, or io.EOF after the last.
func (p *blameParser) next() (objects.BlameGroup, error) {
	var g objects.BlameGroup
	head, err := p.line()
	if err != nil {
		return g, err
	}
	fields := strings.Fields(head)
	if len(fields) != 4 || !object.IsID(model.Hash(fields[0])) {
		return g, fmt.Errorf("%w: %q", errBlame, head)
	}
	g.Commit = model.Hash(fields[0])
	for i, to := range []*int{&g.From, &g.At, &g.Count} {
		if *to, err = strconv.Atoi(fields[i+1]); err != nil || *to < 1 {
			return g, fmt.Errorf("%w: %q", errBlame, head)
		}
	}
	for {
		line, err := p.line()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return g, fmt.Errorf("%w: %w within a group", errBlame, err)
		}
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "boundary":
			p.boundaries[g.Commit] = true
		case "previous":
			id, path, _ := strings.Cut(value, " ")
			if g.BeforePath, err = unquote(path); err != nil {
				return g, err
			}
			if g.Before = model.Hash(id); !object.IsID(g.Before) {
				return g, fmt.Errorf("%w: %q", errBlame, line)
			}
		case "filename": // The last of each group.
			g.Boundary = p.boundaries[g.Commit]
			g.Path, err = unquote(value)
			return g, err
		}
	}
}

func (p *blameParser) line() (string, error) {
	line, err := p.in.ReadString('\n')
	if err != nil {
		if line != "" && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return "", err
	}
	return strings.TrimSuffix(line, "\n"), nil
}
