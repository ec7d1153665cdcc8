package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plumb/gitops/audit"
	"plumb/model"
	"plumb/model/filter"
	"plumb/ui/headless"
)

// errUnproven ends a verification that has told already what it objects to.
var errUnproven = errors.New("the ledger is not proven")

func (inv *invocation) auditCommand() *cobra.Command {
	var env, since string
	var limit int
	var json bool
	cmd := &cobra.Command{
		Use:     "audit [FILTER...]",
		GroupID: groupLook,
		Short:   "Who did what and who allowed it, newest first",
		Long: `Tells what the ledger says: every change, check, approval, refusal, run, hold and adoption, a line each, with the
id of the entry that proves it. What does not count says why. Logs that cannot be believed come first.

A filter is words that all have to hold, the same as behind / in the ledger on the screen; ! before one turns it round:

` + auditWords(),
		Example: `  plumb audit since:2h
  plumb audit kind:glass --since 2026-01-01
  plumb audit export --since 30d --format html > audit.html
  plumb audit verify`,
		RunE: func(cmd *cobra.Command, args []string) error {
			inv.used = cmd
			if limit < 0 {
				return usage(fmt.Errorf("there are no %d accounts", limit))
			}
			if env != "" {
				args = append(args, "env:"+env)
			}
			if since != "" {
				args = append(args, "since:"+since)
			}
			f, err := audit.ParseFilterArgs(args, inv.Now())
			if err != nil {
				return usage(err)
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			book, err := o.Workspace.Audit(cmd.Context())
			if err != nil {
				return err
			}
			list := f.Select(book.Accounts)
			out := headless.Audit{Accounts: list, Matching: len(list)}
			if limit > 0 && len(list) > limit {
				out.Accounts = list[:limit]
			}
			return inv.printer(json).Audit(out)
		},
	}
	environmentFlag(inv, cmd, &env, "only what is about this environment")
	cmd.Flags().StringVar(&since, "since", "", "only since: `T` as in 2h, 3d, monday, 2026-08-01")
	cmd.Flags().IntVarP(&limit, "limit", "n", 50, "how many; 0 for all")
	jsonFlag(cmd, &json)
	cmd.AddCommand(inv.auditExportCommand(), inv.auditVerifyCommand())
	return cmd
}

// auditWords are the words of the filter, from the package that reads it.
func auditWords() string {
	words := audit.Words()
	column := 0
	for _, w := range words {
		column = max(column, len(w.Example))
	}
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, "  %-*s  %s\n", column, w.Example, w.About)
	}
	return b.String()
}

// reporter prints a report in one of the formats.
type reporter interface{ Report(audit.Report) error }

func (inv *invocation) auditExportCommand() *cobra.Command {
	var env, since, until, format string
	cmd := &cobra.Command{
		Use:   "export --since T [--until T]",
		Short: "Write a report of a period for an auditor or a post-mortem",
		Long: `Writes what happened in a period: the counts, each change with its reason, its steps and how they can be taken back,
what checks said, who approved and refused and with which key, every run and how it ended, broken glass, the ids of the
entries that prove it, then the timeline and what cannot be believed. A change of which something happened in the period is told
whole. Secrets are masked.`,
		Example: `  plumb audit export --since 90d --env production --format html > audit.html`,
		Args:    inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			printer, err := inv.reporter(format)
			if err != nil {
				return err
			}
			if since == "" {
				return usage(model.WithHint(errors.New("since when?"), "--since 30d, or --since 2026-01-01"))
			}
			period, err := readPeriod(since, until, inv.Now())
			if err != nil {
				return usage(err)
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			book, err := o.Workspace.Audit(cmd.Context())
			if err != nil {
				return err
			}
			period.Environment = env
			return printer.Report(book.Report(o.Workspace.Name(), period, inv.Now()))
		},
	}
	environmentFlag(inv, cmd, &env, "only what is about this environment")
	cmd.Flags().StringVar(&since, "since", "", "from when: `T` as in 2h, 30d, monday, 2026-08-01")
	cmd.Flags().StringVar(&until, "until", "", "until the end of `T`; now when it is left out")
	cmd.Flags().StringVar(&format, "format", "markdown", "markdown, json or html")
	return cmd
}

func (inv *invocation) reporter(format string) (reporter, error) {
	switch format {
	case "markdown":
		return headless.Markdown{W: inv.Out}, nil
	case "json":
		return headless.JSON{W: inv.Out}, nil
	case "html":
		return headless.HTML{W: inv.Out}, nil
	}
	return nil, usage(model.WithHint(fmt.Errorf("there is no format %q", show(format)), "the formats are markdown, json, html"))
}

// readPeriod reads both ends of a period as a filter does.
func readPeriod(since, until string, now time.Time) (audit.Period, error) {
	words := []string{"since:" + since}
	if until != "" {
		words = append(words, "until:"+until)
	}
	f, err := filter.ParseArgs(words, now)
	if err != nil {
		return audit.Period{}, err
	}
	var p audit.Period
	for _, t := range f.Terms {
		if !t.From.IsZero() {
			p.Since = t.From
		}
		if !t.To.IsZero() {
			p.Until = t.To
		}
	}
	if !p.Until.IsZero() && !p.Since.Before(p.Until) {
		return p, model.WithHint(errors.New("the period ends before it begins"), "--since is the earlier time")
	}
	return p, nil
}

func (inv *invocation) auditVerifyCommand() *cobra.Command {
	var json bool
	var explain string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove the ledger, or print the commands that prove a part of it",
		Long: `Reads all logs and proves them, without asking anybody: that no entry was altered, taken out or put in, that each log belongs to
who writes it, that signatures are good, that every run was allowed when it began by the rules of the revision that was applied
then and the approvals that were on record, and that its end is known. For the first run of an environment, the rules that it brought are
trusted. What checks said is what the run recorded.

With --explain it prints commands for git, ssh-keygen and sha256sum instead that prove one entry, change or run without plumb.

The exit code is 0 when the ledger is proven, 2 when there is anything to object to, and 1 when it could not be read.`,
		Example: `  plumb audit verify
  plumb audit verify --explain deploy-production-77aa > proof.sh
  bash -e proof.sh`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			if cmd.Flags().Changed("explain") {
				x, err := o.Workspace.ExplainProof(cmd.Context(), explain)
				if err != nil {
					return err
				}
				return inv.printer(json).Explanation(x)
			}
			return inv.verify(cmd.Context(), o, json)
		},
	}
	cmd.Flags().StringVar(&explain, "explain", "", "print the commands that prove this entry, change or run: `ID`, or the beginning of one")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) verify(ctx context.Context, o *Opened, json bool) error {
	v, err := o.Workspace.Prove(ctx)
	if err != nil {
		return err
	}
	if err := inv.printer(json).Verdict(v); err != nil {
		return err
	}
	if !v.Proven() {
		return errUnproven
	}
	return nil
}
