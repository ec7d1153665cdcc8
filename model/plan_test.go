package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"plumb/model"
)

func TestTheWorstStepDecidesWhetherAPlanCanBeTakenBack(t *testing.T) {
	for _, tt := range []struct {
		classes []model.UndoClass
		want    model.UndoClass
	}{
		{nil, model.UndoClean},
		{[]model.UndoClass{model.UndoClean, model.UndoDisruptive}, model.UndoDisruptive},
		{[]model.UndoClass{model.UndoDisruptive, model.UndoLossy, model.UndoClean}, model.UndoLossy},
		{[]model.UndoClass{model.UndoLossy, model.UndoUnknown}, model.UndoUnknown},
		{[]model.UndoClass{model.UndoUnknown, model.UndoLossy}, model.UndoUnknown},
		{[]model.UndoClass{model.UndoUnknown, model.UndoFinal}, model.UndoFinal},
		{[]model.UndoClass{model.UndoClean, model.UndoUnknown}, model.UndoUnknown},
		{[]model.UndoClass{model.Undo{}.Class}, model.UndoUnknown},
	} {
		var steps []model.Step
		for _, c := range tt.classes {
			steps = append(steps, model.Step{Undo: model.Undo{Class: c, Reason: c.String()}})
		}
		got := model.Plan{Steps: steps}.Undo()
		if got.Class != tt.want {
			t.Errorf("the worst of %v is %s, want %s", tt.classes, got.Class, tt.want)
		}
		if len(steps) > 0 && got.Reason != tt.want.String() {
			t.Errorf("the worst of %v has the reason of another step: %q", tt.classes, got.Reason)
		}
	}
}

func TestUndoClassesAreWords(t *testing.T) {
	for _, c := range []model.UndoClass{model.UndoUnknown, model.UndoClean, model.UndoDisruptive, model.UndoLossy, model.UndoFinal} {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back model.UndoClass
		if err := json.Unmarshal(data, &back); err != nil || back != c {
			t.Errorf("%s reads back as %s (%v)", data, back, err)
		}
	}
	var c model.UndoClass
	for _, word := range []string{"", "CLEAN", "harmless", "1"} {
		if err := c.UnmarshalText([]byte(word)); err == nil {
			t.Errorf("%q is taken for an undo class: %s", word, c)
		}
	}
}

// aPlan is a plan with a step of every sort.
func aPlan() model.Plan {
	return model.Plan{
		Environment: "production", Target: "web", Provider: "hosts", Engine: "plumb hosts 1", Base: "b1", Revision: "c2",
		Coverage: model.Coverage{Predicted: 3, Total: 3},
		Steps: []model.Step{
			{Address: "web-1:/etc/app.conf", Action: model.Update, Before: file("a", mode("0600")), After: file("b", mode("0644")),
				Undo: model.Undo{Class: model.UndoDisruptive, Reason: "restarts"}, Effects: []string{"reload: systemctl restart app"}},
			{Address: "web-1:/etc/new", Action: model.Create, After: file("n"), Undo: model.Undo{Class: model.UndoClean}},
			{Address: "web-2:/etc/old", Action: model.Delete, Before: file("o"), Undo: model.Undo{Class: model.UndoClean}},
		},
	}
}

