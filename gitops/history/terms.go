package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/request"
	"plumb/model/text"
)

// cleaned is a path without slashes at its ends; the root is the empty path.
func cleaned(path string) string {
	if path = strings.Trim(path, "/"); path == "." {
		return ""
	}
	return path
}

// below is a test for paths that are one of the files or directories, or lie in one.
func below(dirs []string) func(path string) bool {
	of := make([]string, len(dirs))
	for i, d := range dirs {
		of[i] = cleaned(d)
	}
	return func(path string) bool {
		for _, d := range of {
			if d == "" || strings.HasPrefix(path, d) && (len(path) == len(d) || path[len(d)] == '/') {
				return true
			}
		}
		return false
	}
}

// shortestID is how many hexadecimal digits are taken for the beginning of a commit's id.
const shortestID = 4

// saying finds commits by what their message or their id says.
func saying(s *index.Snapshot, value string) index.Set {
	needle, fold := filter.Smart(value)
	set := s.Saying(needle, fold)
	if len(value) >= shortestID && len(value) <= 64 && strings.Trim(value, "0123456789abcdef") == "" {
		for o := range index.Ordinal(s.Len()) {
			if s.StartsWith(o, value) {
				set.Add(o)
			}
		}
	}
	return set
}

// written finds commits by who wrote or committed them, in the form in which git itself compares them.
func written(s *index.Snapshot, t filter.Term) index.Set {
	needle := strings.ToLower(t.Value)
	return s.Written(t.Kind == filter.Committer, func(name, email string) bool {
		return strings.Contains(strings.ToLower(name+" <"+email+">"), needle)
	})
}

func dated(s *index.Snapshot, t filter.Term) index.Set {
	set := index.NewSet(s.Len())
	for o := range index.Ordinal(s.Len()) {
		when := s.Time(o)
		if (t.From.IsZero() || when >= t.From.Unix()) && (t.To.IsZero() || when < t.To.Unix()) {
			set.Add(o)
		}
	}
	return set
}

// fuzzy finds commits whose subject has these letters in their order.
func fuzzy(s *index.Snapshot, letters string) index.Set {
	needle, fold := filter.Smart(letters)
	isPlain := strings.IndexFunc(needle, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	return s.Where(func(message []byte) bool {
		subject, _ := splitMessage(message)
		if isPlain {
			if hasInOrder(subject, needle, fold) {
				return true
			}
			if isASCII(subject) {
				return false
			}
		}
		return filter.HasFuzzy(letters, string(subject))
	})
}

// hasInOrder is what [filter.HasFuzzy] answers for ASCII, at a fraction of the cost. The needle is in lower case if the case does not matter.
func hasInOrder(s []byte, needle string, fold bool) bool {
	i := 0
	for _, b := range s {
		if i == len(needle) {
			break
		}
		if fold && 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b == needle[i] {
			i++
		}
	}
	return i == len(needle)
}

func isASCII(s []byte) bool {
	for _, b := range s {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// splitMessage splits a message into its first paragraph, in one line, and what follows, as it is done for the screen.
func splitMessage(message []byte) (subject, body []byte) {
	var lines [][]byte
	for more := true; more; {
		var line []byte
		line, message, more = bytes.Cut(message, []byte("\n"))
		if len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, bytes.TrimRight(line, " \t\r"))
		} else if len(lines) > 0 {
			break
		}
	}
	if len(lines) == 1 {
		return lines[0], message
	}
	return bytes.Join(lines, []byte(" ")), message
}

// is finds commits by what they are.
func is(v *View, what string) (index.Set, error) {
	s := v.of.snapshot
	set := index.NewSet(s.Len())
	switch what {
	case filter.IsRequest:
		return requests(s), nil
	case filter.IsMerge, filter.IsSigned:
		for _, o := range v.order {
			if what == filter.IsMerge && s.ParentCount(o) > 1 || what == filter.IsSigned && s.IsSigned(o) {
				set.Add(o)
			}
		}
	case filter.IsProduction, filter.IsLive, filter.IsPending:
		for i := range v.marks {
			set.Or(v.marks[i].standing(s, what))
		}
	default:
		return nil, fmt.Errorf("a commit cannot be %q", what)
	}
	return set, nil
}

// requests are the commits that merged a pull or merge request.
func requests(s *index.Snapshot) index.Set {
	set := s.Where(func(message []byte) bool {
		if !hasMark(message) {
			return false
		}
		// Most commits have parents; the few that have none are looked at again.
		c := model.Commit{Parents: []model.Hash{""}}
		subject, body := splitMessage(message)
		c.Subject, c.Body = text.Line(string(subject)), text.Clean(string(body))
		_, ok := request.Of(c)
		return ok
	})
	for o := range set.All() {
		if s.ParentCount(o) > 0 {
			continue
		}
		if _, ok := request.Of(s.Commit(o)); !ok {
			set.Remove(o)
		}
	}
	return set
}

// hasMark reports whether a message has anything in it that a request could be called: "#1" or "!1".
func hasMark(message []byte) bool {
	for i, b := range message {
		if (b == '#' || b == '!') && i+1 < len(message) && '1' <= message[i+1] && message[i+1] <= '9' {
			return true
		}
	}
	return false
}

// standing is the set of commits that touch the environment and stand in the way that is asked for.
func (m *mark) standing(s *index.Snapshot, what string) index.Set {
	set := index.NewSet(s.Len())
	if what == filter.IsProduction && !m.place.Production {
		return set
	}
	set.Or(m.touches)
	switch what {
	case filter.IsLive:
		set.And(m.live)
	case filter.IsPending:
		set.And(m.head)
		set.AndNot(m.live)
		if m.live == nil {
			return nil // Nobody knows what is live, so nobody knows what waits.
		}
	}
	return set
}

// between is what a revision leads to and, of a range A..B, A does not.
func (h *History) between(ctx context.Context, s *index.Snapshot, value string) (index.Set, error) {
	exclude, from, isRange := strings.Cut(value, "..")
	revisions := []string{from, exclude}
	if !isRange {
		revisions = []string{value}
	}
	var ids []model.Hash
	for _, r := range revisions {
		id, err := h.resolve(ctx, r)
		if errors.Is(err, objects.ErrNotFound) {
			return nil, model.WithHint(err, "branches, tags, ids and HEAD~2 are revisions")
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	now, at, err := h.find(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	if now.Epoch != s.Epoch {
		return nil, errors.New("history was read anew just now: ask again")
	}
	set := reach(now, at[0])
	if isRange {
		set.AndNot(reach(now, at[1]))
	}
	return set, nil
}
