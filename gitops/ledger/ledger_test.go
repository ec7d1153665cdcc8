package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/model/text"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// open opens the ledger as a person does. Every entry is a second later than the one before.
func open(s objects.Store, email string) *ledger.Ledger {
	var mu sync.Mutex
	now := start
	return ledger.Open(ledger.Options{Store: s, Self: person(email), Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}})
}

func person(email string) model.Principal {
	return model.Principal{Name: text.Line("The person " + email), Email: text.Line(email)}
}

func add(t *testing.T, l *ledger.Ledger, why string) ledger.Entry {
	t.Helper()
	e, err := l.Append(t.Context(), ledger.Unsigned{}, ledger.Void, []ledger.Field{{Key: "why", Value: why}}, map[string][]byte{"note": []byte(why)})
	if err != nil {
		t.Fatalf("append %s: %v", why, err)
	}
	return e
}

func read(t *testing.T, l *ledger.Ledger) ([]ledger.Entry, []ledger.Problem) {
	t.Helper()
	entries, problems, err := l.Read(t.Context())
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return entries, problems
}

// whys are what the entries say.
func whys(entries []ledger.Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Field("why"))
	}
	return strings.Join(all, " ")
}

func TestWhatIsRecordedReadsBack(t *testing.T) {
	s := gogit.NewMemory()
	ada := open(s, "ada@example.com")
	var written []ledger.Entry
	for _, e := range []struct {
		verb   ledger.Verb
		fields []ledger.Field
		files  map[string][]byte
	}{
		{ledger.Seal, []ledger.Field{{Key: "change", Value: "c-1"}, {Key: "digest", Value: "sha256:0"}}, map[string][]byte{"change.json": []byte("{}\n"), "plan-1": {0, 1, 0xff, '\n'}, "empty": {}}},
		{ledger.Approve, nil, nil},
		{ledger.Outcome, []ledger.Field{{Key: "message", Value: "two\nlines, a \"quote\", a \x00 and \xff, ü and \u202e"}}, nil},
	} {
		w, err := ada.Append(t.Context(), ledger.Unsigned{}, e.verb, e.fields, e.files)
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, w)
	}
	for name, l := range map[string]*ledger.Ledger{"by its writer": ada, "by somebody else": open(s, "bob@example.com")} {
		entries, problems := read(t, l)
		if len(problems) > 0 {
			t.Errorf("read %s: %v", name, problems)
		}
		if d := cmp.Diff(written, entries, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b text.Safe) bool { return a == b })); d != "" {
			t.Errorf("read %s (-written +read):\n%s", name, d)
		}
	}
	if written[0].Prev != "" || written[2].Seq != 3 || written[2].Log != "refs/plumb/log/ada@example.com/unsigned" {
		t.Errorf("the chain is %+v", written)
	}
}

func TestOneLogPerPersonMakesOneRecord(t *testing.T) {
	s := gogit.NewMemory()
	ada, bob := open(s, "ada@example.com"), open(s, "bob@example.com")
	add(t, ada, "a1") // Bob's clock is a second behind from here on.
	add(t, ada, "a2")
	add(t, bob, "b1")
	add(t, ada, "a3")
	add(t, bob, "b2")
	entries, problems := read(t, ada)
	if got := whys(entries); got != "a1 b1 a2 b2 a3" || len(problems) > 0 {
		t.Errorf("the record is %s with %v", got, problems)
	}
}

func TestALogKeepsItsOrderWhenTheClockIsSetBack(t *testing.T) {
	s := gogit.NewMemory()
	now := start
	ada := ledger.Open(ledger.Options{Store: s, Self: person("ada@example.com"), Now: func() time.Time { return now }})
	add(t, ada, "intent")
	now = now.Add(-time.Hour)
	add(t, ada, "outcome")
	now = now.Add(2 * time.Hour)
	add(t, ada, "later")
	if entries, _ := read(t, open(s, "bob@example.com")); whys(entries) != "intent outcome later" {
		t.Errorf("the record is %s", whys(entries))
	}
}

// forge is a log of three entries of Ada's, and the means to tamper with it.
type forge struct {
	*testing.T
	objects.Store
	log   string
	chain []ledger.Entry
}

