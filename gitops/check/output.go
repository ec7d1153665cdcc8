package check

import (
	"bytes"
	"fmt"

	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

const (
	keepHead    = 64 << 10 // Bytes of the output that are kept of its beginning.
	keepTail    = 64 << 10 // And of its end.
	maxLine     = 4 << 10  // A longer line is no finding.
	maxSARIF    = 16 << 20 // A longer document is not read.
	maxFindings = 1000     // More findings are left in the output.
)

// output takes in what a command writes: it keeps a beginning and an end, and looks for findings on the way, so that
// those in the middle of a long output are found too. It is used by one goroutine at a time, and never full.
type output struct {
	dir      string // Of the checkout.
	files    map[string]bool
	head     []byte
	tail     []byte // At most twice keepTail.
	cut      int64  // How many bytes are in neither.
	line     []byte // What has come of the last line.
	tooLong  bool   // It is longer than maxLine.
	document []byte // All of the output while it may be one JSON document.
	isText   bool   // It is none.
	inKey    bool   // The last mark of a key or certificate that came began one.
	findings []model.Finding
}

func newOutput(dir string, files map[string]bool) *output { return &output{dir: dir, files: files} }

// Write implements io.Writer. It never fails.
func (o *output) Write(p []byte) (int, error) {
	o.keep(p)
	o.lines(p)
	n := len(p)
	if len(o.document) == 0 {
		p = bytes.TrimLeft(p, " \t\r\n")
	}
	if !o.isText && len(p) > 0 {
		o.document = append(o.document, p...)
		if o.document[0] != '{' || len(o.document) > maxSARIF {
			o.isText, o.document = true, nil
		}
	}
	return n, nil
}

func (o *output) keep(p []byte) {
	n := min(len(p), keepHead-len(o.head))
	o.head = append(o.head, p[:n]...)
	p = p[n:]
	if skip := len(p) - keepTail; skip > 0 {
		o.cut += int64(len(o.tail) + skip)
		o.tail, p = o.tail[:0], p[skip:]
	}
	o.tail = append(o.tail, p...)
	if over := len(o.tail) - keepTail; over > keepTail/2 {
		o.cut += int64(over)
		o.tail = append(o.tail[:0], o.tail[over:]...)
	}
}

func (o *output) lines(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		part := p
		if end >= 0 {
			part = p[:end]
		}
		if !o.tooLong && len(o.line)+len(part) <= maxLine {
			o.line = append(o.line, part...)
		} else {
			o.tooLong = true
		}
		if end < 0 {
			return
		}
		o.endLine()
		p = p[end+1:]
	}
}

var (
	keyBegins = []byte("-----BEGIN ")
	keyEnds   = []byte("-----END ")
)

func (o *output) endLine() {
	switch {
	case bytes.Contains(o.line, keyEnds):
		o.inKey = false
	case bytes.Contains(o.line, keyBegins):
		o.inKey = true
	}
	if !o.tooLong && len(o.findings) < maxFindings {
		if f, ok := parseLine(string(o.line), o.dir, o.files); ok {
			o.findings = append(o.findings, f)
		}
	}
	o.line, o.tooLong = o.line[:0], false
}

// finish answers what is kept, with secrets masked, and the findings; those without a severity get the given one.
func (o *output) finish(severity model.Severity) (text.Safe, []model.Finding) {
	o.endLine()
	if !o.isText {
		if found, ok := parseSARIF(o.document, o.dir, o.files); ok {
			o.findings = found
		}
	}
	for i := range o.findings {
		if o.findings[i].Severity == "" {
			o.findings[i].Severity = severity
		}
	}
	return o.kept(), o.findings
}

// kept is the beginning and the end of the output. Where the middle is left out, whole lines are, so that a cut
// does not show half of a secret that nothing would recognise any more.
func (o *output) kept() text.Safe {
	head, tail, cut := o.head, o.tail, o.cut
	if cut == 0 {
		return text.Bytes(secret.Mask("", append(bytes.Clone(head), tail...), false))
	}
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		cut += int64(len(head) - i - 1)
		head = head[:i+1]
	}
	if i := bytes.IndexByte(tail, '\n'); i >= 0 {
		tail = tail[i+1:]
	}
	tail = o.behindKey(tail)
	cut += int64(len(o.tail) - len(tail))
	whole := bytes.Clone(head)
	if len(whole) > 0 && whole[len(whole)-1] != '\n' {
		whole = append(whole, '\n')
	}
	whole = fmt.Appendf(whole, "… %d bytes left out …\n", cut)
	return text.Bytes(secret.Mask("", append(whole, tail...), false))
}

// behindKey leaves out the end of a key whose beginning was left out: it would not be recognised as one.
func (o *output) behindKey(tail []byte) []byte {
	begins, ends := bytes.Index(tail, keyBegins), bytes.Index(tail, keyEnds)
	switch {
	case ends >= 0 && (begins < 0 || ends < begins):
		_, rest, _ := bytes.Cut(tail[ends:], []byte("\n"))
		return rest
	case ends < 0 && begins < 0 && o.inKey:
		return nil
	}
	return tail
}
