// Package ledger keeps the record of changes, approvals and runs in git refs.
//
// Each person and key has one log, refs/plumb/log/PRINCIPAL/KEY: a chain of
// commits that only this key's owner extends, so two operators never conflict
// and plain git push and fetch replicate it. The record as a whole is the union
// of all logs. Every entry names the checksum of the one before, so that a log
// that was rewound, cut or edited shows it. Entries are not signed yet; the
// place for the signature is beside the payload, and [Signer] makes it.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
)

// Prefix is where the logs are.
const Prefix = "refs/plumb/log/"

// Signer signs a payload. Key is the short name of the key: the last part of the log's ref.
type Signer interface {
	Key() string
	Sign(ctx context.Context, payload []byte) (signature []byte, err error)
}

// Unsigned is the signer of people who have no key yet: its signature is empty, and an entry says so.
type Unsigned struct{}

// Key is the log's name for entries without a signature.
func (Unsigned) Key() string { return "unsigned" }

// Sign makes no signature.
func (Unsigned) Sign(context.Context, []byte) ([]byte, error) { return nil, nil }

// Ledger is the record as this machine has it. It may be used from several goroutines at once.
type Ledger struct {
	store  objects.Store
	self   model.Principal
	signer Signer
	now    func() time.Time

	mu   sync.Mutex
	logs map[string]log // By ref; what was read and verified so far.
}

// log is one verified chain.
type log struct {
	tip     model.Hash
	last    model.Digest
	entries []Entry
	broken  string
}

// Problem is a log that cannot be believed from some entry on.
type Problem struct{ Log, What string }

// Open opens the ledger of a repository. It reads nothing yet.
func Open(store objects.Store, self model.Principal, signer Signer, now func() time.Time) *Ledger {
	return &Ledger{store: store, self: self, signer: signer, now: now, logs: map[string]log{}}
}

// Append adds an entry to the operator's own log. It is durable when Append returns.
func (l *Ledger) Append(ctx context.Context, verb Verb, fields []Field, files map[string][]byte) (Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ref := Prefix + slug(l.self.Email.String()) + "/" + l.signer.Key()
	const tries = 20 // Another plumb of the same person may extend the log at the same moment.
	for range tries {
		if err := l.refresh(ctx, ref); err != nil {
			return Entry{}, err
		}
		chain := l.logs[ref]
		if chain.broken != "" {
			return Entry{}, model.WithHint(fmt.Errorf("your log %s is damaged: %s", ref, chain.broken),
				"keep the ref under another name and delete it: git update-ref %s %s && git update-ref -d %s",
				strings.Replace(ref, "log/", "damaged/", 1), chain.tip, ref)
		}
		e := Entry{Log: ref, Verb: verb, By: l.self, At: l.now().UTC(), Seq: len(chain.entries) + 1, Prev: chain.last, Fields: fields, Files: files}
		id, err := l.write(ctx, e, chain.tip)
		if err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		err = l.store.UpdateRef(ctx, ref, id, chain.tip)
		if errors.Is(err, objects.ErrMoved) {
			continue
		}
		if err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		e.ID = id
		return e, nil
	}
	return Entry{}, fmt.Errorf("record %s: %s is moved by others all the time", verb, ref)
}

// write stores the entry's objects.
func (l *Ledger) write(ctx context.Context, e Entry, parent model.Hash) (model.Hash, error) {
	payload := e.payload()
	sig, err := l.signer.Sign(ctx, payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	files := map[string][]byte{"payload": payload}
	if len(sig) > 0 {
		files["payload.sig"] = sig
	}
	for name, data := range e.Files {
		files[name] = data
	}
	var entries []objects.TreeEntry
	for name, data := range files {
		id, err := l.store.WriteBlob(ctx, data)
		if err != nil {
			return "", err
		}
		entries = append(entries, objects.TreeEntry{Name: name, Mode: model.ModeFile, Hash: id})
	}
	tree, err := l.store.WriteTree(ctx, entries)
	if err != nil {
		return "", err
	}
	who := objects.Signature{Name: e.By.Name.String(), Email: e.By.Email.String(), When: e.At}
	c := objects.NewCommit{Tree: tree, Author: who, Committer: who, Message: fmt.Sprintf("plumb: %s %s\n", e.Verb, e.Field("change"))}
	if parent != "" {
		c.Parents = []model.Hash{parent}
	}
	return l.store.WriteCommit(ctx, c)
}

// Read answers the entries of all logs, oldest first, and what is wrong with logs that are damaged.
func (l *Ledger) Read(ctx context.Context) ([]Entry, []Problem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	refs, err := l.store.Refs(ctx, Prefix)
	if err != nil {
		return nil, nil, fmt.Errorf("read the ledger: %w", err)
	}
	var all []Entry
	var problems []Problem
	for _, ref := range refs {
		if err := l.extend(ctx, ref.Name, ref.Hash); err != nil {
			return nil, nil, err
		}
		chain := l.logs[ref.Name]
		all = append(all, chain.entries...)
		if chain.broken != "" {
			problems = append(problems, Problem{ref.Name, chain.broken})
		}
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return a.At.Compare(b.At) })
	return all, problems, nil
}

