package gitcli_test

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/model"
)

// found are the commits of the results, and how many candidates were looked at.
func found(t *testing.T, results iter.Seq2[objects.PickResult, error]) (commits []string, looked int) {
	t.Helper()
	for _, r := range all(t, results) {
		if r.Looked < looked {
			t.Errorf("%d candidates were looked at after %d", r.Looked, looked)
		}
		looked = r.Looked
		if r.Commit != "" {
			commits = append(commits, string(r.Commit))
		}
	}
	return commits, looked
}

func TestChangesAreFoundAsGitFindsThem(t *testing.T) {
	a := newArchive(t)
	a.wander(t, []string{"first", "dir/second", "dir/deeper/third"})
	a.commit(t, "upper case, a symbol, and a file without text", map[string]string{"other": "CHANGED by hand\n(x)\n", "binary": "changed\x00by"})
	a.move(t, "other", "moved")
	a.commit(t, "moved unchanged", nil)
	everything := a.history(t)
	for _, tt := range []struct {
		q    objects.PickQuery
		args []string
	}{
		{objects.PickQuery{Text: "changed by"}, []string{"-Schanged by"}},
		{objects.PickQuery{Text: "changed by", IgnoreCase: true}, []string{"-Schanged by", "-i"}},
		{objects.PickQuery{Text: "CHANGED"}, []string{"-SCHANGED"}},
		{objects.PickQuery{Text: "line 1"}, []string{"-Sline 1"}},
		{objects.PickQuery{Text: "(x)"}, []string{"-S(x)"}},
		{objects.PickQuery{Text: "by 3\nline"}, []string{"-Sby 3\nline"}},
		{objects.PickQuery{Text: "nowhere"}, []string{"-Snowhere"}},
		{objects.PickQuery{Text: "^(changed|added) by [0-9]$", How: objects.PickChanges}, []string{"-G^(changed|added) by [0-9]$"}},
		{objects.PickQuery{Text: "BY 1", How: objects.PickChanges, IgnoreCase: true}, []string{"-GBY 1", "-i"}},
		{objects.PickQuery{Text: "at the (side|end)", How: objects.PickChanges, Merges: true}, []string{"-Gat the (side|end)", "--diff-merges=first-parent"}},
		{objects.PickQuery{Text: "at the side", Merges: true}, []string{"-Sat the side", "--diff-merges=first-parent"}},
	} {
		for _, paths := range [][]string{nil, {"dir"}, {"first", "moved"}, {"dir/deeper/third", "other"}} {
			q := tt.q
			q.Paths = paths
			args := slices.Concat([]string{"log", "--no-walk=unsorted", "--format=%H", "-s"}, tt.args, []string{"HEAD"})
			for _, id := range everything {
				args = append(args, string(id))
			}
			want := strings.Fields(a.git(t, append(append(args, "--"), paths...)...))
			got, looked := found(t, a.Containing(t.Context(), q, ids(everything...)))
			if diff := cmp.Diff(want, got, cmp.Transformer("none", func(s []string) string { return strings.Join(s, "\n") })); diff != "" {
				t.Errorf("%+v (-git +ours)\n%s", q, diff)
			}
			if looked != len(everything) {
				t.Errorf("%d candidates were looked at; want %d", looked, len(everything))
			}
		}
	}
}

func TestManyCandidatesKeepTheirOrder(t *testing.T) {
	a := newArchive(t)
	a.wander(t, []string{"f"})
	list := a.history(t)
	var want []string
	hits, _ := found(t, a.Containing(t.Context(), objects.PickQuery{Text: "changed by"}, ids(list...)))
	const rounds = 60
	for range rounds {
		want = append(want, hits...)
	}
	drawn := 0
	got, looked := found(t, a.Containing(t.Context(), objects.PickQuery{Text: "changed by"}, func(yield func(model.Hash) bool) {
		for range rounds {
			for _, id := range list {
				if drawn++; !yield(id) {
					return
				}
			}
		}
	}))
	if !slices.Equal(got, want) || looked != drawn || looked != rounds*len(list) || len(hits) == 0 {
		t.Errorf("%d were found, %d looked at; want %d, %d", len(got), looked, len(want), rounds*len(list))
	}
	if children := a.ran.with("diff-tree"); len(children) > 8 {
		t.Errorf("it took %d children", len(children))
	}
}

