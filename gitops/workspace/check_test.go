package workspace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/policy"
)

// checked is the configuration with a check that counts how often it ran, and that does not like the word "bad".
func checked(counter string) string {
	return configuration + `checks:
  - name: words
    run: [sh, -c, 'echo x >> "$1"; grep -rn bad staging production | sed "s/$/ is bad/"; ! grep -rq bad staging production', words, ` + counter + `]
`
}

func timesRun(t *testing.T, counter string) int {
	t.Helper()
	data, err := os.ReadFile(counter)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(data), "x")
}

func states(results []model.CheckResult) map[string]model.CheckState {
	all := map[string]model.CheckState{}
	for _, r := range results {
		all[r.Name] = r.State
	}
	return all
}

func rule(rules []model.Rule, name string) string {
	for _, r := range rules {
		if r.Name == name {
			return r.Text
		}
	}
	return ""
}

func TestChangeWhoseCheckFailsIsNotApplied(t *testing.T) {
	w := newWorld(t)
	counter := filepath.Join(t.TempDir(), "runs")
	w.commit("Check words", map[string]string{"plumb.yaml": checked(counter)})
	deploy := workspace.Request{Environment: "staging", Kind: model.Deploy}
	w.land(deploy)
	if n := timesRun(t, counter); n != 1 {
		t.Errorf("the check ran %d times", n)
	}
	w.commit("Break", map[string]string{"staging/all/etc/app.conf": "port 80\nbad\n"})
	ada := w.as("Ada")
	c := seal(t, ada, deploy)
	if got := rule(policy.Decide(policy.Facts{Environment: model.Environment{}, Change: c}), "checks"); got != "checks 0 of 1: words not run" {
		t.Errorf("%q", got)
	}
	var events []string
	_, err := ada.Apply(t.Context(), c.ID, func(e model.Event) { events = append(events, e.Message.String()) })
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "checks 1 of 2: words failed") || !strings.Contains(model.Hint(err), "plumb check --env staging") {
		t.Errorf("%v, hint %q", err, model.Hint(err))
	}
	if diff := cmp.Diff([]string{"check words running", "check words failed"}, events); diff != "" {
		t.Error(diff)
	}
	if got := w.live("stg-1", "etc/app.conf"); got != "port 80\n" {
		t.Errorf("live is %q", got)
	}
	// It is known now, and not run again.
	_, err = ada.Apply(t.Context(), c.ID, nil)
	review, reviewErr := ada.Review(t.Context(), c)
	if err == nil || reviewErr != nil || timesRun(t, counter) != 2 {
		t.Errorf("%v, %v, ran %d times", err, reviewErr, timesRun(t, counter))
	}
	if got := rule(review.Rules, "checks"); got != "checks 1 of 2: words failed" {
		t.Errorf("%q", got)
	}
	i := slices.IndexFunc(review.Checks, func(r model.CheckResult) bool { return r.Name == "words" })
	if i < 0 || len(review.Checks[i].Findings) != 1 || review.Checks[i].Findings[0].Path != "staging/all/etc/app.conf" || review.Checks[i].Findings[0].Line != 2 {
		t.Errorf("%+v", review.Checks)
	}
}

func TestChangeCannotTakeACheckAwayFromItself(t *testing.T) {
	w := newWorld(t)
	counter := filepath.Join(t.TempDir(), "runs")
	w.commit("Check words", map[string]string{"plumb.yaml": checked(counter)})
	deploy := workspace.Request{Environment: "staging", Kind: model.Deploy}
	w.land(deploy)
	w.commit("Without the check", map[string]string{"plumb.yaml": configuration, "staging/all/etc/app.conf": "bad\n"})
	ada := w.as("Ada")
	c := seal(t, ada, deploy)
	if _, err := ada.Apply(t.Context(), c.ID, nil); !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "words failed") {
		t.Errorf("%v", err)
	}
	if results, err := ada.Check(t.Context(), workspace.CheckRequest{Revision: c.Revision, Environments: []string{"staging"}}, nil); err != nil || !results.Failed() {
		t.Errorf("%+v, %v", results, err)
	}
	// Taken away by a change that passes it, it is gone for those after that one.
	w.commit("Good again", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	w.land(deploy)
	w.commit("Bad and unchecked", map[string]string{"staging/all/etc/app.conf": "bad\n"})
	w.land(deploy)
}

