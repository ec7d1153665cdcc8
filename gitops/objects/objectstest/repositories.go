package objectstest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

// fixture is a kind of repository that real git makes, and what is expected of a store on it.
type fixture struct {
	name string
	test func(t *testing.T, open func(dir string) objects.Store)
}

var fixtures = []fixture{
	{"unborn branch", unborn},
	{"bare, packed, from within", bare},
	{"detached head, below the root", detached},
	{"linked work tree", linked},
	{"git directory elsewhere", elsewhere},
	{"every kind of entry and name", entries},
	{"annotated tags", tags},
	{"commits of other programs", foreign},
	{"shallow clone", shallow},
	{"partial clone", partial},
	{"borrowed objects", alternates},
	{"repacked while open", repacked},
	{"a ref to nothing hides no other", broken},
	{"replaced objects and grafts", replaced},
	{"configuration that runs programs", hostile},
	{"sparse checkout", sparse},
	{"SHA-256", sha256},
}

// RunRepositories runs the part of the suite that needs repositories of real
// git. Open opens the repository of a directory. Skip says, by the name of a
// fixture, why the store does not open such a repository: the test is skipped with that
// reason, after making sure that opening it is an error and not a wrong answer.
func RunRepositories(t *testing.T, open func(t *testing.T, dir string) (objects.Store, error), skip map[string]string) {
	for name := range skip {
		if !slices.ContainsFunc(fixtures, func(f fixture) bool { return f.name == name }) {
			t.Errorf("there is no fixture %q to skip", name)
		}
	}
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			f.test(t, func(dir string) objects.Store {
				t.Helper()
				s, err := open(t, dir)
				if reason := skip[f.name]; reason != "" {
					if err == nil {
						t.Errorf("it was opened, although %s", reason)
					}
					t.Skipf("%s: %v", reason, err)
				}
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := s.Close(); err != nil {
						t.Errorf("close: %v", err)
					}
				})
				return s
			})
		})
	}
}

// sample makes a repository with a little history: two branches, merged, and a merge of three.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	Git(t, dir, "init", "--quiet")
	write(t, dir, "hosts/web-1/motd", "one\n")
	write(t, dir, "README", "read me\n")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "first")
	for _, branch := range []string{"x", "y", "z"} {
		Git(t, dir, "checkout", "--quiet", "-b", branch, "main")
		write(t, dir, branch, branch)
		Git(t, dir, "add", ".")
		Git(t, dir, "commit", "--quiet", "-m", "add "+branch)
	}
	Git(t, dir, "checkout", "--quiet", "main")
	write(t, dir, "hosts/web-1/motd", "two\n")
	Git(t, dir, "commit", "--quiet", "-am", "change motd")
	Git(t, dir, "merge", "--quiet", "--no-ff", "-m", "merge x", "x")
	Git(t, dir, "merge", "--quiet", "--no-ff", "-m", "merge y and z", "y", "z")
	Git(t, dir, "commit", "--quiet", "--allow-empty", "-m", "empty")
	return dir
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// assertLikeGit compares all refs, all history and all files with git's own answers.
func assertLikeGit(t *testing.T, s objects.Store, dir string) {
	t.Helper()
	var refs []string
	for _, r := range must[[]objects.Ref](t)(s.Refs(t.Context(), "refs/")) {
		refs = append(refs, string(r.Hash)+" "+r.Name)
	}
	var want []string
	for name := range strings.FieldsSeq(Git(t, dir, "for-each-ref", "--format=%(refname)")) {
		want = append(want, Git(t, dir, "rev-parse", name+"^{commit}")+" "+name)
	}
	if !slices.Equal(refs, want) {
		t.Errorf("refs are\n%s\ngit says\n%s", strings.Join(refs, "\n"), strings.Join(want, "\n"))
	}
	head := Git(t, dir, "rev-parse", "HEAD")
	if got := must[model.Hash](t)(s.Resolve(t.Context(), "HEAD")); string(got) != head {
		t.Errorf("HEAD is %s; git says %s", got, head)
	}
	entries := log(t, s, objects.LogQuery{WithFiles: true})
	var ids []string
	for _, e := range entries {
		ids = append(ids, string(e.Hash))
		var files []string
		for _, f := range e.Files {
			files = append(files, fmt.Sprintf("%06o %06o %s", f.OldMode, f.NewMode, f.Path))
		}
		var want []string
		out := Git(t, dir, "diff-tree", "-r", "-z", "--root", "--no-commit-id", "--diff-merges=first-parent", string(e.Hash))
		fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
		for i := 0; i+1 < len(fields); i += 2 {
			f := strings.Fields(strings.TrimPrefix(fields[i], ":"))
			want = append(want, f[0]+" "+f[1]+" "+fields[i+1])
		}
		if !slices.Equal(files, want) {
			t.Errorf("%s changed %q; git says %q", e.Hash.Short(), files, want)
		}
		if subject := Git(t, dir, "log", "-1", "--format=%s", string(e.Hash)); !strings.ContainsAny(subject, "\x1b\x07") && e.Subject.String() != subject {
			t.Errorf("%s has the subject %q; git says %q", e.Hash.Short(), e.Subject, subject)
		}
	}
	slices.Sort(ids)
	all := strings.Fields(Git(t, dir, "rev-list", "HEAD"))
	slices.Sort(all)
	if !slices.Equal(ids, all) {
		t.Errorf("history is %s; git says %s", ids, all)
	}
	var files []string
	for c, err := range objects.DiffTrees(t.Context(), s, "", must[model.Commit](t)(s.Commit(t.Context(), model.Hash(head))).Tree) {
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprintf("%06o %s\t%s", c.NewMode, c.NewHash, c.Path))
	}
	var listed []string
	for entry := range strings.SplitSeq(strings.TrimSuffix(Git(t, dir, "ls-tree", "-r", "-z", "HEAD"), "\x00"), "\x00") {
		meta, path, _ := strings.Cut(entry, "\t")
		f := strings.Fields(meta)
		listed = append(listed, f[0]+" "+f[2]+"\t"+path)
	}
	if !slices.Equal(files, listed) {
		t.Errorf("files are %q; git says %q", files, listed)
	}
}

func resolved(t *testing.T, path string) string {
	t.Helper()
	return must[string](t)(filepath.EvalSymlinks(path))
}
