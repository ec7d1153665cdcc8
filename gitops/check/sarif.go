package check

import (
	"encoding/json"
	"net/url"
	"strings"

	"plumb/model"
)

// sarifLog is what is read of a SARIF document.
type sarifLog struct {
	Version string `json:"version"`
	Runs    []struct {
		Results []struct {
			Level   string `json:"level"`
			Message struct {
				Text string `json:"text"`
			} `json:"message"`
			Locations []struct {
				Physical struct {
					Artifact struct {
						URI string `json:"uri"`
					} `json:"artifactLocation"`
					Region struct {
						Line   int `json:"startLine"`
						Column int `json:"startColumn"`
					} `json:"region"`
				} `json:"physicalLocation"`
			} `json:"locations"`
		} `json:"results"`
	} `json:"runs"`
}

// parseSARIF reads an output that is a SARIF document as a whole. Results about files that are not in the checkout are left out.
func parseSARIF(data []byte, dir string, files map[string]bool) ([]model.Finding, bool) {
	var log sarifLog
	if json.Unmarshal(data, &log) != nil || !strings.HasPrefix(log.Version, "2.") || log.Runs == nil {
		return nil, false
	}
	var findings []model.Finding
	for _, run := range log.Runs {
		for _, r := range run.Results {
			if len(r.Locations) == 0 || len(findings) >= maxFindings || r.Level == "none" {
				continue
			}
			at := r.Locations[0].Physical
			name, known := fromURI(at.Artifact.URI, dir, files)
			if !known {
				continue
			}
			severity := map[string]model.Severity{"error": model.SeverityError, "note": model.SeverityNote}[r.Level]
			if severity == "" {
				severity = model.SeverityWarning // What the format says of a result without a level.
			}
			findings = append(findings, model.Finding{
				Path: name, Line: max(at.Region.Line, 0), Column: max(at.Region.Column, 0), Severity: severity, Text: message(r.Message.Text),
			})
		}
	}
	return findings, true
}

// fromURI is the file that a URI of the document names.
func fromURI(uri, dir string, files map[string]bool) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "" && u.Scheme != "file" {
		return inTree(uri, dir, files)
	}
	return inTree(u.Path, dir, files)
}
