package history

import (
	"iter"
	"slices"

	"plumb/gitops/objects"
	"plumb/model"
)

// lookAhead is how many commits are held back to put them in order: commits of the same second,
// as a rebase or a bot makes them, stand close together.
const lookAhead = 100

// inOrder puts children before their parents in a log that goes by dates alone.
// Git would do it for the price of reading the whole history before the first
// row; only where clocks were skewed further apart than the look-ahead does a parent still come first.
func inOrder(log iter.Seq2[objects.LogEntry, error]) iter.Seq2[objects.LogEntry, error] {
	return func(yield func(objects.LogEntry, error) bool) {
		var held []objects.LogEntry
		children := map[model.Hash]int{} // By parent, of those that are held.
		give := func() bool {
			i := slices.IndexFunc(held, func(e objects.LogEntry) bool { return children[e.Hash] == 0 })
			e := held[i]
			held = slices.Delete(held, i, i+1)
			for _, p := range e.Parents {
				if children[p]--; children[p] == 0 {
					delete(children, p)
				}
			}
			return yield(e, nil)
		}
		for e, err := range log {
			if err != nil {
				for len(held) > 0 {
					if !give() {
						return
					}
				}
				yield(objects.LogEntry{}, err)
				return
			}
			held = append(held, e)
			for _, p := range e.Parents {
				children[p]++
			}
			if len(held) > lookAhead && !give() {
				return
			}
		}
		for len(held) > 0 {
			if !give() {
				return
			}
		}
	}
}
