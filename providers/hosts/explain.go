package hosts

import (
	"fmt"
	"strings"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// explain says in a few words why a resource has its status.
func explain(r model.Resource) text.Safe {
	switch r.Status {
	case model.InSync:
		return text.Safe{}
	case model.Missing:
		return text.Lit("missing")
	case model.Extra:
		return text.Lit("not in git")
	}
	if !r.Tracked.Exists {
		if r.Status == model.Pending {
			return text.Lit("deleted in git")
		}
		return text.Lit("deleted in git, changed by hand")
	}
	if !r.Live.Exists {
		return text.Lit("new in git")
	}
	var parts []string
	for _, name := range r.Tracked.Differences(r.Live) {
		switch name {
		case "kind":
			parts = append(parts, fmt.Sprintf("%s, git says %s", r.Live.Kind, r.Tracked.Kind))
		case "content":
			parts = append(parts, contentDifference(r.Tracked, r.Live))
		case "executable":
			v, _ := r.Tracked.Attr(name)
			parts = append(parts, map[bool]string{true: "not executable", false: "executable"}[v == "yes"])
		default:
			was, _ := r.Live.Attr(name)
			want, _ := r.Tracked.Attr(name)
			parts = append(parts, fmt.Sprintf("%s %s, git says %s", name, was, want))
		}
	}
	return text.Line(strings.Join(parts, "; "))
}

// contentDifference is how much of a content differs, never a part of it.
func contentDifference(tracked, live model.State) string {
	if live.Sensitive {
		return "content"
	}
	if live.Kind == "symlink" {
		return "leads to " + string(live.Content.Data)
	}
	if live.Content.Omitted == "" {
		added, removed := diff.Stat(tracked.Content.Data, live.Content.Data)
		switch n := max(added, removed); n {
		case 0: // Binary.
		case 1:
			return "1 line"
		default:
			return fmt.Sprintf("%d lines", n)
		}
	}
	return "content, " + size(live.Content.Size)
}
