package headless

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"plumb/model"
)

// JUnit prints checks as the XML that pipelines read test results from: a suite per environment, a case per check.
type JUnit struct{ W io.Writer }

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`

	took time.Duration
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *junitMessage `xml:"skipped"`
	Error   *junitMessage `xml:"error"`
	Failure *junitMessage `xml:"failure"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Checks prints the document. A failure of a check that is not required is told as a case that was skipped: it fails nothing.
func (j JUnit) Checks(c Checks) error {
	doc := junitSuites{Name: "plumb check " + c.Revision.Short()}
	places := map[string]int{}
	var took time.Duration
	for _, r := range c.Results {
		name := "all environments"
		if r.Environment != "" {
			name = line(r.Environment)
		}
		i, ok := places[name]
		if !ok {
			i = len(doc.Suites)
			places[name] = i
			doc.Suites = append(doc.Suites, junitSuite{Name: name})
		}
		doc.Suites[i].add(r)
		took += r.Took
	}
	for i := range doc.Suites {
		s := &doc.Suites[i]
		s.Time = seconds(s.took)
		doc.Tests, doc.Failures, doc.Errors, doc.Skipped = doc.Tests+s.Tests, doc.Failures+s.Failures, doc.Errors+s.Errors, doc.Skipped+s.Skipped
	}
	doc.Time = seconds(took)
	if _, err := io.WriteString(j.W, xml.Header); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	enc := xml.NewEncoder(j.W)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	if _, err := io.WriteString(j.W, "\n"); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func (s *junitSuite) add(r model.CheckResult) {
	c := junitCase{Name: line(r.Name), Class: "plumb.check." + s.Name, Time: seconds(r.Took), Output: r.Output.String()}
	why := oneLine(r.Why)
	switch {
	case r.State == model.CheckPassed:
	case r.State == model.CheckSkipped:
		c.Skipped = &junitMessage{Message: why}
		s.Skipped++
	case r.Advisory:
		c.Skipped = &junitMessage{Message: "not required, and " + string(r.State) + ": " + why}
		s.Skipped++
	case r.State == model.CheckFailed:
		c.Failure = &junitMessage{Message: why, Type: "check", Text: plainFindings(r.Findings)}
		s.Failures++
	default:
		c.Error = &junitMessage{Message: string(r.State) + ": " + why, Type: "check"}
		s.Errors++
	}
	if s.Timestamp == "" && !r.At.IsZero() {
		s.Timestamp = r.At.UTC().Format("2006-01-02T15:04:05")
	}
	s.Tests++
	s.took += r.Took
	s.Cases = append(s.Cases, c)
}

// plainFindings are the lines that the text has for findings.
func plainFindings(findings []model.Finding) string {
	p := Text{}.page()
	Text{}.findings(p, "", findings)
	return strings.TrimSuffix(p.String(), "\n")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
