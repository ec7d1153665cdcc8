package sshsig

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/model"
)

// AllowedSigners says whose signatures count: a file in the format that ssh-keygen(1) describes
// under ALLOWED SIGNERS. It does not change, and may be used by several goroutines.
type AllowedSigners struct {
	name    string
	entries []Entry
	// By the key on the wire, so that judging takes no longer with many people than with one.
	keys        map[string][]int // Lines that are about exactly this key or certificate.
	authorities map[string][]int // Lines about an authority, by its plain key.
}

// Entry is a line of allowed signers.
type Entry struct {
	Line       int    // Counted from 1.
	Principals string // Patterns with commas between them, as they are written.
	Options
	Key     PublicKey
	Comment string
}

// ParseAllowedSigners reads a file; name is what errors call it. A line that cannot be read
// makes all of it unusable: somebody may be missing who was meant to be there, or a limit.
func ParseAllowedSigners(name string, data []byte) (*AllowedSigners, error) {
	a := &AllowedSigners{name: name, keys: map[string][]int{}, authorities: map[string][]int{}}
	for i, line := range strings.Split(string(data), "\n") {
		if trimmed := strings.Trim(line, " \t\r"); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		e, err := parseEntry(line)
		if err != nil {
			return nil, model.WithHint(fmt.Errorf("%s, line %d: %w", name, i+1, err),
				`a line is: PRINCIPAL [namespaces="…",valid-before="…"] TYPE KEY, see ALLOWED SIGNERS in man ssh-keygen`)
		}
		e.Line = i + 1
		if e.Authority {
			a.authorities[e.Key.plain] = append(a.authorities[e.Key.plain], len(a.entries))
		} else {
			a.keys[e.Key.whole] = append(a.keys[e.Key.whole], len(a.entries))
		}
		a.entries = append(a.entries, e)
	}
	return a, nil
}

// parseEntry reads a line that is not empty and no comment.
func parseEntry(line string) (Entry, error) {
	if strings.IndexByte(line, 0) >= 0 {
		return Entry{}, errors.New("there is a NUL in it")
	}
	principals, rest, err := cutPrincipals(strings.TrimLeft(line, " \t"))
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Principals: principals}
	var bad error
	if e.Key, e.Comment, bad = ParsePublicKey(rest); bad == nil {
		return e, nil
	}
	if kind, _ := cutBlanks(rest); looksLikeType(kind) {
		return Entry{}, bad
	}
	options, rest, err := cutOptions(rest)
	if err != nil {
		return Entry{}, err
	}
	if e.Options, err = parseOptions(options); err != nil {
		return Entry{}, err
	}
	e.Key, e.Comment, err = ParsePublicKey(rest)
	return e, err
}

// cutPrincipals cuts the line behind its first word, in which one part can stand in quotes that end the word, too.
func cutPrincipals(line string) (principals, rest string, err error) {
	const blanks = " \t\r"
	at := strings.IndexAny(line, blanks+`"`)
	switch {
	case at < 0:
		return "", "", errors.New("there is nothing behind the principals")
	case line[at] == '"':
		quoted, behind, closed := strings.Cut(line[at+1:], `"`)
		if !closed {
			return "", "", errors.New("the quotes around the principals are not closed")
		}
		principals, rest = line[:at]+quoted, behind
	default:
		principals, rest = line[:at], line[at+1:]
	}
	if principals == "" {
		return "", "", errors.New("it names no principals")
	}
	return principals, strings.TrimLeft(rest, blanks), nil
}

// looksLikeType reports whether the word is meant as the type of a key, and an error about it is to be one about the key.
func looksLikeType(word string) bool {
	return slices.ContainsFunc([]string{"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"}, func(p string) bool { return strings.HasPrefix(word, p) })
}

// Entries are the lines, in their order, for a person to see.
func (a *AllowedSigners) Entries() []Entry { return slices.Clone(a.entries) }

// For reports whether the line is about the namespace.
func (e Entry) For(namespace string) bool { return !e.Limited || matchList(namespace, e.Namespaces) }

// Name is what the file is called in errors.
func (a *AllowedSigners) Name() string { return a.name }

// Line is a line of allowed signers, without its end: the principal, and nobody else, may sign with the key for the namespace.
// It refuses a principal that a line cannot say. A certificate is only itself in such a line, until it expires.
func Line(principal string, key PublicKey, namespace string) (string, error) {
	const hint = "use an e-mail address"
	switch {
	case key.IsZero():
		return "", errors.New("a line of allowed signers needs a key")
	case principal == "":
		return "", model.Refuse(hint, "a line of allowed signers needs a principal")
	case strings.ContainsAny(principal, `,*?"`) || strings.HasPrefix(principal, "!") || strings.ContainsFunc(principal, isControl) || len(principal) > longestPattern:
		return "", model.Refuse(hint, "a line of allowed signers cannot name %.60q and mean nobody else", principal)
	case namespace == "" || strings.ContainsAny(namespace, `,*?"\`) || strings.HasPrefix(namespace, "!") || strings.ContainsFunc(namespace, isControl):
		return "", fmt.Errorf("a line of allowed signers cannot name the namespace %.60q", namespace)
	}
	if strings.ContainsAny(principal, " #") {
		principal = `"` + principal + `"`
	}
	return fmt.Sprintf(`%s namespaces="%s" %s`, principal, namespace, key), nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// Revoked says which keys count no longer. It does not change, and may be used by several goroutines. Nil revokes nothing.
type Revoked struct {
	name string
	keys map[string]int // The line of each, by the plain key on the wire.
}

// ParseRevoked reads a file of revoked keys: one public key a line, and comments. Name is what errors
// call it. The key of an authority revokes all its certificates.
func ParseRevoked(name string, data []byte) (*Revoked, error) {
	if bytes.HasPrefix(data, []byte("SSHKRL\n\x00")) {
		return nil, model.WithHint(fmt.Errorf("%s is a binary revocation list (KRL)", name), "write the revoked public keys into it, one a line")
	}
	r := &Revoked{name, map[string]int{}}
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimLeft(line, " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		key, _, err := ParsePublicKey(line)
		if err != nil {
			return nil, model.WithHint(fmt.Errorf("%s, line %d: %w", name, i+1, err), "a line is a public key as in KEY.pub: TYPE KEY")
		}
		if _, twice := r.keys[key.plain]; !twice {
			r.keys[key.plain] = i + 1
		}
	}
	return r, nil
}

// RevokedKey is a line of revoked keys.
type RevokedKey struct {
	Line        int
	Fingerprint string
}

// Keys are the revoked keys in the order of their lines, for a person to see.
func (r *Revoked) Keys() []RevokedKey {
	if r == nil {
		return nil
	}
	list := make([]RevokedKey, 0, len(r.keys))
	for plain, line := range r.keys {
		list = append(list, RevokedKey{line, PublicKey{plain: plain}.Fingerprint()})
	}
	slices.SortFunc(list, func(x, y RevokedKey) int { return x.Line - y.Line })
	return list
}

// Contains reports whether the key is revoked, or the authority of its certificate, and in which line that is said.
func (r *Revoked) Contains(key PublicKey) (line int, revoked bool) {
	if r == nil {
		return 0, false
	}
	line, revoked = r.keys[key.plain]
	if !revoked && key.certificate != nil {
		line, revoked = r.keys[key.certificate.Authority.plain]
	}
	return line, revoked
}
