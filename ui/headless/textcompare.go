package headless

import (
	"fmt"
	"strings"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// Compare prints both revisions, the commits that each has alone, per environment what a deploy of B over A
// changes, and the files as a tree with the lines that differ.
func (t Text) Compare(c Comparison) error {
	p := t.page()
	t.revision(p, "A", c.Names[0], c.A)
	t.revision(p, "B", c.Names[1], c.B)
	t.shares(p, c)
	if len(c.Effects) > 0 || c.Problem != nil {
		p.WriteString("\n")
		t.effects(p, c)
	}
	p.WriteString("\n")
	t.files(p, c)
	return t.print(p)
}

func (t Text) revision(p *page, letter, name string, c model.Commit) {
	called := ""
	if name != c.Hash.Short() && !strings.HasPrefix(string(c.Hash), name) {
		called = line(name) + "  "
	}
	p.line("%s  %s  %s%s  %s  %s", paint(t.Styles.Strong, letter), paint(t.Styles.Accent, c.Hash.Short()), called,
		paint(t.Styles.Dim, day(c.Author.When)), oneLine(c.Author.Name), oneLine(c.Subject))
}

func (t Text) shares(p *page, c Comparison) {
	if c.OnlyA.Commits+c.OnlyB.Commits == 0 {
		p.line("the same commit")
		return
	}
	if c.OnlyB.Commits > 0 {
		p.line("%s", t.share(c.OnlyB, "to B"))
	}
	if c.Base == c.B.Hash {
		p.line("%s", paint(t.Styles.Warning, "! ")+"goes back "+t.share(c.OnlyA, "from A"))
	} else if c.OnlyA.Commits > 0 {
		p.line("%s", paint(t.Styles.Warning, "! ")+t.share(c.OnlyA, "only in A"))
	}
	switch {
	case c.Base == "" && c.IsShallow:
		p.line("%s", paint(t.Styles.Warning, "! ")+"history ends here before it is known what they have in common: git fetch --unshallow brings the rest")
	case c.Base == "":
		p.line("%s", paint(t.Styles.Warning, "! ")+"they have nothing in common")
	case c.IsShallow:
		p.line("%s", paint(t.Styles.Dim, "history is cut off here; there may be more commits"))
	}
}

func (t Text) share(s history.Share, what string) string {
	const few = 5
	var names []string
	for i, a := range s.Authors {
		if i == few && len(s.Authors) > few+1 {
			names = append(names, fmt.Sprintf("%d more", len(s.Authors)-few))
			break
		}
		names = append(names, fmt.Sprintf("%s %d", oneLine(a.Name), a.Commits))
	}
	return fmt.Sprintf("%s %s · %s  %s", count(s.Commits, "commit"), what, count(len(s.Authors), "author"), paint(t.Styles.Dim, strings.Join(names, ", ")))
}

func (t Text) effects(p *page, c Comparison) {
	if c.Problem != nil {
		p.line("%s", paint(t.Styles.Warning, "! ")+"the environments are not known: "+oneLine(text.Error(c.Problem)))
		return
	}
	p.line("%s", paint(t.Styles.Dim, "A deploy of B over A, as git wants it:"))
	var names []string
	for _, e := range c.Effects {
		names = append(names, line(e.Environment.Name))
	}
	width := widest(24, names)
	for _, e := range c.Effects {
		name := t.environment(e.Environment) + strings.Repeat(" ", max(0, width-len([]rune(line(e.Environment.Name)))))
		if len(e.Targets) == 0 {
			p.line("  %s  %s", name, paint(t.Styles.Dim, "not touched"))
		}
		for i, target := range e.Targets {
			if i > 0 {
				name = strings.Repeat(" ", width)
			}
			p.line("  %s  %s  %s", name, line(target.Target.Name), t.targetEffect(target))
			t.resources(p, target, width)
		}
	}
	if c.Reconfigured {
		p.line("  %s", paint(t.Styles.Warning, "! ")+"plumb.yaml differs: this is with the environments as they are set up now")
	}
}

func (t Text) targetEffect(e workspace.TargetEffect) string {
	switch {
	case e.Err != nil:
		return paint(t.Styles.Bad, "? unknown: "+oneLine(text.Error(e.Err)))
	case e.FilesOnly:
		return count(e.Files, "file") + paint(t.Styles.Dim, " only: what becomes of them is known beside what is live")
	case len(e.Resources) == 0:
		return paint(t.Styles.Dim, "nothing: "+count(e.Files, "file")+" of no consequence")
	}
	var parts []string
	for _, a := range []model.Action{model.Update, model.Create, model.Replace, model.Delete} {
		if n := e.Count(a); n > 0 {
			parts = append(parts, paint(t.actionStyle(a), fmt.Sprintf("%s%d", a.Sign(), n))+" "+string(a))
		}
	}
	return strings.Join(parts, "  ") + paint(t.Styles.Dim, " on ") + strings.Join(lines(e.Groups()), ", ")
}

func (t Text) resources(p *page, e workspace.TargetEffect, indent int) {
	var addresses []string
	for _, r := range e.Resources {
		addresses = append(addresses, line(string(r.Address)))
	}
	width := widest(60, addresses)
	for i, r := range e.Resources {
		p.line("  %s    %s %s  %s", strings.Repeat(" ", indent), paint(t.actionStyle(r.Action), r.Action.Sign()), pad(addresses[i], width), paint(t.Styles.Dim, strings.Join(lines(r.Differs), ", ")))
	}
}

func (t Text) files(p *page, c Comparison) {
	if len(c.Files) == 0 {
		p.line("both have the same files")
		return
	}
	all := workspace.Sum(c.Counts)
	head := []string{count(len(c.Files), "file"), t.plusMinus(all.Added, all.Removed)}
	if all.Blind > 0 {
		head = append(head, paint(t.Styles.Dim, fmt.Sprintf("lines of %d not counted", all.Blind)))
	}
	p.line("%s", strings.TrimRight(strings.Join(head, "  "), " "))
	nodes := workspace.Tree(c.Files)
	sums := workspace.SumTree(nodes, c.Counts)
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = strings.Repeat("  ", n.Depth) + line(n.Name)
		if n.IsDir() {
			names[i] += "/"
		}
	}
	width := widest(60, names)
	for i, n := range nodes {
		about := t.plusMinus(sums[i].Added, sums[i].Removed)
		name := pad(names[i], width)
		if n.IsDir() {
			name = paint(t.Styles.Dim, name)
		} else {
			about = t.fileAbout(c.Files[n.File], c.count(n.File))
		}
		p.line("  %s  %s", name, about)
	}
}