func newForge(t *testing.T) *forge {
	f := &forge{T: t, Store: gogit.NewMemory()}
	ada := open(f, "ada@example.com")
	for _, why := range []string{"a1", "a2", "a3"} {
		f.chain = append(f.chain, add(t, ada, why))
	}
	f.log = f.chain[0].Log
	return f
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// files are the files of an entry.
func (f *forge) files(e ledger.Entry) map[string]string {
	f.Helper()
	c, err := f.Commit(f.Context(), e.ID)
	files := map[string]string{}
	for _, entry := range must(f.T, must(f.T, f.tree(c), err), nil) {
		data, err := f.Blob(f.Context(), entry.Hash)
		files[entry.Name] = string(must(f.T, data, err))
	}
	return files
}

func (f *forge) tree(c model.Commit) []objects.TreeEntry {
	f.Helper()
	entries, err := f.Tree(f.Context(), c.Tree)
	return must(f.T, entries, err)
}

// put writes a commit with the files on top of the parent.
func (f *forge) put(files map[string]string, parents ...model.Hash) model.Hash {
	f.Helper()
	var entries []objects.TreeEntry
	for name, data := range files {
		id, err := f.WriteBlob(f.Context(), []byte(data))
		entries = append(entries, objects.TreeEntry{Name: name, Mode: model.ModeFile, Hash: must(f.T, id, err)})
	}
	tree, err := f.WriteTree(f.Context(), entries)
	must(f.T, tree, err)
	who := objects.Signature{Name: "M", Email: "m@example.com", When: start}
	id, err := f.WriteCommit(f.Context(), objects.NewCommit{Tree: tree, Parents: parents, Author: who, Committer: who, Message: "forged\n"})
	return must(f.T, id, err)
}

// point moves a log, or makes it.
func (f *forge) point(log string, next model.Hash) {
	f.Helper()
	refs, err := f.Refs(f.Context(), log)
	must(f.T, refs, err)
	var prev model.Hash
	if len(refs) == 1 {
		prev = refs[0].Hash
	}
	if err := f.UpdateRef(f.Context(), log, next, prev); err != nil {
		f.Fatal(err)
	}
}

// edited is a copy of the map with some files set; those set to nothing are left out.
func edited(files map[string]string, pairs ...string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, files)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
		if pairs[i+1] == "" {
			delete(out, pairs[i])
		}
	}
	return out
}

