package gitcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// LineHistory streams git log -L.
func (s *store) LineHistory(ctx context.Context, rev model.Hash, path string, r objects.LineRange) iter.Seq2[objects.LineVersion, error] {
	return func(yield func(objects.LineVersion, error) bool) {
		if err := s.lineHistory(ctx, rev, strings.Trim(path, "/"), r, yield); err != nil {
			yield(objects.LineVersion{}, err)
		}
	}
}

func (s *store) lineHistory(ctx context.Context, rev model.Hash, path string, r objects.LineRange, yield func(objects.LineVersion, error) bool) error {
	why := "read the history of lines of " + text.Line(path).String()
	arg, err := lines(r)
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	if err := s.fileAt(ctx, why, rev, path); err != nil {
		return err
	}
	shallow, err := s.shallow()
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	// Where the range is, git says only in the patch.
	err = s.git.stream(ctx, why, nil, func(ctx context.Context, out *bufio.Reader) error {
		p := &linesParser{in: out}
		for {
			v, err := p.next()
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			v.Boundary = shallow[v.Commit]
			if !yield(v, nil) {
				return errStopped
			}
		}
	}, "log", "--format=%x00%H", "-L"+arg+":"+path,
		"--no-color", "--no-decorate", "--no-notes", "--no-show-signature", "--no-follow", "--no-abbrev-commit", "--encoding=UTF-8",
		"--root", "--no-diff-merges", "-M", "-l1000", "--src-prefix=a/", "--dst-prefix=b/",
		"--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null", string(rev), "--")
	if err = beyond(err); errors.Is(err, objects.ErrNotFound) && r == (objects.LineRange{}) {
		return nil // An empty file has no lines with a history.
	}
	return err
}

// linesParser reads what git log -L writes in the format "NUL id".
type linesParser struct{ in *bufio.Reader }

var errLines = errors.New("unexpected output of git log -L")

// next is the next version, or io.EOF after the last.
func (p *linesParser) next() (objects.LineVersion, error) {
	var v objects.LineVersion
	c, err := p.in.ReadByte()
	if err != nil {
		return v, err
	}
	line, err := p.line()
	if err != nil {
		return v, err
	}
	if v.Commit = model.Hash(line); c != 0 || !object.IsID(v.Commit) {
		return v, fmt.Errorf("%w: %q", errLines, line)
	}
	for {
		c, err := p.in.Peek(1)
		if errors.Is(err, io.EOF) || err == nil && c[0] == 0 {
			return v, nil
		}
		if err != nil {
			return v, err
		}
		switch c[0] {
		case '\n':
			_, err = p.in.Discard(1)
		case 'd':
			err = p.header(&v)
		case '@':
			err = p.hunk(&v)
		default:
			line, _ := p.line()
			err = fmt.Errorf("%w: %q", errLines, line)
		}
		if err != nil {
			return v, err
		}
	}
}

