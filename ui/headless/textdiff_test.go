package headless

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/themes"
)

// marked makes colours readable: the styles of the terminal are written as {red}, {green word} and the like.
func marked(s string) string {
	st := themes.New(themes.Terminal)
	for _, m := range []struct {
		style themes.Style
		name  string
	}{{st.RemovedWord, "REMOVED"}, {st.AddedWord, "ADDED"}, {st.Removed, "removed"}, {st.Added, "added"}, {st.Moved, "moved"}, {st.Accent, "accent"},
		{st.Strong, "strong"}, {st.Dim, "dim"}, {st.Drifted, "changed"}, {st.Warning, "warning"}} {
		s = strings.ReplaceAll(s, m.style.On(), "{"+m.name+" ")
	}
	return strings.ReplaceAll(s, "\x1b[m", "}")
}

func coloured(t *testing.T, d Diff) string {
	return marked(printed(t, Text{Styles: themes.New(themes.Terminal), Width: 40}, d))
}

// On a terminal the words that differ stand out, and hunks have the numbers that parts are picked by.
func TestDiffIsColouredForPeople(t *testing.T) {
	old := "http {\n  server {\n    listen 80;\n    root /a;\n    index x;\n    deny all;\n  }\n}\n" + strings.Repeat("#\n", 9) + "end 1\n"
	new := strings.NewReplacer("listen 80", "listen 443", "end 1", "end 2").Replace(old)
	got := coloured(t, Diff{Files: []FileDiff{fileDiff("nginx.conf", plain+old, plain+new, diff.Options{OldLabel: "git", NewLabel: "live"})}})
	want := `{strong ~ nginx.conf}  {added +2} {removed -2}  {dim git → live}
{accent @@ -1,6 +1,6 @@}{dim   · hunk 1}
 http {
   server {
{removed -}{removed     listen }{REMOVED 80}{removed ;}
{added +}{added     listen }{ADDED 443}{added ;}
     root /a;
     index x;
     deny all;
{accent @@ -15,4 +15,4 @@}{dim   · hunk 2}
 #
 #
 #
{removed -}{removed end }{REMOVED 1}
{added +}{added end }{ADDED 2}
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// The numbers of hunks stay those that plumb change create takes, however many lines are around them.
func TestHunksKeepTheirNumbers(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("  line %d", i))
	}
	old := "top:\n" + strings.Join(lines, "\n") + "\n"
	new := strings.NewReplacer("line 3\n", "LINE 3\n", "line 6\n", "LINE 6\n", "line 30\n", "LINE 30\n").Replace(old)
	for context, want := range map[int][]string{
		0:  {"-5 +5 @@ top  · hunk 1", "-8 +8 @@ top  · hunk 1", "-32 +32 @@ top  · hunk 2"},
		3:  {"-2,10 +2,10 @@ top  · hunk 1", "-29,7 +29,7 @@ top  · hunk 2"},
		20: {"-1,41 +1,41 @@  · hunks 1-2"},
	} {
		var got []string
		for line := range strings.Lines(printed(t, Text{}, Diff{Context: &context, Files: []FileDiff{fileDiff("f", plain+old, plain+new, diff.Options{})}})) {
			if head, ok := strings.CutPrefix(line, "@@ "); ok {
				got = append(got, strings.TrimSpace(head))
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("with %d lines around, -want +got:\n%s", context, d)
		}
	}
}

// Lines that moved say so once, where they went and where they came from.
func TestMovedLinesAreMarked(t *testing.T) {
	moved := "upstream backend {\n  server 10.0.0.1:8080;\n  server 10.0.0.2:8080;\n}\n"
	rest := "one of the others\ntwo of the others\nthree of the others\nfour of the others\nfive of the others\nsix of the others\n"
	d := Diff{Files: []FileDiff{fileDiff("f", plain+moved+rest, plain+rest+moved, diff.Options{})}}
	got := coloured(t, d)
	for _, want := range []string{
		"{moved -upstream backend {}{dim   → moved to line 7}\n{moved -  server 10.0.0.1:8080;}\n",
		"{moved +upstream backend {}{dim   ← moved from line 1}\n{moved +  server 10.0.0.1:8080;}\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	var b bytes.Buffer
	if err := (JSON{&b}).Diff(d); err != nil {
		t.Fatal(err)
	}
	var doc diffDocument
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]moveFields{{Old: 1, New: 7, Lines: 4}}, doc.Files[0].Moves); d != "" {
		t.Error(d)
	}
}

// A line is printed whole, however long it is, in every form; a terminal gets nothing that it would obey.
func TestLongLinesAreWhole(t *testing.T) {
	long := strings.Repeat("é", 5000)
	d := Diff{Files: []FileDiff{fileDiff("f", plain+long+"a\x1b[2J\n"+long+"=\n", plain+long+"b\x1b[2J\n"+long+"=\n", diff.Options{})}}
	var b bytes.Buffer
	if err := (JSON{&b}).Diff(d); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"terminal": printed(t, Text{Width: 80}, d), "document": b.String()} {
		for _, want := range []string{long + "a␛[2J", long + "b␛[2J", long + "="} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: a line is not whole", name)
			}
		}
		if strings.Contains(got, "\x1b") {
			t.Errorf("%s: an escape came through", name)
		}
	}
	if got := printed(t, Text{Pipe: true}, d); !strings.Contains(got, "\n+"+long+"b\x1b[2J\n") {
		t.Error("the patch has other bytes than the file")
	}
}

const oldYAML = `kind: Deployment
apiVersion: apps/v1
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: nginx:1.25
        - name: log
          image: fluent:3
`

const newYAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: "3"
  template:
    spec:
      containers:
        - name: log
          image: fluent:3
        - name: web
          image: nginx:1.26
          env: [{name: A, value: x}]
`

func structured(name, old, new string) Diff {
	return Diff{Form: AsStructure, Files: []FileDiff{fileDiff(name, plain+old, plain+new, diff.Options{})}}
}

// Structure tells by path what changed, and falls back to lines with the reason.
func TestStructureIsToldByPath(t *testing.T) {
	tests := map[string]struct {
		d    Diff
		want string
	}{
		"objects": {structured("web.yaml", oldYAML, newYAML), `~ web.yaml  +5 -4
  ~ Deployment shop/web
    ~ spec.replicas  2 → "3"  (integer → string)
    ↕ spec.template.spec.containers[log]  position 2 → position 1
    ~ spec.template.spec.containers[web].image  nginx:1.25 → nginx:1.26
    + spec.template.spec.containers[web].env  [{name: A, value: x}]
        + [A].name: A
        + [A].value: x
`},
		"the same in other words": {structured("a.toml", "a = 1\nb = 2\n", "b = 2 # two\na = 1\n"), "~ a.toml  +1 -1\n  no change in meaning\n"},
		"an error": {structured("a.json", "{\n", "{}\n"), `~ a.json  +1 -1
  lines: the old version cannot be read: line 1: unexpected end of JSON input
@@ -1 +1 @@  · hunk 1
-{
+{}
`},
		"no language": {structured("a.txt", "a\n", "b\n"), `~ a.txt  +1 -1
  lines: only YAML, JSON, TOML and HCL have a structure that is known here
@@ -1 +1 @@  · hunk 1
-a
+b
`},
		"binary": {structured("a.yaml", "\x00a", "\x00b"), "~ a.yaml\n  binary, 2 B → 2 B\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, pipe := range []bool{false, true} {
				if d := cmp.Diff(tt.want, printed(t, Text{Pipe: pipe}, tt.d)); d != "" {
					t.Errorf("-want +got:\n%s", d)
				}
			}
		})
	}
	got := coloured(t, structured("a.yaml", "a: 1\n", "a: 2\n"))
	if want := "  {changed ~} a  {removed 1} {dim →} {added 2}\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q at its end", got, want)
	}
}

