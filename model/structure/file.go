package structure

import (
	"cmp"
	"errors"

	"plumb/model/diff"
)

// ErrNoFormat says that a file is in no language whose structure is known.
var ErrNoFormat = errors.New("only YAML, JSON, TOML and HCL have a structure that is known here")

// CompareFile answers what differs in meaning between the versions of a file whose lines were compared. The errors are
// [ErrNoFormat] and those of [Compare].
func CompareFile(f *diff.File) (Diff, error) {
	format, ok := FormatOf(cmp.Or(f.NewPath, f.OldPath).String())
	if !ok {
		return Diff{}, ErrNoFormat
	}
	old, new := f.Versions()
	if f.OldPath.IsEmpty() {
		old = nil
	}
	if f.NewPath.IsEmpty() {
		new = nil
	}
	return Compare(format, old, new)
}
