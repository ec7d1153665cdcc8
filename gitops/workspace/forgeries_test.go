package workspace_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/providers/hosts"
)

// court is a repository in which production asks for two signed approvals, with people who can sign, and all that a forger needs.
type court struct {
	*world
	keyDir string
	state  string // Where plumb keeps what is private.
}

// people whose keys count.
var people = []string{"Ada", "Bob", "Carol"}

// newCourt is a court. Options replace what stands in its files.
func newCourt(t *testing.T, files map[string]string) *court {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		const why = "ssh-keygen is not installed: apt install openssh-client"
		if os.Getenv("PLUMB_REQUIRE_ENGINES") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	w := newWorld(t)
	w.keys = map[string]string{}
	f := &court{w, t.TempDir(), os.Getenv("XDG_STATE_HOME")}
	for _, name := range append(people, "Mallory") {
		f.key(name)
		w.keys[name] = f.private(name)
	}
	all := map[string]string{workspace.AllowedSigners: f.signers(people...)}
	maps.Copy(all, files)
	w.commit("Sign what is done", all)
	w.land(toProduction)
	w.commit("Say it", map[string]string{"production/web-2/etc/motd": "soon\n"})
	return f
}

// again is a copy of the court, as it was made.
func (f *court) again(t *testing.T) *court {
	t.Helper()
	top := t.TempDir()
	state := filepath.Join(t.TempDir(), "state")
	for from, to := range map[string]string{filepath.Dir(f.root): top, f.state: state} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_STATE_HOME", state)
	w := &world{t: t, root: filepath.Join(top, filepath.Base(f.root)), now: f.now, seed: f.seed, keys: f.keys}
	return &court{w, f.keyDir, state}
}

func (f *court) private(name string) string { return filepath.Join(f.keyDir, name) }

// key makes a key.
func (f *court) key(name string) {
	f.t.Helper()
	if out, err := exec.CommandContext(f.t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", f.private(name)).CombinedOutput(); err != nil {
		f.t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
}

func address(name string) string { return strings.ToLower(name) + "@example.com" }

// public is the public half of a key.
func (f *court) public(name string) string {
	f.t.Helper()
	data, err := os.ReadFile(f.private(name) + ".pub")
	if err != nil {
		f.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// signers are allowed signers.
func (f *court) signers(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s namespaces=%q %s\n", address(name), ledger.Namespace, f.public(name))
	}
	return b.String()
}

// key8 is how logs call a key.
func (f *court) key8(name string) string {
	f.t.Helper()
	key, _, err := sshsig.ParsePublicKey(f.public(name))
	if err != nil {
		f.t.Fatal(err)
	}
	return key.Key8()
}

// forged is an entry that is made by hand.
type forged struct {
	by        string // Whose e-mail address it bears.
	key       string // Whose key signs it; empty for nobody's.
	namespace string // Of the signature; empty for the right one.
	log       string // The key in the log's name, if not that of the key.
	payload   func(string) string
	altered   func(string) string // What becomes of the payload after it was signed.
	at        time.Time
}

// log is the ref of the log that an entry goes into.
func (f *court) log(e forged) string {
	name := "unsigned"
	if e.key != "" {
		name = f.key8(e.key)
	}
	if e.log != "" {
		name = e.log
	}
	return ledger.DefaultPrefix + "log/" + address(e.by) + "/" + name
}

// record writes an entry past plumb, with stock git and ssh-keygen, and answers its commit.
func (f *court) record(verb ledger.Verb, c model.Change, e forged, fields ...string) string {
	f.t.Helper()
	log, tip, prev, seq := f.log(e), "", "none", 1
	if out, err := exec.CommandContext(f.t.Context(), "git", "-C", f.root, "rev-parse", "-q", "--verify", log).Output(); err == nil {
		tip = strings.TrimSpace(string(out))
		before := f.git("cat-file", "blob", tip+":payload") + "\n"
		prev = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(before)))
		seq, _ = strconv.Atoi(f.git("rev-list", "--count", tip))
		seq++
	}
	at := e.at
	if at.IsZero() {
		at = f.passing()
	}
	payload := fmt.Sprintf("plumb-ledger 2\nverb %s\nby %q\nname %q\nat %s\nseq %d\nprev %s\n", verb, address(e.by), e.by, at.UTC().Format(time.RFC3339Nano), seq, prev)
	for _, field := range append([]string{"change", string(c.ID), "environment", c.Environment, "commit", string(c.Revision), "digest", string(c.Digest)}, fields...) {
		if payload[len(payload)-1] == '\n' {
			payload += "field " + field + " "
		} else {
			payload += strconv.Quote(field) + "\n"
		}
	}
	if e.payload != nil {
		payload = e.payload(payload)
	}
	tree := ""
	if e.key != "" {
		namespace := e.namespace
		if namespace == "" {
			namespace = ledger.Namespace
		}
		tree = "100644 blob " + f.blob(f.sign(e.key, namespace, payload)) + "\tpayload.sig\n"
	}
	if e.altered != nil {
		payload = e.altered(payload)
	}
	tree = "100644 blob " + f.blob(payload) + "\tpayload\n" + tree
	commit := []string{"commit-tree", f.pipe(tree, "mktree"), "-m", "forged"}
	if tip != "" {
		commit = append(commit, "-p", tip)
	}
	id := f.git(commit...)
	f.git("update-ref", log, id)
	return id
}

