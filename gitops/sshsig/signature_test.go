package sshsig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	mathrand "math/rand/v2"
	"strings"
	"testing"

	"plumb/gitops/sshsig"
	"plumb/model"
)

const message = "plumb-ledger 2\nverb approve\n"

func TestSignaturesOfEveryKindOfKeyVerifyAsOpenSSHSays(t *testing.T) {
	b := newBench(t)
	for _, kind := range []string{"ed25519", "ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 3072", "rsa 2048"} {
		name := strings.ReplaceAll(kind, " ", "")
		key := b.key(name, kind)
		certificate := b.certify(key, name+"-certified", key, "-n", "alice") // By authorities of all kinds, too.
		for _, signWith := range []string{key, certificate} {
			for _, hash := range []string{"sha256", "sha512"} {
				armored := b.sign(signWith, namespace, message, "-O", "hashalg="+hash)
				sig := b.parse(armored)
				if err := sig.Verify(namespace, []byte(message)); err != nil {
					t.Errorf("%s, %s: %v", signWith, hash, err)
				}
				if sig.Hash() != hash || sig.Namespace() != namespace {
					t.Errorf("%s is read as %s for %s", signWith, sig.Hash(), sig.Namespace())
				}
				if !bytes.Equal(sig.Armored(), armored) {
					t.Errorf("%s is written as\n%s", signWith, sig.Armored())
				}
				printed := strings.Fields(string(b.keygen("-l", "-f", signWith)))[1]
				if sig.Fingerprint() != printed {
					t.Errorf("the fingerprint of %s is %s, and ssh-keygen says %s", signWith, sig.Fingerprint(), printed)
				}
				if blob, _ := base64.StdEncoding.DecodeString(strings.Fields(b.public(key))[1]); sig.Key8() != shortName(blob) {
					t.Errorf("the short name of %s is %s, not %s", signWith, sig.Key8(), shortName(blob))
				}
				for what, err := range map[string]error{
					"another message":   sig.Verify(namespace, []byte(message+" ")),
					"another namespace": sig.Verify("git", []byte(message)),
				} {
					if !errors.Is(err, model.ErrRefused) || model.Hint(err) == "" {
						t.Errorf("%s with %s: %v", signWith, what, err)
					}
				}
			}
		}
		if got, comment, err := sshsig.ParsePublicKey(b.public(key)); err != nil || comment != name || got.String()+" "+name != b.public(key) {
			t.Errorf("%s is read as %s %s: %v", b.public(key), got, comment, err)
		}
	}
}

func shortName(blob []byte) string {
	sum := sha256.Sum256(blob)
	const digits = "0123456789abcdef"
	var s []byte
	for _, c := range sum[:4] {
		s = append(s, digits[c>>4], digits[c&15])
	}
	return string(s)
}

// field writes fields as the wire has them.
func field(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
		case []byte:
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
		case *big.Int:
			b := p.Bytes()
			if len(b) > 0 && b[0] >= 0x80 {
				b = append([]byte{0}, b...)
			}
			out = append(out, field(b)...)
		case byte:
			out = append(out, p)
		case uint32:
			out = binary.BigEndian.AppendUint32(out, p)
		}
	}
	return out
}

func armor(blob []byte) []byte {
	encoded := base64.StdEncoding.EncodeToString(blob)
	out := "-----BEGIN SSH SIGNATURE-----\n"
	for len(encoded) > 70 {
		out, encoded = out+encoded[:70]+"\n", encoded[70:]
	}
	return []byte(out + encoded + "\n-----END SSH SIGNATURE-----\n")
}

// signed is what a key has to sign.
func signed(message string) []byte {
	sum := sha512.Sum512([]byte(message))
	return append([]byte("SSHSIG"), field(namespace, "", "sha512", sum[:])...)
}

func sshsigOf(key, signature []byte) []byte {
	return armor(append([]byte("SSHSIG\x00\x00\x00\x01"), field(key, namespace, "", "sha512", signature)...))
}

// touched makes a signature as a security key does, in software: none is at hand where tests run.
func touched(t *testing.T, kind, application string, flags byte) (armored []byte, public string) {
	t.Helper()
	app, sum := sha256.Sum256([]byte(application)), sha256.Sum256(signed(message))
	data := append(append(append(app[:], flags), 0, 0, 0, 7), sum[:]...)
	var key, signature []byte
	if kind == "sk-ssh-ed25519@openssh.com" {
		pub, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key = field(kind, []byte(pub), application)
		signature = field(kind, ed25519.Sign(private, data))
	} else {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, err := private.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(data)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		key = field(kind, "nistp256", point, application)
		signature = field(kind, field(r, s))
	}
	signature = append(signature, field(flags, uint32(7))...)
	return sshsigOf(key, signature), kind + " " + base64.StdEncoding.EncodeToString(key)
}

