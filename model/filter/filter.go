// Package filter is the language in which people ask history for commits, the same on the screen
// and on the command line: words separated by blanks, all of which must hold.
//
//	author:ann since:2h path:live/** !is:merge "load balancer"
//
// The package reads and writes that language and knows what dates, globs and texts in it mean. It
// looks nothing up: whether an environment or a branch exists is for whoever answers the question.
package filter

import (
	"slices"
	"strings"
	"time"
)

// Kind is what a term asks about. For most kinds it is also the key that is typed before the colon.
type Kind string

// The kinds of term.
const (
	Text        Kind = "text"      // Words of the message, see [Smart].
	Fuzzy       Kind = "fuzzy"     // Letters of the message in this order, see [HasFuzzy].
	Author      Kind = "author"    // Part of the author's name or address, in any case.
	Committer   Kind = "committer" // Part of the committer's name or address, in any case.
	Dates       Kind = "dates"     // The committer date lies in From up to To.
	Path        Kind = "path"      // A changed path matches, see [Term.MatchPath].
	File        Kind = "file"      // One file or directory, whose renames are followed.
	Environment Kind = "env"       // A changed path belongs to the environment.
	Target      Kind = "target"    // A changed path belongs to the target: NAME or ENVIRONMENT/NAME.
	Resource    Kind = "resource"  // A changed path belongs to the resource with this address.
	Adds        Kind = "adds"      // The number of times this text occurs changes, as git's -S.
	Changes     Kind = "changes"   // A changed line matches this expression, as git's -G.
	Trailer     Kind = "trailer"   // The message ends with the trailer Key, and with Value in it unless that is empty.
	Is          Kind = "is"        // A property of the commit, one of those below.
	Revision    Kind = "in"        // Reachable: a revision, or a range A..B.
)

// The values of a term of the kind [Is].
const (
	IsMerge      = "merge"      // More than one parent.
	IsRequest    = "request"    // Merged a pull or merge request.
	IsProduction = "production" // Touches an environment that is production.
	IsLive       = "live"       // Part of what is live somewhere.
	IsPending    = "pending"    // Tracked by an environment, and not applied there yet.
	IsSigned     = "signed"     // Carries a signature.
)

// Term is one condition of a filter.
type Term struct {
	Kind       Kind
	Not        bool      // Whether the condition must not hold.
	Value      string    // What to match, unquoted. For dates, what was typed, as a range: "2h..", "..3d".
	From, To   time.Time // For dates: From included, To excluded; the zero time is an open end.
	Key        string    // For trailers: the key, as typed; compare it in any case.
	Start, End int       // Where the term stands in the text that was parsed, in bytes.

	glob *glob // For paths: Value, compiled. Terms that were not parsed have none.
}

// Filter is a conjunction of terms. The zero value matches every commit.
type Filter struct{ Terms []Term }

// IsEmpty reports whether the filter asks for nothing.
func (f Filter) IsEmpty() bool { return len(f.Terms) == 0 }

// Has reports whether a term of the kind is in the filter, negated or not.
func (f Filter) Has(k Kind) bool {
	return slices.ContainsFunc(f.Terms, func(t Term) bool { return t.Kind == k })
}

// Without is the filter without its term i. Other terms keep their places in the text that was parsed.
func (f Filter) Without(i int) Filter {
	return Filter{slices.Delete(slices.Clone(f.Terms), i, i+1)}
}

// String writes the filter so that [Parse] reads it back. Relative dates stay relative.
func (f Filter) String() string {
	words := make([]string, len(f.Terms))
	for i, t := range f.Terms {
		words[i] = t.String()
	}
	return strings.Join(words, " ")
}

// Equal reports whether both filters ask for the same in the same order, wherever it was typed.
func (f Filter) Equal(g Filter) bool { return slices.EqualFunc(f.Terms, g.Terms, Term.Equal) }

// Equal reports whether both terms ask for the same, wherever they were typed.
func (t Term) Equal(u Term) bool {
	return t.Kind == u.Kind && t.Not == u.Not && t.Value == u.Value && t.Key == u.Key &&
		t.From.Equal(u.From) && t.To.Equal(u.To)
}

// String is the term in its one canonical form, as a chip shows it and as [Parse] reads it back.
func (t Term) String() string {
	sign := ""
	if t.Not {
		sign = "!"
	}
	switch t.Kind {
	case Text:
		if isPlain(t.Value) {
			return sign + t.Value
		}
		return sign + quote(t.Value)
	case Fuzzy:
		return sign + "~" + quoteIfNeeded(t.Value)
	case Dates:
		return sign + t.dates()
	case Trailer:
		if t.Value == "" {
			return sign + "trailer:" + t.Key
		}
		return sign + "trailer:" + t.Key + "=" + quoteIfNeeded(t.Value)
	default:
		return sign + string(t.Kind) + ":" + quoteIfNeeded(t.Value)
	}
}

// dates writes a range the way most people would: with a key when one of its ends is open.
func (t Term) dates() string {
	value := t.Value
	if value == "" {
		value = rangeOf(t.From, t.To)
	}
	from, to, _ := strings.Cut(value, "..")
	switch {
	case to == "":
		return "since:" + from
	case from == "":
		return "until:" + to
	}
	return value
}