// Programs learn the same of a structure as people do.
func TestStructureInDocuments(t *testing.T) {
	f := structured("web.yaml", oldYAML, newYAML).Files[0].File
	got := newStructureFields(&f)
	if !got.Known || len(got.Objects) != 1 {
		t.Fatalf("%+v", got)
	}
	changes := got.Objects[0].Changes
	want := []structuralChangeFields{
		{Path: "spec.replicas", Op: "changed", Old: "2", New: `"3"`, Kind: "integer → string", Detail: []detailFields{}, OldLines: rangeFields{5, 5}, NewLines: rangeFields{5, 5}},
		{Path: "spec.template.spec.containers[log]", Op: "changed", Old: "position 2", New: "position 1", Moved: true, Detail: []detailFields{}, OldLines: rangeFields{11, 12}, NewLines: rangeFields{9, 10}},
		{Path: "spec.template.spec.containers[web].image", Op: "changed", Old: "nginx:1.25", New: "nginx:1.26", Detail: []detailFields{}, OldLines: rangeFields{10, 10}, NewLines: rangeFields{12, 12}},
		{Path: "spec.template.spec.containers[web].env", Op: "added", New: "[{name: A, value: x}]", Detail: []detailFields{{"+", "[A].name: A"}, {"+", "[A].value: x"}}, NewLines: rangeFields{13, 13}},
	}
	if d := cmp.Diff(want, changes); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	other := structured("a.txt", "a\n", "b\n").Files[0].File
	if got := newStructureFields(&other); got.Known || got.Reason != structure.ErrNoFormat.Error() {
		t.Errorf("%+v", got)
	}
}
