package hosts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"plumb/model"
	"plumb/model/text"
)

// configuration is the file that targets, hosts and rules stand in.
const configuration = "plumb.yaml"

// Validate checks the target's words in the configuration and its directory in the repository.
func (p *Provider) Validate(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Finding, error) {
	v := &validation{target: target, limit: p.opt.Limits.Keep}
	v.words()
	root := path.Clean(target.Path)
	entries, err := fs.ReadDir(want.Files, root)
	if errors.Is(err, fs.ErrNotExist) {
		v.add(model.SeverityError, target.Path, "target %s has no such directory at %s", target.Name, revision(want))
		return v.findings, nil
	}
	if err != nil {
		return nil, fmt.Errorf("validate %s: %w", target.Name, err)
	}
	trees := map[string]map[string]model.State{}
	for _, e := range entries {
		name := path.Join(root, e.Name())
		switch {
		case !e.IsDir():
		case e.Name() != shared && !v.hasHost(e.Name()):
			v.add(model.SeverityError, name, "%s is not a host of target %s%s", e.Name(), target.Name, v.nearest(e.Name()))
		default:
			if trees[e.Name()], err = v.tree(ctx, want.Files, name); err != nil {
				return nil, fmt.Errorf("validate %s: %w", target.Name, err)
			}
		}
	}
	// What is wrong in all/ alone is said once.
	for _, h := range target.Hosts {
		for _, err := range []error{checkTree(trees[h.Name]), checkTree(union(trees[h.Name], trees[shared]))} {
			if err != nil {
				v.once(model.SeverityError, root, "files for %s: %s", h.Name, err)
				break
			}
		}
	}
	for _, r := range target.Files {
		if !r.Exclusive && !v.used(r, trees) {
			v.add(model.SeverityWarning, configuration, "target %s: the files rule %s matches no file", target.Name, r.Path)
		}
	}
	return v.findings, nil
}

// validation collects the findings about one target.
type validation struct {
	target   model.Target
	limit    int64
	findings []model.Finding
}

func (v *validation) add(severity model.Severity, name, format string, args ...any) {
	v.findings = append(v.findings, model.Finding{Path: name, Severity: severity, Text: text.Line(fmt.Sprintf(format, args...))})
}

// words checks what the configuration says.
func (v *validation) words() {
	t := v.target
	if len(t.Hosts) == 0 {
		v.add(model.SeverityError, configuration, "target %s has no hosts", t.Name)
	}
	seen := map[string]bool{}
	for _, h := range t.Hosts {
		if err := checkHostName(h.Name); err != nil {
			v.add(model.SeverityError, configuration, "target %s: %s", t.Name, err)
		}
		if seen[h.Name] {
			v.add(model.SeverityError, configuration, "target %s has two hosts named %s", t.Name, h.Name)
		}
		seen[h.Name] = true
		switch {
		case h.SSH == "" && h.Root == "":
			v.add(model.SeverityError, configuration, "host %s of target %s has neither ssh nor root", h.Name, t.Name)
		case h.SSH != "":
			if err := checkDestination(h.SSH); err != nil {
				v.add(model.SeverityError, configuration, "host %s of target %s: %s", h.Name, t.Name, err)
			}
			if h.Root != "" && !path.IsAbs(h.Root) {
				v.add(model.SeverityError, configuration, "host %s of target %s: root %q is over there and must be absolute", h.Name, t.Name, h.Root)
			}
		}
	}
	rules := map[string]bool{}
	for _, r := range t.Files {
		if err := checkRule(r); err != nil {
			v.add(model.SeverityError, configuration, "target %s: %s", t.Name, err)
		}
		if rules[r.Path] {
			v.add(model.SeverityError, configuration, "target %s has two files rules for %s", t.Name, r.Path)
		}
		rules[r.Path] = true
	}
}

// tree checks the files below all/ or a host's directory.
func (v *validation) tree(ctx context.Context, files fs.FS, dir string) (map[string]model.State, error) {
	states := map[string]model.State{}
	err := fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if d.IsDir() {
			below, err := fs.ReadDir(files, name)
			if err != nil {
				return err
			}
			if len(below) == 0 {
				v.add(model.SeverityWarning, name, "nothing of it is deployed: it is a submodule, or an empty directory")
			}
			return nil
		}
		info, err := d.Info()
		switch {
		case err != nil:
			return err
		case d.Type()&fs.ModeSymlink == 0 && !d.Type().IsRegular():
			v.add(model.SeverityError, name, "is neither a file nor a symbolic link: a submodule cannot be deployed")
		case info.Size() > v.limit:
			v.add(model.SeverityError, name, "is %s; files of hosts may have at most %s", size(info.Size()), size(v.limit))
		}
		kind := "file"
		if d.Type()&fs.ModeSymlink != 0 {
			kind = "symlink"
		}
		states[strings.TrimPrefix(name, dir)] = model.State{Exists: true, Kind: kind, Source: name}
		return nil
	})
	return states, err
}

// once adds a finding unless the same text is there.
func (v *validation) once(severity model.Severity, name, format string, args ...any) {
	before := len(v.findings)
	v.add(severity, name, format, args...)
	if slices.Contains(v.findings[:before], v.findings[before]) {
		v.findings = v.findings[:before]
		return
	}
}

func (v *validation) used(r model.FileRule, trees map[string]map[string]model.State) bool {
	for _, files := range trees {
		for name := range files {
			if r.Applies(name) {
				return true
			}
		}
	}
	return false
}

func (v *validation) hasHost(name string) bool {
	for _, h := range v.target.Hosts {
		if h.Name == name {
			return true
		}
	}
	return false
}

// nearest suggests what was meant.
func (v *validation) nearest(name string) string {
	best, distance := "", len(name)/2+1
	for _, h := range slices.Concat(v.target.Hosts, []model.Host{{Name: shared}}) {
		if d := editDistance(name, h.Name); d < distance {
			best, distance = h.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// editDistance is how many characters must be inserted, deleted or replaced.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// checkHostName says why a name cannot be a host's, which is also a directory's.
func checkHostName(name string) error {
	switch {
	case name == "":
		return errors.New("a host has no name")
	case name == shared:
		return errors.New(`no host can be named "all": that directory is for every host`)
	case name == ".", name == "..", strings.ContainsAny(name, "/\\:"), strings.ContainsFunc(name, notPrintable):
		return fmt.Errorf("host name %q cannot be the name of a directory", name)
	}
	return nil
}

// checkDestination says why ssh must not be given a destination.
func checkDestination(d string) error {
	if d == "" || d[0] == '-' || strings.ContainsFunc(d, func(r rune) bool { return unicode.IsSpace(r) || notPrintable(r) }) {
		return fmt.Errorf("%q is not an ssh destination", d)
	}
	return nil
}

func notPrintable(r rune) bool { return !unicode.IsPrint(r) }
