//go:build unix

package reviewed

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumb/model"
)

func TestMarksThatOthersCouldWriteAreNotBelieved(t *testing.T) {
	dir := t.TempDir()
	must(t, Open(dir).Set(numbers(0, 1), true))
	file := filepath.Join(dir, fileName)
	must(t, os.Chmod(file, 0o666))
	s := Open(dir)
	if _, err := s.Refresh(); err == nil || s.Has(number(0)) || !strings.Contains(model.Hint(err), "chmod 600") {
		t.Errorf("believed (%v, hint %q)", err, model.Hint(err))
	}
	if err := s.Set(numbers(1, 2), true); err == nil || !s.Has(number(1)) {
		t.Errorf("written there, or not kept for the session (%v)", err)
	}
	must(t, os.Chmod(file, 0o600))
	must(t, s.Set(nil, true))
	if !opened(t, dir).Has(number(1)) {
		t.Error("not written when it could be")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to someone else")
	}
	must(t, os.Chown(file, 12345, 12345))
	if _, err := Open(dir).Refresh(); err == nil || !strings.Contains(err.Error(), "someone else") {
		t.Errorf("got %v", err)
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, fileName), 0o600); err != nil {
		t.Skip(err)
	}
	s := Open(dir)
	if _, err := s.Refresh(); err == nil {
		t.Error("read")
	}
	if err := s.Set(numbers(0, 1), true); err == nil || !s.Has(number(0)) {
		t.Errorf("got %v", err)
	}
}

func TestASessionThatWasStoppedDoesNotStopOthers(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lock(filepath.Join(dir, lockName))
	must(t, err)
	s := Open(dir)
	if err := s.Set(numbers(0, 1), true); err == nil || !strings.Contains(err.Error(), "another plumb") || !s.Has(number(0)) {
		t.Errorf("got %v", err)
	}
	unlock()
	must(t, s.Set(numbers(1, 2), true))
	if !opened(t, dir).Has(number(0)) {
		t.Error("lost")
	}
}
