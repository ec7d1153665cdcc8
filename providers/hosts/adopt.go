package hosts

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"plumb/model"
)

// Adopt answers edits below the target's path. A file that comes from all/ and
// has the same new state on every host that takes it from there is edited there; where
// only some hosts differ, each gets a copy of its own, and the others stay as they are.
func (p *Provider) Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error) {
	base, _, err := p.layouts(ctx, req.Target, req.Base, model.Snapshot{})
	if err != nil {
		return nil, err
	}
	a := adoption{target: req.Target, files: req.Base.Files, base: base, result: layout{}, live: map[string]map[string]model.Resource{}}
	for host, files := range base {
		a.result[host] = union(files, nil)
	}
	for _, r := range req.Resources {
		if err := a.check(r); err != nil {
			return nil, err
		}
		if a.live[r.Name] == nil {
			a.live[r.Name] = map[string]model.Resource{}
		}
		a.live[r.Name][r.Group] = r
	}
	for _, name := range sortedKeys(a.live) {
		if err := a.adopt(name); err != nil {
			return nil, err
		}
	}
	for _, h := range sortedKeys(a.result) {
		if err := checkTree(a.result[h]); err != nil {
			return nil, fmt.Errorf("adopt on %s: %w", h, err)
		}
	}
	return a.edits, nil
}

// adoption collects the edits for one request.
type adoption struct {
	target model.Target
	files  fs.FS
	base   layout
	result layout                               // What git wants after the edits.
	live   map[string]map[string]model.Resource // By path and host.
	edits  []model.Edit
}

// check says why a resource's live state cannot be brought to git at all.
func (a *adoption) check(r model.Resource) error {
	fail := func(hint, format string, args ...any) error {
		return model.WithHint(fmt.Errorf("adopt %s: %s", r.Address, fmt.Sprintf(format, args...)), "%s", hint)
	}
	if _, ok := a.base[r.Group]; !ok {
		return fail("plumb status lists the addresses", "%s is not a host of target %s", r.Group, a.target.Name)
	}
	live := r.Live
	switch {
	case r.Status == model.Unknown:
		return fail("observe it again first", "its live state is not known: %s", r.Reason)
	case !live.Exists:
		return nil
	case live.Kind != "file" && live.Kind != "symlink":
		return fail("move it away by hand, or take it out of the exclusive directory", "git cannot hold a %s", live.Kind)
	case model.Sum(live.Content.Data) != live.Content.Sum:
		return fail("a file of this size hardly belongs in git; copy it by hand if it does", "its content was not loaded: %s", live.Content.Omitted)
	case slices.ContainsFunc(strings.Split(r.Name, "/"), func(part string) bool { return strings.EqualFold(part, ".git") }):
		return fail("leave it out of the exclusive directory", "git does not keep files below a .git")
	}
	// What a rule sets stands in the configuration and not in the file.
	t := treat(a.target.Files, r.Name)
	if mode, _ := live.Attr("mode"); live.Kind == "file" && t.mode != "" && mode != t.mode {
		rule := ruleFor(a.target.Files, r.Name, func(f model.FileRule) bool { return f.Mode != "" })
		return fail("change it there to "+mode+", or restore the file", "its mode is set to %s by the %s files rule %s", t.mode, configuration, rule)
	}
	wanted := manage(model.State{Kind: live.Kind}, treatment{owner: t.owner}, false)
	for _, attr := range wanted.Attrs {
		if attr.Name == "executable" {
			continue
		}
		if is, ok := live.Attr(attr.Name); ok && is != attr.Value {
			rule := ruleFor(a.target.Files, r.Name, func(f model.FileRule) bool { return f.Owner != "" })
			return fail("change it there to "+is+", or restore the file", "its owner is set to %s by the %s files rule %s", t.owner, configuration, rule)
		}
	}
	return nil
}

// adopt makes git say what is live at one path, on the hosts that were asked for.
func (a *adoption) adopt(name string) error {
	sharedPath := path.Join(path.Clean(a.target.Path), shared) + name
	if hosts := a.takers(name, sharedPath); len(hosts) > 0 && a.agree(name, hosts) {
		first := a.live[name][hosts[0]]
		if first.Live.Exists && a.base[hosts[0]][name].Matches(first.Live) {
			return nil
		}
		a.edit(sharedPath, first.Live, hosts, name)
		return nil
	}
	for _, host := range sortedKeys(a.live[name]) {
		r := a.live[name][host]
		was := a.base[host][name]
		if was.Matches(r.Live) {
			continue
		}
		own := path.Join(path.Clean(a.target.Path), host) + name
		if !r.Live.Exists && a.inShared(sharedPath) {
			return model.WithHint(fmt.Errorf("adopt %s: git cannot say that %s is not on one host alone", r.Address, sharedPath),
				"move the file from %s/ to the directories of the hosts that keep it, or restore it", shared)
		}
		a.edit(own, r.Live, []string{host}, name)
	}
	return nil
}

// takers are the hosts that get a path from all/, sorted.
func (a *adoption) takers(name, sharedPath string) []string {
	var hosts []string
	for host, files := range a.base {
		if files[name].Source == sharedPath {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// inShared reports whether all/ has the path, even if every host has its own.
func (a *adoption) inShared(sharedPath string) bool {
	_, err := fs.Lstat(a.files, sharedPath)
	return err == nil
}

// agree reports whether all the hosts were asked for and have the same live state, as far as git can say it.
func (a *adoption) agree(name string, hosts []string) bool {
	var first model.State
	for i, host := range hosts {
		r, ok := a.live[name][host]
		if !ok {
			return false
		}
		if i == 0 {
			first = r.Live
		}
		if r.Live.Exists != first.Exists || r.Live.Kind != first.Kind || r.Live.Content.Sum != first.Content.Sum || gitMode(r.Live) != gitMode(first) {
			return false
		}
	}
	return true
}

// gitMode is what git keeps of a live state's kind and mode.
func gitMode(live model.State) model.FileMode {
	if live.Kind == "symlink" {
		return model.ModeSymlink
	}
	if v, _ := live.Attr("executable"); v == "yes" {
		return model.ModeExecutable
	}
	return model.ModeFile
}

// edit makes a file of the repository as live is, for the hosts that get it from there.
func (a *adoption) edit(file string, live model.State, hosts []string, name string) {
	for _, host := range hosts {
		delete(a.result[host], name)
		if live.Exists {
			live.Source = file
			a.result[host][name] = live
		}
	}
	if !live.Exists {
		a.edits = append(a.edits, model.Edit{Path: file, Delete: true})
		return
	}
	a.edits = append(a.edits, model.Edit{Path: file, Mode: gitMode(live), Data: slices.Clone(live.Content.Data)})
}
