package model

import (
	"io/fs"
	"time"
)

// Environment is a place where the infrastructure is real.
type Environment struct {
	Name       string
	Color      string // A colour name of the theme, or empty for the theme's choice.
	Production bool
	Approvals  int    // How many approvals a change needs before it may be applied.
	ReadOnly   bool   // Nothing may be written, whoever asks.
	Policy     Policy // What else it asks of a change.
	Branch     string // The branch it tracks; empty for the repository's own head.
	Targets    []Target
	Checks     []Check // What has to be passed before a change may be applied: those of all environments, then its own.
}

// Target finds a target by its name.
func (e Environment) Target(name string) (Target, bool) {
	for _, t := range e.Targets {
		if t.Name == name {
			return t, true
		}
	}
	return Target{}, false
}

// Paths are the directories of the repository that the environment is made of.
func (e Environment) Paths() []string {
	paths := make([]string, len(e.Targets))
	for i, t := range e.Targets {
		paths[i] = t.Path
	}
	return paths
}

// Target is the unit that one engine plans and applies.
type Target struct {
	Name     string
	Provider string // The adapter's name: "hosts".
	Path     string // Directory in the repository, with slashes, without a slash at the end.
	Hosts    []Host
	Files    []FileRule

	// ConfirmWithin is how long a host waits for a new connection before it takes back by itself what could
	// shut the operator out; zero leaves it to the provider.
	ConfirmWithin time.Duration
}

// Host is one machine of a hosts target: a directory of this machine, or a
// destination that the operator's own ssh can reach.
type Host struct {
	Name string
	Root string // Without SSH, a directory here that plays the host, relative to the repository's root. With SSH, the directory over there that plays it; empty for "/".
	SSH  string // Anything ssh accepts as a destination; may be an alias of ~/.ssh/config. Empty for a directory here.
}

// FileRule says for the files that Path matches what git itself cannot say.
type FileRule struct {
	Path      string   // An absolute path on the host; "*" within a segment, "**" over segments.
	Mode      string   // Octal, as in "0640"; empty leaves the mode as it is.
	Owner     string   // "user", "user:group" or ":group"; empty leaves the owner as it is.
	Sensitive bool     // Content is a secret as a whole and is never shown.
	Exclusive bool     // Path is a directory: files in it that git does not know are extra.
	Check     []string // Run on the host before a written file takes effect; {} stands for the new file.
	Reload    []string // Run on the host once, after all files it stands for are written.
}

// Snapshot is the repository's files at one revision. Files is rooted at the
// repository's root and may be read from several goroutines at once.
type Snapshot struct {
	Revision Hash
	Files    fs.FS
}

// IsZero reports whether there is no snapshot.
func (s Snapshot) IsZero() bool { return s.Files == nil }
