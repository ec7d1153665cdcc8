package check

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumb/gitops/statefile"
	"plumb/model"
)

const (
	maxKept  = 4 << 20 // Bytes of a result; a larger file is none of ours.
	maxTrees = 1000    // Of how many trees results are kept.
)

// Kept are the results of checks that ran before, by the tree that they judged and by the definition of the check: the same files need not be
// judged twice. They are this machine's own memory, in plain files that nobody signed; what is lost is run again. Its methods may be
// called from several goroutines and processes at once.
type Kept struct{ dir string }

// Open uses the folder "checks" of a repository's state directory. It neither reads nor writes anything yet.
func Open(stateDir string) *Kept { return &Kept{filepath.Join(stateDir, "checks")} }

// keptFile is a result as it is written.
type keptFile struct {
	Format int               `json:"format"`
	Result model.CheckResult `json:"result"`
}

// file is where the result of a check is. Hash and digest come from this program and are hexadecimal.
func (k *Kept) file(tree model.Hash, c model.Check) string {
	_, sum, _ := strings.Cut(string(c.Digest()), ":")
	return filepath.Join(k.dir, string(tree), sum+".json")
}

// Load answers the kept result of a check on a tree. What cannot be read is a result that is not there.
func (k *Kept) Load(tree model.Hash, c model.Check) (model.CheckResult, bool) {
	name := k.file(tree, c)
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() || info.Size() > maxKept {
		return model.CheckResult{}, false
	}
	data, err := os.ReadFile(name)
	var f keptFile
	if err != nil || json.Unmarshal(data, &f) != nil || f.Format != 1 || f.Result.Name != c.Name ||
		f.Result.State != model.CheckPassed && f.Result.State != model.CheckFailed {
		return model.CheckResult{}, false
	}
	// Whether it counts is not the result's to say.
	f.Result.Advisory, f.Result.Environment = c.Advisory, c.Environment
	return f.Result, true
}

// Save keeps a result in the place of an earlier one.
func (k *Kept) Save(tree model.Hash, c model.Check, r model.CheckResult) error {
	data, err := json.Marshal(keptFile{1, r})
	if err != nil {
		return fmt.Errorf("keep the result: %w", err)
	}
	if err := statefile.Write(k.file(tree, c), data); err != nil {
		return fmt.Errorf("keep the result: %w", err)
	}
	return k.prune()
}

// prune forgets the trees that were judged longest ago.
func (k *Kept) prune() error {
	trees, err := os.ReadDir(k.dir)
	if err != nil || len(trees) <= maxTrees {
		return err
	}
	infos := make([]fs.FileInfo, 0, len(trees))
	for _, t := range trees {
		if info, err := t.Info(); err == nil { // Another process may have forgotten it at the same moment.
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range infos[:max(len(infos)-maxTrees, 0)] {
		if err := os.RemoveAll(filepath.Join(k.dir, info.Name())); err != nil {
			return fmt.Errorf("forget old results: %w", err)
		}
	}
	return nil
}
