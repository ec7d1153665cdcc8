package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/config"
)

var untouched = config.Operator{Theme: "auto", Mouse: true, SSH: []string{"ssh"}, Split: "auto", Share: true}

func TestOperatorWithoutFileHasDefaults(t *testing.T) {
	got, err := config.LoadOperator(filepath.Join(t.TempDir(), "plumb", "config.yaml"))
	if diff := cmp.Diff(untouched, got); diff != "" || err != nil {
		t.Errorf("%s\n%v", diff, err)
	}
}

func TestOperatorChangesOnlyWhatTheySay(t *testing.T) {
	name := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(name, []byte("mouse: false\nshare: false\nssh: [ssh, -F, /dev/null]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := untouched
	want.Mouse, want.Share, want.SSH = false, false, []string{"ssh", "-F", "/dev/null"}
	got, err := config.LoadOperator(name)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s\n%v", diff, err)
	}
}

func TestOperatorsMistakesAreNamed(t *testing.T) {
	tests := []struct{ file, want string }{
		{"theme: drak\n", `config.yaml:1: unknown theme "drak"; did you mean "dark"?`},
		{"\nmouse: on\n", `config.yaml:2: mouse must be true or false, not "on"`},
		{"ssh: ssh -v\n", `config.yaml:1: ssh must be a list of texts, not "ssh -v"`},
		{"ssh: ['']\n", `config.yaml:1: ssh does not name a program; write it like [ssh, -F, FILE]`},
		{"splitt: auto\n", `config.yaml:1: unknown key "splitt"; did you mean "split"?`},
	}
	for _, test := range tests {
		_, err := config.ParseOperator("config.yaml", []byte(test.file))
		if err == nil {
			t.Errorf("%q was accepted", test.file)
		} else if diff := cmp.Diff(test.want, err.Error()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUnreadableOperatorFileIsAnError(t *testing.T) {
	if _, err := config.LoadOperator(t.TempDir()); err == nil {
		t.Error("a directory was read as a file")
	}
}

func TestOperatorFileFollowsXDG(t *testing.T) {
	for _, test := range []struct{ xdg, want string }{
		{"", "/home/me/.config/plumb/config.yaml"}, {"relative", "/home/me/.config/plumb/config.yaml"}, {"/etc/me", "/etc/me/plumb/config.yaml"},
	} {
		got := config.OperatorFile(func(name string) string {
			return map[string]string{"HOME": "/home/me", "XDG_CONFIG_HOME": test.xdg}[name]
		})
		if got != test.want {
			t.Errorf("got %s for %q, want %s", got, test.xdg, test.want)
		}
	}
}
