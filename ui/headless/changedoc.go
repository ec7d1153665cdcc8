package headless

import (
	"slices"

	"plumb/model"
)

type changeDocument struct {
	Schema string `json:"schema"`
	changeFields
	Notes []string     `json:"notes"`
	Rules []ruleFields `json:"rules"`
}

type changesDocument struct {
	Schema  string         `json:"schema"`
	Changes []changeFields `json:"changes"`
}

type changeFields struct {
	ID          model.ChangeID   `json:"id"`
	Environment string           `json:"environment"`
	Kind        model.ChangeKind `json:"kind"`
	Title       string           `json:"title"`
	Reason      string           `json:"reason"`
	Author      principalFields  `json:"author"`
	SealedAt    string           `json:"sealed_at"`
	State       string           `json:"state"`
	Note        string           `json:"note"`
	Digest      model.Digest     `json:"digest"`
	Undo        string           `json:"undo"`
	UndoReason  string           `json:"undo_reason"`
	Subject     string           `json:"subject"`
	Addresses   []string         `json:"addresses"`
	Parts       []partFields     `json:"parts"`
	Picks       []pickFields     `json:"picks"`
	Base        model.Hash       `json:"base"`
	Revision    model.Hash       `json:"revision"`
	Onto        string           `json:"onto"`
	Commits     []model.Hash     `json:"commits"`
	Plans       []planFields     `json:"plans"`
	Approvals   []approvalFields `json:"approvals"`
	Refusals    []refusalFields  `json:"refusals"`
	Unproven    string           `json:"unproven"`
	Checks      []checkFields    `json:"checks"`
	Run         model.RunID      `json:"run"`
	Glass       string           `json:"glass"`
	New         bool             `json:"new"`
}

// partFields is a part of a resource, or of a file of a commit. A block is its first line and how many there are, of both versions.
type partFields struct {
	Of     string        `json:"of"`
	Old    model.Digest  `json:"old"`
	New    model.Digest  `json:"new"`
	Blocks []blockFields `json:"blocks"`
}

type blockFields struct {
	OldLine  int `json:"old_line"`
	OldLines int `json:"old_lines"`
	NewLine  int `json:"new_line"`
	NewLines int `json:"new_lines"`
}

type pickFields struct {
	Verb    model.ChangeKind `json:"verb"`
	What    string           `json:"what"`
	Paths   []string         `json:"paths"`
	Parts   []partFields     `json:"parts"`
	Added   int              `json:"added"`
	Removed int              `json:"removed"`
}

type principalFields struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type planFields struct {
	Target   string         `json:"target"`
	Provider string         `json:"provider"`
	Digest   model.Digest   `json:"digest"`
	Undo     string         `json:"undo"`
	Coverage coverageFields `json:"coverage"`
	Places   []string       `json:"places"`
	Steps    []stepFields   `json:"steps"`
}

type coverageFields struct {
	Predicted int      `json:"predicted"`
	Total     int      `json:"total"`
	Blind     []string `json:"blind"`
}

type stepFields struct {
	Address    model.Address `json:"address"`
	Action     model.Action  `json:"action"`
	Undo       string        `json:"undo"`
	UndoReason string        `json:"undo_reason"`
	LockOut    bool          `json:"lock_out"`
	Drifted    bool          `json:"drifted"`
	Effects    []string      `json:"effects"`
}

type approvalFields struct {
	By      principalFields `json:"by"`
	At      string          `json:"at"`
	Commit  model.Hash      `json:"commit"`
	Digest  model.Digest    `json:"digest"`
	Signed  bool            `json:"signed"`
	Key     string          `json:"key"`
	Void    string          `json:"void"`
	Expires string          `json:"expires"`
}

type refusalFields struct {
	By   principalFields `json:"by"`
	At   string          `json:"at"`
	Why  string          `json:"why"`
	Key  string          `json:"key"`
	Void string          `json:"void"`
}

type ruleFields struct {
	Name     string   `json:"name"`
	OK       bool     `json:"ok"`
	Text     string   `json:"text"`
	Missing  string   `json:"missing"`
	WhoCould []string `json:"who_could"`
}