func TestADamagedLogIsBelievedUpToTheDamage(t *testing.T) {
	for _, tt := range []struct {
		name     string
		tamper   func(f *forge)
		believed string
		problem  string
	}{
		{"the second entry was rewritten", func(f *forge) {
			files := f.files(f.chain[1])
			second := f.put(edited(files, "payload", strings.Replace(files["payload"], `why "a2"`, `why "ax"`, 1)), f.chain[0].ID)
			f.point(f.log, f.put(f.files(f.chain[2]), second))
		}, "a1 ax", "does not follow"},
		{"two entries were swapped", func(f *forge) {
			f.point(f.log, f.put(f.files(f.chain[1]), f.put(f.files(f.chain[2]), f.chain[0].ID)))
		}, "a1", "does not follow"},
		{"the second entry was taken out", func(f *forge) {
			f.point(f.log, f.put(f.files(f.chain[2]), f.chain[0].ID))
		}, "a1", "does not follow"},
		{"the first entry was taken out", func(f *forge) {
			f.point(f.log, f.put(f.files(f.chain[2]), f.put(f.files(f.chain[1]))))
		}, "", "does not follow"},
		{"an entry is there twice", func(f *forge) {
			f.point(f.log, f.put(f.files(f.chain[2]), f.chain[2].ID))
		}, "a1 a2 a3", "does not follow"},
		{"an attachment was edited", func(f *forge) {
			second := f.put(edited(f.files(f.chain[1]), "note", "edited"), f.chain[0].ID)
			f.point(f.log, f.put(f.files(f.chain[2]), second))
		}, "a1", "attachment note was altered"},
		{"an attachment was taken away", func(f *forge) {
			f.point(f.log, f.put(edited(f.files(f.chain[2]), "note", ""), f.chain[1].ID))
		}, "a1 a2", "added or taken away"},
		{"an attachment was added", func(f *forge) {
			f.point(f.log, f.put(edited(f.files(f.chain[2]), "plan-1", "x"), f.chain[1].ID))
		}, "a1 a2", "added or taken away"},
		{"an attachment was renamed", func(f *forge) {
			f.point(f.log, f.put(edited(f.files(f.chain[2]), "note", "", "plan-1", "a3"), f.chain[1].ID))
		}, "a1 a2", "attachment note"},
		{"an empty attachment was announced and another one came", func(f *forge) {
			files := f.files(f.chain[2])
			payload := strings.Replace(files["payload"], string(model.Sum([]byte("a3"))), string(model.Sum(nil)), 1)
			f.point(f.log, f.put(edited(files, "payload", payload, "note", "", "plan-1", "x"), f.chain[1].ID))
		}, "a1 a2", "attachment note"},
		{"somebody else wrote into it", func(f *forge) {
			files := f.files(f.chain[2])
			payload := strings.NewReplacer("ada@", "bob@", "seq 3", "seq 4", "prev ", "prev ").Replace(files["payload"])
			payload = replaceLine(payload, "prev ", "prev "+string(model.Sum([]byte(files["payload"]))))
			f.point(f.log, f.put(edited(files, "payload", payload), f.chain[2].ID))
		}, "a1 a2 a3", "written by bob@example.com into the log of somebody else"},
		{"a commit without a payload", func(f *forge) {
			f.point(f.log, f.put(map[string]string{"README": "hello"}, f.chain[2].ID))
		}, "a1 a2 a3", "payload"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newForge(t)
			tt.tamper(f)
			bob := open(f, "bob@example.com")
			entries, problems := read(t, bob)
			if whys(entries) != tt.believed {
				t.Errorf("believed is %q, want %q", whys(entries), tt.believed)
			}
			if len(problems) != 1 || problems[0].Log != f.log || !strings.Contains(problems[0].What, tt.problem) {
				t.Errorf("problems are %v, want one of %s that says %q", problems, f.log, tt.problem)
			}
			// What comes after the damage is not believed either, and the log's owner learns of it.
			_, err := open(f, "ada@example.com").Append(t.Context(), ledger.Unsigned{}, ledger.Void, nil, nil)
			if err == nil || !strings.Contains(model.Hint(err), "git update-ref") {
				t.Errorf("Ada's next entry: %v, with the hint %q", err, model.Hint(err))
			}
			// Other logs are read as ever.
			add(t, bob, "b1")
			if entries, problems = read(t, bob); !strings.Contains(whys(entries), "b1") || len(problems) != 1 {
				t.Errorf("with Bob's entry: %q and %v", whys(entries), problems)
			}
		})
	}
}

func replaceLine(text, prefix, line string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, prefix) {
			lines[i] = line
		}
	}
	return strings.Join(lines, "\n")
}

func TestAWholeLogThatSomebodyElseMadeIsNotBelieved(t *testing.T) {
	f := newForge(t)
	f.point(strings.Replace(f.log, "ada@", "bob@", 1), f.chain[2].ID)
	entries, problems := read(t, open(f, "carol@example.com"))
	if whys(entries) != "a1 a2 a3" || len(problems) != 1 || !strings.Contains(problems[0].Log, "bob@") {
		t.Errorf("believed is %q, problems are %v", whys(entries), problems)
	}
}

