package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/sshsig"
	"plumb/model"
)

// chain is one log, as far as it is believed.
type chain struct {
	ref     model.Hash   // Where the ref was when it was read; empty for no ref.
	tip     model.Hash   // The last entry that is believed; the same as ref unless there is a problem.
	last    model.Digest // Of its payload.
	entries []Entry
	place   map[model.Hash]int    // Of each entry, from 0.
	seen    map[string]model.Hash // The last that it says of each other log.
	broken  string                // What is wrong; empty for nothing.
	rewound bool                  // What is wrong is that entries are gone.
}

// link is a commit of a log that was not read yet.
type link struct{ id, tree model.Hash }

// extend reads what a log has beyond the last entry that is believed. Where its ref is now must lead
// back to that entry: a log is only ever extended, so one that does not was
// rewound or replaced. What was known of it stays known.
func (l *Ledger) extend(ctx context.Context, ref string, tip model.Hash) error {
	known, read := l.logs[ref]
	if read && known.ref == tip {
		return nil
	}
	if len(known.entries) == 0 {
		known, read = chain{}, false // Nothing of it was here when it was read last: what was believed before is in the pins.
	}
	links, reached, err := l.walk(ctx, ref, tip, known.tip)
	if err != nil {
		return err
	}
	pin := model.Hash("")
	if !read {
		pin = l.pins.tips[ref]
		reached = pin == "" || slices.ContainsFunc(links, func(k link) bool { return k.id == pin })
	}
	known.ref, known.broken, known.rewound = tip, "", !reached
	if !reached {
		known.broken = "was rewound: entries that were known are gone"
		if tip == "" {
			known.broken = "was deleted: entries that were known are gone"
		}
		if read {
			l.logs[ref] = known
			return nil
		}
		if links, _, err = l.walk(ctx, ref, pin, ""); err != nil {
			known.tip = pin
			l.logs[ref] = known
			return nil //nolint:nilerr // That they are gone is what is wrong with it.
		}
	}
	trusted := slices.IndexFunc(links, func(k link) bool { return k.id == pin }) // This one and those after it were verified before.
	slices.Reverse(links)
	if trusted >= 0 {
		trusted = len(links) - trusted
	}
	return l.take(ctx, ref, known, links, trusted)
}

// walk lists the commits of a log from its tip back to one that is known, newest first. It is not reached where the log
// ends before.
func (l *Ledger) walk(ctx context.Context, ref string, tip, known model.Hash) (links []link, reached bool, err error) {
	id := tip
	for id != "" && id != known {
		c, err := l.opt.Store.Commit(ctx, id)
		if err != nil {
			return nil, false, fmt.Errorf("read %s: %w", ref, err)
		}
		links = append(links, link{id, c.Tree})
		if id = ""; len(c.Parents) > 0 {
			id = c.Parents[0]
		}
	}
	return links, id == known, nil
}

// taken is an entry by itself, or what is wrong with it.
type taken struct {
	Entry
	sum model.Digest // Of its payload.
	err error
}

// take reads and verifies entries, oldest first, and believes them up to the first that is wrong. The signatures of
// the first ones are trusted: they were verified before.
func (l *Ledger) take(ctx context.Context, ref string, known chain, links []link, trusted int) error {
	known.entries = slices.Clip(known.entries) // Readers hold the slice as it is.
	if known.place == nil {
		known.place, known.seen = make(map[model.Hash]int, len(links)), map[string]model.Hash{}
	}
	const portion = 4096 // What is read is held until all before it is believed.
	for len(links) > 0 {
		n := min(len(links), portion)
		for _, e := range l.readAll(ctx, ref, links[:n], trusted) {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case e.err != nil:
				known.stop("has the entry %s: %v", e.ID.Short(), e.err)
			case e.Seq != len(known.entries)+1 || e.Prev != known.last:
				known.stop("has the entry %s, which does not follow the one before it", e.ID.Short())
			default:
				known.add(e.Entry, e.sum)
				l.expect(e.Entry)
				continue
			}
			l.logs[ref] = known
			return nil
		}
		links, trusted = links[n:], trusted-n
	}
	l.logs[ref] = known
	return nil
}

// stop says what is wrong, unless something worse is already said.
func (c *chain) stop(format string, args ...any) {
	if c.broken == "" {
		c.broken = fmt.Sprintf(format, args...)
	}
}

func (c *chain) add(e Entry, sum model.Digest) {
	c.place[e.ID] = len(c.entries)
	c.entries, c.tip, c.last = append(c.entries, e), e.ID, sum
	for _, s := range e.Seen {
		c.seen[s.Log] = s.Tip
	}
}

// readAll reads entries and checks each by itself, on all processors.
func (l *Ledger) readAll(ctx context.Context, ref string, links []link, trusted int) []taken {
	all := make([]taken, len(links))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	const share = 64
	for from := 0; from < len(links); from += share {
		workers.Go(func() error {
			for i := from; i < min(from+share, len(links)); i++ {
				e, sum, err := l.read(ctx, ref, links[i], i < trusted)
				e.ID = links[i].id
				all[i] = taken{e, sum, err}
			}
			return nil
		})
	}
	_ = workers.Wait() // What went wrong stands with each entry.
	return all
}

// read reads and checks one entry by itself.
func (l *Ledger) read(ctx context.Context, ref string, at link, trusted bool) (Entry, model.Digest, error) {
	tree, err := l.opt.Store.Tree(ctx, at.tree)
	if err != nil {
		return Entry{}, "", err
	}
	files := make(map[string][]byte, len(tree))
	for _, f := range tree {
		if files[f.Name], err = l.opt.Store.Blob(ctx, f.Hash); err != nil {
			return Entry{}, "", err
		}
	}
	payload, signature := files[payloadName], files[signatureName]
	delete(files, payloadName)
	delete(files, signatureName)
	e, sums, err := parsePayload(payload)
	if err != nil {
		return Entry{}, "", err
	}
	e.Log, e.Files = ref, files
	if len(sums) != len(files) {
		return Entry{}, "", errors.New("attachments were added or taken away")
	}
	for name, sum := range sums {
		if data, ok := files[name]; !ok || model.Sum(data) != sum {
			return Entry{}, "", fmt.Errorf("attachment %s was altered", name)
		}
	}
	if err := l.attribute(&e, payload, signature, trusted); err != nil {
		return Entry{}, "", err
	}
	return e, model.Sum(payload), nil
}

// attribute makes sure that the entry is in a log of the person who wrote it and of the key that signed it.
func (l *Ledger) attribute(e *Entry, payload, signature []byte, trusted bool) error {
	owner, name, _ := strings.Cut(strings.TrimPrefix(e.Log, l.opt.logs()), "/")
	if owner != slug(e.By.Email.String()) {
		return fmt.Errorf("written by %s into the log of somebody else", e.By.Email)
	}
	key, _, _ := strings.Cut(name, ".")
	if len(signature) == 0 {
		if key != unsigned {
			return errors.New("it is not signed, in the log of a key")
		}
		return nil
	}
	sig, err := sshsig.Parse(signature)
	if err != nil {
		return fmt.Errorf("its signature: %w", err)
	}
	if key != sig.Key8() {
		return fmt.Errorf("signed by the key %s, in the log of another", sig.Fingerprint())
	}
	if !trusted {
		if err := sig.Verify(Namespace, payload); err != nil {
			return fmt.Errorf("its signature by %s: %w", sig.Fingerprint(), err)
		}
	}
	e.Key, e.Signature = sig.Fingerprint(), &sig
	return nil
}
