package gogit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/config"
	format "github.com/go-git/go-git/v5/plumbing/format/config"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// place is where a repository is.
type place struct {
	gitDir   string // Of this work tree.
	common   string // Shared by all work trees; usually the same.
	workTree string // Empty for a bare repository.
}

// locate finds the repository of dir: its own, or that of a directory above it.
func locate(dir string) (place, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return place{}, fmt.Errorf("open %s: %w", text.Line(dir), err)
	}
	if st, err := os.Stat(start); err != nil {
		return place{}, model.WithHint(fmt.Errorf("open repository: %w: %w", objects.ErrNotRepository, err), "name a directory that exists")
	} else if !st.IsDir() {
		return place{}, model.WithHint(fmt.Errorf("open repository: %w: %s is a file", objects.ErrNotRepository, text.Line(start)), "name its directory")
	}
	// Git answers with names free of symbolic links, so this does, too.
	if real, err := filepath.EvalSymlinks(start); err == nil {
		start = real
	}
	for at := start; ; at = filepath.Dir(at) {
		p, ok, err := lookAt(at)
		if err != nil {
			return place{}, fmt.Errorf("open %s: %w", text.Line(at), err)
		}
		if ok {
			return p, nil
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	return place{}, model.WithHint(fmt.Errorf("open %s: %w", text.Line(start), objects.ErrNotRepository),
		"go to a directory with a git repository, or name one")
}

// lookAt says whether the directory has a repository or is one.
func lookAt(dir string) (p place, ok bool, err error) {
	dotGit := filepath.Join(dir, ".git")
	st, err := os.Stat(dotGit)
	switch {
	case err == nil && st.IsDir() && isGitDir(dotGit):
		p = place{gitDir: dotGit, workTree: dir}
	case err == nil && st.Mode().IsRegular():
		target, err := readLine(dotGit)
		if err != nil {
			return p, false, err
		}
		target, ok := strings.CutPrefix(target, "gitdir: ")
		if !ok {
			return p, false, fmt.Errorf("%w: %s names no repository", objects.ErrNotRepository, text.Line(dotGit))
		}
		if target = absolute(dir, target); !isGitDir(target) {
			return p, false, fmt.Errorf("%w: %s leads to %s", objects.ErrNotRepository, text.Line(dotGit), text.Line(target))
		}
		p = place{gitDir: target, workTree: dir}
	case isGitDir(dir):
		p = place{gitDir: dir}
		if filepath.Base(dir) == ".git" {
			p.workTree = filepath.Dir(dir) // Opened from within .git.
		}
	default:
		return p, false, nil
	}
	p.common, err = commonOf(p.gitDir)
	return p, err == nil, err
}

// isGitDir is git's own test for the look of a repository's directory.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	common, err := commonOf(dir)
	if err != nil {
		return false
	}
	for _, name := range []string{"objects", "refs"} {
		if st, err := os.Stat(filepath.Join(common, name)); err != nil || !st.IsDir() {
			return false
		}
	}
	return true
}

// commonOf is the directory that linked work trees share.
func commonOf(gitDir string) (string, error) {
	line, err := readLine(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	return absolute(gitDir, line), nil
}

func absolute(base, path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(base, path)
	}
	return filepath.Clean(path)
}

func readLine(file string) (string, error) {
	data, err := os.ReadFile(file)
	return strings.TrimRight(string(data), "\r\n"), err
}

// settings are what the repository's configuration says that matters here.
type settings struct{ isPartial, isBare bool }

// known are the extensions of the repository format that do not change how
// objects and refs are read.
var known = map[string]bool{
	"noop": true, "noop-v1": true, "partialclone": true, "preciousobjects": true, "worktreeconfig": true, "relativeworktrees": true,
}

// configure reads the configuration. It fails where the repository is in a
// format that cannot be read here: what go-git does not know it reads wrongly.
func configure(common string) (settings, error) {
	var s settings
	data, err := os.ReadFile(filepath.Join(common, "config"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	raw := format.New()
	if err := format.NewDecoder(strings.NewReader(string(data))).Decode(raw); err != nil {
		return s, fmt.Errorf("read the configuration: %w", err)
	}
	core := raw.Section("core")
	if v := core.Option("repositoryformatversion"); v != "" && v != "0" && v != "1" {
		return s, unsupported("format version " + v)
	}
	s.isBare = strings.EqualFold(core.Option("bare"), "true")
	for _, o := range raw.Section("extensions").Options {
		key, value := strings.ToLower(o.Key), strings.ToLower(o.Value)
		switch {
		case key == "objectformat" && value == "sha1", key == "refstorage" && value == "files":
		case key == "objectformat", key == "refstorage":
			return s, unsupported(key + " " + value)
		case !known[key]:
			return s, unsupported("extension " + key)
		}
		s.isPartial = s.isPartial || key == "partialclone"
	}
	for _, remote := range raw.Section("remote").Subsections {
		s.isPartial = s.isPartial || strings.EqualFold(remote.Option("promisor"), "true")
	}
	return s, nil
}

// ErrUnsupported is wrapped where go-git cannot read the repository's format.
var ErrUnsupported = errors.New("the repository has a format that only git itself can read")

func unsupported(what string) error {
	return model.WithHint(fmt.Errorf("%w: %s", ErrUnsupported, text.Line(what)), "install git")
}

// trusted refuses a repository of another user, as git does, unless the
// operator's own configuration names it safe: its files may be a trap.
func trusted(p place) error {
	for _, dir := range []string{p.gitDir, p.workTree} {
		if dir == "" || isOwn(dir) {
			continue
		}
		if isNamedSafe(dir) || p.workTree != "" && isNamedSafe(p.workTree) {
			return nil
		}
		return model.Refuse("if you trust its owner: git config --global --add safe.directory "+text.Line(dir).String(),
			"open %s: it belongs to another user", text.Line(dir))
	}
	return nil
}

func isNamedSafe(dir string) bool {
	for _, scope := range []config.Scope{config.GlobalScope, config.SystemScope} {
		c, err := config.LoadConfig(scope)
		if err != nil {
			continue // Who cannot be asked has not allowed it.
		}
		for _, safe := range c.Raw.Section("safe").OptionAll("directory") {
			if safe == "*" || filepath.Clean(safe) == dir {
				return true
			}
			if parent, ok := strings.CutSuffix(safe, "/*"); ok && strings.HasPrefix(dir, parent+"/") {
				return true
			}
		}
	}
	return false
}
