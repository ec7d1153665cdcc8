package hosts

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// held is a step under a guard whose end depends on whether the guard lets it stay.
type held struct {
	pending
	phase   model.Phase // How it ends if it stays.
	message text.Safe
}

// decision is how a guard was decided.
type decision int

const (
	undecided decision = iota // Nobody knows what the host has done or will do.
	stays
	takenBack
)

// guarded carries out the steps that could shut the operator out of a host as one group: the host keeps the earlier files, all
// are written and reloaded, and a new connection confirms. It answers how many of them
// began. An error means that the record failed; the host takes the group back then.
func (r *running) guarded(h model.Host, works []work) (reached int, err error) {
	m, err := r.p.newRemote(h, "apply "+h.Name, true)
	began := r.p.opt.Now()
	if err := r.say(works[0], model.PhaseBegin, 0, text.Safe{}); err != nil {
		return 0, r.abort(err, false)
	}
	var g *guard
	if err == nil {
		defer m.close()
		g, err = m.(*remote).arm(r.ctx, works)
	}
	if err != nil {
		message := text.Format("nothing was changed: %s", err)
		r.fail(works[0], model.WithHint(fmt.Errorf("nothing was changed: %w", err), "%s", model.Hint(err)))
		if err := r.end(works[0], model.PhaseFailed, began, message); err != nil {
			return 1, r.abort(err, false)
		}
		return 1, nil
	}
	group := &group{r: r, guard: g, m: m}
	if !g.left.IsEmpty() {
		err = r.say(works[0], model.PhaseProgress, 0, g.left)
	}
	if err == nil {
		reached, err = group.write(works, began)
	}
	if err == nil {
		err = group.decide()
	}
	if err != nil {
		return reached, group.abandon(err)
	}
	return reached, nil
}

// group is what was done under one guard.
type group struct {
	r       *running
	guard   *guard
	m       machine
	held    []held
	lost    text.Safe // Why what is in effect is not known, if it is not.
	decided decision
}

// write carries out the steps up to their reloads, and answers how many of them began.
func (g *group) write(works []work, began time.Time) (reached int, err error) {
	var written []pending
	for i, w := range works {
		// The first has begun already.
		if i > 0 && (g.r.failure != nil || !g.lost.IsEmpty() || g.r.asked.Err() != nil) {
			break
		}
		reached++
		if i > 0 {
			began = g.r.p.opt.Now()
			if err := g.r.say(w, model.PhaseBegin, 0, text.Safe{}); err != nil {
				return reached, err
			}
		}
		if err := g.r.say(w, model.PhaseProgress, 0, text.Format("guarded until %s", g.guard.until.Format(time.TimeOnly))); err != nil {
			return reached, err
		}
		if g.guard.moved[w.path] {
			phase, message := g.r.moved(g.m, w)
			if err := g.r.end(w, phase, began, message); err != nil {
				return reached, err
			}
			continue
		}
		mark, phase, message, cause := g.r.put(g.m, w)
		switch phase {
		case model.PhaseProgress:
			if err := g.r.say(w, model.PhaseProgress, 0, message); err != nil {
				return reached, err
			}
			p := pending{work: w, mark: mark, began: began}
			if len(w.reload) == 0 {
				g.held = append(g.held, held{p, model.PhaseDone, message})
			} else {
				written = append(written, p)
			}
		case model.PhaseUnknown:
			g.lost = message
			g.held = append(g.held, held{pending{work: w, began: began}, phase, message})
		default:
			g.r.fail(w, cause)
			if err := g.r.end(w, phase, began, message); err != nil {
				return reached, err
			}
		}
	}
	for batch := range byReload(written) {
		phase, message := model.PhaseUnknown, g.lost
		if g.lost.IsEmpty() {
			if phase, message, err = g.r.reloadOne(g.m, batch); err != nil {
				return reached, err
			}
		}
		if phase == model.PhaseUnknown {
			g.lost = message
		}
		for _, w := range batch {
			g.held = append(g.held, held{w, phase, message})
		}
	}
	return reached, nil
}

// decide has a new connection confirm the group, or the host take it back, and ends its steps.
func (g *group) decide() error {
	if len(g.held) == 0 {
		// Nothing changed. Where that cannot be told to the host, it puts back what is there.
		if word, _, err := g.guard.confirm(g.r.ctx, nil); err == nil && word == guardConfirmed {
			g.guard.clean(g.r.ctx)
		}
		return nil
	}
	marks := map[string]string{}
	for _, h := range g.held {
		marks[h.path] = h.mark
		if h.phase != model.PhaseDone {
			marks[h.path] = h.before.mark()
		}
	}
	for _, h := range g.held {
		// Where a file went to make room, its directory is there now.
		for dir := path.Dir(h.path); dir != "/"; dir = path.Dir(dir) {
			delete(marks, dir)
		}
	}
	var why text.Safe
	var err error
	if g.lost.IsEmpty() {
		why, err = g.settle(marks)
	} else {
		why, err = g.takeBack(g.lost)
	}
	if err != nil {
		return err
	}
	if g.decided != undecided {
		g.guard.clean(g.r.ctx)
	}
	for _, h := range g.held {
		phase, message := h.phase, h.message
		switch {
		case g.decided == undecided:
			phase, message = model.PhaseUnknown, why
		case g.decided == takenBack:
			phase, message = model.PhaseFailed, text.Format("taken back by the host itself: %s", why)
		case phase == model.PhaseUnknown:
		case phase == model.PhaseDone:
			message = message.Plus(text.Lit(", confirmed by a new connection"))
		}
		if err := g.r.end(h.work, phase, h.began, message); err != nil {
			return err
		}
	}
	return nil
}

