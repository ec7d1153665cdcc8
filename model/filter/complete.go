package filter

import (
	"strings"
)

// Completion is one way to go on with the word under the cursor.
type Completion struct {
	Text       string // The word as it will be; a key ends with its colon, and its value is still to come.
	Start, End int    // What it replaces, in bytes.
	About      string // What the word asks for; empty for names that speak for themselves.
}

// Complete answers the keys and values that fit the word under the cursor, those that begin with what stands
// before the cursor first. It asks values for the names that a kind can have here: environments, targets,
// authors, branches; values may be nil or answer nil.
func Complete(s string, cursor int, values func(Kind) []string) []Completion {
	cursor = max(0, min(cursor, len(s)))
	c := completer{values: values, start: cursor, end: cursor}
	l := &line{text: s, keys: keys}
	previous := word{}
	for {
		w, ok := l.next()
		if !ok || w.start > cursor {
			break
		}
		if cursor <= w.end {
			c.start, c.end = w.start, w.end
			break
		}
		previous = w
	}
	typed := s[c.start:cursor]
	h := keys.readHead(typed)
	l = &line{text: typed, keys: keys}
	value := l.read(h).value
	switch {
	case h.key != "":
		c.addValues(typed[:h.size], h.kind, h.key, value)
	case h.kind == Text && h.size == 0 && previous.kind == Text && isSinceOrUntil(previous.value):
		c.addValues("", Dates, strings.ToLower(previous.value), value)
	case h.kind == Text && !strings.HasPrefix(typed[h.size:], `"`):
		c.addKeys(typed[:h.size], value)
	}
	return c.found
}

type completer struct {
	values     func(Kind) []string
	start, end int
	found      []Completion
}

func (c *completer) add(text, about string) {
	c.found = append(c.found, Completion{text, c.start, c.end, about})
}

// addKeys offers the keys that begin with what was typed, and the names of places as soon as two letters of
// them say that one is meant.
func (c *completer) addKeys(sign, typed string) {
	if rest, ok := strings.CutPrefix(typed, "-"); ok && sign == "" {
		sign, typed = "-", rest
	}
	seen := map[string]bool{}
	for _, w := range Words() {
		key := w.Key
		if w.Kind == Is {
			key = "is:"
		}
		if key == "" || seen[key] || !strings.HasSuffix(key, ":") || !beginsWith(key, typed) {
			continue
		}
		seen[key] = true
		about := w.About
		if w.Kind == Is {
			about = "is " + strings.Join(isValues(), ", ")
		}
		c.add(sign+key, about)
	}
	if len(typed) < 2 {
		return
	}
	for _, w := range Words() {
		if value, ok := strings.CutPrefix(w.Key, "is:"); ok && beginsWith(value, typed) {
			c.add(sign+w.Key, w.About)
		}
	}
	for _, kind := range []Kind{Environment, Target} {
		for _, v := range c.names(kind) {
			if beginsWith(v, typed) {
				c.add(sign+Term{Kind: kind, Value: v}.String(), "")
			}
		}
	}
}

// addValues offers the values of a key: first those that begin with what was typed, then those that contain it.
func (c *completer) addValues(head string, kind Kind, key, typed string) {
	type candidate struct{ value, about string }
	var all []candidate
	switch kind {
	case Is:
		for _, w := range Words() {
			if value, ok := strings.CutPrefix(w.Key, "is:"); ok {
				all = append(all, candidate{value, w.About})
			}
		}
	case Dates:
		for _, v := range []string{"15m", "1h", "2h", "today", "yesterday", "3d", "1w", "1mo"} {
			all = append(all, candidate{v, ""})
		}
		for _, v := range dayNames()[2:] {
			all = append(all, candidate{v, ""})
		}
	default:
		if key == "touches" {
			all = append(all, candidate{IsProduction, "touches an environment that is production"})
		}
		for _, v := range c.names(kind) {
			if key != "touches" || v != IsProduction {
				all = append(all, candidate{v, ""})
			}
		}
	}
	var later []candidate
	for _, v := range all {
		switch {
		case beginsWith(v.value, typed):
			c.add(head+quoteIfNeeded(v.value), v.about)
		case strings.Contains(strings.ToLower(v.value), strings.ToLower(typed)):
			later = append(later, v)
		}
	}
	for _, v := range later {
		c.add(head+quoteIfNeeded(v.value), v.about)
	}
}

func (c *completer) names(kind Kind) []string {
	if c.values == nil {
		return nil
	}
	return c.values(kind)
}

func beginsWith(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
