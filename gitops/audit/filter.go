package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"plumb/model/filter"
)

// The kinds of term that only the ledger knows. Environments, dates and words are as in History.
const (
	byTerm      filter.Kind = "by"
	kindTerm    filter.Kind = "kind"
	changeTerm  filter.Kind = "change"
	runTerm     filter.Kind = "run"
	signedTerm  filter.Kind = "signed"
	countsTerm  filter.Kind = "counts"
	keyTerm     filter.Kind = "key"
	entryTerm   filter.Kind = "id"
	outcomeTerm filter.Kind = "outcome"
)

var vocabulary = filter.Vocabulary{
	"by": byTerm, "author": byTerm, "kind": kindTerm, "verb": kindTerm, "change": changeTerm, "run": runTerm, "signed": signedTerm,
	"counts": countsTerm, "key": keyTerm, "id": entryTerm, "outcome": outcomeTerm,
	"env": filter.Environment, "environment": filter.Environment,
	"since": filter.Dates, "after": filter.Dates, "until": filter.Dates, "before": filter.Dates,
}

// Word explains one word of the language.
type Word struct{ Example, About string }

// Words are all words that the ledger is filtered by, in the order in which people learn them.
func Words() []Word {
	return []Word{
		{"nginx", "in what happened; quote several words: \"broke the glass\"; with a capital, exactly so"},
		{"env:production", "in the environment"},
		{"by:ada", "part of the name or address of who did it; also author:"},
		{"kind:approve", "what happened: " + strings.Join(kindNames(), ", ") + "; run for all of a run; also verb:"},
		{"since:2d", "since: 15m, 2h, 3d, 2w, 6mo, today, monday, 2026-08-01; also after:"},
		{"until:yesterday", "until the end of; also before:"},
		{"2026-08-01..2026-08-31", "between, both days included; either may be left out"},
		{"change:deploy-production", "the id of the change begins so"},
		{"run:1f2e", "the id of the run begins so"},
		{"id:3fa9", "the id of the entry begins so"},
		{"outcome:partial", "how a run ended: applied, partial, failed, unknown"},
		{"signed:no", "carries no signature that was verified, or with yes one that was"},
		{"key:SHA256:Vx0", "the fingerprint of the key that signed begins so"},
		{"counts:no", "had no effect, or with yes had one"},
	}
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return names
}

// Filter is what accounts are asked for. The zero value matches every one.
type Filter struct {
	terms []filter.Term
	needs []needle
}

// needle is the value of a term as it is looked for.
type needle struct {
	text string
	fold bool
}

// ParseFilter reads a filter as it is typed on the screen. The error, if any, is a [*filter.Error]; the filter then holds the other words.
func ParseFilter(s string, now time.Time) (Filter, error) {
	return understand(vocabulary.Parse(s, now))
}

// ParseFilterArgs reads a filter from a command line, where each argument is one word.
func ParseFilterArgs(args []string, now time.Time) (Filter, error) {
	return understand(vocabulary.ParseArgs(args, now))
}

// understand checks the values that only the ledger knows.
func understand(parsed filter.Filter, err error) (Filter, error) {
	first, _ := errors.AsType[*filter.Error](err)
	if first != nil && first.Hint == "" {
		first.Hint = "plumb help audit lists the words"
	}
	var f Filter
	for _, t := range parsed.Terms {
		if values, limited := valuesOf(t.Kind); limited {
			t.Value = strings.ToLower(t.Value)
			if !slices.Contains(values, t.Value) {
				if first == nil {
					first = &filter.Error{
						Start: t.Start, End: t.End, Text: fmt.Sprintf("%s: is never %q", t.Kind, t.Value), Hint: "one of " + strings.Join(values, ", "),
						Unfinished: slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, t.Value) }),
					}
				}
				continue
			}
		}
		n := needle{text: strings.ToLower(t.Value), fold: true}
		if t.Kind == filter.Text || t.Kind == filter.Fuzzy {
			n.text, n.fold = filter.Smart(t.Value)
		}
		f.terms, f.needs = append(f.terms, t), append(f.needs, n)
	}
	if first != nil {
		return f, first
	}
	return f, nil
}

// valuesOf are the values that a term of the kind can have, where there are only some.
func valuesOf(k filter.Kind) ([]string, bool) {
	switch k {
	case kindTerm:
		return append(kindNames(), "run", "unknown"), true
	case signedTerm, countsTerm:
		return []string{"yes", "no"}, true
	case outcomeTerm:
		return []string{"applied", "partial", "failed", "unknown"}, true
	}
	return nil, false
}

// IsEmpty reports whether the filter asks for nothing.
func (f Filter) IsEmpty() bool { return len(f.terms) == 0 }

// Environments are the environments that the filter asks for.
func (f Filter) Environments() []string {
	var names []string
	for _, t := range f.terms {
		if t.Kind == filter.Environment && !t.Not {
			names = append(names, t.Value)
		}
	}
	return names
}

// Highlights is where the words of the filter are found in a text: ranges of bytes.
func (f Filter) Highlights(s string) [][2]int { return filter.Filter{Terms: f.terms}.Highlights(s) }

// Select are the accounts that match, in their order.
func (f Filter) Select(accounts []Account) []Account {
	if f.IsEmpty() {
		return accounts
	}
	var list []Account
	for _, a := range accounts {
		if f.Match(a) {
			list = append(list, a)
		}
	}
	return list
}

// Match reports whether all terms hold for the account.
func (f Filter) Match(a Account) bool {
	for i, t := range f.terms {
		if f.needs[i].holds(t, a) == t.Not {
			return false
		}
	}
	return true
}

// holds reports whether one term holds. What a damaged log hides may be of any time and place, so no limit of these hides it.
func (n needle) holds(t filter.Term, a Account) bool {
	switch t.Kind {
	case filter.Text:
		return n.in(a.Text.String()) || n.in(string(a.Change)) || n.in(a.Not.String())
	case filter.Fuzzy:
		return filter.HasFuzzy(t.Value, a.Text.String())
	case filter.Dates:
		return a.Kind == Damaged || (t.From.IsZero() || !a.At.Before(t.From)) && (t.To.IsZero() || a.At.Before(t.To))
	case filter.Environment:
		return a.Kind == Damaged || a.Environment == t.Value
	case byTerm:
		return n.in(a.By.Name.String()) || n.in(a.By.Email.String())
	case kindTerm:
		return n.kind(a.Kind)
	case changeTerm:
		return strings.HasPrefix(string(a.Change), n.text)
	case runTerm:
		return a.Run != "" && strings.HasPrefix(string(a.Run), n.text)
	case entryTerm:
		return strings.HasPrefix(string(a.ID()), n.text)
	case keyTerm:
		return a.Key != "" && strings.HasPrefix(strings.ToLower(a.Key), n.text)
	case signedTerm:
		return a.Signed() == (n.text == "yes")
	case countsTerm:
		return a.Counts() == (n.text == "yes")
	case outcomeTerm:
		return string(a.Outcome) == n.text
	}
	return false
}

func (n needle) kind(k Kind) bool {
	switch n.text {
	case "run":
		return k == Begun || k == Glass || k == Ended
	case "unknown":
		return !k.isKnown()
	case string(Begun):
		return k == Begun || k == Glass // Whoever looks for runs that began is to see these first of all.
	}
	return string(k) == n.text
}

// in reports whether the needle is in s.
func (n needle) in(s string) bool {
	if n.fold {
		s = lower(s)
	}
	return strings.Contains(s, n.text)
}

func lower(s string) string { return strings.Map(unicode.ToLower, s) }
