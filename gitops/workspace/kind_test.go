package workspace_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

// picture is a PNG image of a size in pixels.
func picture(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pointer is what git has of a file in Git LFS.
func pointer(digit string, size string) string {
	return "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat(digit, 64) + "\nsize " + size + "\n"
}

// Cipher texts that must not be seen anywhere, as no two of them share a part.
const (
	sopsOld  = "ENC[AES256_GCM,data:T2xkT2xk,iv:T2xkSVY=,tag:T2xkVGFn,type:str]"
	sopsNew  = "ENC[AES256_GCM,data:TmV3TmV3,iv:TmV3SVY=,tag:TmV3VGFn,type:str]"
	vaultOld = "61616161616161616161616161616161"
	vaultNew = "62626262626262626262626262626262"
	vaultTop = "$ANSIBLE_VAULT;1.1;AES256\n"
)

func sopsFile(value, mac string) string {
	return "db:\n  user: bob\n  password: " + value + "\nsops:\n  age:\n    - recipient: age1xyz\n  mac: " + mac + "\n"
}

func inlineVault(value string) string {
	return "user: bob\ngreeting: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  " + vaultOld + "\n  " + value + "\nport: 80\n"
}

// changed are the differences of the last commit, by path.
func changed(t *testing.T, ws *workspace.Workspace, id string) (map[string]diff.File, map[string]model.FileChange) {
	t.Helper()
	files, err := ws.CommitFiles(t.Context(), model.Hash(id))
	if err != nil {
		t.Fatal(err)
	}
	found, changes := map[string]diff.File{}, map[string]model.FileChange{}
	for _, f := range files {
		found[f.Path] = ws.FileDiff(t.Context(), f, diff.Options{OldLabel: "a", NewLabel: "b"}, 0)
		changes[f.Path] = f
	}
	return found, changes
}

// link puts a symbolic link in the place of what is there.
func (w *world) link(name, target string) {
	w.t.Helper()
	_ = os.Remove(filepath.Join(w.root, name))
	if err := os.Symlink(target, filepath.Join(w.root, name)); err != nil {
		w.t.Fatal(err)
	}
}

// index puts a submodule into the index, without anything checked out.
func (w *world) index(id, name string) {
	w.t.Helper()
	w.git("update-index", "--add", "--cacheinfo", "160000,"+id+","+name)
	w.git("commit", "-q", "--amend", "--no-edit")
}

func TestADifferenceSaysWhatItsFilesAre(t *testing.T) {
	w := newWorld(t)
	moduleA, moduleB := strings.Repeat("a", 40), strings.Repeat("b", 40)
	w.link("link", "shared/a")
	w.link("was-file", "gone")
	w.link("creds-link", "https://bob:hunter2hunter2@example.com/")
	if err := os.Remove(filepath.Join(w.root, "was-file")); err != nil {
		t.Fatal(err)
	}
	configured := strings.Replace(configuration, "path: staging,", "path: staging, files: [{path: /etc/token, sensitive: true}],", 1)
	if err := os.MkdirAll(filepath.Join(w.root, "staging/all/etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.link("staging/all/etc/token", "hunter2-old-4711")
	w.commit("Before", map[string]string{
		"plumb.yaml":  configured,
		"logo.png":    picture(t, 64, 48),
		"same.png":    picture(t, 64, 48),
		"data.bin":    "a\x00b",
		"big.psd":     pointer("1", "2097152"),
		"was-plain":   "text\n",
		"secret.env":  "\x00GITCRYPT\x00" + strings.Repeat("x", 2000),
		"vars.yaml":   sopsFile(sopsOld, sopsOld),
		"vault.yaml":  vaultTop + vaultOld + "\n",
		"inline.yaml": inlineVault(vaultOld),
		"was-file":    "a\n",
		"script.sh":   "#!/bin/sh\n",
		"gone.png":    picture(t, 8, 8),
	})
	w.index(moduleA, "module")
	w.link("link", "shared/b")
	w.link("was-file", "elsewhere")
	w.link("creds-link", "https://bob:hunter3hunter3@example.com/")
	w.link("staging/all/etc/token", "hunter3-new-0815")
	if err := os.Chmod(filepath.Join(w.root, "script.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(w.root, "empty"), "")
	w.commit("After", map[string]string{
		"logo.png":    picture(t, 128, 96),
		"data.bin":    "a\x00" + strings.Repeat("b", 3000),
		"big.psd":     pointer("2", "3145728"),
		"was-plain":   pointer("3", "12"),
		"secret.env":  "\x00GITCRYPT\x00" + strings.Repeat("y", 2000),
		"vars.yaml":   sopsFile(sopsNew, sopsNew),
		"vault.yaml":  vaultTop + vaultNew + "\n" + vaultNew + "\n",
		"inline.yaml": inlineVault(vaultNew),
		"gone.png":    "",
		"new.png":     picture(t, 9, 9),
	})
	w.index(moduleB, "module")
	id := w.git("rev-parse", "HEAD")
	ws := w.as("Ada")
	found, changes := changed(t, ws, id)
	logo, data := len(picture(t, 64, 48)), len(picture(t, 128, 96))
	for _, tt := range []struct{ path, note, lines string }{
		{"logo.png", "PNG image, 64×48 → 128×96, " + sizes(logo, data), ""},
		{"new.png", "new: PNG image, 9×9, ", ""},
		{"gone.png", "removed: PNG image, 8×8, ", ""},
		{"data.bin", "binary, 3 B → 3 KiB", ""},
		{"big.psd", "Git LFS, 2 MiB → 3 MiB, kept outside git", ""},
		{"was-plain", "text, 5 B → Git LFS, 12 B, kept outside git", ""},
		{"secret.env", "encrypted by git-crypt, 2 KiB, other contents", ""},
		{"vault.yaml", "encrypted by ansible-vault, 59 B → 92 B", ""},
		{"vars.yaml", "encrypted by SOPS, for 1 key", "  password: «encrypted, changed»"},
		{"inline.yaml", "", "  «encrypted, changed»"},
		{"link", "link target shared/a → shared/b", ""},
		{"was-file", "file → symbolic link to elsewhere", ""},
		{"creds-link", "link target ", ""},
		{"staging/all/etc/token", "link target «secret", ""},
		{"module", "submodule aaaaaaa → bbbbbbb", ""},
		{"empty", "new: empty file", ""},
		{"script.sh", "", ""},
	} {
		t.Run(tt.path, func(t *testing.T) {
			f, ok := found[tt.path]
			if !ok {
				t.Fatalf("it is not among the files: %v", changes)
			}
			words := wordsOf(f)
			if !strings.HasPrefix(f.Note.String(), tt.note) || tt.note == "" && !f.Note.IsEmpty() {
				t.Errorf("it is %q, want %q", f.Note, tt.note)
			}
			if tt.lines == "" && len(f.Blocks) > 0 || !strings.Contains(words, tt.lines) {
				t.Errorf("shown is %q, want %q", words, tt.lines)
			}
			old, new := f.Versions()
			for _, cipher := range []string{sopsOld, sopsNew, vaultOld, vaultNew, "hunter2", "hunter3"} {
				if strings.Contains(words+string(old)+string(new)+f.Note.String(), cipher) {
					t.Errorf("%s is shown", cipher)
				}
			}
		})
	}
	if f := found["script.sh"]; f.OldMode != "100644" || f.NewMode != "100755" {
		t.Errorf("the mode is %s → %s", f.OldMode, f.NewMode)
	}
	if found["vars.yaml"].Masked == "" || found["inline.yaml"].Masked == "" || found["data.bin"].Masked != "" || found["staging/all/etc/token"].Masked == "" {
		t.Error("what differs in what is masked cannot be told apart")
	}
	// What has no lines of its own cannot be taken line by line.
	for path, why := range map[string]string{
		"logo.png": "binary", "big.psd": "Git LFS", "secret.env": "git-crypt", "vault.yaml": "ansible-vault", "vars.yaml": "SOPS",
		"inline.yaml": "a secret of several lines", "link": "symlink", "module": "submodule",
	} {
		_, err := ws.DivideFile(t.Context(), changes[path])
		wantError(t, err, nil, why)
	}
	for path, note := range map[string]string{
		"logo.png": "PNG image, 128×96, ", "big.psd": "Git LFS, 3 MiB", "secret.env": "encrypted by git-crypt, 2 KiB", "vault.yaml": "encrypted by ansible-vault",
	} {
		if f, err := ws.FileAt(t.Context(), model.Hash(id), path, 0); err != nil || len(f.Lines) > 0 || f.Whole || !strings.HasPrefix(f.Note.String(), note) {
			t.Errorf("%s is %q with the lines %q (%v)", path, f.Note, joined(f), err)
		}
	}
	if f, err := ws.FileAt(t.Context(), model.Hash(id), "vars.yaml", 0); err != nil || !f.Whole || !strings.HasPrefix(f.Note.String(), "encrypted by SOPS, for 1 key") ||
		!strings.Contains(joined(f), "user: bob\n  password: «encrypted»\n") {
		t.Errorf("a file of SOPS is %q, blamed %v, with the lines\n%s", f.Note, f.Whole, joined(f))
	}
}

// sizes are two sizes below a KiB as a note has them.
func sizes(old, new int) string {
	return diff.Text(bytes.Repeat([]byte{0}, old), append(bytes.Repeat([]byte{0}, new-1), 1), diff.Options{}).Note.String()[len("binary, "):]
}

func TestAttributesSayWhatIsGeneratedAndWhatIsNotCompared(t *testing.T) {
	w := newWorld(t)
	w.commit("Before", map[string]string{
		"go.sum": "a\n", "mine.lock": "a\n", "vendor/package-lock.json": "{}\n", "report.txt": "a\n", "table.csv": "1\n", "logo.png": picture(t, 8, 8), "old.csv": "1\n", "plain": "a\n",
	})
	id := w.commit("After", map[string]string{
		"go.sum": "b\n", "mine.lock": "b\n", "vendor/package-lock.json": "{1}\n", "report.txt": "b\n", "table.csv": strings.Repeat("1\n", 1024), "logo.png": picture(t, 9, 9),
		"old.csv": "", "new.csv": strings.Repeat("1", 5<<20), "plain": "b\n",
	})
	ws := w.as("Ada")
	before, _ := changed(t, ws, id)
	if !before["go.sum"].Generated || before["report.txt"].Generated || before["plain"].Generated || len(before["table.csv"].Blocks) == 0 || before["new.csv"].Unloaded == 0 {
		t.Errorf("without attributes it is %+v", before)
	}
	// What counts is HEAD, also for the commits before it.
	w.commit("Say more", map[string]string{".gitattributes": "*.lock linguist-generated\nreport.txt linguist-generated=true\n*.csv -diff\n*.png -diff\n", "vendor/.gitattributes": "package-lock.json -linguist-generated\n"})
	found, _ := changed(t, ws, id)
	for path, want := range map[string]bool{"go.sum": true, "mine.lock": true, "report.txt": true, "vendor/package-lock.json": false, "plain": false, "table.csv": false} {
		if f := found[path]; f.Generated != want || want && len(f.Blocks) == 0 {
			t.Errorf("%s is generated: %v, with %d blocks", path, f.Generated, len(f.Blocks))
		}
	}
	for path, want := range map[string]string{
		"table.csv": "binary by .gitattributes, 2 B → 2 KiB", "old.csv": "removed: binary by .gitattributes, 2 B", "new.csv": "new: binary by .gitattributes, 5 MiB", "logo.png": "PNG image, 8×8 → 9×9, ",
	} {
		if f := found[path]; !strings.HasPrefix(f.Note.String(), want) || len(f.Blocks) > 0 || f.Unloaded > 0 {
			t.Errorf("%s is %q with %d blocks", path, f.Note, len(f.Blocks))
		}
	}
}

func TestAttributesAreAskedForByManyAtOnce(t *testing.T) {
	w := newWorld(t)
	w.commit("Before", map[string]string{".gitattributes": "x linguist-generated\n", "x": "a\n"})
	id := w.commit("After", map[string]string{"x": "b\n"})
	ws := w.as("Ada")
	files, err := ws.CommitFiles(t.Context(), model.Hash(id))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if f := ws.FileDiff(t.Context(), files[0], diff.Options{}, 0); !f.Generated {
				t.Error("the attributes were not read")
			}
		})
	}
	all.Wait()
}

func TestALargeFileAsksBeforeItIsLoaded(t *testing.T) {
	w := newWorld(t)
	w.commit("Before", map[string]string{"dump.sql": strings.Repeat("0123456789abcde\n", 6<<16), "moved.sql": strings.Repeat("fedcba987654321\n", 5<<16)})
	if err := os.Chmod(filepath.Join(w.root, "moved.sql"), 0o755); err != nil {
		t.Fatal(err)
	}
	id := w.commit("After", map[string]string{"dump.sql": strings.Repeat("0123456789abcde\n", 5<<16) + "one more\n"})
	ws := w.as("Ada")
	found, changes := changed(t, ws, id)
	if f := found["dump.sql"]; f.Unloaded != 6<<20 || len(f.Blocks) > 0 || !f.Note.IsEmpty() {
		t.Errorf("the larger version has %d bytes; %d blocks, %q", f.Unloaded, len(f.Blocks), f.Note)
	}
	if f := ws.FileDiff(t.Context(), changes["dump.sql"], diff.Options{}, 1<<62); f.Unloaded != 0 || f.Added != 1 || f.Removed != 1<<16 {
		t.Errorf("asked for, it has %d bytes left, +%d -%d, %q", f.Unloaded, f.Added, f.Removed, f.Note)
	}
	if f := found["moved.sql"]; f.Unloaded != 0 || f.NewMode != "100755" {
		t.Errorf("only its mode changed, and it asks to load %d bytes; the mode is %s", f.Unloaded, f.NewMode)
	}
}

// What is live is described like what git has.
func TestALiveResourceSaysWhatItIs(t *testing.T) {
	file := func(data string) model.State {
		return model.State{Exists: true, Kind: "file", Content: model.NewContent([]byte(data))}
	}
	link := func(target string) model.State {
		return model.State{Exists: true, Kind: "symlink", Content: model.NewContent([]byte(target))}
	}
	for _, tt := range []struct {
		name      string
		git, live model.State
		note      string
		lines     string
	}{
		{"an image", file(picture(t, 8, 8)), file(picture(t, 9, 9)), "PNG image, 8×8 → 9×9, ", ""},
		{"binary data that came", model.State{}, file("a\x00b"), "new: binary, 3 B", ""},
		{"a link", link("a"), link("b"), "link target a → b", ""},
		{"a link in the place of a file", file("a\n"), link("b"), "file → symbolic link to b", ""},
		{"a directory in the place of a file", file("a\n"), model.State{Exists: true, Kind: "directory"}, "file → directory", ""},
		{"another kind of thing", file("a\n"), model.State{Exists: true, Kind: "socket"}, "file → socket", "a"},
		{"a vault", file(vaultTop + vaultOld + "\n"), file(vaultTop + vaultNew + "\n"), "encrypted by ansible-vault, ", ""},
		{"a value of SOPS", file(sopsFile(sopsOld, sopsOld)), file(sopsFile(sopsNew, sopsNew)), "encrypted by SOPS", "password: «encrypted, changed»"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := model.Resource{Address: "web-1:/etc/x", Tracked: tt.git, Live: tt.live}
			f := workspace.ResourceDiff(r, workspace.Tracked, workspace.Live, diff.Options{})
			words := wordsOf(f)
			if !strings.HasPrefix(f.Note.String(), tt.note) || !strings.Contains(words, tt.lines) || tt.lines == "" && len(f.Blocks) > 0 {
				t.Errorf("it is %q with %q", f.Note, words)
			}
			step := workspace.StepDiff(model.Step{Address: r.Address, Before: tt.live, After: tt.git}, diff.Options{})
			for _, cipher := range []string{sopsOld, sopsNew, vaultOld, vaultNew} {
				if strings.Contains(words+wordsOf(step), cipher) {
					t.Errorf("%s is shown", cipher)
				}
			}
		})
	}
}

// A part of a file is not taken where what is picked would cut a cipher text in two.
func TestPartsBesideACipherTextCanBeTaken(t *testing.T) {
	w := newWorld(t)
	w.commit("Before", map[string]string{"inline.yaml": inlineVault(vaultOld)})
	id := w.commit("After", map[string]string{"inline.yaml": strings.Replace(inlineVault(vaultOld), "port: 80", "port: 81", 1)})
	ws := w.as("Ada")
	found, changes := changed(t, ws, id)
	d, err := ws.DivideFile(t.Context(), changes["inline.yaml"])
	if err != nil || len(d.Blocks) != 1 || d.Blocks[0] != found["inline.yaml"].Blocks[0] {
		t.Errorf("the parts are %+v (%v)", d.Blocks, err)
	}
}
