package hosts

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
)

func TestValidateFindsWhatWouldNotReachAHost(t *testing.T) {
	two := []model.Host{{Name: "web-1", SSH: "web-1"}, {Name: "web-2", Root: "lab/web-2"}}
	file := &fstest.MapFile{Data: []byte("x"), Mode: 0o644}
	for _, c := range []struct {
		name   string
		target model.Target
		tree   fstest.MapFS
		want   []string
	}{
		{"good", model.Target{Hosts: two}, fstest.MapFS{"p/all/etc/a": file, "p/web-1/etc/b": file, "p/README": file, "p/all/etc/l": {Data: []byte("/abs"), Mode: fs.ModeSymlink}}, nil},
		{"a host that does not exist", model.Target{Hosts: two}, fstest.MapFS{"p/web-3/etc/a": file}, []string{"error p/web-3: web-3 is not a host of target web; did you mean web-1?"}},
		{"a directory for all that is not named so", model.Target{Hosts: two}, fstest.MapFS{"p/alll/etc/a": file}, []string{"error p/alll: alll is not a host of target web; did you mean all?"}},
		{"nothing like it", model.Target{Hosts: two}, fstest.MapFS{"p/zzzzzzzz/etc/a": file}, []string{"error p/zzzzzzzz: zzzzzzzz is not a host of target web"}},
		{"no directory", model.Target{Hosts: two}, fstest.MapFS{"q/a": file}, []string{"error p: target web has no such directory at the work tree"}},
		{"no hosts", model.Target{}, fstest.MapFS{"p/all/a": file}, []string{"error plumb.yaml: target web has no hosts"}},
		{"a file that is a directory", model.Target{Hosts: two}, fstest.MapFS{"p/all/etc/a": file, "p/web-1/etc/a/b": file}, []string{"error p: files for web-1: p/all/etc/a is a file, and p/web-1/etc/a/b wants a directory there"}},
		{"a submodule", model.Target{Hosts: two}, fstest.MapFS{"p/all/etc/a": file, "p/all/srv/module": {Mode: fs.ModeDir | 0o755}}, []string{"warning p/all/srv/module: nothing of it is deployed: it is a submodule, or an empty directory"}},
		{"a large file", model.Target{Hosts: two}, fstest.MapFS{"p/all/a": {Data: make([]byte, 3000), Mode: 0o644}}, []string{"error p/all/a: is 2.9 KiB; files of hosts may have at most 2 KiB"}},
		{"hosts", model.Target{Hosts: []model.Host{{Name: "a", SSH: "-x"}, {Name: "a", Root: "r"}, {Name: "b"}, {Name: "all", Root: "r"}, {Name: "x/y", Root: "r"}, {Name: "c", SSH: "c", Root: "rel"}}},
			fstest.MapFS{"p/all/a": file}, []string{
				`error plumb.yaml: host a of target web: "-x" is not an ssh destination`,
				"error plumb.yaml: target web has two hosts named a",
				"error plumb.yaml: host b of target web has neither ssh nor root",
				`error plumb.yaml: target web: no host can be named "all": that directory is for every host`,
				`error plumb.yaml: target web: host name "x/y" cannot be the name of a directory`,
				`error plumb.yaml: host c of target web: root "rel" is over there and must be absolute`,
			}},
		{"rules", model.Target{Hosts: two, Files: []model.FileRule{
			{Path: "/etc/a", Mode: "0640", Owner: "root:adm"}, {Path: "/etc/a"}, {Path: "etc/a"}, {Path: "/etc/*", Mode: "rw"}, {Path: "/etc/**", Mode: "77777"},
			{Path: "/**", Owner: "a b"}, {Path: "/*/a", Owner: ":"}, {Path: "/etc/*/x", Exclusive: true}, {Path: "/etc/none"},
		}}, fstest.MapFS{"p/all/etc/a": file}, []string{
			"error plumb.yaml: target web has two files rules for /etc/a",
			`error plumb.yaml: target web: path "etc/a" is not absolute`,
			`error plumb.yaml: target web: /etc/*: mode "rw" is not octal, as in "0640"`,
			`error plumb.yaml: target web: /etc/**: mode "77777" is not octal, as in "0640"`,
			`error plumb.yaml: target web: /**: owner "a b" is not "user", "user:group" or ":group"`,
			`error plumb.yaml: target web: /*/a: owner ":" is not "user", "user:group" or ":group"`,
			"error plumb.yaml: target web: /etc/*/x: the directory of an exclusive rule is named without *",
			"warning plumb.yaml: target web: the files rule etc/a matches no file",
			"warning plumb.yaml: target web: the files rule /etc/none matches no file",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.target.Name, c.target.Path = "web", "p"
			p := New(Options{Limits: Limits{Keep: 2048}})
			findings, err := p.Validate(t.Context(), c.target, model.Snapshot{Files: c.tree})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				got = append(got, string(f.Severity)+" "+f.Path+": "+f.Text.String())
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDiscoverFindsTheLayoutOfHosts(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("x"), Mode: 0o644}
	tree := fstest.MapFS{
		"production/web/all/etc/a":     file,
		"production/web/web-1/etc/b":   file,
		"production/web/web-2/etc/b":   file,
		"production/web/notes/a":       file,
		"staging/db/db-1/etc/a":        file,
		"staging/db/db-2/etc/a":        file,
		"images/app/rootfs/etc/passwd": file,
		"roles/all/tasks/main.yml":     file,
		".git/x/all/etc/a":             file,
		"terraform/main.tf":            file,
	}
	got, err := New(Options{}).Discover(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	want := []model.Target{
		{Name: "web", Provider: "hosts", Path: "production/web", Hosts: []model.Host{{Name: "web-1", SSH: "web-1"}, {Name: "web-2", SSH: "web-2"}}},
		{Name: "db", Provider: "hosts", Path: "staging/db", Hosts: []model.Host{{Name: "db-1", SSH: "db-1"}, {Name: "db-2", SSH: "db-2"}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if none, err := New(Options{}).Discover(t.Context(), fstest.MapFS{"README": file}); err != nil || len(none) > 0 {
		t.Errorf("found %v, %v", none, err)
	}
}

func TestPatternsMatchWholePaths(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"/etc/a", "/etc/a", true},
		{"/etc/a", "/etc/a/b", false},
		{"/etc/*", "/etc/a", true},
		{"/etc/*", "/etc/a/b", false},
		{"/etc/*.conf", "/etc/.conf", true},
		{"/etc/n*x/*.conf", "/etc/nginx/a.conf", true},
		{"/etc/a*a", "/etc/a", false},
		{"/etc/*a*b*", "/etc/xaxbx", true},
		{"/etc/*a*b*", "/etc/xbxax", false},
		{"/etc/**", "/etc/a/b/c", true},
		{"/etc/**/c", "/etc/c", true},
		{"/etc/**/c", "/etc/a/b/c", true},
		{"/etc/**/c", "/etc/a/b/d", false},
		{"/**", "/anything", true},
		{"/etc/[a]", "/etc/a", false},
		{"/etc/[a]", "/etc/[a]", true},
		{"/etc/**x", "/etc/a/x", false},
		{"/**/**/**/**/x*x*x*x*x", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/xxxxxxxxxxxxxxxxxxxxxxxxy", false},
	} {
		if got := (model.FileRule{Path: c.pattern}).Applies(c.name); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.name, got)
		}
	}
}

// FuzzAnswer feeds what a hostile host could print to the reader of answers.
func FuzzAnswer(f *testing.F) {
	f.Add("me 0:0\nbatch 2\nd L2V0Yy9hAA==\ne\n81a4:3:0:0:1700000000:root:root\n" + string(model.Sum(nil))[7:] + "  /etc/a\nend")
	f.Add("me 0:0\nbatch 2\nd\nx permission denied\nend")
	f.Add("need sha256sum")
	f.Add("me 0:0\nbatch -1\nbatch 99999999999\n")
	f.Add("me 0:0\nbatch 2\nd IQ==\ne\na1ff:1:0:0:1:UNKNOWN:UNKNOWN\nl !!\nend")
	f.Fuzz(func(t *testing.T, out string) {
		p := New(Options{})
		m, err := p.newRemote(model.Host{Name: "h", SSH: "h"}, "fuzz", false)
		if err != nil {
			t.Fatal(err)
		}
		a := answer{r: m.(*remote), lines: strings.Split(out, "\n"), sights: map[string]sight{}}
		if a.parse([]string{"d/etc", "f/etc/a"}) != nil {
			return
		}
		if s, ok := a.sights["/etc/a"]; !ok || s.exists && s.kind == "" {
			t.Errorf("an answer without what was asked for: %+v", s)
		}
	})
}
