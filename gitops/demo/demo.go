// Package demo makes a throw-away infrastructure to try plumb on: the
// repository of a small web shop with five weeks of history, and directories that play
// its hosts, in a state that tells a story.
//
// Production has a file that somebody edited by hand and one that is missing, a
// recent commit is bad and wants rolling back, a colleague's change waits for an
// approval, and staging is two commits behind. The same seed makes the same
// commits on every machine.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// Options say where the infrastructure is made and what with. All fields but Seed are required.
type Options struct {
	// Dir is where it is made: the repository in Dir/infra, the hosts in
	// Dir/hosts/NAME. It must be empty or not exist yet.
	Dir string

	// Seed decides everything in the history that looks like chance. From 10⁹ on it is also the time of the story's
	// present, in seconds since 1970; below, that is a day in spring 2025.
	Seed int64

	// Engine makes the provider of hosts for the repository at root.
	Engine func(root string) workspace.Engine
}

// World is the infrastructure that was made.
type World struct {
	Repository string      // Its work tree, absolute.
	Hosts      []string    // The directories that play the hosts, absolute, in the order of plumb.yaml.
	Try        []text.Safe // What to try: what to press on the screen, and what to type without it.

	Bad     model.Hash     // The commit that wants rolling back.
	Waiting model.ChangeID // The colleague's change that waits for an approval.
}

const (
	repositoryName = "infra"
	hostsName      = "hosts"
)

// The seeds that are times.
const (
	firstClockSeed = 1_000_000_000
	lastClockSeed  = 253_402_300_799 // The end of the year 9999, after which git's dates cannot be read.
)

// DefaultSeed is the seed for a story that ends now: the beginning of the hour, so
// that demos made one after the other are alike.
func DefaultSeed(now time.Time) int64 { return now.Truncate(time.Hour).Unix() }

// Make makes the infrastructure. It refuses a directory that is not empty, with
// an error that wraps [model.ErrRefused]; when it fails it takes away what it made.
func Make(ctx context.Context, opt Options) (_ World, err error) {
	if opt.Seed > lastClockSeed {
		return World{}, model.WithHint(fmt.Errorf("seed %d is a time after the year 9999", opt.Seed), "take a smaller number")
	}
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return World{}, fmt.Errorf("make the demo in %s: %w", opt.Dir, err)
	}
	undo, err := claim(dir)
	if err != nil {
		return World{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, undo())
		}
	}()
	t := newTeller(ctx, dir, opt)
	tell(t)
	t.close()
	if t.err != nil {
		return World{}, fmt.Errorf("make the demo in %s: %w", dir, t.err)
	}
	w := World{Repository: t.repository, Hosts: t.hostDirs, Bad: t.bad, Waiting: t.waiting}
	w.Try = try(w)
	return w, nil
}

// claim creates the directory, and answers how to take away all that will be in it.
func claim(dir string) (undo func() error, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return nil, model.Refuse("name a new directory, or an empty one: plumb demo --dir DIRECTORY", "%s is not empty", dir)
	case err == nil:
		return func() error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, repositoryName)), os.RemoveAll(filepath.Join(dir, hostsName)))
		}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, model.WithHint(fmt.Errorf("make the demo: %w", err), "name a directory that can be written: plumb demo --dir DIRECTORY")
	}
	// The highest directory that is not there yet is what goes again.
	top := dir
	for parent := filepath.Dir(top); parent != top; parent = filepath.Dir(top) {
		if _, err := os.Lstat(parent); err == nil {
			break
		}
		top = parent
	}
	undo = func() error { return os.RemoveAll(top) }
	if err := os.MkdirAll(dir, 0o755); err != nil {
		err = model.WithHint(fmt.Errorf("make the demo: %w", err), "name a directory that can be written: plumb demo --dir DIRECTORY")
		return nil, errors.Join(err, undo())
	}
	return undo, nil
}

// try is what to try, in the order of the story.
func try(w World) []text.Safe {
	return []text.Safe{
		text.Lit("2 goes to Live: nginx.conf on web-2 was edited by hand; enter shows git's version beside the live one"),
		text.Lit("x restores it (git wins), m adopts it (live wins and becomes a commit); a approves, A applies"),
		text.Format("1 goes to History: %s set a timeout of 3 s, and customers see errors; R rolls it back", w.Bad.Short()),
		text.Format("3 goes to Change: %s waits for your approval; enter shows what it would do", w.Waiting),
		text.Lit("e goes to the next environment; on staging, d deploys the two commits that wait"),
		text.Lit("plumb status"),
		text.Lit("plumb diff --env production"),
		text.Lit("plumb change create --env production --restore web-2:/etc/logrotate.d/nginx --reason 'It was deleted by mistake'"),
		text.Format("plumb rollback --env production %s --reason 'Reports take longer than 3 s'", w.Bad.Short()),
	}
}
