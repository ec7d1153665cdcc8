package policy_test

import (
	"testing"

	"plumb/model"
	"plumb/model/policy"
)

func TestChangeMayBeAppliedWhenTheChecksThatCountHavePassed(t *testing.T) {
	result := func(name string, state model.CheckState, advisory bool) model.CheckResult {
		return model.CheckResult{Name: name, State: state, Advisory: advisory}
	}
	tests := []struct {
		checks []model.CheckResult
		ok     bool
		want   string
	}{
		{nil, true, ""},
		{[]model.CheckResult{result("a", model.CheckSkipped, false), result("b", model.CheckFailed, true)}, true, ""},
		{[]model.CheckResult{result("a", model.CheckPassed, false), result("b", model.CheckFailed, true)}, true, "checks 1 of 1"},
		{[]model.CheckResult{result("a", model.CheckPassed, false), result("b", model.CheckFailed, false)}, false, "checks 1 of 2: b failed"},
		{[]model.CheckResult{result("a", model.CheckNotRun, false), result("b", model.CheckRunning, false)}, false, "checks 0 of 2: a not run, b running"},
	}
	for _, tt := range tests {
		rules := policy.Decide(policy.Facts{Environment: model.Environment{Name: "staging"}, Change: model.Change{State: model.Approved, Checks: tt.checks}})
		got := ""
		for _, r := range rules {
			got += r.Text
		}
		if got != tt.want || model.Allowed(rules) != tt.ok {
			t.Errorf("%v: %q, allowed %v", tt.checks, got, model.Allowed(rules))
		}
	}
}
