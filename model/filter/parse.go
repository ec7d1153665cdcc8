package filter

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"plumb/model"
)

// Error is a word that was understood as far as its key, and whose value is not one. Start and End tell, in
// bytes, where the word stands.
type Error struct {
	Start, End int
	Text       string // What is wrong.
	Hint       string // What would be right.
	// Unfinished is set for the last word of a line when more letters can make it right: no reason to
	// interrupt the person who is typing it.
	Unfinished bool
}

func (e *Error) Error() string { return e.Text }

// Unwrap makes the hint known to [model.Hint].
func (e *Error) Unwrap() error { return model.WithHint(errors.New(e.Text), "%s", e.Hint) }

// Parse reads a filter as it is typed on the screen. Dates without a zone are in now's. The error, if any, is
// the first one, an [*Error]; the filter then holds all the other words.
func Parse(s string, now time.Time) (Filter, error) { return keys.Parse(s, now) }

// Parse reads a filter with the words of the vocabulary, as [Parse] does with those of history.
func (v Vocabulary) Parse(s string, now time.Time) (Filter, error) {
	return parse(&line{text: s, keys: v}, len(s), now)
}

// ParseArgs reads a filter from a command line, where each argument is one word, with whatever blanks it
// contains. Places are those in the arguments joined by single blanks.
func ParseArgs(args []string, now time.Time) (Filter, error) { return keys.ParseArgs(args, now) }

// ParseArgs reads a filter with the words of the vocabulary, as [ParseArgs] does with those of history.
func (v Vocabulary) ParseArgs(args []string, now time.Time) (Filter, error) {
	// No place is the end of a line on which somebody still types.
	return parse(&arguments{args: args, keys: v}, -1, now)
}

func parse(words scanner, end int, now time.Time) (Filter, error) {
	var f Filter
	var first *Error
	w, ok := words.next()
	for ok {
		following, more := word{}, false
		switch {
		case w.value == "" && !w.isQuoted && (w.key == "-S" || w.key == "-G"):
			// Two words make one, as for git: the second is the text, whatever it looks like.
			if next, ok := words.raw(); ok {
				w.value, w.end = next.value, next.end
			}
			following, more = words.next()
		case w.kind == Text && !w.isQuoted && isSinceOrUntil(w.value):
			following, more = words.next()
			isTime := following.size == 0 && !following.isQuoted
			if _, _, ok := parseMoment(following.value, now); more && isTime && ok {
				w.kind, w.key, w.value, w.end = Dates, strings.ToLower(w.value), following.value, following.end
				following, more = words.next()
			}
		default:
			following, more = words.next()
		}
		if t, err := w.term(now); err != nil {
			err.Start, err.End = w.start, w.end
			err.Unfinished = err.Unfinished && w.end == end
			if first == nil {
				first = err
			}
		} else if t.Kind != "" {
			t.Not, t.Start, t.End = w.not, w.start, w.end
			f.Terms = append(f.Terms, t)
		}
		w, ok = following, more
	}
	if first != nil {
		return f, first
	}
	return f, nil
}

// term understands one word. Empty quotation marks ask for nothing, and are no term.
func (w word) term(now time.Time) (Term, *Error) {
	t := Term{Kind: w.kind, Value: w.value}
	if w.value == "" {
		if w.key == "" {
			return Term{}, nil
		}
		return Term{}, &Error{Text: w.label() + " says nothing to look for", Hint: hintFor(w.key), Unfinished: true}
	}
	if w.key != "" && strings.IndexByte(w.value, 0) >= 0 {
		return Term{}, &Error{Text: w.label() + " has a zero byte in its value, which git cannot look for", Hint: hintFor(w.key)}
	}
	switch w.kind {
	case Text:
		if !w.isQuoted && looksLikeRange(w.value) {
			return parseRange(w.value, now)
		}
	case Dates:
		return w.dates(now)
	case Path:
		return w.path()
	case File:
		clean := path.Clean(strings.TrimLeft(w.value, "/"))
		if clean == ".." || strings.HasPrefix(clean, "../") {
			return Term{}, outside(w.value)
		}
		t.Value = clean
	case Environment:
		if w.key == "touches" && strings.EqualFold(w.value, IsProduction) {
			t.Kind, t.Value = Is, IsProduction
		}
	case Changes:
		if problem := expressionProblem(w.value); problem != "" {
			return Term{}, &Error{
				Text: fmt.Sprintf("%s %s is no regular expression: %s", w.label(), w.value, problem),
				Hint: `write a backslash before a sign that stands for itself, as in changes:list\[0\], or use adds: for plain text`, Unfinished: true,
			}
		}
	case Trailer:
		t.Key, t.Value, _ = strings.Cut(w.value, "=")
		if !isTrailerKey(t.Key) {
			return Term{}, &Error{
				Text: fmt.Sprintf("%q is no key of a trailer", t.Key),
				Hint: "letters, digits and hyphens, as in trailer:Reviewed-by or trailer:Reviewed-by=ann",
			}
		}
	case Is:
		t.Value = strings.ToLower(w.value)
		known := isValues()
		if !slices.Contains(known, t.Value) {
			return Term{}, &Error{
				Text:       fmt.Sprintf("no commit is %q", w.value),
				Hint:       "one of " + strings.Join(known, ", "),
				Unfinished: slices.ContainsFunc(known, func(v string) bool { return strings.HasPrefix(v, t.Value) }),
			}
		}
	case Revision:
		// It ends up as an argument of git, which must not take it for an option.
		if strings.HasPrefix(w.value, "-") {
			return Term{}, &Error{Text: fmt.Sprintf("%q is no revision", w.value), Hint: hintFor("in")}
		}
	}
	return t, nil
}

// label is how messages call the word's key.
func (w word) label() string {
	if strings.HasPrefix(w.key, "-") {
		return w.key
	}
	return w.key + ":"
}

func (w word) path() (Term, *Error) {
	if strings.HasPrefix(w.value, ":") {
		return Term{}, &Error{
			Text: fmt.Sprintf("%q begins with a colon, which no path here can", w.value),
			Hint: "write !path:GLOB to exclude paths; git's :(...) is not needed, globs are on already",
		}
	}
	g, problem := compile(w.value)
	switch {
	case g.isOutside:
		return Term{}, outside(w.value)
	case problem != "":
		return Term{}, &Error{
			Text: fmt.Sprintf("path:%s is no glob: %s", w.value, problem),
			Hint: `write a backslash before a sign that stands for itself, as in path:app/\[id\]`, Unfinished: true,
		}
	}
	return Term{Kind: Path, Value: w.value, glob: g}, nil
}

func outside(value string) *Error {
	return &Error{Text: value + " leads out of the repository", Hint: "paths start at the root of the repository, as in path:live/production", Unfinished: true}
}

// isTrailerKey follows git: letters, digits and hyphens.
func isTrailerKey(s string) bool {
	other := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return s != "" && !strings.ContainsFunc(s, other)
}
