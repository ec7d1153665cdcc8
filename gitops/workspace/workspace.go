// Package workspace is what an operator has opened: one repository with its
// environments, and everything that can be asked of it or done with it. The
// screen and the headless commands are twins because both speak to a
// [Workspace] and to nothing else.
package workspace

import (
	"context"
	"io"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
)

// Engine is what a workspace needs of a provider; every providers.Provider is one.
type Engine interface {
	Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error
	Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error)
	Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error
}

// Adopter is an engine that can make git say what is live.
type Adopter interface {
	Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error)
}

// Git is what is done with the operator's own git and its configuration:
// moving branches that may be checked out, and talking to remotes.
type Git interface {
	MergeFastForward(ctx context.Context, branch string, next, prev model.Hash) error
	Upstream(ctx context.Context, branch string) (remote, ref string, ok bool, err error)
	Push(ctx context.Context, remote string, refspecs ...string) error
}

// Options are all that a workspace is made of. Store, Engines, Self, StateDir, Now and Rand are required.
type Options struct {
	Store    objects.Store
	Git      Git // nil without a git binary: branches are moved as bare refs, nothing is pushed.
	Config   config.Repository
	Origin   Origin
	Engines  map[string]Engine // By provider name, already decorated.
	Self     model.Principal   // Who is at work.
	Host     string            // On which machine.
	StateDir string            // Private directory for journals and earlier contents of this repository.
	Now      func() time.Time
	Rand     io.Reader // Where ids come from.
}

// Origin says where the environments come from.
type Origin string

// The origins.
const (
	FromFile      Origin = "plumb.yaml"
	FromDiscovery Origin = "discovered"
	FromNowhere   Origin = "none"
)

// Workspace is one opened repository. Its methods may be called from several
// goroutines at once.
type Workspace struct{ opt Options }

// New opens a workspace. It reads nothing yet.
func New(opt Options) *Workspace { return &Workspace{opt: opt} }

// Name is what the repository is called: the last part of its directory's name.
func (w *Workspace) Name() string { panic("to be built") }

// Info says what kind of repository it is.
func (w *Workspace) Info() objects.Info { return w.opt.Store.Info() }

// Origin says where the environments come from.
func (w *Workspace) Origin() Origin { return w.opt.Origin }

// Self is who is at work.
func (w *Workspace) Self() model.Principal { return w.opt.Self }

// Environments are the environments in the order of plumb.yaml.
func (w *Workspace) Environments() []model.Environment { return w.opt.Config.Environments }

// Environment finds one by name; the error's hint names the nearest.
func (w *Workspace) Environment(name string) (model.Environment, error) { panic("to be built") }

// AppliedSource says how the applied revision of an environment is known.
type AppliedSource string

// The sources. An inferred revision was found by matching live against history.
const (
	AppliedUnknown  AppliedSource = ""
	AppliedLedger   AppliedSource = "ledger"
	AppliedInferred AppliedSource = "inferred"
)

// Position is where an environment stands in history.
type Position struct {
	Environment model.Environment
	Branch      string     // The full name of the branch that it tracks.
	Tracked     model.Hash // The head of that branch; empty when unborn.
	Applied     model.Hash // Empty where it is not known.
	Source      AppliedSource
	Pending     []model.Commit // Commits after Applied up to Tracked that touch the environment, newest first.
}

// Position says where the environment stands. It does not look at reality: an
// inferred applied revision is known only after the first Observe.
func (w *Workspace) Position(ctx context.Context, env string) (Position, error) {
	panic("to be built")
}

// History opens a feed; each entry knows the environments in which it is live.
func (w *Workspace) History(ctx context.Context, q history.Query) (*history.Feed, error) {
	panic("to be built")
}

// Observation is the live state of an environment beside git's.
type Observation struct {
	Position
	Targets []TargetObservation // In the order of plumb.yaml.
}

// TargetObservation is the live state of one target.
type TargetObservation struct {
	Target    model.Target
	Provider  string
	CheckedAt time.Time
	Resources []model.Resource // Sorted by group, then name.
	Err       error            // Why nothing can be said about the target at all.
}

// Count is the number of resources with the status.
func (t TargetObservation) Count(s model.Status) int { panic("to be built") }

// Count is the number of resources with the status, over all targets.
func (o Observation) Count(s model.Status) int { panic("to be built") }

// InSync reports whether every resource is known and in sync.
func (o Observation) InSync() bool { panic("to be built") }

// Observe looks at the live state of an environment. Emit, if not nil, gets each target's
// resources as they become known, from one goroutine at a time; the
// result has them all. What cannot be seen is in the result as unknown or as a
// target's error; the error is for what makes the question itself impossible.
func (w *Workspace) Observe(ctx context.Context, env string, emit func(model.Resource)) (Observation, error) {
	panic("to be built")
}

