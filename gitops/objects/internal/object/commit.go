package object

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"plumb/model"
	"plumb/model/text"
)

var errCommit = errors.New("malformed commit object")

// RawCommit is a commit as it stands in the object: slices of its data, nothing converted.
type RawCommit struct {
	Tree              []byte   // In hexadecimal.
	Parents           [][]byte // The same.
	Author, Committer []byte   // "Name <address> seconds zone".
	Encoding          []byte
	IsSigned          bool // There is a signature, which may be good or not.
	Message           []byte
}

// Scan reads the headers of a commit object. Slices are of data and live as long; what c had is
// overwritten, so that one c serves for many commits. A commit without a tree, or with a parent that is no id, is an error.
func (c *RawCommit) Scan(data []byte) error {
	head, message, _ := bytes.Cut(data, []byte("\n\n"))
	*c = RawCommit{Parents: c.Parents[:0], Message: message}
	for first := true; len(head) > 0; first = false {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		head = rest
		// Lines of a signature start with a space and so are never taken for a header.
		name, value, _ := bytes.Cut(line, []byte(" "))
		switch {
		case first:
			if string(name) != "tree" || !isID(value) {
				return errCommit
			}
			c.Tree = value
		case string(name) == "parent" && c.Author == nil:
			if !isID(value) {
				return errCommit
			}
			c.Parents = append(c.Parents, value)
		case string(name) == "author" && c.Author == nil:
			c.Author = value
		case string(name) == "committer" && c.Committer == nil:
			c.Committer = value
		case string(name) == "encoding" && c.Encoding == nil:
			c.Encoding = value
		case string(name) == "gpgsig" || string(name) == "gpgsig-sha256":
			c.IsSigned = true
		}
	}
	if c.Tree == nil {
		return errCommit
	}
	return nil
}

// UTF8 is text of the commit, its message or a name, in UTF-8 where the commit says that it is written
// in another encoding that is known. It may be the same slice.
func (c *RawCommit) UTF8(b []byte) []byte {
	if len(c.Encoding) == 0 || !isLatin(string(c.Encoding)) {
		return b
	}
	return []byte(latin(string(b)))
}

// ParseCommit reads a commit. An author or a date that cannot be read stays
// zero, as git shows it; without a tree it is an error.
func ParseCommit(id model.Hash, data []byte) (model.Commit, error) {
	c := model.Commit{Hash: id}
	var raw RawCommit
	if err := raw.Scan(data); err != nil {
		return c, fmt.Errorf("commit %s: %w", id.Short(), err)
	}
	c.Tree = model.Hash(raw.Tree)
	for _, p := range raw.Parents {
		c.Parents = append(c.Parents, model.Hash(p))
	}
	c.Author = parsePerson(raw.UTF8(raw.Author))
	c.Committer = parsePerson(raw.UTF8(raw.Committer))
	c.Subject, c.Body = SplitMessage(string(raw.UTF8(raw.Message)))
	return c, nil
}

func parsePerson(line []byte) model.Person {
	name, email, when := SplitPerson(line)
	return model.Person{Name: text.Line(string(name)), Email: text.Line(string(email)), When: when}
}

// SplitPerson reads "Name <address> seconds zone" the way git does: the name ends at the
// first "<", the date begins after the last ">". A line without an address is nobody.
func SplitPerson(line []byte) (name, email []byte, when time.Time) {
	name, email, date := CutPerson(line)
	return name, email, ParseWhen(string(date))
}

// CutPerson is [SplitPerson] that leaves the date as it stands there. All are slices of the line.
func CutPerson(line []byte) (name, email, date []byte) {
	name, rest, ok := bytes.Cut(line, []byte("<"))
	if !ok {
		return nil, nil, nil
	}
	email, _, ok = bytes.Cut(rest, []byte(">"))
	if !ok {
		return nil, nil, nil
	}
	date = bytes.TrimSpace(rest[bytes.LastIndexByte(rest, '>')+1:])
	return bytes.TrimSpace(name), email, date
}

