package audit

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// The files of a revision that say who may sign, and whose key no longer counts.
const (
	SignersFile = ".plumb/allowed_signers"
	RevokedFile = ".plumb/revoked_keys"
)

// Witness is what an explanation has to know of the repository beside the ledger.
type Witness interface {
	// File reads a file of a revision. A file that is not there is an error that wraps [fs.ErrNotExist].
	File(ctx context.Context, revision model.Hash, name string) ([]byte, error)
}

// Step is one command of a proof.
type Step struct {
	About   string // Which entry it is about; the same for all of its steps.
	Proves  string // In one sentence.
	Command string // One line for a POSIX shell, in the repository. It fails where the proof fails.
	Expect  string // What it prints.
}

// Explanation is how anybody proves something with git, ssh-keygen, sha256sum and grep alone.
type Explanation struct {
	About  text.Safe
	Steps  []Step
	Cannot []string // What these cannot prove, a sentence each.
}

// Explain answers how an entry, a change or a run is proven, which its id or an unambiguous beginning of it names. An id that is
// not there is an error that wraps [objects.ErrNotFound].
func (b Book) Explain(ctx context.Context, id string, w Witness) (Explanation, error) {
	chosen, about, err := b.named(id)
	if err != nil {
		return Explanation{}, err
	}
	x := explaining{book: b, witness: w, trust: b.trustRoots()}
	x.About = text.Line(about)
	x.step("Makes a directory for what is compared below.", `proof=$(mktemp -d)`, "nothing")
	for _, a := range chosen {
		if err := x.entry(ctx, a); err != nil {
			return Explanation{}, err
		}
	}
	x.Cannot = append(x.Cannot, "That no entry was kept back from this clone: entries that were never fetched are not missed by any of these.")
	return x.Explanation, nil
}

// named are the accounts of what an id names, oldest first, one per entry.
func (b Book) named(id string) (chosen []Account, about string, err error) {
	type thing struct {
		about string
		is    func(Account) bool
	}
	found := map[string]thing{}
	exact := ""
	offer := func(name, about string, is func(Account) bool) {
		if name == "" || id == "" || !strings.HasPrefix(name, id) {
			return
		}
		found[name] = thing{about, is}
		if name == id {
			exact = name
		}
	}
	for _, a := range b.Accounts {
		if a.Entry == nil {
			continue
		}
		offer(string(a.ID()), "entry "+string(a.ID()), func(x Account) bool { return x.ID() == a.ID() })
		offer(string(a.Change), "change "+string(a.Change), func(x Account) bool { return x.Change == a.Change })
		offer(string(a.Run), "run "+string(a.Run), func(x Account) bool { return x.Run == a.Run })
	}
	names := slices.Sorted(maps.Keys(found))
	switch {
	case exact != "":
	case len(names) == 1:
		exact = names[0]
	case len(names) == 0:
		return nil, "", model.WithHint(fmt.Errorf("entry, change or run %q: %w", text.Line(id), objects.ErrNotFound), "plumb audit lists them; --json has the ids of entries in full")
	default:
		return nil, "", model.WithHint(fmt.Errorf("%q could be any of %s", text.Line(id), strings.Join(names[:min(len(names), 5)], ", ")), "give more of the id")
	}
	for _, a := range slices.Backward(b.Accounts) {
		if a.Entry != nil && !a.derived() && found[exact].is(a) {
			chosen = append(chosen, a)
		}
	}
	return chosen, found[exact].about, nil
}

// trustRoots are, by entry, the revisions that were applied to its environment when it was written: they say who might sign it. Before
// the first run it is the revision that the change brings.
func (b Book) trustRoots() map[model.Hash]model.Hash {
	roots, applied := map[model.Hash]model.Hash{}, map[string]model.Hash{}
	for _, a := range slices.Backward(b.Accounts) {
		if a.Entry == nil {
			continue
		}
		c := b.changes[a.Change]
		if c == nil {
			roots[a.ID()] = cmp.Or(applied[a.Environment], b.Record.Roots[a.Environment])
			continue
		}
		if _, known := roots[a.ID()]; !known {
			roots[a.ID()] = cmp.Or(applied[c.Environment], b.Record.Roots[c.Environment], c.Revision)
		}
		if a.Kind == Ended && a.Counts() && a.Outcome == model.RunApplied {
			applied[c.Environment] = c.Revision
		}
	}
	return roots
}

// explaining is an explanation on its way.
type explaining struct {
	Explanation
	book    Book
	witness Witness
	trust   map[model.Hash]model.Hash
	about   string
}

func (x *explaining) step(proves, command, expect string) {
	x.Steps = append(x.Steps, Step{About: x.about, Proves: proves, Command: command, Expect: expect})
}

func (x *explaining) entry(ctx context.Context, a Account) error {
	e := *a.Entry
	x.about = a.Text.String()
	if !a.Counts() {
		x.about += " (does not count: " + a.Not.String() + ")"
	}
	payload := fmt.Sprintf(`"$proof"/%s.payload`, e.ID.Short())
	x.step("Shows what was recorded, word for word: git refuses an object that is not what its id says.",
		fmt.Sprintf("git cat-file blob %s:payload | tee %s", e.ID, payload), fmt.Sprintf("the lines of the payload, with verb %s and by %q", e.Verb, e.By.Email))
	x.step("The log still leads to the entry: it was not taken out or rewound.",
		fmt.Sprintf("git rev-list %s | grep -xF %s", quote(e.Log), e.ID), string(e.ID))
	x.chain(e, payload)
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		x.step(fmt.Sprintf("The attachment %s is the one that the payload names.", name),
			fmt.Sprintf(`grep -xF "file %s sha256:$(git cat-file blob %s:%s | sha256sum | cut -d' ' -f1)" %s`, name, e.ID, name, payload),
			"the payload's line about "+name)
	}
	x.binding(a, payload)
	return x.signature(ctx, a, payload)
}

