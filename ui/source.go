package ui

import (
	"context"
	"iter"
	"time"

	"plumb/gitops/audit"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

// source is what the screen asks of a workspace. [workspace.Workspace] is the one there
// is; tests put a scripted one in its place to see the screen in states that are hard to reach.
type source interface {
	Name() string
	Info() objects.Info
	Origin() workspace.Origin
	Self() model.Principal
	Environments() []model.Environment

	Position(ctx context.Context, env string) (workspace.Position, error)
	History() chronicle
	Signatures(ctx context.Context, ids []model.Hash) (map[model.Hash]objects.Signing, error)
	Fingerprint() (uint64, error)
	Fetch(ctx context.Context) error
	Sync(ctx context.Context) ([]workspace.RemoteNews, error)
	Looked(id model.ChangeID) error
	Observe(ctx context.Context, env string, emit func(model.Resource)) (workspace.Observation, error)

	Resolve(ctx context.Context, revision string) (model.Hash, error)
	Commit(ctx context.Context, id model.Hash) (model.Commit, error)
	Files(ctx context.Context, a, b model.Hash, paths ...string) ([]model.FileChange, error)
	CommitFiles(ctx context.Context, id model.Hash) ([]model.FileChange, error)
	FileDiff(ctx context.Context, f model.FileChange, opt diff.Options, most int64) diff.File

	DivideFile(ctx context.Context, f model.FileChange) (workspace.Division, error)

	Between(ctx context.Context, a, b model.Hash) (workspace.Comparison, error)
	Effects(ctx context.Context, a, b model.Hash, files []model.FileChange) ([]workspace.EnvironmentEffect, error)
	CountLines(ctx context.Context, files []model.FileChange) iter.Seq2[int, workspace.LineCount]

	FileAt(ctx context.Context, rev model.Hash, path string, most int64) (workspace.File, error)
	Blame(ctx context.Context, rev model.Hash, path string, r objects.LineRange) iter.Seq2[objects.BlameGroup, error]
	LineHistory(ctx context.Context, rev model.Hash, path string, r objects.LineRange) iter.Seq2[objects.LineVersion, error]
	LineBefore(ctx context.Context, g objects.BlameGroup, line int) (int, error)

	ObserveAt(ctx context.Context, env string, revision model.Hash) (workspace.Observation, error)
	MaySign() error
	Draft(ctx context.Context, req workspace.Request) (*workspace.Draft, error)
	Editable(ctx context.Context, env string, picks []workspace.Pick, path string) (workspace.Edit, error)
	EditDiff(e workspace.Edit, opt diff.Options) diff.File
	Seal(ctx context.Context, d *workspace.Draft, reason string) (model.Change, error)
	Changes(ctx context.Context) ([]model.Change, error)
	Glass(ctx context.Context) (map[model.Hash][]model.Run, error)
	Damage(ctx context.Context) ([]ledger.Problem, error)
	Audit(ctx context.Context) (audit.Book, error)
	Review(ctx context.Context, c model.Change) (workspace.Review, error)
	RunChecks(ctx context.Context, c model.Change, watch func(model.CheckEvent)) ([]model.CheckResult, error)
	Approve(ctx context.Context, id model.ChangeID, watch func(model.CheckEvent)) (model.Change, error)
	Refuse(ctx context.Context, id model.ChangeID, why string) (model.Change, error)
	Withdraw(ctx context.Context, id model.ChangeID) (model.Change, error)
	Standing(ctx context.Context, env string) (workspace.Standing, error)
	Hold(ctx context.Context, env string, addresses []string, until time.Time, why string) (model.Hold, error)
	Abandon(ctx context.Context, id model.ChangeID, why string) (model.Change, error)
	Apply(ctx context.Context, id model.ChangeID, watch func(model.Event)) (model.Run, error)
	BreakGlass(ctx context.Context, id model.ChangeID, why string, watch func(model.Event)) (model.Run, error)
	Runs(ctx context.Context) ([]model.Run, error)
	Run(ctx context.Context, id string) (model.Run, error)
}

// opened makes a source of a workspace.
type opened struct{ *workspace.Workspace }

// Observe finds out first how runs ended whose process is gone. What stands in the way of that is no reason not to look.
func (o opened) Observe(ctx context.Context, env string, emit func(model.Resource)) (workspace.Observation, error) {
	_ = o.Reconcile(ctx, env)
	return o.Workspace.Observe(ctx, env, emit)
}

func (o opened) History() chronicle { return o.Workspace.History() }
