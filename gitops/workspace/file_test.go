package workspace_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
)

// joined is the text of a file as it is shown.
func joined(f workspace.File) string {
	var b strings.Builder
	for _, l := range f.Lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func TestAFileSaysWhatItIs(t *testing.T) {
	w := newWorld(t)
	configured := strings.Replace(configuration, "path: staging,", "path: staging, files: [{path: /etc/app.key.txt, sensitive: true}],", 1)
	hostile := "odd/\"a\nb\"\t\xff.conf"
	w.write(filepath.Join(w.root, "binary"), "a\x00b")
	w.write(filepath.Join(w.root, "large"), strings.Repeat("0123456789abcde\n", 5<<16))
	w.write(filepath.Join(w.root, "empty"), "")
	if err := os.Symlink("../elsewhere", filepath.Join(w.root, "link")); err != nil {
		t.Fatal(err)
	}
	first := w.git("rev-parse", "HEAD")
	w.git("update-index", "--add", "--cacheinfo", "160000,"+first+",sub")
	id := model.Hash(w.commit("All kinds", map[string]string{
		"plumb.yaml":                  configured,
		"plain.conf":                  "port 80\nevil \x1b[2J\u202e\n",
		"open.conf":                   "no newline",
		"crlf.conf":                   "a\r\nb\r\n",
		"app.env":                     "USER=app\nPASSWORD=hunter2hunter2\nPORT=80\n",
		"staging/all/etc/app.key.txt": "one secret\nin two lines\n",
		"tls/id_ed25519":              "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		hostile:                       "odd\n",
		"directory/one":               "1\n",
		"directory/two":               "2\n",
		"production/web-2/etc/motd":   "",
	}))
	// A submodule that is not checked out is no change of it.
	if w.git("ls-tree", string(id), "sub") == "" {
		w.git("update-index", "--add", "--cacheinfo", "160000,"+first+",sub")
		w.git("commit", "-q", "-m", "With a submodule")
		id = model.Hash(w.git("rev-parse", "HEAD"))
	}
	ws := w.as("Ada")
	for _, tt := range []struct {
		name, path, note, lines string
		whole                   bool
	}{
		{"text", "plain.conf", "", "port 80\nevil ␛[2J<U+202E>\n", true},
		{"no newline at the end", "open.conf", "", "no newline\n", true},
		{"lines of Windows", "crlf.conf", "", "a␍\nb␍\n", true},
		{"nothing", "empty", "", "", true},
		{"a secret in a line", "app.env", "", "USER=app\nPASSWORD=«secret»\nPORT=80\n", true},
		{"a secret file of plumb.yaml", "staging/all/etc/app.key.txt", "a secret as a whole", "«secret, 24 bytes»\n", false},
		{"a hostile name", hostile, "", "odd\n", true},
		{"a slash at its end", "plain.conf/", "", "port 80\nevil ␛[2J<U+202E>\n", true},
		{"binary", "binary", "binary, 3 B", "", false},
		{"too large", "large", "5 MiB, not loaded", "", false},
		{"a link", "link", "symbolic link", "../elsewhere\n", true},
		{"a submodule", "sub", "submodule at " + first, "", false},
		{"a directory", "directory", "directory, 2 entries", "", false},
		{"the root", ".", "directory, ", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := ws.FileAt(t.Context(), id, tt.path, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(f.Note.String(), tt.note) || tt.note == "" && !f.Note.IsEmpty() || joined(f) != tt.lines || f.Whole != tt.whole {
				t.Errorf("it is %q, whole %v, with the lines\n%s", f.Note, f.Whole, joined(f))
			}
			if want := tt.path == "open.conf" || tt.path == "link"; f.NoFinal != want {
				t.Errorf("that the last line is not ended is %v", f.NoFinal)
			}
		})
	}
	if f, err := ws.FileAt(t.Context(), id, "tls/id_ed25519", 0); err != nil || strings.Contains(joined(f), "b3Blbn") {
		t.Errorf("a private key is shown (%v):\n%s", err, joined(f))
	}
	if f, err := ws.FileAt(t.Context(), id, "large", 64<<20); err != nil || len(f.Lines) != 5<<16 || f.Large {
		t.Errorf("asked for all the same, %d lines were loaded (%v)", len(f.Lines), err)
	}
}

func TestAFileThatIsNotThereSaysWhereToLook(t *testing.T) {
	w := newWorld(t)
	before := model.Hash(w.git("rev-parse", "HEAD"))
	gone := model.Hash(w.commit("Drop it", map[string]string{"production/web-2/etc/motd": ""}))
	ws := w.as("Ada")
	for _, path := range []string{"production/web-2/etc/motd", "production/all/etc/app.conf/x", "../etc/passwd", "no\x1b[2Jsuch"} {
		_, err := ws.FileAt(t.Context(), gone, path, 0)
		wantError(t, err, objects.ErrNotFound, "there is no file")
		if strings.Contains(err.Error()+model.Hint(err), "\x1b") {
			t.Errorf("the name came through as it is: %q", err)
		}
	}
	if f, err := ws.FileAt(t.Context(), before, "production/web-2/etc/motd", 0); err != nil || joined(f) != "this is web-2\n" {
		t.Errorf("before it was deleted it is %q (%v)", joined(f), err)
	}
}

// withoutGit is a store that is no historian.
type withoutGit struct{ objects.Store }

func TestWithoutGitBlameSaysThatItIsNeeded(t *testing.T) {
	w := newWorld(t)
	w.wrap = func(s objects.Store) objects.Store { return withoutGit{s} }
	ws := w.as("Ada")
	id := model.Hash(w.git("rev-parse", "HEAD"))
	for _, err := range ws.Blame(t.Context(), id, "plumb.yaml", objects.LineRange{}) {
		wantError(t, err, nil, "needs git")
	}
	for _, err := range ws.LineHistory(t.Context(), id, "plumb.yaml", objects.LineRange{}) {
		wantError(t, err, nil, "needs git")
	}
}

// edits changes lines here and there.
func edits(r *rand.Rand, lines []string, n int) []string {
	lines = slices.Clone(lines)
	for k := range 1 + r.IntN(4) {
		at := r.IntN(len(lines) + 1)
		text := fmt.Sprintf("line %d of commit %d %s", k, n, strings.Repeat("x", r.IntN(3)))
		switch {
		case at < len(lines) && r.IntN(3) == 0 && len(lines) > 3:
			lines = slices.Delete(lines, at, at+1)
		case at < len(lines) && r.IntN(2) == 0:
			lines[at] = text
		default:
			lines = slices.Insert(lines, at, text)
		}
	}
	return lines
}

// For random files of a history with renames, each line's commit is the one that git blame names.
func TestBlameIsThatOfGit(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(7, 7))
	names := []string{"a.conf", "dir/b c.yaml", "dir/déjà \"vu\".tf"}
	text := map[string][]string{}
	for _, n := range names {
		text[n] = edits(r, []string{"one", "two", "three", "four", "five"}, 0)
	}
	put := func(subject string) {
		files := map[string]string{}
		for n, lines := range text {
			files[n] = strings.Join(lines, "\n") + strings.Repeat("\n", r.IntN(2))
		}
		w.commit(subject, files)
	}
	put("Begin")
	var all []model.Hash
	for n := range 40 {
		i := r.IntN(len(names))
		if name := names[i]; n%11 == 5 {
			names[i] = fmt.Sprintf("moved/%d %s", n, filepath.Base(name))
			text[names[i]] = text[name]
			delete(text, name)
			if err := os.Remove(filepath.Join(w.root, name)); err != nil {
				t.Fatal(err)
			}
		}
		text[names[i]] = edits(r, text[names[i]], n)
		put(fmt.Sprint("Edit ", n))
		all = append(all, model.Hash(w.git("rev-parse", "HEAD")))
	}
	ws := w.as("Ada")
	for _, rev := range []model.Hash{all[3], all[len(all)/2], all[len(all)-1]} {
		for name := range strings.SplitSeq(strings.TrimSuffix(w.git("ls-tree", "-r", "-z", "--name-only", string(rev)), "\x00"), "\x00") {
			f, err := ws.FileAt(t.Context(), rev, name, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]model.Hash, len(f.Lines))
			for g, err := range ws.Blame(t.Context(), rev, name, objects.LineRange{}) {
				if err != nil {
					t.Fatal(err)
				}
				for k := range g.Count {
					got[g.At-1+k] = g.Commit
				}
			}
			if want := blamed(w, rev, name); !slices.Equal(got, want) {
				t.Errorf("%s in %s:\n got %v\nwant %v", name, rev.Short(), got, want)
			}
		}
	}
}

