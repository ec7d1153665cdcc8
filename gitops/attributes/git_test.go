package attributes

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects/objectstest"
)

// checkAttr asks git what it knows about paths, in a new repository with files of attributes. What is unspecified is left out.
func checkAttr(t testing.TB, files map[string]string, paths []string) (dir string, said map[string]map[string]string) {
	t.Helper()
	dir = t.TempDir()
	objectstest.Git(t, dir, "init", "-q")
	for name, data := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, askGit(t, dir, paths)
}

func askGit(t testing.TB, dir string, paths []string) map[string]map[string]string {
	t.Helper()
	said := map[string]map[string]string{}
	out := objectstest.GitInput(t, dir, strings.Join(paths, "\x00")+"\x00", "-c", "core.attributesFile=/dev/null", "check-attr", "-z", "--stdin", "-a")
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for i := 0; i+2 < len(fields); i += 3 {
		path, name, value := fields[i], fields[i+1], fields[i+2]
		if said[path] == nil {
			said[path] = map[string]string{}
		}
		said[path][name] = value
	}
	return said
}

// asGit is what is known about a path, in the words of git.
func asGit(t testing.TB, a *Attributes, path string) map[string]string {
	t.Helper()
	found, err := a.lookup(path)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for name, s := range found {
		switch s.is {
		case set:
			said[name] = "set"
		case unset:
			said[name] = "unset"
		case valued:
			said[name] = s.value
		}
	}
	return said
}

func TestAttributesAreThoseOfGit(t *testing.T) {
	long := strings.Repeat("a", 2030)
	tests := []struct {
		name  string
		files map[string]string
		paths []string
	}{
		{"the usual", map[string]string{".gitattributes": "* text=auto\n*.sh eol=lf\n*.png binary\n*.bin filter=lfs diff=lfs merge=lfs -text\nsecrets/** filter=git-crypt diff=git-crypt\ngo.sum linguist-generated=true\n"},
			[]string{"a.sh", "x/y.png", "x.bin", "secrets/a", "secrets/b/c", "secrets", "go.sum", "x/go.sum"}},
		{"later lines and deeper files go first", map[string]string{".gitattributes": "*.x a b=1\nd/*.x -a\n*.y a\n", "d/.gitattributes": "*.x b=2 c\n/e/*.x !c\n", "d/e/.gitattributes": "*.y !a\n"},
			[]string{"q.x", "d/q.x", "d/e/q.x", "d/e/f/q.x", "d/e/q.y"}},
		{"macros", map[string]string{".gitattributes": "[attr]gen linguist-generated -diff text=auto\n[attr]deep gen x\n[attr]loop loop y\n*.g gen\n*.d deep !gen\n*.e deep\n*.l loop\n*.n -gen\n*.v gen=1\n*.b binary diff\n",
			"d/.gitattributes": "[attr]gen q\n*.g gen\n"},
			[]string{"a.g", "a.d", "a.e", "a.l", "a.n", "a.v", "d/a.g", "a.b"}},
		{"a macro of git redefined", map[string]string{".gitattributes": "[attr]binary -text\n*.x binary\n[attr]m a\n[attr]m b\n*.y m\n"}, []string{"a.x", "a.y"}},
		{"a macro that is late", map[string]string{".gitattributes": "*.y m\n[attr]m b\n"}, []string{"a.y"}},
		{"lines with mistakes", map[string]string{".gitattributes": "*.a x -- y\n*.b x y=1=2 -z=3 !w=4 -y\n!*.c x\n\\!*.d x\n*.e é\n*.f =x\n  *.g\tx  y\r\n# *.h x\n*.i #x\n*.j\n[attr] x\n[attr]é x\n[attr]-q x\n"},
			[]string{"1.a", "1.b", "1.c", "!1.d", "1.e", "1.f", "1.g", "1.h", "1.i", "1.j", "[attr]", "a"}},
		{"quotes", map[string]string{".gitattributes": "\"a b\" x\n\"c\\td\" x\n\"\\303\\244\" x\n\"e\"y\n\"f x\n\"g\\q\" x\n\"\" x\n\"h\\\"\" x\n\"[attr]m n\" k\n\"i\\400\" x\n"},
			[]string{"a b", "c\td", "ä", "e", "\"f", "\"g\\q\"", "h\"", "i", "m"}},
		{"no newline at the end, and a byte order mark", map[string]string{".gitattributes": "\ufeff*.a x\n*.b y"}, []string{"1.a", "1.b"}},
		{"long lines and a NUL", map[string]string{".gitattributes": long + " x\n" + long + "a b c d e f g h i j k\n" + "*.a x\x00 y\n" + strings.Repeat(" ", 2047) + "*.a z\n"}, []string{long, "1.a"}},
		{"stars", map[string]string{".gitattributes": "*.a 1\na*c 2\n/x 3\nx/y 4\nx/* 5\nx/** 6\n**/z 7\nx/**/z 8\nq** 9\nx**/w 10\n*/y 11\n**y 12\nx/**\\/z 13\nx\\/**/z 14\n**** 15\nx/***/z 16\n**/x/** 17\n/**/q 18\nfoo**/bar 19\nx/y*z 20\na/**b 21\n"},
			[]string{"1.a", "abc", "ac", "a/c", "x", "d/x", "x/y", "d/x/y", "x/y/z", "z", "d/e/z", "x/z", "x/d/e/z", "q/r", "qr", "xw", "x/w", "xx/d/w", "xx/w", "y", "d/y", "dy", "q", "d/q", "foo/bar", "foox/bar", "foox/y/bar", "x/yaz", "x/y/az", "a/b", "a/cb", "a/c/b"}},
		{"directories", map[string]string{".gitattributes": "d/ 1\nd/** 2\n/ 3\nd/e/ 4\n//d 5\nd//e 6\n"}, []string{"d", "d/a", "d/e", "d/e/f"}},
		{"brackets", map[string]string{".gitattributes": "[ab] 1\n[!a] 2\n[^a] 3\n[a-c]x 4\n[]] 5\n[!]] 6\n[a-] 7\n[[:digit:]] 8\n[[:foo:]] 9\n[a 10\n[\\]] 11\n[a\\-c] 12\n[[:alpha] 13\n[[:upper:]a]z 14\nq/[a/]b 15\nq[/]b 16\n[a-\\c] 17\n[--0] 18\n[[:punct:]] 19\n[[:] 20\n[a[:digit:]-z] 21\n[z-a] 22\n"},
			[]string{"a", "b", "c", "ax", "]", "-", "5", "[", "[a", "Az", "q/ab", "q/b", "ä", "0", ";", ":", "]z", "alp]", "z"}},
		{"escapes", map[string]string{".gitattributes": "\\* 1\n\\a 2\nb\\ 3\n\\[c 4\n\\? 5\n\\#d 6\nx\\* 7\nx\\*y* 8\n\\\\ 9\n"}, []string{"*", "a", "b", "b\\", "[c", "?", "z", "#d", "x*", "xy", "x*yz", "\\"}},
		{"bytes that are not UTF-8", map[string]string{".gitattributes": "\xff* 1\n? 2\n?? 3\n[\xc3]* 4\n"}, []string{"\xffa", "ä", "é", "a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Attributes that are only digits say which line matched.
			dir, said := checkAttr(t, test.files, test.paths)
			a := Read(os.DirFS(dir))
			for _, path := range test.paths {
				want := said[path]
				if want == nil {
					want = map[string]string{}
				}
				if diff := cmp.Diff(want, asGit(t, a, path)); diff != "" {
					t.Errorf("%q (-git +plumb):\n%s", path, diff)
				}
			}
		})
	}
}

