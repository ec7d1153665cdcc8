package workspace_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/audit"
	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects/gitcli"
	"plumb/model"
	"plumb/model/text"
)

// shell runs the commands of an explanation as somebody who pastes them would, and answers what each printed.
func (w *world) shell(x audit.Explanation) (string, error) {
	w.t.Helper()
	script := []string{"set -eu"}
	for _, s := range x.Steps {
		script = append(script, s.Command)
	}
	cmd := exec.CommandContext(w.t.Context(), "bash", "-c", strings.Join(script, "\n"))
	cmd.Dir = w.root
	cmd.Env = append(os.Environ(), "TMPDIR="+w.t.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func explain(t *testing.T, w *world, id string) audit.Explanation {
	t.Helper()
	x, err := w.as("Ada").ExplainProof(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestALedgerThatPlumbWroteIsProven(t *testing.T) {
	w := newWorld(t)
	w.land(toProduction)
	w.commit("More workers", map[string]string{"production/web-2/etc/motd": "hello\n"})
	w.land(toProduction)
	v, err := w.as("Bob").Prove(t.Context())
	if err != nil || !v.Proven() || v.Runs != 2 || v.Allowed != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestTheRulesOfTheWorkTreeDoNotJudgeThePast(t *testing.T) {
	w := newWorld(t)
	w.land(toProduction)
	w.commit("Ask for more", map[string]string{"plumb.yaml": strings.Replace(configuration, "approvals: 2", "approvals: 9", 1)})
	if v, err := w.as("Bob").Prove(t.Context()); err != nil || !v.Proven() {
		t.Errorf("%+v, %v", v.Findings, err)
	}
}

func TestThePrintedCommandsProveAnUnsignedLedgerAsFarAsThatGoes(t *testing.T) {
	w := newWorld(t)
	c := w.land(toProduction)
	x := explain(t, w, string(c.ID))
	out, err := w.shell(x)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"verb seal", "verb approve", "verb intent", "verb outcome", "file change.json sha256:"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if said := strings.Join(x.Cannot, "\n"); strings.Count(said, "it is not signed") != 5 || !strings.Contains(said, "kept back") {
		t.Errorf("what cannot be proven: %s", said)
	}
	if r := explain(t, w, string(c.Run)); len(r.Steps) == 0 || !strings.HasPrefix(r.About.String(), "run ") {
		t.Errorf("%+v", r)
	}
}

func TestThePrintedCommandsFailOnceALogWasTamperedWith(t *testing.T) {
	w := newWorld(t)
	c := w.land(toProduction)
	x := explain(t, w, string(c.ID))
	logs := strings.Fields(w.git("for-each-ref", "--format=%(refname)", "refs/plumb/log"))
	if len(logs) != 3 {
		t.Fatalf("there are the logs %q", logs)
	}
	for _, log := range logs {
		tip := w.git("rev-parse", log)
		// The same entry with another word in its payload, in the place of the one that was there.
		payload := strings.Replace(w.git("cat-file", "blob", tip+":payload"), "production", "prod", 1) + "\n"
		file := filepath.Join(t.TempDir(), "payload")
		w.write(file, payload)
		blob := w.git("hash-object", "-w", file)
		tree := strings.Replace(w.git("ls-tree", tip), w.git("rev-parse", tip+":payload"), blob, 1)
		w.write(file, tree+"\n")
		cmd := exec.CommandContext(t.Context(), "bash", "-c", "git mktree < "+file)
		cmd.Dir = w.root
		made, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"commit-tree", "-m", "x", strings.TrimSpace(string(made))}
		if parents := strings.Fields(w.git("rev-list", "--parents", "-1", tip))[1:]; len(parents) > 0 {
			args = append(args, "-p", parents[0])
		}
		w.git("update-ref", log, w.git(args...))
		if out, err := w.shell(x); err == nil {
			t.Errorf("%s was rewritten, and the commands succeed:\n%s", log, out)
		}
		w.git("update-ref", log, tip)
		if out, err := w.shell(x); err != nil {
			t.Fatalf("put back: %v\n%s", err, out)
		}
	}
}

// key is a signing key of its own, with stock ssh-keygen.
type key struct {
	t    *testing.T
	file string
}

func newKey(t *testing.T, dir, name string) key {
	t.Helper()
	k := key{t, filepath.Join(dir, name)}
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", k.file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return k
}

func (k key) public() string {
	data, err := os.ReadFile(k.file + ".pub")
	if err != nil {
		k.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func (k key) Key() string { return "k-" + filepath.Base(k.file) }

func (k key) Sign(ctx context.Context, payload []byte) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "ssh-keygen", "-q", "-Y", "sign", "-n", audit.Namespace, "-f", k.file)
	cmd.Stdin = strings.NewReader(string(payload))
	return cmd.Output()
}

func TestThePrintedCommandsProveWhoSigned(t *testing.T) {
	w := newWorld(t)
	keys := t.TempDir()
	ada, eve := newKey(t, keys, "ada"), newKey(t, keys, "eve")
	base := model.Hash(w.commit("Say who may sign", map[string]string{
		audit.SignersFile: `ada@example.com namespaces="` + audit.Namespace + `" ` + ada.public() + "\n",
		audit.RevokedFile: eve.public() + "\n",
	}))
	store, err := gitcli.Open(t.Context(), w.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	sealed := func(id string, by key) string {
		c := model.Change{ID: model.ChangeID(id), Environment: "production", Kind: model.Deploy, Title: text.Lit("x"), Author: who("Ada"), SealedAt: w.now.UTC(),
			Revision: base, Commits: []model.Hash{base}, Plans: []model.PlanRef{}}
		c.Digest = c.Seal()
		fields, files, err := change.Entry(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ledger.Open(store, who("Ada"), by, func() time.Time { return w.now }).Append(t.Context(), ledger.Seal, fields, files)
		if err != nil {
			t.Fatal(err)
		}
		return string(e.ID)
	}
	good, bad := sealed("deploy-good", ada), sealed("deploy-bad", eve)

	x := explain(t, w, good)
	out, err := w.shell(x)
	if err != nil || !strings.Contains(out, `Good "`+audit.Namespace+`" signature for ada@example.com`) {
		t.Errorf("%v\n%s", err, out)
	}
	for _, said := range x.Cannot {
		if strings.Contains(said, "Who") {
			t.Errorf("it says that it cannot prove %q", said)
		}
	}
	if out, err := w.shell(explain(t, w, bad)); err == nil {
		t.Errorf("a key that nobody allowed is proven:\n%s", out)
	}
}

func who(name string) model.Principal {
	return model.Principal{Name: text.Line(name), Email: text.Line(strings.ToLower(name) + "@example.com")}
}
