package share_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
)

// TestTenOperatorsLoseNothing lets ten people record many entries each in clones of one remote, in a random order, with exchanges in
// between that are cut off at random moments, spells without the remote, and plumbs that die and are started again.
func TestTenOperatorsLoseNothing(t *testing.T) {
	operators, each := 10, 30
	if os.Getenv("PLUMB_THOROUGH") == "1" { // make thorough
		each = 100
	}
	tm := newTeam(t)
	var clones []*clone
	for i := range operators {
		clones = append(clones, tm.clone(fmt.Sprintf("p%d", i)))
	}
	written := make([][]string, operators)
	var work errgroup.Group
	work.SetLimit(4)
	for i, c := range clones {
		random := rand.New(rand.NewPCG(uint64(i), 5))
		work.Go(func() error {
			offline := 0
			for n := range each {
				why := fmt.Sprintf("%d.%d", i, n)
				e, err := c.note(t.Context(), why)
				if err != nil {
					return fmt.Errorf("%s: %w", why, err)
				}
				written[i] = append(written[i], string(e.ID))
				if offline > 0 {
					offline--
					continue
				}
				switch random.IntN(20) {
				case 0:
					offline = random.IntN(25)
				case 1: // Dies before it pushes, or while it does.
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(60))*time.Millisecond)
					_, _ = c.exchangeAll(ctx)
					cancel()
					c.reopen()
				case 2:
					if err := c.exchange.PushOwn(t.Context(), nil); err != nil {
						return fmt.Errorf("%s: %w", why, err)
					}
				case 3:
					if _, err := c.exchangeAll(t.Context()); err != nil && !errors.Is(err, objects.ErrMoved) {
						return fmt.Errorf("%s: %w", why, err)
					}
				}
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // First all give, then all have.
		for _, c := range clones {
			if news := c.sync(); len(news.Problems) > 0 {
				t.Errorf("%s is told %+v", c.email, news.Problems)
			}
		}
	}
	for _, c := range clones {
		entries, problems, err := c.reopen().exchange.Ledger.Read(t.Context())
		if err != nil || len(problems) > 0 || len(entries) != operators*each {
			t.Errorf("%s has %d entries, with %v (%v)", c.email, len(entries), problems, err)
		}
		here := map[string]bool{}
		for _, e := range entries {
			here[string(e.ID)] = e.Signature != nil
		}
		var lost []string
		for _, ids := range written {
			for _, id := range ids {
				if !here[id] {
					lost = append(lost, id)
				}
			}
		}
		if len(lost) > 0 {
			t.Errorf("%s lost %s", c.email, strings.Join(lost, " "))
		}
	}
}
