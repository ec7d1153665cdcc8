package ui

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
)

// keyed is a source in which everything has to be signed, as a test decides.
type keyed struct {
	*strict
	say func(ctx context.Context, why string) error
}

func (s *keyed) said(ctx context.Context, why string) (model.Change, error) {
	return s.changes[0], s.say(ctx, why)
}

func (s *keyed) Approve(ctx context.Context, _ model.ChangeID, _ func(model.CheckEvent)) (model.Change, error) {
	return s.said(ctx, "")
}

func (s *keyed) Refuse(ctx context.Context, _ model.ChangeID, why string) (model.Change, error) {
	return s.said(ctx, why)
}

const ownKey = "SHA256:uWnkDh4nLuEsZRUlKKgwk8OmlHDyUvyCRkPSXhHeMGU"

// openSigned opens a screen with a change that Ada can approve, in an environment that asks for signatures.
func openSigned(t *testing.T, w, h int) (*keyed, *screen) {
	t.Helper()
	allowed, err := sshsig.ParseAllowedSigners(workspace.AllowedSigners, []byte(
		"ada@shop.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n"))
	if err != nil {
		t.Fatal(err)
	}
	env := model.Environment{Name: "staging", Approvals: 1}
	c := openChange("staging")
	c.State = model.Sealed
	src := &keyed{strict: &strict{scripted: &scripted{envs: []model.Environment{env}, changes: []model.Change{c}}}}
	src.standing = workspace.Standing{Keys: workspace.Keys{Required: true, Revision: "0c7f8bc", Signers: allowed.Entries(), First: true}, Own: ownKey}
	return src, openScreen(t, src, w, h, noon, Options{Trusted: true})
}

func TestAnApprovalSaysWhatIsSignedAndByWhichKey(t *testing.T) {
	src, s := openSigned(t, 160, 45)
	said := 0
	src.say = func(context.Context, string) error {
		said++
		if said == 1 {
			return model.WithHint(errors.New("sign: ssh-keygen: device not found"), "plug in the security key, and touch it when it blinks")
		}
		return nil
	}
	s.press("3", "a")
	s.pass(quietTime)
	s.sees("signs ", "approve "+string(src.changes[0].ID)+" for staging, worst undo", "bound to", "<ada@shop.example>", "by key    "+ownKey,
		"trusted on first use", "SHA256:+DiY3wvvV6TuJJhbpZisF", "ada@shop.example")
	s.press("y")
	// Nothing is lost: what failed can be tried again.
	s.sees("Approve “", "device not found", "plug in the security key", "y  approve it")
	s.press("y")
	s.seesNot("Approve “", "device not found")
	if said != 2 {
		t.Errorf("it was approved %d times", said)
	}
}

func TestARefusalThatCannotBeSignedKeepsItsReason(t *testing.T) {
	src, s := openSigned(t, 160, 45)
	var why []string
	src.say = func(_ context.Context, words string) error {
		why = append(why, words)
		if len(why) == 1 {
			return errors.New("the agent refused")
		}
		return nil
	}
	s.press("3", "!")
	s.sees("refuse "+string(src.changes[0].ID)+" for staging", "by key    "+ownKey)
	s.pass(quietTime)
	s.write("not before the sale")
	s.press("ctrl+y")
	s.sees("the agent refused", "not before the sale", "ctrl+y  refuse it")
	s.press("ctrl+y")
	s.seesNot("Refuse “")
	if len(why) != 2 || why[1] != "not before the sale" {
		t.Errorf("it was refused because %q", why)
	}
}

func TestWhoCannotSignIsToldTheWayOutBeforeTheyTry(t *testing.T) {
	src, s := openSigned(t, 160, 45)
	src.say = func(context.Context, string) error {
		t.Error("it was said all the same")
		return nil
	}
	src.standing.Problem = model.Refuse("plumb init --key adds your key to .plumb/allowed_signers", "what you sign does not count in staging: key is not listed")
	for _, key := range []string{"a", "!", "X"} {
		s.press("3", key)
		s.pass(quietTime)
		s.sees("what you sign does not count in staging", "plumb init --key adds your key")
		s.write("because")
		s.press("y", "ctrl+y", "esc")
		s.seesNot("does not count")
	}
}

func TestWhileAKeyIsToBeTouchedTheDialogWaitsAndCanBeStopped(t *testing.T) {
	_, s := openSigned(t, 160, 45)
	s.press("3", "a")
	s.pass(quietTime)
	d := s.app.judging()
	cmd := begin(s.app, &d.recording, func(ctx context.Context) (judged, error) {
		<-ctx.Done()
		return judged{}, ctx.Err()
	})
	s.sees("waiting for the signature by "+ownKey, "touch the security key", "esc  stop")
	s.press("y", "ctrl+y", "q")
	s.sees("waiting for the signature")
	s.press("esc")
	s.sees("stopping …")
	s.run(cmd)
	s.settle()
	s.sees("stopped: nothing was signed or recorded")
	s.seesNot("Approve “")
}

// In words only: what is signed can be read whole on a small screen.
func TestSignedApprovalsLookAsTheyDid(t *testing.T) {
	for _, size := range [][2]int{{160, 45}, {80, 24}} {
		_, s := openSigned(t, size[0], size[1])
		s.press("3", "a")
		s.pass(quietTime)
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) { golden.RequireEqual(t, s.text()+"\n") })
	}
}
