package command

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/reviewed"
	"plumb/gitops/runner"
	"plumb/gitops/sshsig"
	"plumb/gitops/trust"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/ran"
)

// remembered is how many commands "what ran" goes back.
const remembered = 1000

// OpenOptions say what to open and in which world. Getenv, Now and Rand are required.
type OpenOptions struct {
	Dir      string      // The repository, or a directory in it.
	ReadOnly bool        // Nothing may be written in any environment.
	Later    bool        // Environments that have to be looked for are left to [Opened.Discover].
	Screen   bool        // There is no terminal, or it is the screen's: nothing may ask a question on it.
	Run      model.RunID // What the run is called that is begun from here; empty for any name.
	Getenv   func(string) string
	Now      func() time.Time
	Rand     io.Reader
}

// Opened is a repository that was opened from a directory, with all that was
// wired around it.
type Opened struct {
	Workspace *workspace.Workspace
	Operator  config.Operator // What the operator chose for themselves.
	ReadOnly  bool            // Nothing may be written from here, by flag or by the operator's choice.
	Ran       *ran.Log
	Reviewed  *reviewed.Store // What the operator has reviewed of the repository.
	Problem   error           // Why plumb.yaml cannot be used; there are no environments then, and history still works.

	// Discover looks for the environments of a repository without plumb.yaml, which may mean reading thousands of directories, and
	// makes them those of the workspace. Trust and Problem are as it leaves them. It is called once, and
	// is nil where there is nothing to look for.
	Discover func(ctx context.Context) error

	// Runners starts the processes that carry changes out, and finds those that do.
	Runners runner.Starter

	private string // The operator's own directory for this repository.
	editor  func(ctx context.Context) (string, error)
	dir     string
	screen  bool
	store   objects.Store
	signs   func(context.Context) (workspace.Signer, error) // Nil where there is no git.
	trust   *trust.Store
	key     trust.Key
	allowed atomic.Bool
	now     func() time.Time
}

// Close ends what works for the repository.
func (o *Opened) Close() error { return errors.Join(o.Workspace.Close(), o.store.Close()) }

// Open opens the repository of a directory. It reads the configurations, runs nothing that the
// repository names, and writes nothing.
func Open(ctx context.Context, opt OpenOptions) (*Opened, error) {
	operator, err := config.LoadOperator(config.OperatorFile(opt.Getenv))
	if err != nil {
		return nil, err
	}
	o := &Opened{Operator: operator, ReadOnly: opt.ReadOnly || operator.ReadOnly, Ran: ran.New(remembered), now: opt.Now, screen: opt.Screen}
	if o.dir, err = filepath.Abs(opt.Dir); err != nil {
		return nil, fmt.Errorf("open %s: %w", text.Line(opt.Dir), err)
	}
	if real, err := filepath.EvalSymlinks(o.dir); err == nil {
		o.dir = real
	}
	if o.store, err = openStore(ctx, o.dir, o.Ran.Add); err != nil {
		return nil, err
	}
	if err := o.wire(ctx, opt); err != nil {
		return nil, errors.Join(err, o.store.Close())
	}
	return o, nil
}

// openStore prefers the operator's own git: it opens every kind of repository.
func openStore(ctx context.Context, dir string, record func(model.Command)) (objects.Store, error) {
	store, err := gitcli.Open(ctx, dir, record)
	if errors.Is(err, gitcli.ErrNoGit) {
		return gogit.Open(dir)
	}
	return store, err
}

