package reviewed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumb/model"
)

// number is a mark for tests.
func number(n int) (m Mark) {
	binary.BigEndian.PutUint64(m[:], uint64(n)+1)
	return m
}

func numbers(from, to int) (list []Mark) {
	for n := from; n < to; n++ {
		list = append(list, number(n))
	}
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// opened is a Store that has read what is there.
func opened(t testing.TB, dir string) *Store {
	t.Helper()
	s := Open(dir)
	_, err := s.Refresh()
	must(t, err)
	return s
}

func TestOnlyTheSameContentsHaveTheSameMark(t *testing.T) {
	base := Hunk("a/web.yaml", []byte("image: 1\n"), []byte("image: 2\n"))
	if base != Hunk("a/web.yaml", []byte("image: 1\n"), []byte("image: 2\n")) {
		t.Error("the same hunk has another mark")
	}
	seen := map[Mark]string{base: "the hunk"}
	for name, m := range map[string]Mark{
		"another line":         Hunk("a/web.yaml", []byte("image: 1\n"), []byte("image: 3\n")),
		"no newline":           Hunk("a/web.yaml", []byte("image: 1\n"), []byte("image: 2")),
		"the other way":        Hunk("a/web.yaml", []byte("image: 2\n"), []byte("image: 1\n")),
		"another file":         Hunk("b/web.yaml", []byte("image: 1\n"), []byte("image: 2\n")),
		"lines added":          Hunk("a/web.yaml", nil, []byte("image: 1\nimage: 2\n")),
		"lines removed":        Hunk("a/web.yaml", []byte("image: 1\nimage: 2\n"), nil),
		"a file":               File("a/web.yaml", "image: 1\n", "image: 2\n"),
		"a new file":           File("a/web.yaml", "", "aa"),
		"a file that is gone":  File("a/web.yaml", "aa", ""),
		"a commit":             Commit("aa"),
		"another commit":       Commit("ab"),
		"a path into the text": Hunk("a/web.yamlimage: 1\n", nil, []byte("image: 2\n")),
	} {
		if other, ok := seen[m]; ok {
			t.Errorf("%s has the mark of %s", name, other)
		}
		seen[m] = name
	}
}

func TestWhatWasReviewedIsRememberedUntilItIsTakenBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "reviewed")
	s := opened(t, dir)
	must(t, s.Set(numbers(0, 3), true))
	must(t, s.Set(numbers(1, 2), false))
	for name, s := range map[string]*Store{"this": s, "the next": opened(t, dir)} {
		if !s.Has(number(0)) || s.Has(number(1)) || !s.Has(number(2)) || s.Has(number(3)) || s.Count(numbers(0, 4)...) != 2 {
			t.Errorf("%s session knows other marks", name)
		}
	}
	must(t, s.Set(numbers(0, 1), true))
	must(t, s.Set(numbers(7, 8), false))
	if data, err := os.ReadFile(filepath.Join(dir, fileName)); err != nil || len(data) != headerSize+4*recordSize {
		t.Errorf("what was known already is written again: %q, %v", data, err)
	}
	for name, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, fileName): 0o600, filepath.Join(dir, lockName): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestLookingWritesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reviewed")
	if changed, err := Open(dir).Refresh(); changed || err != nil {
		t.Errorf("got %v, %v", changed, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the directory was made")
	}
}

func TestWithoutADirectoryMarksLastAsLongAsTheProgram(t *testing.T) {
	s := opened(t, "")
	must(t, s.Set(numbers(0, 2), true))
	must(t, s.Set(numbers(0, 1), false))
	if s.Has(number(0)) || !s.Has(number(1)) {
		t.Error("forgotten")
	}
}

func TestTwoSessionsSeeWhatEachOtherReviewed(t *testing.T) {
	dir := t.TempDir()
	a, b := opened(t, dir), opened(t, dir)
	must(t, a.Set(numbers(0, 2), true))
	must(t, b.Set(numbers(2, 3), true))
	if !b.Has(number(0)) {
		t.Error("writing did not show what the other wrote")
	}
	if a.Has(number(2)) {
		t.Error("Has reads files")
	}
	if changed, err := a.Refresh(); !changed || err != nil || !a.Has(number(2)) {
		t.Errorf("got %v, %v", changed, err)
	}
	if changed, err := a.Refresh(); changed || err != nil {
		t.Errorf("nothing is new, but got %v, %v", changed, err)
	}
	must(t, b.Set(numbers(0, 1), false))
	if _, err := a.Refresh(); err != nil || a.Has(number(0)) {
		t.Errorf("what was taken back stays (%v)", err)
	}
	must(t, os.Remove(filepath.Join(dir, fileName)))
	if changed, err := a.Refresh(); !changed || err != nil || a.Has(number(1)) {
		t.Errorf("the file is gone, but got %v, %v", changed, err)
	}
}

func TestManySessionsAtOnceLoseNothing(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			s := Open(dir)
			s.most = 1000
			for n := range 50 {
				if err := s.Set(numbers(w*100+n, w*100+n+1), true); err != nil {
					t.Error(err)
				}
				s.Has(number(n))
			}
		})
	}
	group.Wait()
	s := opened(t, dir)
	for w := range 8 {
		if got := s.Count(numbers(w*100, w*100+50)...); got != 50 {
			t.Errorf("%d marks of session %d are left", got, w)
		}
	}
}

