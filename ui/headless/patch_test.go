package headless

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// tree is the files of a directory by their paths: the mode and a blank before the bytes.
type tree map[string]string

const (
	plain      = "100644 "
	executable = "100755 "
	link       = "120000 "
)

func (files tree) write(t *testing.T, dir string) {
	t.Helper()
	for name, content := range files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		mode, data, _ := strings.Cut(content, " ")
		var err error
		switch mode + " " {
		case link:
			err = os.Symlink(data, at)
		case executable:
			err = os.WriteFile(at, []byte(data), 0o755)
		default:
			err = os.WriteFile(at, []byte(data), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	files := tree{}
	err := filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(at)
			files[name] = link + target
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(at)
		files[name] = plain + string(data)
		if info.Mode()&0o100 != 0 {
			files[name] = executable + string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func gitApply(dir string, patch []byte, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"apply"}, args...)...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(patch)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// fileDiff is the difference of one file as plumb diff makes it.
func fileDiff(name string, old, new string, opt diff.Options) FileDiff {
	f := FileDiff{Sides: [2]PatchSide{{Path: name}, {Path: name}}}
	side := func(s string) (data []byte, mode string) {
		if s == "" {
			return nil, ""
		}
		mode, content, _ := strings.Cut(s, " ")
		return []byte(content), mode
	}
	a, modeA := side(old)
	b, modeB := side(new)
	opt.Path = name
	f.File = diff.Text(a, b, opt)
	f.OldMode, f.NewMode = modeA, modeB
	return f
}

func printed(t *testing.T, p Text, d Diff) string {
	t.Helper()
	var b bytes.Buffer
	p.W = &b
	if err := p.Diff(d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What a pipe gets is a patch that git apply makes exactly the new files of, and with -R the old ones.
func TestPatchesAreApplied(t *testing.T) {
	long := strings.Repeat("é", 5000)
	tests := map[string]struct{ old, new tree }{
		"a change":             {tree{"f": plain + "a\nb\nc\n"}, tree{"f": plain + "a\nB\nc\n"}},
		"far apart":            {tree{"f": plain + "a\n" + strings.Repeat("x\n", 50) + "b\n"}, tree{"f": plain + "A\n" + strings.Repeat("x\n", 50) + "B\n"}},
		"a creation":           {tree{"g": plain + "g\n"}, tree{"g": plain + "g\n", "d/f": plain + "new\n"}},
		"an empty file":        {tree{"g": plain + "g\n"}, tree{"g": plain + "g\n", "f": plain}},
		"an executable":        {tree{}, tree{"f": executable + "#!/bin/sh\n"}},
		"a deletion":           {tree{"f": executable + "gone\n", "g": plain}, tree{"g": plain}},
		"a mode":               {tree{"f": plain + "x\n"}, tree{"f": executable + "x\n"}},
		"a mode and lines":     {tree{"f": executable + "x\n"}, tree{"f": plain + "y\n"}},
		"no final newline":     {tree{"f": plain + "a\nb"}, tree{"f": plain + "a\nc"}},
		"newline comes":        {tree{"f": plain + "a\nb"}, tree{"f": plain + "a\nb\n"}},
		"newline goes":         {tree{"f": plain + "a\nb\n"}, tree{"f": plain + "A\nb"}},
		"emptied":              {tree{"f": plain + "a\n"}, tree{"f": plain}},
		"filled":               {tree{"f": plain}, tree{"f": plain + "a"}},
		"CRLF":                 {tree{"f": plain + "a\r\nb\r\n"}, tree{"f": plain + "a\r\nc\r\n"}},
		"CRLF comes":           {tree{"f": plain + "a\nb\n"}, tree{"f": plain + "a\r\nb\r\n"}},
		"control characters":   {tree{"f": plain + "a\x1b[31m\x07\v\n\xff\xfe\u202e\n"}, tree{"f": plain + "a\x1b[32m\x07\f\n\xff\xfe\u202e\n"}},
		"lines like a patch":   {tree{"f": plain + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n# x\n"}, tree{"f": plain + "-- a/x\n+++ b/x\n@@ -1 +1 @@\n# y\n"}},
		"a line of 5000 runes": {tree{"f": plain + long + "\nx\n"}, tree{"f": plain + long + "!\nx\n"}},
		"a link":               {tree{"f": link + "a"}, tree{"f": link + "b"}},
		"a file becomes a link": {
			tree{"f": plain + "a\n"}, tree{"f": link + "g"},
		},
		"odd paths": {
			tree{
				"with blanks/a b": plain + "1\n", "tab\there": plain + "1\n", `quo"te`: plain + "1\n", `back\slash`: plain + "1\n",
				"größe/中文": plain + "1\n", "new\nline": plain + "1\n", "bytes\xff": plain + "1\n", " lead": plain + "1\n", "trail ": plain + "1\n", "a -> b": plain + "1\n",
			},
			tree{
				"with blanks/a b": plain + "2\n", "tab\there": plain + "2\n", `quo"te`: plain + "2\n", `back\slash`: executable + "1\n",
				"größe/中文": plain + "2\n", "new\nline": plain + "2\n", "bytes\xff": plain + "2\n", " lead": plain + "2\n", "tail ": plain + "2\n", "new b": plain + "2\n", "é\t\"": plain,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "tree")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, context := range []int{0, 1, 3, 100} {
				d := Diff{Context: &context}
				both := tree{}
				for n := range tt.old {
					both[n] = ""
				}
				for n := range tt.new {
					both[n] = ""
				}
				for n := range both {
					if tt.old[n] != tt.new[n] {
						f := fileDiff(n, tt.old[n], tt.new[n], diff.Options{})
						f.Attrs = []diff.AttrChange{{Name: "owner", Old: "root", New: "--- a/f\n+++ b/f\n@@ -1 +1 @@"}} // Remarks stand between the files.
						d.Files = append(d.Files, f)
					}
				}
				patch := printed(t, Text{Pipe: true}, d)
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				tt.old.write(t, dir)
				for _, step := range []struct {
					want tree
					args []string
				}{{tt.new, nil}, {tt.old, []string{"-R"}}} {
					args := append(step.args, "--whitespace=nowarn")
					if context == 0 {
						args = append(args, "--unidiff-zero")
					}
					if out, err := gitApply(dir, []byte(patch), args...); err != nil {
						t.Fatalf("git apply %v with context %d: %v\n%s\n%s", args, context, err, out, patch)
					}
					if d := cmp.Diff(step.want, readTree(t, dir)); d != "" {
						t.Fatalf("git apply %v with context %d, -want +got:\n%s\n%s", args, context, d, patch)
					}
				}
			}
		})
	}
}

// A live file can be put right on its host with the patch: its path there is behind the name of the host.
func TestPatchOfALiveFileIsAppliedOnItsHost(t *testing.T) {
	dir := t.TempDir()
	tree{"etc/app.conf": plain + "a\n"}.write(t, dir)
	f := fileDiff("web-2:/etc/app.conf", plain+"a\n", plain+"b\n", diff.Options{OldLabel: "git", NewLabel: "live"})
	f.Environment, f.Target, f.Address, f.Status, f.Reason = "production", "web", "web-2:/etc/app.conf", model.Drifted, text.Lit("content differs")
	f.OldMode, f.NewMode = "0644", "0600"
	f.Sides[0].Mode, f.Sides[1].Mode = "100644", "100644"
	f.Attrs = []diff.AttrChange{{Name: "mode", Old: "0644", New: "0600"}}
	patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{f}})
	want := `# production web/web-2:/etc/app.conf: drifted, content differs
# mode 0644 → 0600
diff --git a/web-2:/etc/app.conf b/web-2:/etc/app.conf
--- a/web-2:/etc/app.conf
+++ b/web-2:/etc/app.conf
@@ -1 +1 @@
-a
+b
`
	if d := cmp.Diff(want, patch); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if out, err := gitApply(dir, []byte(patch), "-p2"); err != nil {
		t.Fatalf("git apply -p2: %v: %s", err, out)
	}
	if d := cmp.Diff(tree{"etc/app.conf": plain + "b\n"}, readTree(t, dir)); d != "" {
		t.Error(d)
	}
}

// With white space ignored, a patch makes the other differences of the old version.
func TestPatchWithoutWhiteSpaceFitsTheOldVersion(t *testing.T) {
	dir := t.TempDir()
	old, new := "a  b\nport 80\nc\n", "a b\nport 81\nc   \n"
	tree{"f": plain + old}.write(t, dir)
	patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{fileDiff("f", plain+old, plain+new, diff.Options{IgnoreSpace: true})}})
	if out, err := gitApply(dir, []byte(patch)); err != nil {
		t.Fatalf("git apply: %v: %s\n%s", err, out, patch)
	}
	if d := cmp.Diff(tree{"f": plain + "a  b\nport 81\nc\n"}, readTree(t, dir)); d != "" {
		t.Error(d)
	}
}

// A patch that lacks what was not compared would leave a file as it was, and nobody would know.
func TestPatchWithWhatHasNoLinesIsRefused(t *testing.T) {
	binary := fileDiff("f", plain+"\x00a", plain+"\x00b", diff.Options{})
	large := fileDiff("f", plain+"a\n", plain+"b\n", diff.Options{})
	large.File = large.WithoutLines()
	large.Unloaded = 300 << 20
	missing := large
	missing.Unloaded, missing.Note = 0, text.Lit("contents not here")
	for name, f := range map[string]FileDiff{"binary": binary, "too large": large, "missing": missing} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := tree{"f": plain + "a\n", "g": plain + "1\n"}
			files.write(t, dir)
			patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{fileDiff("g", plain+"1\n", plain+"2\n", diff.Options{}), f}})
			if out, err := gitApply(dir, []byte(patch)); err == nil {
				t.Errorf("git apply took it: %s\n%s", out, patch)
			}
			if d := cmp.Diff(files, readTree(t, dir)); d != "" {
				t.Error(d)
			}
		})
	}
	binary.OldMode, binary.NewMode = "100644", "100755"
	binary.Note = text.Safe{}
	if patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{binary}}); strings.Contains(patch, "Binary") {
		t.Errorf("only the mode differs:\n%s", patch)
	}
}