// settle tries to confirm until the host stops waiting. Where that does not succeed, the host takes
// the group back; it answers why. An error means that the record failed.
func (g *group) settle(marks map[string]string) (text.Safe, error) {
	var why text.Safe
	// What was reloaded takes a moment to do as it says now, and a connection before that proves nothing.
	g.rest(g.guard.pace)
	pause, next := g.guard.pace, time.Time{}
	for !g.guard.late() && g.r.ctx.Err() == nil {
		if !time.Now().Before(next) {
			word, said, err := g.tryConfirm(marks)
			switch {
			case err != nil:
				why = text.Format("no new connection could be made: %s", err)
				next = time.Now().Add(pause)
				pause = min(2*pause, 16*g.guard.pace)
				// Servers ban those who knock at a closed door again and again.
				if isNoEntry(err) {
					next = g.guard.end
				}
			case word == guardConfirmed:
				g.decided = stays
				return text.Safe{}, nil
			case word == guardDiffers:
				return g.takeBack(text.Format("%s was changed after it was written", said))
			case word == guardNoSudo:
				return g.takeBack(text.Lit("sudo asks for a password now, or does not work, in a new connection"))
			default:
				return g.takeBack(text.Lit("there was no time left to confirm"))
			}
		}
		if err := g.count(text.Format("%s; the host takes it back in %s", why, seconds(g.guard.remains().Round(time.Second)))); err != nil {
			return why, err
		}
		g.rest(min(5*g.guard.pace, g.guard.remains()))
	}
	if why.IsEmpty() {
		why = text.Lit("there was no time left to confirm")
	}
	return g.takeBack(why)
}

// tryConfirm makes one attempt, which ends at the latest when the host's time does.
func (g *group) tryConfirm(marks map[string]string) (word, said string, err error) {
	ctx, cancel := context.WithDeadline(g.r.ctx, g.guard.end)
	defer cancel()
	word, said, err = g.guard.confirm(ctx, marks)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("none was there in time")
	}
	return word, said, err
}

// takeBack has the host put the files back at once if it can be reached, waits until it has, and looks. It answers why
// that was, or what is not known. An error means that the record failed.
func (g *group) takeBack(why text.Safe) (text.Safe, error) {
	end := time.Now().Add(max(0, g.guard.remains()) + g.r.p.opt.Limits.Return)
	last := text.Lit("no connection could be made")
	// Before its time, one that lets nobody in is not asked again: it will be another one then.
	next := time.Time{}
	for g.r.ctx.Err() == nil && time.Now().Before(end) {
		if !time.Now().Before(next) {
			word, said, err := g.guard.take(g.r.ctx)
			switch {
			case err != nil:
				last = text.Error(err)
				next = time.Now().Add(2 * g.guard.pace)
				if isNoEntry(err) && !g.guard.late() {
					next = g.guard.end
				}
			case word == guardConfirmed:
				g.decided = stays
				return text.Safe{}, nil
			case word == guardRestored || word == guardGone:
				return g.examine(why)
			case word == guardBroken:
				return text.Format("%s; the host took it back, but %s", why, said), nil
			default:
				last = text.Lit("the host is still at it")
			}
		}
		message := text.Format("%s; waiting for the host to take it back: %s", why, last)
		if !g.guard.late() {
			message = text.Format("%s; the host takes it back in %s", why, seconds(g.guard.remains().Round(time.Second)))
		}
		if err := g.count(message); err != nil {
			return why, err
		}
		rest := 5 * g.guard.pace
		if !g.guard.late() {
			rest = min(rest, g.guard.remains())
		}
		g.rest(rest)
	}
	return text.Format("%s; the host was to take it back by itself at %s, and nobody knows whether it did: %s", why, g.guard.until.Format(time.TimeOnly), last), nil
}

// examine looks whether all is as it was.
func (g *group) examine(why text.Safe) (text.Safe, error) {
	works := make([]work, len(g.held))
	for i, h := range g.held {
		works[i] = h.work
	}
	sights, err := g.guard.look(g.r.ctx, works)
	if err != nil {
		return text.Format("%s; the host took it back, but its files could not be looked at: %s", why, err), nil
	}
	for _, w := range works {
		if sights[w.path].mark() != w.before.mark() {
			return text.Format("%s; the host took it back, but %s is not as it was", why, w.path), nil
		}
	}
	g.decided = takenBack
	return why, nil
}

// count records a message for all that wait.
func (g *group) count(message text.Safe) error {
	for _, h := range g.held {
		if err := g.r.say(h.work, model.PhaseProgress, 0, message); err != nil {
			return err
		}
	}
	return nil
}

// rest waits for d, or until nobody waits any more.
func (g *group) rest(d time.Duration) {
	select {
	case <-time.After(d):
	case <-g.r.ctx.Done():
	}
}

// abandon is for when nothing can be recorded any more: what cannot be told must not stay.
func (g *group) abandon(err error) error {
	if g.decided == stays {
		return g.r.abort(err, true)
	}
	if g.decided == takenBack {
		return g.r.abort(err, false)
	}
	word, _, problem := g.guard.take(g.r.ctx)
	if problem != nil || word != guardRestored {
		return g.r.abort(err, true)
	}
	g.guard.clean(g.r.ctx)
	return g.r.abort(err, false)
}
