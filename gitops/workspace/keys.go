package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/sshsig"
	"plumb/gitops/statefile"
	"plumb/model"
)

// The files of the repository that say whose signatures count, in OpenSSH's format of allowed signers, and one public key a line.
const (
	AllowedSigners = ".plumb/allowed_signers"
	RevokedKeys    = ".plumb/revoked_keys"
)

// Signer makes the operator's signatures.
type Signer interface {
	ledger.Signer
	Fingerprint() string
}

// keyring reads whose signatures count at a revision. See [change.Trust].
func (w *Workspace) keyring(ctx context.Context) func(model.Hash) (*change.Keyring, bool) {
	return func(revision model.Hash) (*change.Keyring, bool) {
		w.mu.Lock()
		k, known := w.keyrings[revision]
		w.mu.Unlock()
		if known {
			return k, true
		}
		k, err := w.readKeyring(ctx, revision)
		if _, missing := errors.AsType[*objects.MissingError](err); missing {
			return nil, false
		}
		if err != nil {
			return &change.Keyring{Revision: revision, Broken: err}, true
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.keyrings[revision] = k
		return k, true
	}
}

// readKeyring is nil where nobody's signature is asked for. What cannot be parsed is a keyring that lets nothing count.
func (w *Workspace) readKeyring(ctx context.Context, revision model.Hash) (*change.Keyring, error) {
	s, err := w.snapshot(ctx, revision)
	if err != nil {
		return nil, err
	}
	allowed, err := fs.ReadFile(s.Files, AllowedSigners)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", AllowedSigners, revision.Short(), err)
	}
	revoked, err := fs.ReadFile(s.Files, RevokedKeys)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s at %s: %w", RevokedKeys, revision.Short(), err)
	}
	k := &change.Keyring{Revision: revision}
	at := " at " + revision.Short()
	if k.Allowed, k.Broken = sshsig.ParseAllowedSigners(AllowedSigners+at, allowed); k.Broken == nil {
		k.Revoked, k.Broken = sshsig.ParseRevoked(RevokedKeys+at, revoked)
	}
	return k, nil
}

// trust is what the proof of the record rests on: of every environment without a run the keys of its branch, as they were when
// this clone first saw them.
func (w *Workspace) trust(ctx context.Context, entries []ledger.Entry) (change.Trust, error) {
	t := change.Trust{Keyring: w.keyring(ctx), Now: w.opt.Now()}
	var err error
	if t.Roots, err = w.roots(); err != nil {
		return t, err
	}
	for _, env := range w.configured().Config.Environments {
		begun := slices.ContainsFunc(entries, func(e ledger.Entry) bool {
			return e.Verb == ledger.Intent && e.Field("environment") == env.Name
		})
		if _, known := t.Roots[env.Name]; known || begun {
			continue
		}
		if _, head, err := w.tracked(ctx, env); err == nil && head != "" {
			t.Roots[env.Name] = head
		}
	}
	return t, nil
}

// rootsFile keeps the revision from which each environment's keys were trusted first.
func (w *Workspace) rootsFile() string { return w.private("roots") }

func (w *Workspace) roots() (map[string]model.Hash, error) {
	if w.rootsFile() == "" {
		return map[string]model.Hash{}, nil
	}
	data, err := os.ReadFile(w.rootsFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read which keys were trusted first: %w", err)
	}
	roots := map[string]model.Hash{}
	for line := range strings.Lines(string(data)) {
		env, revision, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			return nil, model.WithHint(fmt.Errorf("read which keys were trusted first: %s is damaged", w.rootsFile()),
				"compare the fingerprints in %s with your colleagues', then delete the file", AllowedSigners)
		}
		roots[env] = model.Hash(revision)
	}
	return roots, nil
}

// pinRoots remembers which keys were trusted first, so that no other beginning of the record can take their place here.
func (w *Workspace) pinRoots(ctx context.Context, roots map[string]model.Hash) error {
	pinned, err := w.roots()
	if err != nil {
		return err
	}
	before := len(pinned)
	for env, revision := range roots {
		if _, known := pinned[env]; known {
			continue
		}
		if k, found := w.keyring(ctx)(revision); found && k != nil && k.Broken == nil {
			pinned[env] = revision
		}
	}
	if len(pinned) == before || w.rootsFile() == "" {
		return nil
	}
	var b bytes.Buffer
	for _, env := range slices.Sorted(maps.Keys(pinned)) {
		fmt.Fprintf(&b, "%s %s\n", env, pinned[env])
	}
	if err := statefile.Write(w.rootsFile(), b.Bytes()); err != nil {
		return fmt.Errorf("remember which keys were trusted first: %w", err)
	}
	return nil
}

// signer is what entries about an environment are signed with: nothing, where nothing has to be signed. It is refused where the
// operator has no key, or one that does not count.
func (w *Workspace) signer(ctx context.Context, env string) (ledger.Signer, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	k := record.Keys[env]
	if k == nil {
		return ledger.Unsigned{}, nil
	}
	if k.Broken != nil {
		return nil, fmt.Errorf("%s: nothing can be signed: %w", env, k.Broken)
	}
	if w.opt.Signer == nil {
		return nil, model.Refuse("install git and OpenSSH", "what is done in %s has to be signed, and there is nothing to sign with", env)
	}
	s, err := w.opt.Signer(ctx)
	if err != nil {
		return nil, model.Refuse(model.Hint(err), "what is done in %s has to be signed: %v", env, err)
	}
	return counting{s, w, k, env}, nil
}

// counting is a signer whose signatures count, or are not made: nobody is to find out later that theirs is none.
type counting struct {
	Signer
	w   *Workspace
	k   *change.Keyring
	env string
}

// Sign signs, and makes sure that the signature counts.
func (c counting) Sign(ctx context.Context, payload []byte) ([]byte, error) {
	armored, err := c.Signer.Sign(ctx, payload)
	if err != nil {
		return nil, err
	}
	s, err := sshsig.Parse(armored)
	if err != nil {
		return nil, err
	}
	self := c.w.opt.Self
	if doubt := c.k.Doubt(ledger.Entry{By: self, Signature: &s}, c.w.opt.Now()); doubt != "" {
		return nil, model.Refuse(fmt.Sprintf("plumb init --key adds your key to %s; somebody whose key counts has to apply that", AllowedSigners),
			"your signature by %s does not count in %s: %s", s.Fingerprint(), c.env, doubt)
	}
	return armored, nil
}

// append records something about an environment, signed where that is asked for.
func (w *Workspace) append(ctx context.Context, env string, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) error {
	s, err := w.signer(ctx, env)
	if err != nil {
		return err
	}
	_, err = w.ledgerNow().Append(ctx, s, verb, fields, files)
	return err
}

// Keys are whose signatures count in an environment.
type Keys struct {
	Required bool
	Revision model.Hash // Where they stand.
	Signers  []sshsig.Entry
	Broken   error // Why they cannot be read; nothing counts then.
	First    bool  // They are trusted because this clone saw them first: nobody whose key counts has applied them yet.
}

// Keys answers whose signatures count in an environment now.
func (w *Workspace) Keys(ctx context.Context, env string) (Keys, error) {
	record, err := w.record(ctx)
	if err != nil {
		return Keys{}, err
	}
	k := record.Keys[env]
	if k == nil {
		return Keys{}, nil
	}
	keys := Keys{Required: true, Revision: k.Revision, Broken: k.Broken, First: k.Revision == record.Roots[env]}
	if k.Broken == nil {
		keys.Signers = k.Allowed.Entries()
	}
	return keys, nil
}
