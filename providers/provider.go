// Package providers holds the contract that every engine adapter fulfils, and
// the decorators that are put around one: read-only, untrusted, timeout,
// recording, faults. The adapters themselves live in one package per engine
// below this one, and package providertest is the suite that each of them passes.
package providers

import (
	"context"
	"io/fs"

	"plumb/model"
)

// Provider adapts one engine. All methods may be called from several
// goroutines at once, stop soon after ctx is cancelled with an error that wraps
// ctx.Err(), and leave no process behind.
//
// A rendering or reading error is an error, never "nothing is wanted".
type Provider interface {
	// Name is the word for the provider in plumb.yaml.
	Name() string

	// Discover finds the targets that the tree declares by itself, without any
	// configuration. It reads files only: it never runs the repository's code
	// and never writes. No targets is not an error.
	Discover(ctx context.Context, tree fs.FS) ([]model.Target, error)

	// Validate answers what a pipeline would check first, with file and line.
	// It never runs the repository's code and never writes. May be retried.
	Validate(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Finding, error)

	// Observe looks at reality and emits every resource of the target, in any
	// order, as soon as it is known. Emit is called from one goroutine at a
	// time. A resource that cannot be read is emitted as unknown with the
	// reason, and the rest goes on: the error is for when nothing can be said
	// about the target at all. Observe may run the repository's code, so it is
	// called for trusted repositories only; it never writes and may be retried.
	Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error

	// Plan derives the steps that lead from reality to req.Want. The same
	// reality and the same request give a plan with the same digest. It may run
	// the repository's code, never writes, and may be retried. It fails when any resource
	// in question cannot be read: a plan with blind spots that are not counted in its
	// coverage is never answered.
	Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error)

	// Apply carries out exactly the plan, which this provider made in this
	// process. Before each step it compares reality with the step's Before; if
	// that moved, the step fails with nothing lost. It calls record from one
	// goroutine at a time; a step has no effect before record returned nil for its
	// PhaseBegin, and an error of record stops the run. Every step ends with
	// exactly one event whose Phase.IsEnd. After the first failed step no new
	// step of the target begins; those not reached end as PhaseSkipped. Apply is never
	// retried: observe first. Its error wraps [model.ErrUncertain] when
	// the effect of a step is unknown.
	Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error
}

// Adopter is a provider that can make git say what is live.
type Adopter interface {
	// Adopt answers the file edits after which git, at the revision of
	// req.Base, wants exactly what is live. It neither runs the repository's code nor writes.
	// What git cannot say is an error that names the place where a person has to say it.
	Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error)
}

// Desirer is a provider that can say what a revision wants without looking at reality.
type Desirer interface {
	// Desired answers all resources that a revision wants of the target, each address once, in any order. It
	// reads files only: it never runs the repository's code and never writes. A revision that has no such target
	// is an error that wraps [fs.ErrNotExist]. May be retried.
	Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error)
}
