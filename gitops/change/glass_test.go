package change_test

import (
	"strings"
	"testing"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

func TestBrokenGlassComesBackFromTheLedger(t *testing.T) {
	c, seal := sealed("deploy-1")
	r := model.Run{Glass: text.Lit("the shop is down"), Overruled: []string{"approvals 0 of 2", "frozen \x1b[2J"}}
	broken := entry("eve", ledger.Intent, append(change.Intent(c, "r1", "bastion"), change.Glass(r)...), nil)
	got, record := the(t, seal, broken)
	if len(record.Runs) != 1 || record.Runs[0].Glass.String() != "the shop is down" || len(record.Runs[0].Overruled) != 2 {
		t.Fatalf("the runs are %+v", record.Runs)
	}
	if !strings.HasPrefix(got.Glass, "glass broken by eve because the shop is down (approvals 0 of 2; frozen ") || strings.Contains(got.Glass, "\x1b") {
		t.Errorf("the change says %q", got.Glass)
	}
	if fields := change.Glass(model.Run{}); fields != nil {
		t.Errorf("an ordinary run records %v", fields)
	}
}
