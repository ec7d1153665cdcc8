package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs the real git in dir, and skips the test where there is none.
func git(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w: %s", args[0], err, stderr.String())
	}
	return string(out), err
}

func TestGitAppliesThePatch(t *testing.T) {
	long := strings.Repeat("line\n", 30)
	tests := []struct {
		name  string
		patch Patch
	}{
		{"a changed line", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\nb\nc\n"), New: []byte("a\nB\nc\n")}},
		{"two hunks", Patch{OldPath: "f", NewPath: "f", Old: []byte("x\n" + long + "y\n"), New: []byte("X\n" + long + "Y\n")}},
		{"final newline added", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\nb"), New: []byte("a\nb\n")}},
		{"final newline lost", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\nb\n"), New: []byte("a\nb")}},
		{"no final newline on either side", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\nb"), New: []byte("x\nb")}},
		{"created", Patch{NewPath: "d/f", New: []byte("a\nb\n")}},
		{"created empty", Patch{NewPath: "f", New: []byte{}}},
		{"created executable", Patch{NewPath: "f", New: []byte("#!/bin/sh\n"), NewMode: "100755"}},
		{"deleted", Patch{OldPath: "f", Old: []byte("a\nb")}},
		{"deleted empty", Patch{OldPath: "f", Old: []byte{}}},
		{"emptied", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\n"), New: []byte{}}},
		{"filled", Patch{OldPath: "f", NewPath: "f", Old: []byte{}, New: []byte("a\n")}},
		{"made executable", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\n"), New: []byte("a\n"), OldMode: "100644", NewMode: "100755"}},
		{"made executable and changed", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\n"), New: []byte("b\n"), OldMode: "100644", NewMode: "100755"}},
		{"renamed and changed", Patch{OldPath: "f", NewPath: "g", Old: []byte("a\nb\n"), New: []byte("a\nc\n")}},
		{"renamed", Patch{OldPath: "f", NewPath: "g", Old: []byte("a\nb\n"), New: []byte("a\nb\n")}},
		{"a path with spaces", Patch{OldPath: "my file", NewPath: "my file", Old: []byte("a\n"), New: []byte("b\n")}},
		{"a path with quotes, a tab and other letters", Patch{OldPath: "ü\t\"x\\", NewPath: "ü\t\"x\\", Old: []byte("a\n"), New: []byte("b\n")}},
		{"created with an unusual path", Patch{NewPath: "a b\nc", New: []byte("b\n")}},
		{"carriage returns", Patch{OldPath: "f", NewPath: "f", Old: []byte("a\r\nb\r\n"), New: []byte("a\r\nc\n")}},
		{"bytes that are not UTF-8", Patch{OldPath: "f", NewPath: "f", Old: []byte("Z\xfcrich abc\n"), New: []byte("Z\xfcrich abcd\n")}},
	}
	for _, tt := range tests {
		for _, context := range []int{0, 3} {
			t.Run(fmt.Sprintf("%s, context %d", tt.name, context), func(t *testing.T) {
				tt.patch.Context = context
				applyWithGit(t, tt.patch)
			})
		}
	}
}

func applyWithGit(t *testing.T, p Patch) {
	t.Helper()
	dir := t.TempDir()
	if p.Old != nil {
		mode := os.FileMode(0o644)
		if p.OldMode == "100755" {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(dir, p.OldPath), p.Old, mode); err != nil {
			t.Fatal(err)
		}
	}
	patch := p.Bytes()
	if err := os.WriteFile(filepath.Join(dir, "the.patch"), patch, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := git(t, dir, "apply", "--unidiff-zero", "--whitespace=nowarn", "the.patch"); err != nil {
		t.Fatalf("%v\n%s", err, patch)
	}
	if p.New == nil {
		if _, err := os.Lstat(filepath.Join(dir, p.OldPath)); !os.IsNotExist(err) {
			t.Errorf("the file is still there: %v", err)
		}
		return
	}
	got, err := os.ReadFile(filepath.Join(dir, p.NewPath))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, p.New) {
		t.Errorf("got %q, want %q, patch\n%s", got, p.New, patch)
	}
	if info, err := os.Stat(filepath.Join(dir, p.NewPath)); err != nil || (info.Mode()&0o100 != 0) != (p.NewMode == "100755") {
		t.Errorf("mode %v, want %s (%v)", info.Mode(), p.NewMode, err)
	}
}

func TestGitAppliesThePatchOfGeneratedEdits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		old := generate(random, 40, 12)
		new := edit(random, old, 6, 12)
		if bytes.Equal(old, new) {
			continue
		}
		applyWithGit(t, Patch{OldPath: "f", NewPath: "f", Old: old, New: new, Context: random.IntN(4)})
	}
}

// generate makes a file of up to n lines out of so many different ones; edit changes some of its lines.
func generate(random *rand.Rand, n, kinds int) []byte {
	var b bytes.Buffer
	for range random.IntN(n) {
		fmt.Fprintf(&b, "%s%c\n", strings.Repeat(" ", random.IntN(2)), 'a'+rune(random.IntN(kinds)))
	}
	if b.Len() > 0 && random.IntN(8) == 0 {
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}

func edit(random *rand.Rand, old []byte, edits, kinds int) []byte {
	lines := splitLines(old)
	for range random.IntN(edits) {
		at := random.IntN(len(lines) + 1)
		line := fmt.Appendf(nil, "%c\n", 'a'+rune(random.IntN(kinds)))
		switch {
		case random.IntN(3) == 0 || at == len(lines):
			lines = append(lines[:at:at], append([][]byte{line}, lines[at:]...)...)
		case random.IntN(2) == 0:
			lines = append(lines[:at:at], lines[at+1:]...)
		default:
			lines = append(append(lines[:at:at], line), lines[at+1:]...)
		}
	}
	for i := range lines[:max(len(lines)-1, 0)] {
		if !bytes.HasSuffix(lines[i], []byte{'\n'}) {
			lines[i] = append(bytes.Clone(lines[i]), '\n')
		}
	}
	return bytes.Join(lines, nil)
}

// Where nearly all lines repeat there are several shortest scripts, each as right as the other, and each merges differently:
// there, and only there, one of the two may see a conflict that the other does not.
func TestMergeAgreesWithGit(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(5, 6))
	for _, kinds := range []int{4, 12, 26, 2000} {
		t.Run(fmt.Sprintf("of %d lines", kinds), func(t *testing.T) {
			clean, odd := 0, 0
			for range 150 {
				base := generate(random, 30, kinds)
				ours, theirs := edit(random, base, 5, kinds), edit(random, base, 5, kinds)
				for name, data := range map[string][]byte{"base": base, "ours": ours, "theirs": theirs} {
					if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := git(t, dir, "merge-file", "-p", "-q", "ours", "base", "theirs")
				got, conflicts := Merge(base, ours, theirs)
				switch {
				case (err != nil) != (conflicts > 0):
					odd++
					if kinds > 4 {
						t.Errorf("base %q ours %q theirs %q: %d conflicts, git says %v", base, ours, theirs, conflicts, err)
					}
				case err != nil:
				case string(got) != want:
					t.Errorf("base %q ours %q theirs %q: got %q, want %q", base, ours, theirs, got, want)
				default:
					clean++
				}
			}
			if clean < 40 || odd > 2 {
				t.Errorf("%d merges without a conflict, %d judged otherwise than by git", clean, odd)
			}
		})
	}
}
