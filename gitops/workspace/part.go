package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
	"plumb/model/secret"
	"plumb/model/text"
)

// Part is a part of a file that a change is to take: blocks of lines, or parts of blocks, of the difference that
// somebody looked at. Old and New say which versions that were, see [Division]. When they are not what is there by then, the
// numbers of the lines mean something else, and the draft is refused.
type Part struct {
	Address  string       // For adopt and restore: ADDRESS or TARGET/ADDRESS.
	Path     string       // For revert: the file, from the root of the repository.
	Blocks   []diff.Block // Sorted and disjoint, see [diff.Apply].
	Old, New model.Digest
}

// Division is a difference of which a part can be taken.
type Division struct {
	Old, New           model.Digest // Of the contents, secrets included; empty for a version that does not exist.
	OldLines, NewLines int
	Blocks             []diff.Block // As they are shown: of the masked versions. Masking keeps the lines and their numbers.
}

// Divide is the difference from what was applied to what is live, of which parts can be adopted or restored. Where git has moved on
// since, it is not the one from git to live. What can only be taken as a whole is an error that says why.
func Divide(r model.Resource) (Division, error) {
	was, live := reference(r), r.Live
	refuse := func(why string) (Division, error) {
		return Division{}, model.WithHint(fmt.Errorf("no part of %s can be taken: %s", r.Address, why), "take all of it")
	}
	for _, s := range []model.State{was, live} {
		switch {
		case !s.Exists:
		case s.Kind != "file":
			return refuse("it is a " + s.Kind)
		case s.Content.Omitted != "":
			return refuse("its content is " + s.Content.Omitted)
		case model.Sum(s.Content.Data) != s.Content.Sum:
			return refuse("its content was not loaded")
		case s.Sensitive:
			return refuse("it is a secret as a whole")
		}
	}
	d, why := divide(string(r.Address), shown(was), shown(live), false)
	if why != "" {
		return refuse(why)
	}
	return d, nil
}

// reference is the version that drift is told from: what was applied, or what git wants where nothing was.
func reference(r model.Resource) model.State { return Applied.State(r) }

// DivideFile is the difference that a commit made to a file, of which parts can be reverted. What can only be taken as a
// whole is an error that says why.
func (w *Workspace) DivideFile(ctx context.Context, f model.FileChange) (Division, error) {
	refuse := func(why string) (Division, error) {
		return Division{}, model.WithHint(fmt.Errorf("no part of %s can be taken: %s", text.Line(f.Path), why), "take all of it")
	}
	if f.OldPath != "" && f.OldPath != f.Path {
		return refuse("it was moved from " + text.Line(f.OldPath).String())
	}
	for _, m := range []model.FileMode{f.OldMode, f.NewMode} {
		switch m {
		case model.ModeSymlink:
			return refuse("it is a symlink")
		case model.ModeSubmodule:
			return refuse("it is a submodule")
		}
	}
	before, errOld := w.blob(ctx, f.OldMode, f.OldHash, maxLoaded)
	after, errNew := w.blob(ctx, f.NewMode, f.NewHash, maxLoaded)
	if err := errors.Join(errOld, errNew); err != nil {
		return refuse(err.Error())
	}
	d, why := divide(f.Path, before, after, w.isSensitive(f.Path))
	if why != "" {
		return refuse(why)
	}
	return d, nil
}

// divide compares two versions, or says why only all of the difference can be taken.
func divide(path string, before, after []byte, whole bool) (d Division, why string) {
	for _, data := range [][]byte{before, after} {
		if why := indivisible(path, data); why != "" {
			return d, why
		}
	}
	maskedBefore, maskedAfter := masked(path, before, after, whole)
	d.OldLines, d.NewLines = countLines(before), countLines(after)
	if whole || countLines(maskedBefore) != d.OldLines || countLines(maskedAfter) != d.NewLines || secret.IsWhole(path) {
		return d, "it is a secret as a whole"
	}
	d.Old, d.New, d.Blocks = sum(before), sum(after), diff.Blocks(maskedBefore, maskedAfter)
	if len(d.Blocks) == 0 {
		return d, "its lines do not differ"
	}
	// A secret of several lines, as a cipher text, says only once that it changed: half of it would come along with what was picked.
	if all, err := diff.Apply(before, after, d.Blocks); err != nil || !bytes.Equal(all, after) {
		return d, "a secret of several lines changed"
	}
	return d, ""
}

