package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/policy"
	"plumb/model/text"
)

// targetSubject sums up one target.
type targetSubject struct {
	env    string
	holds  []model.Hold // Of its environment.
	target workspace.TargetObservation
	now    time.Time
}

func (s targetSubject) id() string {
	return "target " + s.env + " " + s.target.Target.Name + s.target.CheckedAt.String()
}

// holdWords say what a hold forbids, and until when.
func holdWords(h model.Hold) text.Safe {
	if !h.IsByHand() {
		return text.Format("No revision without %s (%s) can be deployed.", h.Revision.Short(), h.Change)
	}
	what, until := "Nothing can be changed", "until it is lifted"
	if len(h.Addresses) > 0 {
		what = "Nothing of " + strings.Join(h.Addresses, ", ") + " can be changed"
	}
	if !h.Until.IsZero() {
		until = "until " + h.Until.Local().Format("2006-01-02 15:04")
	}
	return text.Format("%s %s: plumb hold lift %s.", text.Line(what), until, h.ID)
}

func (s targetSubject) title() text.Safe {
	return text.Format("%s · %s", s.target.Target.Name, s.env)
}

func (s targetSubject) read(_ context.Context, _ source, _ int, show func(piece)) error {
	t := s.target
	head := []headLine{
		{{strong, text.Line(t.Target.Name)}, {dim, text.Format("  %s  %s", t.Target.Provider, t.Target.Path)}},
		line(dim, text.Format("checked %s", ago(s.now, t.CheckedAt))),
		nil,
	}
	for _, h := range s.holds {
		head = append(head, headLine{{caution, text.Format("%s is held", s.env)}, {plain, text.Format(" since %s by %s: %s", ago(s.now, h.Since), h.By.Name, h.Why)}},
			line(dim, holdWords(h)), nil)
	}
	if t.Err != nil {
		head = append(head, headLine{{bad, text.Lit("! ")}, {plain, text.Lit("Nothing can be said about it now:")}})
		for _, l := range text.Error(t.Err).Lines() {
			head = append(head, headLine{{plain, text.Lit("  ")}, {plain, l}})
		}
		for _, l := range hint(t.Err).Lines() {
			head = append(head, headLine{{dim, text.Lit("  ")}, {dim, l}})
		}
		head = append(head, nil)
	}
	for _, st := range []model.Status{model.Unknown, model.Missing, model.Drifted, model.Extra, model.Pending, model.InSync} {
		if n := t.Count(st); n > 0 {
			head = append(head, headLine{{statusTone(st), text.Format("%6s  %s", thousands(n), st)}, {dim, text.Line(meaning(st))}})
		}
	}
	groups := map[string]int{}
	for _, r := range t.Resources {
		if _, ok := groups[r.Group]; !ok {
			groups[r.Group] = 0
		}
		if r.Status != model.InSync {
			groups[r.Group]++
		}
	}
	if len(groups) > 0 {
		head = append(head, nil)
	}
	var names []string
	for g := range groups {
		names = append(names, g)
	}
	slices.Sort(names)
	for _, g := range names {
		if n := groups[g]; n > 0 {
			head = append(head, headLine{{plain, text.Format("  %-16s", g)}, {caution, text.Format("%d not as git says", n)}})
		} else {
			head = append(head, headLine{{plain, text.Format("  %-16s", g)}, {dim, text.Lit("✓ in sync")}})
		}
	}
	show(piece{head: head})
	return nil
}

// meaning says what a status is, for people who see the word for the first time.
func meaning(s model.Status) string {
	switch s {
	case model.InSync:
		return "  live is as git says"
	case model.Pending:
		return "  live is as it was applied, and a commit waits"
	case model.Drifted:
		return "  live is neither what git says nor what was applied"
	case model.Missing:
		return "  git says it should be there, and it is not"
	case model.Extra:
		return "  it is there, and git does not know it"
	}
	return "  it could not be read"
}

// changeSubject is a change: what it does, step by step, and whether its plan still holds.
type changeSubject struct {
	change  model.Change
	trusted bool
	now     time.Time
}

