package change_test

import (
	"fmt"
	"testing"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
)

// BenchmarkFold is a record of 100,000 entries: 20,000 changes that were approved by two, and applied.
func BenchmarkFold(b *testing.B) {
	var entries []ledger.Entry
	for i := range 20_000 {
		c, seal := sealed(fmt.Sprintf("deploy-production-%d", i))
		run := model.RunID(fmt.Sprintf("%08x", i))
		fields, files, err := change.Outcome(c, model.Run{ID: run, Outcome: model.RunApplied})
		if err != nil {
			b.Fatal(err)
		}
		all := []ledger.Entry{seal, approval("bob", c), approval("carol", c), intent("ada", c, run), entry("ada", ledger.Outcome, fields, files)}
		for j := range all {
			all[j].At = start.Add(time.Duration(i*len(all)+j) * time.Second)
			all[j].ID = model.Hash(fmt.Sprintf("%040x", i*len(all)+j))
		}
		entries = append(entries, all...)
	}
	var folder change.Folder
	for b.Loop() {
		if r := folder.Fold(entries, change.Trust{}); len(r.Runs) != 20_000 {
			b.Fatalf("%d runs", len(r.Runs))
		}
	}
}
