package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// question is one thing that a pane wants to know. Asking again cancels the work for the
// earlier answer, and an answer that comes all the same is dropped.
type question struct {
	id     uint64
	busy   bool
	since  time.Time
	cancel context.CancelFunc
}

// begin makes the question current and answers its number.
func (q *question) begin(ctx context.Context, now time.Time) (context.Context, uint64) {
	q.drop()
	ctx, q.cancel = context.WithCancel(ctx)
	q.id++
	q.busy, q.since = true, now
	return ctx, q.id
}

// drop gives the question up: nobody wants the answer any more.
func (q *question) drop() {
	if q.cancel != nil {
		q.cancel()
		q.cancel = nil
	}
	q.busy = false
}

func (q *question) waitsFor(id uint64) bool { return q.busy && q.id == id }

// answer is what came back for a question.
type answer[T any] struct {
	to    *question
	id    uint64
	value T
	err   error
}

func (m answer[T]) stale() bool { return !m.to.waitsFor(m.id) }
func (m answer[T]) settle()     { m.to.drop() }

// part is some of what comes back for a question whose answer streams. The last part has the result.
type part[T, R any] struct {
	to     *question
	id     uint64
	items  []T
	done   bool
	result R
	err    error
	next   tea.Cmd // Waits for the part after this one.
}

func (m part[T, R]) stale() bool { return !m.to.waitsFor(m.id) }
func (m part[T, R]) settle() {
	if m.done {
		m.to.drop()
	}
}

// reply is any of both: a fact with identity, that its owner drops when it does not wait for it.
type reply interface {
	stale() bool
	settle()
}

// ask answers the command that does the work for a question, outside of the event loop.
func ask[T any](a *App, q *question, work func(ctx context.Context) (T, error)) tea.Cmd {
	ctx, id := q.begin(a.ctx, a.now())
	a.wait(q)
	return func() tea.Msg {
		value, err := work(ctx)
		return answer[T]{q, id, value, err}
	}
}

// quietly is ask for what nobody waits for: no spinner tells of it.
func quietly[T any](a *App, q *question, work func(ctx context.Context) (T, error)) tea.Cmd {
	cmd := ask(a, q, work)
	delete(a.waiting, q)
	return cmd
}

// How much of a stream comes in one message: what a person would see as one moment.
const (
	batchTime = 50 * time.Millisecond
	firstTime = 6 * time.Millisecond // Of the first message: within one frame of the screen.
	batchSize = 500
)

// follow is ask for work that says things on its way: they come in batches, in their order, and
// the result comes last. The stream is bounded, so work that is faster than the screen waits for it; when alive
// ends, nobody listens any more and emit returns at once.
func follow[T, R any](a *App, q *question, alive func(work context.Context) context.Context,
	work func(ctx context.Context, emit func(T)) (R, error)) tea.Cmd {
	ctx, id := q.begin(a.ctx, a.now())
	a.wait(q)
	listening := alive(ctx)
	items := make(chan T, batchSize)
	var (
		result R
		failed error
	)
	emit := func(v T) {
		select {
		case items <- v:
		case <-listening.Done():
		}
	}
	moment := firstTime
	var next tea.Cmd
	next = func() tea.Msg {
		m := part[T, R]{to: q, id: id, next: next}
		first, more := <-items
		if more {
			m.items, more = collect(items, first, moment)
			moment = batchTime
		}
		if !more {
			m.done, m.result, m.err, m.next = true, result, failed, nil
		}
		return m
	}
	return func() tea.Msg {
		a.working.Go(func() {
			result, failed = work(ctx, emit)
			close(items)
		})
		return next()
	}
}

// collect takes what comes within a moment.
func collect[T any](items <-chan T, first T, moment time.Duration) (batch []T, more bool) {
	batch = []T{first}
	timer := time.NewTimer(moment)
	defer timer.Stop()
	for len(batch) < batchSize {
		select {
		case v, ok := <-items:
			if !ok {
				return batch, false
			}
			batch = append(batch, v)
		case <-timer.C:
			return batch, true
		}
	}
	return batch, true
}

// whileAsked listens as long as the question is the current one.
func whileAsked(work context.Context) context.Context { return work }

// wait notes that an answer is expected, for the spinner.
func (a *App) wait(q *question) { a.waiting[q] = true }

// busy reports whether an answer is expected at all.
func (a *App) busy() bool {
	for q := range a.waiting {
		if q.busy {
			return true
		}
		delete(a.waiting, q)
	}
	return false
}

// The spinner: it appears only for what takes longer than people notice.
const (
	spinAfter = 200 * time.Millisecond
	spinEvery = 120 * time.Millisecond
)

var spinFrames = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

type spinMsg struct{}

// spin keeps the spinner's tick going exactly as long as something is waited for.
func (a *App) spin(after time.Duration) tea.Cmd {
	if a.spinning || !a.busy() {
		return nil
	}
	a.spinning = true
	return a.after(after, spinMsg{})
}

// slow reports whether the answer to q takes long enough to say so.
func (a *App) slow(q *question) bool { return q.busy && a.now().Sub(q.since) >= spinAfter }
