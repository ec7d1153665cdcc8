package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/sshsig"
	"plumb/gitops/statefile"
	"plumb/model"
)

// Standing is whose signatures count in an environment, and how the operator's own stand there.
type Standing struct {
	Keys
	Revoked []sshsig.RevokedKey
	Own     string // The fingerprint of the key that the operator signs with; empty where there is none, or where none is asked for.
	Problem error  // Why nothing that the operator does there would count, with the way out; nil when it would.
}

// Standing answers how the operator can sign in an environment. It makes no signature, and asks nothing.
func (w *Workspace) Standing(ctx context.Context, env string) (Standing, error) {
	if _, err := w.Environment(env); err != nil {
		return Standing{}, err
	}
	var s Standing
	var err error
	if s.Keys, err = w.Keys(ctx, env); err != nil || !s.Required {
		return s, err
	}
	record, err := w.record(ctx)
	if err != nil {
		return s, err
	}
	k := record.Keys[env]
	if k == nil {
		return s, nil
	}
	if k.Broken == nil {
		s.Revoked = k.Revoked.Keys()
	}
	signs, err := w.signer(ctx, env)
	if err != nil {
		s.Problem = err
		// The operator is told which key is theirs, even where none counts.
		if w.opt.Signer != nil {
			if own, err := w.opt.Signer(ctx); err == nil {
				s.Own = own.Fingerprint()
			}
		}
		return s, nil
	}
	if c, ok := signs.(counting); ok {
		s.Own = c.Fingerprint()
		s.Problem = c.problem()
	}
	return s, nil
}

// problem says why a signature by the key would not count; nil when it would.
func (c counting) problem() error {
	own, known := c.Signer.(interface{ Public() sshsig.PublicKey })
	if !known {
		return nil
	}
	err := c.k.Allowed.AllowKey(own.Public(), c.w.opt.Self.Email.String(), ledger.Namespace, c.w.opt.Now(), c.k.Revoked)
	if err == nil {
		return nil
	}
	return model.Refuse(fmt.Sprintf("plumb init --key adds your key to %s; somebody whose key counts has to apply that", AllowedSigners),
		"what you sign does not count in %s: %v", c.env, err)
}

// Meet answers the keys of an environment that are trusted on first use, once for each clone: they are for
// the operator to compare.
func (w *Workspace) Meet(ctx context.Context, env string) (keys Keys, first bool, err error) {
	keys, err = w.Keys(ctx, env)
	if err != nil || !keys.First || keys.Broken != nil || w.private("met") == "" {
		return keys, false, err
	}
	met, err := os.ReadFile(w.private("met"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return keys, false, fmt.Errorf("read which keys were shown: %w", err)
	}
	line := fmt.Sprintf("%s %s", env, keys.Revision)
	if slices.Contains(strings.Split(string(met), "\n"), line) {
		return keys, false, nil
	}
	if err := statefile.Write(w.private("met"), append(met, line+"\n"...)); err != nil {
		return keys, false, fmt.Errorf("remember which keys were shown: %w", err)
	}
	return keys, true, nil
}

// keysWords say for the rules of an environment whose signatures count there, and why they are believed where nobody vouches for them.
func keysWords(record change.Record, env string) string {
	k := record.Keys[env]
	words := k.Words()
	if k != nil && k.Broken == nil && k.Revision == record.Roots[env] {
		words += ", trusted on first use"
	}
	return words
}