func (s changeSubject) id() string {
	c := s.change
	var id strings.Builder
	fmt.Fprintf(&id, "change %s %s %s %s", c.ID, c.State, c.Digest, c.Unproven)
	for _, a := range c.Approvals {
		fmt.Fprintf(&id, " +%s", a.Void)
	}
	for _, r := range c.Refusals {
		fmt.Fprintf(&id, " -%s", r.Void)
	}
	return id.String() + checksID(c.Checks)
}

// signedBy says by which key something about the change was signed, and that it was not where that is asked for.
func (s changeSubject) signedBy(key string) headLine {
	g := s.change.Governed
	switch {
	case key != "":
		return headLine{{dim, text.Format("  signed %s", shortKey(key))}}
	case g != nil && g.Policy.Keys != "":
		return headLine{{caution, text.Lit("  unsigned")}}
	}
	return nil
}

// checksID changes whenever a check has something else to say.
func checksID(results []model.CheckResult) string {
	var id strings.Builder
	for _, r := range results {
		id.WriteString(" " + string(r.State) + strconv.Itoa(len(r.Findings)))
	}
	return id.String()
}

func (s changeSubject) title() text.Safe { return s.change.Title }

func (s changeSubject) read(ctx context.Context, ws source, skip int, show func(piece)) error {
	c := s.change
	if !c.State.IsOpen() || !s.trusted {
		if c.Base == "" || c.Revision == "" || c.Base == c.Revision {
			show(piece{head: s.head(nil, nil)})
			return nil
		}
		files, err := ws.Files(ctx, c.Base, c.Revision, s.paths(ws)...)
		if err != nil {
			show(piece{head: s.head(nil, nil)})
			return err
		}
		show(piece{head: s.head(nil, pathsOf(files))})
		return readFiles(ctx, ws, files, version{c.Base, c.Base.Short()}, version{c.Revision, c.Revision.Short()}, newFound(c.Checks), skip, show)
	}
	review, err := ws.Review(ctx, c)
	if err != nil {
		show(piece{head: s.head(nil, nil)})
		return err
	}
	if c.Steps() == 0 {
		return s.readCommits(ctx, ws, &review, skip, show)
	}
	show(piece{head: s.head(&review, sourcesOf(review.Plans))})
	s.showPlans(ctx, ws, &review, show)
	return nil
}

// pathsOf are the paths of the files that are shown.
func pathsOf(files []model.FileChange) map[string]bool {
	paths := map[string]bool{}
	for _, f := range files {
		paths[f.Path] = true
	}
	return paths
}

// sourcesOf are the paths of the files that the steps of plans bring.
func sourcesOf(plans []model.Plan) map[string]bool {
	paths := map[string]bool{}
	for _, p := range plans {
		for _, st := range p.Steps {
			if st.After.Source != "" {
				paths[st.After.Source] = true
			}
		}
	}
	return paths
}

// readCommits shows what a change brings to git: all that there is to judge where it does nothing else.
func (s changeSubject) readCommits(ctx context.Context, ws source, review *workspace.Review, skip int, show func(piece)) error {
	if len(s.change.Commits) != 1 {
		show(piece{head: s.head(review, nil)})
		return nil
	}
	id := s.change.Commits[0]
	files, err := ws.CommitFiles(ctx, id)
	if err != nil {
		show(piece{head: s.head(review, nil)})
		return err
	}
	var said *found
	var shown map[string]bool
	if id == s.change.Revision {
		said, shown = newFound(review.Checks), pathsOf(files)
	}
	show(piece{head: s.head(review, shown)})
	return readFiles(ctx, ws, files, version{label: "git now"}, version{id, "git afterwards"}, said, skip, show)
}

func (s changeSubject) paths(ws source) []string {
	for _, e := range ws.Environments() {
		if e.Name == s.change.Environment {
			return e.Paths()
		}
	}
	return nil
}

// planDiffs are the steps of plans, each with its difference between live and afterwards.
func planDiffs(plans []model.Plan) (files []diff.File, steps []model.Step) {
	for _, p := range plans {
		for _, st := range p.Steps {
			files = append(files, workspace.StepDiff(st, diff.Options{}))
		}
		steps = append(steps, p.Steps...)
	}
	return files, steps
}

