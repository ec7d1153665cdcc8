package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"plumb/gitops/change"
	"plumb/gitops/check"
	"plumb/gitops/config"
	"plumb/model"
	"plumb/model/text"
)

// Validator is an engine that can say what is wrong with the files of a target. It runs nothing of the repository.
type Validator interface {
	Validate(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Finding, error)
}

// CheckRequest asks for the checks of a revision, whatever is known of it.
type CheckRequest struct {
	Revision     model.Hash
	Base         model.Hash // What it is compared with to see which checks concern it; empty for what each environment has.
	Environments []string
}

// Checked is what the checks say of a revision.
type Checked struct {
	Revision model.Hash
	Results  []model.CheckResult // The validation of each environment, then the checks.
}

// Failed reports whether something that is required has not passed.
func (c Checked) Failed() bool {
	rule, ok := model.DecideChecks(c.Results)
	return ok && !rule.OK
}

// subject is a revision that is checked, and what it replaces.
type subject struct {
	revision, base, tree model.Hash
}

// Check validates a revision and runs all checks that the environments have for it, also those that have a result
// already, each once. Which they are is read from the last applied revisions, so that a revision cannot take a check away from
// itself. Watch is as in [check.Job.Run]. Where nothing of the repository may be run, the error says so, and the
// answer is what could be said without.
func (w *Workspace) Check(ctx context.Context, req CheckRequest, watch func(model.CheckEvent)) (Checked, error) {
	checked := Checked{Revision: req.Revision}
	record, err := w.record(ctx)
	if err != nil {
		return checked, err
	}
	s, err := w.subject(ctx, req.Revision, req.Base)
	if err != nil {
		return checked, err
	}
	var all gathered
	for _, name := range req.Environments {
		env, err := w.checkedBy(ctx, name, record)
		if err != nil {
			return checked, err
		}
		here := s
		if req.Base == "" {
			if here.base, err = w.replaced(ctx, env, req.Revision, record); err != nil {
				return checked, err
			}
			s.base = cmp.Or(s.base, here.base)
		}
		validation, err := w.validate(ctx, env, req.Revision)
		if err != nil {
			return checked, err
		}
		checked.Results = append(checked.Results, validation)
		known, err := w.concerning(ctx, env.Checks, here)
		if err != nil {
			return checked, err
		}
		for i, c := range env.Checks {
			all.add(c, known[i])
		}
	}
	err = w.fill(ctx, s, all, func(r model.CheckResult) bool { return r.State != model.CheckSkipped }, watch)
	if err == nil || errors.Is(err, model.ErrRefused) {
		checked.Results = append(checked.Results, all.results...)
	}
	return checked, err
}

// gathered are checks with what is known of each.
type gathered struct {
	checks  []model.Check
	results []model.CheckResult
}

// add adds a check once. One of all environments is skipped only where each of them would skip it.
func (g *gathered) add(c model.Check, r model.CheckResult) {
	i := slices.IndexFunc(g.checks, func(other model.Check) bool { return other.Digest() == c.Digest() })
	switch {
	case i < 0:
		g.checks, g.results = append(g.checks, c), append(g.results, r)
	case g.results[i].State == model.CheckSkipped:
		g.results[i] = r
	}
}

// fill runs the checks whose result is wanted and puts it in the place of what was known. Where it is refused to run them, that is why they have none.
func (w *Workspace) fill(ctx context.Context, s subject, g gathered, wanted func(model.CheckResult) bool, watch func(model.CheckEvent)) error {
	var todo []model.Check
	var places []int
	for i, r := range g.results {
		if wanted(r) {
			todo, places = append(todo, g.checks[i]), append(places, i)
		}
	}
	ran, err := w.run(ctx, s, todo, watch)
	for i, at := range places {
		if err == nil {
			g.results[at] = ran[i]
		} else {
			g.results[at] = check.NotRun(todo[i], model.CheckNotRun, text.Error(err))
		}
	}
	return err
}

