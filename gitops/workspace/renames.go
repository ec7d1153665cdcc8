package workspace

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"plumb/model"
)

const (
	// alikeEnough is how much of the larger version, out of 100, a file that went and one that came must share to be
	// one file that was moved and edited: what git asks for too.
	alikeEnough = 50
	// mostRenamed is how many files that went, and how many that came, are compared with each other.
	mostRenamed = 60
	// mostCompared is how many bytes are read for that, in all.
	mostCompared = 2 << 20
)

// joinRenames makes one change of a file that went and one that came where they are the same file: of equal content first,
// then of much the same. Where there are more of them than can be compared at once, only equal ones are joined.
func (w *Workspace) joinRenames(ctx context.Context, files []model.FileChange) ([]model.FileChange, error) {
	files = joinMoves(files)
	var gone, came []int
	for i, f := range files {
		switch {
		case isPlainFile(f.OldMode) && f.NewMode == 0:
			gone = append(gone, i)
		case f.OldMode == 0 && isPlainFile(f.NewMode):
			came = append(came, i)
		}
	}
	if len(gone) == 0 || len(came) == 0 || len(gone) > mostRenamed || len(came) > mostRenamed {
		return files, nil
	}
	room := int64(mostCompared)
	contents := map[int]content{}
	for _, i := range slices.Concat(gone, came) {
		id := files[i].OldHash
		if id == "" {
			id = files[i].NewHash
		}
		data, err := w.blob(ctx, model.ModeFile, id, room)
		if large := (*tooLarge)(nil); errors.As(err, &large) {
			return files, nil // It would be too much to compare.
		}
		if err != nil {
			return files, ctx.Err() // What is missing is said where it is shown.
		}
		room -= int64(len(data))
		contents[i] = contentOf(data)
	}
	return joined(files, pairs(files, gone, came, contents)), nil
}

func isPlainFile(m model.FileMode) bool { return m == model.ModeFile || m == model.ModeExecutable }

// content is what two files are compared by: how many bytes of each line.
type content struct {
	lines map[string]int
	size  int
}

func contentOf(data []byte) content {
	c := content{lines: map[string]int{}, size: len(data)}
	for line := range bytes.Lines(data) {
		c.lines[string(line)] += len(line)
	}
	return c
}

// alike is how much of the larger of two files is in both, out of 100.
func (c content) alike(d content) int {
	common := 0
	for line, n := range c.lines {
		common += min(n, d.lines[line])
	}
	if largest := max(c.size, d.size); largest > 0 {
		return 100 * common / largest
	}
	return 0
}

// pairs are the files that came, each with the one that it was before: the most alike first.
func pairs(files []model.FileChange, gone, came []int, contents map[int]content) map[int]int {
	type candidate struct{ gone, came, alike int }
	var all []candidate
	for _, g := range gone {
		for _, c := range came {
			if n := contents[g].alike(contents[c]); n >= alikeEnough {
				all = append(all, candidate{g, c, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return b.alike - a.alike })
	from, taken := map[int]int{}, map[int]bool{}
	for _, c := range all {
		if _, done := from[c.came]; !done && !taken[c.gone] {
			from[c.came], taken[c.gone] = c.gone, true
		}
	}
	return from
}

// joined are the changes with those that came telling what they were before, by their index.
func joined(files []model.FileChange, from map[int]int) []model.FileChange {
	gone := map[int]bool{}
	for _, g := range from {
		gone[g] = true
	}
	list := make([]model.FileChange, 0, len(files)-len(gone))
	for i, f := range files {
		if gone[i] {
			continue
		}
		if g, ok := from[i]; ok {
			f.OldPath, f.OldMode, f.OldHash = files[g].Path, files[g].OldMode, files[g].OldHash
		}
		list = append(list, f)
	}
	return list
}
