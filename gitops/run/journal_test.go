package run_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/text"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// events are what happens in a run of three steps.
func events() []model.Event {
	var all []model.Event
	for i := range 3 {
		address := model.Address(fmt.Sprintf("web-%d:/etc/ü", i))
		all = append(all,
			model.Event{At: start, Target: "web", Address: address, Phase: model.PhaseBegin},
			model.Event{At: start.Add(time.Second), Target: "web", Address: address, Phase: model.PhaseDone, Message: text.Clean("two\nlines"), Took: time.Second})
	}
	return all
}

func begin(t *testing.T, dir string, id model.RunID, before []run.Before) *run.Journal {
	t.Helper()
	j, err := run.Begin(dir, id, before)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// written is the journal of a run with these events, as a file.
func written(t *testing.T, dir string, all []model.Event) (path string, data []byte) {
	t.Helper()
	j := begin(t, dir, "r1", nil)
	for _, e := range all {
		if err := j.Record(e); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(dir, "runs", "r1", "journal")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

func same(a, b text.Safe) bool { return a == b }

func TestAJournalThatIsTornAnywhereKeepsEveryWholeRecord(t *testing.T) {
	dir, all := t.TempDir(), events()
	path, data := written(t, dir, all)
	for cut := range len(data) + 1 {
		if err := os.WriteFile(path, data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := run.Events(dir, "r1")
		if err != nil {
			t.Fatalf("torn at byte %d of %d: %v", cut, len(data), err)
		}
		whole := strings.Count(string(data[:cut]), "\n")
		// A record that lacks nothing but its newline is whole too.
		if len(got) != whole && (len(got) != whole+1 || data[cut] != '\n') {
			t.Fatalf("torn at byte %d: %d events, want %d", cut, len(got), whole)
		}
		if d := cmp.Diff(all[:len(got)], got, cmp.Comparer(same)); d != "" && len(got) > 0 {
			t.Fatalf("torn at byte %d (-recorded +read):\n%s", cut, d)
		}
	}
}

func TestAJournalThatIsDamagedInTheMiddleSaysSo(t *testing.T) {
	dir, all := t.TempDir(), events()
	path, data := written(t, dir, all)
	last := strings.LastIndex(strings.TrimSuffix(string(data), "\n"), "\n") + 1
	for i := range last {
		damaged := append([]byte{}, data...)
		damaged[i] ^= 0x01
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := run.Events(dir, "r1")
		if err == nil {
			t.Fatalf("byte %d is damaged and nobody says so: %d events", i, len(got))
		}
		if n := strings.Count(string(data[:i]), "\n"); len(got) > n {
			t.Fatalf("byte %d is damaged: %d events are believed, only %d stand before it", i, len(got), n)
		}
	}
}

func TestARunWithoutAJournalHere(t *testing.T) {
	if _, err := run.Events(t.TempDir(), "r1"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("events: %v", err)
	}
	if _, err := run.BeforeStates(t.TempDir(), "r1"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("earlier states: %v", err)
	}
}

func TestEarlierStatesComeBackToTheByte(t *testing.T) {
	dir := t.TempDir()
	every := make([]byte, 0, 3*256)
	for i := range 256 {
		every = append(every, byte(i), '\r', '\n')
	}
	want := []run.Before{
		{Target: "web", Address: "web-1:/etc/a", Group: "web-1", Name: "/etc/a", Drifted: true,
			State: model.State{Exists: true, Kind: "file", Content: model.NewContent(every), Attrs: []model.Attr{{Name: "mode", Value: "0600"}}, Modified: start, Sensitive: true}},
		{Target: "web", Address: "web-1:/etc/empty", State: model.State{Exists: true, Kind: "file", Content: model.NewContent([]byte{})}},
		{Target: "web", Address: "web-1:/etc/large", State: model.State{Exists: true, Kind: "file", Content: model.Content{Size: 1 << 40, Sum: "sha256:0", Omitted: "1 TiB"}}},
		{Target: "web", Address: "web-1:/etc/new"},
	}
	var steps []model.Step
	for _, b := range want {
		steps = append(steps, model.Step{Address: b.Address, Group: b.Group, Name: b.Name, Before: b.State, Drifted: b.Drifted})
	}
	begin(t, dir, "r1", run.Keep([]model.Plan{{Target: "web", Steps: steps[:2]}, {Target: "web", Steps: steps[2:]}}))
	got, err := run.BeforeStates(dir, "r1")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-kept +read):\n%s", d)
	}
}

func TestWhatARunKeepsIsForItsOwnerOnly(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "state", "plumb")
	begin(t, dir, "r1", run.Keep(nil))
	for path, want := range map[string]os.FileMode{"": 0o700, "runs": 0o700, "runs/r1": 0o700, "runs/r1/journal": 0o600, "runs/r1/before.json": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has the mode %04o, want %04o", path, got, want)
		}
	}
}

func TestARunThatCannotBeRecordedIsNotBegun(t *testing.T) {
	t.Run("a file is in the way", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "runs"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := run.Begin(dir, "r1", nil); err == nil {
			t.Error("it was begun")
		}
	})
	t.Run("the directory is read-only", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("nothing is read-only for root; run it as another user")
		}
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		if _, err := run.Begin(dir, "r1", nil); !errors.Is(err, os.ErrPermission) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("the run has a journal already", func(t *testing.T) {
		dir := t.TempDir()
		j := begin(t, dir, "r1", []run.Before{{Address: "a"}})
		if err := j.Record(events()[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := run.Begin(dir, "r1", nil); err == nil {
			t.Error("it was begun again")
		}
		before, err := run.BeforeStates(dir, "r1")
		if got, _ := run.Events(dir, "r1"); err != nil || len(before) != 1 || len(got) != 1 {
			t.Errorf("the first run has %d earlier states and %d events left (%v)", len(before), len(got), err)
		}
	})
}

// TestNoRoom runs itself in a process that may write small files only: what a full disk does, a limit does too.
func TestNoRoom(t *testing.T) {
	const variable = "PLUMB_TEST_NO_ROOM"
	dir := os.Getenv(variable)
	if dir == "" {
		dir = t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoRoom$")
		cmd.Env = append(os.Environ(), variable+"="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // So that the write fails, as on a full disk.
	limit := func(bytes uint64) {
		t.Helper()
		var now syscall.Rlimit
		err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now)
		if now.Cur = bytes; err == nil {
			err = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
		}
		if err != nil {
			t.Skipf("this system sets no such limit: %v", err)
		}
	}
	limit(2000)
	large := []run.Before{{State: model.State{Content: model.NewContent(make([]byte, 10_000))}}}
	if _, err := run.Begin(dir, "r1", large); err == nil {
		t.Error("it was begun although earlier contents could not be kept")
	}
	j, err := run.Begin(dir, "r2", nil)
	if err != nil {
		t.Fatal(err)
	}
	recorded := 0
	for {
		err = j.Record(events()[1])
		if err != nil {
			break
		}
		recorded++
	}
	if recorded == 0 || model.Hint(err) == "" {
		t.Errorf("after %d records: %v with the hint %q", recorded, err, model.Hint(err))
	}
	limit(1 << 20)
	for range 2 { // There is room again: what could not be written whole is not to spoil the rest.
		if err := j.Record(events()[0]); err != nil {
			t.Error(err)
		}
	}
	if got, err := run.Events(dir, "r2"); err != nil || len(got) != recorded+2 {
		t.Errorf("%d events (%v), want %d", len(got), err, recorded+2)
	}
}
