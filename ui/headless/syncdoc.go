package headless

import (
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/share"
	"plumb/gitops/workspace"
	"plumb/model/text"
)

// Sync is what an exchange of the record with remotes came to.
type Sync struct {
	Remotes []workspace.RemoteNews
	Problem error // Why it did not come to its end; nil where it did.
}

type syncDocument struct {
	Schema  string         `json:"schema"`
	Remotes []remoteFields `json:"remotes"`
	Error   string         `json:"error"`
}

type remoteFields struct {
	Remote         string      `json:"remote"`
	Took           []logFields `json:"took"`
	Gave           []logFields `json:"gave"`
	BranchesTaken  int         `json:"branches_taken"`
	BranchesPruned int         `json:"branches_pruned"`
	BranchesGiven  int         `json:"branches_given"`
	Problems       []string    `json:"problems"`
}

type logFields struct {
	Owner   string `json:"owner"`
	Log     string `json:"log"`
	Entries int    `json:"entries"`
}

func newLogFields(logs []share.Log) []logFields {
	list := []logFields{}
	for _, l := range logs {
		list = append(list, logFields{line(l.Owner), line(l.Name), l.Entries})
	}
	return list
}

// Sync prints a plumb.sync/1 document.
func (j JSON) Sync(s Sync) error {
	doc := syncDocument{"plumb.sync/1", []remoteFields{}, text.Error(s.Problem).String()}
	for _, r := range s.Remotes {
		doc.Remotes = append(doc.Remotes, remoteFields{line(r.Remote), newLogFields(r.Took), newLogFields(r.Gave), r.Came, r.Went, r.GaveBranches, lines(r.Problems)})
	}
	return j.write(doc)
}

// Sync prints a line about each remote, and one about everything that was not taken over.
func (t Text) Sync(s Sync) error {
	p := t.page()
	if len(s.Remotes) == 0 && s.Problem == nil {
		p.line("there is no remote to share the record with")
	}
	for _, r := range s.Remotes {
		var words []string
		say := func(verb string, logs []share.Log, branches int) {
			words = append(words, said(verb, logs)...)
			if branches > 0 {
				words = append(words, verb+" "+many(branches, "branch", "branches"))
			}
		}
		say("took", r.Took, r.Came)
		if r.Went > 0 {
			words = append(words, "removed "+many(r.Went, "branch", "branches"))
		}
		say("gave", r.Gave, r.GaveBranches)
		if len(words) == 0 {
			words = append(words, "nothing new")
		}
		p.line("%s: %s", paint(t.Styles.Strong, line(r.Remote)), strings.Join(words, ", "))
		for _, problem := range r.Problems {
			p.line("  %s", paint(t.Styles.Bad, "! "+line(problem)))
		}
	}
	return t.print(p)
}

// said names the people, as long as they are few.
func said(verb string, logs []share.Log) []string {
	entries := 0
	var owners, words []string
	for _, l := range logs {
		entries += l.Entries
		if owner := line(l.Owner); !slices.Contains(owners, owner) {
			owners = append(owners, owner)
		}
		words = append(words, fmt.Sprintf("%s %s of %s", verb, many(l.Entries, "entry", "entries"), line(l.Owner)))
	}
	const few = 3
	if len(words) > few {
		return []string{fmt.Sprintf("%s %s of %s", verb, many(entries, "entry", "entries"), many(len(owners), "person", "people"))}
	}
	return words
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
