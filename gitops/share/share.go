// Package share exchanges the record with the remotes of a team.
//
// What a remote has is fetched into a place of its own, judged there by the rules by which the
// ledger is read, and taken over only where it extends what is here. A server protects branches at best, and its
// administrators nothing: that a log was rewound, deleted, forked or replaced is seen and said on this side, and what is here stays.
// Nothing is ever pushed by force.
package share

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/text"
)

// quarantine is where what remotes have is looked at. It is never pushed.
const quarantine = "refs/plumb-local/quarantine/"

// branches is what the branches of sealed changes are called, see [model.ChangeID.Branch].
const branches = "refs/heads/plumb/"

// Exchange is between this clone and one remote. It may be used from several goroutines at once, and beside other
// processes: every ref moves from where it was seen, or not at all.
type Exchange struct {
	Git    objects.Remoter
	Store  objects.Store
	Ledger *ledger.Ledger
	Prefix string          // Of the ledger's refs, here and on the remote.
	Remote string          // Its name.
	Self   model.Principal // Whose logs are pushed.
	Dir    string          // Private directory that remembers what the remote had. Empty for none: that logs are gone is not seen then.
}

// News is what a look at the remote came to.
type News struct {
	Remote   string
	Took     []Log            // What came.
	Problems []ledger.Problem // What was not taken over, and why.
	Locks    []run.SharedLock // As they are on the remote.

	heads map[string]model.Hash // The branches of changes, by their names.
	give  []ledger.Judged       // Logs of which the remote has less.
}

// Log is a log that was taken over or given, and how much of it.
type Log struct {
	Owner   string // As the name of its ref says it.
	Name    string
	Entries int
}

// slug is what the remote's files and refs are called here.
func (x Exchange) slug() string {
	if plainName.MatchString(x.Remote) && !strings.HasSuffix(x.Remote, ".lock") && !strings.Contains(x.Remote, "..") {
		return x.Remote
	}
	sum := sha256.Sum256([]byte(x.Remote))
	return "=" + hex.EncodeToString(sum[:8])
}