func (f *court) sign(key, namespace, payload string) string {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), "ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", f.private(key))
	cmd.Stdin = strings.NewReader(payload)
	out, err := cmd.Output()
	if err != nil {
		f.t.Fatalf("ssh-keygen: %v", err)
	}
	return string(out)
}

func (f *court) blob(data string) string { return f.pipe(data, "hash-object", "-w", "--stdin") }

func (f *court) pipe(in string, args ...string) string {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = f.root, strings.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		f.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// stock reports whether stock ssh-keygen accepts the signature of an entry as that of the person whose address it bears, by the
// keys of a revision.
func (f *court) stock(revision, entry, by string) bool {
	f.t.Helper()
	dir := f.t.TempDir()
	show := func(what, name string) string {
		out, err := exec.CommandContext(f.t.Context(), "git", "-C", f.root, "cat-file", "blob", what).Output()
		if err != nil && name != "revoked" {
			return ""
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, out, 0o600); err != nil {
			f.t.Fatal(err)
		}
		return file
	}
	sig := show(entry+":payload.sig", "sig")
	if sig == "" {
		return false
	}
	args := []string{"-Y", "verify", "-f", show(revision+":"+workspace.AllowedSigners, "signers"), "-I", address(by), "-n", ledger.Namespace, "-s", sig,
		"-O", "verify-time=" + f.now.UTC().Format("20060102150405Z")}
	if revoked := show(revision+":"+workspace.RevokedKeys, "revoked"); revoked != "" {
		args = append(args, "-r", revoked)
	}
	payload, err := os.ReadFile(show(entry+":payload", "payload"))
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.CommandContext(f.t.Context(), "ssh-keygen", args...)
	cmd.Stdin = bytes.NewReader(payload)
	return cmd.Run() == nil
}

func (f *court) applied() string {
	f.t.Helper()
	p, err := f.as("Ada").Position(f.t.Context(), "production")
	if err != nil {
		f.t.Fatal(err)
	}
	return string(p.Applied)
}

func (f *court) say(who string, c model.Change, do func(context.Context, *workspace.Workspace, model.ChangeID) (model.Change, error)) {
	f.t.Helper()
	if _, err := do(f.t.Context(), f.as(who), c.ID); err != nil {
		f.t.Fatalf("as %s: %v", who, err)
	}
}

func approve(ctx context.Context, w *workspace.Workspace, id model.ChangeID) (model.Change, error) {
	return w.Approve(ctx, id, nil)
}

func refuse(ctx context.Context, w *workspace.Workspace, id model.ChangeID) (model.Change, error) {
	return w.Refuse(ctx, id, "not today")
}

func withdraw(ctx context.Context, w *workspace.Workspace, id model.ChangeID) (model.Change, error) {
	return w.Withdraw(ctx, id)
}

func TestSignedApprovalsAreAccepted(t *testing.T) {
	f := newCourt(t, nil)
	c := f.agreed("Bob")
	// What is written by hand in the right way is as good, and stock ssh-keygen says so as well.
	if id := f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol"}, "class", "clean"); !f.stock(f.applied(), id, "Carol") {
		t.Error("stock ssh-keygen refuses it")
	}
	if _, err := f.as("Ada").Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got := f.live("web-2", "etc/motd"); got != "soon\n" {
		t.Errorf("live is %q", got)
	}
	c, err := f.as("Ada").Change(t.Context(), string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range c.Approvals {
		if a.Void != "" || !strings.HasPrefix(a.Key, "SHA256:") {
			t.Errorf("approved by %s with %q, void because %q", a.By.Email, a.Key, a.Void)
		}
	}
}

// TestForgeries are attempts to have a change applied that lacks an approval, each by somebody who can write to the repository.
func TestForgeries(t *testing.T) {
	swap := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	usual := newCourt(t, nil)
	for _, tt := range []struct {
		name  string
		files map[string]string // Of the court; nil for the usual one.
		setup func(f *court)    // Before the change is sealed; may be nil.
		forge func(f *court, c model.Change) (entry, by string)
		want  string // In the error of who applies it.
		void  string // In the reason why an approval does not count; empty where it is not one.
	}{
		{name: "the digest was swapped after it was signed", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			other := c
			other.Digest = model.Sum([]byte("other"))
			return f.record(ledger.Approve, other, forged{by: "Carol", key: "Carol", altered: swap(string(other.Digest), string(c.Digest))}), "Carol"
		}},
		{name: "the environment was swapped after it was signed", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			other := c
			other.Environment = "staging"
			return f.record(ledger.Approve, other, forged{by: "Carol", key: "Carol", altered: swap("staging", "production")}), "Carol"
		}},
		{name: "an approval of another change", want: "approvals 1 of 2", void: "another version", forge: func(f *court, c model.Change) (string, string) {
			c.Digest = model.Sum([]byte("other"))
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol"})
			return "", ""
		}},
		{name: "signed by somebody else whose key counts", want: "approvals 1 of 2", void: "carol@example.com", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Bob"}), "Carol"
		}},
		{name: "signed by a key that nobody knows", want: "approvals 1 of 2", void: "not", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Mallory"}), "Carol"
		}},
		{name: "in the log of a key that did not sign it", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Mallory", log: f.key8("Carol")}), "Carol"
		}},
		{name: "by a person whom nobody knows", want: "approvals 1 of 2", void: "not", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Mallory", key: "Mallory"}), "Mallory"
		}},
		{name: "signed in another namespace", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", namespace: "file"}), "Carol"
		}},
		{name: "signed as a commit", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", namespace: "git"}), "Carol"
		}},
		{name: "not signed", want: "approvals 1 of 2", void: "it is not signed", forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol"}), "Carol"
		}},
		{name: "the key was removed", want: "approvals 1 of 2", void: "not", setup: func(f *court) {
			f.commit("Carol leaves", map[string]string{workspace.AllowedSigners: f.signers("Ada", "Bob")})
			f.land(toProduction)
			f.commit("Say more", map[string]string{"production/web-2/etc/motd": "sooner\n"})
		}, forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol"}), "Carol"
		}},
		{name: "the key is past its time", want: "approvals 1 of 2", void: "2026-03-02 09:30:00", setup: func(f *court) {
			signers := strings.Replace(f.signers(people...), "carol@example.com ", `carol@example.com valid-before="20260302093000Z",`, 1)
			f.commit("Carol until half past nine", map[string]string{workspace.AllowedSigners: signers})
			f.land(toProduction)
			f.commit("Say more", map[string]string{"production/web-2/etc/motd": "sooner\n"})
			f.now = time.Date(2026, 3, 2, 9, 31, 0, 0, time.UTC)
		}, forge: func(f *court, c model.Change) (string, string) {
			// Even when it claims to have been signed before.
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", at: time.Date(2026, 3, 2, 9, 29, 0, 0, time.UTC)}), "Carol"
		}},
		{name: "the key was revoked", want: "approvals 1 of 2", void: "revoked", setup: func(f *court) {
			f.commit("Carol lost her key", map[string]string{workspace.RevokedKeys: f.public("Carol") + "\n"})
			f.land(toProduction)
			f.commit("Say more", map[string]string{"production/web-2/etc/motd": "sooner\n"})
		}, forge: func(f *court, c model.Change) (string, string) {
			return f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol"}), "Carol"
		}},
		{name: "it has expired", files: map[string]string{"plumb.yaml": asking("    expires: 1h\n")}, want: "approvals 0 of 2", void: "expired", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, approve)
			f.now = f.now.Add(2 * time.Hour)
			return "", ""
		}},
		{name: "the author's own", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			f.record(ledger.Approve, c, forged{by: "Ada", key: "Ada"})
			return "", ""
		}},
		{name: "two keys of one person", setup: func(f *court) {
			f.key("Bob's other")
			f.commit("Bob has two keys", map[string]string{workspace.AllowedSigners: f.signers(people...) +
				fmt.Sprintf("bob@example.com namespaces=%q %s\n", ledger.Namespace, f.public("Bob's other"))})
			f.land(toProduction)
			f.commit("Say more", map[string]string{"production/web-2/etc/motd": "sooner\n"})
		}, want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			f.record(ledger.Approve, c, forged{by: "Bob", key: "Bob's other"})
			return "", ""
		}},
		{name: "refused after it was approved", want: "carol@example.com refused it: not today", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, approve)
			f.say("Carol", c, refuse)
			return "", ""
		}},
		{name: "withdrawn after it was approved", want: "approvals 1 of 2", void: "withdrawn", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, approve)
			f.say("Carol", c, withdraw)
			return "", ""
		}},
		{name: "the refusal was cut off the log", want: "carol@example.com refused it", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, approve)
			f.say("Carol", c, refuse)
			log := f.logOf("Carol")
			f.git("update-ref", log, log+"~1")
			return "", ""
		}},
		{name: "the log with the refusal was deleted", want: "carol@example.com refused it", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, refuse)
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", log: f.key8("Carol")})
			f.git("update-ref", "-d", f.logOf("Carol"))
			return "", ""
		}},
		{name: "the log has another entry in place of the refusal", want: "carol@example.com refused it", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, refuse)
			log := f.logOf("Carol")
			f.git("update-ref", log, log+"~1")
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol"})
			return "", ""
		}},
		{name: "a clone that never saw the refusal is told of it", want: "is withheld", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, refuse)
			f.say("Bob", c, withdraw) // His log says what he has seen.
			log := f.logOf("Carol")
			f.git("update-ref", log, log+"~1")
			f.forget()
			return "", ""
		}},
		{name: "the log leads to a blob", want: "carol@example.com refused it", forge: func(f *court, c model.Change) (string, string) {
			f.say("Carol", c, refuse)
			log := f.logOf("Carol")
			f.git("update-ref", "--no-deref", log, f.git("rev-parse", log+":payload"))
			return "", ""
		}},
		{name: "a field stands in it twice", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", payload: func(s string) string { return s + "field digest \"sha256:0\"\n" }})
			return "", ""
		}},
		{name: "its lines end as on Windows", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", payload: func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }})
			return "", ""
		}},
		{name: "it begins with a byte order mark", want: "approvals 1 of 2", forge: func(f *court, c model.Change) (string, string) {
			f.record(ledger.Approve, c, forged{by: "Carol", key: "Carol", payload: func(s string) string { return "\ufeff" + s }})
			return "", ""
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := usual
			if tt.files != nil {
				f = newCourt(t, tt.files)
			} else {
				f = f.again(t)
			}
			if tt.setup != nil {
				tt.setup(f)
			}
			before := f.live("web-2", "etc/motd")
			c := f.agreed("Bob")
			entry, by := tt.forge(f, c)
			if entry != "" && f.stock(f.applied(), entry, by) {
				t.Error("stock ssh-keygen accepts it")
			}
			_, err := f.as("Ada").Apply(t.Context(), c.ID, nil)
			// A log that is damaged says so, which may be the first that is said.
			if err == nil || !strings.Contains(err.Error(), tt.want) && !strings.Contains(err.Error(), "the record cannot be believed") {
				t.Errorf("apply: %v, want %q", err, tt.want)
			}
			c, err = f.as("Ada").Change(t.Context(), string(c.ID))
			if err != nil {
				t.Fatal(err)
			}
			var void []string
			for _, a := range c.Approvals {
				void = append(void, a.Void)
			}
			if all := strings.Join(void, "\n"); !strings.Contains(all, tt.void) {
				t.Errorf("approvals are void because of %q, want one because of %q", void, tt.void)
			}
			if got := f.live("web-2", "etc/motd"); got != before {
				t.Errorf("it was applied: live is %q", got)
			}
		})
	}
}

