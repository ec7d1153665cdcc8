package sshsig

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumb/model"
)

// Allow is nil when the signature counts as the principal's, for the namespace, at that time: when
// ssh-keygen -Y verify would accept it, provided that [Signature.Verify] did. The error says why not, with
// the class [model.ErrRefused]; of several lines about the key it is about the one that came closest.
func (a *AllowedSigners) Allow(sig Signature, principal, namespace string, at time.Time, revoked *Revoked) error {
	key := sig.key
	switch {
	case key.IsZero():
		return model.Refuse("sign it", "there is no signature")
	case sig.namespace != namespace:
		return model.Refuse("sign it again, for what it is to be used for", "the signature was made for %q, not for %q", sig.namespace, namespace)
	}
	return a.AllowKey(key, principal, namespace, at, revoked)
}

// AllowKey is [AllowedSigners.Allow] for a signature that the key has not made yet.
func (a *AllowedSigners) AllowKey(key PublicKey, principal, namespace string, at time.Time, revoked *Revoked) error {
	if line, is := revoked.Contains(key); is {
		return model.Refuse("sign with a key that is not revoked", "%s is revoked (%s, line %d)", a.called(key), revoked.name, line)
	}
	lines := a.about(key)
	if len(lines) == 0 {
		return a.unlisted(key, principal, namespace)
	}
	best := objection{}
	for _, i := range lines {
		o := a.entries[i].judge(key, principal, namespace, seconds(at))
		if o.rank == 0 {
			return nil
		}
		if o.rank > best.rank {
			best = o
			best.why = fmt.Sprintf("%s (%s, line %d)", o.why, a.name, a.entries[i].Line)
		}
	}
	if best.rank == rankPrincipal {
		var others []string
		for _, i := range lines {
			others = append(others, a.entries[i].Principals)
		}
		slices.Sort(others)
		best.why = fmt.Sprintf("is listed for %s, not for %s (%s)", strings.Join(slices.Compact(others), " and "), principal, a.name)
	}
	return model.Refuse(best.hint, "%s %s", a.called(key), best.why)
}

// about are the lines that can allow the key, in their order.
func (a *AllowedSigners) about(key PublicKey) []int {
	lines := a.keys[key.whole]
	if key.certificate != nil {
		lines = append(slices.Clone(lines), a.authorities[key.certificate.Authority.plain]...)
		slices.Sort(lines)
	}
	return lines
}

// called is what errors call a key.
func (a *AllowedSigners) called(key PublicKey) string {
	if key.certificate != nil {
		return fmt.Sprintf("certificate %.60q of key %s", key.certificate.ID, key.Fingerprint())
	}
	return "key " + key.Fingerprint()
}

// unlisted says that no line is about the key, and what comes close.
func (a *AllowedSigners) unlisted(key PublicKey, principal, namespace string) error {
	if c := key.certificate; c != nil {
		for _, e := range a.entries {
			if !e.Authority && e.Key.SameKey(key) {
				return model.Refuse("sign with the key itself, or list the certificate's authority as cert-authority",
					"%s is not listed, only its key without a certificate is (%s, line %d)", a.called(key), a.name, e.Line)
			}
		}
		return model.Refuse("list the authority's key as cert-authority, once somebody who may has agreed",
			"%s is signed by %s, which is not listed as an authority in %s", a.called(key), c.Authority.Fingerprint(), a.name)
	}
	for _, e := range a.entries {
		switch {
		case !e.Key.SameKey(key):
		case e.Authority:
			return model.Refuse("sign with a certificate of that authority, or list the key without cert-authority",
				"%s is listed as an authority only, and may not sign itself (%s, line %d)", a.called(key), a.name, e.Line)
		default:
			return model.Refuse("sign with the certificate, or list the key itself",
				"%s is listed as a certificate only (%s, line %d)", a.called(key), a.name, e.Line)
		}
	}
	hint := "list the key"
	if line, err := Line(principal, key, namespace); err == nil {
		hint = "if it is theirs, add the line: " + line
	}
	return model.Refuse(hint, "%s is not listed in %s", a.called(key), a.name)
}

// An objection is why a line does not allow something. The higher its rank, the closer it came; none has rank 0.
type objection struct {
	rank      int
	why, hint string
}

// The ranks of objections, in the order in which they are looked for.
const (
	_ = iota
	rankPrincipal
	rankCertificate
	rankNamespace
	rankTime
)

// judge says what the line has against it. The line is about the key.
func (e *Entry) judge(key PublicKey, principal, namespace string, at uint64) objection {
	if !matchList(principal, e.Principals) {
		return objection{rank: rankPrincipal, hint: "sign with a key that is listed for them"}
	}
	if e.Authority {
		if why := key.certificate.judge(principal, at); why != "" {
			return objection{rankCertificate, why, "ask the certificate's authority for a new one"}
		}
	}
	const ask = "ask somebody who may change the list"
	switch {
	case e.Limited && !matchList(namespace, e.Namespaces):
		return objection{rankNamespace, fmt.Sprintf("may sign for %q, not for %q", e.Namespaces, namespace), ask}
	case !e.ValidAfter.IsZero() && at < seconds(e.ValidAfter):
		return objection{rankTime, fmt.Sprintf("is not valid before %s", written(e.ValidAfter)), ask}
	case !e.ValidBefore.IsZero() && at > seconds(e.ValidBefore):
		return objection{rankTime, fmt.Sprintf("expired at %s", written(e.ValidBefore)), ask}
	}
	return objection{}
}

// judge says why the certificate does not count for the principal, or nothing. OpenSSH ignores a certificate's critical options here, too.
func (c *Certificate) judge(principal string, at uint64) string {
	switch {
	case c.Host:
		return "is a certificate for a machine, not for a person"
	case at < c.from:
		return "is not valid before " + written(c.ValidAfter())
	case at >= c.to:
		return "expired at " + written(c.ValidBefore())
	case len(c.Principals) == 0:
		return "names nobody whom it is for"
	case !slices.Contains(c.Principals, principal):
		return fmt.Sprintf("is for %s, not for %s", strings.Join(c.Principals, ", "), principal)
	}
	return ""
}

// written is a time as the errors write it.
func written(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