func TestApprovingRunsTheChecksAndSaysWhatTheySay(t *testing.T) {
	w := newWorld(t)
	counter := filepath.Join(t.TempDir(), "runs")
	w.commit("Check words", map[string]string{"plumb.yaml": checked(counter), "production/all/etc/app.conf": "bad\n"})
	c := seal(t, w.as("Ada"), workspace.Request{Environment: "production", Kind: model.Deploy})
	approved, err := w.as("Bob").Approve(t.Context(), c.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := rule(policy.Decide(policy.Facts{Environment: model.Environment{}, Change: approved}), "checks"); got != "checks 0 of 1: words failed" || timesRun(t, counter) != 1 {
		t.Errorf("%q, ran %d times", got, timesRun(t, counter))
	}
	if _, err := w.as("Carol").Approve(t.Context(), c.ID, nil); err != nil || timesRun(t, counter) != 1 {
		t.Errorf("%v, ran %d times", err, timesRun(t, counter))
	}
}

func TestCheckThatIsAboutOtherFilesIsSkipped(t *testing.T) {
	w := newWorld(t)
	w.commit("Checks", map[string]string{"plumb.yaml": configuration + `checks:
  - {name: docs, run: ["false"], when: [docs/**]}
  - {name: advice, run: ["false"], required: false}
`})
	deploy := workspace.Request{Environment: "staging", Kind: model.Deploy}
	// Before anything is on record all files count as touched, but there are no such files.
	c := w.land(deploy)
	w.commit("More", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	ada := w.as("Ada")
	next := seal(t, ada, deploy)
	results, err := ada.RunChecks(t.Context(), next, nil)
	want := map[string]model.CheckState{"validation": model.CheckPassed, "docs": model.CheckSkipped, "advice": model.CheckFailed}
	if diff := cmp.Diff(want, states(results)); diff != "" || err != nil {
		t.Errorf("%s\n%v", diff, err)
	}
	w.commit("Document", map[string]string{"docs/a.md": "x\n"})
	head := model.Hash(w.git("rev-parse", "HEAD"))
	got, err := ada.Check(t.Context(), workspace.CheckRequest{Revision: head, Environments: []string{"staging"}}, nil)
	if err != nil || states(got.Results)["docs"] != model.CheckFailed {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = ada.Check(t.Context(), workspace.CheckRequest{Revision: c.Revision, Base: head, Environments: []string{"staging"}}, nil)
	if err != nil || states(got.Results)["docs"] != model.CheckFailed {
		t.Errorf("a file that goes is touched, too: %+v, %v", got, err)
	}
}

func TestCheckOfAllEnvironmentsRunsOnce(t *testing.T) {
	w := newWorld(t)
	counter := filepath.Join(t.TempDir(), "runs")
	w.commit("Check words", map[string]string{"plumb.yaml": checked(counter)})
	head := model.Hash(w.git("rev-parse", "HEAD"))
	got, err := w.as("Ada").Check(t.Context(), workspace.CheckRequest{Revision: head, Environments: []string{"staging", "production"}}, nil)
	if err != nil || len(got.Results) != 3 || got.Failed() || timesRun(t, counter) != 1 {
		t.Errorf("%+v, %v, ran %d times", got, err, timesRun(t, counter))
	}
}

func TestValidationTellsWhatIsWrongWithTheRevisionItself(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	w.git("checkout", "-q", "-b", "topic")
	w.commit("Break", map[string]string{"plumb.yaml": strings.Replace(configuration, "approvals: 2", "aprovals: 2", 1)})
	head := model.Hash(w.git("rev-parse", "HEAD"))
	got, err := ada.Check(t.Context(), workspace.CheckRequest{Revision: head, Environments: []string{"staging"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f := got.Results[0].Findings; !got.Failed() || len(f) != 1 || f[0].Path != "plumb.yaml" || f[0].Line != 8 || !strings.Contains(f[0].Text.String(), `did you mean "approvals"?`) {
		t.Errorf("%+v", got)
	}
}

func TestCancelledCheckLeavesNoResult(t *testing.T) {
	w := newWorld(t)
	w.commit("Hang", map[string]string{"plumb.yaml": configuration + "checks: [{name: hangs, run: [sleep, \"1000\"]}]\n"})
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := ada.Apply(ctx, c.ID, func(model.Event) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	again, err := ada.Change(t.Context(), string(c.ID))
	if err != nil || len(again.Checks) != 1 || again.Checks[0].State != model.CheckNotRun {
		t.Errorf("%+v, %v", again.Checks, err)
	}
}