// A file that moved is at its new place afterwards, and back with -R.
func TestPatchOfARename(t *testing.T) {
	dir := t.TempDir()
	old, new := tree{"a b": plain + "1\n2\n"}, tree{"d/\té": plain + "1\n3\n"}
	old.write(t, dir)
	f := fileDiff("a b", old["a b"], new["d/\té"], diff.Options{})
	f.Sides[1].Path, f.NewPath = "d/\té", text.Line("d/\té")
	patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{f}})
	for _, step := range []struct {
		want tree
		args []string
	}{{new, nil}, {old, []string{"-R"}}} {
		if out, err := gitApply(dir, []byte(patch), step.args...); err != nil {
			t.Fatalf("git apply %v: %v: %s\n%s", step.args, err, out, patch)
		}
		if d := cmp.Diff(step.want, readTree(t, dir)); d != "" {
			t.Error(d)
		}
	}
}

// In a repository that has both versions of a binary file, git apply takes them from there.
func TestPatchWithABinaryFileIsAppliedInItsRepository(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tree")
	hash := func(data string) model.Hash {
		cmd := exec.Command("git", "-C", dir, "hash-object", "-w", "--stdin")
		cmd.Stdin = strings.NewReader(data)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return model.Hash(strings.TrimSpace(string(out)))
	}
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".git", "hooks")); err != nil {
		t.Fatal(err)
	}
	a, b := "\x00a", "\x00b"
	tree{"f": plain + a, "gone": plain + a}.write(t, dir)
	d := Diff{Files: []FileDiff{fileDiff("f", plain+a, plain+b, diff.Options{}), fileDiff("gone", plain+a, "", diff.Options{}), fileDiff("new", "", executable+b, diff.Options{})}}
	for i := range d.Files {
		d.Files[i].Sides[0].Hash, d.Files[i].Sides[1].Hash = hash(a), hash(b)
	}
	patch := printed(t, Text{Pipe: true}, d)
	if out, err := gitApply(dir, []byte(patch)); err != nil {
		t.Fatalf("git apply: %v: %s\n%s", err, out, patch)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(tree{"f": plain + b, "new": executable + b}, readTree(t, dir)); d != "" {
		t.Error(d)
	}
}