// blamed is git's own word on each line.
func blamed(w *world, rev model.Hash, name string) []model.Hash {
	var ids []model.Hash
	for l := range strings.Lines(w.git("blame", "--porcelain", string(rev), "--", name) + "\n") {
		fields := strings.Fields(l)
		if len(fields) < 3 || len(fields[0]) != 40 || strings.HasPrefix(l, "\t") {
			continue
		}
		if _, err := strconv.Atoi(fields[1]); err == nil {
			ids = append(ids, model.Hash(fields[0]))
		}
	}
	return ids
}

// Going back before a commit leads to the line as it was, and where it is new to the place where it was put in.
func TestALineIsFoundBeforeTheCommitThatChangedIt(t *testing.T) {
	w := newWorld(t)
	w.commit("Begin", map[string]string{"f": "a\nb\nc\nd\n"})
	w.commit("Edit", map[string]string{"f": "new\na\nB\nc\nnew 1\nnew 2\nd\n"})
	if err := os.Rename(filepath.Join(w.root, "f"), filepath.Join(w.root, "g")); err != nil {
		t.Fatal(err)
	}
	id := model.Hash(w.commit("Move", nil))
	ws := w.as("Ada")
	want := map[int]int{1: 1, 3: 2, 5: 4, 6: 4}
	for g, err := range ws.Blame(t.Context(), id, "g", objects.LineRange{}) {
		if err != nil {
			t.Fatal(err)
		}
		for k := range g.Count {
			if was, asked := want[g.At+k]; asked {
				got, err := ws.LineBefore(t.Context(), g, g.From+k)
				if err != nil || got != was || g.BeforePath != "f" {
					t.Errorf("line %d was line %d of %q before (%v), want %d of f", g.At+k, got, g.BeforePath, err, was)
				}
				delete(want, g.At+k)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("nobody was blamed for the lines %v", want)
	}
}

func TestTheHistoryOfLinesIsThatOfGit(t *testing.T) {
	w := newWorld(t)
	for i := range 6 {
		w.commit(fmt.Sprint("Edit ", i), map[string]string{"f": fmt.Sprintf("top %d\none\ntwo %d\nthree\n", i, i/2)})
	}
	id := model.Hash(w.git("rev-parse", "HEAD"))
	var got []string
	for v, err := range w.as("Ada").LineHistory(t.Context(), id, "f", objects.LineRange{From: 2, To: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(v.Commit))
	}
	if want := strings.Fields(w.git("log", "--format=%H", "-s", "-L2,3:f")); !slices.Equal(got, want) || len(got) != 3 {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, err := range w.as("Ada").LineHistory(t.Context(), id, "f", objects.LineRange{From: 9, To: 9}) {
		if !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("lines beyond the end: %v", err)
		}
	}
}
