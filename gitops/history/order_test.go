package history

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

// A log that goes by dates may give a parent before a child of the same second. Everything comes
// out once, and children come before their parents.
func TestChildrenComeBeforeTheirParents(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		const n = 1000
		commits := make([]objects.LogEntry, n)
		for i := range commits {
			commits[i].Hash = model.Hash(fmt.Sprint(i))
			for p := i + 1; p < min(n, i+4); p++ {
				if r.IntN(2) == 0 {
					commits[i].Parents = append(commits[i].Parents, model.Hash(fmt.Sprint(p)))
				}
			}
		}
		for i := 0; i+40 < n; i += 40 { // Runs of commits that no date tells apart.
			r.Shuffle(40, func(a, b int) { commits[i+a], commits[i+b] = commits[i+b], commits[i+a] })
		}
		var log iter.Seq2[objects.LogEntry, error] = func(yield func(objects.LogEntry, error) bool) {
			for _, c := range commits {
				if !yield(c, nil) {
					return
				}
			}
		}
		seen := map[model.Hash]bool{}
		for c, err := range inOrder(log) {
			if err != nil || seen[c.Hash] {
				t.Fatalf("seed %d: %s twice, or %v", seed, c.Hash, err)
			}
			seen[c.Hash] = true
			for _, p := range c.Parents {
				if seen[p] {
					t.Fatalf("seed %d: %s comes after its parent %s", seed, c.Hash, p)
				}
			}
		}
		if len(seen) != n {
			t.Fatalf("seed %d: %d of %d commits", seed, len(seen), n)
		}
	}
}
