package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumb/gitops/sshsig"
	"plumb/model"
	"plumb/model/text"
)

// Verb is what an entry records.
type Verb string

// The verbs.
const (
	Seal     Verb = "seal"     // A change came to be.
	Approve  Verb = "approve"  // Somebody approved exactly that change.
	Refuse   Verb = "refuse"   // Somebody said no to it.
	Withdraw Verb = "withdraw" // Somebody took back what they had said of it.
	Abandon  Verb = "abandon"  // Somebody gave it up.
	Void     Verb = "void"     // Reality or git moved, so the change no longer says what would happen.
	Intent   Verb = "intent"   // A run is about to begin; durable before anything happens.
	Outcome  Verb = "outcome"  // How the run ended.
	Hold     Verb = "hold"     // Something is not to be changed, until when and why.
	Lift     Verb = "lift"     // A hold is over.
)

// Field is one fact of an entry.
type Field struct{ Key, Value string }

// Entry is one record of one person's log.
type Entry struct {
	ID     model.Hash // The commit that holds it.
	Log    string     // The log's ref.
	Verb   Verb
	By     model.Principal
	At     time.Time
	Seq    int
	Prev   model.Digest // Of the payload before; empty for the first.
	Seen   []Sight      // The other logs that moved since the entry before, by name.
	Fields []Field
	Files  map[string][]byte // Attachments; their checksums stand in the payload.

	Key       string            // The fingerprint of the key that signed it; empty for an entry without a signature.
	Signature *sshsig.Signature // Verified to be over this payload; nil without one. Whose key it is, is for others to judge.
}

// Sight is how far the writer of an entry had read another log: if it is shorter elsewhere, somebody withholds the rest.
type Sight struct {
	Log string     // What its ref is called after the prefix.
	Tip model.Hash // The entry that it ended with.
}

// Field is the value of a fact, or empty.
func (e Entry) Field(key string) string {
	for _, f := range e.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// payload is the text that is chained and signed: one fact a line, in a fixed order, values quoted, so
// that there is one way only to write an entry and nothing to argue about. Sums are the checksums of its attachments.
func (e Entry) payload(sums map[string]model.Digest) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "plumb-ledger 2\nverb %s\nby %q\nname %q\nat %s\nseq %d\nprev %s\n",
		e.Verb, e.By.Email, e.By.Name, e.At.UTC().Format(time.RFC3339Nano), e.Seq, orNone(e.Prev))
	for _, s := range e.Seen {
		fmt.Fprintf(&b, "seen %s %s\n", s.Log, s.Tip)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "field %s %q\n", f.Key, f.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "file %s %s\n", name, sums[name])
	}
	return b.Bytes()
}

// sums are the checksums of the attachments.
func (e Entry) sums() map[string]model.Digest {
	sums := map[string]model.Digest{}
	for name, data := range e.Files {
		sums[name] = model.Sum(data)
	}
	return sums
}

func orNone(d model.Digest) string {
	if d == "" {
		return "none"
	}
	return string(d)
}

// The files of an entry beside its attachments.
const (
	payloadName   = "payload"
	signatureName = "payload.sig"
)

// parsePayload reads what payload wrote and accepts nothing else: an entry that
// does not read back to the same bytes is refused. Attachments stay to be compared with sums.
func parsePayload(data []byte) (e Entry, sums map[string]model.Digest, err error) {
	const maxPayload = 64 << 10
	if len(data) > maxPayload {
		return e, nil, fmt.Errorf("payload of %d bytes is too large", len(data))
	}
	rest, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return e, nil, fmt.Errorf("payload does not end with a newline")
	}
	lines := strings.Split(rest, "\n")
	const head = 7
	if len(lines) < head || lines[0] != "plumb-ledger 2" {
		return e, nil, errors.New("payload is not of the form plumb-ledger 2")
	}
	value := func(i int, key string) string {
		v, ok := strings.CutPrefix(lines[i], key+" ")
		if !ok && err == nil {
			err = fmt.Errorf("payload line %d is not %q", i+1, key)
		}
		return v
	}
	quoted := func(s string) string {
		v, uerr := strconv.Unquote(s)
		if uerr != nil && err == nil {
			err = fmt.Errorf("payload value %s is not quoted", s)
		}
		return v
	}
	e.Verb = Verb(value(1, "verb"))
	e.By.Email = text.Line(quoted(value(2, "by")))
	e.By.Name = text.Line(quoted(value(3, "name")))
	at := value(4, "at")
	seq := value(5, "seq")
	if prev := value(6, "prev"); prev != "none" {
		e.Prev = model.Digest(prev)
	}
	if err != nil {
		return e, nil, err
	}
	if e.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return e, nil, fmt.Errorf("payload time: %w", err)
	}
	if e.Seq, err = strconv.Atoi(seq); err != nil {
		return e, nil, fmt.Errorf("payload seq: %w", err)
	}
	sums = map[string]model.Digest{}
	for _, line := range lines[head:] {
		kind, rest, _ := strings.Cut(line, " ")
		key, val, _ := strings.Cut(rest, " ")
		switch {
		case kind == "seen" && (!isLog(key) || !isID(val)):
			err = fmt.Errorf("payload has seen %q", text.Line(rest))
		case kind == "seen" && len(e.Seen) > 0 && e.Seen[len(e.Seen)-1].Log >= key:
			err = errors.New("payload does not name what it has seen in order")
		case kind == "seen":
			e.Seen = append(e.Seen, Sight{key, model.Hash(val)})
		case !isWord(key):
			err = fmt.Errorf("payload has a %s called %q", kind, key)
		case kind == "field" && slices.ContainsFunc(e.Fields, func(f Field) bool { return f.Key == key }):
			err = fmt.Errorf("payload says %q twice", key)
		case kind == "field":
			e.Fields = append(e.Fields, Field{key, quoted(val)})
		case kind == "file" && (key == payloadName || key == signatureName):
			err = fmt.Errorf("payload has an attachment called %q", key)
		case kind == "file":
			sums[key] = model.Digest(val)
		default:
			err = fmt.Errorf("payload has an unknown line %q", kind)
		}
		if err != nil {
			return e, nil, err
		}
	}
	if !isWord(string(e.Verb)) || !bytes.Equal(e.payload(sums), data) {
		return e, nil, errors.New("payload is not written the one way there is to write it")
	}
	return e, sums, nil
}

// isLog reports whether a log may be called so, after the prefix: PRINCIPAL/NAME, as [slug] writes them.
func isLog(s string) bool {
	owner, name, ok := strings.Cut(s, "/")
	return ok && owner != "" && name != "" && strings.Trim(owner, "abcdefghijklmnopqrstuvwxyz0123456789-_+@.=") == "" && isWord(name)
}

// isID reports whether it is the full id of an object.
func isID(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// isWord reports whether a verb, a field or an attachment may be called so.
func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}
