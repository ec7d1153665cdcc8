package repositories

import "testing"

// SetBatchSize makes batches so large that a small history has several, until the test ends.
func SetBatchSize(t *testing.T, commits int) {
	was := batchSize
	batchSize = commits
	t.Cleanup(func() { batchSize = was })
}
