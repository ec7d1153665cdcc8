package workspace_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/audit"
	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
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

func TestThePrintedCommandsProveWhoSigned(t *testing.T) {
	f := newCourt(t, nil)
	c := f.agreed("Bob", "Carol")
	if _, err := f.as("Ada").Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	x := explain(t, f.world, string(c.ID))
	out, err := f.shell(x)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range people {
		if want := `Good "` + ledger.Namespace + `" signature for ` + address(name); !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	for _, said := range x.Cannot {
		if strings.HasPrefix(said, "Who") {
			t.Errorf("it says that it cannot prove %q", said)
		}
	}
	v, err := f.as("Bob").Prove(t.Context())
	if err != nil || !v.Proven() || v.Signed != v.Entries {
		t.Errorf("%+v, %v", v, err)
	}
	book, err := f.as("Bob").Audit(t.Context())
	if err != nil || !book.Accounts[0].Counts() || !strings.HasPrefix(book.Accounts[0].Signature(), "signed by SHA256:") {
		t.Errorf("%+v, %v", book.Accounts[0], err)
	}
}

func TestASignatureByAKeyThatNobodyAllowedIsNoProof(t *testing.T) {
	f := newCourt(t, map[string]string{})
	c := seal(t, f.as("Ada"), toProduction)
	store, err := gitcli.Open(t.Context(), f.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	signer, err := sshsig.Choose(t.Context(), sshsig.Config{PlumbSigningKey: f.private("Mallory"), Format: "ssh"})
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.Open(ledger.Options{Store: store, Self: model.Principal{Name: text.Lit("Bob"), Email: text.Lit("bob@example.com")}, Now: f.passing})
	e, err := l.Append(t.Context(), ledger.SSHSigner{Signer: signer}, ledger.Approve, change.Approval(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	book, err := f.as("Ada").Audit(t.Context())
	if err != nil || book.Accounts[0].ID() != e.ID || book.Accounts[0].Counts() {
		t.Errorf("%+v, %v", book.Accounts[0], err)
	}
	if out, err := f.shell(explain(t, f.world, string(e.ID))); err == nil {
		t.Errorf("it is proven:\n%s", out)
	}
}

func TestTheFilesOfKeysAreCalledTheSameEverywhere(t *testing.T) {
	if audit.SignersFile != workspace.AllowedSigners || audit.RevokedFile != workspace.RevokedKeys {
		t.Error("the printed commands name other files")
	}
}