// checkedBy is the environment as it is governed; in a pipeline that has neither records nor the branch, as plumb.yaml has it there.
func (w *Workspace) checkedBy(ctx context.Context, name string, record change.Record) (model.Environment, error) {
	env, err := w.Environment(name)
	if err != nil {
		return env, err
	}
	if _, recorded := record.Applied[name]; !recorded {
		if _, _, err := w.tracked(ctx, env); err != nil {
			return env, ctx.Err()
		}
	}
	return w.governed(ctx, name, record)
}

// replaced is what the revision would replace in an environment: what is applied, or where it left the branch that is tracked. Empty where
// nothing is known; all files count as touched then.
func (w *Workspace) replaced(ctx context.Context, env model.Environment, revision model.Hash, record change.Record) (model.Hash, error) {
	if applied, ok := record.Applied[env.Name]; ok {
		return applied, nil
	}
	_, tracked, err := w.tracked(ctx, env)
	if err != nil || tracked == "" || tracked == revision {
		return "", ctx.Err()
	}
	base, err := w.opt.Store.MergeBase(ctx, tracked, revision)
	if err != nil || base == revision {
		return "", ctx.Err()
	}
	return base, nil
}

// RunChecks validates the revision of a change and runs those of its checks that have no result yet. Watch is as in [check.Job.Run].
func (w *Workspace) RunChecks(ctx context.Context, c model.Change, watch func(model.CheckEvent)) ([]model.CheckResult, error) {
	env, err := w.Governed(ctx, c.Environment)
	if err != nil {
		return nil, err
	}
	s, err := w.subject(ctx, c.Revision, c.Base)
	if err != nil {
		return nil, err
	}
	results, err := w.concerning(ctx, env.Checks, s)
	if err != nil {
		return nil, err
	}
	isMissing := func(r model.CheckResult) bool { return r.State == model.CheckNotRun }
	if err := w.fill(ctx, s, gathered{env.Checks, results}, isMissing, watch); err != nil {
		return nil, err
	}
	return w.withValidation(ctx, env, c.Revision, results)
}

// subject finds the tree of a revision.
func (w *Workspace) subject(ctx context.Context, revision, base model.Hash) (subject, error) {
	c, err := w.opt.Store.Commit(ctx, revision)
	if err != nil {
		return subject{}, fmt.Errorf("check %s: %w", revision.Short(), err)
	}
	return subject{revision, base, c.Tree}, nil
}

// concerning says of each check what is known without running it: kept results, and that it is about none of the files that differ.
func (w *Workspace) concerning(ctx context.Context, checks []model.Check, s subject) ([]model.CheckResult, error) {
	results := make([]model.CheckResult, len(checks))
	kept := check.Open(w.opt.StateDir)
	var touched []model.FileChange
	for i, c := range checks {
		if len(c.When) > 0 && touched == nil {
			var err error
			if touched, err = w.Files(ctx, s.base, s.revision); err != nil {
				return nil, err
			}
			touched = slices.Clip(append([]model.FileChange{}, touched...)) // Never nil: no file may differ.
		}
		if !check.Concerns(c, touched) {
			results[i] = check.NotRun(c, model.CheckSkipped, text.Lit("no file that it is about differs"))
		} else if r, ok := kept.Load(s.tree, c); ok {
			results[i] = r
		} else {
			results[i] = check.NotRun(c, model.CheckNotRun, text.Safe{})
		}
	}
	return results, nil
}

// knownChecks is what is known of the checks of a change without running any. What cannot be found out has not passed.
func (w *Workspace) knownChecks(ctx context.Context, env model.Environment, c model.Change) []model.CheckResult {
	if len(env.Checks) == 0 {
		return nil
	}
	s, err := w.subject(ctx, c.Revision, c.Base)
	var results []model.CheckResult
	if err == nil {
		results, err = w.concerning(ctx, env.Checks, s)
	}
	if err != nil {
		for _, known := range env.Checks {
			results = append(results, check.NotRun(known, model.CheckNotRun, text.Error(err)))
		}
	}
	return results
}

// run runs checks on a revision and keeps their results.
func (w *Workspace) run(ctx context.Context, s subject, checks []model.Check, watch func(model.CheckEvent)) ([]model.CheckResult, error) {
	if len(checks) == 0 {
		return nil, nil
	}
	if w.opt.MayRun != nil {
		if err := w.opt.MayRun(); err != nil {
			return nil, fmt.Errorf("run the checks of the repository: %w", err)
		}
	}
	job := check.Job{
		Store: w.opt.Store, Revision: s.revision, Base: s.base, Tree: s.tree, Checks: checks, Kept: check.Open(w.opt.StateDir),
		Getenv: os.Getenv, Now: w.opt.Now,
	}
	return job.Run(ctx, watch)
}

