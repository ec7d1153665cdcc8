package diff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/text"
)

// draw writes a difference as a person would note it down: one row a line, both
// sides of a changed row, changed words in brackets.
func draw(f File) string {
	var b strings.Builder
	side := func(l Line) string {
		var s strings.Builder
		for _, span := range l.Spans {
			if span.Changed {
				s.WriteString("[" + span.Text.String() + "]")
			} else {
				s.WriteString(span.Text.String())
			}
		}
		if l.NoFinal {
			s.WriteString("¬")
		}
		return s.String()
	}
	for _, h := range f.Hunks() {
		fmt.Fprintf(&b, "@ %d %s\n", h.Skipped, f.Heading(h))
		for _, r := range f.Rows(h) {
			switch r.Op {
			case Equal:
				fmt.Fprintf(&b, " %s\n", side(r.New))
			case Delete:
				fmt.Fprintf(&b, "-%s\n", side(r.Old))
			case Insert:
				fmt.Fprintf(&b, "+%s\n", side(r.New))
			case Change:
				fmt.Fprintf(&b, "~%s\n~%s\n", side(r.Old), side(r.New))
			}
		}
	}
	if !f.Note.IsEmpty() {
		fmt.Fprintf(&b, "note: %s\n", f.Note)
	}
	return b.String()
}