// wire puts the workspace together.
func (o *Opened) wire(ctx context.Context, opt OpenOptions) error {
	info := o.store.Info()
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("ask this machine for its name: %w", err)
	}
	o.trust = trust.Open(trust.StateDir(opt.Getenv))
	o.private = stateDir(opt.Getenv, info.GitDir)
	o.Reviewed = reviewed.Open(filepath.Join(stateDir(opt.Getenv, info.GitDir), "reviewed"))
	var (
		git    *gitcli.Operator
		self   model.Principal
		nobody error
		wait   sync.WaitGroup
	)
	wait.Go(func() { git, self, nobody = o.identify(ctx) })
	repository, found, problem := o.readConfig(ctx)
	wait.Wait()
	// Asked at every act, because a repository can come to be trusted while the screen is open. Merging
	// runs the hooks of the repository, so an act without any engine needs trust too.
	mayRun := func() error {
		if !o.Trusted() {
			return model.Refuse("plumb trust shows what would run, and asks", "the repository is not trusted")
		}
		return nil
	}
	maySign := func() error {
		if o.ReadOnly {
			return model.Refuse("start plumb without --readonly, and look for readonly: in your config.yaml", "plumb is read-only here")
		}
		return cmp.Or(mayRun(), nobody)
	}
	o.signs = o.signer(git)
	o.Workspace = workspace.New(workspace.Options{
		Store: o.store, Git: asGit(git), Remote: asRemote(git), Share: o.sharing(), Origin: workspace.FromNowhere, Self: self, Host: host,
		StateDir: stateDir(opt.Getenv, info.GitDir), CacheDir: cacheDir(opt.Getenv, info.GitDir),
		Now: opt.Now, Rand: opt.Rand, Run: opt.Run, MayRun: mayRun, MaySign: maySign, Signer: o.signs,
		Clone: func() (string, error) {
			return ledger.Clone(filepath.Join(stateDir(opt.Getenv, info.GitDir), "clone"), opt.Rand)
		},
	})
	o.Runners = runner.Starter{Place: runner.Place{Dir: filepath.Join(stateDir(opt.Getenv, info.GitDir), "runners"), Host: host},
		By: self, Repository: o.dir, ReadOnly: opt.ReadOnly, Getenv: opt.Getenv}
	if found || problem != nil {
		return o.configure(repository, workspace.FromFile, problem)
	}
	o.Discover = func(ctx context.Context) error {
		environments, err := o.discover(ctx)
		return o.configure(config.Repository{Environments: environments}, workspace.FromDiscovery, err)
	}
	if opt.Later {
		return nil
	}
	discover := o.Discover
	o.Discover = nil
	return discover(ctx)
}

// stateDir is where the journals of the repository with that git directory are, and what its runs overwrote.
func stateDir(getenv func(string) string, gitDir string) string {
	return filepath.Join(trust.StateDir(getenv), "repos", repositoryKey(gitDir))
}

// cacheDir is where the index of the repository's history is kept, after the XDG Base Directory Specification; empty
// for an operator without a home.
func cacheDir(getenv func(string) string, gitDir string) string {
	base := getenv("XDG_CACHE_HOME")
	if home := getenv("HOME"); !filepath.IsAbs(base) && home != "" {
		base = filepath.Join(home, ".cache")
	}
	if !filepath.IsAbs(base) {
		return ""
	}
	return filepath.Join(base, "plumb", "history", repositoryKey(gitDir))
}

// repositoryKey is what a repository's own directories are called.
func repositoryKey(gitDir string) string {
	sum := sha256.Sum256([]byte(gitDir))
	return hex.EncodeToString(sum[:16])
}

// asGit is nothing, rather than something without a value, where there is no git.
func asGit(operator *gitcli.Operator) workspace.Git {
	if operator == nil {
		return nil
	}
	return operator
}

// asRemote is the same for what is exchanged with remotes.
func asRemote(operator *gitcli.Operator) objects.Remoter {
	if operator == nil {
		return nil
	}
	return operator
}

// sharing is when the record is exchanged with the remote. The screen does so in the background.
func (o *Opened) sharing() workspace.Sharing {
	switch {
	case !o.Operator.Share:
		return workspace.ShareNever
	case o.screen:
		return workspace.ShareLater
	}
	return workspace.ShareNow
}

// signer finds the key that the operator signs with, once: to ask for it can run a command of theirs.
func (o *Opened) signer(git *gitcli.Operator) func(context.Context) (workspace.Signer, error) {
	if git == nil {
		return nil
	}
	var mu sync.Mutex
	var found *sshsig.Signer
	return func(ctx context.Context) (workspace.Signer, error) {
		mu.Lock()
		defer mu.Unlock()
		if found == nil {
			c, err := git.Signing(ctx)
			if err != nil {
				return nil, err
			}
			s, err := sshsig.Choose(ctx, c)
			if err != nil {
				return nil, err
			}
			s.Detached = o.screen
			found = s
		}
		return ledger.SSHSigner{Signer: found}, nil
	}
}