// logOf is the log of a person's key.
func (f *court) logOf(name string) string {
	return ledger.DefaultPrefix + "log/" + address(name) + "/" + f.key8(name)
}

// forget is what a fresh clone knows of earlier logs: nothing.
func (f *court) forget() {
	f.t.Helper()
	if err := os.Remove(filepath.Join(os.Getenv("XDG_STATE_HOME"), "plumb", "pins")); err != nil {
		f.t.Fatal(err)
	}
}

func TestWhoAppliesDoesNotCountAsApprover(t *testing.T) {
	f := newCourt(t, nil)
	c := f.agreed("Bob", "Carol")
	_, err := f.as("Carol").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 1 of 2")
}

func TestOnePlanIsAppliedOnce(t *testing.T) {
	f := newCourt(t, nil)
	c := f.agreed("Bob", "Carol")
	if _, err := f.as("Ada").Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	_, err := f.as("Ada").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "is applied")
	// A second announcement of the same change counts nowhere, whoever signs it.
	f.record(ledger.Intent, c, forged{by: "Bob", key: "Bob"}, "run", "00ff00ff", "host", "elsewhere")
	runs, err := f.as("Ada").Runs(t.Context())
	if err != nil || len(runs) != 2 {
		t.Errorf("there are %d runs (%v), want the first deploy and this one", len(runs), err)
	}
}

