// Package check runs the commands that plumb.yaml names to judge a change, on a
// checkout of exactly the files of a revision. Each command gets a fresh directory that is removed afterwards,
// so that neither the operator's work tree nor another check is ever touched; a bounded part of its output is kept with
// secrets masked, and what it says of files is placed at file and line.
//
// The commands are code of the repository. Who calls this package has made sure that it is trusted.
package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

const (
	parallel = 2               // How many checks run at the same time.
	grace    = 5 * time.Second // How long a command may take to end after SIGTERM before it is killed.
)

// Job is a revision and the checks that are to judge it. Store, Revision, Tree, Getenv and Now are required.
type Job struct {
	Store    objects.Store
	Revision model.Hash
	Base     model.Hash // What it is to replace; may be empty.
	Tree     model.Hash // The tree of the revision.
	Checks   []model.Check
	Kept     *Kept         // Where results are kept; nil for nowhere.
	Scratch  string        // The directory for checkouts; empty for the system's temporary directory.
	Grace    time.Duration // How long a command may take to end after SIGTERM; 0 for 5 s.
	Getenv   func(string) string
	Now      func() time.Time
}

// Run runs all checks of the job, at most two at a time, and answers their results in their order. Watch, if not nil, is told of every
// check that begins or ends, by one goroutine at a time. That a check fails, takes too long or cannot be started is a
// result; the error is for files that cannot be checked out, and for a ctx that ends: every command
// is asked to stop then, and killed when it does not.
//
// A result that the same files would give again is kept; that of a check which took too long or was not started is not.
func (j Job) Run(ctx context.Context, watch func(model.CheckEvent)) ([]model.CheckResult, error) {
	results := make([]model.CheckResult, len(j.Checks))
	var mu sync.Mutex
	done := 0
	tell := func(r model.CheckResult, ended bool) {
		mu.Lock()
		defer mu.Unlock()
		if ended {
			done++
		}
		if watch != nil {
			watch(model.CheckEvent{Result: r, Done: done, Total: len(j.Checks)})
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, c := range j.Checks {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			tell(NotRun(c, model.CheckRunning, text.Safe{}), false)
			r, err := j.one(ctx, c)
			if err != nil {
				return fmt.Errorf("check %s: %w", c.Name, err)
			}
			results[i] = r
			tell(r, true)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}

// NotRun is the result of a check that has none yet.
func NotRun(c model.Check, state model.CheckState, why text.Safe) model.CheckResult {
	return model.CheckResult{Name: c.Name, Environment: c.Environment, Advisory: c.Advisory, State: state, Why: why}
}

// one runs one check in a scratch directory of its own.
func (j Job) one(ctx context.Context, c model.Check) (result model.CheckResult, err error) {
	scratch, err := os.MkdirTemp(j.Scratch, "plumb-check-")
	if err != nil {
		return result, fmt.Errorf("make a scratch directory: %w", err)
	}
	defer func() { err = errors.Join(err, remove(scratch)) }()
	if scratch, err = filepath.EvalSymlinks(scratch); err != nil {
		return result, fmt.Errorf("make a scratch directory: %w", err)
	}
	place := place{tree: filepath.Join(scratch, "tree"), temporary: filepath.Join(scratch, "tmp")}
	for _, dir := range []string{place.tree, place.temporary} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return result, fmt.Errorf("make a scratch directory: %w", err)
		}
	}
	files, err := Checkout(ctx, j.Store, j.Tree, place.tree)
	if err != nil {
		return result, err
	}
	result = NotRun(c, model.CheckPassed, text.Safe{})
	out := newOutput(place.tree, files)
	began := j.Now()
	why, definite := j.execute(ctx, c, place, out)
	if err := ctx.Err(); err != nil {
		return result, err
	}
	result.At = j.Now().UTC()
	result.Took = result.At.Sub(began)
	severity := model.SeverityWarning
	if why != "" {
		result.State, result.Why = model.CheckFailed, text.Line(why)
		severity = model.SeverityError
	}
	result.Output, result.Findings = out.finish(severity)
	if j.Kept != nil && definite {
		if err := j.Kept.Save(j.Tree, c, result); err != nil {
			return result, err
		}
	}
	return result, nil
}

// place is where a check works.
type place struct {
	tree      string // The checkout.
	temporary string // For its temporary files.
}

// passed on are the variables that a tool needs of the operator's environment; all others stay out of its reach.
var passedOn = []string{
	"PATH", "HOME", "LANG",
	"http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
}

// environ is the whole environment of a command.
func (j Job) environ(c model.Check, p place) []string {
	var env []string
	for _, name := range passedOn {
		if value := j.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	env = append(env, "TMPDIR="+p.temporary,
		// A git that is run there must not find a repository that happens to lie above.
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(p.tree),
		"PLUMB_REVISION="+string(j.Revision), "PLUMB_BASE="+string(j.Base), "PLUMB_ENVIRONMENT="+c.Environment)
	return slices.Clip(env)
}