func newPrincipalFields(p model.Principal) principalFields {
	return principalFields{p.Name.String(), p.Email.String()}
}

func newChangeFields(c model.Change) changeFields {
	undo := c.Undo()
	f := changeFields{
		ID: model.ChangeID(line(string(c.ID))), Environment: line(c.Environment), Kind: c.Kind,
		Title: c.Title.String(), Reason: c.Reason.String(), Author: newPrincipalFields(c.Author), SealedAt: stamp(c.SealedAt),
		State: string(c.State), Note: line(c.Note), Digest: c.Digest, Undo: undo.Class.String(), UndoReason: line(undo.Reason),
		Subject: line(c.Subject), Addresses: lines(c.Addresses), Parts: newPartsFields(c.Parts), Picks: newPicksFields(c), Base: c.Base, Revision: c.Revision, Onto: line(c.Onto),
		Commits: append([]model.Hash{}, c.Commits...), Plans: []planFields{}, Approvals: []approvalFields{}, Refusals: []refusalFields{}, Unproven: line(c.Unproven), Checks: newChecksFields(c.Checks), Run: c.Run, Glass: line(c.Glass), New: c.New,
	}
	for _, p := range c.Plans {
		f.Plans = append(f.Plans, newPlanFields(p))
	}
	for _, a := range c.Approvals {
		f.Approvals = append(f.Approvals, approvalFields{
			By: newPrincipalFields(a.By), At: stamp(a.At), Commit: a.Commit, Digest: a.Digest, Signed: a.Key != "", Key: a.Key, Void: line(a.Void), Expires: stamp(a.Expires),
		})
	}
	for _, r := range c.Refusals {
		f.Refusals = append(f.Refusals, refusalFields{newPrincipalFields(r.By), stamp(r.At), r.Why.String(), r.Key, line(r.Void)})
	}
	return f
}

func newPartsFields(parts []model.Part) []partFields {
	list := make([]partFields, 0, len(parts))
	for _, p := range parts {
		f := partFields{Of: line(p.Address), Old: p.Old, New: p.New, Blocks: []blockFields{}}
		for _, b := range p.Blocks {
			f.Blocks = append(f.Blocks, blockFields{b.OldLo + 1, b.OldHi - b.OldLo, b.NewLo + 1, b.NewHi - b.NewLo})
		}
		list = append(list, f)
	}
	return list
}

// newPicksFields are what was picked for a change, also for one of a single verb, whose record does not repeat it.
func newPicksFields(c model.Change) []pickFields {
	picks := c.Picked()
	list := make([]pickFields, 0, len(picks))
	for _, p := range picks {
		parts := slices.Clip(p.Parts)
		for _, part := range c.Parts {
			if part.Address == p.What {
				parts = append(parts, part)
			}
		}
		list = append(list, pickFields{p.Verb, line(p.What), lines(p.Paths), newPartsFields(parts), p.Added, p.Removed})
	}
	return list
}

func newPlanFields(p model.PlanRef) planFields {
	f := planFields{
		Target: line(p.Target), Provider: line(p.Provider), Digest: p.Digest, Steps: []stepFields{},
		Undo:     model.Change{Plans: []model.PlanRef{p}}.Undo().Class.String(),
		Coverage: coverageFields{p.Coverage.Predicted, p.Coverage.Total, lines(p.Coverage.Blind)}, Places: lines(p.Places),
	}
	for _, s := range p.Steps {
		f.Steps = append(f.Steps, stepFields{
			Address: model.Address(line(string(s.Address))), Action: s.Action, Undo: s.Undo.Class.String(), UndoReason: line(s.Undo.Reason),
			LockOut: s.Undo.LockOut, Drifted: s.Drifted, Effects: lines(s.Effects),
		})
	}
	return f
}

func newRuleFields(rules []model.Rule) []ruleFields {
	list := make([]ruleFields, 0, len(rules))
	for _, r := range rules {
		list = append(list, ruleFields{line(r.Name), r.OK, line(r.Text), line(r.Missing), lines(r.WhoCould)})
	}
	return list
}
