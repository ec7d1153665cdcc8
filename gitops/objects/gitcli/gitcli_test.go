package gitcli_test

import (
	"os"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
)

// TestMain keeps the configuration of the machine out of the tests.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	m.Run()
}

func TestIsAStore(t *testing.T) {
	objectstest.Run(t, func(t *testing.T) objects.Store {
		dir := t.TempDir()
		objectstest.Git(t, dir, "init", "--quiet")
		return open(t, dir)
	})
}

func open(t *testing.T, dir string) objects.Store {
	t.Helper()
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpensRepositoriesOfGit(t *testing.T) {
	objectstest.RunRepositories(t, func(t *testing.T, dir string) (objects.Store, error) {
		return gitcli.Open(t.Context(), dir, nil)
	}, nil)
}
