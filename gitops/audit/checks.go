package audit

import (
	"fmt"
	"strings"

	"plumb/model"
)

// Check is what one check said, as an entry records it.
type Check struct {
	Name  string // Sanitised.
	State model.CheckState
}

// checksField is the field of an approval, and of a run that begins, that says what became of each check until then.
const checksField = "checks"

// ParseChecks reads the lines "STATE NAME" of an entry. A line without a state is all name, and counts as not run.
func ParseChecks(results string) []Check {
	var list []Check
	for l := range strings.SplitSeq(results, "\n") {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		c := Check{Name: foreign(l), State: model.CheckNotRun}
		for _, s := range []model.CheckState{model.CheckPassed, model.CheckFailed, model.CheckSkipped, model.CheckRunning, model.CheckNotRun} {
			if name, ok := strings.CutPrefix(l, string(s)+" "); ok {
				c = Check{foreign(name), s}
			}
		}
		list = append(list, c)
	}
	return list
}

// checks counts what checks said, and names those that failed.
func checks(results []Check) string {
	count := map[model.CheckState]int{}
	var failed []string
	for _, c := range results {
		if count[c.State]++; c.State == model.CheckFailed {
			failed = append(failed, c.Name)
		}
	}
	var words []string
	for _, s := range []model.CheckState{model.CheckPassed, model.CheckFailed, model.CheckSkipped, model.CheckRunning, model.CheckNotRun} {
		if count[s] > 0 {
			words = append(words, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	if len(words) == 0 {
		return "none"
	}
	if len(failed) > 0 {
		words = append(words, strings.Join(failed, ", "))
	}
	return strings.Join(words, ", ")
}
