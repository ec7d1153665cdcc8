package runner

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/run"
	"plumb/model"
)

// keep writes down that this very process runs something.
func (b *bench) keep(id model.RunID, change func(*Info)) Info {
	b.t.Helper()
	if err := os.MkdirAll(b.Place.Dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	pid := os.Getpid()
	i := Info{Run: id, Host: host, PID: pid, Start: run.ProcessStart(pid), Socket: b.Place.file(id, ".sock"), Output: b.Place.file(id, ".log")}
	if change != nil {
		change(&i)
	}
	if err := b.Place.keep(i); err != nil {
		b.t.Fatal(err)
	}
	return i
}

// ended is the id of a process that is gone.
func ended(t *testing.T) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestRunnersThatAreGoneAreForgotten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Info)
		live   bool
		left   bool // Its file stays.
	}{
		"at work":                         {nil, true, true},
		"its process is gone":             {func(i *Info) { i.PID = ended(t) }, false, false},
		"its process id is used again":    {func(i *Info) { i.Start = strings.Replace(i.Start, "/", "/9", 1) }, false, false},
		"before the machine was rebooted": {func(i *Info) { i.Start = "0" + i.Start }, false, false},
		"on another machine":              {func(i *Info) { i.Host, i.PID = "laptop", ended(t) }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			i := b.keep("r1", test.change)
			for _, file := range []string{i.Socket, i.Output} {
				if err := os.WriteFile(file, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			live, err := b.Place.Live()
			if err != nil || (len(live) == 1) != test.live {
				t.Errorf("live are %+v, %v", live, err)
			}
			if left := b.files(); (len(left) == 3) != test.left || !test.left && len(left) > 0 {
				t.Errorf("left are %q", left)
			}
		})
	}
}

func TestTheLastWordsOfARunnerThatIsGoneStay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i := b.keep("r1", func(i *Info) { i.PID = ended(t) })
	if err := os.WriteFile(i.Output, []byte("out of memory\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if live, err := b.Place.Live(); err != nil || len(live) > 0 {
		t.Errorf("live are %+v, %v", live, err)
	}
	if left := b.files(); len(left) != 1 || left[0] != "r1.log" {
		t.Errorf("left are %q", left)
	}
}

func TestAForgottenRunnerTakesNothingElseAlong(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	precious, empty := filepath.Join(b.Repository, "main.tf"), filepath.Join(b.Repository, "empty")
	for _, file := range []string{precious, empty} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.keep("r1", func(i *Info) { i.PID, i.Socket, i.Output = ended(t), precious, empty })
	if _, err := b.Place.Live(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{precious, empty} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}

func TestADamagedFileHidesNobody(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]string{"empty": "", "half": `{"run":"r0","pi`, "of another run": `{"run":"r9","pid":1}`, "zeros": "\x00\x00\x00"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.keep("r1", nil)
			// A machine that lost power leaves such files.
			if err := os.WriteFile(b.Place.file("r0", infoSuffix), []byte(damaged), 0o600); err != nil {
				t.Fatal(err)
			}
			if i, err := b.Place.Find(""); err != nil || i.Run != "r1" {
				t.Errorf("found is %+v, %v", i, err)
			}
		})
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.Place.Find(""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("where nothing was ever run: %v", err)
	}
	b.keep("r-ab12", func(i *Info) { i.Since = time.Unix(2, 0) })
	if i, err := b.Place.Find(""); err != nil || i.Run != "r-ab12" {
		t.Errorf("the only one is %+v, %v", i, err)
	}
	b.keep("r-ab34", func(i *Info) { i.Since = time.Unix(1, 0) })
	b.keep("r-ab345", func(i *Info) { i.Since = time.Unix(3, 0) })
	b.keep("r-dead", func(i *Info) { i.PID = ended(t) })
	for _, test := range []struct {
		id   string
		want model.RunID
		err  string
	}{
		{"r-ab12", "r-ab12", ""},
		{"r-ab1", "r-ab12", ""},
		{"r-ab34", "r-ab34", ""}, // In full, although it is the beginning of another.
		{"r-ab3", "", "several runs are under way: r-ab34, r-ab345"},
		{"", "", "several runs are under way: r-ab34, r-ab12, r-ab345"}, // The longest at work first.
		{"r-x", "", "no such run is under way"},
		{"r-dead", "", "no such run is under way"},
		{"r-ab12x", "", "no such run is under way"},
	} {
		i, err := b.Place.Find(test.id)
		switch {
		case test.err == "" && (err != nil || i.Run != test.want):
			t.Errorf("%q finds %s, %v", test.id, i.Run, err)
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("%q is answered by %v, want %s", test.id, err, test.err)
		case test.err != "" && errors.Is(err, fs.ErrNotExist) != strings.HasPrefix(test.err, "no such"):
			t.Errorf("%q is answered by %v of the wrong class", test.id, err)
		}
	}
}

func TestARunnerOfAnotherVersionDoesNotBegin(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, change := range map[string]func(*Request){"newer": func(r *Request) { r.Protocol++ }, "unnumbered": func(r *Request) { r.Protocol = 0 }} {
		r := Request{Protocol: protocol, Run: "r1"}
		change(&r)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(b.Repository, "request")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRequest(file); err == nil || model.Hint(err) == "" {
			t.Errorf("%s: the error is %v", name, err)
		}
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the request is left: %v", name, err)
		}
	}
}

// Nothing here is ever signalled: a test that went wrong would end far more than a runner.
func TestNoRunnerHasTheProcessIDOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	for _, pid := range []int{-2, -1, 0, 1} {
		if (Info{PID: pid}).alive() {
			t.Errorf("%d is taken for a runner", pid)
		}
	}
}
