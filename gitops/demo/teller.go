package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

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
	branch    string     // Where commits go; empty for main.
	branches  map[string]model.Hash

	config   config.Repository
	hostDirs []string
	applied  map[string]model.Hash // By environment.
	ledgers  map[person]*ledger.Ledger

	bad     model.Hash
	waiting model.ChangeID
	err     error
}

func newTeller(ctx context.Context, dir string, opt Options) *teller {
	root := filepath.Join(dir, repositoryName)
	return &teller{ctx: ctx, repository: root, hosts: filepath.Join(dir, hostsName), opt: opt, engine: opt.Engine(root),
		clock: newClock(opt.Seed), store: record(gogit.NewMemory()), branches: map[string]model.Hash{},
		applied: map[string]model.Hash{}, ledgers: map[person]*ledger.Ledger{}}
}

func (t *teller) close() { _ = t.store.Close() } // There is nothing behind it but memory.

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
func (t *teller) on(branch string) {
	if _, ok := t.branches[branch]; !ok && branch != "" {
		t.branches[branch] = t.main
	}
	t.branch = branch
}

// commit makes a commit on the current branch. The message may have a body after an empty line.
func (t *teller) commit(who person, when, message string, edits ...edit) (id model.Hash) {
	t.do(when, func() error {
		tip := t.main
		if t.branch != "" {
			tip = t.branches[t.branch]
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
		id, err = t.write(who, tree, message, tip)
		if t.branch != "" {
			t.branches[t.branch] = id
		} else {
			t.main = id
		}
		return err
	})
	return id
}

// merge merges the current branch into main, as the forge does for a pull
// request, and goes on with main.
func (t *teller) merge(who person, when string, number int, title string) {
	branch := t.branch
	t.do(when, func() error {
		tip := t.branches[branch]
		base, err := t.store.MergeBase(t.ctx, t.main, tip)
		if err != nil {
			return err
		}
		var trees [3]model.Hash
		for i, id := range []model.Hash{base, t.main, tip} {
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
			return fmt.Errorf("merge %s: %w", branch, err)
		}
		message := fmt.Sprintf("Merge pull request #%d from shop/%s\n\n%s", number, branch, title)
		t.main, err = t.write(who, tree, message, t.main, tip)
		delete(t.branches, branch)
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
