package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"plumb/model"
)

// equip makes the directories that play the hosts, with stand-ins for the programs of
// their own that plumb.yaml names.
func (t *teller) equip() {
	if t.err == nil {
		t.err = t.makeHosts()
	}
}

func (t *teller) makeHosts() error {
	if err := t.configure(); err != nil {
		return err
	}
	for _, e := range t.config.Environments {
		for _, target := range e.Targets {
			for _, h := range target.Hosts {
				root := filepath.Join(t.hosts, h.Name)
				t.hostDirs = append(t.hostDirs, root)
				for _, rule := range target.Files {
					for _, argv := range [][]string{rule.Check, rule.Reload} {
						if len(argv) == 0 || !strings.Contains(argv[0], "/") {
							continue
						}
						if err := standIn(filepath.Join(root, argv[0])); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	return nil
}

// standIn writes the stand-in for a program, if it is not there yet.
func standIn(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	source := "files/standin/checker"
	if filepath.Base(file) == "systemctl" {
		source = "files/standin/systemctl"
	}
	data, err := files.ReadFile(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o755)
}

// carryOut makes the files of an environment's hosts what the plans say, while the story goes on.
func (t *teller) carryOut(env string, plans []model.Plan, at time.Time) {
	t.meanwhile(env, func() error {
		for _, p := range plans {
			for _, s := range p.Steps {
				if err := t.step(s, at); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// step makes one file of a host what the step says.
func (t *teller) step(s model.Step, at time.Time) error {
	file := filepath.Join(t.hosts, s.Group, filepath.FromSlash(s.Name))
	if s.Before.Exists && (s.Before.Kind != "file" || s.After.Kind != "file") {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	if !s.After.Exists {
		return nil
	}
	if !s.Before.Exists {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
	}
	if s.After.Kind == "symlink" {
		return os.Symlink(string(s.After.Content.Data), file)
	}
	perm := os.FileMode(0o644)
	if v, _ := s.After.Attr("executable"); v == "yes" {
		perm = 0o755
	}
	if v, ok := s.After.Attr("mode"); ok {
		n, err := strconv.ParseUint(v, 8, 32)
		if err != nil {
			return fmt.Errorf("mode of %s: %w", s.Address, err)
		}
		perm = os.FileMode(n)
	}
	return hostFile(file, s.After.Content.Data, perm, at)
}

// hostFile writes a file of a host as if it had been written at that time, whatever the umask is.
func hostFile(file string, data []byte, perm os.FileMode, at time.Time) error {
	if err := os.WriteFile(file, data, perm); err != nil {
		return err
	}
	if err := os.Chmod(file, perm); err != nil {
		return err
	}
	return os.Chtimes(file, at, at)
}

// edit changes a host's file by hand, behind plumb's back; without replacements it is deleted.
func (t *teller) edit(when, env, host, name string, pairs ...string) {
	t.do(when, func() error {
		if err := t.settled(env); err != nil {
			return err
		}
		file := filepath.Join(t.hosts, host, filepath.FromSlash(name))
		if len(pairs) == 0 {
			return os.Remove(file)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		edited := string(data)
		for i := 0; i+1 < len(pairs); i += 2 {
			if !strings.Contains(edited, pairs[i]) {
				return fmt.Errorf("%s has no %q", file, pairs[i])
			}
			edited = strings.Replace(edited, pairs[i], pairs[i+1], 1)
		}
		return hostFile(file, []byte(edited), 0o644, t.now)
	})
}
