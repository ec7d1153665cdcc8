package diff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Rows that are drawn one at a time are those of the whole, and lines drawn for the unified form are the same lines.
func TestEveryRowOfABlockCanBeDrawnByItself(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		old := generate(random, 60, 25)
		new := edit(random, old, 12, 25)
		f := Text(old, new, Options{})
		for b, at := range f.Blocks {
			i, j := at.OldLo, at.NewLo
			for k := range f.BlockRows(b) {
				row := f.BlockRow(b, k)
				if o, n := f.BlockLines(b, k); o+1 != row.Old.Number && row.Old.Number > 0 || n+1 != row.New.Number && row.New.Number > 0 {
					t.Fatalf("row %d of block %+v has lines %d and %d, and is drawn with %d and %d", k, at, o, n, row.Old.Number, row.New.Number)
				}
				if n := row.Old.Number; n > 0 && f.RowOfOld(b, n-1) != k {
					t.Fatalf("old line %d of block %+v is in row %d, not %d", n, at, k, f.RowOfOld(b, n-1))
				}
				if n := row.New.Number; n > 0 && f.RowOfNew(b, n-1) != k {
					t.Fatalf("new line %d of block %+v is in row %d, not %d", n, at, k, f.RowOfNew(b, n-1))
				}
				if row.Old.Number > 0 {
					if row.Old.Number != i+1 {
						t.Fatalf("old line %d came where %d was due", row.Old.Number, i+1)
					}
					if l, with := f.OldLine(b, i); l.Number != i+1 || with.Op != row.Op {
						t.Fatalf("old line %d is drawn as %d, %v", i+1, l.Number, with.Op)
					}
					i++
				}
				if row.New.Number > 0 {
					if row.New.Number != j+1 {
						t.Fatalf("new line %d came where %d was due", row.New.Number, j+1)
					}
					if l, with := f.NewLine(b, j); l.Number != j+1 || with.Op != row.Op {
						t.Fatalf("new line %d is drawn as %d, %v", j+1, l.Number, with.Op)
					}
					j++
				}
			}
			if i != at.OldHi || j != at.NewHi {
				t.Fatalf("block %+v ends at %d and %d", at, i, j)
			}
		}
	}
}

func TestTheHeadingIsTheWholePath(t *testing.T) {
	deployment := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      # The order matters.
      containers:
        - name: sidecar
          image: envoy:1.30
        - name: "web"
          env:
          - name: MODE
            value: fast
          resources:
            limits:
              cpu: 1
              memory: 2Gi
`
	terraform := `resource "aws_instance" "web" {
  ami = "x"

  root_block_device {
    size = 10

    tags = {
      a = 1
      b = 2
    }
  }
}
`
	tests := []struct{ name, path, old, from, to, want string }{
		{"a container's limit", "d.yaml", deployment, "memory: 2Gi", "memory: 3Gi", "spec › template › spec › containers › [web] › resources › limits"},
		{"a list that is not indented", "d.yaml", deployment, "value: fast", "value: slow", "spec › template › spec › containers › [web] › env › [MODE]"},
		{"at the top", "d.yaml", deployment, "apps/v1", "apps/v2", ""},
		{"a block within a resource", "main.tf", terraform, "b = 2", "b = 3", `resource "aws_instance" "web" › root_block_device › tags`},
	}
	for _, tt := range tests {
		f := Text([]byte(tt.old), []byte(strings.Replace(tt.old, tt.from, tt.to, 1)), Options{Path: tt.path, Context: 1})
		h := f.HunksWithin(0)[0]
		if got := f.Heading(h).String(); got != tt.want {
			t.Errorf("%s is headed %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestHiddenWhiteSpace(t *testing.T) {
	tests := []struct {
		name, path, old, new string
		blocks               int
	}{
		{"alignment of an ini file", "a.ini", "a  = 1\nb = 2\n", "a = 1\nb = 2 \n", 0},
		{"indentation where it is looks", "a.conf", "http {\nport 80;\n}\n", "http {\n  port 80;\n}\n", 0},
		{"indentation where it is meaning", "a.yaml", "a:\nb: 1\n", "a:\n  b: 1\n", 1},
		{"trailing blanks and spacing in YAML", "a.yaml", "a:   1   \n\n", "a: 1\n   \n", 0},
	}
	for _, tt := range tests {
		f := Text([]byte(tt.old), []byte(tt.new), Options{Path: tt.path, IgnoreSpace: true})
		if len(f.Blocks) != tt.blocks {
			t.Errorf("%s: %d blocks, want %d", tt.name, len(f.Blocks), tt.blocks)
		}
	}
	f := Text([]byte("a:\nb: 1\n"), []byte("a:\n  b: 1\n"), Options{Path: "a.yaml"})
	if row := f.BlockRow(0, 0); row.Op != Change || !row.Space {
		t.Errorf("a line that is only indented further is drawn as %+v", row)
	}
}
