package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/paint"
)

// recording is what a dialog puts on record. To sign it can take as long as a person does, to touch a security key or to answer an
// agent. So the dialog stays until it is done, and when it fails, all that was typed is still there.
type recording struct {
	asks     question // What is put on record.
	looks    question // How it would be signed.
	standing workspace.Standing
	stop     context.CancelFunc
	stopped  bool  // The operator did not want to wait.
	err      error // Why the last attempt failed.
}

// recorder is a dialog that puts something on record.
type recorder interface {
	dialog
	record() *recording
}

// stood answers how the operator can sign.
type stood struct{ standing workspace.Standing }

// look asks how the operator can sign in an environment.
func (r *recording) look(a *App, env string) tea.Cmd {
	return quietly(a, &r.looks, func(ctx context.Context) (stood, error) {
		s, err := a.ws.Standing(ctx, env)
		return stood{s}, err
	})
}

// standingArrived takes in how what a dialog records can be signed.
func (a *App) standingArrived(m answer[stood]) {
	for _, d := range a.dialogs {
		if d, ok := d.(recorder); ok && &d.record().looks == m.to {
			d.record().standing = m.value.standing
			if m.err != nil {
				d.record().standing.Problem = m.err
			}
		}
	}
}

// begin puts something on record. Only [recording.halt] stops it: to leave the screen does not.
func begin[T any](a *App, r *recording, do func(ctx context.Context) (T, error)) tea.Cmd {
	ctx, stop := context.WithCancel(context.WithoutCancel(a.ctx))
	r.stop, r.stopped, r.err = stop, false, nil
	return ask(a, &r.asks, func(context.Context) (T, error) {
		defer stop()
		return do(ctx)
	})
}

// halt gives up waiting. What comes of it is said when it has come to its end.
func (r *recording) halt() {
	r.stopped = true
	r.stop()
}

// ended ends what a dialog waited for, and reports whether one did. The dialog closes unless it is to be tried again.
func (a *App) ended(to *question, err error) bool {
	for _, d := range a.dialogs {
		d, ok := d.(recorder)
		if !ok || &d.record().asks != to {
			continue
		}
		r := d.record()
		switch {
		case err == nil:
			a.close(d)
		case r.stopped && errors.Is(err, context.Canceled):
			a.close(d)
			a.say(text.Lit("stopped: nothing was signed or recorded"))
		default:
			r.err = err
		}
		return true
	}
	return false
}

// pending are the rows of a dialog that waits until something is on record.
func (r *recording) pending(a *App, w int) []string {
	st := a.st
	words, more := text.Lit("putting it on record …"), text.Safe{}
	if r.standing.Own != "" {
		words = text.Format("waiting for the signature by %s", r.standing.Own)
		more = text.Lit("touch the security key when it blinks, or answer what asks for it")
	}
	if r.stopped {
		words, more = text.Lit("stopping …"), text.Safe{}
	}
	rows := []string{"", paint.NewLine(w).Gap(1).Add(st.Accent, spinner(a)).Gap(1).Add(st.Text, words).String()}
	l := paint.NewLine(w).Gap(3).Add(st.Dim, more)
	if !r.stopped {
		l.Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  stop "))
	}
	return append(rows, l.String())
}

// payload says in words what goes on record: what is said of exactly which change, as whom, and by which key.
func (r *recording) payload(a *App, w int, verb text.Safe, c model.Change) []string {
	st := a.st
	const column = 10
	row := func(label text.Safe, words text.Safe) string {
		return paint.NewLine(w).Gap(1).AddColumn(st.Dim, label, column).AddTrunc(st.Dim, words, w-column-2).String()
	}
	self := a.ws.Self()
	bound := row(text.Lit("bound to"), text.Format("change %s  revision %s  as %s <%s>", c.Digest.Short(), c.Revision.Short(), self.Name, self.Email))
	if r.standing.Own == "" {
		return []string{bound}
	}
	rows := []string{
		row(text.Lit("signs"), text.Format("%s %s for %s, worst undo %s", verb, c.ID, c.Environment, c.Undo().Class)),
		bound,
		row(text.Lit("by key"), text.Line(r.standing.Own)),
	}
	if r.standing.First {
		for i, k := range r.standing.Signers {
			label := text.Safe{}
			if i == 0 {
				label = text.Lit("keys")
			}
			const most = 3
			if i == most && len(r.standing.Signers) > most+1 {
				rows = append(rows, row(label, text.Format("and %d more: plumb keys", len(r.standing.Signers)-i)))
				break
			}
			rows = append(rows, row(label, text.Format("%s  %s", k.Key.Fingerprint(), k.Principals)))
		}
		words := text.Lit("trusted on first use: nobody vouches for these keys. Compare the fingerprints by another way.")
		rows = append(rows, wrapped(st.Warning, w, column+1, words)...)
	}
	return rows
}

// trouble are the rows about why nothing can be signed, or why the last attempt failed; none when all is well.
func (r *recording) trouble(a *App, w int) []string {
	switch {
	case r.asks.busy:
		return nil
	case r.err != nil:
		return failure(a.st, w, r.err)
	case r.standing.Problem != nil:
		return failure(a.st, w, r.standing.Problem)
	}
	return nil
}

// busy takes the keys of a dialog that waits: only esc counts then.
func (r *recording) busy(k tea.KeyPressMsg) bool {
	if r.asks.busy && k.String() == "esc" {
		r.halt()
	}
	return r.asks.busy
}
