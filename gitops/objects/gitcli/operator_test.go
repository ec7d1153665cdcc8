package gitcli_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// desk is a repository at whose work tree an operator works, with a commit to move to.
type desk struct {
	dir        string
	store      objects.Store
	operator   *gitcli.Operator
	prev, next model.Hash // Main is at prev; next changes motd and makes new.
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{dir: t.TempDir()}
	objectstest.Git(t, d.dir, "init", "--quiet")
	d.write(t, "motd", "one\n")
	d.write(t, "other", "one\n")
	objectstest.Git(t, d.dir, "add", ".")
	objectstest.Git(t, d.dir, "commit", "--quiet", "-m", "first")
	d.store = open(t, d.dir)
	t.Cleanup(func() { _ = d.store.Close() })
	var err error
	if d.operator, err = gitcli.NewOperator(d.store, nil); err != nil {
		t.Fatal(err)
	}
	d.prev = d.at(t, "main")
	d.next = d.commit(t, d.prev, model.Edit{Path: "motd", Data: []byte("two\n")}, model.Edit{Path: "new", Data: []byte("new\n")})
	return d
}

func (d desk) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (d desk) at(t *testing.T, revision string) model.Hash {
	t.Helper()
	return model.Hash(objectstest.Git(t, d.dir, "rev-parse", revision))
}

