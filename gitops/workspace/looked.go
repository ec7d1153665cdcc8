package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"plumb/gitops/statefile"
	"plumb/model"
)

// glances are the changes that the operator has looked at. They are kept in a private file, one id a line.
type glances struct {
	mu   sync.Mutex
	seen map[model.ChangeID]bool // Nil until the file was read.
}

// read reads the file once. A file that cannot be read is one that says nothing: at worst something looks new again.
func (g *glances) read(file string) {
	if g.seen != nil {
		return
	}
	g.seen = map[model.ChangeID]bool{}
	if data, err := os.ReadFile(file); err == nil {
		for id := range strings.FieldsSeq(string(data)) {
			g.seen[model.ChangeID(id)] = true
		}
	}
}

// markNew marks the changes that others made, that still wait, and that the operator has not looked at.
func (w *Workspace) markNew(changes []model.Change) {
	g := &w.glances
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read(w.private("looked"))
	for i, c := range changes {
		changes[i].New = isWaiting(c) && !c.Author.Is(w.opt.Self) && !g.seen[c.ID]
	}
}

func isWaiting(c model.Change) bool { return c.State.IsOpen() || c.State == model.Applying }

// Looked remembers that the operator has looked at a change: it is not new to them any more.
func (w *Workspace) Looked(id model.ChangeID) error {
	g := &w.glances
	g.mu.Lock()
	defer g.mu.Unlock()
	file := w.private("looked")
	g.read(file)
	if g.seen[id] {
		return nil
	}
	g.seen[id] = true
	if file == "" {
		return nil
	}
	if err := keepLooked(file, id); err != nil {
		return fmt.Errorf("remember what was looked at: %w", err)
	}
	return nil
}

// keepLooked adds an id to the file. Beyond the newest thousands the oldest are forgotten: what they name is over.
func keepLooked(file string, id model.ChangeID) error {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	const most = 5000
	ids := append(strings.Fields(string(data)), string(id))
	ids = slices.Clone(ids[max(0, len(ids)-most):])
	var b bytes.Buffer
	for _, id := range ids {
		b.WriteString(id + "\n")
	}
	return statefile.Write(file, b.Bytes())
}
