package headless

import (
	"plumb/gitops/audit"
	"plumb/model"
)

// Audit is what the ledger says, newest first.
type Audit struct {
	Accounts []audit.Account
	Matching int // How many there are without the limit.
}

type auditDocument struct {
	Schema   string          `json:"schema"`
	Matching int             `json:"matching"`
	Accounts []accountFields `json:"accounts"`
}

type accountFields struct {
	Kind        string          `json:"kind"`
	At          string          `json:"at"`
	By          principalFields `json:"by"`
	Environment string          `json:"environment"`
	Change      model.ChangeID  `json:"change"`
	Run         model.RunID     `json:"run"`
	Outcome     string          `json:"outcome"`
	Text        string          `json:"text"`
	Loud        bool            `json:"loud"`
	Counts      bool            `json:"counts"`
	WhyNot      string          `json:"why_not"`
	Signed      bool            `json:"signed"`
	Key         string          `json:"key"`
	Entry       model.Hash      `json:"entry"`
	Log         string          `json:"log"`
	Seq         int             `json:"seq"`
}

func newAccountFields(a audit.Account) accountFields {
	f := accountFields{
		Kind: string(a.Kind), At: stamp(a.At), By: newPrincipalFields(a.By), Environment: a.Environment, Change: a.Change, Run: a.Run, Outcome: string(a.Outcome),
		Text: a.Text.String(), Loud: a.Loud, Counts: a.Counts(), WhyNot: a.Not.String(), Signed: a.Signed(), Key: line(a.Key), Entry: a.ID(), Log: line(a.Log),
	}
	if a.Entry != nil {
		f.Seq = a.Entry.Seq
	}
	return f
}

func newAccountList(accounts []audit.Account) []accountFields {
	list := make([]accountFields, 0, len(accounts))
	for _, a := range accounts {
		list = append(list, newAccountFields(a))
	}
	return list
}

type verdictDocument struct {
	Schema   string          `json:"schema"`
	Proven   bool            `json:"proven"`
	Logs     int             `json:"logs"`
	Entries  int             `json:"entries"`
	Signed   int             `json:"signed"`
	Runs     int             `json:"runs"`
	Allowed  int             `json:"allowed"`
	Glass    int             `json:"glass"`
	Findings []provenFinding `json:"findings"`
}

type provenFinding struct {
	Text        string         `json:"text"`
	Environment string         `json:"environment"`
	Change      model.ChangeID `json:"change"`
	Run         model.RunID    `json:"run"`
	Entry       model.Hash     `json:"entry"`
	Log         string         `json:"log"`
}

func newVerdictDocument(v audit.Verdict) verdictDocument {
	doc := verdictDocument{"plumb.audit-verify/1", v.Proven(), v.Logs, v.Entries, v.Signed, v.Runs, v.Allowed, v.Glass, []provenFinding{}}
	for _, f := range v.Findings {
		doc.Findings = append(doc.Findings, provenFinding{f.Text.String(), f.Environment, f.Change, f.Run, f.Entry, line(f.Log)})
	}
	return doc
}

type explanationDocument struct {
	Schema string        `json:"schema"`
	About  string        `json:"about"`
	Steps  []proofFields `json:"steps"`
	Cannot []string      `json:"cannot"`
}

type proofFields struct {
	About   string `json:"about"`
	Proves  string `json:"proves"`
	Command string `json:"command"`
	Expect  string `json:"expect"`
}

func newExplanationDocument(x audit.Explanation) explanationDocument {
	doc := explanationDocument{"plumb.audit-explain/1", x.About.String(), []proofFields{}, lines(x.Cannot)}
	for _, s := range x.Steps {
		doc.Steps = append(doc.Steps, proofFields{line(s.About), line(s.Proves), line(s.Command), line(s.Expect)})
	}
	return doc
}