func (d desk) commit(t *testing.T, parent model.Hash, edits ...model.Edit) model.Hash {
	t.Helper()
	c, err := d.store.Commit(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := objects.EditTree(t.Context(), d.store, c.Tree, edits)
	if err != nil {
		t.Fatal(err)
	}
	who := objects.Signature{Name: "Ada", Email: "ada@example.org", When: c.Committer.When}
	id, err := d.store.WriteCommit(t.Context(), objects.NewCommit{Tree: tree, Parents: []model.Hash{parent}, Author: who, Committer: who, Message: "next"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (d desk) assertAt(t *testing.T, want model.Hash, status string) {
	t.Helper()
	if got := d.at(t, "main"); got != want {
		t.Errorf("main is at %s; want %s", got.Short(), want.Short())
	}
	if got := objectstest.Git(t, d.dir, "status", "--porcelain"); got != status {
		t.Errorf("status is %q; want %q", got, status)
	}
}

func TestTheWorkTreeFollowsItsBranch(t *testing.T) {
	d := newDesk(t)
	// Edits that are not in the way stay as they are, staged ones too.
	d.write(t, "other", "mine\n")
	d.write(t, "staged", "mine\n")
	objectstest.Git(t, d.dir, "add", "staged")
	objectstest.Git(t, d.dir, "config", "branch.main.mergeOptions", "--no-ff --squash")
	if err := d.operator.MergeFastForward(t.Context(), "refs/heads/main", d.next, d.prev); err != nil {
		t.Fatal(err)
	}
	d.assertAt(t, d.next, " M other\nA  staged")
	for name, want := range map[string]string{"motd": "two\n", "new": "new\n", "other": "mine\n"} {
		if got, err := os.ReadFile(filepath.Join(d.dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v); want %q", name, got, err, want)
		}
	}
}

func TestLocalEditsInTheWayAreNamedAndKept(t *testing.T) {
	for name, tt := range map[string]struct {
		edit   func(t *testing.T, d desk)
		files  []string
		status string
	}{
		"an edited file": {func(t *testing.T, d desk) { d.write(t, "motd", "mine\n") }, []string{"motd"}, " M motd"},
		"a staged file": {func(t *testing.T, d desk) {
			d.write(t, "motd", "mine\n")
			objectstest.Git(t, d.dir, "add", "motd")
		}, []string{"motd"}, "M  motd"},
		"a file that git does not know": {func(t *testing.T, d desk) { d.write(t, "new", "mine\n") }, []string{"new"}, "?? new"},
		"both":                          {func(t *testing.T, d desk) { d.write(t, "motd", "mine\n"); d.write(t, "new", "mine\n") }, []string{"motd", "new"}, " M motd\n?? new"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if err := d.operator.MayFastForward(t.Context(), "refs/heads/main", d.next, d.prev); err != nil {
				t.Errorf("refused before there was an edit: %v", err)
			}
			tt.edit(t, d)
			if err := d.operator.MayFastForward(t.Context(), "refs/heads/main", d.next, d.prev); !errors.Is(err, model.ErrRefused) || !strings.Contains(model.Hint(err), tt.files[0]) {
				t.Errorf("asked before, the error is %v with the hint %q", err, model.Hint(err))
			}
			err := d.operator.MergeFastForward(t.Context(), "refs/heads/main", d.next, d.prev)
			if !errors.Is(err, model.ErrRefused) {
				t.Errorf("the error is %v", err)
			}
			for _, f := range tt.files {
				if !strings.Contains(model.Hint(err), f) {
					t.Errorf("the hint %q does not name %s", model.Hint(err), f)
				}
			}
			d.assertAt(t, d.prev, tt.status)
		})
	}
}

func TestALinkedWorkTreeFollowsToo(t *testing.T) {
	d := newDesk(t)
	other := filepath.Join(t.TempDir(), "other")
	objectstest.Git(t, d.dir, "checkout", "--quiet", "--detach")
	objectstest.Git(t, d.dir, "worktree", "add", "--quiet", other, "main")
	if err := d.operator.MergeFastForward(t.Context(), "refs/heads/main", d.next, d.prev); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(other, "motd")); err != nil || string(got) != "two\n" {
		t.Errorf("motd is %q: %v", got, err)
	}
	d.assertAt(t, d.next, "")
}

func TestABranchThatNobodyHasOutMovesAlone(t *testing.T) {
	d := newDesk(t)
	objectstest.Git(t, d.dir, "checkout", "--quiet", "-b", "work")
	// A work tree that was deleted by hand has nothing checked out any more.
	gone := filepath.Join(t.TempDir(), "gone")
	objectstest.Git(t, d.dir, "worktree", "add", "--quiet", gone, "main")
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	if err := d.operator.MergeFastForward(t.Context(), "refs/heads/main", d.next, d.prev); err != nil {
		t.Fatal(err)
	}
	d.assertAt(t, d.next, "")
	if got, err := os.ReadFile(filepath.Join(d.dir, "motd")); err != nil || string(got) != "one\n" {
		t.Errorf("the other branch's motd is %q: %v", got, err)
	}
}

func TestABranchThatMovedIsNotMoved(t *testing.T) {
	for _, branch := range []string{"main", "side"} {
		d := newDesk(t)
		objectstest.Git(t, d.dir, "branch", "side")
		objectstest.Git(t, d.dir, "commit", "--quiet", "--allow-empty", "-m", "a colleague's")
		objectstest.Git(t, d.dir, "branch", "-f", "side", "main")
		err := d.operator.MergeFastForward(t.Context(), "refs/heads/"+branch, d.next, d.prev)
		if !errors.Is(err, objects.ErrMoved) {
			t.Errorf("%s: %v; want moved", branch, err)
		}
		err = d.operator.MergeFastForward(t.Context(), "refs/heads/"+branch, d.next, d.at(t, "main"))
		if !errors.Is(err, model.ErrRefused) {
			t.Errorf("%s, to what does not descend from it: %v; want refused", branch, err)
		}
	}
}

func TestAMergeUnderWayIsNotDisturbed(t *testing.T) {
	d := newDesk(t)
	objectstest.Git(t, d.dir, "checkout", "--quiet", "-b", "side")
	objectstest.Git(t, d.dir, "commit", "--quiet", "--allow-empty", "-m", "side")
	objectstest.Git(t, d.dir, "checkout", "--quiet", "main")
	objectstest.Git(t, d.dir, "merge", "--quiet", "--no-ff", "--no-commit", "side")
	if err := d.operator.MayFastForward(t.Context(), "refs/heads/main", d.next, d.prev); !errors.Is(err, model.ErrRefused) || model.Hint(err) == "" {
		t.Errorf("asked before, the error is %v", err)
	}
	err := d.operator.MergeFastForward(t.Context(), "refs/heads/main", d.next, d.prev)
	if !errors.Is(err, model.ErrRefused) || model.Hint(err) == "" {
		t.Errorf("the error is %v", err)
	}
	if got := d.at(t, "main"); got != d.prev {
		t.Errorf("main is at %s", got)
	}
}

func TestPushAndFetch(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	if _, _, ok, err := d.operator.Upstream(ctx, "refs/heads/main"); ok || err != nil {
		t.Errorf("a branch without upstream: %v %v", ok, err)
	}
	remote := filepath.Join(t.TempDir(), "remote.git")
	objectstest.Git(t, d.dir, "init", "--quiet", "--bare", remote)
	objectstest.Git(t, d.dir, "remote", "add", "origin", remote)
	objectstest.Git(t, d.dir, "config", "branch.main.remote", "origin")
	objectstest.Git(t, d.dir, "config", "branch.main.merge", "refs/heads/trunk")
	name, ref, ok, err := d.operator.Upstream(ctx, "refs/heads/main")
	if name != "origin" || ref != "refs/heads/trunk" || !ok || err != nil {
		t.Errorf("upstream is %s %s %v: %v", name, ref, ok, err)
	}
	if err := d.operator.Push(ctx, "origin", "refs/heads/main:refs/heads/trunk", string(d.next)+":refs/plumb/log/ada/1"); err != nil {
		t.Fatal(err)
	}
	if got := objectstest.Git(t, remote, "for-each-ref", "--format=%(objectname) %(refname)"); got != string(d.prev)+" refs/heads/trunk\n"+string(d.next)+" refs/plumb/log/ada/1" {
		t.Errorf("the remote has %s", got)
	}
	if err := d.operator.Fetch(ctx, "origin"); err != nil {
		t.Fatal(err)
	}
	if got := d.at(t, "refs/remotes/origin/trunk"); got != d.prev {
		t.Errorf("fetched %s", got)
	}
	// Somebody else pushed first; of two refs none moves then.
	other := filepath.Join(t.TempDir(), "other")
	objectstest.Git(t, d.dir, "clone", "--quiet", "-b", "trunk", remote, other)
	objectstest.Git(t, other, "commit", "--quiet", "--allow-empty", "-m", "a colleague's")
	objectstest.Git(t, other, "push", "--quiet")
	err = d.operator.Push(ctx, "origin", string(d.next)+":refs/heads/trunk", string(d.next)+":refs/plumb/log/ada/2")
	if !errors.Is(err, objects.ErrMoved) || model.Hint(err) == "" {
		t.Errorf("a push that came too late: %v", err)
	}
	if got := objectstest.Git(t, remote, "for-each-ref", "refs/plumb/log/ada/2"); got != "" {
		t.Errorf("half of it was pushed: %s", got)
	}
	for _, remote := range []string{"nowhere", "--upload-pack=touch x", "ext::sh -c true"} {
		if err := d.operator.Fetch(ctx, remote); err == nil {
			t.Errorf("fetched from %q", remote)
		}
		if err := d.operator.Push(ctx, remote, "refs/heads/main"); err == nil {
			t.Errorf("pushed to %q", remote)
		}
	}
}

func TestIdentityIsTheOperatorsOwn(t *testing.T) {
	d := newDesk(t)
	t.Setenv("EMAIL", "")
	if name, email, err := d.operator.Identity(t.Context()); err == nil || !strings.Contains(model.Hint(err), "user.email") {
		t.Errorf("nobody is %q <%s>: %v (hint %q)", name, email, err, model.Hint(err))
	}
	objectstest.Git(t, d.dir, "config", "user.name", "Ada Admin")
	objectstest.Git(t, d.dir, "config", "user.email", "ada@example.org")
	if name, email, err := d.operator.Identity(t.Context()); name != "Ada Admin" || email != "ada@example.org" || err != nil {
		t.Errorf("identity is %q <%s>: %v", name, email, err)
	}
	t.Setenv("GIT_AUTHOR_NAME", "Ada at work")
	operator, err := gitcli.NewOperator(d.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if name, _, err := operator.Identity(t.Context()); name != "Ada at work" || err != nil {
		t.Errorf("name is %q: %v", name, err)
	}
}
