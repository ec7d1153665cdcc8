package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
)

// Help is read on a console of 80 columns as often as anywhere.
func TestHelpFits80Columns(t *testing.T) {
	var out, errs bytes.Buffer
	p := &Program{In: &bytes.Buffer{}, Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
	root := (&invocation{Program: p}).root()
	args := [][]string{{"help"}, {"help", "words"}, {"help", "json"}, {"help", "exit-codes"}, {"help", "sharing"}, {"help", "keys"}}
	var walk func(c *cobra.Command, path []string)
	walk = func(c *cobra.Command, path []string) {
		for _, sub := range c.Commands() {
			at := append(append([]string{}, path...), sub.Name())
			args = append(args, at)
			walk(sub, at)
		}
	}
	walk(root, []string{"help"})
	for _, a := range args {
		if a[len(a)-1] == "completion" || len(a) > 2 && a[1] == "completion" {
			continue // Cobra's own words.
		}
		t.Run(strings.Join(a, " "), func(t *testing.T) {
			out.Reset()
			if code := p.run(t.Context(), a); code != exitFine {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			for i, line := range strings.Split(out.String(), "\n") {
				if w := ansi.StringWidth(line); w > 80 {
					t.Errorf("line %d is %d columns wide: %s", i+1, w, line)
				}
			}
		})
	}
}
