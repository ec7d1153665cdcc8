package gitcli

import (
	"context"
	"sync"

	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

const (
	// sessions are how many objects are read in this process at a time.
	sessions = 4
	// sessionCache is the cache of each: enough for the deltas that one walk over trees comes across.
	sessionCache = 4 << 20
	// keptSessions are how many of them keep their memory for what is read next.
	keptSessions = 2
	// relaxEvery is after how many calls the memory is let go of in which objects were looked up.
	relaxEvery = 256
	// largestDirect is the largest blob that is read in this process. A child can
	// be stopped in the midst of one that is larger.
	largestDirect = 8 << 20
)

// direct reads objects in this process, which for a small one is many times
// faster than a conversation with a child and holds no packs in memory. It only
// ever has good news: what it cannot answer, the child is asked, which has the words for what is wrong.
type direct struct {
	common string
	idSize int
	free   chan struct{} // One token for each session that is not at work.

	mu     sync.Mutex
	reader *packs.Reader // Nil until it is needed.
	idle   []*packs.Session
	calls  int
	isOff  bool // It was closed, or its files could not be opened.
}

func newDirect(common string, idSize int) *direct {
	d := &direct{common: common, idSize: idSize, free: make(chan struct{}, sessions)}
	for range sessions {
		d.free <- struct{}{}
	}
	return d
}

// close closes the files, when all calls that are under way have ended.
func (d *direct) close() error {
	for range sessions {
		<-d.free
	}
	d.mu.Lock()
	var err error
	if d.reader != nil {
		err = d.reader.Close()
	}
	d.reader, d.idle, d.isOff = nil, nil, true
	d.mu.Unlock()
	for range sessions {
		d.free <- struct{}{}
	}
	return err
}

// take waits for a session. It is nil where there is none to be had; otherwise it is to be put back.
func (d *direct) take(ctx context.Context) *packs.Session {
	if ctx.Err() != nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return nil
	case <-d.free:
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reader == nil && !d.isOff {
		r, err := packs.Open(d.common, d.idSize)
		d.reader, d.isOff = r, err != nil
	}
	if d.isOff {
		d.free <- struct{}{}
		return nil
	}
	if n := len(d.idle); n > 0 {
		s := d.idle[n-1]
		d.idle = d.idle[:n-1]
		return s
	}
	return d.reader.Session(sessionCache)
}

func (d *direct) put(s *packs.Session) {
	d.mu.Lock()
	if len(d.idle) < keptSessions {
		d.idle = append(d.idle, s)
	}
	if d.calls++; d.calls%relaxEvery == 0 {
		d.reader.Relax()
	}
	d.mu.Unlock()
	d.free <- struct{}{}
}

// relax lets go of the memory in which objects were looked up, after more of that than is usual.
func (d *direct) relax() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reader != nil {
		d.reader.Relax()
	}
}

// parse is the id of an object in this repository.
func (d *direct) parse(id model.Hash) (packs.ID, bool) {
	// Half of the longer id is an abbreviation of it.
	if len(id) != 2*d.idSize {
		return packs.ID{}, false
	}
	return packs.ParseID(id)
}

// with lets use read the object, and reports whether it could. The data is use's during the call only.
func (d *direct) with(ctx context.Context, kind object.Kind, id model.Hash, use func(data []byte)) bool {
	raw, ok := d.parse(id)
	if !ok {
		return false
	}
	s := d.take(ctx)
	if s == nil {
		return false
	}
	defer d.put(s)
	if kind == object.Blob {
		if _, size, err := s.Stat(raw); err != nil || size > largestDirect {
			return false
		}
	}
	is, data, err := s.Read(raw)
	if err != nil || is != kind {
		return false
	}
	use(data)
	return true
}

// info answers what an object is; not found where that has to be asked elsewhere.
func (d *direct) info(ctx context.Context, id model.Hash) answer {
	raw, ok := d.parse(id)
	if !ok {
		return answer{}
	}
	s := d.take(ctx)
	if s == nil {
		return answer{}
	}
	defer d.put(s)
	kind, size, err := s.Stat(raw)
	return answer{id, kind, size, err == nil}
}

// about asks what a name or an id stands for. The name must not have a newline in it.
func (s *store) about(ctx context.Context, why, name string) (answer, error) {
	// A full id stands for itself, whatever refs there are.
	if a := s.direct.info(ctx, model.Hash(name)); a.found {
		return a, nil
	}
	return s.pool.info(ctx, why, name)
}

// read hands the data of an object to use, during the call only.
func (s *store) read(ctx context.Context, kind object.Kind, id model.Hash, use func(data []byte)) error {
	if s.direct.with(ctx, kind, id, use) {
		return nil
	}
	data, err := s.pool.read(ctx, kind, id)
	if err == nil {
		use(data)
	}
	return err
}
