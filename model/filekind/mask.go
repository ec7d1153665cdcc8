package filekind

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"

	"plumb/model/diff"
)

// The marks that stand in the place of cipher texts. They look like those of package secret.
const (
	mark        = "«encrypted»"
	markChanged = "«encrypted, changed»"
)

// MaskEncrypted replaces the cipher texts in two versions of a file by marks: values of SOPS and of
// eyaml (ENC[…]), vaults of Ansible, and messages of age and OpenPGP in armour. Everything around them stays as it is, and so does the
// number of lines. Where the same place has another cipher text in the new version, its mark there says
// so; versions that differ still differ when masked. A version that does not exist is nil and stays so.
//
// It is made to run after secret.MaskPair, which leaves encrypted values alone and must not take the marks for secrets.
func MaskEncrypted(old, new []byte) (o, n []byte) {
	inOld, inNew := findCiphers(old), findCiphers(new)
	o, n = replace(old, inOld, nil), replace(new, inNew, nil)
	if len(inNew) == 0 || old == nil {
		return o, n
	}
	changed := changes(old, new, o, n, inOld, inNew)
	return o, replace(new, inNew, changed)
}

// part is what stands on one line of a cipher text: the bytes from lo up to hi.
type part struct{ lo, hi int }

// cipher is one cipher text.
type cipher struct {
	parts []part // One for each of its lines; at least one.
	line  int    // The number of the first of them, from 0.
	key   string // What stands before it: names the place when lines were moved.
	value string // All of it, to be compared.
}

// What is masked cannot be anything but cipher text: were it looser, somebody could hide a line from reviewers.
var (
	// A value of SOPS or of eyaml. One that is not closed on its line goes on below.
	encValue = regexp.MustCompile(`ENC\[[A-Z0-9_]{1,32},[A-Za-z0-9+/=,:_-]*\]?`)
	// What is written as one line, with \n for its newlines: in JSON, in dotenv.
	armourInLine = regexp.MustCompile(`-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----((?:\\n[A-Za-z0-9+/=]*)+?)(?:\\n)?-----END `)
	vaultInLine  = regexp.MustCompile(`\$ANSIBLE_VAULT;[^\s\\"']*((?:\\n[ 0-9a-fA-F]*)+)`)
	// A data key that a key service encrypted, in the metadata of SOPS.
	sopsDataKey = regexp.MustCompile(`(?:^|[^A-Za-z0-9])enc["']?[ \t]*[:=][ \t]*["']?([A-Za-z0-9+/=_:-]{40,})`)

	armourStart = regexp.MustCompile(`-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----[ \t]*$`)
	vaultHeader = regexp.MustCompile(`\$ANSIBLE_VAULT;[0-9.]+;[A-Z0-9]+(?:;[^\s"'\\]*)?[ \t]*$`)
	// Lines that are too short for cipher text might be commands; the last ones of armour have a sign that no command has.
	armourLine = regexp.MustCompile(`^(?:[A-Za-z0-9+/]{24,}={0,2}|[A-Za-z0-9+/]*={1,2}|=[A-Za-z0-9+/]{4})$`)
	vaultLine  = regexp.MustCompile(`^(?:[0-9a-fA-F]{24,}|[0-9]+)$`)
	encLine    = regexp.MustCompile(`^(?:[A-Za-z0-9+/]{24,}={0,2}\]?|[A-Za-z0-9+/]*={0,2}\])$`)
)

// seeker goes through a text line by line.
type seeker struct {
	data     []byte
	metadata int // Where those of SOPS begin; the length of data where there are none.
	found    []cipher
	isOpen   bool // Whether armour was followed to the end of data in vain; then no more is looked for.
}

