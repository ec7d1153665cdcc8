package headless

import (
	"bytes"
	_ "embed" // For the page.
	"fmt"
	"html/template"
	"io"

	"plumb/gitops/audit"
	"plumb/model"
	"plumb/model/text"
)

// HTML prints a report as one page that needs nothing beside itself, for the screen in dark and light, and for paper.
type HTML struct{ W io.Writer }

//go:embed report.html.tmpl
var reportPage string

// reportTemplate escapes all that it is given for the place where it stands.
var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"moment": moment, "undo": undoOf, "who": principal, "run": runWords, "line": line,
	"report": reportFacts, "summary": summaryFacts, "facts": changeFacts,
	"paragraphs": func(t text.Safe) []text.Safe { return t.Lines() },
	"address":    func(target string, a model.Address) string { return line(target) + "/" + line(string(a)) },
	"broken":     func(r audit.RunReport) string { return line(r.Broken()) },
}).Parse(reportPage))

// Report prints a period of the ledger.
func (h HTML) Report(r audit.Report) error {
	var page bytes.Buffer
	if err := reportTemplate.Execute(&page, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if _, err := h.W.Write(page.Bytes()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// Name is what the template calls a fact.
func (f fact) Name() string { return f.name }

// Value is what it says of it.
func (f fact) Value() string { return f.value }

// Code reports whether that is an id.
func (f fact) Code() bool { return f.code }
