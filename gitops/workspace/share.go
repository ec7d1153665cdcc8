package workspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/gitops/share"
	"plumb/model"
	"plumb/model/text"
)

// Sharing is when the record is exchanged with the remote without being asked. Nowhere is that done where the repository is not trusted.
type Sharing string

// The ways to share.
const (
	ShareNever Sharing = ""      // Only [Workspace.Sync] does.
	ShareNow   Sharing = "now"   // Whatever is recorded is given to the remote at once.
	ShareLater Sharing = "later" // Whoever has something recorded asks for Sync soon.
)

// shareTime is how long a remote may take where nobody asked for it.
const shareTime = 20 * time.Second

// sharing is what is known of the remotes.
type sharing struct {
	turn sync.Mutex // One exchange at a time.

	mu       sync.Mutex
	at       map[string]look     // By remote.
	problems map[string][]string // By remote: what of its logs was not taken over.
	unshared error               // Why what was recorded last did not get to the remote; nil when it did.
	sought   map[model.Hash]bool // Revisions for which branches were fetched already.
}

// look is how the last look at a remote went.
type look struct {
	when time.Time
	err  error
}

// RemoteNews is what an exchange with one remote came to.
type RemoteNews struct {
	Remote       string
	Took, Gave   []share.Log
	Came, Went   int // Branches of changes here.
	GaveBranches int
	Problems     []string // What of it cannot be believed, and was not taken over.
}

// Sync exchanges the record with the remotes of the environments: what others recorded comes, what was recorded here goes. It
// answers nothing where there is no remote. What a remote has lost or changed is in the answer, and stays here as it was.
func (w *Workspace) Sync(ctx context.Context) ([]RemoteNews, error) {
	if w.opt.MayRun != nil {
		if err := w.opt.MayRun(); err != nil {
			return nil, err
		}
	}
	remotes, err := w.remotes(ctx)
	if err != nil {
		return nil, err
	}
	var all []RemoteNews
	var failures []error
	for _, remote := range remotes {
		news, err := w.syncWith(ctx, remote)
		if errors.Is(err, objects.ErrMoved) {
			news, err = w.syncWith(ctx, remote) // Somebody else was at it at the same moment.
		}
		all, failures = append(all, news), append(failures, err)
	}
	err = errors.Join(failures...)
	w.setUnshared(err)
	return all, err
}

// Unshared says why what was recorded here did not get to the remote yet; nil where it did, or where there is none.
func (w *Workspace) Unshared() error {
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	return w.sharing.unshared
}

func (w *Workspace) setUnshared(err error) {
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	w.sharing.unshared = err
}

func (w *Workspace) syncWith(ctx context.Context, remote string) (RemoteNews, error) {
	w.sharing.turn.Lock()
	defer w.sharing.turn.Unlock()
	answer := RemoteNews{Remote: remote}
	x := w.exchange(remote)
	news, err := w.look(ctx, x)
	answer.Took, answer.Problems = news.Took, w.problemsOf(remote)
	if err != nil {
		return answer, err
	}
	record, err := w.record(ctx)
	if err != nil {
		return answer, err
	}
	if err := w.bring(ctx, remote, record); err != nil {
		return answer, err
	}
	branches := branchesOf(record)
	if answer.Came, answer.Went, err = x.Settle(ctx, news, branches); err != nil {
		return answer, err
	}
	if w.opt.MaySign != nil && w.opt.MaySign() != nil {
		return answer, nil // Whoever only looks gives nothing.
	}
	locks, err := w.left(ctx, news.Locks, record)
	if err != nil {
		return answer, err
	}
	given, err := x.Push(ctx, news, branches, locks...)
	answer.Gave, answer.GaveBranches = given.Logs, given.Branches
	return answer, err
}

// exchange is with one remote.
func (w *Workspace) exchange(remote string) share.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return share.Exchange{Git: w.opt.Remote, Store: w.opt.Store, Ledger: w.ledger, Prefix: w.prefix, Remote: remote, Self: w.opt.Self, Dir: w.private("remotes")}
}

