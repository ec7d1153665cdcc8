package ledger

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// canonical is a payload as it is written.
func canonical() string {
	e := Entry{
		Verb: Approve, By: model.Principal{Name: text.Line("Ada \"A\" Ü"), Email: text.Line("ada@example.com")},
		At: time.Date(2026, 3, 2, 9, 0, 0, 120, time.UTC), Seq: 2, Prev: model.Sum([]byte("before")),
		Seen:   []Sight{{"bob@example.com/0a1b2c3d.4e5f", model.Hash(strings.Repeat("a", 40))}, {"eve@example.com/unsigned", model.Hash(strings.Repeat("b", 64))}},
		Fields: []Field{{"change", "c-1"}, {"why", "two\nlines\x00"}},
		Files:  map[string][]byte{"change.json": []byte("{}"), "plan-1": nil},
	}
	return string(e.payload(e.sums()))
}

func TestAnEntryThatIsNotWrittenTheOneWayIsRefused(t *testing.T) {
	good := canonical()
	if _, _, err := parsePayload([]byte(good)); err != nil {
		t.Fatalf("the canonical form is refused: %v\n%s", err, good)
	}
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the payload has no %q:\n%s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, payload := range map[string]string{
		"empty":                          "",
		"a newline alone":                "\n",
		"no newline at the end":          strings.TrimSuffix(good, "\n"),
		"an empty line at the end":       good + "\n",
		"CRLF":                           strings.ReplaceAll(good, "\n", "\r\n"),
		"a byte order mark":              "\ufeff" + good,
		"another form":                   swap("plumb-ledger 2", "plumb-ledger 1"),
		"a head is missing":              swap("seq 2\n", ""),
		"a head is there twice":          swap("seq 2\n", "seq 2\nseq 2\n"),
		"a head comes again":             good + "seq 3\n",
		"two heads are swapped":          swap("verb approve\nby \"ada@example.com\"\n", "by \"ada@example.com\"\nverb approve\n"),
		"a field is there twice":         swap("field why", "field change \"c-2\"\nfield why"),
		"a log was seen twice":           swap("seen eve@example.com/unsigned", "seen bob@example.com/0a1b2c3d.4e5f"),
		"what was seen in another order": swap("seen eve@", "seen abe@"),
		"a log of nobody was seen":       swap("seen eve@example.com/unsigned", "seen unsigned"),
		"a log with a path was seen":     swap("seen eve@example.com/unsigned", "seen eve@example.com/../x"),
		"no entry of it was seen":        swap(strings.Repeat("b", 64), "HEAD"),
		"it was seen after a field":      good + "seen zoe@example.com/unsigned " + strings.Repeat("c", 40) + "\n",
		"an unknown line":                good + "note \"x\"\n",
		"a field after files":            good + "field x \"y\"\n",
		"files in another order":         swap("file change.json", "file z sha256:0\nfile change.json"),
		"a file is there twice":          good + good[strings.LastIndex(good, "file plan-1"):],
		"a file called payload":          swap("file plan-1", "file payload"),
		"a file without a checksum":      good + "file z\n",
		"a value without quotes":         swap(`"c-1"`, `c-1`),
		"a value in backquotes":          swap(`"c-1"`, "`c-1`"),
		"a value in single quotes":       swap(`"c-1"`, `'c'`),
		"an escape for a letter":         swap(`"c-1"`, `"\x63-1"`),
		"a rune as an escape":            swap("Ü", `\u00dc`),
		"a control as another":           swap(`\x00`, `\u0000`),
		"something after a value":        swap(`"c-1"`, `"c-1" `),
		"two spaces":                     swap("verb approve", "verb  approve"),
		"a tab":                          swap("verb approve", "verb\tapprove"),
		"another time zone":              swap("2026-03-02T09:00:00.00000012Z", "2026-03-02T10:00:00.00000012+01:00"),
		"a time with zeros":              swap("00.00000012Z", "00.000000120Z"),
		"no time":                        swap("2026-03-02T09:00:00.00000012Z", "yesterday"),
		"a number with a sign":           swap("seq 2", "seq +2"),
		"a number with a zero":           swap("seq 2", "seq 02"),
		"no number":                      swap("seq 2", "seq two"),
		"an empty checksum":              swap("prev "+string(model.Sum([]byte("before"))), "prev "),
		"an address to mislead":          swap("ada@example.com", `ada@example.com\u202e`),
		"too large":                      swap(`"c-1"`, `"`+strings.Repeat("x", 70_000)+`"`),
	} {
		if e, _, err := parsePayload([]byte(payload)); err == nil {
			t.Errorf("%s is accepted as %+v", name, e)
		}
	}
}

func FuzzParsePayload(f *testing.F) {
	f.Add([]byte(canonical()))
	f.Add([]byte("plumb-ledger 2\nverb seal\nby \"\"\nname \"\"\nat 2026-03-02T09:00:00Z\nseq 1\nprev none\n"))
	f.Add([]byte("plumb-ledger 2\nverb \nby \"\\u202e\"\nname ''\nat 0000-01-01T00:00:00Z\nseq -0\nprev \nfield  \"\"\nfile  \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, sums, err := parsePayload(data)
		if err == nil && !bytes.Equal(e.payload(sums), data) {
			t.Errorf("%q reads back as %q", data, e.payload(sums))
		}
	})
}

func FuzzSlug(f *testing.F) {
	f.Add("ada@example.com", "a.lock")
	f.Add("\u00e9a", "\u0e9a")
	f.Fuzz(func(t *testing.T, a, b string) {
		s := slug(a)
		if s == "" || len(s) > 240 || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.HasSuffix(s, ".lock") || strings.Contains(s, "..") ||
			strings.Contains(s, "@{") || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_+@.=") != "" {
			t.Errorf("%q makes %q", a, s)
		}
		if !strings.EqualFold(a, b) && s == slug(b) {
			t.Errorf("%q and %q both make %q", a, b, s)
		}
	})
}