func (t Text) fileAbout(f model.FileChange, n workspace.LineCount) string {
	var parts []string
	if s := t.plusMinus(n.Added, n.Removed); s != "" {
		parts = append(parts, s)
	}
	if n.Unknown != workspace.Counted && n.Unknown != workspace.IsSubmodule {
		parts = append(parts, paint(t.Styles.Dim, uncounted(n.Unknown)))
	}
	if w := workspace.Became(f); w != "" {
		parts = append(parts, paint(t.Styles.Dim, w))
	}
	if f.OldPath != "" {
		parts = append(parts, paint(t.Styles.Dim, "moved from "+line(f.OldPath)))
	}
	return strings.Join(parts, "  ")
}

// uncounted says why lines are not counted.
func uncounted(why workspace.Uncounted) string {
	if why == workspace.IsNotHere {
		return "contents " + string(why)
	}
	return string(why)
}

// plusMinus is "+3 -1", and nothing where nothing was counted.
func (t Text) plusMinus(added, removed int) string {
	var parts []string
	if added > 0 {
		parts = append(parts, paint(t.Styles.Added, fmt.Sprintf("+%d", added)))
	}
	if removed > 0 {
		parts = append(parts, paint(t.Styles.Removed, fmt.Sprintf("-%d", removed)))
	}
	return strings.Join(parts, " ")
}