func TestOddTextAndNamesAreSearchedAsTheyAre(t *testing.T) {
	for _, name := range odd {
		a := newArchive(t)
		a.commit(t, "first", map[string]string{"other": "x"})
		head := a.commit(t, "second", map[string]string{name: name + "\n"})
		for _, q := range []objects.PickQuery{{Text: name}, {Text: name, Paths: []string{name}}, {Text: ".", How: objects.PickChanges, Paths: []string{name}}} {
			if got, _ := found(t, a.Containing(t.Context(), q, ids(a.history(t)...))); !slices.Equal(got, []string{string(head)}) {
				t.Errorf("%+v: found %s", q, got)
			}
		}
	}
}

func TestASearchSaysWhatIsWrongWithIt(t *testing.T) {
	a := newArchive(t)
	head := a.commit(t, "first", map[string]string{"f": "x\n"})
	tree, nowhere := model.Hash(a.git(t, "rev-parse", "HEAD^{tree}")), model.Hash("0123456789abcdef0123456789abcdef01234567")
	for name, tt := range map[string]struct {
		q    objects.PickQuery
		id   model.Hash
		want func(error) bool
	}{
		"nothing":      {objects.PickQuery{}, head, func(err error) bool { return model.Hint(err) != "" }},
		"a NUL":        {objects.PickQuery{Text: "x\x00y"}, head, func(err error) bool { return err != nil }},
		"no regexp":    {objects.PickQuery{Text: "a(b", How: objects.PickChanges}, head, func(err error) bool { return model.Hint(err) != "" }},
		"a bad regexp": {objects.PickQuery{Text: "a[b", How: objects.PickChanges}, head, func(err error) bool { return model.Hint(err) != "" }},
		"no id":        {objects.PickQuery{Text: "x"}, "--help", func(err error) bool { return errors.Is(err, objects.ErrNotFound) }},
		"a tree":       {objects.PickQuery{Text: "x"}, tree, func(err error) bool { return err != nil && strings.Contains(err.Error(), "is a tree") }},
		"a lost commit": {objects.PickQuery{Text: "x"}, nowhere, func(err error) bool {
			gone, ok := errors.AsType[*objects.MissingError](err)
			return ok && gone.ID == nowhere
		}},
	} {
		list, err := collect(a.Containing(t.Context(), tt.q, ids(head, tt.id, head)))
		if !tt.want(err) {
			t.Errorf("%s: %+v, %v (hint %q)", name, list, err, model.Hint(err))
		}
	}
	if list := all(t, a.Containing(t.Context(), objects.PickQuery{Text: "x"}, ids())); len(list) != 0 {
		t.Errorf("among none, it found %v", list)
	}
}

func TestAShallowBoundaryIsNotFound(t *testing.T) {
	from := newArchive(t)
	for i := range 5 {
		from.commit(t, "edit", map[string]string{"f": fmt.Sprintln("text", i)})
	}
	dir := filepath.Join(t.TempDir(), "shallow")
	from.git(t, "clone", "--quiet", "--no-local", "--depth=3", ".", dir)
	a := openArchive(t, dir)
	got, looked := found(t, a.Containing(t.Context(), objects.PickQuery{Text: "text", How: objects.PickChanges}, ids(a.history(t)...)))
	if want := strings.Fields(a.git(t, "rev-list", "-n2", "HEAD")); !slices.Equal(got, want) || looked != 3 {
		t.Errorf("found %s of %d; want %s", got, looked, want)
	}
}
