package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"plumb/gitops/enrol"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
)

// enrolment is what the flags of init ask for about keys.
type enrolment struct {
	key    bool
	email  string // Whose key it is; empty for the operator.
	revoke string // A fingerprint, or the file of a key.
}

// check makes sure that the flags and the file of a key go together.
func (e enrolment) check(args []string) error {
	switch {
	case e.email != "" && len(args) == 0:
		return usage(model.WithHint(errors.New("the file of their public key is missing"), "plumb init --key KEYFILE.pub --for %s", show(e.email)))
	case e.email == "" && len(args) > 0:
		return usage(model.WithHint(errors.New("whose key is it?"), "--for EMAIL; your own is found by itself: plumb init --key"))
	}
	return nil
}

var keyFiles = enrol.Names{Allowed: workspace.AllowedSigners, Revoked: workspace.RevokedKeys}

// enrol writes whose signatures count, or count no longer.
func (inv *invocation) enrol(ctx context.Context, e enrolment, args []string) error {
	o, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.ReadOnly {
		return model.Refuse("start plumb without --readonly, and look for readonly: in your config.yaml", "plumb is read-only here: no key is written")
	}
	root := o.Workspace.Info().WorkTree
	if root == "" {
		return model.WithHint(errors.New("a bare repository has no work tree to write into"), "do it in a clone of it")
	}
	files, err := enrol.Read(root, keyFiles)
	if err != nil {
		return err
	}
	if e.revoke != "" {
		return inv.revoke(root, files, e.revoke)
	}
	email := e.email
	var key sshsig.PublicKey
	if len(args) > 0 {
		key, err = sshsig.ReadPublicKey(args[0])
	} else {
		email = o.Workspace.Self().Email.String()
		key, err = o.ownKey(ctx)
	}
	if err != nil {
		return err
	}
	return inv.allow(root, files, email, key, e.email == "")
}

// allow lets a key count, and says what that means.
func (inv *invocation) allow(root string, files enrol.Files, email string, key sshsig.PublicKey, own bool) error {
	after, listed, err := enrol.Key(files, keyFiles, email, key, inv.Now())
	if err != nil {
		return err
	}
	if listed > 0 {
		return write(inv.Out, fmt.Sprintf("%s is listed for %s already: %s, line %d", key.Fingerprint(), show(email), keyFiles.Allowed, listed))
	}
	if err := enrol.Write(root, keyFiles.Allowed, files.Allowed, after); err != nil {
		return err
	}
	words := []string{
		fmt.Sprintf("wrote %s", filepath.Join(root, keyFiles.Allowed)),
		fmt.Sprintf("  %s  %s  %s", show(email), key.Fingerprint(), key.Type()),
	}
	if files.Allowed == nil {
		words = append(words,
			"Once this is applied in an environment, or committed to the branch of one in which nothing was applied yet, nothing counts there that is not",
			"signed by a key of this file: no approval, no refusal, no change, no run. A change of this file, too, needs the keys from before.",
			"The first time it is trust on first use: nobody vouches for the file yet, and every clone believes the keys that it meets first. Compare",
			"the fingerprints by another way than this repository, as on the phone; plumb keys shows them.")
	} else {
		words = append(words, "It counts in an environment once a change with it was applied there, which takes those whose keys count there now.")
	}
	words = append(words, "next:",
		fmt.Sprintf("  git add %s && git commit -m %q", keyFiles.Allowed, "Let signatures by "+show(email)+" count"),
		`  plumb change create --env ENV --deploy HEAD --reason "whose signatures count"`)
	if own {
		words = append(words, "  plumb init --key, and a commit, by every colleague in their own clone")
	} else if files.Allowed == nil {
		words = append(words, "  plumb init --key, for your own key: without it nothing that you do will count")
	}
	return write(inv.Out, strings.Join(words, "\n"))
}

// revoke takes a key out of those that count.
func (inv *invocation) revoke(root string, files enrol.Files, name string) error {
	var key sshsig.PublicKey
	var err error
	if strings.HasPrefix(name, "SHA256:") {
		key, err = enrol.Find(files, keyFiles, name)
	} else {
		key, err = sshsig.ReadPublicKey(name)
	}
	if err != nil {
		return err
	}
	after, listed, err := enrol.Revoke(files, keyFiles, key)
	if err != nil {
		return err
	}
	if listed > 0 {
		return write(inv.Out, fmt.Sprintf("%s is revoked already: %s, line %d", key.Fingerprint(), keyFiles.Revoked, listed))
	}
	if err := enrol.Write(root, keyFiles.Revoked, files.Revoked, after); err != nil {
		return err
	}
	return write(inv.Out, strings.Join([]string{
		fmt.Sprintf("wrote %s", filepath.Join(root, keyFiles.Revoked)),
		fmt.Sprintf("  revoked  %s", key.Fingerprint()),
		"It counts in an environment until a change with this is applied there. Approvals by it of what is still open are void then.",
		"next:",
		fmt.Sprintf("  git add %s && git commit -m %q", keyFiles.Revoked, "Revoke "+key.Fingerprint()),
		`  plumb change create --env ENV --deploy HEAD --reason "a key is revoked"`,
	}, "\n"))
}

// ownKey is the public half of the key that the operator signs with.
func (o *Opened) ownKey(ctx context.Context) (sshsig.PublicKey, error) {
	if o.Workspace.Self().Email.IsEmpty() {
		return sshsig.PublicKey{}, model.WithHint(errors.New("git does not know who you are"), "git config --global user.email YOU@EXAMPLE.ORG")
	}
	if o.signs == nil {
		return sshsig.PublicKey{}, model.WithHint(errors.New("there is nothing to sign with"), "install git and OpenSSH")
	}
	s, err := o.signs(ctx)
	if errors.Is(err, sshsig.ErrNoKey) {
		return sshsig.PublicKey{}, model.WithHint(err, "%s; if you have none yet, before that: ssh-keygen -t ed25519", model.Hint(err))
	}
	if err != nil {
		return sshsig.PublicKey{}, err
	}
	own, known := s.(interface{ Public() sshsig.PublicKey })
	if !known {
		return sshsig.PublicKey{}, errors.New("what signs does not say with which key")
	}
	return own.Public(), nil
}
