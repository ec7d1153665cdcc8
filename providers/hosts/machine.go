package hosts

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"plumb/model"
)

// machine is one host: a directory here, or a destination of ssh. Paths are
// absolute paths on the host. An error is about the machine as a whole.
type machine interface {
	// look sees what is at the paths, and at all that is not a directory below dirs.
	look(ctx context.Context, paths, dirs []string) (map[string]sight, error)
	// read loads the contents of files; larger ones than limit are left out, as are those that cannot be read.
	read(ctx context.Context, paths []string, limit int64) (map[string][]byte, error)
	// put changes one path, if it is still as the job says. The error wraps
	// model.ErrUncertain when nobody knows whether it did.
	put(ctx context.Context, j job) (verdict, error)
	// run executes a command and answers what it printed. The error wraps
	// model.ErrUncertain when the command was lost sight of.
	run(ctx context.Context, argv []string) (string, error)
	// fresh is who owns a new file; known after a look.
	fresh() owner
	close()
}

// owner is who a file belongs to.
type owner struct{ uid, gid int }

// job is one change of one path.
type job struct {
	path   string
	before string // The mark that the path must have, before and still when the file takes effect.
	kind   string // "file" or "symlink"; empty to delete.
	data   []byte // Content or link target.
	sum    model.Digest
	perm   uint32 // Of a file.
	owner  string // In chown's way, "user:group" with names or ids, either may be missing; empty leaves it to the system.
	check  []string
	temp   string // A fresh name, in the path's directory.
}

// verdict is how a job ended.
type verdict struct {
	outcome outcome
	mark    string // What is there now, when done.
	message string // Why it failed.
	checked bool   // A check ran and passed.
}

type outcome int

const (
	jobFailed outcome = iota // Nothing of it is in effect.
	jobMoved                 // The path was not as before said; nothing of it is in effect.
	jobDone
)

// placeholder stands for the new file in a check command.
const placeholder = "{}"

// checksFirst reports whether the check looks at the new file before it takes effect.
func (j job) checksFirst() bool {
	return strings.Contains(strings.Join(j.check, "\x00"), placeholder)
}

// checkArgv is the check with the new file's name in it.
func (j job) checkArgv(file string) []string {
	argv := make([]string, len(j.check))
	for i, a := range j.check {
		argv[i] = strings.ReplaceAll(a, placeholder, file)
	}
	return argv
}

// tempName is a new name beside name that is not taken and easily told from the host's own files.
func tempName(name string) string {
	var b [8]byte
	rand.Read(b[:]) // Never fails.
	return path.Join(path.Dir(name), ".plumb-"+hex.EncodeToString(b[:]))
}

var (
	tempPattern  = regexp.MustCompile(`^\.plumb-[0-9a-f]{16}(\.old)?$`)
	guardPattern = regexp.MustCompile(`/\.plumb-guard-[0-9a-f]{16}/`)
)

// isTemp reports whether a name is one that [tempName] makes, or that of the earlier file kept beside it, or what a
// guard keeps in the login's home directory.
func isTemp(name string) bool {
	return tempPattern.MatchString(path.Base(name)) || guardPattern.MatchString(name)
}

// machine reaches a host of a target. Why is the action in whose name it is
// done; many says that several calls are to come.
func (p *Provider) machine(h model.Host, why string, many bool) (machine, error) {
	if h.SSH != "" {
		return p.newRemote(h, why, many)
	}
	root := h.Root
	if !filepath.IsAbs(root) {
		root = filepath.Join(p.opt.Root, root)
	}
	return p.newLocal(h.Name, root, why)
}

// lazy opens a machine when it is first needed.
type lazy struct {
	machine
	open func() (machine, error)
}

func lazily(open func() (machine, error)) *lazy { return &lazy{open: open} }

func (l *lazy) put(ctx context.Context, j job) (verdict, error) {
	if l.machine == nil {
		m, err := l.open()
		if err != nil {
			return verdict{}, err
		}
		l.machine = m
	}
	return l.machine.put(ctx, j)
}

func (l *lazy) close() {
	if l.machine != nil {
		l.machine.close()
	}
}
