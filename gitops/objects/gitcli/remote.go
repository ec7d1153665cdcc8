package gitcli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

var _ objects.Remoter = (*Operator)(nil)

// exchanging are the options under which refs go to and come from a remote: what the repository's configuration says of how carefully
// that is done counts no more than what it says of hooks.
var exchanging = []string{
	"--no-replace-objects",
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.fsmonitor=false",
	"-c", "core.fsync=all",
	"-c", "core.fsyncMethod=fsync",
	"-c", "transfer.fsckObjects=true",
	"-c", "fetch.fsckObjects=true",
	"-c", "fetch.showForcedUpdates=true",
	"-c", "fetch.writeCommitGraph=false",
	"-c", "protocol.ext.allow=never",
	"-c", "push.default=nothing",
	"-c", "push.pushOption=",
	"-c", "gc.auto=0",
	"-c", "maintenance.auto=false",
}

// exchange is git for what happens by itself: nobody is there to answer, so no window asks either.
func (o *Operator) exchange() git {
	g := o.git
	g.options = slices.Concat(g.options, exchanging)
	g.env = append(slices.Clip(g.env), "GIT_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "GCM_INTERACTIVE=never")
	return g
}

// Remotes implements [objects.Remoter].
func (o *Operator) Remotes(ctx context.Context) ([]string, error) {
	out, err := o.git.run(ctx, "list remotes", nil, "remote")
	return strings.Fields(string(out)), err
}

// FetchRefs implements [objects.Remoter].
func (o *Operator) FetchRefs(ctx context.Context, remote string, refspecs ...string) error {
	args := []string{
		"fetch", "--quiet", "--force", "--prune", "--no-prune-tags", "--no-tags", "--refmap=", "--show-forced-updates", "--no-recurse-submodules",
		"--no-auto-maintenance", "--no-write-commit-graph", "--no-write-fetch-head", "--no-filter", "--", remote,
	}
	args = append(args, refspecs...)
	var err error
	for range refAttempts { // Another plumb may fetch the same at the same moment.
		_, err = o.exchange().run(ctx, "fetch the record from "+text.Line(remote).String(), nil, args...)
		if said := stderrOf(err); err == nil || ctx.Err() != nil || !strings.Contains(said, "cannot lock ref") && !strings.Contains(said, ".lock") {
			break
		}
	}
	return reachable(err)
}

// RawRefs implements [objects.Remoter].
func (o *Operator) RawRefs(ctx context.Context, prefix string) ([]objects.RawRef, error) {
	out, err := o.reading.run(ctx, "list refs", nil, "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", strings.TrimSuffix(prefix, "/"))
	if err != nil {
		return nil, err
	}
	var refs []objects.RawRef
	for line := range strings.Lines(string(out)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(f) == 3 && strings.HasPrefix(f[2], prefix) {
			refs = append(refs, objects.RawRef{Name: f[2], ID: model.Hash(f[0]), Kind: f[1]})
		}
	}
	return refs, nil
}

// MoveRefs implements [objects.Remoter].
func (o *Operator) MoveRefs(ctx context.Context, moves []objects.Move) error {
	const why = "take refs over"
	var commands bytes.Buffer
	for _, m := range moves {
		if !strings.HasPrefix(m.Name, "refs/") || strings.ContainsRune(m.Name, 0) || m.Next == "" && m.Prev == "" {
			return fmt.Errorf("%s: %q cannot be moved", why, m.Name)
		}
		for _, id := range []model.Hash{m.Next, m.Prev} {
			if id != "" && !object.IsID(id) {
				return fmt.Errorf("%s: %q is not an object id", why, id)
			}
		}
		commands.WriteString("option no-deref\x00")
		switch {
		case m.Prev == "":
			fmt.Fprintf(&commands, "create %s\x00%s\x00", m.Name, m.Next)
		case m.Next == "":
			fmt.Fprintf(&commands, "delete %s\x00%s\x00", m.Name, m.Prev)
		default:
			fmt.Fprintf(&commands, "update %s\x00%s\x00%s\x00", m.Name, m.Next, m.Prev)
		}
	}
	if len(moves) == 0 {
		return nil
	}
	g := o.reading
	g.options = append(slices.Clip(g.options), "-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")
	_, err := g.run(ctx, why, &commands, "update-ref", "-m", "plumb", "--stdin", "-z")
	if said := stderrOf(err); strings.Contains(said, "cannot lock ref") {
		return fmt.Errorf("%w: %w", objects.ErrMoved, err)
	}
	return err
}

// PushRefs implements [objects.Remoter].
func (o *Operator) PushRefs(ctx context.Context, remote string, atomic bool, moves []objects.PushMove) ([]objects.Pushed, error) {
	why := "push the record to " + text.Line(remote).String()
	args := []string{"push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no"}
	if atomic {
		args = append(args, "--atomic")
	}
	var specs []string
	at := map[string]int{}
	for i, m := range moves {
		if m.Next != "" && !object.IsID(m.Next) || m.Prev != "" && !object.IsID(m.Prev) || !strings.HasPrefix(m.Name, "refs/") {
			return nil, fmt.Errorf("%s: %q cannot be moved", why, m.Name)
		}
		if m.Exactly {
			args = append(args, "--force-with-lease="+m.Name+":"+string(m.Prev))
		}
		specs, at[m.Name] = append(specs, string(m.Next)+":"+m.Name), i
	}
	if s, ok := o.store.(interface{ Sync() error }); ok {
		// What others get is not to be lost here.
		if err := s.Sync(); err != nil {
			return nil, fmt.Errorf("%s: %w", why, err)
		}
	}
	out, err := o.exchange().run(ctx, why, nil, slices.Concat(args, []string{"--", remote}, specs)...)
	pushed := make([]objects.Pushed, len(moves))
	told := 0
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			continue
		}
		_, name, _ := strings.Cut(f[1], ":")
		i, ok := at[name]
		if !ok {
			continue
		}
		told++
		if f[0] != "!" {
			pushed[i].OK = true
			continue
		}
		pushed[i].Why = text.Line(reason(f[2])).String()
		pushed[i].Moved = slices.ContainsFunc(races, func(words string) bool { return strings.Contains(f[2], words) })
	}
	if told < len(moves) {
		if err == nil {
			err = fmt.Errorf("%s: git said nothing of some refs", why)
		}
		return nil, reachable(err)
	}
	return pushed, ctx.Err()
}

// races are git's words for a ref that is not where it was expected, on this side and on the other one.
var races = []string{
	"(stale info)", "(fetch first)", "(non-fast-forward)", "(needs force)", "(remote ref updated since checkout)", "cannot lock ref", "failed to update ref",
	"incorrect old value provided", "reference already exists", "remote ref does not exist", "failed to lock", "(atomic transaction failed)",
}

// reason is what stands in brackets behind git's summary of a refusal.
func reason(summary string) string {
	if _, words, ok := strings.Cut(summary, "("); ok {
		return strings.TrimSuffix(words, ")")
	}
	return summary
}
