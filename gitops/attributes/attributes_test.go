package attributes

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
)

const usual = `*.tf linguist-language=HCL
*.img filter=lfs diff=lfs merge=lfs -text
secrets/** filter=git-crypt diff=git-crypt
keys/** filter=git-crypt-ops
*.png binary
*.svg -diff
*.dump diff
docs/*.md linguist-generated
rendered/** linguist-generated=true gitlab-generated
go.sum -linguist-generated
yarn.lock linguist-generated=false
Cargo.lock !linguist-generated
`

func TestAPathIsWhatItsAttributesSay(t *testing.T) {
	a := Read(fstest.MapFS{".gitattributes": {Data: []byte(usual)}})
	for path, want := range map[string]Attrs{
		"main.go":          {},
		"a/main.tf":        {Language: "HCL"},
		"disk.img":         {LFS: true, Filter: "lfs", Diff: "lfs"},
		"secrets/a/b":      {GitCrypt: true, Filter: "git-crypt", Diff: "git-crypt"},
		"keys/a":           {GitCrypt: true, Filter: "git-crypt-ops"},
		"logo.png":         {Binary: true},
		"logo.svg":         {Binary: true},
		"db.dump":          {Lines: true},
		"docs/api.md":      {Generated: true},
		"rendered/x/y.yml": {Generated: true},
		"go.sum":           {},
		"web/yarn.lock":    {},
		"Cargo.lock":       {Generated: true},
		"x/go.work.sum":    {Generated: true},
	} {
		if got, err := a.Of(path); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", path, got, err, want)
		}
	}
}

func TestWellKnownFilesAreGeneratedWithoutAttributes(t *testing.T) {
	for path, want := range map[string]bool{
		"package-lock.json": true, "a/b/pnpm-lock.yaml": true, ".terraform.lock.hcl": true, "envs/prod/.terraform.lock.hcl": true, "charts/x/Chart.lock": true, "flake.lock": true,
		"web/app.min.js": true, "api/types_generated.go": true, "api/zz_generated.deepcopy.go": true, "x.pb.go": true, "vendor/modules.txt": true, "clusters/prod/flux-system/gotk-components.yaml": true,
		"main.tf": false, "Chart.yaml": false, "lock": false, "package.json": false, "modules.txt": false, "generated.go": false, ".min.js": false,
	} {
		if IsGenerated(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}

func TestAttributesOfARevisionAreThoseItHas(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q")
	write(t, dir, ".gitattributes", "*.x binary\n")
	write(t, dir, "d/.gitattributes", "*.x diff\n")
	objectstest.Git(t, dir, "add", ".")
	objectstest.Git(t, dir, "commit", "-qm", "one")
	write(t, dir, ".gitattributes", "*.x linguist-generated\n")
	objectstest.Git(t, dir, "commit", "-qam", "two")
	store, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for revision, want := range map[string]map[string]Attrs{
		"HEAD":  {"a.x": {Generated: true}, "d/a.x": {Generated: true, Lines: true}, "d/a.x/b.x": {Generated: true, Lines: true}, "gone/a.x": {Generated: true}, ".gitattributes/a.x": {Generated: true}},
		"HEAD~": {"a.x": {Binary: true}, "d/a.x": {Lines: true}},
	} {
		id, err := store.Resolve(t.Context(), revision)
		if err != nil {
			t.Fatal(err)
		}
		files, err := objects.FS(t.Context(), store, id)
		if err != nil {
			t.Fatal(err)
		}
		a := Read(files)
		for path, want := range want {
			if got, err := a.Of(path); err != nil || got != want {
				t.Errorf("%s:%s: got %+v, %v; want %+v", revision, path, got, err, want)
			}
		}
	}
}

func write(t testing.TB, dir, name, data string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestALinkIsNotFollowedAsInGit(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q")
	write(t, dir, "other", "*.x one\n")
	if err := os.Symlink("other", filepath.Join(dir, fileName)); err != nil {
		t.Skip(err)
	}
	write(t, dir, "d/a.x", "")
	a := Read(os.DirFS(dir))
	said := askGit(t, dir, []string{"d/a.x"})
	if got := asGit(t, a, "d/a.x"); len(got) != 0 || len(said["d/a.x"]) != 0 {
		t.Errorf("got %v; git says %v", got, said)
	}
	// The file where a directory was looks like one of another revision.
	if got, err := a.Of("d/a.x/b/c.x"); err != nil || got != (Attrs{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAFileThatIsTooLargeIsAnErrorAndTheOthersCount(t *testing.T) {
	a := Read(fstest.MapFS{
		".gitattributes":   {Data: []byte(strings.Repeat("*.x binary\n", 200_000))},
		"d/.gitattributes": {Data: []byte("*.x diff=foo\n")},
	})
	for range 2 {
		got, err := a.Of("d/a.x")
		if err == nil || !strings.Contains(err.Error(), "too large") || got.Diff != "foo" {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestPatternsThatWouldTakeForEverAreGivenUp(t *testing.T) {
	line := "*" + strings.Repeat("a", 1900) + "b x\n"
	a := Read(fstest.MapFS{".gitattributes": {Data: []byte(strings.Repeat(line, 500))}})
	if _, err := a.Of(strings.Repeat("a", 4000)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
	if _, err := a.Of("main.tf"); err != nil {
		t.Errorf("an ordinary path: %v", err)
	}
}

// flaky is a file system that cannot be read at first.
type flaky struct {
	fs.FS
	broken bool
}

var errBroken = errors.New("the connection is gone")

func (f *flaky) Open(name string) (fs.File, error) {
	if f.broken {
		return nil, errBroken
	}
	return f.FS.Open(name)
}

func TestWhatCouldNotBeReadIsReadAgain(t *testing.T) {
	files := &flaky{fstest.MapFS{".gitattributes": {Data: []byte("* binary\n")}}, true}
	a := Read(files)
	if _, err := a.Of("x"); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	files.broken = false
	if got, err := a.Of("x"); err != nil || !got.Binary {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	a := Read(fstest.MapFS{".gitattributes": {Data: []byte(usual)}, "a/.gitattributes": {Data: []byte("*.y binary\n")}})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if got, err := a.Of("a/b.y"); err != nil || !got.Binary {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	group.Wait()
}

func FuzzAttributes(f *testing.F) {
	f.Add([]byte(usual), "secrets/a/b")
	f.Add([]byte("[attr]a b\n[attr]b a\n\"\\303\" a\n* a\n"), "x")
	f.Add([]byte("0"), "/")
	f.Add([]byte("0"), "//a//")
	f.Add([]byte("**/[[:alpha:]-z]*/**/?? x=y\n"), "a/b/cd")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		a := Read(fstest.MapFS{".gitattributes": {Data: data}})
		got, err := a.Of(path)
		again, errAgain := a.Of(path)
		if got != again || (err == nil) != (errAgain == nil) {
			t.Fatalf("%q: first %+v, %v, then %+v, %v", path, got, err, again, errAgain)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	a := Read(fstest.MapFS{".gitattributes": {Data: []byte(usual)}})
	for b.Loop() {
		if _, err := a.Of("clusters/production/apps/web/deployment.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
