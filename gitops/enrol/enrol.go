// Package enrol writes the files of a repository that say whose signatures count.
//
// They are files like any other: what is written here is an edit in the work tree, and it counts once
// it was committed, and applied by those whose keys counted before.
package enrol

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"plumb/gitops/ledger"
	"plumb/gitops/sshsig"
	"plumb/model"
)

// signersHeader explains the file of allowed signers to whoever opens it.
const signersHeader = `# Whose signatures count in plumb's record: for approvals, refusals, changes and runs.
# Each line is a person and a key, in OpenSSH's format: man ssh-keygen, ALLOWED SIGNERS.
# The file counts in an environment once it is applied there: from then on everything there has to be signed by
# a key of this list, a change of this list as well. plumb init --key adds a key, plumb keys shows which count.

`

// revokedHeader explains the file of revoked keys.
const revokedHeader = `# Keys whose signatures do not count any more in plumb's record, whatever allowed_signers says: one public key a line.
# plumb init --revoke adds one. Take none out: what it signed would count again.

`

// Names are what errors call the two files.
type Names struct{ Allowed, Revoked string }

// Files are the two files as they are; nil for one that does not exist.
type Files struct{ Allowed, Revoked []byte }

// Key lets the signatures of a key count as those of a person, by their e-mail address. It answers the file of allowed signers as
// it is to be, or, where the key is listed for them already, in which line. What would not count all the same is refused.
func Key(f Files, n Names, email string, key sshsig.PublicKey, now time.Time) (after []byte, listed int, err error) {
	allowed, revoked, err := f.parse(n)
	if err != nil {
		return nil, 0, err
	}
	switch line, is := revoked.Contains(key); {
	case !strings.Contains(email, "@"):
		return nil, 0, model.Refuse("git config user.email says what it is compared with", "%.60q is no e-mail address", email)
	case is:
		return nil, 0, model.Refuse("make another key: ssh-keygen -t ed25519", "key %s is revoked (%s, line %d)", key.Fingerprint(), n.Revoked, line)
	case key.Certificate() != nil:
		return nil, 0, model.Refuse(fmt.Sprintf("list its authority in %s: * cert-authority,namespaces=%q %s", n.Allowed, ledger.Namespace, key.Certificate().Authority),
			"%s is a certificate, which ends", key.Fingerprint())
	}
	for _, e := range allowed.Entries() {
		if e.Authority || !e.Key.SameKey(key) {
			continue
		}
		if allowed.AllowKey(key, email, ledger.Namespace, now, revoked) == nil {
			return nil, e.Line, nil
		}
		why := "for " + e.Principals
		if e.Principals == email {
			why = "with limits that it does not fulfil now"
		}
		return nil, 0, model.Refuse(fmt.Sprintf("edit line %d, if that is meant", e.Line), "key %s is listed %s (%s, line %d)", key.Fingerprint(), why, n.Allowed, e.Line)
	}
	line, err := sshsig.Line(email, key, ledger.Namespace)
	if err != nil {
		return nil, 0, err
	}
	after = appended(f.Allowed, signersHeader, line)
	then, err := sshsig.ParseAllowedSigners(n.Allowed, after)
	if err == nil {
		err = then.AllowKey(key, email, ledger.Namespace, now, revoked)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("the key would not count: %w", err)
	}
	return after, 0, nil
}

// Find is the key with the fingerprint among those that are listed.
func Find(f Files, n Names, fingerprint string) (sshsig.PublicKey, error) {
	allowed, _, err := f.parse(n)
	if err != nil {
		return sshsig.PublicKey{}, err
	}
	for _, e := range allowed.Entries() {
		if e.Key.Fingerprint() == fingerprint {
			return e.Key, nil
		}
	}
	return sshsig.PublicKey{}, model.Refuse("plumb keys lists those that are; a key that is not can be given as a file", "no key %s is listed in %s", fingerprint, n.Allowed)
}

// Revoke takes a key out of those that count. It answers the file of revoked keys as it is to be, or, where the
// key is revoked already, in which line. That no key would be left to sign anything with is refused.
func Revoke(f Files, n Names, key sshsig.PublicKey) (after []byte, listed int, err error) {
	allowed, revoked, err := f.parse(n)
	if err != nil {
		return nil, 0, err
	}
	if line, is := revoked.Contains(key); is {
		return nil, line, nil
	}
	words := key.String()
	var left bool
	for _, e := range allowed.Entries() {
		if e.Key.SameKey(key) {
			words = key.String() + " " + e.Principals
		} else if _, gone := revoked.Contains(e.Key); !gone && e.For(ledger.Namespace) {
			left = true
		}
	}
	if len(allowed.Entries()) > 0 && !left {
		return nil, 0, model.Refuse("plumb init --key adds another key first", "%s is the last key of %s that counts: nobody could sign anything any more", key.Fingerprint(), n.Allowed)
	}
	after = appended(f.Revoked, revokedHeader, words)
	if then, err := sshsig.ParseRevoked(n.Revoked, after); err != nil {
		return nil, 0, err
	} else if _, is := then.Contains(key); !is {
		return nil, 0, fmt.Errorf("the key %s would not be revoked", key.Fingerprint())
	}
	return after, 0, nil
}

// parse reads both files.
func (f Files) parse(n Names) (*sshsig.AllowedSigners, *sshsig.Revoked, error) {
	allowed, err := sshsig.ParseAllowedSigners(n.Allowed, f.Allowed)
	if err != nil {
		return nil, nil, err
	}
	revoked, err := sshsig.ParseRevoked(n.Revoked, f.Revoked)
	return allowed, revoked, err
}

// appended is a file with one more line, on a line of its own.
func appended(data []byte, header, line string) []byte {
	if len(data) == 0 {
		data = []byte(header)
	}
	after := bytes.Clone(data)
	if after[len(after)-1] != '\n' {
		after = append(after, '\n')
	}
	return append(after, line+"\n"...)
}
