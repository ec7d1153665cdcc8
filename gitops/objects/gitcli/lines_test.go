package gitcli_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
)

func TestLineHistoryIsGits(t *testing.T) {
	a := newArchive(t)
	name := a.wander(t, []string{"first", "dir/second", "dir/deeper/third"})
	for _, r := range []objects.LineRange{{}, {To: 1}, {From: 7, To: 9}, {From: 30, To: 33}, {From: 45}} {
		from, to := fmt.Sprint(max(r.From, 1)), ""
		if r.To > 0 {
			to = fmt.Sprint(r.To)
		}
		want := strings.Fields(a.git(t, "log", "-s", "--format=%H", "-L"+from+","+to+":"+name))
		var got []string
		for _, v := range all(t, a.LineHistory(t.Context(), a.at(t, "HEAD"), name, r)) {
			got = append(got, string(v.Commit))
			if v.Path == "" {
				continue // Of merges git says no more.
			}
			// What is said of each commit can be asked again there.
			again := all(t, a.LineHistory(t.Context(), v.Commit, v.Path, v.Lines))
			if len(again) == 0 || again[0].Commit != v.Commit || again[0].Lines != v.Lines {
				t.Errorf("the history of %s is not that from %+v on: %+v", v.Path, v, again)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Errorf("lines %v (-git +ours)\n%s", r, diff)
		}
	}
}

func TestLineHistoryFollowsTheLines(t *testing.T) {
	for _, name := range append(odd, "plain") {
		a := newArchive(t)
		lines := numbered(12)
		save := func(message, name string) string {
			return string(a.commit(t, message, map[string]string{name: strings.Join(lines, "")}))
		}
		first := save("first", "before")
		lines[5] = "six\n"
		second := save("second", "before")
		a.move(t, "before", name)
		lines = append([]string{"-- a/x\n", "++ b/y\n"}, lines...)
		save("moved, and pushed down", name)
		lines[6] = "no newline\n"
		lines[8] = ""
		fourth := save("fourth", name)
		got := all(t, a.LineHistory(t.Context(), a.at(t, "HEAD"), name, objects.LineRange{From: 7, To: 8}))
		want := []string{
			fmt.Sprintf("%s %q 7-8 from %q 7-8", fourth, name, name),
			fmt.Sprintf("%s %q 5-6 from %q 5-6", second, "before", "before"),
			fmt.Sprintf("%s %q 5-6 from %q 0-0", first, "before", ""),
		}
		var said []string
		for _, v := range got {
			said = append(said, fmt.Sprintf("%s %q %d-%d from %q %d-%d", v.Commit, v.Path, v.Lines.From, v.Lines.To, v.BeforePath, v.Before.From, v.Before.To))
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%q (-want +got)\n%s", name, diff)
		}
	}
}

func TestLineHistoryEndsAtAShallowBoundary(t *testing.T) {
	from := newArchive(t)
	for i := range 4 {
		from.commit(t, "edit", map[string]string{"f": fmt.Sprintln(i)})
	}
	dir := filepath.Join(t.TempDir(), "shallow")
	from.git(t, "clone", "--quiet", "--no-local", "--depth=2", ".", dir)
	a := openArchive(t, dir)
	got := all(t, a.LineHistory(t.Context(), a.at(t, "HEAD"), "f", objects.LineRange{}))
	if len(got) != 2 || got[0].Boundary || !got[1].Boundary {
		t.Errorf("the history is %+v", got)
	}
}
