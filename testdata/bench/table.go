package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// row is one line of the table.
type row struct {
	what    string
	plumb   figure
	peer    figure
	name    string // The peer's.
	budget  budget
	problem error // Why it could not be measured.
}

// budget is what plumb may take at most. The zero value allows everything.
type budget struct {
	most  float64 // In nanoseconds or bytes; 0 for no limit.
	share float64 // Of what the peer takes; 0 for no limit.
}

func (b budget) text(isSize bool) string {
	var parts []string
	if b.most > 0 {
		parts = append(parts, quantity(b.most, isSize))
	}
	switch {
	case b.share > 0 && b.share < 0.1, b.share == 0.125, b.share == 0.25:
		parts = append(parts, fmt.Sprintf("1/%.0f", 1/b.share))
	case b.share > 0:
		parts = append(parts, fmt.Sprintf("%.1f ×", b.share))
	}
	return strings.Join(parts, " and ")
}

// verdict says whether the budget was kept.
func (r row) verdict() string {
	switch {
	case r.problem != nil:
		return "FAILED"
	case r.budget == budget{}:
		return ""
	case r.budget.most > 0 && r.plumb.value > r.budget.most:
		return "MISSED"
	case r.budget.share > 0 && r.peer.isKnown() && r.plumb.value > r.budget.share*r.peer.value:
		return "MISSED"
	case r.budget.share > 0 && !r.peer.isKnown():
		return "no peer"
	}
	return "kept"
}

// ratio is how much of the peer's time or size plumb takes.
func (r row) ratio() string {
	switch {
	case !r.peer.isKnown() || !r.plumb.isKnown() || r.peer.value == 0 || r.plumb.value == 0:
		return ""
	case r.plumb.value*2 < r.peer.value:
		return "1/" + digits(r.peer.value/r.plumb.value)
	}
	return digits(r.plumb.value/r.peer.value) + " ×"
}

func (r row) cells() []string {
	if r.problem != nil {
		problem, _, _ := strings.Cut(r.problem.Error(), "\n")
		return []string{r.what, problem, "", "", "", r.verdict()}
	}
	peer := ""
	if r.peer.isKnown() {
		peer = r.name + " " + r.peer.String()
	}
	return []string{r.what, r.plumb.String(), peer, r.ratio(), r.budget.text(r.plumb.isSize), r.verdict()}
}

// table is what was measured, in Markdown that can be read as it stands.
func (b *bench) table() string {
	r := b.repository
	kind := "a clone"
	if r.isBare {
		kind = "generated"
	}
	var out strings.Builder
	title := fmt.Sprintf("%s commits, %s, %s of packs", thousands(r.commits), kind, quantity(float64(r.packs), true))
	if r.dir == "" {
		title = "differences, of generated files"
	}
	fmt.Fprintf(&out, "\n### %s\n\n", title)
	all := [][]string{{"what", "plumb", "peer", "ratio", "budget", ""}}
	for _, r := range b.rows {
		all = append(all, r.cells())
	}
	widths := make([]int, len(all[0]))
	for _, cells := range all {
		for i, c := range cells {
			widths[i] = max(widths[i], ansi.StringWidth(c))
		}
	}
	for n, cells := range all {
		out.WriteString("|")
		for i, c := range cells {
			fmt.Fprintf(&out, " %s%s |", c, strings.Repeat(" ", widths[i]-ansi.StringWidth(c)))
		}
		out.WriteString("\n")
		if n > 0 {
			continue
		}
		for _, w := range widths {
			out.WriteString("|" + strings.Repeat("-", w+2))
		}
		out.WriteString("|\n")
	}
	for _, r := range b.rows {
		if r.problem != nil {
			fmt.Fprintf(&out, "\n%s: %v\n", r.what, r.problem)
		}
	}
	return out.String()
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// machine says what the figures were measured with.
func machine(ctx context.Context) string {
	parts := []string{time.Now().Format(time.DateOnly), fmt.Sprintf("%d CPUs", runtime.NumCPU()), runtime.GOOS + "/" + runtime.GOARCH}
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`).FindSubmatch(data); m != nil {
			parts = append(parts, string(m[1]))
		}
	}
	for _, cmd := range [][]string{{"git", "--version"}, {"tig", "--version"}, {"lazygit", "--version"}} {
		name := cmd[0]
		if out, err := exec.CommandContext(ctx, name, cmd[1:]...).Output(); err == nil {
			version := regexp.MustCompile(`\d+\.\d+[.\d]*`).FindString(string(out))
			parts = append(parts, name+" "+version)
		} else {
			parts = append(parts, "no "+name)
		}
	}
	return strings.Join(parts, ", ")
}
