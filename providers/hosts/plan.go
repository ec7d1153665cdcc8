package hosts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"plumb/model"
	"plumb/model/secret"
)

// artefact is what Apply needs beside the plan's words: what was seen, in the form that is compared on the host.
type artefact struct {
	by     *Provider
	digest model.Digest
	hosts  []hostWork // In the order of the plan's steps.
}

// hostWork is all that is to be done on one host.
type hostWork struct {
	host  model.Host
	works []work
}

// work is one step and what it is based on.
type work struct {
	step   model.Step
	path   string
	before sight
	treatment
	guard time.Duration // How long the host waits for a new connection before it takes the step back; zero without a guard.
}

// Plan compares all hosts with req.Want at the same time. A host or a file that
// cannot be read is an error: there are no blind spots.
func (p *Provider) Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error) {
	plan := model.Plan{Environment: req.Environment, Target: req.Target.Name, Provider: p.Name(), Engine: "hosts/1", Base: req.Applied.Revision, Revision: req.Want.Revision}
	want, applied, err := p.layouts(ctx, req.Target, req.Want, req.Applied)
	if err != nil {
		return plan, err
	}
	only := newSelection(req.Only)
	results := make([]hostWork, len(req.Target.Hosts))
	counts := make([]int, len(req.Target.Hosts))
	failures := make([]error, len(req.Target.Hosts))
	var group errgroup.Group // For its limit alone: one host that fails does not stop the others.
	group.SetLimit(p.opt.Limits.Hosts)
	for i, h := range req.Target.Hosts {
		if !only.touches(h.Name) {
			continue
		}
		group.Go(func() error {
			results[i], counts[i], failures[i] = p.planHost(ctx, req.Target, h, want[h.Name], applied[h.Name], req, only)
			return nil
		})
	}
	_ = group.Wait()
	if err := ctx.Err(); err != nil {
		return plan, fmt.Errorf("plan %s: %w", req.Target.Name, err)
	}
	if err := joinHosts(failures); err != nil {
		return plan, err
	}
	if missing := only.unseen(); len(missing) > 0 {
		return plan, model.WithHint(fmt.Errorf("%s has no %s", req.Target.Name, strings.Join(missing, ", ")), "plumb status lists the addresses")
	}
	a := &artefact{by: p}
	for i, r := range results {
		plan.Coverage.Total += counts[i]
		for _, w := range r.works {
			plan.Steps = append(plan.Steps, w.step)
		}
		if len(r.works) > 0 {
			a.hosts = append(a.hosts, r)
			plan.Places = append(plan.Places, place(r.host))
		}
	}
	plan.Coverage.Predicted = plan.Coverage.Total
	a.digest = plan.Digest()
	plan.Artefact = a
	return plan, nil
}

// place says where a host really is. Approvals cover it, so that nobody leads an approved change to other
// machines by an edit of plumb.yaml.
func place(h model.Host) string {
	if h.SSH == "" {
		return h.Name + " is the directory " + h.Root
	}
	if h.Root == "" {
		return secret.MaskText(h.Name + " is ssh " + h.SSH)
	}
	return secret.MaskText(h.Name + " is ssh " + h.SSH + ", the directory " + h.Root)
}

// joinHosts is one error for all hosts that failed; the hint is the first one's.
func joinHosts(failures []error) error {
	err := errors.Join(failures...)
	if hint := model.Hint(err); hint != "" {
		return err
	}
	for _, f := range failures {
		if hint := model.Hint(f); hint != "" {
			return model.WithHint(err, "%s", hint)
		}
	}
	return err
}

