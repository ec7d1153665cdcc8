package headless

import (
	"fmt"

	"plumb/gitops/objects"
	"plumb/model"
)

type fileDocument struct {
	Schema    string     `json:"schema"`
	Revision  model.Hash `json:"revision"`
	Path      string     `json:"path"`
	Mode      string     `json:"mode"`
	Size      int64      `json:"size"`
	Note      string     `json:"note"`
	Lines     []string   `json:"lines"`
	NoNewline bool       `json:"no_newline"`
}

func newFileDocument(f File) fileDocument {
	doc := fileDocument{
		Schema: "plumb.file/1", Revision: f.Revision, Path: line(f.Path), Mode: fmt.Sprintf("%06o", uint32(f.Mode)),
		Size: f.Size, Note: f.Note.String(), Lines: make([]string, len(f.Lines)), NoNewline: f.NoFinal,
	}
	for i, l := range f.Lines {
		doc.Lines[i] = l.String()
	}
	return doc
}

type blameDocument struct {
	Schema   string            `json:"schema"`
	Revision model.Hash        `json:"revision"`
	Path     string            `json:"path"`
	Lines    []blameLineFields `json:"lines"`
	Commits  []writerFields    `json:"commits"`
}

type blameLineFields struct {
	Number     int        `json:"number"`
	Text       string     `json:"text"`
	Commit     model.Hash `json:"commit"`
	Path       string     `json:"path"`
	Original   int        `json:"original"`
	Boundary   bool       `json:"boundary"`
	Before     model.Hash `json:"before"`
	BeforePath string     `json:"before_path"`
}

// writerFields are a commit as far as blame tells of it.
type writerFields struct {
	Hash    model.Hash   `json:"hash"`
	Author  personFields `json:"author"`
	Subject string       `json:"subject"`
}

func newWriterFields(c model.Commit) writerFields {
	return writerFields{c.Hash, newPersonFields(c.Author), c.Subject.String()}
}

func newBlameDocument(b Blame) blameDocument {
	doc := blameDocument{Schema: "plumb.blame/1", Revision: b.Revision, Path: line(b.Path), Lines: []blameLineFields{}, Commits: []writerFields{}}
	told := map[model.Hash]bool{}
	for _, l := range b.Lines {
		doc.Lines = append(doc.Lines, blameLineFields{
			Number: l.Number, Text: l.Text.String(), Commit: l.Commit.Hash, Path: line(l.Path), Original: l.Original,
			Boundary: l.Boundary, Before: l.Before, BeforePath: line(l.BeforePath),
		})
		if !told[l.Commit.Hash] {
			told[l.Commit.Hash] = true
			doc.Commits = append(doc.Commits, newWriterFields(l.Commit))
		}
	}
	return doc
}

type linesDocument struct {
	Schema   string          `json:"schema"`
	Revision model.Hash      `json:"revision"`
	Path     string          `json:"path"`
	From     int             `json:"from"`
	To       int             `json:"to"`
	Versions []versionFields `json:"versions"`
}

type versionFields struct {
	Commit     writerFields `json:"commit"`
	Path       string       `json:"path"`
	From       int          `json:"from"`
	To         int          `json:"to"`
	BeforePath string       `json:"before_path"`
	BeforeFrom int          `json:"before_from"`
	BeforeTo   int          `json:"before_to"`
	Boundary   bool         `json:"boundary"`
}

func newLinesDocument(l Lines) linesDocument {
	doc := linesDocument{Schema: "plumb.lines/1", Revision: l.Revision, Path: line(l.Path), From: max(l.Range.From, 1), To: l.Range.To, Versions: []versionFields{}}
	for _, v := range l.Versions {
		doc.Versions = append(doc.Versions, versionFields{
			Commit: newWriterFields(v.Commit), Path: line(v.Path), From: v.Lines.From, To: v.Lines.To,
			BeforePath: line(v.BeforePath), BeforeFrom: v.Before.From, BeforeTo: v.Before.To, Boundary: v.Boundary,
		})
	}
	return doc
}

type commitDocument struct {
	Schema    string           `json:"schema"`
	Hash      model.Hash       `json:"hash"`
	Parents   []model.Hash     `json:"parents"`
	Author    personFields     `json:"author"`
	Committer personFields     `json:"committer"`
	Subject   string           `json:"subject"`
	Body      string           `json:"body"`
	Files     []fileStatFields `json:"files"`
}

type fileStatFields struct {
	OldPath string `json:"old_path"`
	NewPath string `json:"new_path"`
	OldMode string `json:"old_mode"`
	NewMode string `json:"new_mode"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Note    string `json:"note"`

	Structure structureFields `json:"structure"`
}

func newCommitDocument(c Commit) commitDocument {
	doc := commitDocument{
		Schema: "plumb.commit/1", Hash: c.Hash, Parents: append([]model.Hash{}, c.Parents...),
		Author: newPersonFields(c.Author), Committer: newPersonFields(c.Committer), Subject: c.Subject.String(), Body: c.Body.String(),
		Files: []fileStatFields{},
	}
	for _, f := range c.Files {
		doc.Files = append(doc.Files, fileStatFields{
			f.OldPath.String(), f.NewPath.String(), line(f.OldMode), line(f.NewMode), f.Added, f.Removed, FileDiff{File: f}.note(), newStructureFields(&f),
		})
	}
	return doc
}

// lineRange is a range of lines in words.
func lineRange(r objects.LineRange) string {
	switch {
	case r == (objects.LineRange{}):
		return "none"
	case r.From == r.To:
		return fmt.Sprint(r.From)
	}
	return fmt.Sprintf("%d-%d", r.From, r.To)
}
