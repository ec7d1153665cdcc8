package repositories

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// batchSize is how many commits are held back until their blobs are written. Fast-import makes a delta of a blob
// against the one before it only, so versions of one file have to come one after the other: larger batches, smaller
// packs. Tests make it smaller.
var batchSize = 20_000

// stream takes commits and has them written, a batch at a time, while the next ones are invented.
type stream struct {
	writer *writer
	marks  int // The last mark given to a commit.
	batch  []*commit
	tags   []tag
	failed chan error // What became of the batch before; nil while there was none.
}

func newStream(w io.Writer, replies *bufio.Reader) *stream {
	return &stream{writer: &writer{Writer: bufio.NewWriterSize(w, 1<<20), replies: replies, blobs: firstBlob, lines: map[string]int{}}}
}

// firstBlob is above the marks of all commits.
const firstBlob = 1 << 30

// writer writes what git fast-import reads. One goroutine uses it at a time.
type writer struct {
	*bufio.Writer // Keeps its first error for Flush.
	replies       *bufio.Reader
	blobs         int            // The last mark given to a blob.
	lines         map[string]int // Where each line of history stands that fast-import holds, by the name it has there.
	buf           []byte
}

// commit is one commit as fast-import is told of it.
type commit struct {
	mark      int
	line      string // The name of a line of history, whose newest it becomes.
	author    signature
	committer signature
	encoding  string // Of the message, where it is not UTF-8.
	message   string
	cites     cites
	parents   []int
	changes   []change // Against the first parent.
}

// cites is a commit that the message names by its hash, which is known only
// when fast-import has made it. The zero value names none.
type cites struct {
	mark   int
	format string // With %s for the hash; comes at the end of the message.
}

// tag is an annotated tag, or a light one where nobody made it.
type tag struct {
	name    string
	mark    int
	tagger  signature
	message string
}

// signature is who did something when.
type signature struct {
	person
	unix int64
}

// add takes a commit, and gives it its mark. It waits where the batch before this one is still being written.
func (s *stream) add(c *commit) error {
	s.marks++
	c.mark = s.marks
	s.batch = append(s.batch, c)
	if len(s.batch) < batchSize {
		return nil
	}
	return s.flush()
}

// flush starts to write what was held back.
func (s *stream) flush() error {
	if err := s.wait(); err != nil {
		return err
	}
	batch, failed := s.batch, make(chan error, 1)
	s.batch, s.failed = nil, failed
	go func() { failed <- s.writer.write(batch) }()
	return nil
}

// wait lets the batch that is being written come to its end.
func (s *stream) wait() error {
	if s.failed == nil {
		return nil
	}
	err := <-s.failed
	s.failed = nil
	return err
}

// write writes a batch.
func (w *writer) write(batch []*commit) error {
	w.contents(batch)
	for _, c := range batch {
		if err := w.commit(c); err != nil {
			return err
		}
	}
	return w.Flush()
}

// contents writes the blobs that the batch brings, versions of one file together.
func (w *writer) contents(batch []*commit) {
	var files []*file
	for _, c := range batch {
		for _, change := range c.changes {
			if f := change.file; f != nil && f.mark == 0 && f.mode != gitlink {
				f.mark = -1
				files = append(files, f)
			}
		}
	}
	slices.SortStableFunc(files, func(a, b *file) int {
		switch {
		case a.lineage < b.lineage:
			return -1
		case a.lineage > b.lineage:
			return 1
		}
		return 0
	})
	for _, f := range files {
		w.blobs++
		f.mark = w.blobs
		w.buf = f.render(w.buf[:0])
		fmt.Fprintf(w, "blob\nmark :%d\n", f.mark)
		w.data(w.buf)
	}
}

func (w *writer) data(data []byte) { fmt.Fprintf(w, "data %d\n%s\n", len(data), data) }

func (w *writer) commit(c *commit) error {
	message := c.message
	if c.cites.mark != 0 {
		hash, err := w.hash(c.cites.mark)
		if err != nil {
			return err
		}
		message += fmt.Sprintf(c.cites.format, hash)
	}
	if len(c.parents) == 0 {
		fmt.Fprintf(w, "reset refs/lines/%s\n", c.line)
	}
	fmt.Fprintf(w, "commit refs/lines/%s\nmark :%d\n", c.line, c.mark)
	fmt.Fprintf(w, "author %s\ncommitter %s\n", c.author, c.committer)
	if c.encoding != "" {
		fmt.Fprintf(w, "encoding %s\n", c.encoding)
	}
	w.data([]byte(message))
	for i, parent := range c.parents {
		switch {
		case i > 0:
			fmt.Fprintf(w, "merge :%d\n", parent)
		case w.lines[c.line] != parent:
			fmt.Fprintf(w, "from :%d\n", parent)
		}
	}
	w.lines[c.line] = c.mark
	for _, change := range c.changes {
		w.buf = change.file.command(w.buf[:0], change.path)
		fmt.Fprintf(w, "%s", w.buf)
	}
	return nil
}

// hash asks fast-import which object a mark became.
func (w *writer) hash(mark int) (string, error) {
	fmt.Fprintf(w, "get-mark :%d\n", mark)
	if err := w.Flush(); err != nil {
		return "", err
	}
	line, err := w.replies.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("ask for the hash of a commit: %w", err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// close writes all that is left and the refs. The names under which lines were told are given up.
func (s *stream) close(branches map[string]int) error {
	w := s.writer
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.wait(); err != nil {
		return err
	}
	for _, line := range sortedKeys(w.lines) {
		fmt.Fprintf(w, "reset refs/lines/%s\n", line)
	}
	for _, name := range sortedKeys(branches) {
		fmt.Fprintf(w, "reset refs/heads/%s\nfrom :%d\n\n", name, branches[name])
	}
	for _, t := range s.tags {
		if t.tagger == (signature{}) {
			fmt.Fprintf(w, "reset refs/tags/%s\nfrom :%d\n\n", t.name, t.mark)
			continue
		}
		fmt.Fprintf(w, "tag %s\nfrom :%d\ntagger %s\n", t.name, t.mark, t.tagger)
		w.data([]byte(t.message))
	}
	fmt.Fprintln(w, "done")
	return w.Flush()
}

// String is the signature as git writes it in a commit.
func (s signature) String() string {
	name := s.name
	if name != "" {
		name += " "
	}
	return name + "<" + s.email + "> " + strconv.FormatInt(s.unix, 10) + " " + s.zone
}
