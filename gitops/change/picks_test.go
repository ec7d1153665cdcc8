package change_test

import (
	"reflect"
	"testing"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

// composed is a change of each of the verbs.
func composed(c *model.Change) {
	c.Kind, c.Title, c.Onto = model.Compose, text.Lit("Clean up"), "refs/heads/main"
	c.Addresses = []string{"web/web-1:/etc/a", "web/web-2:/etc/b"}
	c.Parts = parts("web/web-2:/etc/b")
	c.Picks = []model.Pick{
		{Verb: model.Restore, What: "web/web-1:/etc/a"},
		{Verb: model.Revert, What: string(hash("d")), Paths: []string{"all"}, Parts: parts("etc/c", "etc/d")},
		{Verb: model.Adopt, What: "web/web-2:/etc/b"},
		{Verb: model.EditFiles, What: "etc/e", Added: 1, Removed: 2},
	}
}

func TestWhatWasPickedIsOnRecord(t *testing.T) {
	c, seal := sealed("compose-1", composed)
	got, _ := the(t, seal)
	if !reflect.DeepEqual(got.Picks, c.Picks) || !reflect.DeepEqual(got.Parts, c.Parts) || got.Kind != model.Compose {
		t.Errorf("the record says %+v", got)
	}
	for name, edit := range map[string]func(*model.Change){
		"another verb":        func(c *model.Change) { c.Picks[0].Verb = model.Adopt },
		"another commit":      func(c *model.Change) { c.Picks[1].What = string(hash("e")) },
		"other paths":         func(c *model.Change) { c.Picks[1].Paths = []string{"all", "more"} },
		"other lines":         func(c *model.Change) { c.Picks[1].Parts[0].Blocks[0].NewHi++ },
		"another version":     func(c *model.Change) { c.Picks[1].Parts[0].New = model.Sum([]byte("other")) },
		"other counts":        func(c *model.Change) { c.Picks[3].Added++ },
		"one that is dropped": func(c *model.Change) { c.Picks = c.Picks[:3] },
	} {
		other, _ := sealed("compose-1", composed, edit)
		if other.Digest == c.Digest {
			t.Errorf("%s has the same digest", name)
		}
	}
}

func TestPicksThatMeanNothingAreNotBelieved(t *testing.T) {
	for name, edit := range map[string]func(*model.Change){
		"no picks":                      func(c *model.Change) { c.Picks = nil },
		"picks of another kind":         func(c *model.Change) { c.Kind = model.Deploy },
		"picks of a restore":            func(c *model.Change) { c.Kind = model.Restore },
		"one verb":                      func(c *model.Change) { c.Picks, c.Addresses, c.Parts = c.Picks[1:2], nil, nil },
		"no edits in an edit":           func(c *model.Change) { c.Kind = model.EditFiles },
		"an unknown verb":               func(c *model.Change) { c.Picks[3].Verb = "destroy" },
		"a verb on two lines":           func(c *model.Change) { c.Picks[3].Verb = "edit\nplan" },
		"a deploy":                      func(c *model.Change) { c.Picks[3].Verb = model.Deploy },
		"no commit":                     func(c *model.Change) { c.Commits = nil },
		"another commit":                func(c *model.Change) { c.Commits = []model.Hash{hash("e")} },
		"no branch":                     func(c *model.Change) { c.Onto = "" },
		"a subject as well":             func(c *model.Change) { c.Subject = string(hash("d")) },
		"another address":               func(c *model.Change) { c.Addresses[0] = "web/web-9:/etc/a" },
		"an address that nobody picked": func(c *model.Change) { c.Addresses = append(c.Addresses, "web/web-9:/etc/a") },
		"a resource twice": func(c *model.Change) {
			c.Picks = append(c.Picks, model.Pick{Verb: model.Adopt, What: "web/web-1:/etc/a"})
		},
		"a commit twice":              func(c *model.Change) { c.Picks = append(c.Picks, c.Picks[1]) },
		"a commit that is none":       func(c *model.Change) { c.Picks[1].What = "main" },
		"an edit of nothing":          func(c *model.Change) { c.Picks[3].What = "" },
		"fewer lines than none":       func(c *model.Change) { c.Picks[3].Added = -1 },
		"lines of a commit":           func(c *model.Change) { c.Picks[1].Added = 1 },
		"paths of a resource":         func(c *model.Change) { c.Picks[0].Paths = []string{"x"} },
		"parts of an edit":            func(c *model.Change) { c.Picks[3].Parts = parts("x") },
		"a part without lines":        func(c *model.Change) { c.Picks[1].Parts[0].Blocks = nil },
		"a part of no version":        func(c *model.Change) { c.Picks[1].Parts[0].New = "md5:1" },
		"a part twice":                func(c *model.Change) { c.Picks[1].Parts = parts("x", "x") },
		"a part of what goes wholly":  func(c *model.Change) { c.Picks[1].Parts = parts("all") },
		"a part of what is not there": func(c *model.Change) { c.Parts = parts("web/web-9:/etc/b") },
	} {
		_, seal := sealed("compose-1", composed, edit)
		if r := change.Fold([]ledger.Entry{seal}, change.Trust{}); len(r.Changes) > 0 {
			t.Errorf("%s: it is believed", name)
		}
	}
}
