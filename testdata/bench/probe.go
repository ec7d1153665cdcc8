package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
)

// probeWord makes this program a probe: a process of its own in which one thing is measured, so that neither memory nor caches
// of another measurement are there.
const probeWord = "probe"

// probed is one line that a probe says.
type probed struct {
	What  string        `json:"what"`
	Took  time.Duration `json:"took"`
	Times times         `json:"times,omitempty"`
	Count int           `json:"count"`
}

// The kinds of things that probes say, and are told.
const (
	walked   = "walked"   // All of history is there and was searched.
	whole    = "whole"    // The index is complete, and saved.
	extended = "extended" // It was brought up to date once more.
	asked    = "asked"    // A question was answered.
	listed   = "listed"   // The same, and what was found is listed.
)

// question is one that a probe is asked: what to look for, and how often.
type question struct {
	Words []string `json:"words"` // Each a filter as it is typed.
	Below string   `json:"below"`
	Times int      `json:"times"`
}

// probe does what the arguments say: build, extend or ask, the repository, and the directory of its index; or one of the
// comparisons, and two files.
func probe(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 3 {
		return fmt.Errorf("want three arguments, have %q", args)
	}
	if compare, ok := comparisons[args[0]]; ok {
		return probeComparison(compare, args[1], args[2], in, out)
	}
	store, err := gitcli.Open(ctx, args[1], func(model.Command) {})
	if err != nil {
		return err
	}
	defer store.Close()
	p := &prober{store: store, index: index.Open(store, args[2]), in: bufio.NewScanner(in), out: json.NewEncoder(out)}
	p.history = history.Open(store, p.index, history.Options{
		Places: func(context.Context) ([]history.Place, error) { return nil, nil },
	})
	defer p.history.Close()
	switch args[0] {
	case "build":
		return p.build(ctx)
	case "extend":
		return p.extend(ctx)
	case "ask":
		return p.ask(ctx)
	}
	return fmt.Errorf("there is no probe %q", args[0])
}

type prober struct {
	store   objects.Store
	index   *index.Index
	history *history.History
	in      *bufio.Scanner
	out     *json.Encoder
}

// build brings the index up to date, and searches it as soon as all commits are there.
func (p *prober) build(ctx context.Context) error {
	updated := make(chan error, 1)
	changed := p.history.Changed()
	go func() { updated <- p.history.Update(ctx) }()
	searched := false
	for {
		if !searched && p.history.Progress().Walked {
			n, err := p.search(ctx)
			if err != nil {
				return err
			}
			searched = true
			if err := p.out.Encode(probed{What: walked, Count: n}); err != nil {
				return err
			}
		}
		select {
		case <-changed:
			changed = p.history.Changed()
		case err := <-updated:
			if err == nil && !searched {
				updated <- nil
				continue
			}
			if err != nil {
				return err
			}
			return p.out.Encode(probed{What: whole, Count: p.history.Progress().Commits})
		}
	}
}

// search looks for a word in all messages.
func (p *prober) search(ctx context.Context) (found int, err error) {
	v, err := p.history.View(ctx, history.Range{})
	if err != nil {
		return 0, err
	}
	f, err := filter.Parse("limit", time.Now())
	if err != nil {
		return 0, err
	}
	m, err := p.history.Match(ctx, v, history.Wanted{Filter: f}, nil)
	if err != nil {
		return 0, err
	}
	return m.Len(), nil
}

// extend brings the index up to date, and does so again for each line that it is told.
func (p *prober) extend(ctx context.Context) error {
	if err := p.history.Update(ctx); err != nil {
		return err
	}
	if err := p.out.Encode(probed{What: whole}); err != nil {
		return err
	}
	for p.in.Scan() {
		head, err := p.store.Resolve(ctx, "HEAD")
		if err != nil {
			return err
		}
		before := p.index.Snapshot().Len()
		start := time.Now()
		if err := p.index.Update(ctx, []model.Hash{head}); err != nil {
			return err
		}
		took := time.Since(start)
		if err := p.out.Encode(probed{What: extended, Took: took, Count: p.index.Snapshot().Len() - before}); err != nil {
			return err
		}
	}
	return p.in.Err()
}

// ask answers the questions that it is told.
func (p *prober) ask(ctx context.Context) error {
	if err := p.history.Update(ctx); err != nil {
		return err
	}
	for p.in.Scan() {
		var q question
		if err := json.Unmarshal(p.in.Bytes(), &q); err != nil {
			return err
		}
		asking, listing, found, err := p.answer(ctx, q)
		if err != nil {
			return err
		}
		if err := p.out.Encode(probed{What: asked, Times: asking, Count: found}); err != nil {
			return err
		}
		if err := p.out.Encode(probed{What: listed, Times: listing, Count: found}); err != nil {
			return err
		}
	}
	return p.in.Err()
}

// answer finds what is asked for, and lists it as the screen does after each key.
func (p *prober) answer(ctx context.Context, q question) (asking, listing times, found int, err error) {
	if len(q.Words) == 0 {
		q.Words = []string{""}
	}
	for _, words := range q.Words {
		w := history.Wanted{}
		if q.Below != "" {
			w.Below = []string{q.Below}
		}
		if w.Filter, err = filter.Parse(words, time.Now()); err != nil {
			return nil, nil, 0, err
		}
		for range q.Times {
			begin := time.Now()
			v, err := p.history.View(ctx, history.Range{})
			if err != nil {
				return nil, nil, 0, err
			}
			start := time.Now()
			m, err := p.history.Match(ctx, v, w, nil)
			if err != nil {
				return nil, nil, 0, err
			}
			asking = append(asking, time.Since(start))
			rows := v.Rows(history.Listing{Only: m})
			listing = append(listing, time.Since(begin))
			found = rows.Len()
		}
	}
	return asking, listing, found, nil
}

// probing is a probe from outside.
type probing struct {
	cmd     *exec.Cmd
	started time.Time
	in      *json.Encoder
	input   io.Closer
	out     *json.Decoder
}

// startProbe starts a probe of this program.
func startProbe(ctx context.Context, args ...string) (*probing, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{probeWord}, args...)...)
	cmd.Env, cmd.Stderr = environ(os.DevNull), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p := &probing{cmd: cmd, started: time.Now(), in: json.NewEncoder(in), input: in, out: json.NewDecoder(out)}
	return p, cmd.Start()
}

// says waits until the probe has said this, and answers how long after its start that was.
func (p *probing) says(what string) (probed, time.Duration, error) {
	for {
		var s probed
		if err := p.out.Decode(&s); err != nil {
			return s, 0, fmt.Errorf("wait until a probe says %q: %w", what, err)
		}
		if s.What == what {
			return s, time.Since(p.started), nil
		}
	}
}

// end tells the probe that there is nothing more, and waits for it.
func (p *probing) end() error {
	if err := p.input.Close(); err != nil {
		return err
	}
	return p.cmd.Wait()
}
