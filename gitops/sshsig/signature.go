// Package sshsig is about SSH signatures, the kind that ssh-keygen -Y makes. They are made by the
// operator's own ssh-keygen, with an agent or a security key as they are used to. They are verified here, without a process
// for each, and judged by a file of allowed signers as ssh-keygen judges them: what is accepted here, stock
// OpenSSH accepts.
//
// In a few things this is stricter than OpenSSH 9.2: RSA keys need 2048 bits, DSA keys and SHA-1
// are refused, a security key must have been touched, what is written in another form
// than OpenSSH's own is refused, and a file with a line that cannot be read is refused as a whole where OpenSSH goes on with the next line.
package sshsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"

	"plumb/model"
)

const (
	magic    = "SSHSIG"
	version  = 1
	header   = "-----BEGIN SSH SIGNATURE-----\n"
	footer   = "-----END SSH SIGNATURE-----\n"
	lineLong = 70 // How ssh-keygen breaks lines.

	// maxArmored is far more than the largest signature, that of an RSA certificate.
	maxArmored = 16 << 10
)

// Signature is an SSH signature that was read. Nothing is known of it until Verify.
type Signature struct {
	key       PublicKey
	namespace string
	hash      string
	raw       []byte // By the key, over what message makes of a message.
	blob      []byte
}

// Parse reads a signature as ssh-keygen -Y sign writes it, to the last byte: there is one form of it, so nobody can make another file of it
// that verifies as well. A certificate in it must be signed by its authority.
func Parse(armored []byte) (Signature, error) {
	s, err := parseArmored(armored)
	if err == nil && !bytes.Equal(s.Armored(), armored) {
		err = errors.New("it is not written as ssh-keygen writes it")
	}
	if err != nil {
		return Signature{}, model.WithHint(fmt.Errorf("read the SSH signature: %w", err), "the file must be as ssh-keygen -Y sign wrote it")
	}
	return s, nil
}

// parseArmored reads a signature whose lines may be broken and ended in any way.
func parseArmored(armored []byte) (Signature, error) {
	if len(armored) > maxArmored {
		return Signature{}, fmt.Errorf("it has %d bytes, and no signature has more than %d", len(armored), maxArmored)
	}
	body, begun := bytes.CutPrefix(bytes.TrimSpace(armored), []byte(header[:len(header)-1]))
	body, ended := bytes.CutSuffix(body, []byte(footer[:len(footer)-1]))
	if !begun || !ended {
		return Signature{}, errors.New("it does not begin with BEGIN SSH SIGNATURE and end with END SSH SIGNATURE")
	}
	blob, err := decode(string(body))
	if err != nil {
		return Signature{}, errors.New("it is not base64")
	}
	return parseBlob(blob)
}

func parseBlob(blob []byte) (Signature, error) {
	w := &wire{rest: blob}
	if string(w.take(uint64(len(magic)))) != magic {
		return Signature{}, errors.New("it is not an SSH signature")
	}
	if v := w.u32(); v != version && !w.bad {
		return Signature{}, fmt.Errorf("it is of version %d, and only %d is known", v, version)
	}
	key := w.bytes()
	s := Signature{namespace: w.text(), blob: blob}
	reserved := w.bytes()
	s.hash = w.text()
	s.raw = w.bytes()
	switch {
	case !w.ended():
		return Signature{}, errors.New("it is cut off, or something stands behind it")
	case s.namespace == "":
		return Signature{}, errors.New("it names no namespace")
	case len(reserved) != 0:
		return Signature{}, errors.New("it holds something that is not signed")
	case s.hash != "sha256" && s.hash != "sha512":
		return Signature{}, fmt.Errorf("its hash must be sha256 or sha512, and is %.60q", s.hash)
	}
	var err error
	if s.key, err = parseKey(key); err != nil {
		return Signature{}, err
	}
	return s, nil
}

// Armored is the signature as a file, as ssh-keygen writes it.
func (s Signature) Armored() []byte {
	encoded := base64.StdEncoding.EncodeToString(s.blob)
	out := make([]byte, 0, len(header)+len(encoded)+len(encoded)/lineLong+1+len(footer))
	out = append(out, header...)
	for len(encoded) > 0 {
		n := min(lineLong, len(encoded))
		out = append(append(out, encoded[:n]...), '\n')
		encoded = encoded[n:]
	}
	return append(out, footer...)
}

// Key is the key that the signature says to be made with, maybe with a certificate.
func (s Signature) Key() PublicKey { return s.key }

// Namespace says what the signature was made for, so that it counts for nothing else.
func (s Signature) Namespace() string { return s.namespace }

// Hash is what the message was hashed with: sha256 or sha512.
func (s Signature) Hash() string { return s.hash }

// Fingerprint is that of the key, "SHA256:…".
func (s Signature) Fingerprint() string { return s.key.Fingerprint() }

// Key8 is the short name of the key, see [PublicKey.Key8].
func (s Signature) Key8() string { return s.key.Key8() }

// Verify is nil when the holder of the key signed the message for the namespace. Who that is and whether they may is
// for [AllowedSigners.Allow] to say. It is safe for use by several goroutines.
func (s Signature) Verify(namespace string, message []byte) error {
	if s.key.IsZero() {
		return model.Refuse("sign it again", "there is no signature")
	}
	if s.namespace != namespace {
		return model.Refuse("sign it again, for what it is to be used for", "the signature was made for %q, not for %q", s.namespace, namespace)
	}
	err := s.key.verify(signedForm(namespace, s.hash, message), s.raw)
	switch {
	case errors.Is(err, errUntouched):
		return model.Refuse("sign with a key that was not made with no-touch-required", "the signature of key %s does not count: %v", s.Fingerprint(), err)
	case err != nil:
		return model.Refuse("what was signed has changed since, or the signature belongs to something else", "the signature of key %s is not good: %v", s.Fingerprint(), err)
	}
	return nil
}

// signedForm is what the key really signs.
func signedForm(namespace, hash string, message []byte) []byte {
	out := make([]byte, 0, len(magic)+len(namespace)+len(hash)+sha512.Size+16)
	out = append(out, magic...)
	out = appendBytes(out, namespace)
	out = appendBytes(out, "") // Reserved.
	out = appendBytes(out, hash)
	if hash == "sha256" {
		sum := sha256.Sum256(message)
		return appendBytes(out, sum[:])
	}
	sum := sha512.Sum512(message)
	return appendBytes(out, sum[:])
}
