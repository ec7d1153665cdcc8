package headless

import (
	"fmt"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

type compareDocument struct {
	Schema       string              `json:"schema"`
	From         revisionFields      `json:"from"`
	To           revisionFields      `json:"to"`
	Base         model.Hash          `json:"base"`
	OnlyFrom     shareFields         `json:"only_from"`
	OnlyTo       shareFields         `json:"only_to"`
	Shallow      bool                `json:"shallow"`
	Reconfigured bool                `json:"reconfigured"`
	Problem      string              `json:"problem"`
	Environments []effectsFields     `json:"environments"`
	Total        totalFields         `json:"total"`
	Files        []changedFileFields `json:"files"`
}

type revisionFields struct {
	Label    string       `json:"label"`
	Revision model.Hash   `json:"revision"`
	Author   personFields `json:"author"`
	Subject  string       `json:"subject"`
}

type shareFields struct {
	Commits int            `json:"commits"`
	Authors []authorFields `json:"authors"`
}

type authorFields struct {
	Name    string `json:"name"`
	Email   string `json:"email"`
	Commits int    `json:"commits"`
}

type effectsFields struct {
	Name       string               `json:"name"`
	Production bool                 `json:"production"`
	Targets    []targetEffectFields `json:"targets"`
}

type targetEffectFields struct {
	Name      string         `json:"name"`
	Provider  string         `json:"provider"`
	Files     int            `json:"files"`
	FilesOnly bool           `json:"files_only"`
	Error     string         `json:"error"`
	Resources []effectFields `json:"resources"`
}

type effectFields struct {
	Address model.Address `json:"address"`
	Group   string        `json:"group"`
	Name    string        `json:"name"`
	Action  model.Action  `json:"action"`
	Differs []string      `json:"differs"`
	Source  string        `json:"source"`
}

type totalFields struct {
	Files     int `json:"files"`
	Added     int `json:"added"`
	Removed   int `json:"removed"`
	Uncounted int `json:"uncounted"`
}

type changedFileFields struct {
	OldPath   string              `json:"old_path"`
	NewPath   string              `json:"new_path"`
	OldMode   string              `json:"old_mode"`
	NewMode   string              `json:"new_mode"`
	Added     int                 `json:"added"`
	Removed   int                 `json:"removed"`
	Uncounted workspace.Uncounted `json:"uncounted"`
}

func newCompareDocument(c Comparison) compareDocument {
	sum := workspace.Sum(c.Counts)
	doc := compareDocument{
		Schema: "plumb.compare/1", From: newRevisionFields(c.Names[0], c.A), To: newRevisionFields(c.Names[1], c.B), Base: c.Base,
		OnlyFrom: newShareFields(c.OnlyA), OnlyTo: newShareFields(c.OnlyB), Shallow: c.IsShallow, Reconfigured: c.Reconfigured,
		Problem: text.Error(c.Problem).String(), Environments: []effectsFields{},
		Total: totalFields{len(c.Files), sum.Added, sum.Removed, sum.Blind}, Files: []changedFileFields{},
	}
	for _, e := range c.Effects {
		env := effectsFields{line(e.Environment.Name), e.Environment.Production, []targetEffectFields{}}
		for _, t := range e.Targets {
			env.Targets = append(env.Targets, newTargetEffectFields(t))
		}
		doc.Environments = append(doc.Environments, env)
	}
	for i, f := range c.Files {
		doc.Files = append(doc.Files, newChangedFileFields(f, c.count(i)))
	}
	return doc
}

func newRevisionFields(name string, c model.Commit) revisionFields {
	return revisionFields{line(name), c.Hash, newPersonFields(c.Author), c.Subject.String()}
}

func newShareFields(s history.Share) shareFields {
	out := shareFields{s.Commits, []authorFields{}}
	for _, a := range s.Authors {
		out.Authors = append(out.Authors, authorFields{a.Name.String(), a.Email.String(), a.Commits})
	}
	return out
}

func newTargetEffectFields(t workspace.TargetEffect) targetEffectFields {
	out := targetEffectFields{line(t.Target.Name), line(t.Target.Provider), t.Files, t.FilesOnly, text.Error(t.Err).String(), []effectFields{}}
	for _, r := range t.Resources {
		out.Resources = append(out.Resources, effectFields{
			Address: model.Address(line(string(r.Address))), Group: line(r.Group), Name: line(r.Name), Action: r.Action, Differs: lines(r.Differs), Source: line(r.Source),
		})
	}
	return out
}

func newChangedFileFields(f model.FileChange, n workspace.LineCount) changedFileFields {
	out := changedFileFields{Added: n.Added, Removed: n.Removed, Uncounted: n.Unknown}
	if f.OldMode != 0 {
		out.OldPath, out.OldMode = line(oldPath(f)), fmt.Sprintf("%06o", uint32(f.OldMode))
	}
	if f.NewMode != 0 {
		out.NewPath, out.NewMode = line(f.Path), fmt.Sprintf("%06o", uint32(f.NewMode))
	}
	return out
}

// oldPath is where a file was before.
func oldPath(f model.FileChange) string {
	if f.OldPath != "" {
		return f.OldPath
	}
	return f.Path
}