// identify asks git who the operator is. Git is nil where there is none.
func (o *Opened) identify(ctx context.Context) (*gitcli.Operator, model.Principal, error) {
	operator, err := gitcli.NewOperator(o.store, o.Ran.Add)
	if err != nil {
		return nil, model.Principal{}, err
	}
	o.editor = operator.Editor
	name, email, err := operator.Identity(ctx)
	return operator, model.Principal{Name: text.Line(name), Email: text.Line(email)}, err
}

// configure makes environments those of the workspace. What is wrong with them is kept, because history
// needs none.
func (o *Opened) configure(repository config.Repository, origin workspace.Origin, problem error) error {
	if problem != nil {
		o.Problem, repository = problem, config.Repository{}
	}
	if problem != nil || len(repository.Environments) == 0 {
		origin = workspace.FromNowhere
	}
	repository.ReadOnly = repository.ReadOnly || o.ReadOnly
	for i := range repository.Environments {
		repository.Environments[i].ReadOnly = repository.Environments[i].ReadOnly || repository.ReadOnly
	}
	info := o.store.Info()
	key, err := trustKey(info.GitDir, repository.Environments)
	if err != nil {
		return err
	}
	o.Workspace.Configure(workspace.Setup{Config: repository, Origin: origin, Engines: o.engines(repository, info)})
	o.key = key
	o.allowed.Store(o.trust.IsTrusted(key))
	return nil
}

// readConfig reads plumb.yaml from the work tree, so that one that was just written
// counts, or from HEAD where there is no work tree.
func (o *Opened) readConfig(ctx context.Context) (repository config.Repository, found bool, err error) {
	files, done, err := o.files(ctx)
	if err != nil || files == nil {
		return config.Repository{}, false, err
	}
	defer done()
	info, err := fs.Stat(files, config.FileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return config.Repository{}, false, nil
	case err != nil:
		return config.Repository{}, false, fmt.Errorf("read %s: %w", config.FileName, err)
	case !info.Mode().IsRegular():
		return config.Repository{}, false, model.WithHint(fmt.Errorf("%s is not a regular file", config.FileName), "plumb init --print prints one")
	}
	data, err := fs.ReadFile(files, config.FileName)
	if err != nil {
		return config.Repository{}, false, fmt.Errorf("read %s: %w", config.FileName, err)
	}
	repository, err = config.ParseRepository(config.FileName, data)
	return repository, true, err
}

// files are those of the work tree, or of HEAD where there is none; nil where there is neither.
// Links that lead out of the work tree are not followed.
func (o *Opened) files(ctx context.Context) (files fs.FS, done func(), err error) {
	info := o.store.Info()
	if info.WorkTree == "" {
		files, err = o.head(ctx)
		return files, func() {}, err
	}
	root, err := os.OpenRoot(info.WorkTree)
	if err != nil {
		return nil, nil, fmt.Errorf("open the work tree: %w", err)
	}
	return root.FS(), func() { _ = root.Close() }, nil // Nothing was written through it.
}

// head is the files of HEAD; nil for an unborn branch.
func (o *Opened) head(ctx context.Context) (fs.FS, error) {
	id := o.store.Info().HeadHash
	if id == "" {
		return nil, nil
	}
	return objects.FS(ctx, o.store, id)
}

// discover finds the environments that the files of HEAD declare by themselves.
func (o *Opened) discover(ctx context.Context) ([]model.Environment, error) {
	files, err := o.head(ctx)
	if err != nil || files == nil {
		return nil, err
	}
	targets, err := newHosts("", nil, nil, o.now).Discover(ctx, files)
	if err != nil {
		return nil, fmt.Errorf("discover targets: %w", err)
	}
	return config.Group(targets), nil
}

// open opens the repository that the flags name.
func (inv *invocation) open(ctx context.Context) (*Opened, error) { return inv.openLater(ctx, false) }

// openLater is open; later leaves environments that have to be looked for to [Opened.Discover].
func (inv *invocation) openLater(ctx context.Context, later bool) (*Opened, error) {
	return Open(ctx, OpenOptions{Dir: inv.repo, ReadOnly: inv.readonly, Later: later, Screen: later, Getenv: inv.Getenv, Now: inv.Now, Rand: inv.Rand})
}
