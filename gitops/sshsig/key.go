package sshsig

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// PublicKey is the public half of an SSH key, or a certificate of one. Equal says whether two are
// the same; the zero value is no key.
type PublicKey struct {
	kind        string // As it is written.
	whole       string // All of it on the wire.
	plain       string // On the wire without the certificate; whole where there is none.
	cipher      cipher
	certificate *Certificate
}

// certificateSuffix makes the type of a certificate from the type of its key.
const certificateSuffix = "-cert-v01@openssh.com"

// ParsePublicKey reads a line as in KEY.pub: the type, the key in base64, and maybe a comment.
func ParsePublicKey(line string) (key PublicKey, comment string, err error) {
	kind, rest := cutBlanks(line)
	encoded, comment := cutBlanks(rest)
	if encoded == "" {
		return PublicKey{}, "", errors.New("there is no key, such as ssh-ed25519 AAAA…")
	}
	blob, err := decode(encoded)
	if err != nil {
		return PublicKey{}, "", errors.New("the key is not base64")
	}
	key, err = parseKey(blob)
	if err != nil {
		return PublicKey{}, "", err
	}
	if key.kind != kind {
		return PublicKey{}, "", fmt.Errorf("the key says %.60q, and is %q", kind, key.kind)
	}
	return key, strings.TrimRight(comment, "\r\n\t "), nil
}

// cutBlanks cuts a line behind its first word, as OpenSSH does where it reads keys.
func cutBlanks(line string) (word, rest string) {
	at := strings.IndexAny(line, " \t")
	if at < 0 {
		return line, ""
	}
	return line[:at], strings.TrimLeft(line[at:], " \t")
}

// decode is OpenSSH's idea of base64: white space anywhere, padding, and no bit set beyond the end.
func decode(encoded string) ([]byte, error) {
	encoded = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\v\f\r", r) {
			return -1
		}
		return r
	}, encoded)
	return base64.StdEncoding.Strict().DecodeString(encoded)
}

// parseKey reads a key, or a certificate, from the wire.
func parseKey(blob []byte) (PublicKey, error) {
	w := &wire{rest: blob}
	kind := w.text()
	plainKind, certified := plainOf(kind)
	if certified {
		w.bytes() // A nonce, so that nobody can foresee what an authority signs.
	}
	from := len(w.rest)
	if w.bad {
		return PublicKey{}, errors.New("the key is cut off")
	}
	cipher, err := readCipher(plainKind, w)
	if err != nil {
		return PublicKey{}, err
	}
	key := PublicKey{kind: kind, whole: string(blob), plain: string(blob), cipher: cipher}
	if certified && !w.bad {
		fields := blob[len(blob)-from : len(blob)-len(w.rest)]
		key.plain = string(append(appendBytes(nil, plainKind), fields...))
		if key.certificate, err = readCertificate(blob, w); err != nil {
			return PublicKey{}, err
		}
	}
	if !w.ended() {
		return PublicKey{}, errors.New("the key is cut off, or something stands behind it")
	}
	return key, nil
}

// plainOf is the type of the key that a type of certificate is about.
func plainOf(kind string) (plain string, certified bool) {
	plain, certified = strings.CutSuffix(kind, certificateSuffix)
	if certified && strings.HasPrefix(plain, "sk-") {
		plain += "@openssh.com"
	}
	return plain, certified
}

// Type is how OpenSSH names the type, such as ssh-ed25519 or ssh-ed25519-cert-v01@openssh.com.
func (k PublicKey) Type() string { return k.kind }

// IsZero reports whether there is no key.
func (k PublicKey) IsZero() bool { return k.whole == "" }

// Equal reports whether two are the same: a certificate is not its key.
func (k PublicKey) Equal(other PublicKey) bool { return k.whole == other.whole }

// SameKey reports whether the same private key belongs to both, certified or not.
func (k PublicKey) SameKey(other PublicKey) bool { return k.plain == other.plain }

// Certificate is what an authority says of the key; nil for a plain key. It is not to be changed.
func (k PublicKey) Certificate() *Certificate { return k.certificate }

// Fingerprint is the key's as ssh-keygen -l prints it, "SHA256:…"; a certificate has that of its key.
func (k PublicKey) Fingerprint() string {
	sum := sha256.Sum256([]byte(k.plain))
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Key8 is a short name for the key: the first 8 hexadecimal digits of its SHA-256 on the wire. A certificate has that of its key.
func (k PublicKey) Key8() string {
	sum := sha256.Sum256([]byte(k.plain))
	return hex.EncodeToString(sum[:4])
}

// String is the key as one writes it down, without a comment.
func (k PublicKey) String() string {
	return k.kind + " " + base64.StdEncoding.EncodeToString([]byte(k.whole))
}

// verify judges a signature as it is on the wire.
func (k PublicKey) verify(message, signature []byte) error {
	w := &wire{rest: signature}
	algorithm := w.text()
	if w.bad {
		return errForged
	}
	return k.cipher.verify(message, algorithm, w)
}