// look takes over what others have recorded, and notes how that went.
func (w *Workspace) look(ctx context.Context, x share.Exchange) (share.News, error) {
	news, err := x.Fetch(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return news, err
	}
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	if w.sharing.at == nil {
		w.sharing.at, w.sharing.problems = map[string]look{}, map[string][]string{}
	}
	w.sharing.at[x.Remote] = look{w.opt.Now(), err}
	if err == nil {
		var words []string
		for _, p := range news.Problems {
			words = append(words, fmt.Sprintf("at %s, %s %s", text.Line(x.Remote), text.Line(p.Log), p.What))
		}
		w.sharing.problems[x.Remote] = words
	}
	return news, err
}

func (w *Workspace) problemsOf(remote string) []string {
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	return w.sharing.problems[remote]
}

// elsewhere is what of the remotes' logs was not taken over.
func (w *Workspace) elsewhere() []string {
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	var all []string
	for _, remote := range slices.Sorted(maps.Keys(w.sharing.problems)) {
		all = append(all, w.sharing.problems[remote]...)
	}
	return all
}

// bring fetches branches where an open change needs commits that nobody has fetched yet. For the same commits it does so once.
func (w *Workspace) bring(ctx context.Context, remote string, record change.Record) error {
	missing := false
	for _, c := range record.Changes {
		if !c.State.IsOpen() || c.Onto != "" {
			continue // Its own branch comes with it.
		}
		if _, err := w.opt.Store.Commit(ctx, c.Revision); err == nil {
			continue
		}
		w.sharing.mu.Lock()
		if w.sharing.sought == nil {
			w.sharing.sought = map[model.Hash]bool{}
		}
		missing = missing || !w.sharing.sought[c.Revision]
		w.sharing.sought[c.Revision] = true
		w.sharing.mu.Unlock()
	}
	if !missing || w.opt.Git == nil {
		return nil
	}
	return w.opt.Git.Fetch(ctx, remote)
}

// branchesOf are the branches of changes whose life they share.
func branchesOf(record change.Record) []share.Branch {
	var all []share.Branch
	for _, c := range record.Changes {
		isOver := c.State == model.Applied || c.State == model.Abandoned
		if c.Onto != "" && len(c.Commits) == 1 && (isOver || c.State.IsOpen()) {
			all = append(all, share.Branch{Name: c.ID.Branch(), Commit: c.Commits[0], Ended: isOver})
		}
	}
	return all
}

// left are the locks that this clone holds on the remote, and that no process of it needs: they are free again.
func (w *Workspace) left(ctx context.Context, locks []run.SharedLock, record change.Record) ([]objects.PushMove, error) {
	var moves []objects.PushMove
	clone := w.cloneName()
	for _, l := range locks {
		h := l.Holder
		if h == nil || clone == "" || h.Clone != clone || h.Host != w.opt.Host || run.Alive(*h) || underWay(record, h.Run) {
			continue
		}
		next, err := l.Free(ctx, w.opt.Store, *h)
		if err != nil {
			return nil, err
		}
		moves = append(moves, l.Move(next))
	}
	return moves, nil
}

// underWay reports whether the run is on record without an end.
func underWay(record change.Record, id model.RunID) bool {
	return slices.ContainsFunc(record.Runs, func(r model.Run) bool { return r.ID == id && r.Outcome == "" })
}

// hasEnded reports whether the run is on record with its end.
func hasEnded(record change.Record, id model.RunID) bool {
	return slices.ContainsFunc(record.Runs, func(r model.Run) bool { return r.ID == id && r.Outcome != "" })
}

// cloneName is what tells this clone from others; empty where nothing does.
func (w *Workspace) cloneName() string {
	if w.opt.Clone == nil {
		return ""
	}
	name, err := w.opt.Clone()
	if err != nil {
		return "" // Whatever is recorded says so.
	}
	return name
}

