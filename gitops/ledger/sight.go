package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumb/model"
)

// sighting is what the writer of an entry says to have seen of another log, and what is not here.
type sighting struct {
	log string // Its ref.
	tip model.Hash
	by  string // Whose entry says so.
}

// expect notes what the entry says to have seen. It is not judged until all logs were read.
func (l *Ledger) expect(e Entry) {
	for _, s := range e.Seen {
		if ref := l.opt.logs() + s.Log; ref != e.Log && !l.has(ref, s.Tip) {
			l.waiting = append(l.waiting, sighting{ref, s.Tip, e.By.Email.String()})
		}
	}
}

func (l *Ledger) has(ref string, id model.Hash) bool {
	_, ok := l.logs[ref].place[id]
	return ok
}

// withheld are the logs of which others have seen more than there is here. Entries that somebody has seen and that are gone
// may be refusals.
func (l *Ledger) withheld() []Problem {
	l.waiting = slices.DeleteFunc(l.waiting, func(s sighting) bool { return l.has(s.log, s.tip) })
	by := map[string][]string{}
	for _, s := range l.waiting {
		if l.logs[s.log].broken == "" && !slices.Contains(by[s.log], s.by) {
			by[s.log] = append(by[s.log], s.by)
		}
	}
	var problems []Problem
	for _, ref := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[ref])
		problems = append(problems, Problem{ref, fmt.Sprintf("is withheld: %s has seen entries of it that are not here", strings.Join(by[ref], ", "))})
	}
	return problems
}

// unmentioned is how far the other logs go, as far as the log does not say so yet.
func (l *Ledger) unmentioned(ref string) []Sight {
	var sights []Sight
	for _, other := range slices.Sorted(maps.Keys(l.logs)) {
		name := strings.TrimPrefix(other, l.opt.logs())
		if tip := l.logs[other].tip; other != ref && tip != "" && l.logs[ref].seen[name] != tip {
			sights = append(sights, Sight{name, tip})
		}
	}
	return sights
}
