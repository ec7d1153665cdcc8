package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// checkedSource is a source whose changes were checked, with the files of git that the findings are about.
type checkedSource struct {
	*scripted
	steps   []model.Step
	results []model.CheckResult
	git     map[string]string
	checks  func(watch func(model.CheckEvent)) // What running the checks does.
}

func (s *checkedSource) Review(context.Context, model.Change) (workspace.Review, error) {
	rule, _ := model.DecideChecks(s.results)
	return workspace.Review{Holds: true, At: noon, Plans: []model.Plan{{Target: "web", Steps: s.steps}}, Checks: append([]model.CheckResult{}, s.results...),
		Rules: []model.Rule{rule}}, nil
}

func (s *checkedSource) RunChecks(_ context.Context, _ model.Change, watch func(model.CheckEvent)) ([]model.CheckResult, error) {
	s.checks(watch)
	return s.results, nil
}

func (s *checkedSource) FileAt(_ context.Context, _ model.Hash, path string, _ int64) (workspace.File, error) {
	content, ok := s.git[path]
	if !ok {
		return workspace.File{}, objects.ErrNotFound
	}
	f := workspace.File{Path: path}
	for l := range strings.SplitSeq(strings.TrimSuffix(content, "\n"), "\n") {
		f.Lines = append(f.Lines, text.Line(l))
	}
	return f, nil
}

func step(path, source, before, after string) model.Step {
	state := func(s, from string) model.State {
		return model.State{Exists: true, Kind: "file", Content: model.NewContent([]byte(s)), Source: from}
	}
	return model.Step{Address: model.Address("web-1:" + path), Action: model.Update, Before: state(before, ""), After: state(after, source), Undo: model.Undo{Class: model.UndoClean}}
}

func openChecked(t *testing.T, src *checkedSource, opt Options) *screen {
	t.Helper()
	c := openChange("staging")
	c.State, c.Revision, c.Checks = model.Sealed, "0123456789012345678901234567890123456789", src.results
	src.scripted = &scripted{envs: []model.Environment{{Name: "staging"}}, changes: []model.Change{c}}
	opt.Trusted = true
	return openScreen(t, src, 160, 45, noon, opt)
}

// linted is a change of two files. Of one of them the host gets something else than git has.
func linted() *checkedSource {
	web := yaml("1.26", 40)
	return &checkedSource{
		steps: []model.Step{step("/etc/web.yaml", "web/all/web.yaml", yaml("1.25", 40), web), step("/etc/made.conf", "web/all/made.tmpl", "a\n", "b\n")},
		git:   map[string]string{"web/all/web.yaml": web, "web/all/made.tmpl": "b {{ one }}\n{{ two }}\n"},
		results: []model.CheckResult{
			{Name: "lint", State: model.CheckFailed, Why: text.Lit("exit code 1"), Findings: []model.Finding{
				{Path: "web/all/web.yaml", Line: 4, Severity: model.SeverityError, Text: text.Lit("1.26 is not out yet")},
				{Path: "web/all/web.yaml", Line: 30, Severity: model.SeverityWarning, Text: text.Lit("far away")},
				{Path: "web/all/made.tmpl", Line: 2, Severity: model.SeverityNote, Text: text.Lit("no such name")},
				{Path: "README.md", Line: 7, Severity: model.SeverityError, Text: text.Lit("out of date")},
			}},
		},
	}
}

func TestFindingsStandAtTheirLinesInAChange(t *testing.T) {
	s := openChecked(t, linted(), Options{})
	s.press("3", "4")
	s.sees("✗ lint  failed: exit code 1, 4 findings: ) goes to those below", "✗ README.md:7  out of date", "3 findings", "✗ 2 findings", "· 1 finding",
		"! 1 finding", "· lint  web/all/made.tmpl:2: no such name")
	s.seesNot("far away", "web.yaml:4")
	rows := strings.Split(s.text(), "\n")
	for i, r := range rows {
		if strings.Contains(r, "1.26 is not out yet") && !strings.Contains(rows[i-1], "web:1.26") {
			t.Errorf("it is not below its line:\n%s", s.text())
		}
	}
	s.press(")", ")")
	s.sees("▸", "far away", "setting_25: 25")
	s.press(")", ")")
	s.sees("this is the last finding")
	s.press("(", "(", "(")
	s.sees("this is the first finding", "1.26 is not out yet")
	// What is copied is the plain patch.
	s.press("y")
	if !strings.Contains(s.copied, "+      image: web:1.26\n") || strings.Contains(s.copied, "lint") {
		t.Errorf("copied was %q", s.copied)
	}
	s.press("F")
	s.sees("✗ 3 findings", "✗ 2", "· 1")
	s.press("esc", "esc")
	// In another form of the difference nothing is lost.
	s.press("S")
	s.sees("lint  line 4: 1.26 is not out yet", "lint  line 30: far away")
}

