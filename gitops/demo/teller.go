package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

// teller makes what the story says as it is told. The history comes to be in memory,
// the hosts on disk. After the first error nothing more happens.
type teller struct {
	ctx        context.Context
	repository string
	hosts      string // The directory with the hosts in it.
	opt        Options
	engine     workspace.Engine
	*clock

	store     *recorder
	main      model.Hash
	published model.Hash // What the branch main is at.
	landed    []landing  // The commits that came to main, merges left out.
	branch    string     // Where commits go; empty for main.
	branches  map[string]*branch

	config   config.Repository
	hostDirs []string
	applied  map[string]applied // By environment.
	ledgers  map[person]*ledger.Ledger
	errands  map[string]chan error // What is being written while the story goes on, by environment, or by "infra".

	bad     model.Hash
	waiting model.ChangeID
	err     error
}

// branch is a branch that is not merged yet.
type branch struct {
	tip     model.Hash
	commits []landing
}

// landing is a commit, and the environments that it concerns.
type landing struct {
	id           model.Hash
	at           time.Time
	environments []string
}

// applied is what an environment was brought to.
type applied struct {
	revision model.Hash
	landed   int // How many commits had come to main by then.
}

func newTeller(ctx context.Context, dir string, opt Options) *teller {
	root := filepath.Join(dir, repositoryName)
	return &teller{ctx: ctx, repository: root, hosts: filepath.Join(dir, hostsName), opt: opt, engine: opt.Engine(root),
		clock: newClock(opt.Seed), store: record(gogit.NewMemory()), branches: map[string]*branch{},
		applied: map[string]applied{}, ledgers: map[person]*ledger.Ledger{}, errands: map[string]chan error{}}
}

// close waits until nothing is written any more.
func (t *teller) close() {
	for what := range t.errands {
		if err := t.settled(what); t.err == nil {
			t.err = err
		}
	}
	_ = t.store.Close() // There is nothing behind it but memory.
}

// meanwhile begins to write something while the story goes on.
func (t *teller) meanwhile(what string, do func() error) {
	done := make(chan error, 1)
	t.errands[what] = done
	go func() { done <- do() }()
}

// settled waits until it is written.
func (t *teller) settled(what string) error {
	done := t.errands[what]
	if done == nil {
		return nil
	}
	delete(t.errands, what)
	return <-done
}

// do goes on with the story, unless it came to an end.
func (t *teller) do(when string, what func() error) {
	if t.err != nil {
		return
	}
	if t.err = t.ctx.Err(); t.err != nil {
		return
	}
	if t.err = t.goTo(when); t.err == nil {
		t.err = what()
	}
}

// on begins a branch, or goes on with one; commits go there until it is merged. The empty name is main.
func (t *teller) on(name string) {
	if _, ok := t.branches[name]; !ok && name != "" {
		t.branches[name] = &branch{tip: t.main}
	}
	t.branch = name
}

// commit makes a commit on the current branch. The message may have a body after an empty line.
func (t *teller) commit(who person, when, message string, edits ...edit) (id model.Hash) {
	t.do(when, func() error {
		tip := t.main
		if t.branch != "" {
			tip = t.branches[t.branch].tip
		}
		var tree model.Hash
		files := fs.FS(nothing{})
		if tip != "" {
			c, err := t.store.Commit(t.ctx, tip)
			if err != nil {
				return err
			}
			if files, err = objects.FS(t.ctx, t.store, tip); err != nil {
				return err
			}
			tree = c.Tree
		}
		var all []model.Edit
		for _, e := range edits {
			made, err := e(t, files)
			if err != nil {
				return fmt.Errorf("%s: %w", message, err)
			}
			all = append(all, made...)
		}
		tree, err := objects.EditTree(t.ctx, t.store, tree, all)
		if err != nil {
			return fmt.Errorf("%s: %w", message, err)
		}
		if id, err = t.write(who, tree, message, tip); err != nil {
			return err
		}
		made := landing{id, t.now, concerned(all)}
		if b := t.branches[t.branch]; b != nil {
			b.tip, b.commits = id, append(b.commits, made)
		} else {
			t.main, t.landed = id, append(t.landed, made)
		}
		return nil
	})
	return id
}

// concerned are the environments that the edits are about.
func concerned(edits []model.Edit) []string {
	var names []string
	for _, e := range edits {
		if name, _, _ := strings.Cut(e.Path, "/"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// merge merges the current branch into main, as the forge does for a pull
// request, and goes on with main.
func (t *teller) merge(who person, when string, number int, title string) {
	t.do(when, func() error {
		branch := t.branches[t.branch]
		base, err := t.store.MergeBase(t.ctx, t.main, branch.tip)
		if err != nil {
			return err
		}
		var trees [3]model.Hash
		for i, id := range []model.Hash{base, t.main, branch.tip} {
			c, err := t.store.Commit(t.ctx, id)
			if err != nil {
				return err
			}
			trees[i] = c.Tree
		}
		tree, conflicts, err := objects.MergeTrees(t.ctx, t.store, trees[0], trees[1], trees[2], diff.Merge)
		if err == nil && len(conflicts) > 0 {
			err = fmt.Errorf("conflicts in %s", strings.Join(conflicts, ", "))
		}
		if err != nil {
			return fmt.Errorf("merge %s: %w", t.branch, err)
		}
		message := fmt.Sprintf("Merge pull request #%d from shop/%s\n\n%s", number, t.branch, title)
		t.main, err = t.write(who, tree, message, t.main, branch.tip)
		t.landed = append(t.landed, branch.commits...)
		delete(t.branches, t.branch)
		t.branch = ""
		return err
	})
}

func (t *teller) write(who person, tree model.Hash, message string, parents ...model.Hash) (model.Hash, error) {
	if parents[0] == "" {
		parents = nil
	}
	sig := who.signature(t.clock)
	return t.store.WriteCommit(t.ctx, objects.NewCommit{Tree: tree, Parents: parents, Author: sig, Committer: sig, Message: message})
}

// configure reads plumb.yaml as it is on main.
func (t *teller) configure() error {
	files, err := objects.FS(t.ctx, t.store, t.main)
	if err != nil {
		return err
	}
	data, err := fs.ReadFile(files, config.FileName)
	if err != nil {
		return err
	}
	t.config, err = config.ParseRepository(config.FileName, data)
	return err
}

// environment finds an environment of plumb.yaml.
func (t *teller) environment(name string) (model.Environment, error) {
	for _, e := range t.config.Environments {
		if e.Name == name {
			return e, nil
		}
	}
	return model.Environment{}, fmt.Errorf("there is no environment %s", name)
}

// nothing is the file system before the first commit.
type nothing struct{}

func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}
