package sshsig

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Certificate is what an authority says of a key. That the authority did sign it was verified when it was read.
type Certificate struct {
	Serial     uint64
	ID         string   // What the authority calls it.
	Principals []string // Whom it is for.
	Host       bool     // It is for a machine, not a person.
	Authority  PublicKey
	from, to   uint64 // When it is valid, in seconds since 1970.
}

// mostPrincipals is OpenSSH's own limit.
const mostPrincipals = 256

// readCertificate reads what stands behind the key in a certificate. Blob is the whole certificate.
func readCertificate(blob []byte, w *wire) (*Certificate, error) {
	c := &Certificate{Serial: w.u64()}
	role := w.u32()
	c.ID = w.text()
	principals := &wire{rest: w.bytes()}
	c.from, c.to = w.u64(), w.u64()
	options := []*wire{{rest: w.bytes()}, {rest: w.bytes()}}
	w.bytes() // Reserved.
	authority := w.bytes()
	signed := blob[:len(blob)-len(w.rest)]
	signature := w.bytes()
	if w.bad {
		return nil, errors.New("the certificate is cut off")
	}
	switch role {
	case 1:
	case 2:
		c.Host = true
	default:
		return nil, fmt.Errorf("the certificate is neither for a person nor for a machine, but %d", role)
	}
	for !principals.ended() {
		c.Principals = append(c.Principals, principals.text())
		if principals.bad || len(c.Principals) > mostPrincipals {
			return nil, errors.New("the certificate does not say whom it is for")
		}
	}
	for _, o := range options {
		for !o.ended() {
			o.bytes()
			o.bytes()
			if o.bad {
				return nil, errors.New("the certificate's options cannot be read")
			}
		}
	}
	if _, certified := plainOf((&wire{rest: authority}).text()); certified {
		return nil, errors.New("a certificate cannot be signed by a certificate")
	}
	var err error
	if c.Authority, err = parseKey(authority); err != nil {
		return nil, fmt.Errorf("the key of the certificate's authority: %w", err)
	}
	if err := c.Authority.verify(signed, signature); err != nil {
		return nil, fmt.Errorf("the authority's signature of the certificate: %w", err)
	}
	return c, nil
}

// ValidAfter is the first moment at which the certificate counts; zero when it always did.
func (c *Certificate) ValidAfter() time.Time {
	if c.from == 0 {
		return time.Time{}
	}
	return moment(c.from)
}

// ValidBefore is the first moment at which it counts no longer; zero when it always will.
func (c *Certificate) ValidBefore() time.Time {
	if c.to == math.MaxUint64 {
		return time.Time{}
	}
	return moment(c.to)
}

// moment is a time on the wire, which can be later than any that Go writes.
func moment(seconds uint64) time.Time { return time.Unix(int64(min(seconds, 1<<40)), 0).UTC() }

// seconds is a moment as OpenSSH counts, which knows none before 1970.
func seconds(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) }