// planHost derives the steps for one host, in their order, and counts the resources that were looked at for it.
func (p *Provider) planHost(ctx context.Context, target model.Target, h model.Host, want, applied map[string]model.State, req model.PlanRequest, only *selection) (hostWork, int, error) {
	result := hostWork{host: h}
	concerns := func(name string) bool {
		return only.has(h.Name, name) && !(req.KeepDrift && alike(applied[name], want[name]))
	}
	paths := slices.DeleteFunc(sortedKeys(union(want, applied)), func(name string) bool { return !concerns(name) })
	sights, contents, fresh, err := p.survey(ctx, "plan", target, h, paths, p.opt.Limits.Keep, want, applied)
	if err != nil {
		return result, 0, err
	}
	count := 0
	var problems []error
	for _, name := range sortedKeys(sights) {
		if !concerns(name) {
			continue
		}
		only.see(h.Name, name)
		count++
		s, after := sights[name], want[name]
		switch {
		case s.problem != "":
			problems = append(problems, model.WithHint(fmt.Errorf("%s: %s", address(h.Name, name), s.problem), "a plan needs to read all that it may change; mend the rights, or pick other resources"))
			continue
		case after.Exists && !s.isOurs():
			problems = append(problems, model.WithHint(fmt.Errorf("%s is a %s where git wants a %s", address(h.Name, name), s.kind, after.Kind), "plumb does not remove a %s: move it away by hand", s.kind))
			continue
		case !after.Exists && !s.isOurs():
			continue
		}
		w := work{path: name, before: s, treatment: treat(target.Files, name)}
		before := s.state(after, applied[name], model.State{Sensitive: w.sensitive})
		before.Content = withData(before, s, contents[name], p.opt.Limits.Keep, after, applied[name])
		if before.Content.Sum != s.sum && before.Kind == "file" {
			problems = append(problems, fmt.Errorf("%s changes while it is read", address(h.Name, name)))
			continue
		}
		if after.Matches(before) {
			continue
		}
		w.step = model.Step{Address: address(h.Name, name), Group: h.Name, Name: name, Action: actionFor(before, after), Before: before, After: after}
		w.step.Drifted = !req.Applied.IsZero() && !applied[name].Matches(before)
		w.step.Effects = w.effects()
		w.step.Undo = w.judge(fresh)
		result.works = append(result.works, w)
	}
	p.guard(result.works, target, h)
	order(result.works)
	return result, count, errors.Join(problems...)
}

// alike reports whether two revisions want the same of a file.
func alike(a, b model.State) bool { return a.Matches(b) && b.Matches(a) }

func actionFor(before, after model.State) model.Action {
	switch {
	case !before.Exists:
		return model.Create
	case !after.Exists:
		return model.Delete
	case before.Kind != after.Kind:
		return model.Replace
	default:
		return model.Update
	}
}

// effects says what runs beside the step.
func (w work) effects() []string {
	var effects []string
	if w.runsCheck() {
		effects = append(effects, model.EffectCheck+named(w.check))
	}
	if len(w.reload) > 0 {
		effects = append(effects, model.EffectReload+named(w.reload))
	}
	return effects
}

// runsCheck reports whether the check has anything to look at: one for the new file needs a new file.
func (w work) runsCheck() bool {
	return len(w.check) > 0 && (w.step.After.Kind == "file" || !job{check: w.check}.checksFirst())
}

// named writes a command for people and for the record. Where a secret had to be masked, a
// fingerprint stands for the whole, so that an approval still covers every argument.
func named(argv []string) string {
	whole := words(argv)
	masked := secret.MaskText(whole)
	if masked == whole {
		return whole
	}
	sum := sha256.Sum256([]byte(strings.Join(argv, "\x00")))
	return fmt.Sprintf("%s (fingerprint %x)", masked, sum[:8])
}

// words writes an argument vector for people; arguments that a shell would not take as they are get quotes.
func words(argv []string) string {
	quoted := make([]string, len(argv))
	for i, a := range argv {
		quoted[i] = a
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`;|&<>()*?[]#~!") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// order puts what is written before what is deleted, by path, but a file that is
// in the way of a new directory goes first. What is guarded comes behind all else, together.
func order(works []work) {
	const kinds = 3
	rank := func(w work) int {
		if w.guard > 0 {
			return kinds
		}
		return 0
	}
	within := func(w work) int {
		if w.step.Action != model.Delete {
			return 1
		}
		if slices.ContainsFunc(works, func(o work) bool {
			return o.step.Action != model.Delete && strings.HasPrefix(o.path, w.path+"/")
		}) {
			return 0
		}
		return 2
	}
	ranks := make(map[string]int, len(works))
	for _, w := range works {
		ranks[w.path] = rank(w) + within(w)
	}
	slices.SortFunc(works, func(a, b work) int {
		return cmp.Or(cmp.Compare(ranks[a.path], ranks[b.path]), cmp.Compare(a.path, b.path))
	})
}