func TestAnApprovalCoversAllThatThePlanWouldDo(t *testing.T) {
	was := aPlan().Digest()
	if again := aPlan().Digest(); again != was {
		t.Fatal("the same plan has two digests")
	}
	for name, change := range map[string]func(*model.Plan){
		"the environment":       func(p *model.Plan) { p.Environment = "staging" },
		"the target":            func(p *model.Plan) { p.Target = "db" },
		"the provider":          func(p *model.Plan) { p.Provider = "ansible" },
		"the engine's version":  func(p *model.Plan) { p.Engine = "plumb hosts 2" },
		"the base":              func(p *model.Plan) { p.Base = "b2" },
		"that there is a base":  func(p *model.Plan) { p.Base = "" },
		"the revision":          func(p *model.Plan) { p.Revision = "c3" },
		"what is foreseen":      func(p *model.Plan) { p.Coverage.Predicted = 2 },
		"an action":             func(p *model.Plan) { p.Steps[0].Action = model.Replace },
		"an address":            func(p *model.Plan) { p.Steps[0].Address = "web-3:/etc/app.conf" },
		"an undo class":         func(p *model.Plan) { p.Steps[1].Undo.Class = model.UndoLossy },
		"an effect":             func(p *model.Plan) { p.Steps[0].Effects[0] = "reload: true" },
		"one effect more":       func(p *model.Plan) { p.Steps[1].Effects = []string{"reload: true"} },
		"what is live":          func(p *model.Plan) { p.Steps[0].Before = file("x", mode("0600")) },
		"what is to be":         func(p *model.Plan) { p.Steps[0].After = file("x", mode("0644")) },
		"an attribute":          func(p *model.Plan) { p.Steps[0].After.Attrs[0].Value = "0666" },
		"a kind":                func(p *model.Plan) { p.Steps[1].After.Kind = "symlink" },
		"a step less":           func(p *model.Plan) { p.Steps = p.Steps[1:] },
		"the same step twice":   func(p *model.Plan) { p.Steps = append(p.Steps, p.Steps[0]) },
		"that a file is there":  func(p *model.Plan) { p.Steps[2].Before = absent },
		"a line in an address":  func(p *model.Plan) { p.Steps[0].Address = "web-1:/a\nstep" },
		"a comma in an attr":    func(p *model.Plan) { p.Steps[0].After.Attrs[0].Value = `0644",owner:"root` },
		"one effect out of two": func(p *model.Plan) { p.Steps[0].Effects = []string{`reload: systemctl restart app" "x`} },
	} {
		p := aPlan()
		change(&p)
		if p.Digest() == was {
			t.Errorf("an approval of the plan would still hold after %s changed", name)
		}
	}
	for name, change := range map[string]func(*model.Plan){
		"the order of steps": func(p *model.Plan) { slices.Reverse(p.Steps) },
		"the words of a reason": func(p *model.Plan) {
			p.Steps[0].Undo.Reason = "in other words"
		},
		"the artefact": func(p *model.Plan) { p.Artefact = "private" },
	} {
		p := aPlan()
		change(&p)
		if p.Digest() != was {
			t.Errorf("%s is not to matter", name)
		}
	}
}

func TestSecretsLeaveNoChecksumInAManifest(t *testing.T) {
	secret := func(content string) model.State {
		s := file(content, mode("0600"))
		s.Sensitive = true
		return s
	}
	p := aPlan()
	p.Steps[0].Before, p.Steps[0].After = secret("hunter2"), secret("hunter3")
	m := p.Manifest()
	for _, content := range []string{"hunter2", "hunter3"} {
		sum := strings.TrimPrefix(string(model.Sum([]byte(content))), "sha256:")
		if strings.Contains(m, content) || strings.Contains(m, sum) {
			t.Errorf("the manifest gives %q away:\n%s", content, m)
		}
	}
	if !strings.Contains(m, `before=file,secret,mode:"0600"`) {
		t.Errorf("the manifest does not say that a secret changes:\n%s", m)
	}
}

func TestWhatTheLedgerKeepsOfAPlan(t *testing.T) {
	p := aPlan()
	p.Steps[0].Drifted = true
	ref := p.Ref()
	if ref.Target != "web" || ref.Digest != p.Digest() || len(ref.Steps) != 3 || !ref.Steps[0].Drifted || ref.Steps[2].Action != model.Delete {
		t.Errorf("it keeps %+v", ref)
	}
	data, err := json.Marshal(ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Steps {
		for _, sum := range []model.Digest{s.Before.Content.Sum, s.After.Content.Sum} {
			if sum != "" && strings.Contains(string(data), string(sum)) {
				t.Errorf("it keeps a checksum of contents: %s", data)
			}
		}
	}
	if data, _ := json.Marshal(model.Plan{}.Ref()); !strings.Contains(string(data), `"steps":[]`) {
		t.Errorf("a plan without steps has to say so: %s", data)
	}
	c := model.Change{Plans: []model.PlanRef{ref, ref}}
	if c.Steps() != 6 || c.Count(model.Delete) != 2 || p.Count(model.Create) != 1 || c.Undo().Class != model.UndoDisruptive {
		t.Errorf("%d steps, %d deletions, undo %s", c.Steps(), c.Count(model.Delete), c.Undo().Class)
	}
}
