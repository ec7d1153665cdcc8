package packs

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Limits on borrowed object directories: git follows five levels; a list that
// is longer than these was not made by git.
const (
	maxAlternateDepth = 5
	maxAlternates     = 1000
	maxAlternatesFile = 1 << 20
)

// withAlternates lists an object directory and all that it borrows from. What
// cannot be read lends nothing, as with git.
func withAlternates(own string) []string {
	dirs := []string{own}
	level := dirs
	for range maxAlternateDepth {
		var next []string
		for _, dir := range level {
			for _, lender := range alternatesOf(dir) {
				if len(dirs) < maxAlternates && !slices.ContainsFunc(dirs, func(d string) bool { return isSame(d, lender) }) {
					dirs = append(dirs, lender)
					next = append(next, lender)
				}
			}
		}
		level = next
	}
	return dirs
}

// alternatesOf reads the list of one object directory: a path for each line,
// relative to that directory, in quotes where it has unusual characters.
func alternatesOf(dir string) []string {
	f, err := openRegular(filepath.Join(dir, "info", "alternates"))
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAlternatesFile))
	if err != nil {
		return nil
	}
	var dirs []string
	for line := range strings.Lines(string(data)) {
		path := strings.TrimSuffix(line, "\n")
		if path == "" || path[0] == '#' {
			continue
		}
		if path[0] == '"' {
			// Git's quoting of paths is a part of Go's, octal escapes included.
			if unquoted, err := strconv.Unquote(path); err == nil {
				path = unquoted
			}
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			dirs = append(dirs, path)
		}
	}
	return dirs
}

// isSame reports whether two paths lead to one directory, so that repositories
// which borrow from each other end.
func isSame(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
