package gitcli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// setting is a value of the configuration, with its name in lower case.
type setting struct{ key, value string }

// operatorSettings are the settings whose names match an expression and that the operator's own or
// the machine's configuration has, later ones over earlier ones. What the repository's configuration says is left out:
// whoever made the repository wrote it.
func (s *store) operatorSettings(ctx context.Context, names string) ([]setting, error) {
	out, err := s.git.run(ctx, "read the operator's configuration", nil, "config", "--null", "--show-scope", "--get-regexp", names)
	if exitCode(err) == 1 && stderrOf(err) == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var settings []setting
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		if scope := fields[i]; scope != "global" && scope != "system" {
			continue
		}
		key, value, _ := strings.Cut(fields[i+1], "\n")
		settings = append(settings, setting{strings.ToLower(key), value})
	}
	return settings, nil
}

// fromHome is the name of a file with the operator's home in place of a tilde.
func fromHome(name string) string {
	rest, ok := strings.CutPrefix(name, "~/")
	if !ok {
		return name
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return name
	}
	return filepath.Join(home, rest)
}
