package editor_test

import (
	"os"
	"path/filepath"
	"testing"

	"plumb/ui/editor"
)

func TestTheEditorIsChosenAsGitDoes(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"TERM": "xterm", "GIT_EDITOR": "a", "VISUAL": "b", "EDITOR": "c"}, "a"},
		{map[string]string{"TERM": "xterm", "VISUAL": "b -w", "EDITOR": "c"}, "b -w"},
		{map[string]string{"TERM": "dumb", "VISUAL": "b", "EDITOR": "c"}, "c"},
		{map[string]string{"TERM": "xterm"}, "vi"},
	} {
		if got := editor.Choose(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("with %v it is %q", tt.env, got)
		}
	}
}

func TestANameIsNeverReadByAShell(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "an editor")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf '%s|' \"$@\" >\"$OUT\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "editor")
	if err := os.Symlink(script, plain); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OUT", filepath.Join(dir, "out"))
	name := filepath.Join(dir, "$(touch hacked) 'x'; y")
	for value, want := range map[string]string{
		plain:                         name + "|",
		plain + " -w  --fast":         "-w|--fast|" + name + "|",
		"'" + script + "' -a \"b c\"": "-a|b c|" + name + "|",
	} {
		cmd, err := editor.Command(value, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || string(got) != want {
			t.Errorf("%s was started with %q, want %q (%v)", value, got, want, err)
		}
	}
	if _, err := editor.Command("no-such-editor-anywhere", name); err == nil {
		t.Error("an editor that is not there was started")
	}
}

func TestACopyIsPrivateAndGoes(t *testing.T) {
	below := filepath.Join(t.TempDir(), "state")
	c, err := editor.NewCopy(below, "a/b/app.conf", []byte("one\n"))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(c.File) != "app.conf" {
		t.Errorf("it is called %s", c.File)
	}
	for path, want := range map[string]os.FileMode{c.File: 0o600, filepath.Dir(c.File): 0o700, below: 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v (%v)", path, info.Mode(), err)
		}
	}
	if err := os.WriteFile(c.File, []byte("two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := c.Read(); err != nil || string(data) != "two\n" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := os.WriteFile(c.File+".swp", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(below); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