func TestARunningLedgerNoticesThatALogWasRewound(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tamper func(f *forge)
	}{
		{"rewound", func(f *forge) { f.point(f.log, f.chain[1].ID) }},
		{"rewound and written anew", func(f *forge) {
			f.point(f.log, f.chain[1].ID)
			add(f.T, open(f, "ada@example.com"), "other")
		}},
		{"replaced", func(f *forge) {
			f.point(f.log, "")
			add(f.T, open(f, "ada@example.com"), "other")
		}},
		{"deleted", func(f *forge) { f.point(f.log, "") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newForge(t)
			ada, bob := open(f, "ada@example.com"), open(f, "bob@example.com")
			for _, l := range []*ledger.Ledger{ada, bob} {
				read(t, l)
			}
			tt.tamper(f)
			for range 2 {
				entries, problems := read(t, bob)
				if whys(entries) != "a1 a2 a3" {
					t.Errorf("believed is %q: what was known once is not to be forgotten", whys(entries))
				}
				if len(problems) != 1 || problems[0].Log != f.log || !strings.Contains(problems[0].What, "entries that were known are gone") {
					t.Errorf("problems are %v", problems)
				}
			}
			_, err := ada.Append(t.Context(), ledger.Unsigned{}, ledger.Void, nil, nil)
			if err == nil || !strings.Contains(model.Hint(err), "git update-ref "+f.log+" "+string(f.chain[2].ID)) {
				t.Errorf("Ada's next entry: %v, with the hint %q", err, model.Hint(err))
			}
			// Putting the log back is all that is needed.
			f.point(f.log, f.chain[2].ID)
			add(t, ada, "a4")
			if entries, problems := read(t, bob); whys(entries) != "a1 a2 a3 a4" || len(problems) > 0 {
				t.Errorf("after it was put back: %q and %v", whys(entries), problems)
			}
		})
	}
}

func TestADamagedLogGoesBackToItsLastGoodEntry(t *testing.T) {
	f := newForge(t)
	ada, bad := open(f, "ada@example.com"), f.put(map[string]string{"README": "hello"}, f.chain[2].ID)
	f.point(f.log, bad)
	_, err := ada.Append(t.Context(), ledger.Unsigned{}, ledger.Void, nil, nil)
	good := fmt.Sprintf("git update-ref %s %s && git update-ref %s %s", strings.Replace(f.log, "log", "damaged", 1), bad, f.log, f.chain[2].ID)
	if hint := model.Hint(err); !strings.HasSuffix(hint, good) {
		t.Fatalf("%v, with the hint %q; want %q", err, hint, good)
	}
	f.point(f.log, f.chain[2].ID)
	add(t, ada, "a4")
	if entries, problems := read(t, ada); whys(entries) != "a1 a2 a3 a4" || len(problems) > 0 {
		t.Errorf("after that: %q and %v", whys(entries), problems)
	}
}

func TestWhatCouldNotBeReadBackIsNotRecorded(t *testing.T) {
	s := gogit.NewMemory()
	ada := open(s, "ada@example.com")
	for name, e := range map[string]struct {
		fields []ledger.Field
		files  map[string][]byte
	}{
		"a value that is too large":     {[]ledger.Field{{Key: "why", Value: strings.Repeat("x", 70_000)}}, nil},
		"a key with a line in it":       {[]ledger.Field{{Key: "a \"b\"\nfield c", Value: "x"}}, nil},
		"a key that is there twice":     {[]ledger.Field{{Key: "a"}, {Key: "a"}}, nil},
		"an attachment called payload":  {nil, map[string][]byte{"payload": {}}},
		"an attachment with a space":    {nil, map[string][]byte{"a b": {}}},
		"an attachment without a name":  {nil, map[string][]byte{"": {}}},
		"an attachment in a directory ": {nil, map[string][]byte{"a/b": {}}},
	} {
		if _, err := ada.Append(t.Context(), ledger.Unsigned{}, ledger.Void, e.fields, e.files); err == nil {
			t.Errorf("%s was recorded", name)
		}
	}
	add(t, ada, "a1")
	if entries, problems := read(t, ada); whys(entries) != "a1" || len(problems) > 0 {
		t.Errorf("the log is %q with %v", whys(entries), problems)
	}
}

// counting counts the commits that are read.
type counting struct {
	objects.Store
	read int
}

func (c *counting) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	c.read++
	return c.Store.Commit(ctx, id)
}

func TestOnlyNewEntriesAreRead(t *testing.T) {
	s := &counting{Store: gogit.NewMemory()}
	ada, bob := open(s, "ada@example.com"), open(s, "bob@example.com")
	for i := range 30 {
		add(t, ada, fmt.Sprint(i))
	}
	read(t, bob)
	s.read = 0
	read(t, bob)
	if s.read != 0 {
		t.Errorf("%d commits were read where nothing is new", s.read)
	}
	add(t, ada, "new")
	s.read = 0
	entries, _ := read(t, bob)
	if s.read > 3 || len(entries) != 31 {
		t.Errorf("%d commits were read for one new entry of %d", s.read, len(entries))
	}
}

