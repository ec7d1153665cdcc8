package check

import (
	"slices"

	"plumb/model"
	"plumb/model/filter"
)

// Concerns reports whether a change that touches these files is one that the check is about.
func Concerns(c model.Check, files []model.FileChange) bool {
	if len(c.When) == 0 {
		return true
	}
	terms := make([]filter.Term, len(c.When))
	for i, glob := range c.When {
		terms[i] = filter.Term{Kind: filter.Path, Value: glob}
	}
	return slices.ContainsFunc(files, func(f model.FileChange) bool {
		return slices.ContainsFunc(terms, func(t filter.Term) bool {
			return t.MatchPath(f.Path) || f.OldPath != "" && t.MatchPath(f.OldPath)
		})
	})
}
