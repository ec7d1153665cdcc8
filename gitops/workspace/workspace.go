// Package workspace is what an operator has opened: one repository with its
// environments, and everything that can be asked of it or done with it. The
// screen and the headless commands are twins because both speak to a
// [Workspace] and to nothing else.
package workspace

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/config"
	"plumb/gitops/history"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
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
	MayFastForward(ctx context.Context, branch string, next, prev model.Hash) error
	MergeFastForward(ctx context.Context, branch string, next, prev model.Hash) error
	Upstream(ctx context.Context, branch string) (remote, ref string, ok bool, err error)
	Push(ctx context.Context, remote string, refspecs ...string) error
	Fetch(ctx context.Context, remote string) error
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
	CacheDir string            // Private directory for what can be built anew: the index of history. Empty for nowhere.
	Now      func() time.Time
	Rand     io.Reader                             // Where ids come from.
	Run      model.RunID                           // What the one run that is begun here is called. Empty where any number may be, each with an id of its own.
	MayRun   func() error                          // Why nothing that the repository's configuration names may be run. Nil where it always may.
	Signer   func(context.Context) (Signer, error) // What the operator signs with. Nil where nothing can be signed.
	Clone    func() (string, error)                // What tells this clone from others of the same person, see [ledger.Clone]. Nil for nothing.
	Remote   objects.Remoter                       // How the record is exchanged with remotes. Nil where it cannot be.
	Share    Sharing                               // When that is done without being asked.
	MaySign  func() error                          // Why the operator can only look at the moment: read-only, not trusted, or nobody git knows. Nil where they always may act.
}

// Origin says where the environments come from.
type Origin string

// The origins.
const (
	FromFile      Origin = "plumb.yaml"
	FromDiscovery Origin = "discovered"
	FromNowhere   Origin = "none"
)

// Setup is what of a workspace rests on the environments. See [Options].
type Setup struct {
	Config  config.Repository
	Origin  Origin
	Engines map[string]Engine
}

// Workspace is one opened repository. Its methods may be called from several
// goroutines at once.
type Workspace struct {
	opt     Options
	name    string
	history *history.History
	*knowledge
}

// knowledge is what a workspace has learnt so far.
type knowledge struct {
	mu       sync.Mutex
	setup    Setup
	ledger   *ledger.Ledger
	prefix   string                         // Of the ledger's refs.
	keyrings map[model.Hash]*change.Keyring // By revision.
	folding  sync.Mutex                     // Held while the record is read.
	folder   change.Folder
	inferred map[string]inference       // By environment.
	sources  map[model.Address][]string // The files in git that each resource that was observed comes from.
	attrs    headAttributes             // The last that were asked for.

	sharing sharing
	glances glances
}

// New opens a workspace. It reads nothing yet.
func New(opt Options) *Workspace {
	w := &Workspace{
		opt:  opt,
		name: nameOf(opt.Store.Info()),
		knowledge: &knowledge{
			setup:    Setup{opt.Config, opt.Origin, opt.Engines},
			keyrings: map[model.Hash]*change.Keyring{},
			inferred: map[string]inference{},
			sources:  map[model.Address][]string{},
		},
	}
	w.openLedger()
	w.history = history.Open(opt.Store, index.Open(opt.Store, opt.CacheDir), history.Options{Places: w.places, Paths: w.paths, Hidden: w.IsRecord})
	return w
}

// sketching is the workspace with all that it writes into git kept in memory.
func (w *Workspace) sketching(on *objects.Scratch) *Workspace {
	sketch := *w
	sketch.opt.Store = on
	return &sketch
}

// Configure puts environments in the place of those that the workspace was opened with: where they have to be looked for,
// history is there before they are. What was begun with the earlier ones goes on with them.
func (w *Workspace) Configure(s Setup) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setup = s
	w.openLedger()
}

// openLedger opens the ledger where plumb.yaml says it is. The lock is held, or nobody else knows of the workspace yet.
func (w *Workspace) openLedger() {
	prefix := cmp.Or(w.setup.Config.Ledger, ledger.DefaultPrefix)
	if w.ledger == nil || w.prefix != prefix {
		w.prefix = prefix
		w.ledger = ledger.Open(ledger.Options{Store: w.opt.Store, Prefix: prefix, Self: w.opt.Self, Clone: w.opt.Clone,
			Pins: w.private("pins"), Now: w.opt.Now})
	}
}

// private is the name of a file in the workspace's private directory; empty where it has none.
func (w *Workspace) private(name string) string {
	if w.opt.StateDir == "" {
		return ""
	}
	return filepath.Join(w.opt.StateDir, name)
}

// ledgerNow is the ledger as plumb.yaml is known now.
func (w *Workspace) ledgerNow() *ledger.Ledger {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ledger
}

// configured is what rests on the environments, as they are known now.
func (w *Workspace) configured() Setup {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.setup
}

// Close ends what works for the workspace. The store is its owner's to close.
func (w *Workspace) Close() error { return w.history.Close() }

// Name is what the repository is called: its directory's name.
func (w *Workspace) Name() string {
	return w.name
}

func nameOf(info objects.Info) string {
	if info.WorkTree != "" {
		return filepath.Base(info.WorkTree)
	}
	return strings.TrimSuffix(filepath.Base(info.GitDir), ".git")
}

// Info says what kind of repository it is.
func (w *Workspace) Info() objects.Info { return w.opt.Store.Info() }

// Origin says where the environments come from.
func (w *Workspace) Origin() Origin { return w.configured().Origin }

// Self is who is at work.
func (w *Workspace) Self() model.Principal { return w.opt.Self }

// MaySign says why nothing can be sealed, approved, abandoned or applied from
// here, or nil. Environments have rules of their own beside it.
func (w *Workspace) MaySign() error {
	if w.opt.MaySign == nil {
		return nil
	}
	return w.opt.MaySign()
}

// Environments are the environments in the order of plumb.yaml.
func (w *Workspace) Environments() []model.Environment { return w.configured().Config.Environments }

// Environment finds one by name.
func (w *Workspace) Environment(name string) (model.Environment, error) {
	var names []string
	repository := w.configured().Config
	for _, e := range repository.Environments {
		if e.Name == name {
			e.ReadOnly = e.ReadOnly || repository.ReadOnly
			return e, nil
		}
		names = append(names, e.Name)
	}
	err := fmt.Errorf("there is no environment %q", name)
	if len(names) == 0 {
		return model.Environment{}, model.WithHint(err, "this repository has none yet: plumb init writes a plumb.yaml")
	}
	return model.Environment{}, model.WithHint(err, "the environments are %s", strings.Join(names, ", "))
}
