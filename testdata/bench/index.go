package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// logFormat makes git log print what plumb keeps of each commit.
const logFormat = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s"

// buildIndex measures how long it takes until all of history can be searched, until it is known what each commit
// changed, and how large that is on disk.
func (b *bench) buildIndex() error {
	var searchable, complete, busy, log, names, namesBusy times
	for i := range b.slowRuns() {
		cache := filepath.Join(b.scratch, fmt.Sprintf("index-%d", i))
		p, err := startProbe(b.ctx, "build", b.repository.dir, cache)
		if err != nil {
			return err
		}
		_, at, err := p.says(walked)
		if err != nil {
			return err
		}
		_, end, err := p.says(whole)
		if err != nil {
			return err
		}
		if err := p.end(); err != nil {
			return err
		}
		took, _, err := b.repository.timed(b.ctx, append([]string{"log", logFormat}, b.repository.refs...)...)
		if err != nil {
			return err
		}
		tookNames, busyNames, err := b.repository.timed(b.ctx, append([]string{"log", "--name-only", "--no-renames", "--format=%H"}, b.repository.refs...)...)
		if err != nil {
			return err
		}
		searchable, complete = append(searchable, at), append(complete, end)
		log, names = append(log, took), append(names, tookNames)
		busy, namesBusy = append(busy, busyTime(p.cmd)), append(namesBusy, busyNames)
	}
	size, err := sizeOf(filepath.Join(b.scratch, "index-0"))
	if err != nil {
		return err
	}
	b.rows = append(b.rows,
		row{what: "whole history loaded and searched, cold", plumb: searchable.median(), peer: log.median(), name: "git log", budget: budget{share: 1}},
		row{what: "path index, cold build, saved", plumb: complete.median(), peer: names.median(), name: "git log --name-only", budget: budget{share: 1}},
		// Plumb works on all processors; what it asks of a machine that is busy is this.
		row{what: "processor time of that", plumb: busy.median(), peer: namesBusy.median(), name: "git log --name-only"},
		row{
			what: "index size", plumb: figure{float64(size), true, "1"}, budget: budget{share: 0.1},
			peer: figure{float64(b.repository.packs), true, "1"}, name: "packs",
		},
	)
	return nil
}

// sizeOf is how large the files of a directory are together.
func sizeOf(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// hundred is how many commits the index is extended by.
const hundred = 100

// extendIndex measures how long it takes to add a hundred commits to an index.
func (b *bench) extendIndex() error {
	cache := filepath.Join(b.scratch, "growing-index")
	files, err := b.repository.files(b.ctx)
	if err != nil {
		return err
	}
	grown, err := b.repository.borrow(b.ctx, filepath.Join(b.scratch, "growing.git"))
	if err != nil {
		return err
	}
	p, err := startProbe(b.ctx, "extend", grown.dir, cache)
	if err != nil {
		return err
	}
	if _, _, err := p.says(whole); err != nil {
		return err
	}
	var extending times
	for round := range b.runs {
		if err := grown.grow(b.ctx, hundred, round, files); err != nil {
			return err
		}
		if err := p.in.Encode("go on"); err != nil {
			return err
		}
		s, _, err := p.says(extended)
		if err != nil {
			return err
		}
		if s.Count != hundred {
			return fmt.Errorf("the index grew by %d commits instead of %d", s.Count, hundred)
		}
		extending = append(extending, s.Took)
	}
	if err := p.end(); err != nil {
		return err
	}
	var starting, again times
	for round := range b.runs {
		if err := grown.grow(b.ctx, hundred, b.runs+round, files); err != nil {
			return err
		}
		for _, t := range []*times{&starting, &again} {
			p, err := startProbe(b.ctx, "extend", grown.dir, cache)
			if err != nil {
				return err
			}
			_, took, err := p.says(whole)
			if err != nil {
				return err
			}
			if err := p.end(); err != nil {
				return err
			}
			*t = append(*t, took)
		}
	}
	b.rows = append(b.rows,
		row{what: "index extended by 100 commits, saved", plumb: extending.median(), budget: budget{most: float64(50 * time.Millisecond)}},
		row{what: "a process that loads the index and extends it by 100", plumb: starting.median()},
		row{what: "a process that loads the index and finds nothing new", plumb: again.median()},
	)
	return os.RemoveAll(cache)
}

// questions measures how long answers take that come from the index alone.
func (b *bench) questions() error {
	cache := filepath.Join(b.scratch, "index-0")
	dirs, err := b.repository.directories(b.ctx)
	if err != nil {
		return err
	}
	words, err := b.repository.words(b.ctx)
	if err != nil {
		return err
	}
	p, err := startProbe(b.ctx, "ask", b.repository.dir, cache)
	if err != nil {
		return err
	}
	var typed []string
	for _, w := range words {
		for n := range w {
			typed = append(typed, w[:n+1])
		}
	}
	if err := p.in.Encode(question{Words: typed, Times: 1}); err != nil {
		return err
	}
	finding, _, err := p.says(asked)
	if err != nil {
		return err
	}
	listing, _, err := p.says(listed)
	if err != nil {
		return err
	}
	// What it may take is promised for histories of this size.
	var key budget
	if b.repository.commits <= 100_000 {
		key.most = float64(16 * time.Millisecond)
	}
	for _, dir := range dirs {
		if err := p.in.Encode(question{Below: dir, Times: 3 * b.runs}); err != nil {
			return err
		}
		s, _, err := p.says(asked)
		if err != nil {
			return err
		}
		var git times
		for range b.slowRuns() {
			took, _, err := b.repository.timed(b.ctx, "log", "--format=%H", "--", dir)
			if err != nil {
				return err
			}
			git = append(git, took)
		}
		b.rows = append(b.rows, row{
			what:  fmt.Sprintf("all %s commits of a directory", thousands(s.Count)),
			plumb: s.Times.median(), peer: git.median(), name: "git log -- DIR", budget: budget{share: 1.0 / 50},
		})
	}
	b.rows = append(b.rows,
		row{what: "message search over everything, per key typed", plumb: finding.Times.p95(), budget: key},
		row{what: "the same, and what was found is listed", plumb: listing.Times.p95(), budget: key},
	)
	return p.end()
}
