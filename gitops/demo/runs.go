package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// equip makes the directories that play the hosts, with stand-ins for the programs of
// their own that plumb.yaml names.
func (t *teller) equip() {
	if t.err == nil {
		t.err = t.makeHosts()
	}
}

func (t *teller) makeHosts() error {
	if err := t.configure(); err != nil {
		return err
	}
	for _, e := range t.config.Environments {
		for _, target := range e.Targets {
			for _, h := range target.Hosts {
				root := filepath.Join(t.hosts, h.Name)
				t.hostDirs = append(t.hostDirs, root)
				for _, rule := range target.Files {
					for _, argv := range [][]string{rule.Check, rule.Reload} {
						if len(argv) == 0 || !strings.Contains(argv[0], "/") {
							continue
						}
						if err := standIn(filepath.Join(root, argv[0])); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	return nil
}

// standIn writes the stand-in for a program, if it is not there yet.
func standIn(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	source := "files/standin/checker"
	if filepath.Base(file) == "systemctl" {
		source = "files/standin/systemctl"
	}
	data, err := files.ReadFile(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o755)
}

// deploy brings an environment to main, as plumb would have done it then:
// planned by the engine, on record in the ledger, with the files on the hosts. Only
// the journal is missing: it stayed on the machine of whoever ran it.
func (t *teller) deploy(env, when string, by person, reason string, approvers ...person) {
	t.do(when, func() error {
		c, plans, err := t.seal(env, by, reason, approvers)
		if err != nil {
			return err
		}
		return t.run(c, by, func(r *model.Run) error {
			r.Outcome = model.RunApplied
			for _, p := range plans {
				for _, s := range p.Steps {
					if err := t.carryOut(s); err != nil {
						return err
					}
					r.Events = append(r.Events, t.event(p.Target, s.Address, model.PhaseDone, doneBy(s)))
				}
			}
			t.applied[env] = c.Revision
			return nil
		})
	})
}

// failedDeploy is a deploy that ended at its first step, with nothing changed.
func (t *teller) failedDeploy(env, when string, by person, reason string, why string) {
	t.do(when, func() error {
		c, plans, err := t.seal(env, by, reason, nil)
		if err != nil {
			return err
		}
		return t.run(c, by, func(r *model.Run) error {
			r.Outcome, r.Message = model.RunFailed, text.Line(why)
			for i, p := range plans {
				for j, s := range p.Steps {
					phase, message := model.PhaseSkipped, text.Lit("not reached: an earlier step failed")
					if i == 0 && j == 0 {
						phase, message = model.PhaseFailed, text.Line(why)
						r.Message = text.Format("%s: %s", s.Address, why)
					}
					r.Events = append(r.Events, t.event(p.Target, s.Address, phase, message))
				}
			}
			return nil
		})
	})
}

// seal puts a change that brings the environment to main on record, with approvals.
func (t *teller) seal(env string, by person, reason string, approvers []person) (model.Change, []model.Plan, error) {
	e, err := t.environment(env)
	if err != nil {
		return model.Change{}, nil, err
	}
	tip, err := t.store.Commit(t.ctx, t.main)
	if err != nil {
		return model.Change{}, nil, err
	}
	base := t.applied[env]
	c := model.Change{
		ID:          model.ChangeID(fmt.Sprintf("deploy-%s-%s-%s", env, tip.Hash.Short(), t.word(4))),
		Environment: env, Kind: model.Deploy, Title: text.Format("Deploy %s %s", tip.Hash.Short(), tip.Subject), Reason: text.Clean(reason),
		Author: by.principal(), SealedAt: t.now.UTC(), Subject: string(tip.Hash), Base: base, Revision: tip.Hash, State: model.Sealed, Plans: []model.PlanRef{},
	}
	plans, err := t.plan(e, base, tip.Hash)
	if err != nil {
		return c, nil, err
	}
	for _, p := range plans {
		c.Plans = append(c.Plans, p.Ref())
	}
	if base != "" {
		q := objects.LogQuery{From: []string{string(tip.Hash)}, Exclude: []string{string(base)}, Paths: e.Paths()}
		for entry, err := range t.store.Log(t.ctx, q) {
			if err != nil {
				return c, nil, err
			}
			if len(entry.Parents) < 2 {
				c.Commits = append(c.Commits, entry.Hash)
			}
		}
	}
	c.Digest = c.Seal()
	fields, files, err := change.Entry(c, plans)
	if err != nil {
		return c, nil, err
	}
	if err := t.append(by, ledger.Seal, fields, files); err != nil {
		return c, nil, err
	}
	for _, a := range approvers {
		t.pass(4 * time.Minute)
		if err := t.append(a, ledger.Approve, change.Approval(c), nil); err != nil {
			return c, nil, err
		}
	}
	return c, plans, nil
}

// plan asks the engine for the way from one revision to another. The first
// time, nothing was applied before.
func (t *teller) plan(e model.Environment, base, to model.Hash) ([]model.Plan, error) {
	want, err := objects.Snapshot(t.ctx, t.store, to)
	if err != nil {
		return nil, err
	}
	var applied model.Snapshot
	if base != "" {
		if applied, err = objects.Snapshot(t.ctx, t.store, base); err != nil {
			return nil, err
		}
	}
	var plans []model.Plan
	for _, target := range e.Targets {
		p, err := t.engine.Plan(t.ctx, model.PlanRequest{Environment: e.Name, Target: target, Want: want, Applied: applied, KeepDrift: base != ""})
		if err != nil {
			return nil, err
		}
		if len(p.Steps) > 0 {
			plans = append(plans, p)
		}
	}
	return plans, nil
}

// run puts a run on record.
func (t *teller) run(c model.Change, by person, do func(*model.Run) error) error {
	t.pass(2 * time.Minute)
	r := model.Run{ID: model.RunID(t.word(8)), Change: c.ID, Environment: c.Environment, By: by.principal(), Host: by.machine, Started: t.now}
	if err := t.append(by, ledger.Intent, change.Intent(c, r.ID, r.Host), nil); err != nil {
		return err
	}
	t.pass(time.Second)
	if err := do(&r); err != nil {
		return err
	}
	fields, files, err := change.Outcome(c, r)
	if err != nil {
		return err
	}
	return t.append(by, ledger.Outcome, fields, files)
}

// event is how a step ended; each takes a moment.
func (t *teller) event(target string, address model.Address, phase model.Phase, message text.Safe) model.Event {
	took := time.Duration(20+t.rand.Uint64()%60) * time.Millisecond
	t.pass(took)
	return model.Event{At: t.now.UTC(), Target: target, Address: address, Phase: phase, Message: message, Took: took}
}

// doneBy says how a step ended well, in the words of the engine.
func doneBy(s model.Step) text.Safe {
	checked := false
	for _, e := range s.Effects {
		if command, ok := strings.CutPrefix(e, model.EffectReload); ok {
			return text.Format("in effect after %s", command)
		}
		checked = checked || strings.HasPrefix(e, model.EffectCheck)
	}
	switch {
	case s.Action == model.Delete:
		return text.Lit("deleted")
	case checked:
		return text.Lit("written, check passed")
	}
	return text.Lit("written")
}

// carryOut makes a host's file what the step says.
func (t *teller) carryOut(s model.Step) error {
	file := filepath.Join(t.hosts, s.Group, filepath.FromSlash(s.Name))
	if s.Before.Exists {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	if !s.After.Exists {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if s.After.Kind == "symlink" {
		return os.Symlink(string(s.After.Content.Data), file)
	}
	perm := os.FileMode(0o644)
	if v, _ := s.After.Attr("executable"); v == "yes" {
		perm = 0o755
	}
	if v, ok := s.After.Attr("mode"); ok {
		n, err := strconv.ParseUint(v, 8, 32)
		if err != nil {
			return fmt.Errorf("mode of %s: %w", s.Address, err)
		}
		perm = os.FileMode(n)
	}
	return t.hostFile(file, s.After.Content.Data, perm)
}

// hostFile writes a file of a host as if it had been written at the story's time, whatever the umask is.
func (t *teller) hostFile(file string, data []byte, perm os.FileMode) error {
	if err := os.WriteFile(file, data, perm); err != nil {
		return err
	}
	if err := os.Chmod(file, perm); err != nil {
		return err
	}
	return os.Chtimes(file, t.now, t.now)
}

// edit changes a host's file by hand, behind plumb's back; without replacements it is deleted.
func (t *teller) edit(when, host, name string, pairs ...string) {
	t.do(when, func() error {
		file := filepath.Join(t.hosts, host, filepath.FromSlash(name))
		if len(pairs) == 0 {
			return os.Remove(file)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		edited := string(data)
		for i := 0; i+1 < len(pairs); i += 2 {
			if !strings.Contains(edited, pairs[i]) {
				return fmt.Errorf("%s has no %q", file, pairs[i])
			}
			edited = strings.Replace(edited, pairs[i], pairs[i+1], 1)
		}
		return t.hostFile(file, []byte(edited), 0o644)
	})
}

func (t *teller) append(by person, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) error {
	l := t.ledgers[by]
	if l == nil {
		l = ledger.Open(t.store, by.principal(), ledger.Unsigned{}, func() time.Time { return t.now })
		t.ledgers[by] = l
	}
	_, err := l.Append(t.ctx, verb, fields, files)
	return err
}

// propose makes a change of a colleague that waits for approvals, just as their plumb would.
func (t *teller) propose(env, when string, by person, revision model.Hash, reason string) (id model.ChangeID) {
	t.do(when, func() error {
		if err := errors.Join(t.publish(), t.configure()); err != nil {
			return err
		}
		state := ""
		if t.opt.StateDir != nil {
			state = t.opt.StateDir(filepath.Join(t.repository, ".git"))
		}
		w := workspace.New(workspace.Options{
			Store: t.store, Config: t.config, Origin: workspace.FromFile, Engines: map[string]workspace.Engine{"hosts": t.engine},
			Self: by.principal(), Host: by.machine, StateDir: state, Now: func() time.Time { return t.now }, Rand: t.rand,
		})
		d, err := w.Draft(t.ctx, workspace.Request{Environment: env, Kind: model.Deploy, Subject: string(revision)})
		if err != nil {
			return err
		}
		c, err := w.Seal(t.ctx, d, reason)
		id = c.ID
		return err
	})
	return id
}

// publish points main at what it has become.
func (t *teller) publish() error {
	if t.published == t.main {
		return nil
	}
	err := t.store.UpdateRef(t.ctx, "refs/heads/main", t.main, t.published)
	t.published = t.main
	return err
}

// leave ends the story: main and the branches that nobody merged are what they have become.
func (t *teller) leave() {
	if t.err == nil {
		t.err = t.publish()
	}
	for name, tip := range t.branches {
		if t.err == nil {
			t.err = t.store.UpdateRef(t.ctx, "refs/heads/"+name, tip, "")
		}
	}
}