// line reads a line, and makes any end before the end of one unexpected.
func (p *linesParser) line() (string, error) {
	line, err := p.in.ReadString('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return "", fmt.Errorf("%w: %w", errLines, err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// longestHeader bounds what is read for one: four paths as long as any system takes them.
const longestHeader = 20 << 10

// header reads up to the first hunk. Names stand in it as they are, newlines included, so where
// it ends is known only by each name being in it twice.
func (p *linesParser) header(v *objects.LineVersion) error {
	var head string
	for len(head) < longestHeader {
		line, err := p.line()
		if err != nil {
			return err
		}
		head += line + "\n"
		var ok bool
		if v.BeforePath, v.Path, ok = rawNames(head); ok {
			return nil
		}
		if v.BeforePath, v.Path, ok = quotedNames(head); ok {
			return nil
		}
	}
	return fmt.Errorf("%w: a header without end: %q", errLines, head[:80])
}

const (
	headMark   = "diff --git a/"
	beforeMark = "--- "
	afterMark  = "+++ "
	noFile     = "/dev/null"
)

// rawNames finds both names in a header, if it is whole.
func rawNames(head string) (before, after string, ok bool) {
	rest, ok := strings.CutPrefix(head, headMark)
	if !ok || !strings.HasSuffix(head, "\n") {
		return "", "", false
	}
	// A new file has one name, three times.
	if n := (len(rest) - len(" b/") - len("\n"+beforeMark+noFile) - len("\n"+afterMark+"b/") - len("\n")) / 3; n > 0 {
		if name := rest[:n]; rest == name+" b/"+name+"\n"+beforeMark+noFile+"\n"+afterMark+"b/"+name+"\n" {
			return "", name, true
		}
	}
	both := (len(rest) - len(" b/") - len("\n"+beforeMark+"a/") - len("\n"+afterMark+"b/") - len("\n")) / 2
	for n := 1; n < both; n++ {
		if !strings.HasPrefix(rest[n:], " b/") {
			continue
		}
		before, after = rest[:n], rest[n+len(" b/"):both+len(" b/")]
		if rest == before+" b/"+after+"\n"+beforeMark+"a/"+before+"\n"+afterMark+"b/"+after+"\n" {
			return before, after, true
		}
	}
	return "", "", false
}

// ordinary is what follows the first line of an ordinary patch.
var ordinary = regexp.MustCompile(`^(index|similarity index|dissimilarity index|old mode|new file mode) [0-9a-f.]+`)

// quotedNames finds them in the header of an ordinary patch, which newer versions of git may write.
func quotedNames(head string) (before, after string, ok bool) {
	lines := strings.Split(strings.TrimSuffix(head, "\n"), "\n")
	if len(lines) < 4 || !ordinary.MatchString(lines[1]) {
		return "", "", false
	}
	after, ok = name(lines[len(lines)-1], afterMark, "b/")
	if !ok {
		return "", "", false
	}
	before, ok = name(lines[len(lines)-2], beforeMark, "a/")
	return before, after, ok
}

// name is the name on a line of a header; it is empty for no file.
func name(line, mark, prefix string) (string, bool) {
	line, ok := strings.CutPrefix(line, mark)
	if !ok {
		return "", false
	}
	// A tab ends a name with spaces in it.
	line, err := unquote(strings.TrimSuffix(line, "\t"))
	if line == noFile {
		return "", true
	}
	line, ok = strings.CutPrefix(line, prefix)
	return line, ok && err == nil
}

var hunkHead = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// hunk reads a hunk. Git makes one of each piece of the range.
func (p *linesParser) hunk(v *objects.LineVersion) error {
	line, err := p.line()
	if err != nil {
		return err
	}
	m := hunkHead.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("%w: %q", errLines, line)
	}
	var n [4]int
	for i, digits := range m[1:] {
		if n[i] = 1; digits != "" {
			if n[i], err = strconv.Atoi(digits); err != nil {
				return fmt.Errorf("%w: %q", errLines, line)
			}
		}
	}
	v.Before, v.Lines = widen(v.Before, n[0], n[1]), widen(v.Lines, n[2], n[3])
	for before, after := n[1], n[3]; before > 0 || after > 0; {
		kind, err := p.skip()
		if err != nil {
			return err
		}
		if kind != '+' && kind != '\\' {
			before--
		}
		if kind != '-' && kind != '\\' {
			after--
		}
	}
	// What is said of a last line without a newline belongs to the hunk.
	for {
		c, err := p.in.Peek(1)
		if err != nil || c[0] != '\\' {
			return nil
		}
		if _, err := p.skip(); err != nil {
			return err
		}
	}
}

// widen makes a range reach over a piece too.
func widen(r objects.LineRange, from, count int) objects.LineRange {
	switch {
	case count == 0:
		return r
	case r == objects.LineRange{}:
		return objects.LineRange{From: from, To: from + count - 1}
	}
	return objects.LineRange{From: min(r.From, from), To: max(r.To, from+count-1)}
}

// skip passes over a line of any length and answers its first byte.
func (p *linesParser) skip() (byte, error) {
	part, err := p.in.ReadSlice('\n')
	if len(part) == 0 {
		return 0, fmt.Errorf("%w: %w within a hunk", errLines, io.ErrUnexpectedEOF)
	}
	kind := part[0]
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = p.in.ReadSlice('\n')
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w within a hunk", errLines, io.ErrUnexpectedEOF)
	}
	return kind, nil
}
