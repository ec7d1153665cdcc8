package trust_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"plumb/gitops/trust"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRepositoryIsTrustedOnlyAfterSomebodySaidSo(t *testing.T) {
	dir, key := t.TempDir(), trust.Key{GitDir: "/srv/infra/.git", Fingerprint: "f1"}
	store := trust.Open(dir)
	if store.IsTrusted(key) {
		t.Error("trusted from the start")
	}
	if err := store.Trust(key, "carol@example.org", noon); err != nil {
		t.Fatal(err)
	}
	if !trust.Open(dir).IsTrusted(key) {
		t.Error("forgotten")
	}
	entry, err := store.Entry(key)
	if want := (trust.Entry{Key: key, By: "carol@example.org", At: noon}); err != nil || entry != want {
		t.Errorf("got %+v, %v", entry, err)
	}
	if err := store.Revoke(key); err != nil || store.IsTrusted(key) {
		t.Errorf("still trusted; %v", err)
	}
	if err := store.Revoke(key); err != nil {
		t.Errorf("revoking twice: %v", err)
	}
	if _, err := store.Entry(key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestTrustEndsWhenWhatRunsChanges(t *testing.T) {
	store, key := trust.Open(t.TempDir()), trust.Key{GitDir: "/a", Fingerprint: "f1"}
	if err := store.Trust(key, "carol", noon); err != nil {
		t.Fatal(err)
	}
	changed := trust.Key{GitDir: "/a", Fingerprint: "f2"}
	if store.IsTrusted(changed) || store.IsTrusted(trust.Key{GitDir: "/b", Fingerprint: "f1"}) {
		t.Error("trust went over to something else")
	}
	if entry, err := store.Entry(changed); err != nil || entry.Fingerprint != "f1" {
		t.Errorf("cannot tell that it has changed: %+v, %v", entry, err)
	}
}

// only is the one file of the store.
func only(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "trust", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	return files[0]
}

func TestDamagedRecordIsNotTrust(t *testing.T) {
	key := trust.Key{GitDir: "/a", Fingerprint: "f"}
	damages := map[string]func(file string) error{
		"empty": func(file string) error { return os.WriteFile(file, nil, 0o600) },
		"cut":   func(file string) error { return os.Truncate(file, 20) },
		"other contents": func(file string) error {
			return os.WriteFile(file, []byte(`{"git_dir":"/b","fingerprint":"f"}`), 0o600)
		},
		"open to others": func(file string) error { return os.Chmod(file, 0o666) },
		"a directory":    func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := trust.Open(dir)
			if err := store.Trust(key, "carol", noon); err != nil {
				t.Fatal(err)
			}
			if err := damage(only(t, dir)); err != nil {
				t.Fatal(err)
			}
			if store.IsTrusted(key) {
				t.Error("trusted")
			}
		})
	}
}

func TestOnlyTheOperatorCanReadWhatTheyTrust(t *testing.T) {
	dir := t.TempDir()
	if err := trust.Open(dir).Trust(trust.Key{GitDir: "/a"}, "carol", noon); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{only(t, dir): 0o600, filepath.Join(dir, "trust"): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v", name, info.Mode(), err)
		}
	}
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			for range 2 {
				if err := trust.Open(dir).Trust(trust.Key{GitDir: fmt.Sprint(i)}, "carol", noon); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for i := range 50 {
		if !trust.Open(dir).IsTrusted(trust.Key{GitDir: fmt.Sprint(i)}) {
			t.Errorf("lost %d", i)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "trust", ".new-*")); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestTrustThatCannotBeKeptIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := trust.Open(dir).Trust(trust.Key{GitDir: "/a"}, "carol", noon); err == nil {
		t.Error("no error")
	}
}

func TestStateDirFollowsXDG(t *testing.T) {
	for xdg, want := range map[string]string{"": "/home/me/.local/state/plumb", "x": "/home/me/.local/state/plumb", "/s": "/s/plumb"} {
		if got := trust.StateDir(func(name string) string { return map[string]string{"HOME": "/home/me", "XDG_STATE_HOME": xdg}[name] }); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