// remotes are those of all environments, and of the branch that is checked out where there are none.
func (w *Workspace) remotes(ctx context.Context) ([]string, error) {
	var all []string
	add := func(branch string) error {
		remote, err := w.remoteOf(ctx, branch)
		if err == nil && remote != "" && !slices.Contains(all, remote) {
			all = append(all, remote)
		}
		return err
	}
	for _, e := range w.Environments() {
		branch, _, err := w.tracked(ctx, e)
		if err != nil {
			continue // An environment without its branch has no remote of its own; asking for it says why.
		}
		if err := add(branch); err != nil {
			return nil, err
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	return all, add(w.Info().Head)
}

// remoteOf is the remote that a branch is pushed to, or origin; empty where there is none.
func (w *Workspace) remoteOf(ctx context.Context, branch string) (string, error) {
	if w.opt.Remote == nil {
		return "", nil
	}
	if branch != "" && w.opt.Git != nil {
		remote, _, ok, err := w.opt.Git.Upstream(ctx, branch)
		if err != nil {
			return "", err
		}
		if ok && remote != "." { // Not another branch of this repository.
			return remote, nil
		}
	}
	const usual = "origin"
	remotes, err := w.opt.Remote.Remotes(ctx)
	if err != nil || !slices.Contains(remotes, usual) {
		return "", err
	}
	return usual, nil
}

// sharedBy is the remote with which the record of an environment is exchanged without being asked; empty for none.
func (w *Workspace) sharedBy(ctx context.Context, env string) (string, error) {
	if w.opt.Share == ShareNever || w.opt.Remote == nil || w.opt.MayRun != nil && w.opt.MayRun() != nil {
		return "", nil
	}
	e, err := w.Environment(env)
	if err != nil {
		return "", err
	}
	branch, _, err := w.tracked(ctx, e)
	if err != nil {
		return "", err
	}
	return w.remoteOf(ctx, branch)
}

// publish records something about an environment, and gives it to the remote.
func (w *Workspace) publish(ctx context.Context, env string, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) error {
	if err := w.append(ctx, env, verb, fields, files); err != nil {
		return err
	}
	w.give(ctx, env)
	return nil
}

// give gives the remote what was just recorded about an environment, with the branch of the change. It is on record here whether that works or not.
func (w *Workspace) give(ctx context.Context, env string, branches ...share.Branch) {
	if w.opt.Share != ShareNow {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, shareTime)
	defer cancel()
	remote, err := w.sharedBy(ctx, env)
	if err == nil && remote != "" {
		err = w.exchange(remote).PushOwn(ctx, branches)
	}
	w.setUnshared(timely(err, remote))
}

// timely says of a remote that took too long that it did.
func timely(err error, remote string) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s", text.Line(remote), shareTime)
	}
	return err
}

// listen takes over what others have recorded about an environment, if that is worth asking for again. What goes wrong is
// known by [Workspace.outOfReach].
func (w *Workspace) listen(ctx context.Context, env string) error {
	remote, err := w.sharedBy(ctx, env)
	if err != nil || remote == "" {
		return err
	}
	const recent = 30 * time.Second
	w.sharing.mu.Lock()
	last, known := w.sharing.at[remote]
	w.sharing.mu.Unlock()
	if w.opt.Share == ShareLater && known && w.opt.Now().Sub(last.when) < recent {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, shareTime)
	defer cancel()
	w.sharing.turn.Lock()
	defer w.sharing.turn.Unlock()
	// That it failed is no reason not to go on; it is told with the rules.
	_, _ = w.look(limited, w.exchange(remote))
	return ctx.Err()
}

// outOfReach says why it is not known what others have recorded about an environment; empty where it is, or was never asked.
func (w *Workspace) outOfReach(ctx context.Context, env string) string {
	remote, err := w.sharedBy(ctx, env)
	if err != nil || remote == "" {
		return ""
	}
	w.sharing.mu.Lock()
	defer w.sharing.mu.Unlock()
	if err := w.sharing.at[remote].err; err != nil {
		return text.Error(timely(err, remote)).String()
	}
	return ""
}

// IsRecord reports whether a ref is of the record, and none of people's branches.
func (w *Workspace) IsRecord(ref string) bool {
	w.mu.Lock()
	prefix := w.prefix
	w.mu.Unlock()
	below, isBranch := strings.CutPrefix(prefix, "refs/heads/")
	if name, ok := strings.CutPrefix(ref, "refs/remotes/"); ok && isBranch {
		_, name, _ = strings.Cut(name, "/") // As the remote calls it.
		ref, prefix = name, below
	}
	for _, kind := range []string{"log/", "lock/", "damaged/"} {
		if strings.HasPrefix(ref, prefix+kind) {
			return true
		}
	}
	return false
}
