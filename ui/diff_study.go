package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/reviewed"
	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
	"plumb/ui/diffview"
	"plumb/ui/syntax"
)

// study is what is found out about a file beyond its lines, outside of the event loop: its colours, and what its
// lines mean.
type study struct {
	coloured  bool
	old, new  *syntax.Text
	structure *diffview.Structure // Nil where it was not asked for.
	marks     []reviewed.Mark     // Of its hunks.
}

// studied is a study with its file.
type studied struct {
	file int
	study
}

// show hands a study to the view.
func (s study) show(v *diffview.View, file int) {
	if s.coloured {
		v.SetColours(file, s.old, s.new)
	}
	if s.structure != nil {
		v.SetStructure(file, s.structure)
	}
}

// smallFiles is how many bytes of a piece are studied before it is shown, so that it does not change its colours under
// the reader's eyes. It takes a millisecond or two.
const smallFiles = 24 << 10

// studySmall studies the first files of a piece, as far as they are small.
func studySmall(ctx context.Context, files []diff.File, how manner) []study {
	var studies []study
	room := smallFiles
	for i := range files {
		old, new := files[i].Versions()
		if room -= len(old) + len(new); room < 0 {
			break
		}
		studies = append(studies, studyFile(ctx, &files[i], how.structured))
	}
	return studies
}

func studyFile(ctx context.Context, f *diff.File, structured bool) study {
	s := study{coloured: true, marks: marksOf(f, f.Hunks())}
	oldLen, newLen := f.Len()
	path := pathOf(f)
	s.old = coloured(ctx, path, oldLen, f.OldText)
	s.new = coloured(ctx, path, newLen, f.NewText)
	if structured {
		s.structure = structureOf(f)
	}
	return s
}

func coloured(ctx context.Context, path string, n int, line func(int) text.Safe) *syntax.Text {
	lines := make([]text.Safe, n)
	for i := range lines {
		lines[i] = line(i)
	}
	t, err := syntax.Highlight(ctx, path, lines)
	if err != nil {
		return nil // Nobody waits for it any more.
	}
	return t
}

// structureOf compares the meaning of a file's versions.
func structureOf(f *diff.File) *diffview.Structure {
	d, err := structure.CompareFile(f)
	return &diffview.Structure{Diff: d, Err: err}
}

// learn studies the next file in sight of which something is still to be found out.
func (p *diffPane) learn(a *App) tea.Cmd {
	if p.study.busy {
		return nil
	}
	first, last := p.view.InSight()
	for i := first; i <= last && i < len(p.files_); i++ {
		known := p.known[i]
		if known.coloured && (known.structured || !p.how.structured) || len(p.files_[i].Blocks) == 0 {
			continue
		}
		f, structured := p.files_[i], p.how.structured
		return quietly(a, &p.study, func(ctx context.Context) (studied, error) {
			return studied{i, studyFile(ctx, &f, structured)}, ctx.Err()
		})
	}
	return nil
}

// studied takes in what was found out, and goes on to the next file.
func (p *diffPane) studied(a *App, m answer[studied]) tea.Cmd {
	if m.err != nil {
		return nil
	}
	p.touch()
	p.know(m.value.file, m.value.study)
	return p.learn(a)
}

// knowledge is what was found out about a file already.
type knowledge struct{ coloured, structured bool }

func (p *diffPane) know(file int, s study) {
	if p.known == nil {
		p.known = map[int]knowledge{}
	}
	k := p.known[file]
	p.known[file] = knowledge{k.coloured || s.coloured, k.structured || s.structure != nil}
	p.marks.learn(file, s.marks)
	s.show(&p.view, file)
}
