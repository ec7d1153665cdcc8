package headless

import (
	"plumb/gitops/history"
	"plumb/model"
)

type logDocument struct {
	Schema  string         `json:"schema"`
	Commits []commitFields `json:"commits"`
}

type commitFields struct {
	Hash      model.Hash    `json:"hash"`
	Parents   []model.Hash  `json:"parents"`
	Author    personFields  `json:"author"`
	Committer personFields  `json:"committer"`
	Subject   string        `json:"subject"`
	Body      string        `json:"body"`
	Touches   []string      `json:"touches"`
	Live      []string      `json:"live"`
	LiveAt    []string      `json:"live_at"`
	HeadAt    []string      `json:"head_at"`
	Refs      []string      `json:"refs"`
	Request   string        `json:"request"`
	Title     string        `json:"title"`
	Signed    bool          `json:"signed"`
	Glass     []glassFields `json:"glass"`
}

// glassFields is a run that overruled rules.
type glassFields struct {
	Run         model.RunID     `json:"run"`
	Change      model.ChangeID  `json:"change"`
	Environment string          `json:"environment"`
	By          principalFields `json:"by"`
	At          string          `json:"at"`
	Reason      string          `json:"reason"`
	Overruled   []string        `json:"overruled"`
}

func newGlassFields(runs []model.Run) []glassFields {
	fields := []glassFields{}
	for _, r := range runs {
		fields = append(fields, glassFields{r.ID, r.Change, line(r.Environment), newPrincipalFields(r.By), stamp(r.Started), r.Glass.String(), lines(r.Overruled)})
	}
	return fields
}

type personFields struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	When  string `json:"when"`
}

func newPersonFields(p model.Person) personFields {
	return personFields{p.Name.String(), p.Email.String(), stamp(p.When)}
}

func newLogDocument(l Log) logDocument {
	doc := logDocument{"plumb.log/1", []commitFields{}}
	for _, e := range l.Entries {
		doc.Commits = append(doc.Commits, newCommitFields(e, l.Glass[e.Hash]))
	}
	return doc
}

func newCommitFields(e history.Entry, glass []model.Run) commitFields {
	title := e.Subject
	if e.Request.Mark != "" {
		title = e.Request.Title
	}
	refs := []string{}
	for _, r := range e.Refs {
		refs = append(refs, r.Name)
	}
	return commitFields{
		Hash: e.Hash, Parents: append([]model.Hash{}, e.Parents...),
		Author: newPersonFields(e.Author), Committer: newPersonFields(e.Committer),
		Subject: e.Subject.String(), Body: e.Body.String(),
		Touches: lines(e.Touches), Live: lines(e.Live), LiveAt: lines(e.LiveAt), HeadAt: lines(e.HeadAt),
		Refs: lines(refs), Request: e.Request.Mark, Title: title.String(), Signed: e.IsSigned, Glass: newGlassFields(glass),
	}
}