var plainName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9_-])?$`)

// memory is the file that remembers what the remote had.
func (x Exchange) memory() string {
	if x.Dir == "" {
		return ""
	}
	return filepath.Join(x.Dir, x.slug())
}

// Fetch looks at what the remote has, and takes over what can be believed.
func (x Exchange) Fetch(ctx context.Context) (News, error) {
	news := News{Remote: x.Remote, heads: map[string]model.Hash{}}
	aside := quarantine + x.slug() + "/"
	err := x.Git.FetchRefs(ctx, x.Remote, "+"+x.Prefix+"log/*:"+aside+"log/*", "+"+x.Prefix+"lock/*:"+aside+"lock/*", "+"+branches+"*:"+aside+"heads/*")
	if err != nil {
		return news, err
	}
	refs, err := x.Git.RawRefs(ctx, aside)
	if err != nil {
		return news, err
	}
	remembered, err := readMemory(x.memory())
	if err != nil {
		return news, err
	}
	offers := map[string]ledger.Offer{}
	for log, tip := range remembered {
		if strings.HasPrefix(log, x.Prefix) {
			offers[log] = ledger.Offer{Before: tip}
		}
	}
	for _, r := range refs {
		kind, name, _ := strings.Cut(strings.TrimPrefix(r.Name, aside), "/")
		switch branch := branches + name; {
		case kind == "log":
			log := x.Prefix + "log/" + name
			offers[log] = ledger.Offer{Tip: r.ID, Kind: r.Kind, Before: offers[log].Before}
		case kind == "lock":
			lock, err := run.ReadShared(ctx, x.Store, x.Prefix+"lock/"+name, r.ID)
			if err != nil {
				news.Problems = append(news.Problems, ledger.Problem{Log: lock.Ref, What: text.Error(err).String()})
				lock.Holder = &run.Holder{By: model.Principal{Email: text.Lit("somebody")}, Host: "somewhere"}
			}
			news.Locks = append(news.Locks, lock)
		case kind == "heads" && r.Kind == "commit" && !strings.HasPrefix(branch, x.Prefix+"log/") && !strings.HasPrefix(branch, x.Prefix+"lock/"):
			news.heads[branch] = r.ID
		}
	}
	judged, err := x.Ledger.Judge(ctx, offers)
	if err != nil {
		return news, err
	}
	return news, x.take(ctx, &news, judged, offers)
}

// take moves the logs that can be believed forward.
func (x Exchange) take(ctx context.Context, news *News, judged []ledger.Judged, offers map[string]ledger.Offer) error {
	var moves []objects.Move
	for _, j := range judged {
		if j.Take.Name != "" {
			moves = append(moves, j.Take)
		}
	}
	moved, err := x.move(ctx, moves)
	if err != nil {
		return err
	}
	known := map[string]model.Hash{}
	for _, j := range judged {
		offer := offers[j.Log]
		switch {
		case j.Wrong != "":
			if j.Ahead > 0 && !x.isOwn(j) {
				// Whose log it is brings it back with the next exchange; where they are gone for good, anybody can.
				j.Wrong += fmt.Sprintf("; git push %s %s:%s brings it back", text.Line(x.Remote), j.Log, j.Log)
			}
			news.Problems = append(news.Problems, ledger.Problem{Log: j.Log, What: j.Wrong})
		case j.Take.Name != "" && moved[j.Log]:
			if j.Entries > 0 {
				news.Took = append(news.Took, Log{j.Owner, j.Name, j.Entries})
			}
			known[j.Log] = offer.Tip
		case j.Take.Name == "" && offer.Tip != "":
			known[j.Log] = offer.Tip
		}
		// Logs of others are given where the remote never had more: a clone can be shared, or older than its remote.
		if j.Ahead > 0 && (x.isOwn(j) || j.Wrong == "") {
			news.give = append(news.give, j)
		}
	}
	return remember(x.memory(), known)
}

func (x Exchange) isOwn(j ledger.Judged) bool { return j.Owner == ledger.Slug(x.Self.Email.String()) }

// move moves refs together, or one by one where another process has moved one of them meanwhile.
func (x Exchange) move(ctx context.Context, moves []objects.Move) (map[string]bool, error) {
	moved := map[string]bool{}
	err := x.Git.MoveRefs(ctx, moves)
	switch {
	case err == nil:
		for _, m := range moves {
			moved[m.Name] = true
		}
	case errors.Is(err, objects.ErrMoved):
		for _, m := range moves {
			if err := x.Git.MoveRefs(ctx, []objects.Move{m}); err != nil && !errors.Is(err, objects.ErrMoved) {
				return nil, err
			} else if err == nil {
				moved[m.Name] = true
			}
		}
	default:
		return nil, err
	}
	return moved, nil
}

// Branch is the branch of a change.
type Branch struct {
	Name   string // The full name.
	Commit model.Hash
	Ended  bool // The change is over, and its branch goes.
}

// Settle brings the branches of changes here into line with the record: those of open changes come, as far as the
// remote has exactly what was sealed, those of changes that are over go. It answers how many did.
func (x Exchange) Settle(ctx context.Context, news News, all []Branch) (came, went int, err error) {
	refs, err := x.Git.RawRefs(ctx, branches)
	if err != nil {
		return 0, 0, err
	}
	here := map[string]model.Hash{}
	for _, r := range refs {
		here[r.Name] = r.ID
	}
	var moves []objects.Move
	for _, b := range all {
		switch {
		case b.Ended && here[b.Name] == b.Commit:
			moves, went = append(moves, objects.Move{Name: b.Name, Prev: b.Commit}), went+1
		case !b.Ended && here[b.Name] == "" && news.heads[b.Name] == b.Commit:
			moves, came = append(moves, objects.Move{Name: b.Name, Next: b.Commit}), came+1
		}
	}
	_, err = x.move(ctx, moves)
	return came, went, err
}

// Given is what the remote took.
type Given struct {
	Logs     []Log
	Branches int
}

// Push gives the remote what it has not got: logs, the branches of open changes, and that branches of changes that are over go. Locks that
// are to be free again go with the logs that say so. What the remote refuses is an error.
func (x Exchange) Push(ctx context.Context, news News, all []Branch, locks ...objects.PushMove) (Given, error) {
	var (
		given Given
		moves []objects.PushMove
		logs  []ledger.Judged
	)
	for _, j := range news.give {
		moves, logs = append(moves, objects.PushMove{Name: j.Log, Next: j.Here}), append(logs, j)
	}
	moves = append(moves, locks...)
	refs, err := x.Git.RawRefs(ctx, branches)
	if err != nil {
		return given, err
	}
	for _, b := range all {
		there := news.heads[b.Name]
		isHere := slices.ContainsFunc(refs, func(r objects.RawRef) bool { return r.Name == b.Name && r.ID == b.Commit })
		switch {
		case b.Ended && there == b.Commit:
			moves = append(moves, objects.PushMove{Name: b.Name, Prev: b.Commit, Exactly: true})
		case !b.Ended && there == "" && isHere:
			moves = append(moves, objects.PushMove{Name: b.Name, Next: b.Commit, Exactly: true})
		}
	}
	if len(moves) == 0 {
		return given, nil
	}
	pushed, err := x.Git.PushRefs(ctx, x.Remote, false, moves)
	if err != nil {
		return given, err
	}
	known := map[string]model.Hash{}
	for i, p := range pushed {
		switch {
		case p.OK && i < len(logs):
			given.Logs = append(given.Logs, Log{logs[i].Owner, logs[i].Name, logs[i].Ahead})
			known[moves[i].Name] = moves[i].Next
		case p.OK && strings.HasPrefix(moves[i].Name, branches) && moves[i].Next != "":
			given.Branches++
		}
	}
	return given, errors.Join(x.refused(moves, pushed), remember(x.memory(), known))
}

// PushOwn gives the remote the operator's own logs, and branches that go with them, without a look at what it has.
func (x Exchange) PushOwn(ctx context.Context, all []Branch, locks ...objects.PushMove) error {
	moves, err := x.own(ctx)
	if err != nil {
		return err
	}
	logs := len(moves)
	for _, b := range all {
		moves = append(moves, objects.PushMove{Name: b.Name, Next: b.Commit})
	}
	moves = append(moves, locks...)
	if len(moves) == 0 {
		return nil
	}
	pushed, err := x.Git.PushRefs(ctx, x.Remote, len(locks) > 0, moves)
	if err != nil {
		return err
	}
	known := map[string]model.Hash{}
	for i := range logs {
		if pushed[i].OK {
			known[moves[i].Name] = moves[i].Next
		}
	}
	return errors.Join(x.refused(moves, pushed), remember(x.memory(), known))
}

// own are the operator's logs of which the remote is not known to have all.
func (x Exchange) own(ctx context.Context) ([]objects.PushMove, error) {
	remembered, err := readMemory(x.memory())
	if err != nil {
		return nil, err
	}
	judged, err := x.Ledger.Judge(ctx, nil)
	if err != nil {
		return nil, err
	}
	var moves []objects.PushMove
	for _, j := range judged {
		if x.isOwn(j) && j.Here != "" && j.Ahead > 0 && remembered[j.Log] != j.Here {
			moves = append(moves, objects.PushMove{Name: j.Log, Next: j.Here})
		}
	}
	return moves, nil
}

// refused says what the remote did not take.
func (x Exchange) refused(moves []objects.PushMove, pushed []objects.Pushed) error {
	var failures []error
	denied := false
	said := map[string]bool{}
	for i, p := range pushed {
		// A branch that somebody else has deleted, or given already, needs nothing more.
		if p.OK || said[p.Why] || p.Moved && strings.HasPrefix(moves[i].Name, branches) && moves[i].Exactly && !strings.HasPrefix(moves[i].Name, x.Prefix+"lock/") {
			continue
		}
		said[p.Why] = true
		err := fmt.Errorf("%s did not take %s: %s", text.Line(x.Remote), text.Line(moves[i].Name), p.Why)
		switch {
		case p.Moved:
			err = fmt.Errorf("%w: %w", err, objects.ErrMoved)
		case strings.HasPrefix(p.Why, "atomic push fail"):
			continue // Because of another ref.
		default:
			denied = true
			err = &DeniedError{err}
		}
		failures = append(failures, err)
	}
	err := errors.Join(failures...)
	if denied && !strings.HasPrefix(x.Prefix, "refs/heads/") {
		return model.WithHint(err, "where a host takes branches only, write into plumb.yaml: ledger: %s", branches)
	}
	return err
}

// DeniedError is what a remote that was reached does not let anybody do.
type DeniedError struct{ err error }

func (e *DeniedError) Error() string { return e.err.Error() }

func (e *DeniedError) Unwrap() error { return e.err }