func TestAnApprovalThatIsWithdrawnAtTheLastMomentDoesNotCount(t *testing.T) {
	f := newCourt(t, nil)
	c := f.agreed("Bob", "Carol")
	carol, once := f.as("Carol"), false
	f.engine = func(p *hosts.Provider) workspace.Engine {
		return planning{p, func() {
			if once = !once; once {
				f.say2(carol, c)
			}
		}}
	}
	ada := f.as("Ada")
	f.engine = nil
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 1 of 2")
	if got := f.live("web-2", "etc/motd"); got == "soon\n" {
		t.Error("it was applied")
	}
}

// say2 withdraws with a workspace that is open already.
func (f *court) say2(w *workspace.Workspace, c model.Change) {
	if _, err := w.Withdraw(f.t.Context(), c.ID); err != nil {
		f.t.Errorf("withdraw: %v", err)
	}
}

// planning is an engine that lets something happen whenever it plans.
type planning struct {
	*hosts.Provider
	during func()
}

func (p planning) Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error) {
	p.during()
	return p.Provider.Plan(ctx, req)
}

func TestAChangeCannotBringTheKeysThatAllowIt(t *testing.T) {
	f := newCourt(t, nil)
	// Mallory can commit to main: with her own key, and a policy that asks for nothing.
	f.commit("Let me in", map[string]string{workspace.AllowedSigners: f.signers(append(people, "Mallory")...),
		"plumb.yaml": strings.Replace(configuration, "    approvals: 2\n", "", 1)})
	mallory := f.as("Mallory")
	d, err := mallory.Draft(t.Context(), toProduction)
	if err != nil {
		t.Fatal(err)
	}
	_, err = mallory.Seal(t.Context(), d, "trust me")
	wantError(t, err, model.ErrRefused, "does not count in production")

	// Even one that Bob seals for her needs the approvals of those who count.
	c := seal(t, f.as("Bob"), toProduction)
	f.record(ledger.Approve, c, forged{by: "Mallory", key: "Mallory"})
	_, err = f.as("Bob").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 0 of 2")
}

