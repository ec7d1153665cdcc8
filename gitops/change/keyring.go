package change

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumb/gitops/ledger"
	"plumb/gitops/sshsig"
	"plumb/model"
	"plumb/model/text"
)

// Keyring says whose signatures count. It stands in git, so that it is changed the way everything else is: by a change that
// those who count until then allow.
type Keyring struct {
	Revision model.Hash // Where it stands.
	Allowed  *sshsig.AllowedSigners
	Revoked  *sshsig.Revoked
	Broken   error // Why it cannot be read. Nothing counts then.
}

// Doubt says why the entry does not count, judged by the keyring at a time; empty when it does. No keyring asks for nothing.
func (k *Keyring) Doubt(e ledger.Entry, at time.Time) string {
	switch {
	case k == nil:
		return ""
	case k.Broken != nil:
		return text.Error(k.Broken).String()
	case e.Signature == nil:
		return "it is not signed"
	}
	if err := k.Allowed.Allow(*e.Signature, e.By.Email.String(), ledger.Namespace, at, k.Revoked); err != nil {
		return text.Error(err).String()
	}
	return ""
}

// Words say for people whose signatures count.
func (k *Keyring) Words() string {
	if k == nil {
		return ""
	}
	if k.Broken != nil {
		return text.Error(k.Broken).String()
	}
	var who []string
	for _, e := range k.Allowed.Entries() {
		for p := range strings.SplitSeq(e.Principals, ",") {
			if !slices.Contains(who, p) {
				who = append(who, p)
			}
		}
	}
	const few = 3
	words := text.Line(strings.Join(who, ", ")).String()
	if len(who) > few {
		words = fmt.Sprintf("%d people", len(who))
	}
	return fmt.Sprintf("signed, by the keys of %s at %s", words, k.Revision.Short())
}

// Trust is what the proof of a record rests on.
type Trust struct {
	// Keyring finds the keyring of a revision: nil where it has none, and nothing has to be signed. It is not found where the revision is
	// not in this clone. No function finds none anywhere.
	Keyring func(model.Hash) (k *Keyring, found bool)
	// Roots are by environment the revisions whose keyrings count until the first run is on record.
	Roots map[string]model.Hash
	Now   time.Time
}
