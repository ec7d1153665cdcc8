package diff

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// benchmarkLines measures the comparison of lines, and git's of the same versions after it where git is there.
func benchmarkLines(b *testing.B, old, new []byte) {
	b.Run("plumb", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(old) + len(new)))
		for b.Loop() {
			compareLines(splitLines(old), splitLines(new), false, 0)
		}
	})
	b.Run("git", func(b *testing.B) {
		program, err := exec.LookPath("git")
		if err != nil {
			b.Skip("git is not installed")
		}
		dir := b.TempDir()
		for name, data := range map[string][]byte{"old": old, "new": new} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(len(old) + len(new)))
		for b.Loop() {
			cmd := exec.CommandContext(b.Context(), program, "diff", "--no-index", "--histogram", "old", "new")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
			if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
				b.Fatal(err)
			}
		}
	})
}

// numbered is n lines that each occur once.
func numbered(prefix string, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "%s %d\n", prefix, i)
	}
	return b.Bytes()
}

func reversed(data []byte) []byte {
	lines := splitLines(data)
	slices.Reverse(lines)
	return bytes.Join(lines, nil)
}

func BenchmarkHundredThousandLines(b *testing.B) {
	old, new := large(100_000, 1)
	benchmarkLines(b, old, new)
}

func BenchmarkMillionLines(b *testing.B) {
	old, new := large(1_000_000, 1)
	benchmarkLines(b, old, new)
}

func BenchmarkOneLongLine(b *testing.B) {
	line := bytes.Repeat([]byte("word "), 2<<20)
	benchmarkLines(b, append(bytes.Clone(line), 'a'), append(line, 'b'))
}

func BenchmarkNothingInCommon(b *testing.B) {
	benchmarkLines(b, numbered("a", 100_000), numbered("b", 100_000))
}

func BenchmarkMillionEqualLines(b *testing.B) {
	data := bytes.Repeat([]byte("x\n"), 1_000_000)
	benchmarkLines(b, data, data[2:])
}

func BenchmarkReversed(b *testing.B) {
	data := numbered("a", 100_000)
	benchmarkLines(b, data, reversed(data))
}

// BenchmarkSmallChange is what most commits are.
func BenchmarkSmallChange(b *testing.B) {
	old, _ := large(200, 0)
	new := bytes.Replace(old, []byte("value number 7"), []byte("value number 8"), 1)
	b.ReportAllocs()
	for b.Loop() {
		compareLines(splitLines(old), splitLines(new), false, 0)
	}
}

func BenchmarkMoves(b *testing.B) {
	old := numbered("  setting of the service", 100_000)
	lines := splitLines(old)
	var moved [][]byte
	for from := len(lines); from > 0; from -= 50 {
		moved = append(moved, lines[from-50:from]...)
	}
	blocks, _ := compareLines(lines, moved, false, 0)
	b.ReportAllocs()
	b.ReportMetric(float64(sizeOfScript(blocks)), "lines")
	for b.Loop() {
		moves(lines, moved, blocks)
	}
}