func TestWhatNobodySignedIsNotHowAnEnvironmentStands(t *testing.T) {
	f := newCourt(t, nil)
	at := f.applied()
	c := f.agreed("Bob")
	// Runs, the end of a change, and what voids it: none of it by somebody without a key.
	f.record(ledger.Void, c, forged{by: "Carol"}, "why", "because")
	f.record(ledger.Abandon, c, forged{by: "Mallory", key: "Mallory"}, "why", "because")
	f.record(ledger.Intent, c, forged{by: "Ada"}, "run", "0badf00d", "host", "nowhere")
	f.record(ledger.Outcome, c, forged{by: "Ada"}, "run", "0badf00d", "outcome", "applied", "message", "")
	if got := f.applied(); got != at {
		t.Errorf("production is said to be at %s, and is at %s", got, at)
	}
	c, err := f.as("Ada").Change(t.Context(), string(c.ID))
	if err != nil || c.State != model.Sealed {
		t.Errorf("the change is %s: %s (%v)", c.State, c.Note, err)
	}
}

func TestASealThatNobodySignedIsNotApplied(t *testing.T) {
	f := newCourt(t, nil)
	// Carol wants to approve what is her own, so she seals it in Ada's name, where nothing is signed.
	d, err := f.as("Ada").Draft(t.Context(), toProduction)
	if err != nil {
		t.Fatal(err)
	}
	c := d.Change
	c.ID, c.Reason, c.Plans = "deploy-production-0bad", text.Lit("because"), nil
	for _, p := range d.Plans {
		c.Plans = append(c.Plans, p.Ref())
	}
	c.Digest = c.Seal()
	fields, files, err := change.Entry(c, d.Plans)
	if err != nil {
		t.Fatal(err)
	}
	store, err := gitcli.Open(t.Context(), f.root, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	l := ledger.Open(ledger.Options{Store: store, Self: f.as("Ada").Self(), Now: f.passing})
	if _, err := l.Append(t.Context(), ledger.Unsigned{}, ledger.Seal, fields, files); err != nil {
		t.Fatal(err)
	}
	f.say("Bob", c, approve)
	f.say("Carol", c, approve)
	_, err = f.as("Carol").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "its seal by ada@example.com does not count: it is not signed")
}

