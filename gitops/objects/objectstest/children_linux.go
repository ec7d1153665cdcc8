package objectstest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects"
)

// assertNoChild fails if this process has a child that runs git with the
// subcommand on the store's repository.
func assertNoChild(t *testing.T, s objects.Store, subcommand string) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		// A thread may have ended since.
		pids, _ := os.ReadFile(list)
		for pid := range strings.FieldsSeq(string(pids)) {
			line, _ := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
			args := strings.Split(string(line), "\x00")
			if slices.Contains(args, "--git-dir="+s.Info().GitDir) && slices.Contains(args, subcommand) {
				t.Errorf("child %s still runs git %s", pid, subcommand)
			}
		}
	}
}
