// Package run keeps what a run must not lose: its journal, written before each
// side effect; the earlier contents of all that it overwrites; and the lock
// that tells people who is at work.
package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumb/model"
)

// Journal is the write-ahead journal of one run: a directory of its own, readable by its owner only.
// It is used by one goroutine at a time.
type Journal struct {
	dir  string
	file *os.File
	size int64 // In bytes, of all whole records.
}

// Begin creates the journal of a run below stateDir, keeps the earlier states there, and makes both durable.
// An error means that nothing may be begun: a run without a journal could not be explained afterwards.
func Begin(stateDir string, id model.RunID, before []Before) (*Journal, error) {
	dir := runDir(stateDir, id)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	// It must not be there: what another run kept is never overwritten.
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	data, err := json.Marshal(before)
	if err != nil {
		return nil, fmt.Errorf("keep earlier contents: %w", err)
	}
	if err := writeDurably(filepath.Join(dir, beforeName), data); err != nil {
		return nil, fmt.Errorf("keep earlier contents: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, journalName), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := syncDir(d); err != nil {
			_ = file.Close()
			return nil, fmt.Errorf("create the journal: %w", err)
		}
	}
	return &Journal{dir: dir, file: file}, nil
}

const (
	journalName = "journal"
	beforeName  = "before.json"
)

func runDir(stateDir string, id model.RunID) string {
	return filepath.Join(stateDir, "runs", string(id))
}

// Record appends an event. It is durable when Record returns, so a step may
// have its effect after the record of its beginning, and not before.
func (j *Journal) Record(e model.Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	record := fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(line, castagnoli), line)
	if _, err := j.file.Write(record); err != nil {
		// What was written of it is taken back, so that a later record does not end up on the same line.
		err = errors.Join(err, j.file.Truncate(j.size))
		return model.WithHint(fmt.Errorf("write the journal: %w", err), "make room in %s; nothing is begun without a journal", j.dir)
	}
	j.size += int64(len(record))
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// Close closes the journal. What was recorded stays.
func (j *Journal) Close() error { return j.file.Close() }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Events reads the journal of a run. A torn last record is left out: its event
// had not happened when the machine stopped. A damaged record elsewhere is an error. A run without
// a journal on this machine is an error that wraps [os.ErrNotExist].
func Events(stateDir string, id model.RunID) ([]model.Event, error) {
	data, err := os.ReadFile(filepath.Join(runDir(stateDir, id), journalName))
	if err != nil {
		return nil, fmt.Errorf("read the journal of run %s: %w", id, err)
	}
	left := string(data)
	var events []model.Event
	for n := 1; left != ""; n++ {
		line, rest, _ := strings.Cut(left, "\n")
		e, err := parseRecord(line)
		switch {
		case err == nil:
			events = append(events, e)
		case rest != "" || beginsWhole(line):
			return events, fmt.Errorf("journal of run %s: record %d: %w", id, n, err)
		}
		left = rest
	}
	return events, nil
}

// beginsWhole reports whether a line that is no record begins with a whole one. Then it was
// not torn: a record is begun only after the one before it is durable, its newline included.
func beginsWhole(line string) bool {
	sum, body, _ := strings.Cut(line, " ")
	var first json.RawMessage
	if json.NewDecoder(strings.NewReader(body)).Decode(&first) != nil {
		return false
	}
	_, err := parseRecord(sum + " " + string(first))
	return err == nil
}

func parseRecord(line string) (model.Event, error) {
	var e model.Event
	sum, body, ok := strings.Cut(line, " ")
	if !ok || sum != fmt.Sprintf("%08x", crc32.Checksum([]byte(body), castagnoli)) {
		return e, errors.New("checksum does not fit")
	}
	err := json.Unmarshal([]byte(body), &e)
	return e, err
}

// Before is the exact state of a resource before a step overwrote it.
type Before struct {
	Target  string
	Address model.Address
	Group   string
	Name    string
	State   model.State
	Drifted bool // It was a hand-made state, which git does not have.
}

// BeforeStates are the earlier states that a run kept on this machine.
func BeforeStates(stateDir string, id model.RunID) ([]Before, error) {
	data, err := os.ReadFile(filepath.Join(runDir(stateDir, id), beforeName))
	if err != nil {
		return nil, fmt.Errorf("read the earlier contents of run %s: %w", id, err)
	}
	var before []Before
	if err := json.Unmarshal(data, &before); err != nil {
		return nil, fmt.Errorf("read the earlier contents of run %s: %w", id, err)
	}
	return before, nil
}

// Keep lists the earlier states of all steps of the plans.
func Keep(plans []model.Plan) []Before {
	before := []Before{}
	for _, p := range plans {
		for _, s := range p.Steps {
			before = append(before, Before{p.Target, s.Address, s.Group, s.Name, s.Before, s.Drifted})
		}
	}
	return slices.Clip(before)
}

func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