// Links have no lines that are compared. A patch has them all the same, and a file that becomes one.
func TestPatchOfLinks(t *testing.T) {
	dir := t.TempDir()
	old, new := tree{"l": link + "a", "f": plain + "text\n"}, tree{"l": link + "b c", "f": link + "x"}
	old.write(t, dir)
	var d Diff
	for _, name := range []string{"f", "l"} {
		f := fileDiff(name, old[name], new[name], diff.Options{})
		f.File = f.WithoutLines()
		f.Note = text.Lit("link target a → b c")
		_, before, _ := strings.Cut(old[name], " ")
		_, after, _ := strings.Cut(new[name], " ")
		f.Sides[0].Data, f.Sides[1].Data = []byte(before), []byte(after)
		d.Files = append(d.Files, f)
	}
	patch := printed(t, Text{Pipe: true}, d)
	for _, step := range []struct {
		want tree
		args []string
	}{{new, nil}, {old, []string{"-R"}}} {
		if out, err := gitApply(dir, []byte(patch), step.args...); err != nil {
			t.Fatalf("git apply %v: %v: %s\n%s", step.args, err, out, patch)
		}
		if d := cmp.Diff(step.want, readTree(t, dir)); d != "" {
			t.Error(d)
		}
	}
}

// A submodule is its commit, as git writes it.
func TestPatchOfASubmodule(t *testing.T) {
	f := fileDiff("vendor", "160000 ", "160000 ", diff.Options{})
	f.File = f.WithoutLines()
	f.Note = text.Lit("submodule a1b2c3d → 77aa019")
	f.Sides[0].Hash, f.Sides[1].Hash = hashA, hashB
	patch := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{f}})
	if !strings.Contains(patch, "\n-Subproject commit "+string(hashA)+"\n+Subproject commit "+string(hashB)+"\n") {
		t.Error(patch)
	}
}

// Whoever applies a patch is told that secrets are missing in it, where they are.
func TestPatchSaysThatSecretsAreMasked(t *testing.T) {
	near := fileDiff("f", plain+"password = «secret»\nport 80\n", plain+"password = «secret»\nport 81\n", diff.Options{})
	near.Masked = "x"
	rest := strings.Repeat("x\n", 20)
	far := fileDiff("f", plain+"password = «secret»\n"+rest+"port 80\n", plain+"password = «secret»\n"+rest+"port 81\n", diff.Options{})
	far.Masked = "x"
	if p := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{near}}); !strings.HasPrefix(p, "# secrets are masked") {
		t.Error(p)
	}
	if p := printed(t, Text{Pipe: true}, Diff{Files: []FileDiff{far}}); strings.Contains(p, "secret") {
		t.Error(p)
	}
}
