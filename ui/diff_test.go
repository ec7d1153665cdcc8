package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"plumb/gitops/reviewed"
	"plumb/model"
	"plumb/model/diff"
)

// edits is a source whose commits change files of which a test says what they were and what they became.
type edits struct {
	*scripted
	files map[model.Hash][]edited
	most  []int64 // The limits of size that were asked for.
}

// edited is a file before and after a commit.
type edited struct{ path, old, new string }

func (s *edits) CommitFiles(_ context.Context, id model.Hash) ([]model.FileChange, error) {
	var files []model.FileChange
	for _, f := range s.files[id] {
		files = append(files, model.FileChange{Path: f.path, OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: id, NewHash: id})
	}
	return files, nil
}

func (s *edits) FileDiff(_ context.Context, f model.FileChange, opt diff.Options, most int64) diff.File {
	s.most = append(s.most, most)
	opt.Path = f.Path
	for _, e := range s.files[f.NewHash] {
		if e.path != f.Path {
			continue
		}
		if strings.HasSuffix(e.path, ".sql") && most == 0 {
			d := diff.Text(nil, nil, opt)
			d.OldPath, d.NewPath, d.Unloaded = diff.Text([]byte{}, []byte{}, opt).OldPath, diff.Text([]byte{}, []byte{}, opt).NewPath, 12<<20
			return d
		}
		return diff.Text([]byte(e.old), []byte(e.new), opt)
	}
	return diff.File{}
}

// openEdits shows commits that change files, the newest first, with the keys in Diff.
func openEdits(t *testing.T, opt Options, changes ...[]edited) (*screen, *edits) {
	t.Helper()
	list := commits(len(changes))
	src := &edits{scripted: &scripted{entries: list, envs: []model.Environment{{Name: "production", Production: true}}}, files: map[model.Hash][]edited{}}
	opt.Trusted = true
	s := openScreen(t, src, 160, 45, noon, opt)
	for i, files := range changes {
		src.files[s.app.history.rows.Hash(i)] = files
	}
	s.run(s.app.diff.again(s.app)) // Which commits there are is known only now.
	s.settle()
	s.press("4")
	return s, src
}

func yaml(tag string, lines int) string {
	var b strings.Builder
	b.WriteString("spec:\n  containers:\n    - name: web\n      image: web:" + tag + "\n")
	for i := range lines {
		fmt.Fprintf(&b, "  setting_%d: %d\n", i, i)
	}
	return b.String()
}

func TestMeaningIsOneKeyAway(t *testing.T) {
	s, _ := openEdits(t, Options{}, []edited{{"web.yaml", yaml("1.25", 3), yaml("1.26", 3)}, {"notes.txt", "a\n", "b\n"}},
		[]edited{{"web.yaml", "a: 1\nb: 2\n", "b: 2\na: 1 # now\n"}})
	s.press("S")
	s.sees("~ spec.containers[web].image  web:1.25 → web:1.26", "structure", "shown by lines: only YAML, JSON, TOML and HCL")
	s.press("1", "j")
	s.sees("no change in meaning")
	s.press("S")
	s.sees("a: 1 # now", "split")
}

func TestTheWayDifferencesAreShownIsKept(t *testing.T) {
	var kept Choices
	remember := func(c Choices) error { kept = c; return nil }
	s, _ := openEdits(t, Options{Remember: remember}, []edited{{"web.yaml", yaml("1.25", 3), yaml("1.26", 3)}})
	s.press("D", "W", "S")
	if kept.Split == nil || *kept.Split || !kept.Wrap || !kept.Structure {
		t.Errorf("kept is %+v", kept)
	}
	s, _ = openEdits(t, Options{Choices: kept}, []edited{{"web.yaml", yaml("1.25", 3), yaml("1.26", 3)}})
	s.sees("structure", "web:1.25 → web:1.26")
	s.press("S")
	s.sees("unified")
}

func TestWhiteSpaceCanBeHidden(t *testing.T) {
	s, _ := openEdits(t, Options{}, []edited{{"a.conf", "a  = 1\nb = 1\n", "a = 1\nb = 2\n"}})
	s.sees("≈ a  = 1")
	s.press("i")
	s.sees("white space hidden", "~ b = 2")
	s.seesNot("≈")
	s.press("s")
	s.sees("white space is hidden, and with it a part of what would be picked")
	s.press("i")
	s.sees("≈ a  = 1")
}

func TestFoldsOpenByKey(t *testing.T) {
	s, _ := openEdits(t, Options{}, []edited{{"web.yaml", yaml("1.25", 40), yaml("1.26", 40)}})
	s.seesNot("setting_9:")
	s.press("o")
	s.sees("setting_9:")
	s.seesNot("setting_30:")
	s.press("O")
	s.sees("setting_30:")
	s.press("O")
	s.seesNot("setting_9:")
	s.press("%", "3", "0", "enter")
	s.sees("setting_25:")
	s.press("%", "9", "9", "9", "enter")
	s.sees(`web.yaml has no line "999"`)
}