func TestAnotherBeginningOfTheRecordDoesNotReplaceTheKeysThatWereTrustedFirst(t *testing.T) {
	f := newCourt(t, nil)
	at := f.applied()
	// Mallory makes a run that was before all others, of a revision that knows her key alone.
	f.git("checkout", "-q", "-b", "evil")
	f.commit("I was first", map[string]string{workspace.AllowedSigners: f.signers("Mallory")})
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	c := model.Change{ID: "deploy-production-0000", Environment: "production", Revision: model.Hash(f.git("rev-parse", "HEAD"))}
	f.git("checkout", "-q", "main")
	f.record(ledger.Intent, c, forged{by: "Mallory", key: "Mallory", at: long}, "run", "0badf00d", "host", "nowhere")
	f.record(ledger.Outcome, c, forged{by: "Mallory", key: "Mallory", at: long}, "run", "0badf00d", "outcome", "applied", "message", "")
	if got := f.applied(); got != at {
		t.Errorf("production is said to be at %s, and is at %s", got, at)
	}
	keys, err := f.as("Ada").Keys(t.Context(), "production")
	if err != nil || len(keys.Signers) != len(people) {
		t.Errorf("the keys of %d people count (%v), want %d", len(keys.Signers), err, len(people))
	}
}

func TestSecretsThatSomebodyTypesDoNotGoOnRecord(t *testing.T) {
	f := newCourt(t, nil)
	const canary = "AKIAIOSFODNN7CANARY1"
	d, err := f.as("Ada").Draft(t.Context(), toProduction)
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.as("Ada").Seal(t.Context(), d, "use aws_secret_access_key = "+canary+canary)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("Bob").Refuse(t.Context(), c.ID, "password: "+canary+" is wrong"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("Ada").Abandon(t.Context(), c.ID, "token="+canary+canary); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(f.git("cat-file", "--batch-all-objects", "--batch-check")) {
		id, _, _ := strings.Cut(line, " ")
		if strings.Contains(f.git("cat-file", "-p", id), canary) {
			t.Errorf("it stands in %s", line)
		}
	}
}
