package hosts

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumb/model"
)

// address names a file on a host. Different files have different addresses.
func address(host, path string) model.Address {
	return model.Address(escape(host, true) + ":" + escape(path, false))
}

// escape makes a name of any bytes printable and keeps it unique: what cannot be
// printed becomes \x and two digits per byte, and a backslash is doubled. With
// colons set, those are escaped too.
func escape(s string, colons bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == utf8.RuneError && n == 1, !unicode.IsPrint(r), colons && r == ':':
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