// TestRandomPatternsMatchAsInGit uses few letters, so that much matches.
func TestRandomPatternsMatchAsInGit(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	pick := func(from []string, atMost int) string {
		var b strings.Builder
		for range 1 + random.IntN(atMost) {
			b.WriteString(from[random.IntN(len(from))])
		}
		return b.String()
	}
	signs := []string{"a", "b", "c", "/", "/", "*", "**", "**/", "/**", "?", "[ab]", "[!a]", "[a-b/]", "\\a", "\\*", "a*", "*b", "[[:alpha:]]", "[]a]"}
	letters := []string{"a", "b", "c", "/", "a/", "/b", "ab", "c/b/a", "*"}
	for range 40 {
		files := map[string]string{}
		for _, name := range []string{".gitattributes", "a/.gitattributes", "a/b/.gitattributes"} {
			var b strings.Builder
			for range 30 {
				b.WriteString(pick(signs, 6) + " " + []string{"", "-", "!"}[random.IntN(3)] + "x" + pick([]string{"1", "2", "3", "4"}, 2) + "\n")
			}
			files[name] = b.String()
		}
		unique := map[string]bool{}
		for range 200 {
			path := strings.Trim(pick(letters, 6), "/")
			for strings.Contains(path, "//") {
				path = strings.ReplaceAll(path, "//", "/")
			}
			if path != "" {
				unique[path] = true
			}
		}
		var paths []string
		for path := range maps.Keys(unique) {
			paths = append(paths, path)
		}
		dir, said := checkAttr(t, files, paths)
		a := Read(os.DirFS(dir))
		for _, path := range paths {
			want := said[path]
			if want == nil {
				want = map[string]string{}
			}
			if diff := cmp.Diff(want, asGit(t, a, path)); diff != "" {
				t.Fatalf("%q (-git +plumb):\n%s\n%q", path, diff, files)
			}
		}
	}
}
