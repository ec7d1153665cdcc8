package demo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/config"
	"plumb/gitops/demo"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/providers/hosts"
)

// seed is an hour of 2026, the story's present.
const seed = 1_790_000_000 / 3600 * 3600

func engine(root string) workspace.Engine { return hosts.New(hosts.Options{Root: root}) }

func makeDemo(t *testing.T, dir string, seed int64) demo.World {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	w, err := demo.Make(context.Background(), demo.Options{Dir: dir, Seed: seed, Engine: engine})
	if err != nil {
		t.Fatal(err, model.Hint(err))
	}
	return w
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// open opens the demo as the operator's plumb does.
func open(t *testing.T, w demo.World) *workspace.Workspace {
	t.Helper()
	ctx := context.Background()
	store, err := gitcli.Open(ctx, w.Repository, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	data, err := os.ReadFile(filepath.Join(w.Repository, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	repo, err := config.ParseRepository(config.FileName, data)
	if err != nil {
		t.Fatal(err)
	}
	return workspace.New(workspace.Options{
		Store: store, Config: repo, Origin: workspace.FromFile, Engines: map[string]workspace.Engine{"hosts": engine(w.Repository)},
		Self: model.Principal{Name: text.Lit("You"), Email: text.Lit("you@shop.example")}, Host: "here", StateDir: t.TempDir(),
		Now: func() time.Time { return time.Unix(seed, 0).Add(10 * time.Minute) }, Rand: rand.Reader,
	})
}

func TestSameSeedMakesTheSameCommits(t *testing.T) {
	refs := func(seed int64) string {
		w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
		return git(t, w.Repository, "for-each-ref")
	}
	first := refs(seed)
	if again := refs(seed); again != first {
		t.Errorf("the same seed made\n%s\nand then\n%s", first, again)
	}
	if other := refs(seed + 3600); other == first {
		t.Error("another hour made the same commits")
	}
	if small := refs(1); small == refs(2) {
		t.Error("seeds 1 and 2 made the same commits")
	}
}

func TestStoryEndsInTheAfternoonAtEveryHour(t *testing.T) {
	for _, hour := range []int64{0, 3, 4, 11, 15, 23} {
		now := seed - seed%86400 + hour*3600
		w := makeDemo(t, filepath.Join(t.TempDir(), "d"), now)
		head := git(t, w.Repository, "log", "-1", "--format=%ct")
		at, err := time.ParseDuration(strings.TrimSpace(head) + "s")
		if age := time.Duration(now)*time.Second - at; err != nil || age < 0 || age > 3*time.Hour {
			t.Errorf("at seed %d the newest commit is %s old (%v)", now, age, err)
		}
	}
}

func TestHistoryIsThatOfATeam(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	lines := func(args ...string) int {
		return strings.Count(git(t, w.Repository, args...), "\n")
	}
	if n := lines("log", "--format=%h", "main"); n < 46 || n > 60 {
		t.Errorf("main has %d commits", n)
	}
	if n := lines("shortlog", "-sn", "main"); n != 6 {
		t.Errorf("main has %d authors", n)
	}
	if n := lines("log", "--merges", "--format=%h", "main"); n < 5 {
		t.Errorf("main has %d merges", n)
	}
	if out := git(t, w.Repository, "fsck", "--strict", "--no-progress"); out != "" {
		t.Errorf("git fsck says %s", out)
	}
	if out := git(t, w.Repository, "status", "--porcelain", "--ignored"); out != "" {
		t.Errorf("git status says %s", out)
	}
	if out := git(t, w.Repository, "diff-files"); out != "" {
		t.Errorf("the index does not know that files are unchanged: %s", out)
	}
	if out := strings.TrimSpace(git(t, w.Repository, "symbolic-ref", "HEAD")); out != "refs/heads/main" {
		t.Errorf("HEAD is %s", out)
	}
	git(t, w.Repository, "commit", "--allow-empty", "-m", "The operator can commit")
}

func TestStateTellsTheStory(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	ws := open(t, w)
	ctx := context.Background()
	want := map[string]struct{ drifted, missing, pending, commits int }{
		"dev":        {0, 0, 0, 0},
		"staging":    {0, 0, 2, 2},
		"production": {1, 1, 5, 2},
	}
	for env, want := range want {
		o, err := ws.Observe(ctx, env, nil)
		if err != nil {
			t.Fatal(err)
		}
		if o.Source != workspace.AppliedLedger {
			t.Errorf("%s: the applied revision is known from %q", env, o.Source)
		}
		got := struct{ drifted, missing, pending, commits int }{o.Count(model.Drifted), o.Count(model.Missing), o.Count(model.Pending), len(o.Pending)}
		if got != want {
			t.Errorf("%s has %+v, want %+v", env, got, want)
		}
		if o.Count(model.Unknown)+o.Count(model.Extra) > 0 || o.InSync() != (env == "dev") {
			t.Errorf("%s is not as told: %+v", env, o.Resources())
		}
		for _, r := range o.Resources() {
			if r.Status.IsDrift() && r.Group != "web-2" {
				t.Errorf("%s drifted: %s", r.Address, r.Reason)
			}
		}
	}
	env, err := ws.Governed(ctx, "production")
	if err != nil || env.Approvals != 1 || !env.Production || env.Color != "red" {
		t.Errorf("production's rules: %+v, %v", env, err)
	}
}

func TestColleaguesChangeWaitsAndCanBeApplied(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	ws := open(t, w)
	ctx := context.Background()
	c, err := ws.Change(ctx, string(w.Waiting))
	if err != nil {
		t.Fatal(err)
	}
	if c.State != model.Sealed || c.Author.Email.String() != "carol@shop.example" || c.Environment != "production" || c.Steps() != 5 {
		t.Errorf("the change is %+v", c)
	}
	r, err := ws.Review(ctx, c)
	if err != nil || !r.Holds {
		t.Fatalf("it does not hold: %s %v", r.Because, err)
	}
	if _, err := ws.Approve(ctx, c.ID, nil); err != nil {
		t.Fatal(err)
	}
	run, err := ws.Apply(ctx, c.ID, nil)
	if err != nil || run.Outcome != model.RunApplied {
		t.Fatalf("run %+v: %v", run, err)
	}
	if data, err := os.ReadFile(filepath.Join(filepath.Dir(w.Repository), "hosts/web-1/var/log/systemctl.log")); err != nil || !strings.Contains(string(data), "systemctl reload nginx") {
		t.Errorf("the host was not asked to reload: %s, %v", data, err)
	}
}

func TestBadCommitCanBeRolledBack(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	ws := open(t, w)
	ctx := context.Background()
	d, err := ws.Draft(ctx, workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(w.Bad)})
	if err != nil {
		t.Fatal(err, model.Hint(err))
	}
	if len(d.Plans) != 1 || len(d.Plans[0].Steps) != 2 || d.Plans[0].Count(model.Update) != 2 {
		t.Fatalf("the plans are %+v", d.Plans)
	}
	c, err := ws.Seal(ctx, d, "Reports take longer than 3 s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ws.Approve(ctx, c.ID, nil); err != nil {
		t.Fatal(err)
	}
	if run, err := ws.Apply(ctx, c.ID, nil); err != nil || run.Outcome != model.RunApplied {
		t.Fatalf("run %+v: %v", run, err)
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(w.Repository), "hosts/web-2/etc/nginx/conf.d/proxy.conf"))
	if err != nil || !strings.Contains(string(data), "proxy_read_timeout     60s;") {
		t.Errorf("the timeout is not back: %s, %v", data, err)
	}
}

func TestRunsOfSeveralPeopleAreOnRecord(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	runs, err := open(t, w).Runs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	people, outcomes := map[string]bool{}, map[model.Outcome]int{}
	for _, r := range runs {
		people[r.By.Email.String()] = true
		outcomes[r.Outcome]++
		if r.Started.After(time.Unix(seed, 0)) || r.Ended.Before(r.Started) {
			t.Errorf("run %s was from %s to %s", r.ID, r.Started, r.Ended)
		}
	}
	if len(people) < 5 || outcomes[model.RunFailed] != 1 || outcomes[model.RunApplied] != len(runs)-1 {
		t.Errorf("%d runs of %v ended %v", len(runs), people, outcomes)
	}
}

func TestDeploysNameTheCommitsThatTheyBrought(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	changes, err := open(t, w).Changes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Base == "" {
			continue
		}
		var got strings.Builder
		for _, id := range c.Commits {
			got.WriteString(string(id) + "\n")
		}
		want := git(t, w.Repository, "log", "--no-merges", "--format=%H", string(c.Base)+".."+string(c.Revision), "--", c.Environment)
		if got.String() != want {
			t.Errorf("%s says it brought\n%sand brought\n%s", c.ID, got.String(), want)
		}
	}
}

func TestDirectoriesWithSomethingInThemAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(file, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := demo.Make(context.Background(), demo.Options{Dir: dir, Seed: 1, Engine: engine})
	if !errors.Is(err, model.ErrRefused) || model.Hint(err) == "" {
		t.Errorf("got %v", err)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("there is now %v", names)
	}
	if _, err := demo.Make(context.Background(), demo.Options{Dir: file, Seed: 1, Engine: engine}); err == nil {
		t.Error("a file was taken for a directory")
	}
}

// blind is an engine that cannot plan.
type blind struct{ workspace.Engine }

var errBlind = errors.New("no way")

func (blind) Plan(context.Context, model.PlanRequest) (model.Plan, error) {
	return model.Plan{}, errBlind
}

func TestFailureTakesAwayWhatWasMade(t *testing.T) {
	for name, prepare := range map[string]func(top string) string{
		"a new directory with its parents": func(top string) string { return filepath.Join(top, "a", "b", "c") },
		"an empty directory":               func(top string) string { return top },
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			_, err := demo.Make(context.Background(), demo.Options{Dir: prepare(top), Seed: 1, Engine: func(string) workspace.Engine { return blind{} }})
			if !errors.Is(err, errBlind) {
				t.Errorf("got %v", err)
			}
			if names := list(t, top); len(names) != 0 {
				t.Errorf("there is still %v", names)
			}
		})
	}
}

