package gitcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

const (
	// firstBatch is how many candidates a child gets at once in the beginning, so that what is
	// found first is shown at once, and largestBatch how many later on. So many ids fit into a
	// pipe, and so does not wait for each other who writes them and who reads the answers.
	firstBatch   = 8
	largestBatch = 128
	// mostPickers bounds the children: each may keep a hundred megabytes of unpacked objects.
	mostPickers = 4
)

const whySearch = "search changes"

// Containing lets several git diff-tree --stdin judge the candidates in
// batches. Git log would do it too, but reads all candidates before it begins.
func (s *store) Containing(ctx context.Context, q objects.PickQuery, candidates iter.Seq[model.Hash]) iter.Seq2[objects.PickResult, error] {
	return func(yield func(objects.PickResult, error) bool) {
		if err := s.containing(ctx, q, candidates, yield); err != nil && !errors.Is(err, errStopped) {
			yield(objects.PickResult{}, err)
		}
	}
}

// pickArgs are the options of git diff-tree for a query.
func pickArgs(q objects.PickQuery) ([]string, error) {
	if q.Text == "" {
		return nil, model.WithHint(errors.New("no text to search for"), "type what the change has in it")
	}
	if strings.ContainsRune(q.Text, 0) {
		return nil, errors.New("git cannot search for text with a NUL in it")
	}
	args := []string{
		"diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--root", "--always", "-M", "-l1000", "--no-color",
		"--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null", "--ignore-submodules=none",
	}
	if q.Merges {
		args = append(args, "--diff-merges=first-parent")
	} else {
		args = append(args, "--no-diff-merges")
	}
	switch q.How {
	case objects.PickAdds:
		args = append(args, "-S"+q.Text)
	case objects.PickChanges:
		args = append(args, "-G"+q.Text)
	default:
		return nil, fmt.Errorf("unknown way %d to search", q.How)
	}
	if q.IgnoreCase {
		args = append(args, "--regexp-ignore-case")
	}
	args = append(args, "--")
	if !slices.ContainsFunc(q.Paths, isRoot) {
		for _, p := range q.Paths {
			args = append(args, strings.Trim(p, "/"))
		}
	}
	return args, nil
}

// batch are candidates that one child looks at.
type batch struct {
	ids   []model.Hash
	found []int // Which of them.
	err   error // All of found come before it.
	done  chan struct{}
}

