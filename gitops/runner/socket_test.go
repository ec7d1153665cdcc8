package runner

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOnlyADirectoryOfOnesOwnIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, test := range []struct {
		name    string
		prepare func(name string) error
		want    bool
	}{
		{"new", func(string) error { return nil }, true},
		{"own", func(n string) error { return os.Mkdir(n, 0o700) }, true},
		{"listed", mode(0o711), false},
		{"readable", mode(0o750), false},
		{"writable", mode(0o702), false},
		{"everybodys", mode(0o777), false},
		{"link", func(n string) error { return os.Symlink(filepath.Join(dir, "own"), n) }, false},
		{"file", func(n string) error { return os.WriteFile(n, nil, 0o600) }, false},
		{"foreign", func(n string) error {
			if err := os.Mkdir(n, 0o700); err != nil || os.Getuid() != 0 {
				return err
			}
			return os.Chown(n, 12345, -1)
		}, os.Getuid() != 0},
	} {
		name := filepath.Join(dir, test.name)
		if err := test.prepare(name); err != nil {
			t.Fatal(err)
		}
		if err := private(name); (err == nil) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
		if c, err := dial(filepath.Join(name, "r1.sock")); err == nil {
			_ = c.Close()
			t.Errorf("%s: somebody answers", test.name)
		} else if !test.want && !strings.Contains(err.Error(), "not a directory of yours alone") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if err := private("/"); err == nil {
		t.Error("the root directory is taken for private")
	}
}

// mode makes a directory of a mode, whatever the mask of the process.
func mode(m os.FileMode) func(string) error {
	return func(name string) error {
		if err := os.Mkdir(name, 0o700); err != nil {
			return err
		}
		return os.Chmod(name, m)
	}
}

func TestARunnerIsNotWatchedWhereAnybodyCouldHavePutItsSocket(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := follow(t.Context(), b.start("r1", "steps"))
	i, err := b.Place.Find("r1")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(b.Place.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(i); err == nil || !strings.Contains(err.Error(), "not a directory of yours alone") {
		t.Errorf("the viewer is told %v", err)
	}
	b.open()
	<-w.done
}

// Where the state directory's name is too long for a socket, or others can write to it, viewers find the runner all the same.
func TestARunnerIsWatchedWhereverItsRepositoryIs(t *testing.T) {
	temp, err := os.MkdirTemp("/tmp", "t") // Short.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	for name, state := range map[string]string{"long": strings.Repeat(strings.Repeat("x", 200)+"/", 5), "open": "open"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := benchIn(t, dir, filepath.Join(dir, state))
			if name == "open" {
				if err := mode(0o755)(b.Place.Dir); err != nil {
					t.Fatal(err)
				}
			}
			starter := follow(t.Context(), b.start("r1", "steps"))
			i, err := b.Place.Find("r1")
			if err != nil {
				t.Fatal(err)
			}
			private := temporary(temp)
			if filepath.Dir(i.Socket) != private {
				t.Errorf("the socket is %s", i.Socket)
			}
			if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the directory of the socket is %v, %v", info.Mode(), err)
			}
			w := follow(t.Context(), b.attach(i))
			b.open()
			<-starter.done
			if got := w.all(); !slices.Equal(got, steps) || w.err != nil {
				t.Errorf("the viewer sees %q, %v", got, w.err)
			}
			if left, err := os.ReadDir(private); err != nil || len(left) > 0 || len(b.files()) > 0 {
				t.Errorf("left are %v and %q, %v", left, b.files(), err)
			}
		})
	}
}