func TestWhatWasReviewedStaysMarked(t *testing.T) {
	dir := t.TempDir()
	two := func(image string) []edited {
		old, new := yaml("1.25", 40), strings.Replace(yaml(image, 40), "setting_30: 30", "setting_30: 31", 1)
		return []edited{{"web.yaml", old, new}, {"db.yaml", "a: 1\n", "a: 2\n"}}
	}
	s, _ := openEdits(t, Options{Reviewed: reviewed.Open(dir)}, two("1.26"))
	s.press(".")
	if file, hunk, _ := s.app.diff.view.Hunk(); file != 0 || hunk != 1 {
		t.Errorf("after the first hunk comes hunk %d of file %d", hunk, file)
	}
	s.press(".", ".")
	s.sees("all of it was reviewed", "✓web.yaml", "✓db.yaml")
	s.sees("✓" + s.app.history.rows.Hash(0).Short())
	s.press("1", ";")
	s.seesNot("✓" + s.app.history.rows.Hash(0).Short())
	// In another session, one of the hunks has changed: that one is to be looked at.
	s, _ = openEdits(t, Options{Reviewed: reviewed.Open(dir)}, two("1.27"))
	s.seesNot("✓web.yaml")
	s.sees("✓db.yaml")
	s.press(",")
	if file, hunk, _ := s.app.diff.view.Hunk(); file != 0 || hunk != 0 {
		t.Errorf("what is to be reviewed is hunk %d of file %d", hunk, file)
	}
	s.press(";", "{")
	s.sees("✓web.yaml")
	s.press(";", "{")
	s.seesNot("✓web.yaml")
}

func TestTheSameFileIsShownAtTheSamePlaceInTheNextCommit(t *testing.T) {
	body := func(n int) string { return yaml(fmt.Sprint(n), 300) }
	change := func(n int) []edited {
		return []edited{
			{"first.yaml", body(n), body(n + 1)},
			{"second.yaml", body(1), strings.NewReplacer("setting_150: 150", fmt.Sprintf("setting_150: v%d", n), "setting_250: 250", "setting_250: 1").Replace(body(1))},
		}
	}
	s, _ := openEdits(t, Options{}, change(1), []edited{{"other.yaml", "a: 1\n", "a: 2\n"}}, change(3))
	s.press("}", "]", "]")
	s.sees("setting_150: v1")
	before := s.app.diff.view.File()
	at, _ := s.app.diff.view.Place()
	s.press("1", "j", "j")
	if got, _ := s.app.diff.view.Place(); got != at || s.app.diff.view.File() != before {
		t.Errorf("it was %+v in file %d, and is %+v in file %d:\n%s", at, before, got, s.app.diff.view.File(), s.text())
	}
	s.sees("setting_150: v3")
}

func TestLargeFilesAskBeforeTheyAreLoaded(t *testing.T) {
	s, src := openEdits(t, Options{}, []edited{{"dump.sql", "a\n", "b\n"}})
	s.sees("12 MiB, not loaded: enter loads it")
	s.press("enter")
	s.sees("+ b")
	if most := src.most[len(src.most)-1]; most < 12<<20 {
		t.Errorf("at most %d bytes were asked for", most)
	}
}

func TestARangeOfLinesIsCopiedAsItsPatch(t *testing.T) {
	s, _ := openEdits(t, Options{}, []edited{{"a.txt", "a\nb\nc\n", "a\nx 1\ny 2\nc\nd\n"}})
	s.press("D", "V", "y")
	if want := "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"; s.copied != want {
		t.Errorf("copied %q, want %q", s.copied, want)
	}
	s.press("j", "j", "y")
	if !strings.Contains(s.copied, "-b\n+x 1\n+y 2\n c\n") || strings.Contains(s.copied, "+d") {
		t.Errorf("copied %q", s.copied)
	}
	s.press("esc", "]", "Y", "n", "e", "w", "enter")
	if s.copied != "d\n" && s.copied != "x 1\ny 2\nd\n" {
		t.Errorf("copied %q", s.copied)
	}
	s.press("Y", "p", "a", "t", "h", "enter")
	if s.copied != "a.txt" {
		t.Errorf("copied %q", s.copied)
	}
}

func TestPartsOfADriftAreAdopted(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("2", "j", "4", "s")
	s.sees("1 part of 1 resource picked", "◐≠ web-2", "●")
	s.press("m")
	s.sees("Adopt 1 of 2 changed blocks of web-2:/etc/nginx/nginx.conf")
	s.press("esc")
	// Picking the same again puts it back.
	s.press("[", "[", "s")
	s.sees("nothing is picked any more")
	s.seesNot("◐≠ web-2")
	if world.Repository == "" {
		t.Error("there is no repository")
	}
}

func TestPartsOfACommitAreTakenBack(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press("j", "j", "4")
	s.sees("Compress JSON answers on staging")
	s.press("V", "s")
	s.sees("1 part of ", "picked: R takes it back")
	s.press("R")
	s.sees("Draft  Revert ")
	s.press("esc", "1", "k", "4", "L")
	s.sees("only a live resource and two revisions have other sides")
}
