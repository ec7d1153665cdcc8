// Package runner carries a change out in a process of its own, which outlives whoever started it: the terminal that is closed,
// the ssh session that drops, the screen that crashes.
//
// The runner is the same binary in its own session, without a terminal, with its output in a private file. It carries the
// change out as ever and tells on a private unix socket what happens: every viewer gets all of it from the beginning, then the
// result. A viewer that is slow, or gone, holds nothing up. All that a viewer can do is to ask, politely, for an end.
//
// What is live is found by small files in the state directory of the repository, one a runner; a file whose process is gone, or
// whose process id is somebody else's by now, is removed by the next who looks.
package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plumb/gitops/run"
	"plumb/gitops/statefile"
	"plumb/model"
)

// Request says what a runner is to do. It is handed over in a private file, because everybody may read the arguments of a process.
type Request struct {
	Protocol    int             `json:"protocol"`
	Run         model.RunID     `json:"run"` // What the run is going to be called.
	Change      model.ChangeID  `json:"change"`
	Environment string          `json:"environment"`
	Glass       string          `json:"glass,omitempty"`  // Why rules are overruled.
	Breaks      bool            `json:"breaks,omitempty"` // Rules are overruled, for which a reason is needed.
	By          model.Principal `json:"by"`
	Repository  string          `json:"repository"` // As it was opened, absolute.
	ReadOnly    bool            `json:"readonly,omitempty"`
	Place       Place           `json:"place"`
	Output      string          `json:"output"` // The file that gets the runner's output.
}

// protocol is raised with every change of what runners and viewers say to each other: a program that was
// replaced while it ran must not start its successor.
const protocol = 1

// Info is a runner that is at work.
type Info struct {
	Run         model.RunID     `json:"run"`
	Change      model.ChangeID  `json:"change"`
	Environment string          `json:"environment"`
	By          model.Principal `json:"by"`
	Host        string          `json:"host"`
	PID         int             `json:"pid"`
	Start       string          `json:"start"` // See [run.ProcessStart].
	Since       time.Time       `json:"since"`
	Socket      string          `json:"socket"`
	Output      string          `json:"output"`
}

// alive reports whether the runner's process is there, and still the same one. What the kernel takes for several processes, or the
// first one, is none: a signal to -1 is a signal to everybody.
func (i Info) alive() bool { return i.PID > 1 && run.Alive(run.Holder{PID: i.PID, Start: i.Start}) }

// Place is where the runners of one repository are found.
type Place struct {
	Dir  string `json:"dir"`  // Private, of this repository.
	Host string `json:"host"` // This machine: the directory may be shared with others.
}

const (
	infoSuffix   = ".live"
	outputSuffix = ".log"
	socketSuffix = ".sock"
)

// errDamaged is a file that says nothing about any runner.
var errDamaged = errors.New("it is damaged")

// Live lists the runners at work on this machine, the longest first. Files of those that are gone are removed; one that is damaged,
// as by a loss of power, hides nobody else.
func (p Place) Live() ([]Info, error) {
	entries, err := os.ReadDir(p.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for runs under way: %w", err)
	}
	var live []Info
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), infoSuffix) {
			continue
		}
		info, err := p.read(e.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, errDamaged):
		case err != nil:
			return live, err
		case info.Host != p.Host:
		case info.alive():
			live = append(live, info)
		default:
			p.forget(info)
		}
	}
	slices.SortFunc(live, func(a, b Info) int { return a.Since.Compare(b.Since) })
	return live, nil
}

// Find finds a live runner by the id of its run or an unambiguous beginning of it; empty stands for the only one. What is not there
// is an error that wraps [fs.ErrNotExist].
func (p Place) Find(id string) (Info, error) {
	live, err := p.Live()
	if err != nil {
		return Info{}, err
	}
	var found []Info
	var names []string
	for _, i := range live {
		if string(i.Run) == id {
			return i, nil
		}
		if strings.HasPrefix(string(i.Run), id) {
			found, names = append(found, i), append(names, string(i.Run))
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Info{}, model.WithHint(fmt.Errorf("several runs are under way: %s", strings.Join(names, ", ")), "name one of them")
	}
	return Info{}, fmt.Errorf("no such run is under way on this machine: %w", fs.ErrNotExist)
}

func (p Place) read(name string) (Info, error) {
	var i Info
	data, err := os.ReadFile(filepath.Join(p.Dir, name))
	if err != nil {
		return i, fmt.Errorf("read who is at work: %w", err)
	}
	if err := json.Unmarshal(data, &i); err != nil {
		return i, fmt.Errorf("read who is at work: %s: %w: %w", name, errDamaged, err)
	}
	if string(i.Run)+infoSuffix != name {
		return i, fmt.Errorf("read who is at work: %s: %w: it is about run %q", name, errDamaged, i.Run)
	}
	return i, nil
}

// keep writes down that a runner is at work, whole or not at all.
func (p Place) keep(i Info) error {
	data, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return statefile.Write(p.file(i.Run, infoSuffix), data)
}

// forget removes what was there only for viewers, and nothing that has another name, whatever the runner's file says. It is no loss
// if it stays: whoever looks next tries again.
func (p Place) forget(i Info) {
	_ = os.Remove(p.file(i.Run, infoSuffix))
	if filepath.Base(i.Socket) == string(i.Run)+socketSuffix {
		_ = os.Remove(i.Socket)
	}
	output := p.file(i.Run, outputSuffix)
	if f, err := os.Stat(output); err == nil && f.Size() == 0 {
		_ = os.Remove(output)
	}
}

func (p Place) file(id model.RunID, suffix string) string {
	return filepath.Join(p.Dir, string(id)+suffix)
}
