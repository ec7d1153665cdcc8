package headless

import (
	"cmp"
	"strings"
	"time"

	"plumb/gitops/ledger"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// Keys are whose signatures count where, and how the operator's own stand.
type Keys struct {
	Self         model.Principal
	Now          time.Time
	Environments []KeysOf
}

// KeysOf are the keys of one environment.
type KeysOf struct {
	Name string
	workspace.Standing
}

// limit says why signatures by a listed key do not count now; empty when they do.
func (k KeysOf) limit(e sshsig.Entry, now time.Time) string {
	for _, r := range k.Revoked {
		if r.Fingerprint == e.Key.Fingerprint() {
			return "revoked"
		}
	}
	switch {
	case !e.For(ledger.Namespace):
		return "for " + cmp.Or(e.Namespaces, "nothing") + " only, not for plumb"
	case !e.ValidAfter.IsZero() && now.Before(e.ValidAfter):
		return "not valid yet"
	case !e.ValidBefore.IsZero() && now.After(e.ValidBefore):
		return "expired"
	}
	return ""
}

// validity says from when until when a key counts; empty where there is no limit.
func validity(e sshsig.Entry) string {
	var parts []string
	if !e.ValidAfter.IsZero() {
		parts = append(parts, "from "+e.ValidAfter.UTC().Format("2006-01-02 15:04"))
	}
	if !e.ValidBefore.IsZero() {
		parts = append(parts, "until "+e.ValidBefore.UTC().Format("2006-01-02 15:04"))
	}
	return strings.Join(parts, " ")
}

type keysDocument struct {
	Schema       string           `json:"schema"`
	Self         principalFields  `json:"self"`
	Environments []keysOfDocument `json:"environments"`
}

type keysOfDocument struct {
	Environment string          `json:"environment"`
	Required    bool            `json:"required"`
	Revision    model.Hash      `json:"revision"`
	FirstUse    bool            `json:"first_use"`
	Broken      string          `json:"broken"`
	Signers     []signerFields  `json:"signers"`
	Revoked     []revokedFields `json:"revoked"`
	Own         ownKeyFields    `json:"own"`
}

type signerFields struct {
	Line        int    `json:"line"`
	Principals  string `json:"principals"`
	Fingerprint string `json:"fingerprint"`
	Type        string `json:"type"`
	Authority   bool   `json:"authority"`
	ValidAfter  string `json:"valid_after"`
	ValidBefore string `json:"valid_before"`
	Counts      bool   `json:"counts"`
	Why         string `json:"why"`
	Own         bool   `json:"own"`
}

type revokedFields struct {
	Line        int    `json:"line"`
	Fingerprint string `json:"fingerprint"`
}

type ownKeyFields struct {
	Fingerprint string `json:"fingerprint"`
	Counts      bool   `json:"counts"`
	Why         string `json:"why"`
	Hint        string `json:"hint"`
}

func newKeysDocument(k Keys) keysDocument {
	doc := keysDocument{Schema: "plumb.keys/1", Self: newPrincipalFields(k.Self), Environments: []keysOfDocument{}}
	for _, e := range k.Environments {
		d := keysOfDocument{
			Environment: line(e.Name), Required: e.Required, Revision: e.Revision, FirstUse: e.First, Broken: errorLine(e.Broken),
			Signers: []signerFields{}, Revoked: []revokedFields{},
			Own: ownKeyFields{e.Own, e.Problem == nil, errorLine(e.Problem), line(model.Hint(e.Problem))},
		}
		for _, s := range e.Signers {
			why := e.limit(s, k.Now)
			d.Signers = append(d.Signers, signerFields{
				s.Line, line(s.Principals), s.Key.Fingerprint(), s.Key.Type(), s.Authority, stamp(s.ValidAfter), stamp(s.ValidBefore), why == "", line(why),
				e.Own == s.Key.Fingerprint(),
			})
		}
		for _, r := range e.Revoked {
			d.Revoked = append(d.Revoked, revokedFields{r.Line, r.Fingerprint})
		}
		doc.Environments = append(doc.Environments, d)
	}
	return doc
}

// errorLine is an error in one line; empty for none.
func errorLine(err error) string {
	if err == nil {
		return ""
	}
	return text.Line(err.Error()).String()
}