// chain proves the place of an entry in its log.
func (x *explaining) chain(e ledger.Entry, payload string) {
	x.step("Its number is its place in the log: none before it was taken out.",
		fmt.Sprintf(`grep -xF "seq $(git rev-list --count %s)" %s`, e.ID, payload), fmt.Sprintf("seq %d", e.Seq))
	if e.Prev == "" {
		x.step("It is the first entry of its log.", fmt.Sprintf("grep -xF 'prev none' %s", payload), "prev none")
		return
	}
	x.step("It names the checksum of the entry before it, so none before it was rewritten.",
		fmt.Sprintf(`grep -xF "prev sha256:$(git cat-file blob %s^:payload | sha256sum | cut -d' ' -f1)" %s`, e.ID, payload), "prev "+string(e.Prev))
}

// binding proves that an entry is about exactly the change that was sealed, and that the plans are those that were shown.
func (x *explaining) binding(a Account, payload string) {
	c := x.book.changes[a.Change]
	if c == nil || !a.Counts() {
		return
	}
	if a.Kind != Sealed {
		x.step("It is about exactly the change that was sealed: its digest covers every step, and all that was shown.",
			fmt.Sprintf("grep -xF 'field digest \"%s\"' %s", c.Digest, payload), fmt.Sprintf("field digest %q", c.Digest))
		return
	}
	for i := range c.Plans {
		x.step(fmt.Sprintf("Plan %d of the change is the one whose checksum the change names, so its steps are those that were judged.", i+1),
			fmt.Sprintf(`git cat-file blob %s:change.json | grep -F "\"sha256:$(git cat-file blob %s:plan-%d | sha256sum | cut -d' ' -f1)\""`, a.ID(), a.ID(), i+1),
			fmt.Sprintf("%q", c.Plans[i].Digest))
	}
}

// signature proves who wrote the entry, as far as that can be.
func (x *explaining) signature(ctx context.Context, a Account, payload string) error {
	e := *a.Entry
	if !a.Signed() {
		x.Cannot = append(x.Cannot, fmt.Sprintf("Who wrote entry %s: it is not signed. That %s did is what it says itself, and whoever may push to the repository can write that.", e.ID.Short(), who(e.By)))
		return nil
	}
	root := x.trust[e.ID]
	signers, err := x.file(ctx, root, SignersFile)
	if err != nil {
		return err
	}
	if signers == nil {
		x.Cannot = append(x.Cannot, fmt.Sprintf("Whose key signed entry %s: the revision that was applied then has no %s. The command shows only that the payload was signed by the key in its signature.", e.ID.Short(), SignersFile))
		x.signatureFile(e)
		x.step("The signature was made over exactly this payload, for nothing but the ledger, by the key that it names.",
			fmt.Sprintf(`ssh-keygen -Y check-novalidate -n %s -s "$proof"/%s.sig < %s`, ledger.Namespace, e.ID.Short(), payload), `Good "`+ledger.Namespace+`" signature with … key `+a.Key)
		return nil
	}
	x.signatureFile(e)
	x.step(fmt.Sprintf("These keys were allowed to sign by what was applied then, %s, which the change could not influence.", root.Short()),
		fmt.Sprintf(`git show %s:%s > "$proof"/%s.signers`, root, SignersFile, e.ID.Short()), "nothing")
	revoked, err := x.file(ctx, root, RevokedFile)
	if err != nil {
		return err
	}
	option := ""
	if bytes.Contains(signers, []byte("valid-")) {
		option = " -O verify-time=" + e.At.UTC().Format("20060102150405Z") // Some keys are good for a time only.
	}
	if revoked != nil {
		x.step("These keys no longer counted then.", fmt.Sprintf(`git show %s:%s > "$proof"/%s.revoked`, root, RevokedFile, e.ID.Short()), "nothing")
		option += fmt.Sprintf(` -r "$proof"/%s.revoked`, e.ID.Short())
	}
	x.step(fmt.Sprintf("A key that is allowed for %s signed exactly this payload, for nothing but the ledger.", foreign(e.By.Email.String())),
		fmt.Sprintf(`ssh-keygen -Y verify -f "$proof"/%s.signers -I %s -n %s%s -s "$proof"/%s.sig < %s`,
			e.ID.Short(), quote(e.By.Email.String()), ledger.Namespace, option, e.ID.Short(), payload),
		fmt.Sprintf("Good %q signature for %s with … key %s", ledger.Namespace, foreign(e.By.Email.String()), a.Key))
	return nil
}

// signatureFile puts the signature where ssh-keygen finds it.
func (x *explaining) signatureFile(e ledger.Entry) {
	x.step("Takes the signature out.", fmt.Sprintf(`git cat-file blob %s:payload.sig > "$proof"/%s.sig`, e.ID, e.ID.Short()), "nothing")
}

// file is a file of a revision; nil where there is none.
func (x *explaining) file(ctx context.Context, revision model.Hash, name string) ([]byte, error) {
	if revision == "" {
		return nil, nil
	}
	data, err := x.witness.File(ctx, revision, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return append([]byte{}, data...), err
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
