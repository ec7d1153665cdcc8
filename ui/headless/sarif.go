package headless

import (
	"io"
	"net/url"

	"plumb/model"
)

// SARIF prints findings in the format of static analysis tools, version 2.1.0: each check is a rule.
type SARIF struct{ W io.Writer }

type sarifDocument struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver struct {
			Name  string      `json:"name"`
			Rules []sarifRule `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifRule struct {
	ID string `json:"id"`
}

type sarifInvocation struct {
	Successful bool `json:"executionSuccessful"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

// Checks prints the document. A check that failed without a finding is a result without a place, so that it does not go unseen.
func (s SARIF) Checks(c Checks) error {
	run := sarifRun{Results: []sarifResult{}, Invocations: []sarifInvocation{{Successful: true}}}
	run.Tool.Driver.Name, run.Tool.Driver.Rules = "plumb", []sarifRule{}
	for i, r := range c.Results {
		id := line(r.Name)
		if r.Environment != "" {
			id = line(r.Environment) + "/" + id
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id})
		for _, f := range r.Findings {
			run.Results = append(run.Results, sarifResult{
				RuleID: id, RuleIndex: i, Level: string(f.Severity), Message: sarifMessage{oneLine(f.Text)}, Locations: []sarifLocation{sarifPlace(f)},
			})
		}
		if r.State == model.CheckNotRun {
			run.Invocations[0].Successful = false
		}
		if r.State == model.CheckFailed && len(r.Findings) == 0 || r.State == model.CheckNotRun {
			level := "error"
			if r.Advisory {
				level = "warning"
			}
			run.Results = append(run.Results, sarifResult{
				RuleID: id, RuleIndex: i, Level: level, Message: sarifMessage{string(r.State) + ": " + oneLine(r.Why)}, Locations: []sarifLocation{},
			})
		}
	}
	doc := sarifDocument{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
	return JSON(s).write(doc)
}

// sarifPlace is where a finding is. Characters that a URI cannot hold are escaped.
func sarifPlace(f model.Finding) sarifLocation {
	place := sarifPhysical{Artifact: sarifArtifact{URI: (&url.URL{Path: f.Path}).String(), Base: "%SRCROOT%"}}
	if f.Line > 0 {
		place.Region = &sarifRegion{f.Line, max(f.Column, 0)}
	}
	return sarifLocation{place}
}
