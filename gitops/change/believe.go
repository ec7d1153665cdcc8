package change

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plumb/gitops/ledger"
	"plumb/model"
)

// parseRecord reads a sealed change and believes it only if it is what its
// digest says, and if its plans are what the manifests say that the digest covers.
func parseRecord(e ledger.Entry) (model.Change, error) {
	var r record
	if err := json.Unmarshal(e.Files[recordName], &r); err != nil {
		return model.Change{}, fmt.Errorf("read a change: %w", err)
	}
	c := model.Change{ID: r.ID, Environment: r.Environment, Kind: r.Kind, Title: r.Title, Reason: r.Reason, Author: r.Author, SealedAt: r.SealedAt,
		Subject: r.Subject, Addresses: r.Addresses, Parts: readParts(r.Parts), Picks: readPicks(r.Picks), Base: r.Base, Revision: r.Revision, Onto: r.Onto, Commits: r.Commits,
		Plans: r.Plans, Digest: r.Digest, State: model.Sealed}
	switch {
	case r.Schema != recordSchema:
		return c, fmt.Errorf("a change is of the unknown form %q", r.Schema)
	case !isID(string(r.ID)):
		return c, fmt.Errorf("a change has the unusable id %q", r.ID)
	case c.Seal() != c.Digest:
		return c, fmt.Errorf("change %s is not what its digest says", r.ID)
	case !strings.EqualFold(c.Author.Email.String(), e.By.Email.String()):
		return c, fmt.Errorf("change %s names an author who did not seal it", r.ID)
	}
	for _, f := range bind(c) {
		if e.Field(f.Key) != f.Value {
			return c, fmt.Errorf("change %s: its entry names another %s", r.ID, f.Key)
		}
	}
	if err := checkForm(c); err != nil {
		return c, fmt.Errorf("change %s: %w", r.ID, err)
	}
	for i, p := range c.Plans {
		if err := checkPlan(c, p, e.Files[manifestName(i)]); err != nil {
			return c, fmt.Errorf("change %s: plan %d: %w", r.ID, i+1, err)
		}
	}
	if _, more := e.Files[manifestName(len(c.Plans))]; more {
		return c, fmt.Errorf("change %s has more manifests than plans", r.ID)
	}
	return c, nil
}

// Ids become parts of ref names and of file names.
var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

func isID(s string) bool { return idForm.MatchString(s) }

var hashForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

var sumForm = regexp.MustCompile(`^(sha256:[0-9a-f]{64})?$`)

func isSum(d model.Digest) bool { return sumForm.MatchString(string(d)) }

// checkForm makes sure that what is written without quotes under the digest cannot be read in two ways, and
// that there is a commit where one is to be merged.
func checkForm(c model.Change) error {
	kinds := []model.ChangeKind{model.Deploy, model.Revert, model.Restore, model.Adopt, model.Rollback, model.EditFiles, model.Compose}
	switch {
	case !slices.Contains(kinds, c.Kind):
		return fmt.Errorf("it is of the unknown kind %q", c.Kind)
	case c.Onto != "" && (!strings.HasPrefix(c.Onto, "refs/heads/") || len(c.Commits) != 1):
		return fmt.Errorf("it does not say which commit is to be merged into %q", c.Onto)
	}
	for _, h := range append([]model.Hash{c.Revision}, c.Commits...) {
		if !hashForm.MatchString(string(h)) {
			return fmt.Errorf("%q is not the id of a commit", h)
		}
	}
	for i, p := range c.Parts {
		twice := slices.ContainsFunc(c.Parts[:i], func(o model.Part) bool { return o.Address == p.Address })
		switch {
		case c.VerbOf(p.Address) != model.Adopt && c.VerbOf(p.Address) != model.Restore || twice || !slices.Contains(c.Addresses, p.Address) || len(p.Blocks) == 0:
			return fmt.Errorf("a part of %q has no place in it", p.Address)
		case !isSum(p.Old) || !isSum(p.New):
			return fmt.Errorf("its part of %q does not say of which versions", p.Address)
		}
	}
	if c.Base != "" && !hashForm.MatchString(string(c.Base)) {
		return fmt.Errorf("%q is not the id of a commit", c.Base)
	}
	return checkPicks(c)
}

// checkPlan compares what the record says of a plan, which is what people are shown, with the manifest,
// which is what the digest covers and what a run has to arrive at again.
func checkPlan(c model.Change, p model.PlanRef, manifest []byte) error {
	if model.Sum(manifest) != p.Digest {
		return errors.New("its manifest is not what its digest says")
	}
	lines := strings.Split(strings.TrimSuffix(string(manifest), "\n"), "\n")
	head, steps := lines, []string(nil)
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "step ") }); i >= 0 {
		head, steps = lines[:i], lines[i:]
	}
	for _, fact := range []string{
		fmt.Sprintf("environment %q", c.Environment),
		fmt.Sprintf("target %q", p.Target),
		fmt.Sprintf("provider %s", p.Provider),
		fmt.Sprintf("revision %s", c.Revision),
		fmt.Sprintf("coverage %d/%d", p.Coverage.Predicted, p.Coverage.Total),
	} {
		if !slices.Contains(head, fact) {
			return fmt.Errorf("its manifest does not say %s", fact)
		}
	}
	var places []string
	for _, place := range p.Places {
		places = append(places, fmt.Sprintf("place %q", place))
	}
	if !slices.Equal(places, slices.DeleteFunc(slices.Clone(head), func(l string) bool { return !strings.HasPrefix(l, "place ") })) {
		return errors.New("its manifest is about other machines")
	}
	if len(steps) != len(p.Steps) {
		return fmt.Errorf("it has %d steps, and its manifest %d", len(p.Steps), len(steps))
	}
	// The manifest's lines are sorted, and what they begin with is enough to sort by.
	shown := slices.SortedFunc(slices.Values(p.Steps), func(a, b model.StepRef) int { return strings.Compare(opening(a), opening(b)) })
	for i, s := range shown {
		// Between these stand the states, of which the record knows nothing.
		if !strings.HasPrefix(steps[i], opening(s)) || !strings.HasSuffix(steps[i], fmt.Sprintf(" effects=%q", s.Effects)) {
			return fmt.Errorf("its step %q is not in its manifest", s.Address)
		}
	}
	return nil
}

// opening is what the line of a step in a manifest begins with.
func opening(s model.StepRef) string {
	return fmt.Sprintf("step %q %s %s before=", s.Address, s.Action, s.Undo.Class)
}
