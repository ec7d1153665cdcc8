// Package hosts is the provider for files on machines: content, mode, owner and
// symbolic links under a directory per target in the repository.
//
// Below the target's path, the directory all/ holds the files that every host
// of the target gets, and HOST/, named like a host, those for that host alone;
// they win over all/. Below either, paths mirror the host's file system:
//
//	production/web/all/etc/nginx/nginx.conf    /etc/nginx/nginx.conf on each host
//	production/web/web-2/etc/motd              /etc/motd on web-2 alone
//
// Files beside those directories, like a README, belong to nobody. Git keeps
// whether a file is executable and nothing else of its mode, so that is all that is compared
// unless a [model.FileRule] sets more. A new file gets mode 0644 or 0755; an
// overwritten one keeps its mode and owner where nothing manages them.
//
// A host is a directory of this machine, which is read and written natively and
// never left through a symbolic link, or a destination of the operator's own
// ssh program, where a constant POSIX shell script does the same with the tools that are there
// (sh, stat, sha256sum, base64, xargs, readlink, find: GNU's or busybox's). The check and reload commands of
// file rules run on the host with its root as working directory.
//
// Files that can shut the operator out, like sshd's, the firewall's and sudo's, are written last
// on a host that ssh reaches, together, and under a guard: before the first of them changes, the host keeps them all as
// they are and starts a process that puts them back, and runs their reload commands again, unless a new connection
// says in time that all is well. See guard.sh. A directory of this machine is not reached through what it could lose,
// so it has no guard, and the plan says so.
package hosts

import (
	"sync"
	"time"

	"plumb/model"
)

// Limits bound what the provider takes into memory and how long it waits. A
// zero field means its default.
type Limits struct {
	Observe int64         // Bytes of a live file that Observe loads for the diff; default 1 MiB.
	Keep    int64         // Bytes of a file that Plan loads to be able to restore it, and of a file in git; default 32 MiB.
	Hosts   int           // Hosts looked at at the same time; default 16.
	Extras  int           // Files in exclusive directories of one host that are reported; default 10,000.
	Grace   time.Duration // How long a step that has begun may go on after a cancellation; default 10 s.
	Confirm time.Duration // How long a host waits for a new connection before it takes a guarded change back, where the target does not say; default 60 s.
	Return  time.Duration // How long Apply waits for a host that had to take a change back; default 60 s.
}

// Options say how a provider reaches its hosts. All fields may be left out.
type Options struct {
	Root   string              // What a relative Host.Root is relative to: the repository's root.
	SSH    []string            // The ssh program and arguments that precede plumb's own; default "ssh".
	Ran    func(model.Command) // Told all that was run or done; calls come one at a time.
	Now    func() time.Time    // The clock; default [time.Now].
	Limits Limits
}

// Provider implements providers.Provider, providers.Adopter and providers.Desirer for hosts.
type Provider struct {
	opt      Options
	mu       sync.Mutex // Keeps calls of opt.Ran apart.
	guardAll bool       // Every step is guarded, so that the conformance suite covers it.
}

// New makes a provider. It does not touch any host.
func New(opt Options) *Provider {
	if len(opt.SSH) == 0 {
		opt.SSH = []string{"ssh"}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	l := &opt.Limits
	l.Observe = or(l.Observe, 1<<20)
	l.Keep = or(l.Keep, 32<<20)
	l.Hosts = or(l.Hosts, 16)
	l.Extras = or(l.Extras, 10_000)
	l.Grace = or(l.Grace, 10*time.Second)
	l.Confirm = or(l.Confirm, time.Minute)
	l.Return = or(l.Return, time.Minute)
	return &Provider{opt: opt}
}

func or[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// Name is the provider's word in plumb.yaml.
func (p *Provider) Name() string { return "hosts" }

// log tells that c was run, with how long it took and how it ended.
func (p *Provider) log(c model.Command, err error) {
	if p.opt.Ran == nil {
		return
	}
	c.Took = p.opt.Now().Sub(c.At)
	if err != nil {
		c.Err = err.Error()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opt.Ran(c)
}
