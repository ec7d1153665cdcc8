package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

// hunkContext is how many lines of context the hunks have that plumb diff prints.
const hunkContext = 3

// portion is what --hunk and --lines pick of the file that the flag before them is about.
type portion struct {
	hunks []int    // From 1.
	lines []string // A-B or A, from 1, of the newer version.
}

// portionFlag is one of the two flags.
type portionFlag struct {
	wish *wish
	set  func(p *portion, word string) error
}

// String is empty: without the flag all of a file is taken.
func (f portionFlag) String() string { return "" }

// Type is how help calls what the flag takes.
func (f portionFlag) Type() string { return "list" }

// Set takes a list of hunks, or of ranges of lines.
func (f portionFlag) Set(list string) error {
	of := &f.wish.early
	if n := len(f.wish.wanted); n > 0 {
		of = &f.wish.wanted[n-1].portion
	}
	for word := range strings.SplitSeq(list, ",") {
		if err := f.set(of, strings.TrimSpace(word)); err != nil {
			return err
		}
	}
	return nil
}

func (w *wish) portionFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(portionFlag{w, func(p *portion, word string) error {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("%q is no number", show(word))
		}
		p.hunks = append(p.hunks, n)
		return nil
	}}, "hunk", "only these hunks, counted from 1 as plumb diff prints them for the file: 1,3")
	f.Var(portionFlag{w, func(p *portion, word string) error {
		p.lines = append(p.lines, word)
		return nil
	}}, "lines", "only what differs in these lines, live or after the commit: 12-20,31")
	for _, name := range []string{"hunk", "lines"} {
		if err := cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions); err != nil {
			panic(err) // The flag was added above.
		}
	}
}

func (p portion) isAll() bool { return len(p.hunks) == 0 && len(p.lines) == 0 }

var errOneFile = usage(model.WithHint(errors.New("--hunk and --lines are about one file"), "name one address, or one path behind --revert COMMIT --"))

// check refuses what no file is needed for to see that it means nothing.
func (it wanted) check() error {
	switch p := it.portion; {
	case p.isAll():
		return nil
	case len(p.hunks) > 0 && len(p.lines) > 0:
		return usage(model.WithHint(errors.New("hunks and lines do not go together"), "give --hunk or --lines"))
	case it.verb == model.EditFiles:
		return usage(model.WithHint(errors.New("an edit takes all or nothing"), "--hunk and --lines go with --restore, --adopt and --revert"))
	case it.verb == model.Revert && len(it.paths) != 1:
		return errOneFile
	}
	_, err := it.ranges()
	return err
}

// narrow makes of the pick of one file one of the part of it.
func (it wanted) narrow(ctx context.Context, o *Opened, env string, pick *workspace.Pick) error {
	p := it.portion
	if p.isAll() {
		return nil
	}
	var part workspace.Part
	var d workspace.Division
	var err error
	if it.verb == model.Revert {
		if len(pick.Paths) == 0 {
			return errOneFile // The path was the root.
		}
		part.Path = pick.Paths[0]
		d, err = o.divideFile(ctx, pick.Commit, part.Path)
	} else {
		part.Address = pick.Address
		d, err = p.divideResource(ctx, o, env, part.Address)
	}
	if err != nil {
		return err
	}
	part.Old, part.New = d.Old, d.New
	if part.Blocks, err = p.pick(d); err != nil {
		return err
	}
	pick.Paths, pick.Parts = nil, []workspace.Part{part}
	return nil
}