func TestSignatureOfASecurityKeyCountsWhenItWasTouched(t *testing.T) {
	b := newBench(t)
	for _, kind := range []string{"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"} {
		for _, flags := range []byte{1, 5, 0, 4} {
			armored, public := touched(t, kind, "ssh:", flags)
			sig := b.parse(armored)
			q := question{allowed: "alice " + public, principal: "alice", namespace: namespace, at: noon}
			if ok, words := b.accepts(armored, message, q); !ok {
				t.Errorf("ssh-keygen does not take what the test made with flags %d: %s", flags, words)
			}
			if err := q.judge(sig); err != nil {
				t.Error(err)
			}
			err := sig.Verify(namespace, []byte(message))
			if wasTouched := flags&1 == 1; wasTouched != (err == nil) {
				t.Errorf("%s with flags %d: %v", kind, flags, err)
			} else if !wasTouched && !strings.Contains(err.Error(), "nobody touched") {
				t.Errorf("%s with flags %d: %v", kind, flags, err)
			}
			if sig.Verify(namespace, []byte(message+"x")) == nil {
				t.Errorf("%s verifies another message", kind)
			}
		}
	}
}

func TestSignatureHasOneForm(t *testing.T) {
	b := newBench(t)
	good := string(b.sign(b.key("key", "ed25519"), namespace, message))
	lines := strings.Split(good, "\n")
	blob, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-2], ""))
	if err != nil {
		t.Fatal(err)
	}
	keyLong := binary.BigEndian.Uint32(blob[10:])
	key := blob[14 : 14+keyLong]
	raw := blob[len(blob)-83:]
	with := func(parts ...any) string {
		return string(armor(append([]byte("SSHSIG\x00\x00\x00\x01"), field(parts...)...)))
	}
	if with(key, namespace, "", "sha512", raw) != good {
		t.Fatal("the test does not know how a signature is put together")
	}
	for what, bad := range map[string]string{
		"empty":                    "",
		"no end of the last line":  strings.TrimSuffix(good, "\n"),
		"something behind it":      good + "\n",
		"something before it":      " " + good,
		"other ends of lines":      strings.ReplaceAll(good, "\n", "\r\n"),
		"lines broken elsewhere":   lines[0] + "\n" + strings.Join(lines[1:len(lines)-2], "") + "\n" + lines[len(lines)-2] + "\n",
		"a blank in it":            strings.Replace(good, lines[1], lines[1]+" ", 1),
		"bytes behind the fields":  string(armor(append(bytes.Clone(blob), 0))),
		"a byte too few":           string(armor(blob[:len(blob)-1])),
		"another magic":            string(armor(append([]byte("SSHSIH"), blob[6:]...))),
		"version 2":                string(armor(append([]byte("SSHSIG\x00\x00\x00\x02"), blob[10:]...))),
		"something reserved":       with(key, namespace, "more", "sha512", raw),
		"no namespace":             with(key, "", "", "sha512", raw),
		"a NUL in the namespace":   with(key, namespace+"\x00", "", "sha512", raw),
		"SHA-1":                    with(key, namespace, "", "sha1", raw),
		"a key of an unknown type": with(field("ssh-new", "x"), namespace, "", "sha512", raw),
		"a DSA key":                with(field("ssh-dss", "x"), namespace, "", "sha512", raw),
		"bytes behind the key":     with(append(bytes.Clone(key), 0), namespace, "", "sha512", raw),
		"far too long":             good[:40] + strings.Repeat("A", 20<<10) + good[40:],
	} {
		if _, err := sshsig.Parse([]byte(bad)); err == nil || model.Hint(err) == "" {
			t.Errorf("a signature with %s is read: %v", what, err)
		}
	}
	// It can be read, and is not good.
	for what, bad := range map[string]string{
		"another algorithm":         with(key, namespace, "", "sha512", field("ssh-rsa", raw[19:])),
		"bytes behind the numbers":  with(key, namespace, "", "sha512", append(bytes.Clone(raw), 0)),
		"no signature":              with(key, namespace, "", "sha512", ""),
		"another hash than it says": with(key, namespace, "", "sha256", raw),
	} {
		sig := b.parse([]byte(bad))
		if sig.Verify(namespace, []byte(message)) == nil {
			t.Errorf("a signature with %s is good", what)
		}
	}
}

