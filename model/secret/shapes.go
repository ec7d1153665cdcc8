package secret

import (
	"bytes"
	"regexp"
)

// class is a set of bytes.
type class [256]bool

func classOf(ranges ...string) *class {
	var c class
	for _, r := range ranges {
		for b := int(r[0]); b <= int(r[len(r)-1]); b++ {
			c[b] = true
		}
	}
	return &c
}

var (
	digits   = "0-9"
	upper    = classOf("AZ", digits)
	letters  = classOf("AZ", "az", digits)
	wordlike = classOf("AZ", "az", digits, "__", "--")
	dotted   = classOf("AZ", "az", digits, "__", "--", "..")
	endsURL  = classOf("  ", "\t\t", "\"\"", "''", "``", "<<", ">>")
	slashed  = classOf("AZ", "az", digits, "__", "--", "..", "//", "++", "==", "~~")
	inWords  = classOf("AZ", "az", digits, "__")
)

// shape is how a kind of token looks: how it begins, and what and how much follows.
type shape struct {
	start string
	chars *class
	least int
}

// known are the tokens that are recognised without a name before them, by their first byte.
var known = shapesByByte([]shape{
	{"AKIA", upper, 16}, {"ASIA", upper, 16}, {"AGE-SECRET-KEY-1", upper, 20}, {"AIza", wordlike, 35},
	{"ghp_", letters, 30}, {"gho_", letters, 30}, {"ghu_", letters, 30}, {"ghs_", letters, 30}, {"ghr_", letters, 30},
	{"github_pat_", wordlike, 20}, {"glpat-", wordlike, 16}, {"gldt-", wordlike, 16}, {"glrt-", wordlike, 16},
	{"xoxb-", wordlike, 10}, {"xoxa-", wordlike, 10}, {"xoxp-", wordlike, 10}, {"xoxr-", wordlike, 10}, {"xoxs-", wordlike, 10}, {"xapp-", wordlike, 10},
	{"sk_live_", letters, 16}, {"rk_live_", letters, 16}, {"sk-", wordlike, 32}, {"SG.", dotted, 40},
	{"ya29.", dotted, 20}, {"npm_", letters, 36}, {"pypi-", wordlike, 40}, {"hvs.", wordlike, 20}, {"hvb.", wordlike, 20}, {"dop_v1_", letters, 40},
	{"eyJ", dotted, 24}, // A JSON web token: see isToken.
	{"Bearer ", slashed, 12}, {"bearer ", slashed, 12}, {"Basic ", slashed, 8},
	{"hooks.slack.com/services/", slashed, 16},
})

func shapesByByte(shapes []shape) (by [256][]shape) {
	for _, s := range shapes {
		by[s.start[0]] = append(by[s.start[0]], s)
	}
	return by
}

// shapes finds tokens and passwords of URLs in data[start:hi].
func (f *finder) shapes(start, hi int) {
	line := f.data[start:hi]
	inWord := false
	for i := 0; i < len(line); i++ {
		if !inWord {
			for _, s := range known[line[i]] {
				if n := s.match(line[i:]); n > 0 {
					lo := 0
					if s.chars == slashed {
						lo = len(s.start)
					}
					f.add(start+i+lo, start+i+n, s.start)
					i += n - 1
					break
				}
			}
		}
		inWord = inWords[line[i]]
	}
	if f.has.urls {
		f.urls(line, start)
	}
}

// urls finds the passwords of URLs.
func (f *finder) urls(line []byte, start int) {
	for at := 0; ; {
		n := bytes.Index(line[at:], urlMark)
		if n < 0 {
			return
		}
		at += n + 3
		end := at
		for end < len(line) && !endsURL[line[end]] {
			end++
		}
		// All that goes by the name of URL in this word is looked at before the next word is.
		for last := at + bytes.LastIndexByte(line[at:end], '@'); at <= last; {
			at += f.userinfo(start+at, start+end)
			n := bytes.Index(line[at:end], urlMark)
			if n < 0 {
				break
			}
			at += n + 3
		}
		at = end
	}
}

// match answers the length of the token that text begins with, or 0.
func (s shape) match(text []byte) int {
	if len(text) < len(s.start)+s.least || string(text[:len(s.start)]) != s.start {
		return 0
	}
	n := len(s.start)
	for n < len(text) && s.chars[text[n]] {
		n++
	}
	if n-len(s.start) < s.least {
		return 0
	}
	if s.start == "eyJ" && bytes.Count(text[:n], []byte{'.'}) < 2 {
		return 0
	}
	return n
}

// userinfo masks the password of a URL whose authority starts at at and ends before
// end, or a long user name without one, which is how tokens are passed. It
// answers how many bytes it has dealt with.
func (f *finder) userinfo(at, end int) int {
	// A slash ends the authority, unless it is part of a password: what stands before it is no port then.
	if n := bytes.IndexAny(f.data[at:end], "/?#"); n >= 0 && !passwordBeforeSlash.Match(f.data[at:at+n]) {
		end = at + n
	}
	host := bytes.LastIndexByte(f.data[at:end], '@')
	if host < 0 {
		return end - at
	}
	colon := bytes.IndexByte(f.data[at:at+host], ':')
	switch {
	case colon >= 0:
		if value := f.data[at+colon+1 : at+host]; !isReference(value, true) {
			f.add(at+colon+1, at+host, "://")
		}
	case host >= 16 && !isReference(f.data[at:at+host], true):
		f.add(at, at+host, "://")
	}
	return host
}

