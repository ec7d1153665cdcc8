package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// process is what the system says of a process.
type process struct {
	pid      int
	ticks    int64 // Of processor time.
	resident int64 // In bytes.
	peak     int64
}

// errNoProc says that the system does not tell what processes use.
var errNoProc = errors.New("memory is measured on Linux only")

// processes are the program on the terminal and its children: those of its session. The program itself comes first.
func (t *terminal) processes() ([]process, error) {
	leader := t.cmd.Process.Pid
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return nil, errNoProc
	}
	var all []process
	for _, file := range stats {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // It has ended.
		}
		// The name, in brackets, may hold anything.
		_, rest, _ := strings.Cut(string(data[strings.LastIndexByte(string(data), ')'):]), " ")
		fields := strings.Fields(rest)
		if len(fields) < 13 || fields[3] != strconv.Itoa(leader) {
			continue
		}
		var p process
		if p.pid, err = strconv.Atoi(filepath.Base(filepath.Dir(file))); err != nil {
			return nil, err
		}
		for _, f := range fields[11:13] {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return nil, err
			}
			p.ticks += n
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err != nil {
			continue
		}
		p.resident, p.peak = kibibytes(string(status), "VmRSS:"), kibibytes(string(status), "VmHWM:")
		if p.pid == leader {
			all = append([]process{p}, all...)
		} else {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has ended", t.cmd.Path)
	}
	return all, nil
}

// kibibytes reads a size from a process's status; 0 for none.
func kibibytes(status, key string) int64 {
	_, rest, _ := strings.Cut(status, "\n"+key)
	if fields := strings.Fields(rest); len(fields) > 0 {
		n, err := strconv.ParseInt(fields[0], 10, 64)
		if err == nil {
			return n << 10
		}
	}
	return 0
}

// idle waits until the program and its children need no processor any more.
func (t *terminal) idle() error {
	const look, nothing = 250 * time.Millisecond, 1
	used := int64(-1)
	for start := time.Now(); time.Since(start) < 5*patience; time.Sleep(look) {
		all, err := t.processes()
		if errors.Is(err, errNoProc) {
			t.settle(2 * time.Second)
			return nil
		}
		if err != nil {
			return err
		}
		ticks := int64(0)
		for _, p := range all {
			ticks += p.ticks
		}
		if used >= 0 && ticks-used <= nothing {
			return nil
		}
		used = ticks
	}
	return fmt.Errorf("%s is never done", t.cmd.Path)
}

// residentSize is the memory of the program and its children; 0 where the system does not tell.
func (t *terminal) residentSize() (size int64) {
	all, err := t.processes()
	if err != nil {
		return 0
	}
	for _, p := range all {
		size += p.resident
	}
	return size
}

// memoryBudget is 100 MiB at 84,000 commits, growing in a straight line to 500 MiB at a million.
func memoryBudget(commits int) float64 {
	const less, more = 84_000, 1_000_000
	return (100 + 400*max(float64(commits-less)/(more-less), 0)) * (1 << 20)
}

// memory measures what plumb keeps in memory once all is indexed, and the most that it had on the way.
func (b *bench) memory() error {
	warmHome, err := b.warmed()
	if err != nil {
		return err
	}
	var cold, coldPeak, children, warm, warmPeak, tig sizes
	for range min(b.slowRuns(), 3) {
		home, err := b.home()
		if err != nil {
			return err
		}
		for _, start := range []struct {
			home           string
			resident, peak *sizes
		}{{home, &cold, &coldPeak}, {warmHome, &warm, &warmPeak}} {
			all, err := b.sizesOnceIndexed(start.home)
			if err != nil {
				return err
			}
			others := int64(0)
			for _, p := range all[1:] {
				others += p.resident
			}
			*start.resident = append(*start.resident, all[0].resident+others)
			*start.peak = append(*start.peak, all[0].peak)
			children = append(children, others)
		}
		for _, p := range b.here() {
			if p.name == "tig" {
				size, err := b.tigSize(p)
				if err != nil {
					return err
				}
				tig = append(tig, size)
			}
		}
	}
	limit := budget{most: memoryBudget(b.repository.commits)}
	b.rows = append(b.rows,
		row{what: "resident memory with git's, all indexed, cold start", plumb: cold.worst(), peer: tig.worst(), name: "tig", budget: limit},
		row{what: "resident memory with git's, all indexed, warm start", plumb: warm.worst(), peer: tig.worst(), name: "tig", budget: limit},
		row{what: "of that, git's", plumb: children.worst()},
		row{what: "most that plumb had, cold start", plumb: coldPeak.worst(), budget: limit},
		row{what: "most that plumb had, warm start", plumb: warmPeak.worst(), budget: limit},
	)
	return nil
}

// sizesOnceIndexed starts plumb and answers its processes when all is indexed.
func (b *bench) sizesOnceIndexed(home string) ([]process, error) {
	t, err := b.openPlumb(home)
	if err != nil {
		return nil, err
	}
	defer t.end()
	if err := b.ready(t); err != nil {
		return nil, err
	}
	if err := t.indexed(home); err != nil {
		return nil, err
	}
	return t.processes()
}

// tigSize is how much memory tig has when it has loaded all of history.
func (b *bench) tigSize(p peer) (int64, error) {
	t, err := b.openPeer(p)
	if err != nil {
		return 0, err
	}
	defer t.end()
	if err := b.ready(t); err != nil {
		return 0, err
	}
	return t.residentSize(), nil
}