// showPlans shows each step of the plans, with what checks say of it.
func (s changeSubject) showPlans(ctx context.Context, ws source, review *workspace.Review, show func(piece)) {
	files, steps := planDiffs(review.Plans)
	said := newFound(review.Checks)
	findings := said.atSteps(ctx, ws, s.change.Revision, steps, files)
	show(piece{files: files, total: len(files), found: said, findings: findings})
}

// head is what there is to judge. What checks say of the files that are shown stands in their differences.
func (s changeSubject) head(review *workspace.Review, shown map[string]bool) []headLine {
	c := s.change
	undo := c.Undo()
	head := []headLine{
		line(strong, c.Title),
		{{dim, text.Format("%s in ", c.Kind)}, {plain, text.Line(c.Environment)},
			{dim, text.Format("  by %s, %s", c.Author.Name, ago(s.now, c.SealedAt))}},
		{{dim, text.Lit("because ")}, {plain, text.Line(c.Reason.String())}},
		{{dim, text.Lit("undo ")}, {undoTone(undo.Class), text.Line(undo.Class.String())}, {dim, text.Format("  %s", undo.Reason)}},
	}
	if c.Note != "" {
		head = append(head, line(caution, text.Line(c.Note)))
	}
	if c.Unproven != "" {
		head = append(head, headLine{{bad, text.Format("! nobody can be sure that %s sealed it: ", c.Author.Email)}, {bad, text.Line(c.Unproven)}})
	}
	for _, a := range c.Approvals {
		l := headLine{{good, text.Lit("✓ ")}, {plain, a.By.Name}, {dim, text.Format(" approved %s", ago(s.now, a.At))}}
		if !a.Expires.IsZero() {
			l = append(l, word{dim, text.Format(", expires in %s", policy.Span(a.Expires.Sub(s.now)))})
		}
		if a.Void != "" {
			l = headLine{{bad, text.Lit("✗ ")}, {dim, text.Format("%s’s approval is void: %s", a.By.Name, a.Void)}}
		}
		head = append(head, append(l, s.signedBy(a.Key)...))
	}
	for _, r := range c.Refusals {
		l := headLine{{bad, text.Lit("✗ ")}, {bad, text.Format("%s refused it", r.By.Name)}, {dim, text.Format(" %s: ", ago(s.now, r.At))}, {plain, text.Line(r.Why.String())}}
		if r.Void != "" {
			l = headLine{{dim, text.Format("– %s’s refusal does not count: %s", r.By.Name, r.Void)}}
		}
		head = append(head, append(l, s.signedBy(r.Key)...))
	}
	if c.Glass != "" {
		head = append(head, headLine{{bad, text.Lit("! ")}, {bad, text.Line(c.Glass)}})
	}
	if review != nil {
		for _, r := range review.Rules {
			switch {
			case r.Name == "reality": // Said below, with when it was looked at.
			case r.OK:
				head = append(head, headLine{{good, text.Lit("✓ ")}, {plain, text.Line(r.Text)}})
			default:
				l := headLine{{bad, text.Lit("✗ ")}, {plain, text.Line(r.Text)}}
				if r.Missing != "" {
					l = append(l, word{dim, text.Lit("  ").Plus(missing(r))})
				}
				head = append(head, l)
			}
		}
		if review.Holds {
			head = append(head, headLine{{good, text.Lit("✓ ")}, {plain, text.Lit("the plan still holds")}, {dim, text.Format(", derived again %s", ago(s.now, review.At))}})
		} else {
			head = append(head, headLine{{bad, text.Lit("✗ ")}, {plain, text.Lit("the plan no longer holds: ")}, {plain, text.Line(review.Because)}})
		}
	}
	checks := c.Checks
	if review != nil {
		checks = review.Checks
	}
	head = append(head, checkList{inline: func(path string) bool { return shown[path] }}.lines(checks)...)
	if c.Kind == model.Adopt && c.Steps() == 0 {
		head = append(head, line(dim, text.Format("Nothing is written in %s: git takes over what is live.", c.Environment)))
	}
	head = append(head, nil)
	head = append(head, stepLines(c.Plans)...)
	return append(head, nil)
}