func (s *store) containing(ctx context.Context, q objects.PickQuery, candidates iter.Seq[model.Hash], yield func(objects.PickResult, error) bool) error {
	args, err := pickArgs(q)
	if err != nil {
		return fmt.Errorf("%s: %w", whySearch, err)
	}
	shallow, err := s.shallow()
	if err != nil {
		return fmt.Errorf("%s: %w", whySearch, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pickers := min(runtime.GOMAXPROCS(0), mostPickers)
	d := &dealer{size: firstBatch, ahead: 2 * pickers, work: make(chan *batch, 2*pickers)}
	d.pick = func(n int) {
		if n < pickers {
			d.pickers.Go(func() { (&picker{store: s, args: args, shallow: shallow}).run(ctx, d.work) })
		}
	}
	defer d.pickers.Wait()
	defer close(d.work)
	if err := d.deal(ctx, candidates, yield); err != nil {
		cancel(err) // What the children still look at is of no interest.
		return err
	}
	return nil
}

// dealer hands batches to pickers and puts their answers in order.
type dealer struct {
	size    int // Of the next batch.
	ahead   int // How many batches may be under way.
	dealt   int
	work    chan *batch // As many fit in as may be under way.
	pick    func(n int) // Told before batch n is dealt.
	pickers sync.WaitGroup
}

// deal draws candidates as far ahead as there are children to look at them.
func (d *dealer) deal(ctx context.Context, candidates iter.Seq[model.Hash], yield func(objects.PickResult, error) bool) error {
	next, stop := iter.Pull(candidates)
	defer stop()
	var queue []*batch
	looked := 0
	for {
		for len(queue) < d.ahead {
			b := d.draw(next)
			if len(b.ids) == 0 {
				break
			}
			d.pick(d.dealt)
			d.dealt++
			d.work <- b
			queue = append(queue, b)
		}
		if len(queue) == 0 {
			return nil
		}
		b := queue[0]
		queue = queue[1:]
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", whySearch, context.Cause(ctx))
		case <-b.done:
		}
		for _, i := range b.found {
			if ctx.Err() != nil {
				return fmt.Errorf("%s: %w", whySearch, context.Cause(ctx))
			}
			if !yield(objects.PickResult{Commit: b.ids[i], Looked: looked + i + 1}, nil) {
				return errStopped
			}
		}
		if b.err != nil {
			return b.err
		}
		if looked += len(b.ids); !yield(objects.PickResult{Looked: looked}, nil) {
			return errStopped
		}
	}
}

// draw takes the next batch; it is empty at the end.
func (d *dealer) draw(next func() (model.Hash, bool)) *batch {
	b := &batch{done: make(chan struct{})}
	for len(b.ids) < d.size {
		id, ok := next()
		if !ok {
			break
		}
		b.ids = append(b.ids, id)
	}
	d.size = min(2*d.size, largestBatch)
	return b
}

// picker is one child that looks at batches.
type picker struct {
	store   *store
	args    []string
	shallow map[model.Hash]bool

	child *child
	in    io.WriteCloser
	out   *bufio.Reader
}

// run works until there is no more work. After an error all else fails with it.
func (p *picker) run(ctx context.Context, work <-chan *batch) {
	var failed error
	for b := range work {
		if failed == nil && ctx.Err() != nil {
			failed = fmt.Errorf("%s: %w", whySearch, context.Cause(ctx))
		}
		if failed == nil {
			failed = p.look(ctx, b)
		}
		b.err = failed
		close(b.done)
	}
	if p.child != nil {
		_ = p.in.Close()
		// All answers that are wanted are there already.
		_ = p.child.wait(ctx)
	}
}

func (p *picker) start(ctx context.Context) error {
	c := p.store.git.command(ctx, whySearch, p.args...)
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.start(); err != nil {
		return err
	}
	p.child, p.in, p.out = c, in, bufio.NewReaderSize(out, 32<<10)
	return nil
}

// endOfBatch is a line that is no id. Git repeats such a line, and flushes its output.
const endOfBatch = "=\n"

var errPick = errors.New("unexpected output of git diff-tree")

// look asks the child about a batch. After an error the child has ended.
func (p *picker) look(ctx context.Context, b *batch) error {
	if p.child == nil {
		if err := p.start(ctx); err != nil {
			return fmt.Errorf("%s: %w", whySearch, err)
		}
	}
	var question strings.Builder
	var asked []int // Those of which git has said nothing yet.
	for i, id := range b.ids {
		if !object.IsID(id) {
			return p.end(ctx, fmt.Errorf("%w: %q is not an object id", objects.ErrNotFound, id))
		}
		if !p.shallow[id] {
			asked = append(asked, i)
			question.WriteString(string(id) + "\n")
		}
	}
	question.WriteString(endOfBatch)
	if _, err := io.WriteString(p.in, question.String()); err != nil {
		return p.end(ctx, err)
	}
	err := p.answers(b, asked)
	if about, ok := errors.AsType[*silence](err); ok {
		// Git says nothing of what it does not have, or what is no commit.
		if err := p.store.areCommits(ctx, whySearch, about.id); err != nil {
			_ = p.end(ctx, err)
			return err
		}
	}
	if err != nil {
		return p.end(ctx, err)
	}
	return nil
}

// silence is what git says of a candidate that it passes over.
type silence struct{ id model.Hash }

func (s *silence) Error() string { return errPick.Error() + ": nothing about " + s.id.Short() }

// answers reads what git says of the candidates of a batch that it was asked about.
func (p *picker) answers(b *batch, asked []int) error {
	last := -1 // The one of which it said something last.
	for {
		token, isEnd, err := p.token()
		switch {
		case err != nil:
			return err
		case isEnd && len(asked) == 0:
			return nil
		case isEnd:
			return &silence{b.ids[asked[0]]}
		case strings.HasPrefix(token, ":"):
			if err := p.file(b, last, token); err != nil {
				return err
			}
		case len(asked) == 0:
			return fmt.Errorf("%w: %q", errPick, token)
		case token != string(b.ids[asked[0]]):
			return &silence{b.ids[asked[0]]}
		default:
			last, asked = asked[0], asked[1:]
		}
	}
}

// token reads what ends with a NUL, or the end of the batch.
func (p *picker) token() (token string, isEnd bool, err error) {
	c, err := p.out.Peek(1)
	if err != nil {
		return "", false, err
	}
	if c[0] == endOfBatch[0] {
		_, err := p.out.Discard(len(endOfBatch))
		return "", true, err
	}
	token, err = p.out.ReadString(0)
	return strings.TrimSuffix(token, "\x00"), false, err
}

// file notes that a file of a commit has what is searched. Its names are of no interest.
func (p *picker) file(b *batch, last int, meta string) error {
	names := 1
	if status := meta[strings.LastIndexByte(meta, ' ')+1:]; strings.HasPrefix(status, "R") || strings.HasPrefix(status, "C") {
		names = 2
	}
	for range names {
		if _, err := p.out.ReadString(0); err != nil {
			return err
		}
	}
	if last < 0 {
		return fmt.Errorf("%w: a file of no commit", errPick)
	}
	if n := len(b.found); n == 0 || b.found[n-1] != last {
		b.found = append(b.found, last)
	}
	return nil
}

// end ends the child and answers why there is no more to be had of it.
func (p *picker) end(ctx context.Context, err error) error {
	_ = p.in.Close()
	isDead := errors.Is(err, io.EOF)
	if !isDead {
		_ = p.child.Cancel()
	}
	waited := p.child.wait(ctx)
	p.child = nil
	said := stderrOf(waited)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", whySearch, context.Cause(ctx))
	case strings.Contains(said, "invalid regex"):
		return model.WithHint(waited, "write an extended regular expression, as egrep takes them; a backslash takes a character as it is")
	case waited != nil && (isDead || said != "" || errors.As(waited, new(*objects.MissingError))):
		return waited
	}
	return fmt.Errorf("%s: %w", whySearch, err)
}
