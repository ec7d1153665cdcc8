package gogit_test

import (
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/objectstest"
)

func TestMemoryIsAStore(t *testing.T) {
	objectstest.Run(t, func(*testing.T) objects.Store { return gogit.NewMemory() })
}

func TestDirectoryIsAStore(t *testing.T) {
	objectstest.Run(t, func(t *testing.T) objects.Store {
		dir := t.TempDir()
		objectstest.Git(t, dir, "init", "--quiet")
		s, err := gogit.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestOpensRepositoriesOfGit(t *testing.T) {
	objectstest.RunRepositories(t, func(_ *testing.T, dir string) (objects.Store, error) { return gogit.Open(dir) }, map[string]string{
		"SHA-256": "go-git is built for SHA-1",
	})
}