func TestShortRSAKeysDoNotCount(t *testing.T) {
	b := newBench(t)
	sig := b.parse(b.sign(b.key("short", "rsa 1024"), namespace, message))
	if err := sig.Verify(namespace, []byte(message)); err == nil || !strings.Contains(err.Error(), "1024 bits is too short") {
		t.Error(err)
	}
}

func TestNothingThatWasChangedVerifies(t *testing.T) {
	b := newBench(t)
	random := mathrand.New(mathrand.NewPCG(5, 23))
	authority := b.key("authority", "ed25519")
	for _, kind := range []string{"ed25519", "ecdsa 256", "ecdsa 521", "rsa 2048", "certificate", "security key"} {
		var armored []byte
		switch kind {
		case "security key":
			armored, _ = touched(t, "sk-ssh-ed25519@openssh.com", "ssh:", 1)
		case "certificate":
			armored = b.sign(b.certify(authority, "certified", authority, "-n", "alice"), namespace, message)
		default:
			armored = b.sign(b.key(strings.ReplaceAll(kind, " ", ""), kind), namespace, message)
		}
		lines := strings.Split(string(armored), "\n")
		blob, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-2], ""))
		if err != nil {
			t.Fatal(err)
		}
		good := b.parse(armored)
		for range 400 {
			changed := []byte(message)
			mutate(random, &changed)
			if string(changed) != message && good.Verify(namespace, changed) == nil {
				t.Errorf("%s: another message verifies: %q", kind, changed)
			}
			other := bytes.Clone(blob)
			mutate(random, &other)
			if bytes.Equal(other, blob) {
				continue
			}
			sig, err := sshsig.Parse(armor(other))
			if err == nil && sig.Verify(namespace, []byte(message)) == nil {
				t.Errorf("%s: a changed signature verifies: %x", kind, other)
			}
		}
		for i := range blob { // Every bit that stands somewhere counts.
			other := bytes.Clone(blob)
			other[i] ^= 1 << random.IntN(8)
			if sig, err := sshsig.Parse(armor(other)); err == nil && sig.Verify(namespace, []byte(message)) == nil {
				t.Errorf("%s: a signature verifies with byte %d changed", kind, i)
			}
		}
	}
}

// mutate changes something somewhere.
func mutate(random *mathrand.Rand, b *[]byte) {
	at := random.IntN(len(*b))
	switch random.IntN(4) {
	case 0:
		(*b)[at] ^= 1 << random.IntN(8)
	case 1:
		*b = append((*b)[:at], (*b)[at+1:]...)
	case 2:
		*b = append((*b)[:at], append([]byte{byte(random.IntN(256))}, (*b)[at:]...)...)
	default:
		*b = (*b)[:at]
	}
}

func FuzzParse(f *testing.F) {
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sshsigOf(field("ssh-ed25519", []byte(pub)), field("ssh-ed25519", ed25519.Sign(private, signed(message)))), true)
	blob := append([]byte("SSHSIG\x00\x00\x00\x01"), field(field("ssh-rsa", big.NewInt(65537), new(big.Int).Lsh(big.NewInt(3), 2047)), namespace, "", "sha512", field("rsa-sha2-512", "x"))...)
	f.Add(blob, false)
	f.Add(append([]byte("SSHSIG\x00\x00\x00\x01"), field(field("ssh-ed25519-cert-v01@openssh.com", "nonce", []byte(pub), "rest"), namespace, "", "sha256", "")...), false)
	f.Fuzz(func(t *testing.T, data []byte, armored bool) {
		if !armored {
			data = armor(data)
		}
		sig, err := sshsig.Parse(data)
		if err != nil {
			return
		}
		if !bytes.Equal(sig.Armored(), data) {
			t.Errorf("%q is written as %q", data, sig.Armored())
		}
		if sig.Verify(sig.Namespace(), []byte("never signed by anybody")) == nil {
			t.Errorf("%q verifies what nobody signed", data)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	armored := sshsigOf(field("ssh-ed25519", []byte(pub)), field("ssh-ed25519", ed25519.Sign(private, signed(message))))
	allowed, err := sshsig.ParseAllowedSigners("allowed_signers", []byte("alice ssh-ed25519 "+base64.StdEncoding.EncodeToString(field("ssh-ed25519", []byte(pub)))+"\n"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			sig, err := sshsig.Parse(armored)
			if err == nil {
				err = sig.Verify(namespace, []byte(message))
			}
			if err == nil {
				err = allowed.Allow(sig, "alice", namespace, noon, nil)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
