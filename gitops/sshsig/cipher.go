package sshsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"math/big"
)

// leastRSA is how many bits an RSA key must have that signs. OpenSSH itself is content with 1024.
const leastRSA = 2048

// The types of keys, as they are written.
const (
	typeEd25519   = "ssh-ed25519"
	typeRSA       = "ssh-rsa"
	typeECDSA     = "ecdsa-sha2-" // And the curve.
	typeSKEd25519 = "sk-ssh-ed25519@openssh.com"
	typeSKECDSA   = "sk-ecdsa-sha2-nistp256@openssh.com"
)

// errForged is a signature that was not made by this key over these bytes.
var errForged = errors.New("it was not made by this key over these bytes")

// A cipher verifies the signatures of one key.
type cipher interface {
	// verify judges a signature that says to be made with the algorithm.
	verify(message []byte, algorithm string, signature *wire) error
}

// readCipher reads the fields of a key of the type, those behind its name.
func readCipher(kind string, w *wire) (cipher, error) {
	switch kind {
	case typeEd25519, typeSKEd25519:
		key := w.bytes()
		if len(key) != ed25519.PublicKeySize {
			return nil, errors.New("the key has a wrong length")
		}
		if kind == typeEd25519 {
			return ed25519Key(key), nil
		}
		return securityKey{kind: kind, application: sha256.Sum256([]byte(w.text())), ed25519: key}, nil
	case typeRSA:
		e, n := w.number(), w.number()
		switch {
		case w.bad:
			return nil, errors.New("the key is cut off")
		case n.BitLen() < 1024 || n.BitLen() > 16384:
			return nil, fmt.Errorf("an RSA key of %d bits is not one that OpenSSH takes", n.BitLen())
		case e.BitLen() > 31:
			return nil, errors.New("the RSA key has an exponent beyond all use")
		}
		return rsaKey{N: n, E: int(e.Int64())}, nil
	case typeSKECDSA:
		key, err := readCurve(w, "nistp256")
		if err != nil {
			return nil, err
		}
		return securityKey{kind: kind, application: sha256.Sum256([]byte(w.text())), ecdsa: key}, nil
	}
	for _, c := range curves {
		if kind == typeECDSA+c.name {
			key, err := readCurve(w, c.name)
			return ecdsaKey{kind: kind, key: key, hash: c.hash}, err
		}
	}
	if kind == "ssh-dss" {
		return nil, errors.New("OpenSSH no longer takes DSA keys")
	}
	return nil, fmt.Errorf("a key of the type %.60q is not one that can be judged here", kind)
}

var curves = []struct {
	name  string
	curve elliptic.Curve
	hash  func() hash.Hash
}{
	{"nistp256", elliptic.P256(), sha256.New},
	{"nistp384", elliptic.P384(), sha512.New384},
	{"nistp521", elliptic.P521(), sha512.New},
}

// readCurve reads a point on the curve of that name.
func readCurve(w *wire, name string) (*ecdsa.PublicKey, error) {
	named, point := w.text(), w.bytes()
	for _, c := range curves {
		if c.name == name && named == name && !w.bad {
			key, err := ecdsa.ParseUncompressedPublicKey(c.curve, point)
			if err != nil {
				return nil, errors.New("the key is not a point on its curve")
			}
			return key, nil
		}
	}
	return nil, errors.New("the key is of another curve than it says")
}

type ed25519Key []byte

func (k ed25519Key) verify(message []byte, algorithm string, w *wire) error {
	signature := w.bytes()
	if algorithm != typeEd25519 || !w.ended() || len(signature) != ed25519.SignatureSize || !ed25519.Verify(ed25519.PublicKey(k), message, signature) {
		return errForged
	}
	return nil
}

type ecdsaKey struct {
	kind string
	key  *ecdsa.PublicKey
	hash func() hash.Hash
}

func (k ecdsaKey) verify(message []byte, algorithm string, w *wire) error {
	r, s := readPair(w.bytes())
	h := k.hash()
	h.Write(message)
	if algorithm != k.kind || !w.ended() || r == nil || !ecdsa.Verify(k.key, h.Sum(nil), r, s) {
		return errForged
	}
	return nil
}

// readPair reads the two numbers of a signature of an elliptic curve; nil when they are not there.
func readPair(b []byte) (r, s *big.Int) {
	w := &wire{rest: b}
	r, s = w.number(), w.number()
	if !w.ended() {
		return nil, nil
	}
	return r, s
}

type rsaKey rsa.PublicKey

func (k rsaKey) verify(message []byte, algorithm string, w *wire) error {
	key := rsa.PublicKey(k)
	if key.N.BitLen() < leastRSA {
		return fmt.Errorf("an RSA key of %d bits is too short: it must have %d", key.N.BitLen(), leastRSA)
	}
	var sum []byte
	var hashed crypto.Hash
	switch algorithm {
	case "rsa-sha2-256":
		s := sha256.Sum256(message)
		sum, hashed = s[:], crypto.SHA256
	case "rsa-sha2-512":
		s := sha512.Sum512(message)
		sum, hashed = s[:], crypto.SHA512
	default:
		return fmt.Errorf("RSA signatures must be rsa-sha2-256 or rsa-sha2-512, this one is %.60q", algorithm)
	}
	signature := w.bytes()
	if !w.ended() || len(signature) > key.Size() {
		return errForged
	}
	// Some agents leave leading zeros out, and OpenSSH puts them back.
	signature = append(make([]byte, key.Size()-len(signature), key.Size()), signature...)
	if rsa.VerifyPKCS1v15(&key, hashed, sum, signature) != nil {
		return errForged
	}
	return nil
}

// securityKey is a key that lives in a piece of hardware (FIDO). It has one of the two kinds of keys.
type securityKey struct {
	kind        string
	application [sha256.Size]byte
	ed25519     []byte
	ecdsa       *ecdsa.PublicKey
}

// userPresent is set in a signature's flags when somebody touched the security key.
const userPresent = 0x01

// errUntouched is a signature that a program can have had made without anybody knowing.
var errUntouched = errors.New("nobody touched the security key for it")

func (k securityKey) verify(message []byte, algorithm string, w *wire) error {
	signature, flags, counter := w.bytes(), w.u8(), w.u32()
	if algorithm != k.kind || !w.ended() {
		return errForged
	}
	sum := sha256.Sum256(message)
	signed := make([]byte, 0, 2*sha256.Size+5)
	signed = append(signed, k.application[:]...)
	signed = append(signed, flags)
	signed = binary.BigEndian.AppendUint32(signed, counter)
	signed = append(signed, sum[:]...)
	switch {
	case k.ecdsa != nil:
		r, s := readPair(signature)
		digest := sha256.Sum256(signed)
		if r == nil || !ecdsa.Verify(k.ecdsa, digest[:], r, s) {
			return errForged
		}
	case len(signature) != ed25519.SignatureSize || !ed25519.Verify(k.ed25519, signed, signature):
		return errForged
	}
	if flags&userPresent == 0 {
		return errUntouched
	}
	return nil
}