// findCiphers answers the cipher texts of data, in order and not overlapping.
func findCiphers(data []byte) []cipher {
	if !bytes.Contains(data, []byte("ENC[")) && !bytes.Contains(data, []byte(vaultStart)) && !bytes.Contains(data, []byte("-----BEGIN ")) {
		return nil
	}
	s := seeker{data: data, metadata: len(data)}
	if at := sopsMetadata.FindIndex(data); at != nil {
		s.metadata = at[0]
	}
	number := 0
	for lo := 0; lo < len(data); number++ {
		hi, next := s.lineAt(lo)
		next, lines := s.line(number, lo, hi, next)
		number += lines
		lo = next
	}
	return s.found
}

// lineAt answers where the line that starts at lo ends, without its newline, and where the one after it starts.
func (s *seeker) lineAt(lo int) (hi, next int) {
	hi, next = len(s.data), len(s.data)
	if n := bytes.IndexByte(s.data[lo:], '\n'); n >= 0 {
		hi, next = lo+n, lo+n+1
	}
	if hi > lo && s.data[hi-1] == '\r' {
		hi--
	}
	return hi, next
}

// line looks for cipher texts that begin on a line, and answers where to go on and how many more lines were taken.
func (s *seeker) line(number, lo, hi, next int) (after, lines int) {
	line := s.data[lo:hi]
	// Most lines have no cipher text, and a plain look is much faster than a pattern.
	hasVault, hasArmour := bytes.Contains(line, []byte(vaultStart)), bytes.Contains(line, []byte("-----BEGIN "))
	switch {
	case hasVault && vaultHeader.Match(line):
		return s.vault(number, line, next)
	case hasArmour && !s.isOpen && armourStart.Match(line):
		return s.armour(number, line, next)
	}
	var spans [][]int
	isOpen := false // Whether a value goes on below.
	if bytes.Contains(line, []byte("ENC[")) {
		spans = encValue.FindAllIndex(line, -1)
		if n := len(spans); n > 0 {
			isOpen = line[spans[n-1][1]-1] != ']' && spans[n-1][1] == len(line)
		}
	}
	var shapes []*regexp.Regexp
	if hasArmour || hasVault {
		shapes = append(shapes, armourInLine, vaultInLine)
	}
	if lo >= s.metadata {
		shapes = append(shapes, sopsDataKey)
	}
	for _, shape := range shapes {
		for _, m := range shape.FindAllSubmatchIndex(line, -1) {
			spans = append(spans, m[2:4])
		}
	}
	slices.SortFunc(spans, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	at := 0
	for _, span := range spans {
		if from, to := span[0], span[1]; from >= at && from < to {
			s.add(cipher{parts: []part{{lo + from, lo + to}}, line: number, key: key(line[at:from])})
			at = to
		}
	}
	if isOpen && at == len(line) {
		return s.goesOn(next)
	}
	return next, 0
}

// vault takes the lines below the header of a vault.
func (s *seeker) vault(number int, header []byte, from int) (after, lines int) {
	c := cipher{line: number + 1, key: key(header)}
	for after = from; after < len(s.data); lines++ {
		hi, next := s.lineAt(after)
		lo, stop := s.trim(after, hi)
		if !vaultLine.Match(s.data[lo:stop]) {
			break
		}
		c.parts = append(c.parts, part{lo, stop})
		after = next
	}
	if lines > 0 {
		s.add(c)
	}
	return after, lines
}

// armour takes the lines up to the end of armour. Headers and whatever else does not belong there stay to be seen.
func (s *seeker) armour(number int, header []byte, from int) (after, lines int) {
	c := cipher{key: key(header)}
	for after = from; after < len(s.data); lines++ {
		hi, next := s.lineAt(after)
		lo, stop := s.trim(after, hi)
		line := s.data[lo:stop]
		if bytes.HasPrefix(line, []byte("-----END ")) {
			if len(c.parts) > 0 {
				s.add(c)
			}
			return after, lines
		}
		if armourLine.Match(line) {
			if len(c.parts) == 0 {
				c.line = number + 1 + lines
			}
			c.parts = append(c.parts, part{lo, stop})
		}
		after = next
	}
	s.isOpen = true
	return from, 0
}

// goesOn adds the lines below to the last cipher text, which its first line did not close.
func (s *seeker) goesOn(from int) (after, lines int) {
	c := &s.found[len(s.found)-1]
	for isClosed := false; from < len(s.data) && !isClosed; lines++ {
		hi, next := s.lineAt(from)
		lo, stop := s.trim(from, hi)
		if !encLine.Match(s.data[lo:stop]) {
			break
		}
		c.parts = append(c.parts, part{lo, stop})
		isClosed = s.data[stop-1] == ']'
		from = next
	}
	c.value = s.value(c.parts)
	return from, lines
}

func (s *seeker) trim(lo, hi int) (from, to int) {
	for lo < hi && isSpace(s.data[lo]) {
		lo++
	}
	for lo < hi && isSpace(s.data[hi-1]) {
		hi--
	}
	return lo, hi
}

func (s *seeker) add(c cipher) {
	c.value = s.value(c.parts)
	s.found = append(s.found, c)
}

func (s *seeker) value(parts []part) string {
	var b bytes.Buffer
	for _, p := range parts {
		b.Write(s.data[p.lo:p.hi])
		b.WriteByte('\n')
	}
	return b.String()
}

// maxKey is how many bytes before a cipher text name it.
const maxKey = 200

func key(before []byte) string {
	return string(bytes.TrimSpace(before[max(0, len(before)-maxKey):]))
}

// replace puts a mark in the place of each part. That a cipher text changed is said once, on its first line.
func replace(data []byte, ciphers []cipher, changed []bool) []byte {
	if len(ciphers) == 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	at := 0
	for i, c := range ciphers {
		for k, p := range c.parts {
			out = append(out, data[at:p.lo]...)
			if k == 0 && changed != nil && changed[i] {
				out = append(out, markChanged...)
			} else {
				out = append(out, mark...)
			}
			at = p.hi
		}
	}
	return append(out, data[at:]...)
}

// changes reports which cipher texts of new are others than in old. On lines that are in both versions they are not. The rest is
// compared with those on the same line once masked, and with those of the same key.
func changes(old, new, maskedOld, maskedNew []byte, inOld, inNew []cipher) []bool {
	changed := make([]bool, len(inNew))
	byLineOld, byLineNew := byLine(inOld), byLine(inNew)
	keptOld, keptNew := make([]bool, len(inOld)), make([]bool, len(inNew))
	// A cipher text of several lines is kept where its first line is and all of it is equal.
	for i, j := range diff.EqualLines(old, new) {
		a, b := byLineOld[i], byLineNew[j]
		for k := range min(len(a), len(b)) {
			if inOld[a[k]].value == inNew[b[k]].value {
				keptOld[a[k]], keptNew[b[k]] = true, true
			}
		}
	}
	for i, j := range diff.EqualLines(maskedOld, maskedNew) {
		a, b := byLineOld[i], byLineNew[j]
		for k := range min(len(a), len(b)) {
			if !keptNew[b[k]] && inOld[a[k]].value != inNew[b[k]].value {
				changed[b[k]] = true
			}
		}
	}
	values := map[string]map[string]bool{}
	for i, c := range inOld {
		if keptOld[i] {
			continue
		}
		if values[c.key] == nil {
			values[c.key] = map[string]bool{}
		}
		values[c.key][c.value] = true
	}
	for j, c := range inNew {
		if !keptNew[j] && len(values[c.key]) > 0 && !values[c.key][c.value] {
			changed[j] = true
		}
	}
	// Where the same cipher texts only changed places, the masks would be equal.
	if bytes.Equal(maskedOld, maskedNew) && len(inOld) == len(inNew) {
		isSaid := false
		for j := range changed {
			isSaid = isSaid || changed[j]
		}
		for j := range changed {
			changed[j] = changed[j] || !isSaid && inOld[j].value != inNew[j].value
		}
	}
	return changed
}

// byLine are the numbers of cipher texts by the line on which they begin.
func byLine(ciphers []cipher) map[int][]int {
	lines := make(map[int][]int, len(ciphers))
	for n, c := range ciphers {
		lines[c.line] = append(lines[c.line], n)
	}
	return lines
}
