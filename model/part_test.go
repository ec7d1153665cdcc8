package model_test

import (
	"testing"
	"time"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// Changes are believed for years by their digests, so that of a change without parts is what it was before there were any.
func TestTheSealCoversPartsAndIsTheSameWithoutThem(t *testing.T) {
	c := model.Change{ID: "restore-motd-3f9c", Environment: "production", Kind: model.Restore, Title: text.Lit("Restore it"), Reason: text.Lit("tidy"),
		Author: model.Principal{Name: text.Lit("Ada"), Email: text.Lit("ada@example.com")}, SealedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Addresses: []string{"web/web-1:/etc/motd"}, Base: "0123456789012345678901234567890123456789", Revision: "0123456789012345678901234567890123456789",
		Plans: []model.PlanRef{{Target: "web", Provider: "hosts", Digest: model.Sum([]byte("plan"))}}}
	const golden = "sha256:2f7c2154aeb791aef656c4ae773166d7928c980b9dc90462dde327ebe934cc61"
	if got := c.Seal(); got != golden {
		t.Errorf("without parts the digest is %s, and was %s", got, golden)
	}
	seen := map[model.Digest]bool{golden: true}
	whole := model.Part{Address: "web/web-1:/etc/motd", Old: model.Sum([]byte("a")), New: model.Sum([]byte("b")), Blocks: []diff.Block{{OldLo: 0, OldHi: 1, NewLo: 0, NewHi: 2}}}
	for _, edit := range []func(*model.Part){
		func(*model.Part) {},
		func(p *model.Part) { p.Address = "web/web-2:/etc/motd" },
		func(p *model.Part) { p.Old = "" },
		func(p *model.Part) { p.New = p.Old },
		func(p *model.Part) { p.Blocks = nil },
		func(p *model.Part) { p.Blocks = []diff.Block{{OldLo: 0, OldHi: 1, NewLo: 0, NewHi: 1}} },
		func(p *model.Part) { p.Blocks = append(p.Blocks, p.Blocks...) },
	} {
		p := whole
		edit(&p)
		c.Parts = []model.Part{p}
		if d := c.Seal(); seen[d] {
			t.Errorf("the digest does not tell %+v from another part", p)
		} else {
			seen[d] = true
		}
	}
}
