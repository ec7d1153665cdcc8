package audit

import (
	"strings"
	"unicode"

	"plumb/model/filter"
)

// Complete answers the words that fit what stands before the cursor, in bytes; environments are the names that env: can take.
func Complete(s string, cursor int, environments []string) []filter.Completion {
	cursor = max(0, min(cursor, len(s)))
	start := strings.LastIndexFunc(s[:cursor], unicode.IsSpace) + 1
	end := len(s)
	if i := strings.IndexFunc(s[cursor:], unicode.IsSpace); i >= 0 {
		end = cursor + i
	}
	typed := strings.ToLower(s[start:cursor])
	sign := ""
	if rest, ok := strings.CutPrefix(typed, "!"); ok {
		sign, typed = "!", rest
	}
	var found []filter.Completion
	add := func(word, about string) {
		if strings.HasPrefix(word, typed) && word != typed {
			found = append(found, filter.Completion{Text: sign + word, Start: start, End: end, About: about})
		}
	}
	key, _, hasKey := strings.Cut(typed, ":")
	if !hasKey {
		for _, w := range Words() {
			if name, _, ok := strings.Cut(w.Example, ":"); ok && vocabulary[name] != "" && typed != "" {
				add(name+":", w.About)
			}
		}
		return found
	}
	kind := vocabulary[key]
	values, _ := valuesOf(kind)
	switch kind {
	case filter.Environment:
		values = environments
	case filter.Dates:
		values = []string{"2h", "today", "yesterday", "3d", "1w", "1mo"}
	}
	for _, v := range values {
		add(key+":"+v, "")
	}
	return found
}
