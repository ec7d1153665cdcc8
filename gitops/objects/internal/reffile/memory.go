package reffile

import (
	"io/fs"
	"os"
	"sync"
)

// Memory remembers refs that were found in packed-refs, for as long as the file is the same one: it has megabytes in large repositories,
// and where HEAD is gets asked all the time. It may be used by several goroutines at once; a nil one remembers nothing.
type Memory struct {
	mu   sync.Mutex
	file fs.FileInfo // Nil for none.
	refs map[string]Ref
}

// most is how many refs are remembered: a few are asked for again and again.
const most = 64

// look is the file as it is now; nil where nothing can be remembered of it.
func (m *Memory) look(name string) fs.FileInfo {
	if m == nil {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	return info
}

// recall answers a ref that was found in the same file.
func (m *Memory) recall(now fs.FileInfo, name string) (Ref, bool) {
	if now == nil {
		return Ref{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isSame(now) {
		return Ref{}, false
	}
	r, ok := m.refs[name]
	return r, ok
}

// remember keeps a ref that was found in the file after it was looked at. A newer file that it may come from is another one
// at the next look.
func (m *Memory) remember(now fs.FileInfo, r Ref) {
	if now == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isSame(now) || len(m.refs) >= most {
		m.file, m.refs = now, map[string]Ref{}
	}
	m.refs[r.Name] = r
}

// isSame reports whether the file is the one that the refs are of. Git replaces the file and never writes into it.
func (m *Memory) isSame(now fs.FileInfo) bool {
	return m.file != nil && os.SameFile(m.file, now) && m.file.Size() == now.Size() && m.file.ModTime().Equal(now.ModTime())
}