// shortKey is enough of a key's fingerprint to tell it from others.
func shortKey(fingerprint string) string {
	const enough = len("SHA256:") + 8
	return fingerprint[:min(enough, len(fingerprint))] + "…"
}

// stepLines lists the steps of plans as the ledger keeps them.
func stepLines(plans []model.PlanRef) []headLine {
	var lines []headLine
	for _, p := range plans {
		lines = append(lines, headLine{{strong, text.Line(p.Target)}, {dim, text.Format("  %s  plan %s", p.Provider, p.Digest.Short())}})
		for _, st := range p.Steps {
			lines = append(lines, stepLine(string(st.Address), st.Action, st.Undo, st.Drifted))
			for _, e := range st.Effects {
				lines = append(lines, line(dim, text.Format("      %s", e)))
			}
		}
		for _, b := range p.Coverage.Blind {
			lines = append(lines, headLine{{caution, text.Lit("  ? ")}, {plain, text.Line(b)}})
		}
	}
	return lines
}

// stepLine is one step: what it does to what, and whether that can be taken back.
func stepLine(name string, act model.Action, undo model.Undo, drifted bool) headLine {
	l := headLine{
		{actionTone(act), text.Format("  %s %-8s", act.Sign(), act)},
		{plain, text.Line(name)},
		{dim, text.Lit("  undo ")}, {undoTone(undo.Class), text.Line(undo.Class.String())},
	}
	if undo.Class != model.UndoClean && undo.Reason != "" {
		l = append(l, word{dim, text.Format("  %s", undo.Reason)})
	}
	if drifted && act != model.Create {
		l = append(l, word{caution, text.Lit("  a hand-made state goes")})
	}
	return l
}

func actionTone(a model.Action) tone {
	switch a {
	case model.Create:
		return added
	case model.Delete, model.Replace:
		return removed
	}
	return caution
}

func undoTone(c model.UndoClass) tone {
	switch c {
	case model.UndoClean:
		return good
	case model.UndoDisruptive:
		return caution
	}
	return bad
}

// besideLive compares a revision with what is live in an environment.
type besideLive struct {
	env      string
	revision string
}

func (s besideLive) id() string { return "live " + s.env + " " + s.revision }

func (s besideLive) title() text.Safe {
	return text.Format("%s → %s as it is live", short(s.revision), s.env)
}

// short is a revision as people write it: a full hash is cut.
func short(revision string) string {
	if len(revision) == 40 || len(revision) == 64 {
		return model.Hash(revision).Short()
	}
	return revision
}

func (s besideLive) read(ctx context.Context, ws source, _ int, show func(piece)) error {
	id, err := ws.Resolve(ctx, s.revision)
	if err != nil {
		return err
	}
	o, err := ws.ObserveAt(ctx, s.env, id)
	if err != nil {
		return err
	}
	var (
		files   []diff.File
		origins []origin
		head    = []headLine{{{strong, text.Line(short(s.revision))}, {dim, text.Lit(" beside what is live in ")}, {strong, text.Line(s.env)}}}
	)
	for _, t := range o.Targets {
		if t.Err != nil {
			head = append(head, headLine{{bad, text.Lit("! ")}, {plain, text.Format("%s: ", t.Target.Name).Plus(text.Error(t.Err))}})
		}
		for _, r := range t.Resources {
			switch r.Status {
			case model.InSync:
			case model.Unknown:
				head = append(head, headLine{{bad, text.Lit("? ")}, {plain, text.Line(string(r.Address))}, {dim, text.Lit("  ").Plus(r.Reason)}})
			default:
				files = append(files, workspace.ResourceDiff(r, workspace.Tracked, workspace.Live, diff.Options{OldLabel: short(s.revision)}))
				origins = append(origins, origin{string(id), r.Tracked.Source, true})
			}
		}
	}
	switch {
	case len(files) > 0:
		head = append(head, line(dim, text.Line(plural(len(files), "difference"))))
	case o.InSync():
		head = append(head, nil, line(good, text.Lit("✓ Live is as this revision says.")))
	}
	show(piece{head: append(head, nil), files: files, origins: origins, total: len(files)})
	return nil
}