func (p portion) divideResource(ctx context.Context, o *Opened, env, address string) (workspace.Division, error) {
	at, err := o.Workspace.Observe(ctx, env, nil)
	if err != nil {
		return workspace.Division{}, err
	}
	r, err := at.Drifted(address)
	if err != nil {
		return workspace.Division{}, err
	}
	// What plumb diff prints by itself is the difference from git, and parts are those of the difference from what was applied.
	if r.Applied != nil && len(p.hunks) > 0 && (r.Applied.Exists != r.Tracked.Exists || r.Applied.Content.Sum != r.Tracked.Content.Sum) {
		return workspace.Division{}, model.WithHint(fmt.Errorf("git has moved on from what was applied of %s, so its hunks can be numbered in two ways", r.Address),
			"give --lines of the live version; plumb diff live:%s live --env %s -- %s shows what they differ in", env, env, r.Address)
	}
	return workspace.Divide(r)
}

// divideFile is what a commit changed in a file.
func (o *Opened) divideFile(ctx context.Context, revision, path string) (workspace.Division, error) {
	id, err := o.Workspace.Resolve(ctx, revision)
	if err != nil {
		return workspace.Division{}, err
	}
	files, err := o.Workspace.CommitFiles(ctx, id)
	if err != nil {
		return workspace.Division{}, err
	}
	for _, f := range files {
		if f.Path == path {
			return o.Workspace.DivideFile(ctx, f)
		}
	}
	return workspace.Division{}, model.WithHint(fmt.Errorf("%s did not change a file %s", id.Short(), show(path)), "plumb diff %s lists what it changed", id.Short())
}

// pick answers the blocks that are in the hunks or in the lines.
func (p portion) pick(d workspace.Division) ([]diff.Block, error) {
	if len(p.hunks) > 0 {
		return pickHunks(diff.Grouped(d.Blocks, hunkContext), p.hunks)
	}
	ranges, err := p.ranges()
	if err != nil {
		return nil, err
	}
	within, count := diff.WithinNew, d.NewLines
	if d.New == "" {
		within, count = diff.WithinOld, d.OldLines // The lines of a file that is gone are those that it had.
	}
	var picked []diff.Block
	for _, r := range ranges {
		lo, hi := r[0]-1, r[1]
		if hi > count {
			return nil, model.WithHint(fmt.Errorf("there is no line %d: the file has %d", hi, count), "plumb diff shows the numbers")
		}
		// Lines that are gone before the first line or behind the last have no other neighbour.
		if lo == 0 {
			lo = -1
		}
		if hi == count {
			hi++
		}
		picked = append(picked, within(d.Blocks, lo, hi)...)
	}
	if len(picked) == 0 {
		return nil, model.WithHint(errors.New("nothing differs in lines "+strings.Join(p.lines, ",")), "plumb diff shows what does; lines that are gone belong to the two lines around them")
	}
	return picked, nil
}

func pickHunks(hunks [][]diff.Block, numbers []int) ([]diff.Block, error) {
	var picked []diff.Block
	for _, n := range slices.Compact(slices.Sorted(slices.Values(numbers))) {
		if n < 1 || n > len(hunks) {
			return nil, model.WithHint(fmt.Errorf("there is no hunk %d: the file has %d", n, len(hunks)), "plumb diff shows them; they count from 1")
		}
		picked = append(picked, hunks[n-1]...)
	}
	return picked, nil
}

// ranges are the lines that were named, sorted, and joined where they touch or overlap.
func (p portion) ranges() ([][2]int, error) {
	var ranges [][2]int
	for _, words := range p.lines {
		from, to, ok := strings.Cut(strings.TrimSpace(words), "-")
		if !ok {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < 1 || b < a {
			return nil, usage(model.WithHint(fmt.Errorf("%q is no range of lines", show(words)), "--lines 12-20, or --lines 12"))
		}
		ranges = append(ranges, [2]int{a, b})
	}
	slices.SortFunc(ranges, func(a, b [2]int) int { return a[0] - b[0] })
	joined := ranges[:0]
	for _, r := range ranges {
		if n := len(joined); n > 0 && r[0] <= joined[n-1][1]+1 {
			joined[n-1][1] = max(joined[n-1][1], r[1])
			continue
		}
		joined = append(joined, r)
	}
	return joined, nil
}
