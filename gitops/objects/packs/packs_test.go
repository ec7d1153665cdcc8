package packs_test

import (
	"errors"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/objectstest"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// open opens the objects of a repository until the test ends.
func open(t testing.TB, gitDir string, idSize int) *packs.Reader {
	t.Helper()
	r, err := packs.Open(gitDir, idSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

func id(t testing.TB, hash string) packs.ID {
	t.Helper()
	id, ok := packs.ParseID(hash)
	if !ok {
		t.Fatalf("%q is not an id", hash)
	}
	return id
}

func TestIDsAreReadAndWritten(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet", "--bare")
	r := open(t, dir, 20)
	const hash model.Hash = "0123456789abcdef0123456789abcdef01234567"
	if got := r.Hash(id(t, string(hash))); got != hash {
		t.Errorf("%s became %s", hash, got)
	}
	if got := r.Hash(packs.ID{}); got != "" {
		t.Errorf("the id of nothing is %q", got)
	}
	for _, bad := range []string{"", "0123", string(hash[1:]) + "g", string(hash[1:]) + "A", string(hash) + "0"} {
		if _, ok := packs.ParseID(bad); ok {
			t.Errorf("%q was taken for an id", bad)
		}
	}
	var missing *objects.MissingError
	if _, _, err := r.Session(0).Read(id(t, string(hash))); !errors.Is(err, packs.ErrMissing) || !errors.As(err, &missing) || missing.ID != hash {
		t.Errorf("an object that is not there: %v", err)
	}
}
