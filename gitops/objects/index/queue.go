package index

import (
	"context"
	"sync"
)

// batchSize is how many commits are compared with their parents at once.
const batchSize = 128

// queue hands commits from the walk to those who compare them. The walk never waits.
type queue struct {
	mu      sync.Mutex
	more    sync.Cond
	commits []Ordinal
	columns columns // As they were when the last of the commits was added.
	ended   bool
}

func newQueue() *queue {
	q := new(queue)
	q.more.L = &q.mu
	return q
}

// add hands on commits that have left the frontier.
func (q *queue) add(commits []Ordinal, c *columns) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.commits, q.columns = append(q.commits, commits...), *c
	q.more.Broadcast()
}

// end says that there is no more.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.more.Broadcast()
}

// job is some commits, and columns that have their parents and grandparents.
type job struct {
	commits []Ordinal
	columns columns
}

// take waits for commits, and makes the next ones the job. It is not ok when
// there are no more, or when ctx ended and somebody ended the queue.
func (q *queue) take(ctx context.Context, j *job) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.commits) == 0 && !q.ended {
		q.more.Wait()
	}
	if len(q.commits) == 0 || ctx.Err() != nil {
		return false
	}
	n := min(batchSize, len(q.commits))
	j.commits, j.columns = append(j.commits[:0], q.commits[:n]...), q.columns
	q.commits = q.commits[n:]
	return true
}
