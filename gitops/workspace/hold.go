package workspace

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
)

// Hold records that something is not to be changed: all of the environment, or what the patterns of addresses cover. Until is when that is
// over by itself; zero for never.
func (w *Workspace) Hold(ctx context.Context, env string, addresses []string, until time.Time, why string) (model.Hold, error) {
	h := model.Hold{Environment: env, By: w.opt.Self, Why: said(strings.TrimSpace(why)), Until: until, Addresses: addresses}
	if err := w.MaySign(); err != nil {
		return h, err
	}
	e, err := w.Environment(env)
	switch {
	case err != nil:
		return h, err
	case e.ReadOnly:
		return h, model.Refuse("lift readonly: in plumb.yaml, or start plumb without --readonly", "%s is read-only", env)
	case h.Why.IsEmpty():
		return h, model.WithHint(errors.New("a hold needs a reason"), "say in a sentence why; whoever is stopped by it reads it")
	case len(why) > longestReason:
		return h, model.WithHint(errors.New("the reason for the hold is too long"), "say it in %d characters", longestReason)
	case !until.IsZero() && !until.After(w.opt.Now()):
		return h, model.WithHint(fmt.Errorf("the hold would be over already, since %s", until.Local().Format("2006-01-02 15:04")), "say until when it is to hold, or nothing")
	}
	for _, a := range addresses {
		if a == "" || strings.ContainsAny(a, "\n\r") {
			return h, model.WithHint(fmt.Errorf("%q is not a pattern of addresses", a), "plumb status --env %s --all lists the addresses", env)
		}
	}
	var raw [2]byte
	if _, err := io.ReadFull(w.opt.Rand, raw[:]); err != nil {
		return h, fmt.Errorf("name the hold: %w", err)
	}
	h.ID = "hold-" + hex.EncodeToString(raw[:])
	h.Since = w.opt.Now().UTC()
	return h, w.publish(ctx, env, ledger.Hold, change.Hold(h), nil)
}

// Lift records that a hold is over, and why. It is named by its id or an unambiguous beginning of it.
func (w *Workspace) Lift(ctx context.Context, id, why string) (model.Hold, error) {
	if err := w.MaySign(); err != nil {
		return model.Hold{}, err
	}
	holds, err := w.Holds(ctx)
	if err != nil {
		return model.Hold{}, err
	}
	h, err := byPrefix("hold", id, holds, func(h model.Hold) string { return h.ID })
	switch why = strings.TrimSpace(why); {
	case err != nil:
		return h, err
	case why == "":
		return h, model.WithHint(fmt.Errorf("to lift %s needs a reason", h.ID), "say in a sentence why it is over")
	case len(why) > longestReason:
		return h, model.WithHint(fmt.Errorf("the reason to lift %s is too long", h.ID), "say it in %d characters", longestReason)
	}
	return h, w.publish(ctx, h.Environment, ledger.Lift, change.Lift(h, said(why).String()), nil)
}

// Holds lists what is not to be changed, oldest first.
func (w *Workspace) Holds(ctx context.Context) ([]model.Hold, error) {
	record, err := w.record(ctx)
	return record.Holds, err
}