func TestThereIsNothingToGoToWithoutFindings(t *testing.T) {
	src := linted()
	src.results = []model.CheckResult{{Name: "lint", State: model.CheckPassed}}
	s := openChecked(t, src, Options{})
	s.press("3", "4", ")")
	s.sees("no check has found anything in what is shown", "✓ lint  passed")
	s.seesNot("findings")
}

func TestTenThousandFindingsAreCounted(t *testing.T) {
	src := linted()
	for i := range 10000 {
		src.results[0].Findings = append(src.results[0].Findings, model.Finding{Path: fmt.Sprintf("other/%d", i), Line: i, Text: text.Lit("elsewhere")})
	}
	s := openChecked(t, src, Options{})
	s.press("3", "4")
	s.sees("10,004 findings: ) goes to those below", "and 9,981 more", "split ─ 3 findings")
}

func TestTheCommitThatWasCheckedShowsWhatWasFound(t *testing.T) {
	s, src := openEdits(t, Options{}, []edited{{"web.yaml", yaml("1.25", 40), yaml("1.26", 40)}}, []edited{{"web.yaml", yaml("1.24", 40), yaml("1.25", 40)}})
	c := openChange("production")
	c.Revision = s.app.history.rows.Hash(0)
	c.Checks = []model.CheckResult{{Name: "lint", State: model.CheckFailed, Findings: []model.Finding{{Path: "web.yaml", Line: 4, Severity: model.SeverityError, Text: text.Lit("too new")}}}}
	src.changes = []model.Change{c}
	s.run(s.app.change.load(s.app))
	s.settle()
	s.sees("✗ lint  too new", "1 finding")
	s.press("1", "j")
	s.seesNot("too new", "1 finding")
}

func TestWhoWaitsForChecksSeesWhichAreRunning(t *testing.T) {
	src := linted()
	lint := src.results[0]
	lint.Took = 65 * time.Second
	goOn := make(chan bool)
	src.results = []model.CheckResult{{Name: "lint", State: model.CheckNotRun}, {Name: "docs", State: model.CheckNotRun}}
	src.checks = func(watch func(model.CheckEvent)) {
		running := func(name string) model.CheckEvent {
			return model.CheckEvent{Result: model.CheckResult{Name: name, State: model.CheckRunning}, Total: 2}
		}
		watch(running("lint"))
		watch(running("docs"))
		<-goOn
		watch(model.CheckEvent{Result: lint, Done: 1, Total: 2})
		<-goOn
		src.results = []model.CheckResult{lint, {Name: "docs", State: model.CheckPassed, Took: 70 * time.Second}}
	}
	s := openChecked(t, src, Options{})
	c := s.app.change.selected()
	c.State, c.Checks = model.Approved, nil
	s.press("3")
	s.deliver(keyNamed("A"))
	s.until(func() bool { return strings.Contains(s.text(), "checks: lint, docs") })
	s.now = s.now.Add(12 * time.Second)
	s.sees("● lint  running  12 s", "● docs  running  12 s", "waiting for the checks: lint, docs …")
	goOn <- true
	s.until(func() bool { return strings.Contains(s.text(), "1 ended") })
	s.sees("✗ lint  failed: exit code 1  1:05", "✗ README.md:7  out of date", "waiting for the checks: docs …  1 ended")
	goOn <- true
	s.settle()
	s.sees("✓ docs  passed  1:10")
	s.seesNot("waiting for")
}

func TestHistoryMarksWhatBrokenGlassApplied(t *testing.T) {
	s, src := openEdits(t, Options{}, []edited{{"web.yaml", "a\n", "b\n"}}, []edited{{"web.yaml", "b\n", "c\n"}})
	s.seesNot("! [main]")
	src.glass = map[model.Hash][]model.Run{s.app.history.rows.Hash(0): {{
		ID: "7c41", Environment: "production", By: model.Principal{Name: text.Lit("Eve"), Email: text.Lit("eve@shop.example")}, Started: noon.Add(-2 * time.Hour),
		Glass: text.Lit("the shop is down"), Overruled: []string{"production is frozen until Wed 00:00 UTC", "approvals 0 of 2"},
	}}}
	s.run(s.app.change.load(s.app))
	s.settle()
	s.sees("! [main] Change number 0", "! glass broken in production by Eve <eve@shop.example>  2 hours ago", "run 7c41", "because the shop is down",
		"overruled production is frozen until Wed 00:00 UTC", "overruled approvals 0 of 2")
	s.press("1", "j")
	s.seesNot("glass broken", "! Change number 1")
	s.press("?")
	s.press(strings.Split("glass", "")...)
	s.sees("Signs in History", "! ", "Applied by a run with broken glass")
	s.press("enter", "esc")
}
