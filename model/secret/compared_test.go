package secret

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/diff"
)

// Whatever two versions share and wherever they are said to differ, nothing is masked otherwise for it.
func TestComparedVersionsAreMaskedAsAny(t *testing.T) {
	parts := []string{
		"\n", "\r\n", "---\n", "--- # x\n", "kind: Secret\n", "kind: ConfigMap\n", "data:\n", "  a: b\n", "  c: |\n", "    d\n", "port: 80\n", "port: 80\r\n",
		"password:\n", "password: \"\n", "password: \"a\n", "b\"\n", "\"\n", "token = <<EOT\n", "token = <<EOT\r\n", "EOT\n", "- x\n", "  - x\n", "name: API_TOKEN\n", "value: x\n",
		"-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PUBLIC KEY-----\n", "-----END PRIVATE KEY-----\n", "MIIE\n", "x://a:b@c\n", "x://c\n", "«secret»\n",
	}
	for _, k := range kept {
		parts = append(parts, k.in)
		parts = append(parts, slices.Collect(strings.Lines(k.in))...)
	}
	for seed := range uint64(12_000) {
		random := rand.New(rand.NewPCG(seed, 1))
		some := func(n int) (lines []string) {
			for range random.IntN(n) {
				lines = append(lines, parts[random.IntN(len(parts))])
			}
			return lines
		}
		lines := some(30)
		before := strings.Join(lines, "")
		for range random.IntN(4) {
			from := random.IntN(len(lines) + 1)
			lines = slices.Concat(lines[:from], some(4), lines[min(from+random.IntN(4), len(lines)):])
		}
		old, new := []byte(before), []byte(strings.Join(lines, ""))
		blocks := diff.Text(old, new, diff.Options{}).Blocks
		if random.IntN(4) == 0 {
			blocks = diff.Text([]byte(strings.Join(some(30), "")), new, diff.Options{}).Blocks // Those of another version.
		}
		wantOld, wantNew := MaskPair("f", old, new, false)
		gotOld, gotNew := MaskCompared("f", old, new, false, func() []diff.Block { return blocks })
		if d := cmp.Diff(string(wantOld), string(gotOld)) + cmp.Diff(string(wantNew), string(gotNew)); d != "" {
			t.Fatalf("%q and %q, which differ at %v:\n%s", old, new, blocks, d)
		}
	}
}

func BenchmarkMaskCompared(b *testing.B) {
	old := []byte(strings.Repeat("    - name: web\n      image: registry.example.com/web:1.31.2\n      replicas: 3\n", 30_000))
	new := []byte(strings.Replace(string(old), "1.31.2", "1.31.3", 1))
	blocks := diff.Text(old, new, diff.Options{}).Blocks
	b.ReportAllocs()
	b.SetBytes(int64(len(old) + len(new)))
	for b.Loop() {
		MaskCompared("f", old, new, false, func() []diff.Block { return blocks })
	}
}
