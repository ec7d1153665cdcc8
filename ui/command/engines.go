package command

import (
	"context"
	"errors"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/providers"
	"plumb/providers/hosts"
)

// limits are for engines that hang; what is slow but alive stays well below.
var limits = providers.Timeouts{Read: time.Minute, Observe: 2 * time.Minute, Plan: 5 * time.Minute}

// newHosts is the provider of files on hosts, for the repository at root.
func newHosts(root string, ssh []string, ran func(model.Command), now func() time.Time) providers.Provider {
	return hosts.New(hosts.Options{Root: root, SSH: ssh, Ran: ran, Now: now})
}

// engines are the providers with their decorators, by name.
func (o *Opened) engines(repository config.Repository, info objects.Info) map[string]workspace.Engine {
	root := info.WorkTree
	if root == "" {
		root = info.GitDir
	}
	p := newHosts(root, o.Operator.SSH, o.Ran.Add, o.now)
	return map[string]workspace.Engine{p.Name(): o.gate(p, repository)}
}

// gate is a provider behind the decorators that hold for the environment at the moment: one that was not
// trusted can be while the screen is open, and only some environments may be read-only.
type gate struct {
	open, readonly, untrusted providers.Provider
	allowed                   func() bool
	writable                  map[string]bool
}

func (o *Opened) gate(p providers.Provider, repository config.Repository) gate {
	p = providers.Timeout(p, limits)
	g := gate{
		open: p, readonly: providers.ReadOnly(p), untrusted: providers.Untrusted(p, "plumb trust shows what would run, and asks"),
		allowed: o.Trusted, writable: map[string]bool{},
	}
	for _, env := range repository.Environments {
		g.writable[env.Name] = !env.ReadOnly && !repository.ReadOnly && !o.ReadOnly
	}
	return g
}

func (g gate) in(env string) providers.Provider {
	switch {
	case !g.allowed():
		return g.untrusted
	case !g.writable[env]:
		return g.readonly
	}
	return g.open
}

// Observe implements [workspace.Engine].
func (g gate) Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error {
	return g.in(req.Environment).Observe(ctx, req, emit)
}

// Plan implements [workspace.Engine].
func (g gate) Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error) {
	return g.in(req.Environment).Plan(ctx, req)
}

// Apply implements [workspace.Engine].
func (g gate) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error {
	return g.in(plan.Environment).Apply(ctx, plan, record)
}

// Adopt implements [workspace.Adopter].
func (g gate) Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error) {
	adopter, ok := providers.AsAdopter(g.in(req.Environment))
	if !ok {
		return nil, model.Refuse("restore it instead, or change the repository by hand", "the provider %s cannot adopt", g.open.Name())
	}
	return adopter.Adopt(ctx, req)
}

// Validate implements [workspace.Validator]. It reads files only, so it is the same for every environment.
func (g gate) Validate(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Finding, error) {
	return g.untrusted.Validate(ctx, target, want)
}

// Desired implements [workspace.Desirer]. It reads files only, so it is the same for every environment.
func (g gate) Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error) {
	desirer, ok := providers.AsDesirer(g.untrusted)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return desirer.Desired(ctx, target, want)
}
