package hosts

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

// guard is a dead man's switch on one host: a process over there that takes a change back unless it
// is told in time that all is well. The script guard.sh is its other half.
type guard struct {
	p     *Provider
	host  model.Host
	id    string
	until time.Time     // When the host takes the change back, on this machine's clock, for people.
	end   time.Time     // The same as a measure of time passed, whatever clock the provider has.
	pace  time.Duration // How often to try and to tell: a second, or a part of it where the host waits for seconds only.
	moved map[string]bool
	left  text.Safe // What an earlier guard on the host left, if there is anything to say of it.
}

// The answers of guard.sh.
const (
	guardArmed     = "armed"     // Nothing is decided, and somebody watches.
	guardConfirmed = "confirmed" // The change stays.
	guardRestoring = "restoring" // The host is putting the files back.
	guardRestored  = "restored"  // The files are back, and what had to be run was run.
	guardBroken    = "broken"    // Not all came back.
	guardDiffers   = "differs"   // A file is not as it was written.
	guardNoSudo    = "nosudo"    // Sudo worked without a password and does not any more.
	guardGone      = "gone"      // There is no such guard.
)

// arm keeps the files of the works on the host as they are and has a process there watch over them. When it
// fails, nothing was changed over there. A file that is not as the plan saw it is not kept and must not be written.
func (r *remote) arm(ctx context.Context, works []work) (*guard, error) {
	var id [8]byte
	rand.Read(id[:]) // Never fails.
	within := works[0].guard
	g := &guard{p: r.p, host: r.host, id: hex.EncodeToString(id[:]), moved: map[string]bool{}, pace: min(time.Second, within/30)}
	tick := time.Second
	if within < 10*time.Second {
		tick = time.Second / 10
	}
	asks := ""
	if concernsSudo(works) {
		asks = "yes"
	}
	input := values("arm", g.id, wordsScript+guardScript, asks, r.base(),
		strconv.Itoa(int((within+tick-1)/tick)), strconv.FormatFloat(tick.Seconds(), 'f', -1, 64), strconv.Itoa(len(works)))
	var commands [][]string
	for _, w := range works {
		input = append(input, values(r.root+w.path, w.before.mark(), r.root+tempName(w.path))...)
		if len(w.reload) > 0 && !slices.ContainsFunc(commands, func(c []string) bool { return slices.Equal(c, w.reload) }) {
			commands = append(commands, w.reload)
		}
	}
	input = append(input, values(strconv.Itoa(len(commands)))...)
	for _, c := range commands {
		input = append(input, values(append([]string{strconv.Itoa(len(c))}, c...)...)...)
	}
	// The host counts from when it has started to watch, which is later than this: what is shown here is never too late.
	g.until, g.end = r.p.opt.Now().Add(within), time.Now().Add(within)
	lines, err := r.call(ctx, wordsScript+guardScript, input)
	if err != nil {
		return nil, err
	}
	for _, line := range lines[:len(lines)-1] {
		what, which, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(which)
		switch {
		case what == "moved" && err == nil && n >= 1 && n <= len(works):
			g.moved[works[n-1].path] = true
		case line == "left dead":
			g.left = text.Lit("removed what a guard left that ended before its time")
		case line == "left fired":
			g.left = text.Lit("the host had taken an earlier change back")
		}
	}
	word, said := verb(lines)
	switch word {
	case guardArmed:
		r.guard = g.id
		return g, nil
	case "busy":
		return nil, model.WithHint(fmt.Errorf("host %s guards another change", r.host.Name), "wait until that is confirmed or taken back, and plan again")
	case "refused":
		return nil, fmt.Errorf("host %s cannot guard the change: %s", r.host.Name, text.Line(said))
	}
	return nil, fmt.Errorf("host %s cannot guard the change: %w", r.host.Name, errDisorder)
}

// verb is the last line of an answer: a word, and what there is to say.
func verb(lines []string) (word, said string) {
	word, encoded, _ := strings.Cut(lines[len(lines)-1], " ")
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", ""
	}
	return word, strings.TrimSpace(string(decoded))
}

// confirm disarms the guard if every file is as marks say, all seen through a new connection.
func (g *guard) confirm(ctx context.Context, marks map[string]string) (word, said string, err error) {
	args := []string{strconv.Itoa(len(marks))}
	root := strings.TrimRight(g.host.Root, "/")
	for _, name := range sortedKeys(marks) {
		args = append(args, root+name, marks[name])
	}
	return g.ask(ctx, "confirm", args...)
}

// take has the host take the change back now, if it is not decided yet, and answers how it stands.
func (g *guard) take(ctx context.Context) (word, said string, err error) {
	return g.ask(ctx, "take")
}

// clean removes what the guard kept, once all is decided. What stays is removed by the next guard on the host.
func (g *guard) clean(ctx context.Context) {
	_, _, _ = g.ask(ctx, "clean")
}

// look sees the files of the works through a new connection.
func (g *guard) look(ctx context.Context, works []work) (map[string]sight, error) {
	m, err := g.connect("look at " + g.host.Name)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(works))
	for i, w := range works {
		paths[i] = w.path
	}
	return m.look(ctx, paths, nil)
}

// connect is the host, reached by a new connection for each call.
func (g *guard) connect(why string) (*remote, error) {
	m, err := g.p.newRemote(g.host, why, false)
	if err != nil {
		return nil, err
	}
	r := m.(*remote)
	r.anew = true
	return r, nil
}

func (g *guard) ask(ctx context.Context, what string, args ...string) (word, said string, err error) {
	m, err := g.connect(what + " on " + g.host.Name)
	if err != nil {
		return "", "", err
	}
	lines, err := m.call(ctx, wordsScript+guardScript, append(values(what, g.id), values(args...)...))
	if err != nil {
		return "", "", err
	}
	word, said = verb(lines)
	if word == "" {
		return "", "", fmt.Errorf("host %s: %w", g.host.Name, errCut)
	}
	return word, secret.MaskText(said), nil
}

// remains is how long the host still waits.
func (g *guard) remains() time.Duration { return time.Until(g.end) }

// late reports whether the host has had the time to take the change back.
func (g *guard) late() bool { return g.remains() <= 0 }

// isNoEntry reports whether the host was reached and lets nobody in.
func isNoEntry(err error) bool {
	_, ok := errors.AsType[noEntry](err)
	return ok
}
