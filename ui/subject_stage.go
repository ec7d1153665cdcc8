package ui

import (
	"context"
	"fmt"
	"slices"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// editOptions are how an edit is compared: with what the file would be without it.
var editOptions = diff.Options{OldLabel: "as it would be", NewLabel: "edited"}

// stageSubject is what all that is staged would do.
type stageSubject struct {
	env     string
	version int
	picks   []staged
	draft   *workspace.Draft
	err     error
}

func (s stageSubject) id() string {
	return fmt.Sprintf("stage %s %d %t %t", s.env, s.version, s.draft != nil, s.err != nil)
}

func (s stageSubject) title() text.Safe { return text.Format("Staged for %s", s.env) }

func (s stageSubject) read(_ context.Context, _ source, _ int, show func(piece)) error {
	head := []headLine{{{strong, text.Lit("Staged, not sealed")}, {dim, text.Lit(" in ")}, {plain, text.Line(s.env)}},
		line(dim, text.Lit("Nothing was changed by it, and nobody else sees it.")), nil}
	for i, p := range s.picks {
		l := headLine{{plain, text.Lit("  ")}}
		if slices.Contains(wrongPicks(s.err), i) {
			l = headLine{{bad, text.Lit("✗ ")}}
		}
		l = append(l, word{accented, text.Format("%-8s", p.Verb)}, word{plain, p.name()})
		if n := p.partCount(); n > 0 {
			l = append(l, word{dim, text.Format("  %s", plural(n, "part"))})
		}
		head = append(head, l)
	}
	head = append(head, nil)
	switch {
	case s.err != nil:
		head = append(head, headLine{{bad, text.Lit("✗ ")}, {plain, text.Error(s.err)}})
		if h := hint(s.err); !h.IsEmpty() {
			head = append(head, line(dim, h))
		}
		show(piece{head: head})
		return nil
	case s.draft == nil:
		show(piece{head: append(head, line(dim, text.Lit("What all of it would do is being worked out …")))})
		return nil
	}
	c := s.draft.Change
	undo := c.Undo()
	if c.Steps() > 0 {
		head = append(head, headLine{{dim, text.Lit("undo ")}, {undoTone(undo.Class), text.Line(undo.Class.String())}, {dim, text.Format("  %s", undo.Reason)}})
	} else {
		head = append(head, line(dim, text.Format("Nothing is written in %s: only git changes.", s.env)))
	}
	for _, n := range s.draft.Notes {
		head = append(head, headLine{{caution, text.Lit("! ")}, {plain, n}})
	}
	head = append(head, stepLines(sortedPlans(c.Plans))...)
	show(piece{head: append(head, nil)})
	files, _ := planDiffs(s.draft.Plans)
	show(piece{files: files, total: len(files)})
	return nil
}

// sortedPlans are plans with what deletes first.
func sortedPlans(plans []model.PlanRef) []model.PlanRef {
	plans = slices.Clone(plans)
	for i := range plans {
		plans[i].Steps = slices.Clone(plans[i].Steps)
		slices.SortStableFunc(plans[i].Steps, func(x, y model.StepRef) int { return weight(x.Action) - weight(y.Action) })
	}
	return plans
}

// editSubject is what an edit that is staged changes.
type editSubject struct {
	env     string
	edit    workspace.Edit
	version int
}

func (s editSubject) id() string { return fmt.Sprintf("edit %s %s %d", s.env, s.edit.Path, s.version) }

func (s editSubject) title() text.Safe { return text.Line(s.edit.Path) }

func (s editSubject) read(_ context.Context, ws source, _ int, show func(piece)) error {
	d := ws.EditDiff(s.edit, editOptions)
	head := []headLine{{{strong, text.Lit("Edited ")}, {plain, text.Line(s.edit.Path)}},
		line(dim, text.Format("Staged for %s: ctrl+e edits it again, delete puts it back.", s.env)), nil}
	show(piece{head: head, files: []diff.File{d}, total: 1})
	return nil
}
