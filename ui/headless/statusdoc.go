package headless

import (
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

type statusDocument struct {
	Schema       string              `json:"schema"`
	Environments []environmentFields `json:"environments"`
}

type environmentFields struct {
	Name           string         `json:"name"`
	Production     bool           `json:"production"`
	ReadOnly       bool           `json:"readonly"`
	Branch         string         `json:"branch"`
	Revision       model.Hash     `json:"revision"`
	RevisionSource string         `json:"revision_source"`
	Tracked        model.Hash     `json:"tracked"`
	Pending        []model.Hash   `json:"pending"`
	Holds          []holdFields   `json:"holds"`
	InSync         bool           `json:"in_sync"`
	Targets        []targetFields `json:"targets"`
}

type targetFields struct {
	Name      string           `json:"name"`
	Provider  string           `json:"provider"`
	Revision  model.Hash       `json:"revision"`
	CheckedAt string           `json:"checked_at"`
	Error     string           `json:"error"`
	Resources []resourceFields `json:"resources"`
}

type resourceFields struct {
	Address model.Address `json:"address"`
	Kind    string        `json:"kind"`
	Status  model.Status  `json:"status"`
	Reason  string        `json:"reason"`
}

func newStatusDocument(s Status) statusDocument {
	doc := statusDocument{"plumb.status/1", []environmentFields{}}
	for _, o := range s.Environments {
		doc.Environments = append(doc.Environments, newEnvironmentFields(o))
	}
	return doc
}

func newEnvironmentFields(o workspace.Observation) environmentFields {
	env := environmentFields{
		Name: line(o.Environment.Name), Production: o.Environment.Production, ReadOnly: o.Environment.ReadOnly,
		Branch: line(o.Branch), Revision: o.Applied, RevisionSource: string(o.Source), Tracked: o.Tracked,
		Pending: []model.Hash{}, InSync: o.InSync(), Targets: []targetFields{},
	}
	env.Holds = newHoldsFields(o.Holds)
	for _, c := range o.Pending {
		env.Pending = append(env.Pending, c.Hash)
	}
	for _, t := range o.Targets {
		target := targetFields{
			Name: line(t.Target.Name), Provider: line(t.Target.Provider), Revision: o.Applied,
			CheckedAt: stamp(t.CheckedAt), Error: text.Error(t.Err).String(), Resources: []resourceFields{},
		}
		for _, r := range t.Resources {
			target.Resources = append(target.Resources, resourceFields{
				Address: model.Address(line(string(r.Address))), Kind: line(r.Kind), Status: r.Status, Reason: r.Reason.String(),
			})
		}
		env.Targets = append(env.Targets, target)
	}
	return env
}