// latestSecond is the end of the year 9999. Later times cannot be written in
// RFC 3339, and no commit was made at one.
const latestSecond = 253402300799

// ParseWhen reads "seconds zone". What cannot be read is the zero time; a time
// out of all range is the epoch, as in git; a zone out of range is UTC.
func ParseWhen(s string) time.Time {
	seconds, zone, _ := strings.Cut(s, " ")
	if seconds == "" {
		return time.Time{}
	}
	n, err := strconv.ParseUint(seconds, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && n > latestSecond:
		n = 0
	case err != nil:
		return time.Time{}
	}
	return time.Unix(int64(n), 0).In(parseZone(strings.TrimSpace(zone)))
}

func parseZone(zone string) *time.Location {
	n, err := strconv.Atoi(zone)
	if err != nil || n == 0 {
		return time.UTC
	}
	seconds := (n/100)*3600 + (n%100)*60
	if seconds >= 24*3600 || seconds <= -24*3600 {
		return time.UTC
	}
	return time.FixedZone("", seconds)
}

// SplitMessage splits a raw commit message into its subject, which is the first
// paragraph on one line, and all that follows it.
func SplitMessage(message string) (subject, body text.Safe) {
	// Git's own output ends at a NUL; so does ours, to be the same from both stores.
	message, _, _ = strings.Cut(message, "\x00")
	lines := strings.Split(message, "\n")
	isBlank := func(l string) bool { return strings.TrimSpace(l) == "" }
	for len(lines) > 0 && isBlank(lines[0]) {
		lines = lines[1:]
	}
	n := 0
	for n < len(lines) && !isBlank(lines[n]) {
		n++
	}
	first := make([]string, n)
	for i, l := range lines[:n] {
		first[i] = strings.TrimRight(l, " \t\r")
	}
	lines = lines[n:]
	for len(lines) > 0 && isBlank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && isBlank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return text.Line(strings.Join(first, " ")), text.Clean(strings.Join(lines, "\n"))
}

// isLatin reports whether a commit says that it is written in Latin-1, which
// some programs still did for years after everything else was UTF-8.
func isLatin(encoding string) bool {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1":
		return true
	}
	return false
}

func latin(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// Signature is a name, an address and a time as they go into a commit.
type Signature struct {
	Name, Email string
	When        time.Time
}

// EncodeCommit writes a commit. A message without a final newline gets one.
func EncodeCommit(tree model.Hash, parents []model.Hash, author, committer Signature, message string) ([]byte, error) {
	if !IsID(tree) {
		return nil, fmt.Errorf("tree %q is not an object id", tree)
	}
	if strings.Contains(message, "\x00") {
		return nil, errors.New("the message has a NUL in it")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, p := range parents {
		if !IsID(p) {
			return nil, fmt.Errorf("parent %q is not an object id", p)
		}
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	for _, s := range []struct {
		role string
		Signature
	}{{"author", author}, {"committer", committer}} {
		line, err := s.encode()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.role, err)
		}
		fmt.Fprintf(&b, "%s %s\n", s.role, line)
	}
	b.WriteByte('\n')
	b.WriteString(message)
	if message != "" && !strings.HasSuffix(message, "\n") {
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

func (s Signature) encode() (string, error) {
	seconds := s.When.Unix()
	if seconds < 0 || seconds > math.MaxInt64/2 {
		return "", fmt.Errorf("git cannot write the time %s", s.When.Format(time.RFC3339))
	}
	_, offset := s.When.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	minutes := offset / 60
	return fmt.Sprintf("%s <%s> %d %c%02d%02d", harmless(s.Name), harmless(s.Email), seconds, sign, minutes/60, minutes%60), nil
}

// harmless drops what would end the name, the address or the line early.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '\n' || r == '\r' || r == 0 {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
