package demo

import (
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// person is somebody of the shop.
type person struct {
	name, email string
	machine     string // Where they run plumb.
}

var (
	alice = person{"Alice Berger", "alice@shop.example", "alice-laptop"}
	bob   = person{"Bob Okafor", "bob@shop.example", "bob-desk"}
	carol = person{"Carol Lindqvist", "carol@shop.example", "carol-laptop"}
	dan   = person{"Dan Marsh", "dan@shop.example", "dan-laptop"}
	erin  = person{"Erin Sato", "erin@shop.example", "erin-laptop"}
	bot   = person{"shop-bot", "bot@shop.example", "ci-runner-3"}

	// The operator, who has just been called.
	operator = person{"You", "you@shop.example", ""}
)

func (p person) principal() model.Principal {
	return model.Principal{Name: text.Line(p.name), Email: text.Line(p.email)}
}

func (p person) signature(c *clock) objects.Signature {
	return objects.Signature{Name: p.name, Email: p.email, When: c.now}
}