var passwordBeforeSlash = regexp.MustCompile(`^[^:@]*:[^@]*[^@0-9][^@]*$`)

var (
	keyBegin = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
	keyLine  = regexp.MustCompile(`^[\s"'#+,|>/*-]*(?:[A-Za-z0-9+/=\\]*|[A-Z][A-Za-z-]+: .*)[\s"'+,;\\n]*$`)
)

// keyBlock masks a private key that begins on the line data[lo:hi]; it answers where the line
// after its end begins, or 0 when there is none.
func (f *finder) keyBlock(lo, hi int) int {
	dash := bytes.Index(f.data[lo:hi], keyStart)
	if dash < 0 {
		return 0
	}
	m := keyBegin.FindIndex(f.data[lo+dash : hi])
	if m == nil {
		return 0
	}
	body := lo + dash + m[1]
	end := bytes.Index(f.data[body:hi], []byte("-----END"))
	if end >= 0 || len(bytes.TrimSpace(f.data[body:hi])) > 2 {
		// All on one line, the line breaks escaped. What stands before it may be another secret.
		f.line(lo, lo+dash)
		if end >= 0 {
			f.add(body, body+end, "key")
			rest := body + end
			f.line(rest, hi)
		} else {
			f.add(body, hi, "key")
		}
		return hi + 1
	}
	finished := false
	for n, at := 0, hi+1; at < len(f.data) && n < lookAhead; n, at = n+1, f.lineEnd(at)+1 {
		if bytes.Contains(f.data[at:f.lineEnd(at)], []byte("-----END")) {
			finished = true
			break
		}
	}
	at := hi + 1
	for at < len(f.data) {
		stop := f.lineEnd(at)
		line := bytes.TrimRight(f.data[at:stop], "\r")
		if bytes.Contains(line, []byte("-----END")) {
			return stop + 1
		}
		if !finished && !keyLine.Match(line) {
			return at
		}
		f.add(f.skipBlanks(at, at+len(line)), at+len(line), "key")
		at = stop + 1
	}
	return at
}

var (
	flag       = regexp.MustCompile(`(?:^|[\s"'\[])--?([A-Za-z][\w-]*)(["']?,?\s+)`)
	netrc      = regexp.MustCompile(`\blogin\s+\S+\s+password\s+((?:«secret, changed»|\S)+)`)
	secondWord = regexp.MustCompile(`^[ \t]+(\S+?);?\s*$`)
)

// spaced finds secrets that only a blank parts from their name: "--password x", "requirepass x", and .netrc files.
func (f *finder) spaced(start, hi int) {
	line := f.data[start:hi]
	if hasFlag(line) {
		for at := 0; at < len(line); {
			m := flag.FindSubmatchIndex(line[at:])
			if m == nil {
				break
			}
			name, value := line[at+m[2]:at+m[3]], at+m[1]
			at = value
			if !isSecretName(name) || value >= len(line) || line[value] == '-' {
				continue
			}
			end := len(line)
			if isQuote(line[value]) {
				quote := line[value : value+1]
				value++
				if n, _ := closing(line[value:], quote); n >= 0 {
					end = value + n
				}
			} else {
				end = value + ends(line[value:], " \t\"'")
			}
			if f.prose && isProse([]byte("  "), line[value:]) {
				continue
			}
			if !isReference(line[value:end], false) {
				f.add(start+value, start+end, string(name))
			}
			at = end
		}
	}
	if f.has.logins && bytes.Contains(line, loginMark) {
		if m := netrc.FindSubmatchIndex(line); m != nil {
			f.add(start+m[2], start+m[3], "password")
		}
	}
	f.twoWords(line, start)
}

// hasFlag is a quick look for what may be the name of a flag.
func hasFlag(line []byte) bool {
	for i := bytes.IndexByte(line, '-'); i >= 0 && i+1 < len(line); i++ {
		if line[i] == '-' && letters[line[i+1]] && (i == 0 || !letters[line[i-1]]) {
			return true
		}
	}
	return false
}

// twoWords finds the secret of a line that is a name, a blank and a value: "requirepass x".
func (f *finder) twoWords(line []byte, start int) {
	end := 0
	for end < len(line) && inNames[line[end]] {
		end++
	}
	var buf [maxName]byte
	if end == 0 || end == len(line) || line[end] != ' ' && line[end] != '\t' || !clear[string(normal(line[:end], &buf))] {
		return
	}
	m := secondWord.FindSubmatchIndex(line[end:])
	if m == nil {
		return
	}
	lo, hi := end+m[2], end+m[3]
	if isReference(line[lo:hi], false) || bytes.IndexByte([]byte("={:"), line[lo]) >= 0 {
		return
	}
	if hi-lo > 1 && isQuote(line[lo]) && line[hi-1] == line[lo] {
		lo, hi = lo+1, hi-1
	}
	f.add(start+lo, start+hi, string(line[:end]))
}