// withValidation puts the validation before the other checks; it says nothing where all is well and there are no others.
func (w *Workspace) withValidation(ctx context.Context, env model.Environment, revision model.Hash, results []model.CheckResult) ([]model.CheckResult, error) {
	validation, err := w.validate(ctx, env, revision)
	if err != nil {
		return nil, err
	}
	if len(results) == 0 && validation.State == model.CheckPassed && len(validation.Findings) == 0 {
		return nil, nil
	}
	return append([]model.CheckResult{validation}, results...), nil
}

// validate asks the engines what is wrong with the files that a revision has for an environment, as its own plumb.yaml describes it.
func (w *Workspace) validate(ctx context.Context, env model.Environment, revision model.Hash) (model.CheckResult, error) {
	began := w.opt.Now()
	result := model.CheckResult{Name: model.Validation, Environment: env.Name, State: model.CheckPassed}
	snapshot, err := w.snapshot(ctx, revision)
	if err != nil {
		return result, err
	}
	var failures []error
	targets, findings, err := targetsAt(snapshot, env)
	if err != nil {
		return result, err
	}
	for _, t := range targets {
		engine, err := w.engine(t)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		validator, ok := engine.(Validator)
		if !ok {
			continue
		}
		found, err := validator.Validate(ctx, t, snapshot)
		if ctx.Err() != nil {
			return result, ctx.Err()
		}
		if err != nil {
			failures = append(failures, err)
		}
		findings = append(findings, found...)
	}
	slices.SortStableFunc(findings, func(a, b model.Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	result.Findings, result.At = findings, w.opt.Now().UTC()
	result.Took = result.At.Sub(began)
	wrong := 0
	for _, f := range findings {
		if f.Severity == model.SeverityError {
			wrong++
		}
	}
	switch {
	case len(failures) > 0:
		result.State, result.Why = model.CheckFailed, text.Error(errors.Join(failures...))
	case wrong == 1:
		result.State, result.Why = model.CheckFailed, text.Lit("1 error")
	case wrong > 1:
		result.State, result.Why = model.CheckFailed, text.Format("%d errors", wrong)
	}
	return result, nil
}

// targetsAt are the targets of an environment as the revision has them, with what is wrong with its plumb.yaml. Without such a file, or
// without the environment in it, they are those that are known now.
func targetsAt(snapshot model.Snapshot, env model.Environment) ([]model.Target, []model.Finding, error) {
	data, err := fs.ReadFile(snapshot.Files, config.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return env.Targets, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s of %s: %w", config.FileName, snapshot.Revision.Short(), err)
	}
	then, err := config.ParseRepository(config.FileName, data)
	if told, ok := errors.AsType[*config.Error](err); ok {
		var findings []model.Finding
		for _, p := range told.Problems {
			words := p.Text
			if p.Hint != "" {
				words += "; " + p.Hint
			}
			findings = append(findings, model.Finding{Path: config.FileName, Line: p.Line, Severity: model.SeverityError, Text: text.Line(words)})
		}
		return nil, findings, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, e := range then.Environments {
		if e.Name == env.Name {
			return e.Targets, nil, nil
		}
	}
	return env.Targets, nil, nil
}

// requireChecks runs what has no result yet and refuses a change whose checks have not all passed. Watch gets what they
// say as events of no step.
func (w *Workspace) requireChecks(ctx context.Context, c model.Change, watch func(model.Event)) error {
	results, err := w.RunChecks(ctx, c, func(e model.CheckEvent) {
		if watch != nil {
			watch(model.Event{At: w.opt.Now().UTC(), Phase: model.PhaseProgress, Message: text.Format("check %s %s", e.Result.Name, e.Result.State)})
		}
	})
	if err != nil {
		return err
	}
	if rule, ok := model.DecideChecks(results); ok && !rule.OK {
		return refuse(c, rule)
	}
	return nil
}
