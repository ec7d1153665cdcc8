package headless

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
	"plumb/model/policy"
)

func TestChecksAreReadAsCompilersPrintThem(t *testing.T) {
	var b bytes.Buffer
	if err := (Text{W: &b}).Checks(checks()); err != nil {
		t.Fatal(err)
	}
	want := `hosts/a b:x␛[2Jy<U+202E>z:3:7: error: no <such> & "key"
plumb.yaml: note: x␛[2Jy<U+202E>z
✓ validation of production passed  0.0 s
✗ lint failed: exit code 1  1.5 s
✗ test of production failed: took longer than 5m  5m0s
    it
    hangs x␛[2Jy<U+202E>z
✗ advice failed: exit code 2 (not required)  1.0 s
– docs skipped: no file that it is about differs
○ late not run: not trusted x␛[2Jy<U+202E>z
checks 1 of 4: lint failed, test failed, late not run
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// A document for JUnit has suites of cases, each with at most one of skipped, error and failure, before its output, and
// the counts say how many there are.
func TestJUnitIsWhatPipelinesRead(t *testing.T) {
	var b bytes.Buffer
	if err := (JUnit{&b}).Checks(checks()); err != nil {
		t.Fatal(err)
	}
	var doc junitSuites
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if !strings.HasPrefix(b.String(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ") || strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Errorf("%s", b.String())
	}
	if doc.Tests != 6 || doc.Failures != 2 || doc.Errors != 1 || doc.Skipped != 2 || len(doc.Suites) != 2 {
		t.Errorf("%+v", doc)
	}
	for _, s := range doc.Suites {
		tests, failures, errors, skipped := 0, 0, 0, 0
		for _, c := range s.Cases {
			tests++
			n := 0
			for _, m := range []struct {
				message *junitMessage
				count   *int
			}{{c.Skipped, &skipped}, {c.Error, &errors}, {c.Failure, &failures}} {
				if m.message != nil {
					n++
					*m.count++
				}
			}
			if n > 1 || c.Name == "" || c.Class == "" || c.Time == "" {
				t.Errorf("%+v", c)
			}
		}
		if s.Tests != tests || s.Failures != failures || s.Errors != errors || s.Skipped != skipped || s.Name == "" || strings.Contains(s.Timestamp, "Z") {
			t.Errorf("%+v", s)
		}
	}
	if got := doc.Suites[1].Cases[0]; got.Name != "lint" || !strings.Contains(got.Failure.Text, `:3:7: error: no <such> & "key"`) || !strings.Contains(got.Output, "a\nb") {
		t.Errorf("%+v", got)
	}
	if strings.Index(b.String(), "<failure") > strings.Index(b.String(), "<system-out>") {
		t.Error("the output comes before the failure")
	}
}

// What the SARIF 2.1.0 schema asks of the parts that are used: required members, indices that lead to the rule, lines from 1.
func TestSARIFIsAsItsVersionSays(t *testing.T) {
	for _, c := range []Checks{checks(), {}} {
		var b bytes.Buffer
		if err := (SARIF{&b}).Checks(c); err != nil {
			t.Fatal(err)
		}
		var doc sarifDocument
		dec := json.NewDecoder(&b)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		if doc.Version != "2.1.0" || !strings.Contains(doc.Schema, "sarif-2.1.0") || len(doc.Runs) != 1 || doc.Runs[0].Tool.Driver.Name != "plumb" || doc.Runs[0].Results == nil || doc.Runs[0].Tool.Driver.Rules == nil {
			t.Errorf("%+v", doc)
		}
		run := doc.Runs[0]
		for _, r := range run.Results {
			if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || !slices.Contains([]string{"error", "warning", "note"}, r.Level) || r.Locations == nil {
				t.Errorf("%+v", r)
			}
			for _, l := range r.Locations {
				if strings.ContainsAny(l.Physical.Artifact.URI, " \x1b\u202e") || l.Physical.Region != nil && l.Physical.Region.Line < 1 {
					t.Errorf("%+v", l)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := (SARIF{&b}).Checks(checks()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"uri": "hosts/a%20b:x%1B%5B2Jy%E2%80%AEz"`, `"startLine": 3,`, `"ruleId": "production/test"`, `"executionSuccessful": false`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
	if got := len(checks().Results); strings.Count(b.String(), `"id": `) != got {
		t.Errorf("want a rule for each of %d checks", got)
	}
}

func TestChangeIsPrintedWithWhatItsChecksSay(t *testing.T) {
	c := change()
	c.Checks = checks().Results
	var b bytes.Buffer
	if err := (Text{W: &b}).Change(Change{Change: c, Rules: policy.Decide(policy.Facts{Environment: model.Environment{}, Change: c})}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "  ✗ checks 1 of 4: lint failed, test failed, late not run\n    missing: checks that pass\n    ✓ validation of production passed") || !strings.Contains(b.String(), "      plumb.yaml: note: ") {
		t.Error(b.String())
	}
}
