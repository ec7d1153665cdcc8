package gitcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// readers are the long-lived children that answer for single objects. There are two, so
// that one large blob does not hold up the rest.
const readers = 2

// pool hands out readers, those that are started already before others.
type pool struct {
	git  git
	free chan struct{} // One token for each reader that is not at work.

	mu       sync.Mutex
	idle     []*reader
	isClosed bool
}

func newPool(g git) *pool {
	p := &pool{git: g, free: make(chan struct{}, readers)}
	for range readers {
		p.free <- struct{}{}
	}
	return p
}

// close ends all children. A call that is under way ends first.
func (p *pool) close() {
	for range readers {
		<-p.free
	}
	p.mu.Lock()
	for _, r := range p.idle {
		r.end()
	}
	p.idle, p.isClosed = nil, true
	p.mu.Unlock()
	for range readers {
		p.free <- struct{}{}
	}
}

var errClosed = errors.New("the repository is closed")

// take waits for a reader to be free. It is nil where one must be started.
func (p *pool) take(ctx context.Context) (*reader, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.free:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed {
		p.free <- struct{}{}
		return nil, errClosed
	}
	if len(p.idle) == 0 {
		return nil, nil
	}
	r := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return r, nil
}

// put gives back what take gave, or nil for a reader that ended.
func (p *pool) put(r *reader) {
	if r != nil {
		p.mu.Lock()
		p.idle = append(p.idle, r)
		p.mu.Unlock()
	}
	p.free <- struct{}{}
}

// do lets ask talk to a reader. If the reader dies under it, a new one gets the
// same question once: the first may have been killed, or its repository repacked.
func (p *pool) do(ctx context.Context, why string, ask func(*reader) error) error {
	r, err := p.take(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	defer func() { p.put(r) }()
	var failed error
	for range 2 {
		if r == nil {
			started, err := p.start()
			if err != nil {
				return fmt.Errorf("%s: %w", why, err)
			}
			r = started
		}
		// A reader whose answer nobody wants any more is of no use: what it
		// would still write belongs to the old question.
		stop := context.AfterFunc(ctx, r.cancel)
		err := ask(r)
		alive := stop()
		var broken *brokenError
		if !errors.As(err, &broken) && alive {
			return err
		}
		died := r.end()
		r = nil
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", why, context.Cause(ctx))
		}
		if id := missingIn(died); id != "" {
			return fmt.Errorf("%s: %w", why, &objects.MissingError{ID: id})
		}
		failed = &failure{why: why, err: err, stderr: died}
	}
	return failed
}

// brokenError says that the conversation with a reader is over.
type brokenError struct{ error }

// reader is one `git cat-file --batch-command`.
type reader struct {
	child  *child
	cancel context.CancelFunc
	in     io.WriteCloser
	out    *bufio.Reader
}

func (p *pool) start() (*reader, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := p.git.command(ctx, "read objects", "cat-file", "--batch-command")
	in, err := c.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	if err := c.start(); err != nil {
		cancel()
		return nil, err
	}
	c.done(nil) // Reported as it starts: it ends only with plumb.
	return &reader{c, cancel, in, bufio.NewReaderSize(out, 64<<10)}, nil
}

// end closes the child and answers what it had to say.
func (r *reader) end() string {
	r.cancel()
	// How a child ends that was told to is of no interest.
	_ = r.in.Close()
	_ = r.child.Wait()
	return r.child.stderr.String()
}

// answer is the head of a reader's answer.
type answer struct {
	id    model.Hash
	kind  object.Kind
	size  int64
	found bool
}

// ask puts a question; the name must not have a newline in it.
func (r *reader) ask(command, name string) (answer, error) {
	if _, err := io.WriteString(r.in, command+" "+name+"\n"); err != nil {
		return answer{}, &brokenError{err}
	}
	line, err := r.out.ReadString('\n')
	if err != nil {
		return answer{}, &brokenError{err}
	}
	fields := strings.Fields(line)
	// A name that is not found is repeated, and may itself look like an answer.
	if strings.HasSuffix(line, " missing\n") || strings.HasSuffix(line, " ambiguous\n") || len(fields) != 3 {
		return answer{}, nil
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || !object.IsID(model.Hash(fields[0])) {
		return answer{}, &brokenError{fmt.Errorf("unexpected answer %q", line)}
	}
	return answer{model.Hash(fields[0]), object.Kind(fields[1]), size, true}, nil
}

// info asks what a name stands for.
func (p *pool) info(ctx context.Context, why, name string) (a answer, err error) {
	err = p.do(ctx, why, func(r *reader) (err error) {
		a, err = r.ask("info", name)
		return err
	})
	return a, err
}

// read reads an object of the kind.
func (p *pool) read(ctx context.Context, kind object.Kind, id model.Hash) ([]byte, error) {
	why := fmt.Sprintf("read %s %s", kind, id.Short())
	if !object.IsID(id) {
		return nil, fmt.Errorf("read %s: %w: %q is not an object id", kind, objects.ErrNotFound, id)
	}
	var data []byte
	var a answer
	err := p.do(ctx, why, func(r *reader) (err error) {
		a, err = r.ask("contents", string(id))
		if err != nil || !a.found {
			return err
		}
		data = make([]byte, a.size)
		if _, err := io.ReadFull(r.out, data); err != nil {
			return &brokenError{err}
		}
		if _, err := r.out.Discard(1); err != nil {
			return &brokenError{err}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case !a.found:
		return nil, fmt.Errorf("%s: %w", why, &objects.MissingError{ID: id})
	case a.kind != kind:
		return nil, fmt.Errorf("%s: it is a %s", why, a.kind)
	}
	return data, nil
}
