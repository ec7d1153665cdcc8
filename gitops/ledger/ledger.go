// Package ledger keeps the record of changes, approvals and runs in git refs.
//
// Each person has one log for each key and clone, PREFIX/log/PRINCIPAL/KEY.CLONE: a chain of
// commits that only this clone extends, so two operators never conflict
// and plain git push and fetch replicate it. The record as a whole is the union
// of all logs. Every entry names the checksum of the one before and how far its writer had read the
// other logs, so that a log that was rewound, cut, edited or withheld shows it, even where it was never seen before.
//
// A signature stands beside the payload that it is over. That it is a good one, of the key that the
// log is called after, is verified here; whose key it is and what they may say is for package change to judge.
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

// DefaultPrefix is where the ledger is unless plumb.yaml says otherwise.
const DefaultPrefix = "refs/plumb/"

// Namespace is the namespace of the ledger's signatures: one that was made for a commit, or for anything else, is none here.
const Namespace = "ledger-v1@plumb"

// unsigned is what logs without signatures are called.
const unsigned = "unsigned"

// Signer signs a payload. Key is the short name of the key: what the log's name begins with.
type Signer interface {
	Key() string
	Sign(ctx context.Context, payload []byte) (signature []byte, err error)
}

// Unsigned is the signer of people who have no key, or need none: it makes no signature.
type Unsigned struct{}

// Key is the log's name for entries without a signature.
func (Unsigned) Key() string { return unsigned }

// Sign makes no signature.
func (Unsigned) Sign(context.Context, []byte) ([]byte, error) { return nil, nil }

// Options say where a ledger is and who writes to it. Store, Self and Now are required.
type Options struct {
	Store  objects.Store
	Prefix string                 // Of its refs, with the slash at the end; empty for [DefaultPrefix].
	Self   model.Principal        // Who is at work.
	Clone  func() (string, error) // What tells this clone from others of the same person, see [Clone]. Nil for nothing.
	Pins   string                 // The private file that keeps what was believed, see [Ledger.Read]. Empty for none.
	Now    func() time.Time
}

// Ledger is the record as this machine has it. It may be used from several goroutines at once.
type Ledger struct {
	opt Options

	mu      sync.Mutex
	logs    map[string]chain // By ref; what was read and verified so far.
	pins    pins
	waiting []sighting // What was seen elsewhere, and is not here.
	merged  merged
}

// Problem is a log that cannot be believed from some entry on.
type Problem struct{ Log, What string }

// Open opens the ledger of a repository. It reads nothing yet.
func Open(opt Options) *Ledger {
	if opt.Prefix == "" {
		opt.Prefix = DefaultPrefix
	}
	return &Ledger{opt: opt, logs: map[string]chain{}}
}

// logs begin the names of all logs' refs.
func (o Options) logs() string { return o.Prefix + "log/" }

// own is the ref of the operator's log for a key.
func (o Options) own(key string) (string, error) {
	ref := o.logs() + slug(o.Self.Email.String()) + "/" + key
	if o.Clone == nil {
		return ref, nil
	}
	clone, err := o.Clone()
	return ref + "." + clone, err
}

// Append adds an entry to the operator's own log. It is durable when Append returns.
func (l *Ledger) Append(ctx context.Context, signer Signer, verb Verb, fields []Field, files map[string][]byte) (Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ref, err := l.opt.own(signer.Key())
	if err != nil {
		return Entry{}, fmt.Errorf("record %s: %w", verb, err)
	}
	const tries = 50 // Another plumb of the same person may extend the log at the same moment.
	for try := range tries {
		if err := stepAside(ctx, try); err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		if err := l.refresh(ctx); err != nil {
			return Entry{}, err
		}
		log := l.logs[ref]
		if log.broken != "" {
			return Entry{}, l.damaged(ref, log)
		}
		e := Entry{Log: ref, Verb: verb, By: l.opt.Self, At: l.opt.Now().UTC(), Seq: len(log.entries) + 1, Prev: log.last,
			Seen: l.unmentioned(ref), Fields: fields, Files: files}
		id, err := l.write(ctx, signer, e, log.tip)
		if err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		err = l.opt.Store.UpdateRef(ctx, ref, id, log.tip)
		if errors.Is(err, objects.ErrMoved) {
			continue
		}
		if err != nil {
			return Entry{}, fmt.Errorf("record %s: %w", verb, err)
		}
		// It is read back as anybody will read it.
		if err := l.refresh(ctx); err != nil {
			return Entry{}, err
		}
		return l.written(ref, id)
	}
	return Entry{}, model.WithHint(fmt.Errorf("record %s: %s is moved by others all the time", verb, ref), "try again when fewer of your programs write to it")
}

