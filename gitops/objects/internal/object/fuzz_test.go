package object_test

import (
	"strings"
	"testing"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

const someID model.Hash = "0123456789abcdef0123456789abcdef01234567"

func FuzzParseTree(f *testing.F) {
	f.Add([]byte("100644 a\x00" + strings.Repeat("x", 20)))
	f.Add([]byte("40000 d\x00" + strings.Repeat("y", 20) + "120000 l\x00" + strings.Repeat("z", 20)))
	f.Add([]byte("100644 ..\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := object.ParseTree(data, 20)
		if err != nil {
			return
		}
		// What can be written again is read as the same.
		encoded, err := object.EncodeTree(entries)
		if err != nil {
			return
		}
		again, err := object.ParseTree(encoded, 20)
		if err != nil || len(again) != len(entries) {
			t.Errorf("%v became %v: %v", entries, again, err)
		}
	})
}

func FuzzParseCommit(f *testing.F) {
	f.Add([]byte("tree " + someID + "\nparent " + someID + "\nauthor A <a@b> 1 +0100\ncommitter A <a@b> 1 -0930\nencoding latin1\n\nsubject\n\nbody\n"))
	f.Add([]byte("tree " + someID))
	f.Add([]byte("tree " + someID + "\nauthor >< 99999999999999999999 +99999999\n\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := object.ParseCommit(someID, data)
		if err != nil {
			return
		}
		for _, s := range []string{c.Subject.String(), c.Body.String(), c.Author.Name.String(), c.Author.Email.String()} {
			if strings.ContainsAny(s, "\x1b\x00\r\u009b\u202e") {
				t.Errorf("unsafe text %q", s)
			}
		}
		if strings.Contains(c.Subject.String(), "\n") {
			t.Errorf("the subject has lines: %q", c.Subject)
		}
		if _, err := c.Author.When.MarshalJSON(); err != nil {
			t.Errorf("the time cannot be written: %v", err)
		}
	})
}
