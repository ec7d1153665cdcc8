// Bench measures plumb on histories of several sizes, and on large files, against what it must not exceed, and against git and the other
// programs that show history, all in one run on one machine: make bench.
//
// It prints a table for each repository, and one for the differences of large files. What a machine takes in seconds says little about another one; the ratios do. The exit
// code is 0 although a budget is missed: the table is for people to read.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"plumb/testdata/repositories"
)

// options are what the command line says.
type options struct {
	plumb   string // The program to measure.
	dir     string // Where generated repositories are kept.
	commits string // How many commits those have, with commas between.
	repo    string
	large   bool
	only    string
	runs    int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == probeWord {
		if err := probe(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "probe:", err)
			os.Exit(1)
		}
		return
	}
	var opt options
	flag.StringVar(&opt.plumb, "plumb", "bin/plumb", "the `program` to measure")
	flag.StringVar(&opt.dir, "dir", os.Getenv("BENCH_DIR"), "where generated repositories are kept; the user's cache `directory` if empty")
	flag.StringVar(&opt.commits, "commits", "10000,100000", "the `sizes` of the generated repositories")
	flag.StringVar(&opt.repo, "repo", "", "a `clone` to measure too: of a public infrastructure repository, to compare figures")
	flag.BoolVar(&opt.large, "large", false, "measure a million commits too")
	flag.StringVar(&opt.only, "only", "", "measure only subjects with this `word` in their names: "+strings.Join(subjectNames(), ", "))
	flag.IntVar(&opt.runs, "runs", 7, "`how often` the quick things are done; at least 5 to be worth anything")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, opt)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures every repository and prints its table when it is done.
func run(ctx context.Context, opt options) error {
	plumb, err := filepath.Abs(opt.plumb)
	if err != nil {
		return err
	}
	if _, err := os.Stat(plumb); err != nil {
		return fmt.Errorf("look for plumb: %w: make build makes it", err)
	}
	scratch, err := os.MkdirTemp("", "plumb-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	var dirs []string
	if wanted(subjects, opt.only) {
		if dirs, err = opt.repositories(ctx); err != nil {
			return err
		}
	}
	fmt.Println(machine(ctx))
	for i, dir := range dirs {
		r, err := openRepository(ctx, dir)
		if err != nil {
			return err
		}
		b := &bench{ctx: ctx, plumb: plumb, repository: r, runs: opt.runs, steps: 100, scratch: filepath.Join(scratch, strconv.Itoa(i))}
		if err := b.all(subjects, opt.only); err != nil {
			return err
		}
		fmt.Print(b.table())
	}
	if wanted(differences, opt.only) {
		b := &bench{ctx: ctx, plumb: plumb, extent: promised, runs: opt.runs, steps: 100, scratch: filepath.Join(scratch, "differences")}
		if err := b.all(differences, opt.only); err != nil {
			return err
		}
		fmt.Print(b.table())
	}
	if opt.repo == "" && len(dirs) > 0 {
		fmt.Println("\nNo public repository was measured: make bench REPO=/path/to/a/clone measures one.")
	}
	return nil
}

// repositories are the directories of the repositories to measure; those that are generated are made now.
func (opt options) repositories(ctx context.Context) ([]string, error) {
	if opt.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("find a place for generated repositories: %w: BENCH_DIR names one", err)
		}
		opt.dir = filepath.Join(cache, "plumb", "bench")
	}
	if err := os.MkdirAll(opt.dir, 0o755); err != nil {
		return nil, err
	}
	sizes := strings.Split(opt.commits, ",")
	if opt.large {
		sizes = append(sizes, "1000000")
	}
	var dirs []string
	for _, size := range sizes {
		n, err := strconv.Atoi(size)
		if size == "" {
			continue
		}
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no number of commits", size)
		}
		progress("make a repository of %d commits, unless there is one", n)
		dir, err := repositories.Cached(ctx, opt.dir, repositories.Like(n))
		if err != nil {
			return nil, fmt.Errorf("make a repository of %d commits: %w", n, err)
		}
		dirs = append(dirs, dir)
	}
	if opt.repo != "" {
		dirs = append(dirs, opt.repo)
	}
	return dirs, nil
}

// bench measures one repository, or the differences of files of some extent.
type bench struct {
	ctx        context.Context
	plumb      string
	repository repository
	extent     extent
	runs       int    // How often the quick things are done.
	steps      int    // How many commits are stepped through.
	scratch    string // A directory of its own.
	rows       []row
}

// subject is what is measured together.
type subject struct {
	name    string
	measure func(*bench) error
}

// subjects are what is measured of each repository, in the order of the table. Some rest on the cache that an earlier one leaves.
var subjects = []subject{
	{"index", (*bench).buildIndex},
	{"start", (*bench).firstFrames},
	{"extend", (*bench).extendIndex},
	{"ask", (*bench).questions},
	{"step", (*bench).stepping},
	{"memory", (*bench).memory},
}

// differences are what is measured of files.
var differences = []subject{
	{"diff of lines", (*bench).compareLines},
	{"diff of structure", (*bench).compareStructure},
	{"diff opened", (*bench).firstPages},
	{"diff scrolled", (*bench).scrolling},
	{"diff of extremes", (*bench).extremes},
}

// wanted reports whether any of these is to be measured.
func wanted(list []subject, only string) bool {
	return slices.ContainsFunc(list, func(s subject) bool { return strings.Contains(s.name, only) })
}

func subjectNames() []string {
	var names []string
	for _, s := range slices.Concat(subjects, differences) {
		names = append(names, s.name)
	}
	return names
}

// all measures everything. What cannot be measured is a row that says why.
func (b *bench) all(list []subject, only string) error {
	if err := os.MkdirAll(b.scratch, 0o755); err != nil {
		return err
	}
	for _, s := range list {
		if !strings.Contains(s.name, only) {
			continue
		}
		progress("%s", strings.TrimPrefix(b.repository.dir+": "+s.name, ": "))
		if err := s.measure(b); err != nil {
			if b.ctx.Err() != nil {
				return errors.New("interrupted")
			}
			b.rows = append(b.rows, row{what: s.name, problem: err})
		}
	}
	return nil
}

// large is the number of commits from which on slow things are done less often.
const large = 200_000

// slowRuns is how often things are done that take as long as reading all of history.
func (b *bench) slowRuns() int {
	if b.repository.commits > large {
		return min(b.runs, 3)
	}
	return min(b.runs, 5)
}

// home is a new home for plumb: no settings, and no cache.
func (b *bench) home() (string, error) { return os.MkdirTemp(b.scratch, "home-") }

// environ is the environment of a person with that home and this machine's programs.
func environ(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "LANG=C.UTF-8", "TZ=UTC", "TERM=xterm-256color", "COLORTERM=truecolor",
		"HOME=" + home, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat",
	}
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "… "+format+"\n", args...) }