func TestOneStoreMayBeUsedByManyGoroutines(t *testing.T) {
	s := opened(t, t.TempDir())
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for n := range 20 {
				if err := s.Set(numbers(w*100+n, w*100+n+1), n%2 == 0); err != nil {
					t.Error(err)
				}
				s.Count(numbers(0, 50)...)
				if _, err := s.Refresh(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := s.Count(numbers(0, 400)...); got != 40 {
		t.Errorf("%d marks; want 40", got)
	}
}

func TestADamagedFileCostsNoMoreThanWhatIsDamaged(t *testing.T) {
	line := func(n int) string { return string(record{number(n), true}.append(nil)) }
	for name, damage := range map[string]func(data string) (damaged string, lost int){
		"a record that broke off":     func(d string) (string, int) { return d[:len(d)-5], 1 },
		"a newline that is missing":   func(d string) (string, int) { return d[:len(d)-1], 1 },
		"half a record in the middle": func(d string) (string, int) { return strings.Replace(d, line(3), line(3)[:9]+"\n", 1), 1 },
		"zeros at the end":            func(d string) (string, int) { return d + strings.Repeat("\x00", 1000), 0 },
		"no header":                   func(d string) (string, int) { return d[headerSize:], 0 },
		"half a header":               func(d string) (string, int) { return d[10:], 0 },
		"another header":              func(d string) (string, int) { return "something else 2\n" + d[headerSize:], 0 },
		"an empty file":               func(d string) (string, int) { return "", 10 },
		"noise":                       func(d string) (string, int) { return "\x00\xff\n\n+zz\n" + d, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, opened(t, dir).Set(numbers(0, 10), true))
			file := filepath.Join(dir, fileName)
			data, err := os.ReadFile(file)
			must(t, err)
			damaged, lost := damage(string(data))
			must(t, os.WriteFile(file, []byte(damaged), 0o600))
			s := opened(t, dir)
			if got := s.Count(numbers(0, 10)...); got != 10-lost {
				t.Errorf("%d marks are left; want %d", got, 10-lost)
			}
			must(t, s.Set(numbers(20, 22), true))
			for _, s := range []*Store{s, opened(t, dir)} {
				// A record that only lacked its newline is whole again.
				if got := s.Count(numbers(0, 30)...); got < 12-lost {
					t.Errorf("%d marks afterwards; want %d or more", got, 12-lost)
				}
			}
		})
	}
}

func TestTheFileIsWrittenAnewWhenMostOfItHasNoUse(t *testing.T) {
	dir := t.TempDir()
	s, other := opened(t, dir), opened(t, dir)
	must(t, s.Set(numbers(0, 5), true))
	must(t, os.WriteFile(filepath.Join(dir, newPrefix+"1"), []byte("of a crash"), 0o600))
	for range 3 {
		must(t, s.Set(numbers(100, 1100), true))
		must(t, s.Set(numbers(100, 1100), false))
	}
	must(t, s.Set(numbers(5, 6), true))
	if info, err := os.Stat(filepath.Join(dir, fileName)); err != nil || info.Size() != int64(headerSize+6*recordSize) {
		t.Errorf("the file has %d bytes (%v)", info.Size(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, newPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := other.Refresh(); err != nil || other.Count(numbers(0, 2000)...) != 6 {
		t.Errorf("the other session has %d marks (%v)", other.Count(numbers(0, 2000)...), err)
	}
}

func TestTheOldestMarksAreForgottenFirst(t *testing.T) {
	for _, dir := range []string{t.TempDir(), ""} {
		s := opened(t, dir)
		s.most = 100
		for n := range 500 {
			must(t, s.Set(numbers(n, n+1), true))
		}
		if !s.Has(number(499)) || s.Count(numbers(400, 500)...) != 100 || s.Has(number(0)) || s.Count(numbers(0, 500)...) > 125 {
			t.Errorf("in %q there are %d marks, %d of them of the newest", dir, s.Count(numbers(0, 500)...), s.Count(numbers(400, 500)...))
		}
	}
}

func TestMarksThatCannotBeKeptLastForTheSession(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "reviewed")
	must(t, os.WriteFile(dir, nil, 0o600)) // A file where the directory belongs stops root, too.
	s := Open(dir)
	for range 2 {
		err := s.Set(numbers(0, 2), true)
		if err == nil || !strings.Contains(model.Hint(err), dir) {
			t.Errorf("got %v, hint %q", err, model.Hint(err))
		}
	}
	if err := s.Set(numbers(1, 2), false); err == nil {
		t.Error("no error")
	}
	if !s.Has(number(0)) || s.Has(number(1)) {
		t.Error("forgotten")
	}
	must(t, os.Remove(dir))
	must(t, s.Set(numbers(2, 3), true))
	if next := opened(t, dir); !next.Has(number(0)) || next.Has(number(1)) || !next.Has(number(2)) {
		t.Error("what could not be kept at first was not kept later")
	}
}

func FuzzFile(f *testing.F) {
	good := fmt.Sprintf("%s%016x\n%s%s", header, 7, record{number(1), true}.append(nil), record{number(2), false}.append(nil))
	for _, s := range []string{"", good, good[:len(good)-9], good[5:], "\n\n+\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, fileName), data, 0o600))
		s := opened(t, dir)
		must(t, s.Set(numbers(3, 4), true))
		next := opened(t, dir)
		if !next.Has(number(3)) || len(next.stored.marks) != len(s.stored.marks) {
			t.Fatalf("%d marks became %d", len(s.stored.marks), len(next.stored.marks))
		}
	})
}

func BenchmarkReadHundredThousandMarks(b *testing.B) {
	dir := b.TempDir()
	must(b, Open(dir).Set(numbers(0, 100_000), true))
	for b.Loop() {
		if _, err := Open(dir).Refresh(); err != nil {
			b.Fatal(err)
		}
	}
}