func TestNothingOutsideTheDirectoryIsWritten(t *testing.T) {
	top := t.TempDir()
	t.Setenv("HOME", filepath.Join(top, "home"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(top, "config"))
	t.Setenv("XDG_STATE_HOME", filepath.Join(top, "state"))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(top, "cache"))
	_, err := demo.Make(context.Background(), demo.Options{Dir: filepath.Join(top, "d"), Seed: seed, Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	if names := list(t, top); len(names) != 1 {
		t.Errorf("there is %v", names)
	}
	if names := list(t, filepath.Join(top, "d")); len(names) != 2 {
		t.Errorf("in the directory is %v", names)
	}
}

func TestSecretsAreNotInTheRecord(t *testing.T) {
	w := makeDemo(t, filepath.Join(t.TempDir(), "d"), seed)
	var secrets []string
	for line := range strings.Lines(git(t, w.Repository, "show", "main:production/web/all/etc/shop/app.env")) {
		if key, value, _ := strings.Cut(strings.TrimSpace(line), "="); strings.Contains(key, "SECRET") || strings.Contains(key, "KEY") || strings.Contains(key, "PASSWORD") {
			secrets = append(secrets, value)
		}
	}
	if len(secrets) != 3 {
		t.Fatalf("app.env has %d secrets", len(secrets))
	}
	log := git(t, w.Repository, "log", "-p", "--glob=refs/plumb/log/*")
	for _, s := range secrets {
		if strings.Contains(log, s) {
			t.Errorf("the ledger has the secret %s", s)
		}
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func BenchmarkMake(b *testing.B) {
	dir := b.TempDir()
	for n := 0; b.Loop(); n++ {
		at := filepath.Join(dir, time.Duration(n).String())
		if _, err := demo.Make(context.Background(), demo.Options{Dir: at, Seed: seed, Engine: engine}); err != nil {
			b.Fatal(err)
		}
	}
}
