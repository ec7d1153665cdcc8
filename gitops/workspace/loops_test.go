package workspace_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/providers/hosts"
)

// world is a repository with one environment per test need, and hosts played by directories.
type world struct {
	t    *testing.T
	root string
	now  time.Time
	tick sync.Mutex // Checks ask for the time side by side.
	seed byte
	wrap func(objects.Store) objects.Store // Put around the stores that are opened; may be nil.

	engine func(*hosts.Provider) workspace.Engine // Put around the provider; may be nil.
	keys   map[string]string                      // By name, the key that a person signs with; those without one have none.
}

const configuration = `version: 1
environments:
  - name: staging
    targets:
      - {name: web, provider: hosts, path: staging, hosts: [{name: stg-1, root: ../hosts/stg-1}]}
  - name: production
    production: true
    approvals: 2
    targets:
      - {name: web, provider: hosts, path: production, hosts: [{name: web-1, root: ../hosts/web-1}, {name: web-2, root: ../hosts/web-2}]}
`

func newWorld(t *testing.T) *world {
	t.Helper()
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, os.DevNull)
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	w := &world{t: t, root: filepath.Join(t.TempDir(), "infra"), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	for _, h := range []string{"stg-1", "web-1", "web-2"} {
		if err := os.MkdirAll(filepath.Join(w.root, "../hosts", h), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(w.root, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	w.git("config", "user.name", "Ada")
	w.git("config", "user.email", "ada@example.com")
	w.commit("Begin", map[string]string{
		"plumb.yaml":                          configuration,
		"staging/all/etc/app.conf":            "port 80\n",
		"production/all/etc/app.conf":         "port 80\nworkers 2\ntimeout 30\nlog on\nuser www\n",
		"production/all/etc/logrotate.d/app":  "weekly\n",
		"production/web-2/etc/motd":           "this is web-2\n",
		"production/all/etc/cron.daily/clean": "#!/bin/sh\nexit 0\n",
	})
	return w
}

func (w *world) git(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", args...)
	cmd.Dir = w.root
	at := w.now.Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes the files (deleting those with no content), and answers the commit.
func (w *world) commit(subject string, files map[string]string) string {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	for name, content := range files {
		path := filepath.Join(w.root, name)
		if content == "" {
			if err := os.Remove(path); err != nil {
				w.t.Fatal(err)
			}
			continue
		}
		w.write(path, content)
	}
	w.git("add", "-A")
	w.git("commit", "-q", "-m", subject)
	return w.git("rev-parse", "HEAD")
}

func (w *world) write(path, content string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) host(name, path string) string {
	return filepath.Join(w.root, "../hosts", name, path)
}

// live is the content of a file on a host; empty for a missing one.
func (w *world) live(name, path string) string {
	w.t.Helper()
	data, err := os.ReadFile(w.host(name, path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	return string(data)
}

// Read makes ids: different ones, the same in every run of a test.
func (w *world) Read(p []byte) (int, error) {
	for i := range p {
		w.seed++
		p[i] = w.seed
	}
	return len(p), nil
}

// as opens the workspace as a person does.
func (w *world) as(name string) *workspace.Workspace {
	w.t.Helper()
	store, err := gitcli.Open(w.t.Context(), w.root, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = store.Close() })
	var engine workspace.Engine = hosts.New(hosts.Options{Root: w.root})
	if w.engine != nil {
		engine = w.engine(hosts.New(hosts.Options{Root: w.root}))
	}
	if w.wrap != nil {
		store = w.wrap(store)
	}
	data, err := os.ReadFile(filepath.Join(w.root, config.FileName))
	if err != nil {
		w.t.Fatal(err)
	}
	conf, err := config.ParseRepository(config.FileName, data)
	if err != nil {
		w.t.Fatal(err)
	}
	git, err := gitcli.NewOperator(store, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return workspace.New(workspace.Options{
		Store: store, Git: git, Config: conf, Origin: workspace.FromFile,
		Engines:  map[string]workspace.Engine{"hosts": engine},
		Self:     model.Principal{Name: text.Line(name), Email: text.Line(strings.ToLower(name) + "@example.com")},
		Host:     "bastion-1",
		StateDir: filepath.Join(os.Getenv("XDG_STATE_HOME"), "plumb"),
		Now:      w.passing,
		Rand:     w,
		Signer: func(ctx context.Context) (workspace.Signer, error) {
			s, err := sshsig.Choose(ctx, sshsig.Config{PlumbSigningKey: w.keys[name], Format: "ssh"})
			return ledger.SSHSigner{Signer: s}, err
		},
	})
}

// passing is the time, which goes on by a second whenever it is asked for.
func (w *world) passing() time.Time {
	w.tick.Lock()
	defer w.tick.Unlock()
	w.now = w.now.Add(time.Second)
	return w.now
}

// seal drafts and seals.
func seal(t *testing.T, ws *workspace.Workspace, req workspace.Request) model.Change {
	t.Helper()
	d, err := ws.Draft(t.Context(), req)
	if err != nil {
		t.Fatalf("draft %s: %v", req.Kind, err)
	}
	c, err := ws.Seal(t.Context(), d, "because the test says so")
	if err != nil {
		t.Fatalf("seal %s: %v", req.Kind, err)
	}
	return c
}

// land seals, has the change approved by as many colleagues as it needs, and applies it.
func (w *world) land(req workspace.Request) model.Change {
	w.t.Helper()
	ada := w.as("Ada")
	c := seal(w.t, ada, req)
	if req.Environment == "production" {
		for _, name := range []string{"Bob", "Carol"} {
			if _, err := w.as(name).Approve(w.t.Context(), c.ID, nil); err != nil {
				w.t.Fatalf("approve as %s: %v", name, err)
			}
		}
	}
	if _, err := ada.Apply(w.t.Context(), c.ID, nil); err != nil {
		w.t.Fatalf("apply %s: %v", c.ID, err)
	}
	c, err := ada.Change(w.t.Context(), string(c.ID))
	if err != nil {
		w.t.Fatal(err)
	}
	if c.State != model.Applied {
		w.t.Fatalf("%s is %s (%s), want applied", c.ID, c.State, c.Note)
	}
	return c
}

// statuses are the statuses of all resources of an environment that are not in sync.
func statuses(t *testing.T, ws *workspace.Workspace, env string) map[model.Address]model.Status {
	t.Helper()
	o, err := ws.Observe(t.Context(), env, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[model.Address]model.Status{}
	for _, r := range o.Resources() {
		if r.Status != model.InSync {
			all[r.Address] = r.Status
		}
	}
	return all
}

func TestDeployBringsANewEnvironmentToGit(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	if got := statuses(t, w.as("Ada"), "production"); len(got) != 0 {
		t.Errorf("after the deploy not in sync: %v", got)
	}
	if got := w.live("web-2", "etc/motd"); got != "this is web-2\n" {
		t.Errorf("motd of web-2 is %q", got)
	}
}

func TestRestoreTakesOnlyWhatWasPicked(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-1", "etc/app.conf"), "port 8080\n")
	w.write(w.host("web-2", "etc/app.conf"), "port 9090\n")
	w.commit("Wait for it", map[string]string{"production/web-2/etc/motd": "soon\n"})

	c := w.land(workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-1:/etc/app.conf"}})
	if c.Undo().Class != model.UndoClean {
		t.Errorf("undo class is %s, want clean", c.Undo().Class)
	}
	want := map[model.Address]model.Status{"web-2:/etc/app.conf": model.Drifted, "web-2:/etc/motd": model.Pending}
	if got := statuses(t, w.as("Ada"), "production"); len(got) != 2 || got["web-2:/etc/app.conf"] != model.Drifted || got["web-2:/etc/motd"] != model.Pending {
		t.Errorf("statuses are %v, want %v", got, want)
	}

	// What the restore overwrote was in no commit, and still comes back to the byte.
	w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	if got := w.live("web-1", "etc/app.conf"); got != "port 8080\n" {
		t.Errorf("after the rollback web-1 has %q, want the hand-made version", got)
	}
	if got := w.live("web-2", "etc/motd"); got != "this is web-2\n" {
		t.Errorf("the rollback brought what was waiting: %q", got)
	}
}

func TestAdoptMakesACommitOfAHandMadeEdit(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.commit("Wait for it", map[string]string{"production/all/etc/app.conf": "port 80\nworkers 2\ntimeout 30\nlog on\nuser nginx\n"})
	w.write(w.host("web-2", "etc/motd"), "edited by hand\n")
	c := w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Addresses: []string{"web/web-2:/etc/motd"}})
	if got := w.git("show", "main:production/web-2/etc/motd"); got != "edited by hand" {
		t.Errorf("git says %q", got)
	}
	got := statuses(t, w.as("Ada"), "production")
	if len(got) != 2 || got["web-1:/etc/app.conf"] != model.Pending || got["web-2:/etc/app.conf"] != model.Pending {
		t.Errorf("only what waited before is to wait: %v", got)
	}
	if log := w.git("log", "-1", "--format=%B", string(c.Commits[0])); !strings.Contains(log, "because the test says so") || !strings.Contains(log, "Plumb-Change: "+string(c.ID)) {
		t.Errorf("the commit does not say why:\n%s", log)
	}
	if status := w.git("status", "--porcelain"); status != "" {
		t.Errorf("the work tree did not follow:\n%s", status)
	}
}

func TestRollbackOfACommitBringsNothingThatWaits(t *testing.T) {
	w := newWorld(t)
	bad := w.commit("Raise the port", map[string]string{"production/all/etc/app.conf": "port 81\nworkers 2\ntimeout 30\nlog on\nuser www\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.commit("Wait for it", map[string]string{"production/all/etc/app.conf": "port 81\nworkers 2\ntimeout 30\nlog on\nuser nginx\n"})
	w.write(w.host("web-1", "etc/logrotate.d/app"), "daily\n")

	c := w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: bad})
	const back = "port 80\nworkers 2\ntimeout 30\nlog on\nuser www\n"
	for _, h := range []string{"web-1", "web-2"} {
		if got := w.live(h, "etc/app.conf"); got != back {
			t.Errorf("%s has %q, want %q", h, got, back)
		}
	}
	if got := w.git("show", "main:production/all/etc/app.conf"); got != "port 80\nworkers 2\ntimeout 30\nlog on\nuser nginx" {
		t.Errorf("main wants %q: the waiting commit is to stay, the bad one to go", got)
	}
	got := statuses(t, w.as("Ada"), "production")
	if got["web-1:/etc/logrotate.d/app"] != model.Drifted {
		t.Errorf("drift is not the rollback's business: %v", got)
	}

	// And forth again: a rollback is a change like any other.
	w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	if got := w.live("web-1", "etc/app.conf"); !strings.HasPrefix(got, "port 81\n") {
		t.Errorf("after rolling the rollback back: %q", got)
	}
}

func TestApplyIsRefused(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})

	if _, err := ada.Apply(ctx, c.ID, nil); !errors.Is(err, model.ErrRefused) {
		t.Errorf("without approvals: %v", err)
	}
	if _, err := ada.Approve(ctx, c.ID, nil); !errors.Is(err, model.ErrRefused) {
		t.Errorf("the author approves: %v", err)
	}
	for _, name := range []string{"Bob", "Carol"} {
		if _, err := w.as(name).Approve(ctx, c.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.as("Bob").Approve(ctx, c.ID, nil); !errors.Is(err, model.ErrRefused) {
		t.Errorf("a second approval by the same person: %v", err)
	}
	w.write(w.host("web-1", "etc/app.conf"), "meanwhile\n")
	_, err := ada.Apply(ctx, c.ID, nil)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "web-1:/etc/app.conf") {
		t.Errorf("reality moved: %v", err)
	}
	if got := w.live("web-1", "etc/app.conf"); got != "meanwhile\n" {
		t.Errorf("a refused apply wrote %q", got)
	}
	if c, err = ada.Change(ctx, string(c.ID)); err != nil || c.State != model.Void || c.Approvals[0].Void == "" {
		t.Errorf("the change is %s with approvals %+v (%v), want void", c.State, c.Approvals, err)
	}
}

func TestWhatIsAppliedIsFoundInHistoryWhereNoRunIsOnRecord(t *testing.T) {
	w := newWorld(t)
	first := w.git("rev-parse", "HEAD")
	w.write(w.host("stg-1", "etc/app.conf"), "port 80\n")
	w.commit("Second", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	w.commit("Third", map[string]string{"staging/all/etc/app.conf": "port 82\n"})
	o, err := w.as("Ada").Observe(t.Context(), "staging", nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(o.Applied) != first || o.Source != workspace.AppliedInferred || len(o.Pending) != 2 || o.Count(model.Pending) != 1 {
		t.Errorf("applied %s (%s), %d commits pending, %d resources pending; want %s inferred, 2 and 1", o.Applied, o.Source, len(o.Pending), o.Count(model.Pending), first)
	}
}

func TestARollbackHoldsUntilARevisionWithItIsDeployed(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	bad := w.commit("Raise the port", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	w.land(workspace.Request{Environment: "staging", Kind: model.Rollback, Subject: bad})

	ada := w.as("Ada")
	if _, err := ada.Draft(t.Context(), workspace.Request{Environment: "staging", Kind: model.Deploy, Subject: bad}); !errors.Is(err, model.ErrRefused) {
		t.Errorf("deploying what was rolled back: %v", err)
	}
	w.commit("Go on", map[string]string{"staging/all/etc/motd": "hello\n"})
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	if p, err := ada.Position(t.Context(), "staging"); err != nil || len(p.Holds) != 0 {
		t.Errorf("hold is %+v (%v), want lifted", p.Holds, err)
	}
}
