package syntax

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumb/model/text"
)

// Names of one file for each language of our own, and of the templates.
var ownFiles = []string{
	"main.tf", "a.yaml", "chart/templates/a.yaml", "chart/templates/_helpers.tpl", ".github/workflows/ci.yml", "a.json", "a.toml", "a.ini",
	"a.properties", ".env", "a.service", "a.sh", "Dockerfile", "a.go", "a.md", "etc/nginx/nginx.conf", "nginx.conf.j2", "Caddyfile",
	"named.conf", "nftables.conf", "haproxy.cfg", "sshd_config", "etc/foo.conf", "etc/crontab", "user_data.sh.tftpl", "motd.erb", "a.sh.tmpl", "a.j2",
}

// The inputs that make scanners slow: each is an opening without an end, or an end in sight of every opening.
var hostile = map[string]string{
	"braces": "{{{{", "quotes": `"`, "apostrophes": "'", "comments": "/*", "closed comments": "/**/", "dollars": "${", "parentheses": "$(",
	"heredocs": "<<a ", "brackets": "[", "links": "[](", "backticks": "`", "backslashes": `\`, "blanks": " ", "tabs": "\t", "letters": "a",
	"digits": "1", "colons": ":", "equals": "a=", "dashes": "- ", "statements": "{% ", "jinja comments": "{#", "wide": "漢", "marks": "a\u0301",
	"percent": "%{", "anchors": "&a *", "tildes": "~", "less": "<", "closing": "}}", "raw": "{% raw %}", "go comment": "{{/*",
}

func repeated(unit string, bytes, lineBytes int) []text.Safe {
	line := strings.Repeat(unit, max(1, lineBytes/len(unit)))
	return text.Clean(strings.Repeat(line+"\n", max(1, bytes/(len(line)+1)))).Lines()
}

// A file that someone made to stop the screen is coloured in time or stays plain.
func TestNoFileIsSlow(t *testing.T) {
	// What is read in time takes some milliseconds; with the square of these sizes, a minute.
	const most = time.Second
	var worst time.Duration
	defer func() { t.Log("the slowest took", worst) }()
	size, lengths := 1<<18, []int{1 << 18, 1900, 4}
	if testing.Short() {
		size, lengths = 100_000, lengths[1:2]
	}
	for what, unit := range hostile {
		for _, lineBytes := range lengths {
			lines := repeated(unit, size, lineBytes)
			for _, name := range ownFiles {
				start := time.Now()
				if _, err := Highlight(t.Context(), name, lines); err != nil {
					t.Fatal(err)
				}
				took := time.Since(start)
				worst = max(worst, took)
				if took > most {
					t.Errorf("%s in %s, lines of %d bytes: %s", what, name, lineBytes, took)
				}
			}
		}
	}
}

func TestNoFileOfAnotherLanguageIsSlow(t *testing.T) {
	names := []string{"a.py", "a.rb", "a.js"}
	if testing.Short() {
		names = names[:1]
	}
	for _, what := range []string{"quotes", "letters"} {
		unit := hostile[what]
		lines := repeated(unit, 1<<20, 1000)
		for _, name := range names {
			start := time.Now()
			if _, err := Highlight(t.Context(), name, lines); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > longestPacked+500*time.Millisecond {
				t.Errorf("%s in %s: %s", what, name, took)
			}
		}
	}
}

// Every language of chroma can be read and colours something without harm.
func TestEveryPackedLanguageWorks(t *testing.T) {
	_, all := packedLanguages()
	if len(all) < 250 {
		t.Fatalf("%d languages", len(all))
	}
	lines := text.Clean("#!/x\n# a \"b\" 'c'\n/* x */ if (a == 1) { return \"s\"; }\n<a b=\"c\">x</a>\n").Lines()
	for i, l := range all {
		if testing.Short() && i%10 != 0 {
			continue
		}
		lexer, err := l.load()
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		wellFormed(t, tokenise(t.Context(), lexer, bounded(lines)), lines)
	}
}

func TestACancelledContextEndsTheWork(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lines := repeated("a: b", 100_000, 10)
	for _, name := range append([]string{"a.py", "notes.txt"}, ownFiles...) {
		if _, err := Highlight(ctx, name, lines); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsAboveTheBoundsStaysPlain(t *testing.T) {
	long := text.Clean("a: b " + strings.Repeat("x", 10*longestLine) + "\nc: d\n").Lines()
	x, err := Highlight(t.Context(), "a.yaml", long)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, x, long)
	if got := x.Line(0); len(got) == 0 || int(got[len(got)-1].To) > longestLine {
		t.Errorf("the long line has %v", got)
	}
	if len(x.Line(1)) == 0 {
		t.Error("the line after a long one is plain")
	}
	x, _ = highlight(t, "a.yaml", "a: \""+strings.Repeat("x", 10*longestLine)+"\"\nc: 1\n")
	if got := drawn("c: 1", x.Line(1)); got != "No n" {
		t.Errorf("after a long string there is %q", got)
	}
	many := make([]text.Safe, maxLines+10)
	for i := range many {
		many[i] = text.Lit("a: 1")
	}
	x, err = Highlight(t.Context(), "a.yaml", many)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Line(maxLines-1)) == 0 || x.Line(maxLines) != nil || x.Line(maxLines+5) != nil {
		t.Error("the bound of lines is elsewhere")
	}
	python := repeated("x = 1", 2*maxPacked, 5)
	x, err = Highlight(t.Context(), "a.py", python)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Line(0)) == 0 || x.Line(len(python)-1) != nil {
		t.Error("the bound of the other languages is elsewhere")
	}
}

// wellFormed checks what those who draw rely on.
func wellFormed(t *testing.T, x *Text, lines []text.Safe) {
	t.Helper()
	for i, l := range lines {
		s := l.String()
		at := 0
		for _, k := range x.Line(i) {
			if int(k.From) < at || k.To <= k.From || int(k.To) > len(s) || k.Role == Plain || k.Role >= roles {
				t.Fatalf("line %d %.80q has %v", i, s, x.Line(i))
			}
			at = int(k.To)
		}
	}
	if x.Line(len(lines)) != nil || x.Line(-1) != nil {
		t.Fatal("there are colours where there is no line")
	}
}

func FuzzHighlight(f *testing.F) {
	for _, unit := range hostile {
		f.Add(strings.Repeat(unit, 5) + "\n" + unit + " x")
	}
	for _, c := range cases {
		f.Add(strings.Join(c.source, "\n"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 5000 {
			return
		}
		lines := text.Clean(s).Lines()
		for _, name := range ownFiles {
			x, err := Highlight(t.Context(), name, lines)
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, x, lines)
		}
	})
}

func benchmark(b *testing.B, name, line string) {
	lines := make([]text.Safe, 10_000)
	if name == "a.py" {
		lines = lines[:1000] // As much as the bound of time allows on a slow machine.
	}
	size := 0
	for i := range lines {
		lines[i] = text.Line(fmt.Sprintf(line, i))
		size += len(lines[i].String()) + 1
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		x, _ := Highlight(b.Context(), name, lines)
		if x.Line(len(lines)-1) == nil {
			b.Fatal("plain")
		}
	}
}

func BenchmarkYAML(b *testing.B) { benchmark(b, "a.yaml", `  - name: "host-%d" # the number of it`) }
func BenchmarkHelm(b *testing.B) {
	benchmark(b, "c/templates/a.yaml", `    image: {{ .Values.image | default "x" }}:%d`)
}
func BenchmarkHCL(b *testing.B) {
	benchmark(b, "a.tf", `  name = "host-${var.region}-%d" # the number`)
}
func BenchmarkShell(b *testing.B) {
	benchmark(b, "a.sh", `if [ "$HOST" = "x" ]; then echo "%d"; fi`)
}
func BenchmarkPython(b *testing.B) {
	benchmark(b, "a.py", `    return self.call("x", %d) # the number of it`)
}
