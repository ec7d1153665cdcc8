package ledger

import (
	"fmt"
	"strings"

	"plumb/model"
)

// slug makes a part of a ref name of an e-mail address: a different one for every
// address but for capitals, whatever is in it. What cannot stand in a ref name is written as =XX, byte by byte.
func slug(email string) string {
	email = strings.ToLower(email)
	var b strings.Builder
	for i := range len(email) {
		switch c := email[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '+', c == '@':
			b.WriteByte(c)
		case c == '.' && mayStand(email, i):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02x", c)
		}
	}
	s := b.String()
	// A file name has room for 255 bytes, a lock's suffix included.
	const longest, kept = 200, 100
	switch {
	case s == "":
		return "=" // No escape has nothing after it.
	case len(s) > longest:
		sum := strings.TrimPrefix(string(model.Sum([]byte(email))), "sha256:")
		return s[:kept] + "=+" + sum
	}
	return s
}

// mayStand reports whether git takes the dot at i: not at either end, not two in a row, not before a last "lock".
func mayStand(email string, i int) bool {
	rest := email[i+1:]
	return i > 0 && rest != "" && rest[0] != '.' && rest != "lock"
}