// written is the entry that was just written to a log.
func (l *Ledger) written(ref string, id model.Hash) (Entry, error) {
	log := l.logs[ref]
	for _, e := range slices.Backward(log.entries) {
		if e.ID == id {
			return e, nil
		}
	}
	return Entry{}, l.damaged(ref, log)
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
func (l *Ledger) damaged(ref string, log chain) error {
	err := fmt.Errorf("your log %s is damaged: it %s", ref, log.broken)
	if log.rewound {
		return model.WithHint(err, "put it back: git update-ref %s %s", ref, log.tip)
	}
	back := fmt.Sprintf("git update-ref -d %s", ref)
	if log.tip != "" {
		back = fmt.Sprintf("git update-ref %s %s", ref, log.tip)
	}
	return model.WithHint(err, "keep it under another name and go back to its last good entry: git update-ref %s %s && %s",
		strings.Replace(ref, "log/", "damaged/", 1), log.ref, back)
}

// write stores the entry's objects.
func (l *Ledger) write(ctx context.Context, signer Signer, e Entry, parent model.Hash) (model.Hash, error) {
	payload := e.payload(e.sums())
	// What could not be read back would damage the log for good.
	if back, sums, err := parsePayload(payload); err != nil {
		return "", err
	} else if !slices.Equal(back.Fields, e.Fields) || !maps.Equal(sums, e.sums()) {
		return "", errors.New("a field or an attachment has no usable name")
	}
	sig, err := signer.Sign(ctx, payload)
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
		id, err := l.opt.Store.WriteBlob(ctx, data)
		if err != nil {
			return "", err
		}
		entries = append(entries, objects.TreeEntry{Name: name, Mode: model.ModeFile, Hash: id})
	}
	tree, err := l.opt.Store.WriteTree(ctx, entries)
	if err != nil {
		return "", err
	}
	who := objects.Signature{Name: e.By.Name.String(), Email: e.By.Email.String(), When: e.At}
	c := objects.NewCommit{Tree: tree, Author: who, Committer: who, Message: fmt.Sprintf("plumb: %s %s\n", e.Verb, e.Field("change"))}
	if parent != "" {
		c.Parents = []model.Hash{parent}
	}
	return l.opt.Store.WriteCommit(ctx, c)
}

// Read answers the entries of all logs, oldest first, and what is wrong with logs that are damaged. Entries
// of one log keep their order whatever the clocks say. What was believed once is remembered in the file of pins: a log
// that does not lead back to it was rewound, and its signatures up to there are not verified again.
// The entries are not to be changed.
func (l *Ledger) Read(ctx context.Context) ([]Entry, []Problem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		return nil, nil, err
	}
	var problems []Problem
	for _, ref := range slices.Sorted(maps.Keys(l.logs)) {
		if log := l.logs[ref]; log.broken != "" {
			problems = append(problems, Problem{ref, log.broken})
		}
	}
	return l.merged.all(l.logs), append(problems, l.withheld()...), nil
}

// refresh brings all logs up to date.
func (l *Ledger) refresh(ctx context.Context) error {
	if err := l.pins.load(l.opt.Pins); err != nil {
		return err
	}
	refs, err := l.opt.Store.Refs(ctx, l.opt.logs())
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	tips := map[string]model.Hash{}
	for name := range l.logs {
		tips[name] = "" // Unless it is still there.
	}
	for name := range l.pins.tips {
		if strings.HasPrefix(name, l.opt.logs()) {
			tips[name] = ""
		}
	}
	for _, ref := range refs {
		tips[ref.Name] = ref.Hash
	}
	for _, name := range slices.Sorted(maps.Keys(tips)) {
		if err := l.extend(ctx, name, tips[name]); err != nil {
			return err
		}
	}
	return l.pins.keep(l.opt.Pins, l.logs)
}