// indivisible says why a version can only be taken as a whole.
func indivisible(path string, data []byte) string {
	is := version{exists: data != nil, data: data}.kind(path)
	switch is.Kind {
	case filekind.SOPS:
		return "SOPS signs it as a whole"
	case filekind.Encrypted:
		return "it is encrypted by " + is.Tool
	case filekind.LFS:
		return "its contents are in Git LFS"
	}
	if diff.IsBinary(data) {
		return "it is binary"
	}
	return ""
}

// sum is the digest of a version; empty for one that does not exist.
func sum(data []byte) model.Digest {
	if data == nil {
		return ""
	}
	return model.Sum(data)
}

func countLines(data []byte) int {
	n := bytes.Count(data, []byte{'\n'})
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// checkParts refuses a request whose parts do not go with its kind.
func (req Request) checkParts() error {
	for _, p := range req.Parts {
		switch req.Kind {
		case model.Adopt, model.Restore:
			if p.Address == "" || p.Path != "" {
				return errors.New("a part of a resource is named by its address")
			}
		case model.Revert:
			if p.Path == "" || p.Address != "" {
				return errors.New("a part of a commit is named by its file")
			}
		default:
			return model.WithHint(fmt.Errorf("a %s takes all or nothing", req.Kind), "parts can be adopted, restored and reverted")
		}
		if len(p.Blocks) == 0 {
			return model.WithHint(fmt.Errorf("nothing of %s was picked", text.Line(p.Address+p.Path)), "pick lines that differ")
		}
	}
	if len(req.Paths) > 0 && req.Kind != model.Revert {
		return model.WithHint(fmt.Errorf("a %s is not about files of a commit", req.Kind), "only a revert can be narrowed down to files")
	}
	return nil
}

// divided divides a resource, and refuses a part of other versions than these.
func divided(r model.Resource, part Part) (Division, error) {
	d, err := Divide(r)
	switch {
	case err != nil:
		return d, err
	case d.Old != part.Old:
		return d, model.Refuse("look again and pick again: parts are those of the difference from what was applied to what is live", "%s is not compared with what its part was picked from", r.Address)
	case d.New != part.New:
		return d, model.Refuse("look again and pick again", "%s changed since its part was picked", r.Address)
	}
	if _, err := diff.Apply(shown(reference(r)), shown(r.Live), part.Blocks); err != nil {
		return d, model.WithHint(fmt.Errorf("what was picked of %s does not fit: %w", r.Address, err), "look again and pick again")
	}
	return d, nil
}

// selection is what a change is to adopt or restore.
type selection struct {
	resources []model.Resource
	portions  []portion // What is taken of some of them, where it is not all.
}

// portion is a resource with what is taken of it.
type portion struct {
	model.Resource
	of   Division
	part Part
}

func (s selection) has(r model.Resource) bool {
	return slices.ContainsFunc(s.resources, func(q model.Resource) bool { return q.Target == r.Target && q.Address == r.Address })
}

// parts are the portions as the change keeps them.
func (s selection) parts() []model.Part {
	var parts []model.Part
	for _, p := range s.portions {
		parts = append(parts, model.Part{Address: qualify(p.Resource), Old: p.of.Old, New: p.of.New, Blocks: p.part.Blocks})
	}
	return parts
}

// phrase names what was picked in few words.
func (s selection) phrase() string {
	all := phrase(s.resources)
	switch n := len(s.portions); {
	case n == 0:
		return all
	case len(s.resources) == 1:
		return amount(s.portions[0].part.Blocks, s.portions[0].of.Blocks) + " of " + all
	case n == len(s.resources):
		return "parts of " + all
	default:
		return fmt.Sprintf("%s, %d of them in part", all, n)
	}
}

// amount says how much of a difference was picked: "2 of 5 changed blocks", or lines where blocks were cut.
func amount(picked, all []diff.Block) string {
	noun := "changed blocks"
	n, of := len(picked), len(all)
	if slices.ContainsFunc(picked, func(b diff.Block) bool { return !slices.Contains(all, b) }) {
		noun, n, of = "changed lines", lines(picked), lines(all)
	}
	if of == 1 {
		noun = noun[:len(noun)-1]
	}
	return fmt.Sprintf("%d of %d %s", n, of, noun)
}

// lines counts the removed and added lines of blocks.
func lines(blocks []diff.Block) int {
	n := 0
	for _, b := range blocks {
		n += b.OldHi - b.OldLo + b.NewHi - b.NewLo
	}
	return n
}

// adopted are the resources with the live states that git is to want. What is taken in part keeps the attributes that git wants.
func (s selection) adopted() ([]model.Resource, error) {
	adopted := slices.Clone(s.resources)
	for _, p := range s.portions {
		was := reference(p.Resource)
		data, err := diff.Apply(shown(was), shown(p.Live), p.part.Blocks)
		if err != nil {
			return nil, fmt.Errorf("adopt a part of %s: %w", p.Address, err)
		}
		i := slices.IndexFunc(adopted, func(r model.Resource) bool { return r.Target == p.Target && r.Address == p.Address })
		adopted[i].Live = fileWith(data, p.Live.Attrs, was.Attrs)
	}
	return adopted, nil
}

// fileWith is a file with a content, and with attributes of which the later ones count. It is absent where data is nil.
func fileWith(data []byte, attrs ...[]model.Attr) model.State {
	if data == nil {
		return model.State{}
	}
	s := model.State{Exists: true, Kind: "file", Content: model.NewContent(data)}
	for _, list := range attrs {
		for _, a := range list {
			s.Attrs = slices.DeleteFunc(s.Attrs, func(b model.Attr) bool { return a.Name == b.Name })
			s.Attrs = append(s.Attrs, a)
		}
	}
	return s
}

// movedError says that a resource of which a part was picked is no longer as it was then.
type movedError struct{ address string }

func (e *movedError) Error() string {
	return fmt.Sprintf("%s changed since a part of it was picked", e.address)
}

// whatIsLeft looks at the resources of which a change takes a part. Reality that is not as it was when the part was picked is
// a [*movedError]. Where they are restored in part, it answers the edits after which git, at the change's revision, would want
// them as they are live without that part. These are no revision of any branch, and are never written.
func (w *Workspace) whatIsLeft(ctx context.Context, env model.Environment, c model.Change, want, applied model.Snapshot) ([]model.Edit, error) {
	live, err := w.partly(ctx, env, c, model.ObserveRequest{Environment: env.Name, Tracked: want, Applied: applied})
	if err != nil {
		return nil, err
	}
	var left []model.Resource
	for i, p := range c.Parts {
		r := live[i]
		if r.Live.Exists && r.Live.Kind != "file" || r.Live.Content.Omitted != "" || sum(shown(r.Live)) != p.New {
			return nil, model.WithHint(&movedError{string(r.Address)}, "look again and pick again")
		}
		if c.VerbOf(p.Address) == model.Adopt {
			continue // A part of it is to be in git, and all of it stays live.
		}
		was := reference(r)
		data, err := diff.Except(shown(was), shown(r.Live), p.Blocks)
		if err != nil {
			return nil, fmt.Errorf("restore a part of %s: %w", r.Address, err)
		}
		r.Live = fileWith(data, was.Attrs, r.Live.Attrs)
		left = append(left, r)
	}
	edits, err := w.adoptEdits(ctx, env, c.Revision, left)
	if err != nil {
		return nil, fmt.Errorf("say what stays: %w", err)
	}
	return edits, nil
}

// overlaid is the snapshot of a revision with edits that are in memory only.
func (w *Workspace) overlaid(ctx context.Context, id model.Hash, edits []model.Edit) (model.Snapshot, error) {
	if len(edits) == 0 {
		return w.snapshot(ctx, id)
	}
	files, err := objects.Overlay(ctx, w.opt.Store, id, edits)
	return model.Snapshot{Revision: id, Files: files}, err
}

// partly looks at the resources of which a change takes a part, in the order of its parts.
func (w *Workspace) partly(ctx context.Context, env model.Environment, c model.Change, req model.ObserveRequest) ([]model.Resource, error) {
	found := map[string]model.Resource{}
	for _, t := range env.Targets {
		if !slices.ContainsFunc(c.Parts, func(p model.Part) bool { return strings.HasPrefix(p.Address, t.Name+"/") }) {
			continue
		}
		engine, err := w.engine(t)
		if err != nil {
			return nil, err
		}
		req.Target = t
		if err := engine.Observe(ctx, req, func(r model.Resource) { found[qualify(r)] = r }); err != nil {
			return nil, fmt.Errorf("look at %s: %w", t.Name, err)
		}
	}
	var resources []model.Resource
	for _, p := range c.Parts {
		r, ok := found[p.Address]
		if !ok {
			return nil, model.WithHint(&movedError{p.Address}, "look again and pick again")
		}
		if r.Status == model.Unknown {
			return nil, model.WithHint(fmt.Errorf("%s is unknown: %s", r.Address, r.Reason), "make it readable first")
		}
		resources = append(resources, r)
	}
	return resources, nil
}
