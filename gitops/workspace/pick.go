package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumb/model"
)

// pick finds the drifted resources that the addresses name.
func (w *Workspace) pick(ctx context.Context, p Position, addresses []string) ([]model.Resource, error) {
	if len(addresses) == 0 {
		return nil, model.WithHint(fmt.Errorf("no address was named"), "plumb status --env %s lists addresses", p.Environment.Name)
	}
	o, err := w.observe(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	var picked []model.Resource
	for _, address := range addresses {
		r, err := find(o, address)
		if err != nil {
			return nil, err
		}
		switch {
		case r.Status == model.InSync:
			return nil, model.WithHint(fmt.Errorf("%s is in sync: there is nothing to do", r.Address), "plumb status --env %s lists what drifted", p.Environment.Name)
		case r.Status == model.Unknown:
			return nil, model.WithHint(fmt.Errorf("%s is unknown: %s", r.Address, r.Reason), "make it readable first")
		case r.Status == model.Pending:
			return nil, model.WithHint(fmt.Errorf("%s did not drift: git has moved on and it waits to be deployed", r.Address), "plumb change create --env %s --deploy %s", p.Environment.Name, p.Tracked.Short())
		}
		if !slices.ContainsFunc(picked, func(q model.Resource) bool { return q.Target == r.Target && q.Address == r.Address }) {
			picked = append(picked, r)
		}
	}
	return picked, nil
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
		names = append(names, r.Target+"/"+string(r.Address))
	}
	return names
}

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

// only are the addresses of a change that belong to the target; nil for all.
func only(c model.Change, target string) (addresses []model.Address, concerned bool) {
	if len(c.Addresses) == 0 {
		return nil, true
	}
	for _, a := range c.Addresses {
		if rest, ok := strings.CutPrefix(a, target+"/"); ok {
			addresses = append(addresses, model.Address(rest))
		}
	}
	return addresses, len(addresses) > 0
}