// Resolve finds the commit a revision names, also the words "live:ENV" (its applied revision) and "git:ENV" (its tracked head).
func (w *Workspace) Resolve(ctx context.Context, revision string) (model.Hash, error) {
	panic("to be built")
}

// Commit reads one commit.
func (w *Workspace) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	return w.opt.Store.Commit(ctx, id)
}

// Files lists what differs between two revisions, in path order. An empty a is the empty tree.
func (w *Workspace) Files(ctx context.Context, a, b model.Hash, paths ...string) ([]model.FileChange, error) {
	panic("to be built")
}

// CommitFiles lists what a commit changed against its first parent.
func (w *Workspace) CommitFiles(ctx context.Context, id model.Hash) ([]model.FileChange, error) {
	panic("to be built")
}

// FileDiff reads both sides of one file and compares them, secrets masked. Large
// files are not loaded and say so in the Note; a missing object says which.
func (w *Workspace) FileDiff(ctx context.Context, f model.FileChange, oldLabel, newLabel string, opt diff.Options) diff.File {
	panic("to be built")
}

// Side is a version of a resource.
type Side string

// The three versions of a resource.
const (
	Tracked Side = "git"
	Applied Side = "applied"
	Live    Side = "live"
)

// ResourceDiff compares two versions of a resource, secrets masked. It reads nothing: r holds all versions.
func ResourceDiff(r model.Resource, from, to Side, opt diff.Options) diff.File { panic("to be built") }

// StepDiff compares before and after of a step, secrets masked.
func StepDiff(s model.Step, opt diff.Options) diff.File { panic("to be built") }

// Request asks for a change.
type Request struct {
	Environment string
	Kind        model.ChangeKind
	Subject     string   // A revision for deploy, a commit for revert, a commit or change for rollback.
	Addresses   []string // For restore and adopt: ADDRESS, or TARGET/ADDRESS where it is ambiguous.
}

// Draft is a change before it is sealed: its plans are known, nothing was written that anyone can see.
type Draft struct {
	Change model.Change // Without id, reason and digest yet.
	Plans  []model.Plan // With contents, for judging.
}

// Draft works out what the request would do. It reads reality.
func (w *Workspace) Draft(ctx context.Context, req Request) (*Draft, error) { panic("to be built") }

// Seal makes the change of a draft: commits on its branch, a digest, an entry in the ledger. The reason is required.
func (w *Workspace) Seal(ctx context.Context, d *Draft, reason string) (model.Change, error) {
	panic("to be built")
}

// Changes lists all changes, newest first, with their approvals and states.
func (w *Workspace) Changes(ctx context.Context) ([]model.Change, error) { panic("to be built") }

// Change finds one by its id or an unambiguous beginning of it.
func (w *Workspace) Change(ctx context.Context, id string) (model.Change, error) {
	panic("to be built")
}

// Review derives the plans of an open change again and compares their digests
// with the sealed ones. Holds is false with a reason when reality or git moved: the approvals are void then.
type Review struct {
	Plans   []model.Plan // As derived now.
	Holds   bool
	Because string // What moved, when it does not hold.
	At      time.Time
	Rules   []model.Rule
}

// Review looks at reality for a change that is to be judged.
func (w *Workspace) Review(ctx context.Context, c model.Change) (Review, error) {
	panic("to be built")
}

// Approve records the operator's approval, bound to the change's digest and revision.
// It is refused when the rules do not allow it or when reality moved.
func (w *Workspace) Approve(ctx context.Context, id model.ChangeID) (model.Change, error) {
	panic("to be built")
}

// Abandon gives an open change up and deletes its branch.
func (w *Workspace) Abandon(ctx context.Context, id model.ChangeID, why string) (model.Change, error) {
	panic("to be built")
}

// Apply carries out an allowed change: plans again, compares digests, merges
// the branch, runs, and looks again. Watch, if not nil, gets every event after it is in the journal, from one
// goroutine at a time. The run says how it ended; the error wraps
// model.ErrRefused when nothing was begun and model.ErrUncertain for a partial or unknown outcome.
func (w *Workspace) Apply(ctx context.Context, id model.ChangeID, watch func(model.Event)) (model.Run, error) {
	panic("to be built")
}

// Runs lists all runs on record, newest first, without their events.
func (w *Workspace) Runs(ctx context.Context) ([]model.Run, error) { panic("to be built") }

// Run finds one run by its id or an unambiguous beginning of it, with its
// events where this machine has its journal.
func (w *Workspace) Run(ctx context.Context, id string) (model.Run, error) { panic("to be built") }
