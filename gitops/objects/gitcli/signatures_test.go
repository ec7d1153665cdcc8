package gitcli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/model/text"
)

// lacks skips the test because a program is missing; where none may be, it fails.
func lacks(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("PLUMB_REQUIRE_ENGINES") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// sshKey makes a key; its public half is in a file beside it.
func sshKey(t *testing.T) (file string) {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		lacks(t, "ssh-keygen is not installed: apt install openssh-client")
	}
	file = filepath.Join(t.TempDir(), "key")
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return file
}

// allow is a line of a file of allowed signers.
func allow(t *testing.T, principal, key string) string {
	t.Helper()
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	return principal + " " + string(public)
}

func writeFile(t *testing.T, content string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// sign makes a commit that is signed with an ssh key.
func (a archive) sign(t *testing.T, key string) model.Hash {
	t.Helper()
	a.git(t, "-c", "gpg.format=ssh", "-c", "user.signingKey="+key, "commit", "--quiet", "--allow-empty", "-S", "-m", "signed")
	return a.at(t, "HEAD")
}

// forge makes the signature of a commit one of another text.
func (a archive) forge(t *testing.T, signed model.Hash) model.Hash {
	t.Helper()
	raw := a.git(t, "cat-file", "commit", string(signed))
	return model.Hash(objectstest.GitInput(t, a.dir, strings.Replace(raw, "\n\nsigned", "\n\nforged", 1)+"\n", "hash-object", "-w", "-t", "commit", "--stdin"))
}

func (a archive) assertSignings(t *testing.T, want map[model.Hash]objects.Signing) {
	t.Helper()
	var ids []model.Hash
	for id := range want {
		ids = append(ids, id, id)
	}
	got, err := a.Signatures(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for id, w := range want {
		g := got[id]
		if g.State != w.State || g.Signer != w.Signer || w.Key != "" && g.Key != w.Key {
			t.Errorf("%s: %+v; want %+v", id.Short(), g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d answers; want %d", len(got), len(want))
	}
}

func TestSignaturesAreWorthWhatTheOperatorTrusts(t *testing.T) {
	a := newArchive(t)
	mine, theirs := sshKey(t), sshKey(t)
	plain := a.commit(t, "plain", nil)
	good, unknown := a.sign(t, mine), a.sign(t, theirs)
	bad := a.forge(t, good)
	key := strings.Fields(sshFingerprint(t, mine))[1]
	states := func(mineIs, theirsIs objects.Signing) map[model.Hash]objects.Signing {
		return map[model.Hash]objects.Signing{
			plain: {}, good: mineIs, unknown: theirsIs, bad: {State: objects.SigningBad},
		}
	}
	anyone := objects.Signing{State: objects.SigningGoodUnknown}

	// Nobody is trusted where nobody was told to be.
	openArchive(t, a.dir).assertSignings(t, states(anyone, anyone))

	global := filepath.Join(t.TempDir(), "gitconfig")
	t.Setenv("GIT_CONFIG_GLOBAL", global)
	ada := objects.Signing{State: objects.SigningGood, Signer: text.Lit("ada@example.org"), Key: key}
	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.allowedSignersFile", writeFile(t, allow(t, "ada@example.org", mine)))
	openArchive(t, a.dir).assertSignings(t, states(ada, anyone))

	// From the operator's home, as people write it.
	home := t.TempDir()
	t.Setenv("HOME", home)
	if err := os.WriteFile(filepath.Join(home, "signers"), []byte(allow(t, "ada@example.org", mine)), 0o644); err != nil {
		t.Fatal(err)
	}
	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.allowedSignersFile", "~/signers")
	openArchive(t, a.dir).assertSignings(t, states(ada, anyone))

	// What a principal is called is foreign text.
	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.allowedSignersFile", writeFile(t, allow(t, "\"ada\x1b[31m@example.org\"", mine)))
	got, err := openArchive(t, a.dir).Signatures(t.Context(), []model.Hash{good})
	if err != nil || strings.ContainsRune(got[good].Signer.String(), '\x1b') {
		t.Errorf("the signer is %q: %v", got[good].Signer, err)
	}

	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.revocationFile", mine+".pub")
	if got, err := openArchive(t, a.dir).Signatures(t.Context(), []model.Hash{good}); err != nil || got[good].State != objects.SigningBad {
		t.Errorf("by a revoked key: %+v %v", got[good], err)
	}

	// Without the program it is not known, and that is not the same as no signature.
	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.program", "/nowhere/ssh-keygen")
	cannot := objects.Signing{State: objects.SigningCannotCheck}
	openArchive(t, a.dir).assertSignings(t, map[model.Hash]objects.Signing{plain: {}, good: cannot, unknown: cannot, bad: cannot})
}

func sshFingerprint(t *testing.T, key string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-l", "-f", key+".pub").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestARepositoryCannotMakeItsOwnSignaturesGood(t *testing.T) {
	a := newArchive(t)
	evil := sshKey(t)
	id := a.sign(t, evil)
	signers := writeFile(t, allow(t, "ada@example.org", evil))
	assertNoneRan := a.booby(t)
	program := a.git(t, "config", "gpg.program")
	unknown := map[model.Hash]objects.Signing{id: {State: objects.SigningGoodUnknown}}
	for what, configure := range map[string]func(){
		"directly": func() { a.git(t, "config", "gpg.ssh.allowedSignersFile", signers) },
		"by an included file": func() {
			a.git(t, "config", "include.path", writeFile(t, "[gpg \"ssh\"]\n\tallowedSignersFile = "+signers+"\n\tprogram = "+program+"\n"))
		},
		"for one work tree": func() {
			a.git(t, "config", "--unset", "core.worktree")
			a.git(t, "config", "extensions.worktreeConfig", "true")
			a.git(t, "config", "--worktree", "gpg.ssh.allowedSignersFile", signers)
			a.git(t, "config", "--worktree", "gpg.ssh.program", program)
		},
		"in the work tree": func() {
			a.git(t, "config", "gpg.ssh.allowedSignersFile", "signers")
			if err := os.WriteFile(filepath.Join(a.dir, "signers"), []byte(allow(t, "ada@example.org", evil)), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Chdir(a.dir)
		},
	} {
		configure()
		t.Log(what)
		openArchive(t, a.dir).assertSignings(t, unknown)
	}
	// A relative name in the operator's own configuration does not lead to the repository's files either.
	global := filepath.Join(t.TempDir(), "gitconfig")
	t.Setenv("GIT_CONFIG_GLOBAL", global)
	objectstest.Git(t, a.dir, "config", "--file", global, "gpg.ssh.allowedSignersFile", "signers")
	openArchive(t, a.dir).assertSignings(t, unknown)
	// Signatures of all kinds name a program; none of the repository's is run.
	raw := a.git(t, "cat-file", "commit", string(id))
	for _, kind := range []string{"PGP SIGNATURE", "SIGNED MESSAGE"} {
		other := model.Hash(objectstest.GitInput(t, a.dir, strings.ReplaceAll(raw, "SSH SIGNATURE", kind)+"\n", "hash-object", "-w", "-t", "commit", "--stdin"))
		got, err := openArchive(t, a.dir).Signatures(t.Context(), []model.Hash{other})
		if state := got[other].State; err != nil || state == objects.SigningGood || state == objects.SigningGoodUnknown || state == objects.SigningNone {
			t.Errorf("%s: %+v %v", kind, got[other], err)
		}
	}
	assertNoneRan()
}

func TestSignaturesByGPG(t *testing.T) {
	if _, err := exec.LookPath("gpg"); err != nil {
		lacks(t, "gpg is not installed: apt install gnupg")
	}
	// The path of the agent's socket has to be short.
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	t.Setenv("GNUPGHOME", home)
	if out, err := exec.CommandContext(t.Context(), "gpg", "--batch", "--passphrase", "", "--quick-gen-key", "Ada <ada@example.org>", "ed25519", "sign", "never").CombinedOutput(); err != nil {
		t.Fatalf("gpg cannot make a key: %v\n%s", err, out)
	}
	a := newArchive(t)
	a.git(t, "-c", "user.signingKey=ada@example.org", "commit", "--quiet", "--allow-empty", "-S", "-m", "signed")
	id := a.at(t, "HEAD")
	want := objects.Signing{State: objects.SigningGood, Signer: text.Lit("Ada <ada@example.org>")}
	a.assertSignings(t, map[model.Hash]objects.Signing{id: want, a.forge(t, id): {State: objects.SigningBad, Signer: want.Signer}})
	t.Setenv("GNUPGHOME", t.TempDir())
	got, err := openArchive(t, a.dir).Signatures(t.Context(), []model.Hash{id})
	if err != nil || got[id].State != objects.SigningCannotCheck || got[id].Key == "" {
		t.Errorf("without the key: %+v %v", got[id], err)
	}
}

func TestSignaturesOfLostCommits(t *testing.T) {
	a := newArchive(t)
	const nowhere model.Hash = "0123456789abcdef0123456789abcdef01234567"
	gone, ok := errors.AsType[*objects.MissingError](func() error {
		_, err := a.Signatures(t.Context(), []model.Hash{nowhere})
		return err
	}())
	if !ok || gone.ID != nowhere {
		t.Errorf("the error is %v", gone)
	}
	if got, err := a.Signatures(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %v %v", got, err)
	}
}
