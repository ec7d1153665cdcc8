package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumb/model"
)

// pick finds the drifted resources that the request names, as a whole or in part.
func (w *Workspace) pick(ctx context.Context, p Position, req Request) (selection, error) {
	var s selection
	if len(req.Addresses)+len(req.Parts) == 0 {
		return s, model.WithHint(fmt.Errorf("no address was named"), "plumb status --env %s lists addresses", p.Environment.Name)
	}
	o, err := w.observe(ctx, p, nil)
	if err != nil {
		return s, err
	}
	for _, address := range req.Addresses {
		r, err := o.Drifted(address)
		if err != nil {
			return s, err
		}
		if !s.has(r) {
			s.resources = append(s.resources, r)
		}
	}
	for _, part := range req.Parts {
		r, err := o.Drifted(part.Address)
		if err != nil {
			return s, err
		}
		if s.has(r) {
			return s, model.WithHint(fmt.Errorf("%s is named twice", r.Address), "take all of it, or all of its parts at once")
		}
		d, err := divided(r, part)
		if err != nil {
			return s, err
		}
		s.resources = append(s.resources, r)
		s.portions = append(s.portions, portion{r, d, part})
	}
	return s, nil
}

// Drifted finds the resource of an address, alone or after its target's name and a slash. One that did not
// drift, so that there is nothing to adopt or restore, is an error that says so.
func (o Observation) Drifted(address string) (model.Resource, error) {
	r, err := find(o, address)
	if err != nil {
		return r, err
	}
	switch r.Status {
	case model.InSync:
		return r, model.WithHint(fmt.Errorf("%s is in sync: there is nothing to do", r.Address), "plumb status --env %s lists what drifted", o.Environment.Name)
	case model.Unknown:
		return r, model.WithHint(fmt.Errorf("%s is unknown: %s", r.Address, r.Reason), "make it readable first")
	case model.Pending:
		return r, model.WithHint(fmt.Errorf("%s did not drift: git has moved on and it waits to be deployed", r.Address), "plumb change create --env %s --deploy %s", o.Environment.Name, o.Tracked.Short())
	}
	return r, nil
}

// find finds a resource by its address, alone or after its target's name and a slash.
func find(o Observation, address string) (model.Resource, error) {
	var found []model.Resource
	var failed error
	for _, t := range o.Targets {
		for _, r := range t.Resources {
			if string(r.Address) == address || t.Target.Name+"/"+string(r.Address) == address {
				found = append(found, r)
			}
		}
		if t.Err != nil {
			failed = fmt.Errorf("look at target %s: %w", t.Target.Name, t.Err)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return model.Resource{}, model.WithHint(fmt.Errorf("%s is in more than one target", address), "say which: %s", strings.Join(qualified(found), " or "))
	case failed != nil:
		return model.Resource{}, failed
	}
	return model.Resource{}, model.WithHint(fmt.Errorf("there is no resource %s in %s", address, o.Environment.Name), "plumb status --env %s --all lists the addresses", o.Environment.Name)
}

// qualified are the addresses with their targets.
func qualified(resources []model.Resource) []string {
	var names []string
	for _, r := range resources {
		names = append(names, qualify(r))
	}
	return names
}

// qualify is a resource's address with its target.
func qualify(r model.Resource) string { return r.Target + "/" + string(r.Address) }

// phrase names resources in few words: one by its address, several by their number and groups.
func phrase(resources []model.Resource) string {
	if len(resources) == 1 {
		return string(resources[0].Address)
	}
	var groups []string
	for _, r := range resources {
		if !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
	}
	const few = 3
	if len(groups) > few {
		return fmt.Sprintf("%d files on %d hosts", len(resources), len(groups))
	}
	return fmt.Sprintf("%d files on %s", len(resources), strings.Join(groups, ", "))
}

// only are the addresses of a change that belong to the target and are to be as it wants them; nil for all. What is
// adopted in part stays as it is: git comes to want a part of it, and not all.
func only(c model.Change, target string) (addresses []model.Address, concerned bool) {
	if len(c.Addresses) == 0 {
		return nil, true
	}
	for _, a := range c.Addresses {
		if isAdoptedInPart(c, a) {
			continue
		}
		if rest, ok := strings.CutPrefix(a, target+"/"); ok {
			addresses = append(addresses, model.Address(rest))
		}
	}
	return addresses, len(addresses) > 0
}

// isAdoptedInPart reports whether a change makes git want a part of what is live at TARGET/ADDRESS, and leaves it as it is there.
func isAdoptedInPart(c model.Change, address string) bool {
	return c.VerbOf(address) == model.Adopt && slices.ContainsFunc(c.Parts, func(p model.Part) bool { return p.Address == address })
}

// composed are the addresses of a target that a change of several picks is to touch: what its commit changes, and what it
// restores. Other drift is left alone.
func (w *Workspace) composed(ctx context.Context, engine Engine, t model.Target, c model.Change) ([]model.Address, error) {
	made, err := w.Commit(ctx, c.Commits[0])
	if err != nil {
		return nil, err
	}
	if len(made.Parents) != 1 {
		return nil, fmt.Errorf("%s is not the commit of %s", made.Hash.Short(), c.ID)
	}
	before, err := w.snapshot(ctx, made.Parents[0])
	if err != nil {
		return nil, err
	}
	after, err := w.snapshot(ctx, c.Revision)
	if err != nil {
		return nil, err
	}
	p, err := engine.Plan(ctx, model.PlanRequest{Environment: c.Environment, Target: t, Want: after, Applied: before, KeepDrift: true})
	if err != nil {
		return nil, err
	}
	var addresses []model.Address
	for _, s := range p.Steps {
		if !isAdoptedInPart(c, t.Name+"/"+string(s.Address)) {
			addresses = append(addresses, s.Address)
		}
	}
	for _, a := range c.Addresses {
		rest, ok := strings.CutPrefix(a, t.Name+"/")
		if address := model.Address(rest); ok && c.VerbOf(a) == model.Restore && !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses, nil
}
