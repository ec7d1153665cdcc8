package history

import (
	"bytes"
	"slices"
	"strings"

	"plumb/gitops/objects/index"
	"plumb/model/filter"
)

// trailers finds commits with a trailer, as git log --format=%(trailers) finds it, that has a part in its value.
func trailers(s *index.Snapshot, t filter.Term) index.Set {
	key, value := strings.ToLower(t.Key), strings.ToLower(t.Value)
	// A search for the words leaves few messages to take apart.
	return s.Among(s.Saying(key, true), func(message []byte) bool {
		found := false
		eachTrailer(message, func(k, v string) bool {
			found = strings.ToLower(k) == key && strings.Contains(strings.ToLower(v), value)
			return !found
		})
		return found
	})
}

// eachTrailer calls see for each trailer of a message until it answers false.
func eachTrailer(message []byte, see func(key, value string) bool) {
	lines := trailerLines(message)
	for len(lines) > 0 {
		line := lines[0]
		lines = lines[1:]
		at := separator(line)
		if at < 1 {
			continue
		}
		value := slices.Clone(line[at+1:])
		for len(lines) > 0 && isContinued(lines[0]) {
			value = append(append(value, '\n'), lines[0]...)
			lines = lines[1:]
		}
		if !see(strings.TrimSpace(string(line[:at])), strings.TrimSpace(string(value))) {
			return
		}
	}
}

// trailerLines are the lines of the last paragraph of a message, if git takes it for trailers: when all of its lines are some, or
// a quarter of them and one was written by git. The first paragraph is never that.
func trailerLines(message []byte) [][]byte {
	lines := bytes.Split(bytes.TrimSuffix(message, []byte("\n")), []byte("\n"))
	for len(lines) > 0 && isBlank(lines[0]) {
		lines = lines[1:]
	}
	lines = lines[:endOfTrailers(lines)]
	title := 0
	for title < len(lines) && (isComment(lines[title]) || !isBlank(lines[title])) {
		title++
	}
	var trailers, others, continued int
	byGit, started := false, false
	for i := len(lines) - 1; i >= title; i-- {
		line := lines[i]
		switch {
		case isComment(line):
			others, continued = others+continued, 0
		case isBlank(line) && !started:
		case isBlank(line):
			others += continued
			if trailers > 0 && others == 0 || byGit && 3*trailers >= others {
				return lines[i+1:]
			}
			return nil
		case isByGit(line):
			byGit = true
			trailers, continued = trailers+1, 0
		case separator(line) > 0:
			trailers, continued = trailers+1, 0
		case isContinued(line):
			continued++
		default:
			others, continued = others+continued+1, 0
		}
		started = started || !isBlank(line) && !isComment(line)
	}
	return nil
}

// endOfTrailers is the number of lines before the comments at the end, and before the list of conflicts that git once wrote there.
func endOfTrailers(lines [][]byte) int {
	end, inConflicts := len(lines), false
	for i, line := range lines {
		switch {
		case len(line) == 0, isComment(line):
			end = min(end, i)
		case string(line) == "Conflicts:" && i < len(lines)-1:
			inConflicts = true
			end = min(end, i)
		case inConflicts && line[0] == '\t':
		default:
			end, inConflicts = len(lines), false
		}
	}
	return end
}

// isByGit reports whether a line is one that git itself writes below messages.
func isByGit(line []byte) bool {
	return bytes.HasPrefix(line, []byte("Signed-off-by: ")) || bytes.HasPrefix(line, []byte("(cherry picked from commit "))
}

// separator is where the colon after the key of a trailer stands, or -1.
func separator(line []byte) int {
	atEnd := false
	for i, b := range line {
		switch {
		case b == ':':
			return i
		case i > 0 && (b == ' ' || b == '\t'):
			atEnd = true
		case atEnd || b != '-' && (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z'):
			return -1
		}
	}
	return -1
}

func isComment(line []byte) bool { return len(line) > 0 && line[0] == '#' }
func isBlank(line []byte) bool   { return len(bytes.TrimLeft(line, " \t\r")) == 0 }
func isContinued(line []byte) bool {
	return len(line) > 0 && bytes.IndexByte([]byte(" \t\r"), line[0]) >= 0
}
