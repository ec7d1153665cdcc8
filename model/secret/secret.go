// Package secret masks passwords, keys and tokens in text before anything
// shows, logs or copies it. It finds them by the names they are given ("password =",
// "client_secret:"), by their shape (private keys, tokens of well-known services), and in the
// places made for them (Kubernetes Secrets, URLs with a password).
//
// It errs on the side of masking: a comment that is hidden with a password costs little. A
// value that only refers to a secret, as ${DB_PASSWORD} does, is shown.
package secret

import (
	"bytes"
	"fmt"
	"regexp"

	"plumb/model/diff"
)

// The marks that stand in the place of secrets.
const (
	mark        = "«secret»"
	markChanged = "«secret, changed»"
)

var (
	anyMark   = regexp.MustCompile(`^«secret(, changed)?»$`)
	wholeMark = regexp.MustCompile(`^«secret, \d+ bytes(, changed)?»\n$`)
)

// Mask answers data with every secret replaced by a mark. The number of lines stays the same. With
// whole all of it is one secret, and becomes one line that says how long it is. Binary
// data comes back as it is, unless whole is set. The path is for its name only.
func Mask(path string, data []byte, whole bool) []byte {
	if whole || isKeyFile(path) {
		return maskWhole(data, "")
	}
	return fixed(data, false)
}

// maxRounds bounds how often a text is gone through. A second round finds nothing new, but in text made to
// confuse: masking one thing there can uncover another.
const maxRounds = 20

// fixed masks data until there is nothing more to mask.
func fixed(data []byte, prose bool) []byte {
	for range maxRounds {
		out := replace(data, find(data, prose), nil)
		if bytes.Equal(out, data) {
			break
		}
		data = out
	}
	return data
}

// MaskPair masks two versions of a file. Where the same place has another secret
// in the new version, its mark there says so: versions that differ still differ when masked.
// A version that does not exist is nil and stays so.
func MaskPair(path string, old, new []byte, whole bool) (o, n []byte) {
	return maskPair(path, old, new, whole, findBoth)
}

// search finds the secrets of two versions.
type search func(old, new []byte) (inOld, inNew []place)

// maskPair is MaskPair with a search of its own for the versions as they are.
func maskPair(path string, old, new []byte, whole bool, find search) (o, n []byte) {
	if whole || isKeyFile(path) {
		changed := ""
		if old != nil && !bytes.Equal(old, new) && !wholeMark.Match(new) {
			changed = ", changed"
		}
		return maskWhole(old, ""), maskWhole(new, changed)
	}
	for range maxRounds {
		o, n = maskOnce(old, new, find)
		if bytes.Equal(o, old) && bytes.Equal(n, new) {
			break
		}
		old, new, find = o, n, findBoth
	}
	return o, n
}

func maskOnce(old, new []byte, find search) (o, n []byte) {
	inOld, inNew := find(old, new)
	o, n = replace(old, inOld, nil), replace(new, inNew, nil)
	if len(inNew) == 0 || old == nil {
		return o, n
	}
	return o, replace(new, inNew, changes(old, new, o, n, inOld, inNew))
}

// apart is how many bytes two versions have together from which on a processor for each is worth its while.
const apart = 128 << 10

func findBoth(old, new []byte) (inOld, inNew []place) {
	if len(old)+len(new) < apart {
		return find(old, false), find(new, false)
	}
	done := make(chan []place, 1)
	go func() { done <- find(old, false) }()
	inNew = find(new, false)
	return <-done, inNew
}

// MaskText masks secrets in an error text, a log line or a command line.
func MaskText(s string) string {
	return string(fixed([]byte(s), true))
}

func maskWhole(data []byte, changed string) []byte {
	if data == nil || wholeMark.Match(data) {
		return data
	}
	return fmt.Appendf(nil, "«secret, %d bytes%s»\n", len(data), changed)
}

// place is where a secret stands in a text, and the name it goes by there.
type place struct {
	lo, hi int
	key    string
}

func replace(data []byte, places []place, changed []bool) []byte {
	if len(places) == 0 {
		return data
	}
	out := make([]byte, 0, len(data)+len(places)*8)
	at := 0
	for i, p := range places {
		out = append(out, data[at:p.lo]...)
		switch value := data[p.lo:p.hi]; {
		case changed != nil && changed[i]:
			out = append(out, markChanged...)
		case anyMark.Match(value):
			out = append(out, value...) // Masked before.
		default:
			out = append(out, mark...)
		}
		at = p.hi
	}
	return append(out, data[at:]...)
}

// changes reports which secrets of new are others than in old. Lines that are the same once masked are compared secret
// by secret; among the rest, the secrets of the same name.
func changes(old, new, maskedOld, maskedNew []byte, inOld, inNew []place) []bool {
	changed := make([]bool, len(inNew))
	byLineOld, byLineNew := byLine(old, inOld), byLine(new, inNew)
	value := func(data []byte, p place) []byte { return data[p.lo:p.hi] }
	pairedOld, pairedNew := make([]bool, len(inOld)), make([]bool, len(inNew))
	for i, j := range diff.EqualLines(maskedOld, maskedNew) {
		a, b := byLineOld[i], byLineNew[j]
		for k := range b.count {
			pairedNew[b.first+k] = true
			changed[b.first+k] = a.count != b.count || !bytes.Equal(value(old, inOld[a.first+k]), value(new, inNew[b.first+k]))
		}
		for k := range a.count {
			pairedOld[a.first+k] = true
		}
	}
	values := map[string]map[string]bool{}
	for i, p := range inOld {
		if !pairedOld[i] {
			if values[p.key] == nil {
				values[p.key] = map[string]bool{}
			}
			values[p.key][string(value(old, p))] = true
		}
	}
	for j, p := range inNew {
		if !pairedNew[j] && len(values[p.key]) > 0 && !values[p.key][string(value(new, p))] {
			changed[j] = true
		}
	}
	return changed
}

// group is a run of places on one line.
type group struct{ first, count int }

func byLine(data []byte, places []place) map[int]group {
	groups := map[int]group{}
	line, at := 0, 0
	for i, p := range places {
		line += bytes.Count(data[at:p.lo], []byte{'\n'})
		at = p.lo
		g := groups[line]
		if g.count == 0 {
			g.first = i
		}
		g.count++
		groups[line] = g
	}
	return groups
}
