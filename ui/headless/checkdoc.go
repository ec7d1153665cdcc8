package headless

import "plumb/model"

type checkDocument struct {
	Schema       string              `json:"schema"`
	Revision     model.Hash          `json:"revision"`
	Environments []string            `json:"environments"`
	Passed       bool                `json:"passed"`
	Checks       []checkOutputFields `json:"checks"`
}

type checkFields struct {
	Name        string           `json:"name"`
	Environment string           `json:"environment"`
	Required    bool             `json:"required"`
	State       model.CheckState `json:"state"`
	Why         string           `json:"why"`
	At          string           `json:"at"`
	TookMS      int64            `json:"took_ms"`
	Findings    []findingFields  `json:"findings"`
}

type checkOutputFields struct {
	checkFields
	Output string `json:"output"`
}

type findingFields struct {
	Path     string         `json:"path"`
	Line     int            `json:"line"`
	Column   int            `json:"column"`
	Severity model.Severity `json:"severity"`
	Text     string         `json:"text"`
}

func newCheckDocument(c Checks) checkDocument {
	doc := checkDocument{Schema: "plumb.check/1", Revision: c.Revision, Environments: lines(c.Environments), Passed: c.passed(), Checks: []checkOutputFields{}}
	for _, r := range c.Results {
		doc.Checks = append(doc.Checks, checkOutputFields{newCheckFields(r), r.Output.String()})
	}
	return doc
}

func newCheckFields(r model.CheckResult) checkFields {
	f := checkFields{
		Name: line(r.Name), Environment: line(r.Environment), Required: !r.Advisory, State: r.State, Why: oneLine(r.Why),
		At: stamp(r.At), TookMS: r.Took.Milliseconds(), Findings: []findingFields{},
	}
	for _, found := range r.Findings {
		f.Findings = append(f.Findings, findingFields{line(found.Path), found.Line, found.Column, found.Severity, oneLine(found.Text)})
	}
	return f
}

func newChecksFields(results []model.CheckResult) []checkFields {
	list := make([]checkFields, len(results))
	for i, r := range results {
		list[i] = newCheckFields(r)
	}
	return list
}
