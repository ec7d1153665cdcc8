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
	"maps"
	"math/rand/v2"
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

// log is one chain, as far as it is believed.
type log struct {
	ref     model.Hash   // Where the ref was when it was read; empty for no ref.
	tip     model.Hash   // The last entry that is believed; the same as ref unless there is a problem.
	last    model.Digest // Of its payload.
	entries []Entry
	broken  string // What is wrong; empty for nothing.
	rewound bool   // What is wrong is that entries are gone.
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
	const tries = 50 // Another plumb of the same person may extend the log at the same moment.
	for try := range tries {
		if err := stepAside(ctx, try); err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		if err := l.refresh(ctx, ref); err != nil {
			return Entry{}, err
		}
		chain := l.logs[ref]
		if chain.broken != "" {
			return Entry{}, damaged(ref, chain)
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
	return Entry{}, model.WithHint(fmt.Errorf("record %s: %s is moved by others all the time", verb, ref), "try again when fewer of your programs write to it")
}

// stepAside waits a moment before a further try, longer and less evenly each
// time, so that many writers let each other through.
func stepAside(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err()
	}
	const shortest, doublings = 10 * time.Millisecond, 5
	pause := time.NewTimer(rand.N(shortest << min(try, doublings)))
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-pause.C:
		return nil
	}
}

// damaged says how a person gets a log of theirs back that cannot be extended as it is.
func damaged(ref string, chain log) error {
	err := fmt.Errorf("your log %s is damaged: it %s", ref, chain.broken)
	if chain.rewound {
		return model.WithHint(err, "put it back: git update-ref %s %s", ref, chain.tip)
	}
	back := fmt.Sprintf("git update-ref -d %s", ref)
	if chain.tip != "" {
		back = fmt.Sprintf("git update-ref %s %s", ref, chain.tip)
	}
	return model.WithHint(err, "keep it under another name and go back to its last good entry: git update-ref %s %s && %s",
		strings.Replace(ref, "log/", "damaged/", 1), chain.ref, back)
}

// write stores the entry's objects.
func (l *Ledger) write(ctx context.Context, e Entry, parent model.Hash) (model.Hash, error) {
	payload := e.payload(e.sums())
	// What could not be read back would damage the log for good.
	if back, sums, err := parsePayload(payload); err != nil {
		return "", err
	} else if !slices.Equal(back.Fields, e.Fields) || !maps.Equal(sums, e.sums()) {
		return "", errors.New("a field or an attachment has no usable name")
	}
	sig, err := l.signer.Sign(ctx, payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	files := map[string][]byte{payloadName: payload}
	if len(sig) > 0 {
		files[signatureName] = sig
	}
	maps.Copy(files, e.Files)
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

// Read answers the entries of all logs, oldest first, and what is wrong with logs that are damaged. Entries
// of one log keep their order whatever the clocks say.
func (l *Ledger) Read(ctx context.Context) ([]Entry, []Problem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	refs, err := l.store.Refs(ctx, Prefix)
	if err != nil {
		return nil, nil, fmt.Errorf("read the ledger: %w", err)
	}
	tips := map[string]model.Hash{}
	for name := range l.logs {
		tips[name] = "" // Unless it is still there.
	}
	for _, ref := range refs {
		tips[ref.Name] = ref.Hash
	}
	type placed struct {
		at time.Time
		Entry
	}
	var all []placed
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(tips)) {
		if err := l.extend(ctx, name, tips[name]); err != nil {
			return nil, nil, err
		}
		chain := l.logs[name]
		var at time.Time
		for _, e := range chain.entries {
			if e.At.After(at) {
				at = e.At
			}
			all = append(all, placed{at, e})
		}
		if chain.broken != "" {
			problems = append(problems, Problem{name, chain.broken})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.at.Compare(b.at) })
	entries := make([]Entry, len(all))
	for i, p := range all {
		entries[i] = p.Entry
	}
	return entries, problems, nil
}

// refresh brings one log up to date.
func (l *Ledger) refresh(ctx context.Context, ref string) error {
	refs, err := l.store.Refs(ctx, ref)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	var tip model.Hash
	for _, r := range refs {
		if r.Name == ref {
			tip = r.Hash
		}
	}
	return l.extend(ctx, ref, tip)
}

// extend reads what a log has beyond the last entry that is believed. Where its ref is now must lead
// back to that entry: a log is only ever extended, so one that does not was
// rewound or replaced. What was known of it stays known.
func (l *Ledger) extend(ctx context.Context, ref string, tip model.Hash) error {
	known := l.logs[ref]
	if known.ref == tip {
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
	known.ref, known.broken = tip, ""
	if known.rewound = id != known.tip; known.rewound {
		known.broken = "was rewound: entries that were known are gone"
		l.logs[ref] = known
		return nil
	}
	known.entries = slices.Clone(known.entries) // Readers hold the old slice.
	for i := len(fresh) - 1; i >= 0 && known.broken == ""; i-- {
		e, sum, err := l.read(ctx, ref, fresh[i])
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			known.broken = fmt.Sprintf("has the entry %s: %v", fresh[i].Short(), err)
		case e.Seq != len(known.entries)+1 || e.Prev != known.last:
			known.broken = fmt.Sprintf("has the entry %s, which does not follow the one before it", fresh[i].Short())
		default:
			known.entries, known.tip, known.last = append(known.entries, e), fresh[i], sum
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
	payload := files[payloadName]
	delete(files, payloadName)
	delete(files, signatureName)
	e, sums, err := parsePayload(payload)
	if err != nil {
		return Entry{}, "", err
	}
	e.ID, e.Log, e.Files = id, ref, files
	if owner := Prefix + slug(e.By.Email.String()) + "/"; !strings.HasPrefix(ref, owner) {
		return Entry{}, "", fmt.Errorf("written by %s into the log of somebody else", e.By.Email)
	}
	if len(sums) != len(files) {
		return Entry{}, "", fmt.Errorf("attachments were added or taken away")
	}
	for name, sum := range sums {
		if data, ok := files[name]; !ok || model.Sum(data) != sum {
			return Entry{}, "", fmt.Errorf("attachment %s was altered", name)
		}
	}
	return e, model.Sum(payload), nil
}
