package ui

import (
	"context"
	"errors"
	"os"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Run opens the screen and comes back when the operator leaves it. Left during a run, it answers how that ended. What runs for it is
// asked to stop and waited for, so that nothing is half written when it is back.
func Run(ctx context.Context, opt Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	a := newApp(ctx, opened{opt.Workspace}, opt)
	// The newest commits are read while the terminal is being set up. Whoever asks for them first waits for this.
	a.working.Go(func() { _ = a.ws.History().Glance(ctx) })
	// At the usual sixty frames a key waits up to a sixtieth of a second for its frame.
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFilter(coalesce(opt.Now)), tea.WithFPS(120)}
	if os.Getenv("NO_COLOR") != "" {
		// Any value counts; the library asks for one that is true.
		a.profile = colorprofile.ASCII
		a.restyle()
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(a, options...).Run()
	cancel()
	a.working.Wait()
	a.left()
	if a.leaving && err == nil {
		return a.run.err // Whoever left in the middle of a run is told how it ended.
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}
