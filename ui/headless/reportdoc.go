package headless

import "plumb/gitops/audit"

type reportDocument struct {
	Schema      string           `json:"schema"`
	Repository  string           `json:"repository"`
	Since       string           `json:"since"`
	Until       string           `json:"until"`
	Environment string           `json:"environment"`
	Written     string           `json:"written"`
	Summary     summaryFields    `json:"summary"`
	Changes     []reportedChange `json:"changes"`
	Timeline    []accountFields  `json:"timeline"`
	Problems    []accountFields  `json:"problems"`
}

type summaryFields struct {
	Entries    int `json:"entries"`
	Signed     int `json:"signed"`
	Uncounted  int `json:"uncounted"`
	Changes    int `json:"changes"`
	Approvals  int `json:"approvals"`
	Refusals   int `json:"refusals"`
	Runs       int `json:"runs"`
	Applied    int `json:"applied"`
	Partial    int `json:"partial"`
	Failed     int `json:"failed"`
	Unknown    int `json:"unknown"`
	Open       int `json:"open"`
	Glass      int `json:"glass"`
	Holds      int `json:"holds"`
	Adoptions  int `json:"adoptions"`
	Unbelieved int `json:"unbelieved"`
}

// reportedChange is a change with the accounts of all that is on record about it.
type reportedChange struct {
	Change changeFields     `json:"change"`
	Seal   accountFields    `json:"seal"`
	Checks []reportedChecks `json:"checks"`
	Votes  []accountFields  `json:"votes"`
	Runs   []reportedRun    `json:"runs"`
	Others []accountFields  `json:"others"`
	Proof  []string         `json:"proof"`
}

type reportedChecks struct {
	Account accountFields   `json:"account"`
	Results []reportedCheck `json:"results"`
}

type reportedCheck struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

type reportedRun struct {
	Run   runFields       `json:"run"`
	Began accountFields   `json:"began"`
	Ended []accountFields `json:"ended"`
}

func newReportDocument(r audit.Report) reportDocument {
	s := r.Summary
	doc := reportDocument{
		Schema: "plumb.audit-report/1", Repository: r.Repository, Since: stamp(r.Period.Since), Until: stamp(r.Period.Until), Environment: line(r.Period.Environment),
		Written: stamp(r.Written), Changes: []reportedChange{}, Timeline: newAccountList(r.Timeline), Problems: newAccountList(r.Problems),
		Summary: summaryFields{
			Entries: s.Entries, Signed: s.Signed, Uncounted: s.Uncounted, Changes: s.Changes, Approvals: s.Approvals, Refusals: s.Refusals,
			Runs: s.Runs, Applied: s.Applied, Partial: s.Partial, Failed: s.Failed, Unknown: s.Unknown, Open: s.Open,
			Glass: s.Glass, Holds: s.Holds, Adoptions: s.Adoptions, Unbelieved: s.Unbelieved,
		},
	}
	for _, c := range r.Changes {
		out := reportedChange{
			Change: newChangeFields(c.Change), Seal: newAccountFields(c.Seal), Checks: []reportedChecks{}, Votes: newAccountList(c.Votes),
			Runs: []reportedRun{}, Others: newAccountList(c.Others), Proof: []string{},
		}
		for _, k := range c.Checks {
			checks := reportedChecks{newAccountFields(k.Account), []reportedCheck{}}
			for _, result := range k.Results {
				checks.Results = append(checks.Results, reportedCheck{result.Name, string(result.State)})
			}
			out.Checks = append(out.Checks, checks)
		}
		for _, run := range c.Runs {
			one := reportedRun{newRunFields(run.Run), newAccountFields(run.Began), []accountFields{}}
			if run.Ended != nil {
				one.Ended = append(one.Ended, newAccountFields(*run.Ended))
			}
			out.Runs = append(out.Runs, one)
		}
		for _, id := range c.Proof {
			out.Proof = append(out.Proof, string(id))
		}
		doc.Changes = append(doc.Changes, out)
	}
	return doc
}
