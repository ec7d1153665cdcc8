package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/providers"
	"plumb/providers/hosts"
)

// between compares two revisions in a workspace.
func between(t *testing.T, ws *workspace.Workspace, a, b string) workspace.Comparison {
	t.Helper()
	var ids [2]model.Hash
	for i, r := range []string{a, b} {
		id, err := ws.Resolve(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	c, err := ws.Between(t.Context(), ids[0], ids[1])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// said lists files with the lines that differ: "old → new +1 -2", with the reason where they are not counted.
func said(t *testing.T, ws *workspace.Workspace, c workspace.Comparison) []string {
	t.Helper()
	var list []string
	for i, n := range ws.CountLines(t.Context(), c.Files) {
		f := c.Files[i]
		name := f.Path
		if f.OldPath != "" {
			name = f.OldPath + " → " + name
		}
		if f.OldMode != f.NewMode {
			name += fmt.Sprintf(" %o %o", uint32(f.OldMode), uint32(f.NewMode))
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s +%d -%d %s", name, n.Added, n.Removed, n.Unknown)))
	}
	return list
}

// effects lists what would change: "production web ~ web-1:/etc/app.conf content".
func effects(t *testing.T, ws *workspace.Workspace, c workspace.Comparison) []string {
	t.Helper()
	found, err := ws.Effects(t.Context(), c.A.Hash, c.B.Hash, c.Files)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range found {
		for _, target := range e.Targets {
			name := e.Environment.Name + " " + target.Target.Name
			switch {
			case target.Err != nil:
				list = append(list, name+": "+target.Err.Error())
			case target.FilesOnly:
				list = append(list, fmt.Sprintf("%s: %d files only", name, target.Files))
			case len(target.Resources) == 0:
				list = append(list, fmt.Sprintf("%s: nothing of %d files", name, target.Files))
			}
			for _, r := range target.Resources {
				list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", name, r.Action.Sign(), r.Address, strings.Join(r.Differs, " "))))
			}
		}
	}
	return list
}

func wantSame(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestComparingSaysWhatADeployOfOneOverTheOtherChanges(t *testing.T) {
	w := newWorld(t)
	a := w.commit("Start", map[string]string{"production/web-1/etc/old": "old\n", "staging/README": "read me\n"})
	w.git("update-index", "--chmod=+x", "production/all/etc/cron.daily/clean")
	w.git("commit", "-q", "-m", "Let it run")
	w.git("checkout", "-q", "-f", "HEAD")
	b := w.commit("Go on", map[string]string{
		"production/all/etc/app.conf":  "port 81\nworkers 2\ntimeout 30\nlog on\nuser www\n",
		"production/web-1/etc/old":     "",
		"production/web-2/etc/new":     "one\ntwo\n",
		"production/web-2/etc/own/key": "mine\n",
		"staging/README":               "read me again\n",
	})
	ws := w.as("Ada")
	c := between(t, ws, a, b)
	if c.OnlyB.Commits != 2 || c.OnlyA.Commits != 0 || !c.IsAncestor() || string(c.Base) != a || c.Reconfigured {
		t.Errorf("%+v", c)
	}
	wantSame(t, "files", []string{
		"production/all/etc/app.conf +1 -1",
		"production/all/etc/cron.daily/clean 100644 100755 +0 -0",
		"production/web-1/etc/old 100644 0 +0 -1",
		"production/web-2/etc/new 0 100644 +2 -0",
		"production/web-2/etc/own/key 0 100644 +1 -0",
		"staging/README +1 -1",
	}, said(t, ws, c))
	want := []string{
		"staging web: nothing of 1 files",
		"production web ~ web-1:/etc/app.conf content",
		"production web ~ web-1:/etc/cron.daily/clean executable",
		"production web - web-1:/etc/old",
		"production web ~ web-2:/etc/app.conf content",
		"production web ~ web-2:/etc/cron.daily/clean executable",
		"production web + web-2:/etc/new",
		"production web + web-2:/etc/own/key",
	}
	wantSame(t, "effects", want, effects(t, ws, c))

	// The way back is the same with the signs turned around.
	for i, s := range want {
		want[i] = strings.NewReplacer(" + ", " - ", " - ", " + ").Replace(s)
	}
	back := between(t, ws, b, a)
	if back.OnlyA.Commits != 2 || back.OnlyB.Commits != 0 || back.IsAncestor() {
		t.Errorf("back: %+v", back)
	}
	wantSame(t, "effects back", want, effects(t, ws, back))
}

// What is said to change is what a deploy really does.
func TestADeployDoesWhatComparingSaid(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	a := w.git("rev-parse", "HEAD")
	b := w.commit("Go on", map[string]string{"staging/all/etc/app.conf": "port 82\n", "staging/stg-1/etc/motd": "hello\n", "staging/all/etc/list": "1\n"})
	want := effects(t, ada, between(t, ada, a, b))
	d, err := ada.Draft(t.Context(), workspace.Request{Environment: "staging", Kind: model.Deploy, Subject: b})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.Plans {
		for _, s := range p.Steps {
			got = append(got, strings.TrimSpace(fmt.Sprintf("staging %s %s %s %s", p.Target, s.Action.Sign(), s.Address, strings.Join(s.After.Differences(s.Before), " "))))
		}
	}
	for i := range got {
		got[i] = strings.TrimSuffix(got[i], " missing")
	}
	wantSame(t, "steps", want, got)
}

func TestComparingRevisionsThatGrewApart(t *testing.T) {
	w := newWorld(t)
	base := w.git("rev-parse", "HEAD")
	w.git("checkout", "-q", "-b", "side")
	w.git("config", "user.email", "bob@example.com")
	w.git("config", "user.name", "Bob")
	w.commit("Aside", map[string]string{"staging/all/etc/app.conf": "port 90\n"})
	w.commit("Aside again", map[string]string{"staging/all/etc/app.conf": "port 91\n"})
	w.git("checkout", "-q", "main")
	w.git("config", "user.email", "BOB@example.com")
	w.git("config", "user.name", "Robert")
	w.commit("Ahead", map[string]string{"staging/all/etc/motd": "hello\n"})
	w.git("config", "user.email", "ada@example.com")
	w.git("config", "user.name", "Ada")
	w.commit("Ahead again", map[string]string{"staging/all/etc/motd": "hello you\n"})
	w.commit("And again", map[string]string{"staging/all/etc/motd": "hello all\n"})
	w.git("merge", "-q", "--no-ff", "-m", "Merge the first of the side", "side~1")
	ws := w.as("Ada")
	check := func(t *testing.T) {
		c := between(t, ws, "side", "main")
		if c.OnlyA.Commits != 1 || c.OnlyB.Commits != 4 || string(c.Base) != w.git("rev-parse", "side~1") || c.IsAncestor() {
			t.Errorf("%d and %d commits, base %s (begun at %s)", c.OnlyA.Commits, c.OnlyB.Commits, c.Base, base)
		}
		var names []string
		for _, a := range c.OnlyB.Authors {
			names = append(names, fmt.Sprintf("%s %d", a.Name, a.Commits))
		}
		wantSame(t, "authors", []string{"Ada 3", "Robert 1"}, names)
		wantSame(t, "effects", []string{"staging web ~ stg-1:/etc/app.conf content", "staging web + stg-1:/etc/motd"}, effects(t, ws, c))
	}
	t.Run("before history is indexed", check)
	if err := ws.History().Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Run("from the index", check)
	t.Run("with a commit that is newer than the index", func(t *testing.T) {
		w.commit("News", map[string]string{"staging/all/etc/motd": "news\n"})
		if c := between(t, ws, "side", "main"); c.OnlyB.Commits != 5 {
			t.Errorf("%d commits", c.OnlyB.Commits)
		}
	})
}

func TestComparingWhatHasNothingInCommon(t *testing.T) {
	w := newWorld(t)
	w.git("checkout", "-q", "--orphan", "other")
	w.commit("Another beginning", map[string]string{"staging/all/etc/app.conf": "port 1\n"})
	ws := w.as("Ada")
	c := between(t, ws, "main", "other")
	if c.Base != "" || c.OnlyA.Commits != 1 || c.OnlyB.Commits != 1 || c.IsAncestor() {
		t.Errorf("%+v", c)
	}
	wantSame(t, "effects", []string{"staging web ~ stg-1:/etc/app.conf content"}, effects(t, ws, c))
}

func TestComparingARevisionWithItself(t *testing.T) {
	w := newWorld(t)
	ws := w.as("Ada")
	c := between(t, ws, "HEAD", "main")
	if c.OnlyA.Commits+c.OnlyB.Commits != 0 || len(c.Files) != 0 || !c.IsAncestor() {
		t.Errorf("%+v", c)
	}
	if got := effects(t, ws, c); len(got) != 0 {
		t.Errorf("effects: %v", got)
	}
}

func TestFilesThatMovedUnchangedAreShownAsMoved(t *testing.T) {
	w := newWorld(t)
	w.commit("Start", map[string]string{"production/web-1/etc/one": "same\n", "production/web-1/etc/two": "same\n", "staging/all/etc/x": "x\n"})
	for _, empty := range []string{"docs/empty", "docs/.keep"} {
		w.write(filepath.Join(w.root, empty), "")
	}
	w.git("add", "-A")
	w.git("commit", "-q", "--amend", "--no-edit")
	a := w.git("rev-parse", "HEAD")
	w.git("mv", "production/web-1/etc/one", "production/web-2/etc/two")
	w.git("mv", "production/web-1/etc/two", "production/web-2/etc/one")
	w.git("mv", "staging/all/etc/x", "staging/all/etc/y")
	w.git("mv", "docs/empty", "docs/nothing")
	w.write(filepath.Join(w.root, "notes/.keep"), "")
	w.git("rm", "-q", "docs/.keep")
	w.git("add", "-A")
	w.git("update-index", "--chmod=+x", "staging/all/etc/y")
	w.git("commit", "-q", "-m", "Move")
	ws := w.as("Ada")
	c := between(t, ws, a, "HEAD")
	wantSame(t, "files", []string{
		"docs/empty 100644 0 +0 -0",
		"docs/nothing 0 100644 +0 -0",
		"docs/.keep → notes/.keep +0 -0",
		"production/web-1/etc/one → production/web-2/etc/one +0 -0",
		"production/web-1/etc/two → production/web-2/etc/two +0 -0",
		"staging/all/etc/x → staging/all/etc/y 100644 100755 +0 -0",
	}, said(t, ws, c))
	wantSame(t, "effects", []string{
		"staging web - stg-1:/etc/x", "staging web + stg-1:/etc/y",
		"production web - web-1:/etc/one", "production web - web-1:/etc/two", "production web + web-2:/etc/one", "production web + web-2:/etc/two",
	}, effects(t, ws, c))
}

func TestLinesThatCannotBeCountedSayWhy(t *testing.T) {
	w := newWorld(t)
	a := w.git("rev-parse", "HEAD")
	w.write(filepath.Join(w.root, "binary"), "\x00\x01")
	w.write(filepath.Join(w.root, "encrypted"), vaultTop+vaultOld+"\n")
	w.write(filepath.Join(w.root, "huge"), strings.Repeat("line\n", 1<<20))
	w.write(filepath.Join(w.root, "\x1b]0;gone\a\xff"), "1\n")
	if err := os.Symlink("somewhere", filepath.Join(w.root, "link")); err != nil {
		t.Fatal(err)
	}
	w.git("add", "-A")
	w.git("update-index", "--add", "--cacheinfo", "160000,"+a+",module")
	w.git("commit", "-q", "-m", "All kinds")
	ws := w.as("Ada")
	wantSame(t, "files", []string{
		"\x1b]0;gone\a\xff 0 100644 +1 -0",
		"binary 0 100644 +0 -0 binary",
		"encrypted 0 100644 +0 -0 binary",
		"huge 0 100644 +0 -0 large",
		"link 0 120000 +1 -0",
		"module 0 160000 +0 -0 submodule",
	}, said(t, ws, between(t, ws, a, "HEAD")))
}

func TestAnEngineThatCannotSayLeavesItAtFiles(t *testing.T) {
	w := newWorld(t)
	a := w.git("rev-parse", "HEAD")
	b := w.commit("Go on", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	for _, c := range []struct {
		name   string
		engine func(p *hosts.Provider) workspace.Engine
		want   string
	}{
		{"one that does not know of it", func(p *hosts.Provider) workspace.Engine { return struct{ workspace.Engine }{p} }, "staging web: 1 files only"},
		{"one behind decorators", func(p *hosts.Provider) workspace.Engine {
			return providers.ReadOnly(struct{ providers.Provider }{p}).(workspace.Engine)
		}, "staging web: 1 files only"},
		{"one that may not run", func(p *hosts.Provider) workspace.Engine { return providers.Untrusted(p, "trust it") }, "staging web ~ stg-1:/etc/app.conf content"},
		{"one that fails", func(p *hosts.Provider) workspace.Engine {
			return providers.Faults(p, providers.Fault{Point: providers.AtDesired, N: 2, Err: errors.New("boom")})
		}, "staging web: say what changes in web: boom"},
	} {
		w.engine = c.engine
		ws := w.as("Ada")
		wantSame(t, c.name, []string{c.want}, effects(t, ws, between(t, ws, a, b)))
	}
}

func TestATargetThatComesOrGoesWithARevision(t *testing.T) {
	w := newWorld(t)
	a := w.git("rev-parse", "HEAD")
	b := w.commit("Without staging", map[string]string{"staging/all/etc/app.conf": ""})
	ws := w.as("Ada")
	wantSame(t, "it came", []string{"staging web + stg-1:/etc/app.conf"}, effects(t, ws, between(t, ws, b, a)))
	got := effects(t, ws, between(t, ws, a, b))
	if len(got) != 1 || !strings.Contains(got[0], "nothing is there") {
		t.Errorf("it went: %v", got)
	}
}

// Two environments that share a directory are both touched by a file in it, one by what a link brings in as well.
func TestEnvironmentsThatShareFiles(t *testing.T) {
	w := newWorld(t)
	w.commit("Share", map[string]string{
		"plumb.yaml": strings.ReplaceAll(configuration, "path: staging", "path: production"), "shared/etc/common": "1\n", "production/README": "x\n",
	})
	if err := os.Symlink("../shared", filepath.Join(w.root, "production/web-1")); err != nil {
		t.Fatal(err)
	}
	a := w.commit("Link", map[string]string{"shared/etc/more": "1\n"})
	b := w.commit("Go on", map[string]string{"shared/etc/common": "2\n"})
	ws := w.as("Ada")
	wantSame(t, "through a link", []string{"production web ~ web-1:/etc/common content"}, effects(t, ws, between(t, ws, a, b)))
	c := w.commit("Both", map[string]string{"production/all/etc/app.conf": "port 99\n"})
	wantSame(t, "both", []string{
		"staging web ~ stg-1:/etc/app.conf content",
		"production web ~ web-1:/etc/app.conf content", "production web ~ web-2:/etc/app.conf content",
	}, effects(t, ws, between(t, ws, b, c)))
}

func TestContentsThatAreNotHere(t *testing.T) {
	w := newWorld(t)
	w.commit("Go on", map[string]string{"staging/all/etc/app.conf": "port 81\n"})
	origin := w.root
	w.git("config", "uploadpack.allowFilter", "true")
	w.root = filepath.Join(t.TempDir(), "infra")
	cmd := exec.Command("git", "clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+origin, w.root)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.write(filepath.Join(w.root, "plumb.yaml"), configuration)
	ws := w.as("Ada")
	c := between(t, ws, "HEAD~1", "HEAD")
	wantSame(t, "files", []string{"staging/all/etc/app.conf +0 -0 not here"}, said(t, ws, c))
	if got := effects(t, ws, c); len(got) != 1 || !strings.Contains(got[0], "missing") {
		t.Errorf("effects: %v", got)
	}
}

// counting is a store that tells how many blobs were read.
type counting struct {
	objects.Store
	blobs int
}

func (c *counting) Blob(ctx context.Context, id model.Hash) ([]byte, error) {
	c.blobs++
	return c.Store.Blob(ctx, id)
}

func TestTwentyThousandFilesAreBoundedWork(t *testing.T) {
	store := &counting{Store: gogit.NewMemory()}
	ctx := t.Context()
	someone := objects.Signature{Name: "Ada", Email: "ada@example.com", When: time.Unix(1772442000, 0)}
	write := func(content string) model.Hash {
		blob, err := store.WriteBlob(ctx, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		var dirs []objects.TreeEntry
		for i := range 200 {
			var files []objects.TreeEntry
			for k := range 100 {
				files = append(files, objects.TreeEntry{Name: fmt.Sprintf("f%03d", k), Mode: model.ModeFile, Hash: blob})
			}
			tree, err := store.WriteTree(ctx, append(files, objects.TreeEntry{Name: fmt.Sprintf("own%d", i), Mode: model.ModeFile, Hash: blob}))
			if err != nil {
				t.Fatal(err)
			}
			dirs = append(dirs, objects.TreeEntry{Name: fmt.Sprintf("d%03d", i), Mode: model.ModeTree, Hash: tree})
		}
		tree, err := store.WriteTree(ctx, dirs)
		if err != nil {
			t.Fatal(err)
		}
		id, err := store.WriteCommit(ctx, objects.NewCommit{Tree: tree, Author: someone, Committer: someone, Message: content})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	a, b := write("one\n"), write("two\n")
	ws := workspace.New(workspace.Options{Store: store})
	c, err := ws.Between(ctx, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 20_200 || store.blobs != 0 {
		t.Fatalf("%d files, %d blobs read", len(c.Files), store.blobs)
	}
	counts := make([]workspace.LineCount, len(c.Files))
	for i, n := range ws.CountLines(ctx, c.Files) {
		counts[i] = n
	}
	nodes := workspace.Tree(c.Files)
	sums := workspace.SumTree(nodes, counts)
	all := workspace.Sum(counts)
	if all.Files != 20_200 || all.Blind != 20_200-5000 || all.Added != 5000 || store.blobs > 10_000 {
		t.Errorf("%+v after %d blobs", all, store.blobs)
	}
	if len(nodes) != 20_400 || sums[0].Files != 101 || sums[0].Added != 101 || sums[len(sums)-1].Blind != 1 {
		t.Errorf("%d rows, first %+v, last %+v", len(nodes), sums[0], sums[len(sums)-1])
	}
	// Nobody waits any more: the work ends.
	gone, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	for range ws.CountLines(gone, c.Files) {
		if n++; n == 3 {
			cancel()
		}
	}
	if n != 3 {
		t.Errorf("%d files were counted for nobody", n)
	}
}

func TestBothStoresCompareAlike(t *testing.T) {
	w := newWorld(t)
	w.commit("Go on", map[string]string{"staging/all/etc/app.conf": "port 81\n", "production/web-2/etc/motd": ""})
	first, err := gitcli.Open(t.Context(), w.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := gogit.Open(w.root)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	var all [][]string
	for _, s := range []objects.Store{first, second} {
		ws := workspace.New(workspace.Options{Store: s})
		c := between(t, ws, "HEAD~1", "HEAD")
		all = append(all, append(said(t, ws, c), fmt.Sprint(c.OnlyA, c.OnlyB, c.Base)))
	}
	if !slices.Equal(all[0], all[1]) {
		t.Error(cmp.Diff(all[0], all[1]))
	}
}
