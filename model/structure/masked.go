package structure

import (
	"bytes"
	"regexp"
	"strings"
)

// Secrets reach this package as the marks of package secret, and a mark can stand where the syntax does not
// allow it: the comma of one begins the next key of a flow map, and in the place of a number it needs
// quotes. The documents are put right here, with every line in its place.
const (
	changedMark = "«secret, changed»"
	wordMark    = "«secret‚ changed»" // With a mark that looks like a comma, and is none.
)

func joinMarks(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte(changedMark), []byte(wordMark))
}

func splitMarks(s string) string {
	if !strings.Contains(s, wordMark) {
		return s
	}
	return strings.ReplaceAll(s, wordMark, changedMark)
}

var bareMark = regexp.MustCompile(`([:=\[,][ \t]*)(«secret(?:, changed)?»)([ \t]*(?:[,}\]#\r\n]|$))`)

// quoteMarks puts quotes around the marks that stand where a number was.
func quoteMarks(data []byte) []byte {
	// The comma between two marks belongs to both of them, and is found for one at a time.
	for range 2 {
		data = bareMark.ReplaceAll(data, []byte(`$1"$2"$3`))
	}
	return data
}