func TestEntriesThatWereHandedOutStayAsTheyWere(t *testing.T) {
	s := gogit.NewMemory()
	ada := open(s, "ada@example.com")
	add(t, ada, "a1")
	before, _ := read(t, ada)
	add(t, ada, "a2")
	if after, _ := read(t, ada); whys(before) != "a1" || whys(after) != "a1 a2" {
		t.Errorf("before %q, after %q", whys(before), whys(after))
	}
}

// repository is a repository of real git.
func repository(t *testing.T) objects.Store {
	t.Helper()
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q", ".")
	return reopened(t, dir)
}

func reopened(t *testing.T, dir string) objects.Store {
	t.Helper()
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestProcessesOfOnePersonLoseNoEntry(t *testing.T) {
	const processes, each = 10, 10
	first := repository(t)
	var wg sync.WaitGroup
	for p := range processes {
		// Each has its own store, as another process has.
		l := open(reopened(t, first.Info().WorkTree), "ada@example.com")
		wg.Go(func() {
			for i := range each {
				if _, err := l.Append(t.Context(), ledger.Unsigned{}, ledger.Void, []ledger.Field{{Key: "why", Value: fmt.Sprintf("%d/%d", p, i)}}, nil); err != nil {
					t.Errorf("process %d, entry %d: %v", p, i, err)
				}
			}
		})
	}
	wg.Wait()
	entries, problems := read(t, open(first, "bob@example.com"))
	got := map[string]int{}
	for _, e := range entries {
		got[e.Field("why")]++
	}
	if len(got) != processes*each || len(entries) != processes*each || len(problems) > 0 {
		t.Errorf("%d entries, %d of them different, %v; want %d", len(entries), len(got), problems, processes*each)
	}
}

func TestAnyAddressNamesALogOfItsOwn(t *testing.T) {
	addresses := []string{
		"ada@example.com", "a b@x", "a=20b@x", "..", ".", ".a", "a.", "a", "a..b", "a.b", "a...", "@{", "@", "x.lock", "x.lock.lock", "=x.lock", ".lock", "lock",
		"ü@x", "üa@x", "=fc@x", "éa@x", "\u0e9a@x", "", " ", "=", "-x", "a/b", "a//b", "/", "a\\b", "a~1", "a^", "a:b", "a?b", "a*b", "a[b", "a\nb", "a\x00b", "a\x7fb", "\xff",
		"<a@x>", "refs/heads/main", "a\u202eb", strings.Repeat("ü", 100) + "@x", strings.Repeat("x", 300) + ".lock",
	}
	s := repository(t)
	logs := map[string]string{}
	for _, address := range addresses {
		e, err := open(s, address).Append(t.Context(), ledger.Unsigned{}, ledger.Void, nil, nil)
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		if other, taken := logs[e.Log]; taken {
			t.Errorf("%q and %q share the log %s", address, other, e.Log)
		}
		logs[e.Log] = address
		if err := exec.CommandContext(t.Context(), "git", "check-ref-format", e.Log).Run(); err != nil {
			t.Errorf("%q makes the ref %q, which git refuses", address, e.Log)
		}
		if strings.Count(e.Log, "/") != 4 {
			t.Errorf("%q makes the ref %q", address, e.Log)
		}
	}
	entries, problems := read(t, open(s, "bob@example.com"))
	if len(entries) != len(addresses) || len(problems) > 0 {
		t.Errorf("%d entries and %v, want %d and none", len(entries), problems, len(addresses))
	}
	// One person is one person, however they type their address.
	if e := add(t, open(s, "ADA@Example.com"), "again"); logs[e.Log] != "ada@example.com" || e.Seq != 2 {
		t.Errorf("in capitals it is the entry %d of %s", e.Seq, e.Log)
	}
}

func TestNothingIsRecordedOnceTheOperatorCancelled(t *testing.T) {
	s := repository(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(s, "ada@example.com").Append(ctx, ledger.Unsigned{}, ledger.Void, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if entries, _ := read(t, open(s, "ada@example.com")); len(entries) != 0 {
		t.Errorf("recorded: %q", whys(entries))
	}
}
