// Package command is plumb's command line: the commands and their flags, how a
// repository is opened ([Open]), and what an error becomes when it reaches a
// person or a script ([Program.Main]). What the commands answer is computed by
// package workspace and printed by package headless; nothing is decided here.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"plumb/themes"
	"plumb/ui/headless"
)

// Program is the world that plumb runs in. All fields are required.
type Program struct {
	In     io.Reader
	Out    io.Writer // The answer, and nothing else.
	Err    io.Writer // Errors, hints, progress beside a JSON answer.
	Getenv func(string) string
	Now    func() time.Time
	Rand   io.Reader // Where ids come from.
}

// Process is the program as the operating system started it.
func Process(random io.Reader) *Program {
	return &Program{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Now: time.Now, Rand: random}
}

// Main runs plumb with the arguments after the program's name and answers its exit code.
//
// SIGINT, SIGTERM and SIGHUP cancel the work once: children are asked to stop,
// what is half done is brought to an end that is on record. A second signal changes
// nothing, because an apply that is killed leaves an outcome that nobody knows.
func (p *Program) Main(args []string) int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	return p.run(ctx, args)
}

func (p *Program) run(ctx context.Context, args []string) int {
	inv := &invocation{Program: p}
	root := inv.root()
	root.SetArgs(args)
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = fmt.Errorf("interrupted: %w", err)
	}
	return inv.exit(err)
}

// invocation is one use of the command line: the program and the global flags.
type invocation struct {
	*Program
	repo     string
	readonly bool
	noColor  bool
	used     *cobra.Command // The command that was found, for the hint of a usage error.
}

// The groups of commands in the overview.
const (
	groupLook  = "look"
	groupRight = "right"
	groupSetUp = "setup"
)

const about = `plumb shows whether infrastructure is true to git, and puts it right.

In a git repository, plumb opens its screen: the history, the live state of every
environment beside it, and any difference side by side. Without a terminal it
prints what plumb status prints.`

func (inv *invocation) root() *cobra.Command {
	root := &cobra.Command{
		Use:                        "plumb [PATH]",
		Short:                      "Show whether infrastructure is true to git, and put it right",
		Long:                       about,
		Args:                       inv.atMostOne,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		PersistentPreRun:           func(cmd *cobra.Command, _ []string) { inv.used = cmd },
		RunE: func(cmd *cobra.Command, args []string) error {
			return inv.screen(cmd, args)
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&inv.repo, "repo", "C", ".", "the repository, or a directory in it")
	flags.BoolVar(&inv.readonly, "readonly", false, "change nothing, whatever else is asked")
	flags.BoolVar(&inv.noColor, "no-color", false, "no colours")
	root.AddGroup(
		&cobra.Group{ID: groupLook, Title: "Look:"},
		&cobra.Group{ID: groupRight, Title: "Put right:"},
		&cobra.Group{ID: groupSetUp, Title: "Set up and learn:"},
	)
	root.SetHelpCommandGroupID(groupSetUp)
	root.SetCompletionCommandGroupID(groupSetUp)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		inv.used = cmd
		return usage(err)
	})
	root.AddCommand(
		inv.statusCommand(), inv.logCommand(), inv.diffCommand(), inv.compareCommand(), inv.showCommand(), inv.blameCommand(), inv.checkCommand(), inv.keysCommand(),
		inv.changeCommand(), inv.approveCommand(), inv.refuseCommand(), inv.withdrawCommand(), inv.applyCommand(), inv.rollbackCommand(), inv.holdCommand(),
		inv.runsCommand(), inv.runCommand(), inv.attachCommand(), inv.runnerCommand(), inv.auditCommand(), inv.syncCommand(),
		inv.initCommand(), inv.trustCommand(), inv.demoCommand(), inv.versionCommand(),
	)
	root.SetHelpCommand(inv.helpCommand(root))
	return root
}

// terminal answers the file behind w when it is a terminal.
func terminal(w any) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(f.Fd())
}

// colored reports whether colours are wanted on f.
func (inv *invocation) colored() bool {
	return !inv.noColor && inv.Getenv("NO_COLOR") == "" && inv.Getenv("TERM") != "dumb"
}

// text is the printer for people on w.
func (inv *invocation) text(w io.Writer) headless.Text {
	t := headless.Text{W: w, Now: inv.Now()}
	f, ok := terminal(w)
	if !ok {
		t.Pipe = true
		return t
	}
	if width, _, err := term.GetSize(f.Fd()); err == nil {
		t.Width = width
	}
	if inv.colored() {
		t.Styles = themes.New(themes.Terminal)
	}
	return t
}

// printer is the one of the twins that was asked for.
func (inv *invocation) printer(json bool) headless.Printer {
	if json {
		return headless.JSON{W: inv.Out}
	}
	return inv.text(inv.Out)
}

func jsonFlag(cmd *cobra.Command, json *bool) {
	cmd.Flags().BoolVar(json, "json", false, "answer with a JSON document (plumb help json)")
}
