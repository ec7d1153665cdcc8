package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"plumb/model"
)

// Operator is what the operator has chosen for themselves, in all repositories.
type Operator struct {
	Theme    string   // "auto", or the name of a palette of package themes.
	Mouse    bool     // Whether the screen takes the mouse.
	ReadOnly bool     // Nothing is ever written from here.
	SSH      []string // The ssh to use, as an argument vector; never empty.
	Share    bool     // Whether the record is exchanged with remotes without being asked.
	Split    string   // How differences are shown: "auto", "split" or "unified".
}

type operatorFile struct {
	Theme    string   `mapstructure:"theme" default:"auto" oneof:"auto dark light high-contrast terminal no-color" example:"dark" doc:"The colours; auto follows the terminal's background."`
	Mouse    bool     `mapstructure:"mouse" default:"true" example:"false" doc:"Take the mouse; without it, the terminal selects text as usual."`
	ReadOnly bool     `mapstructure:"readonly" default:"false" example:"true" doc:"Never change anything from here, whatever a repository allows."`
	SSH      []string `mapstructure:"ssh" default:"[ssh]" example:"[ssh, -F, /home/me/.ssh/work]" doc:"The ssh to run, with its first arguments."`
	Share    bool     `mapstructure:"share" default:"true" example:"false" doc:"Exchange the record with the remote by itself; without it, plumb sync does when it is asked to."`
	Split    string   `mapstructure:"split" default:"auto" oneof:"auto split unified" example:"unified" doc:"How differences are shown; auto goes by the width."`
}

// operatorDefaults hold for what the file does not say.
var operatorDefaults = map[string]any{"theme": "auto", "mouse": true, "readonly": false, "ssh": []string{"ssh"}, "split": "auto", "share": true}

// OperatorFile is where the operator's file belongs: plumb/config.yaml in
// $XDG_CONFIG_HOME, or in ~/.config. Getenv is [os.Getenv]; the XDG rules
// ignore a path that is not absolute.
func OperatorFile(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(getenv("HOME"), ".config")
	}
	return filepath.Join(dir, "plumb", "config.yaml")
}

// LoadOperator reads the operator's file. A file that does not exist is one that says nothing.
func LoadOperator(name string) (Operator, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return ParseOperator(name, nil)
	}
	if err != nil {
		return Operator{}, fmt.Errorf("read the operator's configuration: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return Operator{}, fmt.Errorf("read the operator's configuration: %w", err)
	}
	return ParseOperator(name, data)
}

// ParseOperator reads the contents of the operator's file. Its errors are like those of [ParseRepository].
func ParseOperator(name string, data []byte) (Operator, error) {
	var file operatorFile
	r, err := read(data, &file, operatorDefaults)
	if err != nil {
		return Operator{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(file.SSH) == 0 || file.SSH[0] == "" {
		r.add(r.lines["ssh"], "write it like [ssh, -F, FILE]", "ssh does not name a program")
	}
	if err := r.error(name); err != nil {
		return Operator{}, model.WithHint(err, "plumb help config.yaml explains every key")
	}
	return Operator(file), nil
}