func TestTextShowsWhatAPersonWouldPointAt(t *testing.T) {
	tests := []struct {
		name, old, new string
		opt            Options
		want           string
	}{
		{
			name: "one value of an nginx file",
			old:  "worker_processes auto;\nevents {\n  worker_connections 1024;\n}\n",
			new:  "worker_processes auto;\nevents {\n  worker_connections 4096;\n}\n",
			opt:  Options{Context: 1},
			want: "@ 1 \n events {\n~  worker_connections [1024];\n~  worker_connections [4096];\n }\n",
		},
		{
			name: "a new block begins where it begins, not at the brace before it",
			old:  "a {\n  x\n}\n\nb {\n  x\n}\n",
			new:  "a {\n  x\n}\n\nc {\n  x\n}\n\nb {\n  x\n}\n",
			opt:  Options{Context: 1},
			want: "@ 3 \n \n+c {\n+  x\n+}\n+\n b {\n",
		},
		{
			name: "a new item of a YAML list is one item",
			old:  "items:\n- name: a\n  image: x\n- name: b\n  image: x\n",
			new:  "items:\n- name: a\n  image: x\n- name: c\n  image: x\n- name: b\n  image: x\n",
			opt:  Options{Context: 1},
			want: "@ 2 items › [a]\n   image: x\n+- name: c\n+  image: x\n - name: b\n",
		},
		{
			name: "lines are paired by likeness, not by position",
			old:  "listen 80;\nroot /srv;\n",
			new:  "# moved\nlisten 8080;\nindex index.html;\nroot /srv/www;\n",
			want: "@ 0 \n+# moved\n~listen [80];\n~listen [8080];\n+index index.html;\n~root /srv;\n~root /srv[/www];\n",
		},
		{
			name: "lines with nothing in common are not marked as one that changed",
			old:  "alpha\n", new: "completely different\n",
			want: "@ 0 \n-alpha\n+completely different\n",
		},
		{
			name: "a missing final newline is a difference of its own",
			old:  "a\nb\n", new: "a\nb",
			want: "@ 0 \n a\n~b\n~b¬\n",
		},
		{
			name: "the heading is all that encloses the first line",
			old:  "http {\n  a;\n  server {\n    b;\n    c;\n    d;\n    e;\n    port 1;\n  }\n}\n",
			new:  "http {\n  a;\n  server {\n    b;\n    c;\n    d;\n    e;\n    port 2;\n  }\n}\n",
			opt:  Options{Context: 1},
			want: "@ 6 http › server\n     e;\n~    port [1];\n~    port [2];\n   }\n",
		},
		{
			name: "the section of an ini file is a heading",
			old:  "[mysqld]\na=1\nb=2\nc=3\nd=4\n", new: "[mysqld]\na=1\nb=2\nc=3\nd=5\n",
			opt:  Options{Context: 1},
			want: "@ 3 [mysqld]\n c=3\n~d=[4]\n~d=[5]\n",
		},
		{
			name: "white space can be left out of account",
			old:  "a\n  b\n", new: "a\n\tb \n",
			opt:  Options{IgnoreSpace: true},
			want: "note: only white space differs\n",
		},
		{
			name: "carriage returns and byte order marks are seen",
			old:  "a\nb\n", new: "\ufeffa\r\nb\n",
			want: "@ 0 \n~a\n~[<U+FEFF>]a[␍]\n b\n",
		},
		{
			name: "binary data is named with its sizes",
			old:  "a\x00" + strings.Repeat("x", 3070), new: "b\x00" + strings.Repeat("x", 4094),
			want: "note: binary, 3 KiB → 4 KiB\n",
		},
		{
			name: "text in another encoding is still compared",
			old:  "name: Z\xfcrich\n", new: "name: Z\xfcrich 2\n",
			want: "@ 0 \n~name: Z\\xfcrich\n~name: Z\\xfcrich[ 2]\n",
		},
		{name: "the same twice is no difference", old: "a\n", new: "a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := draw(Text([]byte(tt.old), []byte(tt.new), tt.opt))
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestTextOfAFileThatIsNew(t *testing.T) {
	f := Text(nil, []byte("a\nb\n"), Options{Path: "x/y", NewLabel: "live"})
	if !f.OldPath.IsEmpty() || f.NewPath != text.Lit("x/y") || f.Added != 2 || f.Removed != 0 || f.NewLabel != "live" {
		t.Errorf("got %+v", f)
	}
}

func TestTextWholeFileAndSkippedLinesAddUp(t *testing.T) {
	old, new := large(2000, 3)
	for _, context := range []int{0, 1, 7, -1} {
		f := Text(old, new, Options{Context: context})
		oldLines, newLines := 0, 0
		for _, h := range f.Hunks() {
			oldLines, newLines = oldLines+h.Skipped, newLines+h.Skipped
			for _, r := range f.Rows(h) {
				if r.Op != Insert {
					oldLines++
					if r.Old.Number != oldLines {
						t.Fatalf("context %d: old line %d is numbered %d", context, oldLines, r.Old.Number)
					}
				}
				if r.Op != Delete {
					newLines++
					if r.New.Number != newLines {
						t.Fatalf("context %d: new line %d is numbered %d", context, newLines, r.New.Number)
					}
				}
			}
		}
		after := len(splitLines(new)) - newLines
		oldLines, newLines = oldLines+after, newLines+after
		if want := len(splitLines(old)); oldLines != want {
			t.Errorf("context %d: %d old lines, want %d", context, oldLines, want)
		}
		if want := len(splitLines(new)); newLines != want {
			t.Errorf("context %d: %d new lines, want %d", context, newLines, want)
		}
		if context == -1 && len(f.Hunks()) != 1 {
			t.Errorf("whole file in %d hunks", len(f.Hunks()))
		}
	}
}

// large makes two versions of a file of n lines in which about percent of
// the lines differ.
func large(n, percent int) (old, new []byte) {
	random := rand.New(rand.NewPCG(1, 2))
	var a, b strings.Builder
	for i := range n {
		line := fmt.Sprintf("  key_%d: value number %d\n", i%5000, random.IntN(n))
		if i%7 == 0 {
			line = "}\n"
		}
		switch {
		case random.IntN(100) >= percent:
			a.WriteString(line)
			b.WriteString(line)
		case i%3 == 0:
			a.WriteString(line)
		case i%3 == 1:
			b.WriteString(line)
		default:
			a.WriteString(line)
			b.WriteString(strings.Replace(line, "value", "other", 1))
		}
	}
	return []byte(a.String()), []byte(b.String())
}

func BenchmarkText100k(b *testing.B) {
	old, new := large(100_000, 1)
	for b.Loop() {
		Text(old, new, Options{})
	}
}