// refresh brings one log up to date.
func (l *Ledger) refresh(ctx context.Context, ref string) error {
	refs, err := l.store.Refs(ctx, ref)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	for _, r := range refs {
		if r.Name == ref {
			return l.extend(ctx, ref, r.Hash)
		}
	}
	l.logs[ref] = log{}
	return nil
}

// extend reads a log up to tip, from where it was read before if tip still descends from there.
func (l *Ledger) extend(ctx context.Context, ref string, tip model.Hash) error {
	known := l.logs[ref]
	if known.tip == tip {
		return nil
	}
	var fresh []model.Hash
	id := tip
	for id != "" && id != known.tip {
		c, err := l.store.Commit(ctx, id)
		if err != nil {
			return fmt.Errorf("read %s: %w", ref, err)
		}
		fresh = append(fresh, id)
		if id = ""; len(c.Parents) > 0 {
			id = c.Parents[0]
		}
	}
	if id == "" {
		known = log{} // The first time, or a log that no longer contains what we knew.
	}
	known.entries = slices.Clone(known.entries) // Readers hold the old slice.
	known.tip = tip
	for i := len(fresh) - 1; i >= 0 && known.broken == ""; i-- {
		e, sum, err := l.read(ctx, ref, fresh[i])
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			known.broken = fmt.Sprintf("entry %s: %v", fresh[i].Short(), err)
		case e.Seq != len(known.entries)+1 || e.Prev != known.last:
			known.broken = fmt.Sprintf("entry %s does not follow the one before it", fresh[i].Short())
		default:
			known.entries, known.last = append(known.entries, e), sum
		}
	}
	l.logs[ref] = known
	return nil
}

// read reads and checks one entry by itself.
func (l *Ledger) read(ctx context.Context, ref string, id model.Hash) (Entry, model.Digest, error) {
	c, err := l.store.Commit(ctx, id)
	if err != nil {
		return Entry{}, "", err
	}
	tree, err := l.store.Tree(ctx, c.Tree)
	if err != nil {
		return Entry{}, "", err
	}
	files := map[string][]byte{}
	for _, f := range tree {
		if files[f.Name], err = l.store.Blob(ctx, f.Hash); err != nil {
			return Entry{}, "", err
		}
	}
	payload := files["payload"]
	_, signed := files["payload.sig"]
	delete(files, "payload")
	delete(files, "payload.sig")
	e, sums, err := parsePayload(payload)
	if err != nil {
		return Entry{}, "", err
	}
	e.ID, e.Log, e.Files, e.Signed = id, ref, files, signed
	if owner := Prefix + slug(e.By.Email.String()) + "/"; !strings.HasPrefix(ref, owner) {
		return Entry{}, "", fmt.Errorf("written by %s into the log of somebody else", e.By.Email)
	}
	if len(sums) != len(files) {
		return Entry{}, "", fmt.Errorf("attachments were added or taken away")
	}
	for name, sum := range sums {
		if model.Sum(files[name]) != sum {
			return Entry{}, "", fmt.Errorf("attachment %s was altered", name)
		}
	}
	return e, model.Sum(payload), nil
}

// slug makes a part of a ref name of an e-mail address.
func slug(email string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(email) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '+', r == '@':
			b.WriteRune(r)
		case r == '.' && b.Len() > 0 && !strings.HasSuffix(b.String(), "."):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "=%x", r)
		}
	}
	s := strings.TrimSuffix(b.String(), ".")
	if s == "" || strings.HasSuffix(s, ".lock") {
		return "=" + s
	}
	return s
}
