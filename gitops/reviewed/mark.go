package reviewed

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"plumb/model"
)

// Mark is the key of something that can be reviewed. It is made of the contents, so that whatever changes after the review has
// another mark, and what is only moved or rebased keeps its own.
type Mark [16]byte

// Hunk is the mark of a hunk: the lines that go and the lines that come, as they are in the file with
// their newlines, without context and without numbers. The same change at two places of one file has one mark.
func Hunk(path string, old, new []byte) Mark {
	return sum("hunk", []byte(path), old, new)
}

// File is the mark of a file's change from one version to another. The id of a side that does not exist is empty.
func File(path string, old, new model.Hash) Mark {
	return sum("file", []byte(path), []byte(old), []byte(new))
}

// Commit is the mark of a commit.
func Commit(id model.Hash) Mark {
	return sum("commit", []byte(id))
}

// sum hashes parts so that no other parts have the same sum.
func sum(kind string, parts ...[]byte) Mark {
	h := sha256.New()
	h.Write([]byte("plumb reviewed " + kind + "\n"))
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return Mark(h.Sum(nil)[:len(Mark{})])
}

// record is one line of the file: a mark that was set, or taken back.
type record struct {
	mark Mark
	on   bool
}

// recordSize is the length of a record in bytes: a sign, the mark in hexadecimal digits and a newline.
const recordSize = 1 + 2*len(Mark{}) + 1

func (r record) append(to []byte) []byte {
	sign := byte('-')
	if r.on {
		sign = '+'
	}
	return append(hex.AppendEncode(append(to, sign), r.mark[:]), '\n')
}

// readRecord reads a line without its newline; ok is false for one that is none, because a write broke off.
func readRecord(line []byte) (r record, ok bool) {
	if len(line) != recordSize-1 || line[0] != '+' && line[0] != '-' {
		return r, false
	}
	r.on = line[0] == '+'
	_, err := hex.Decode(r.mark[:], line[1:])
	return r, err == nil
}
