package diffview

import (
	"strings"
	"testing"

	"plumb/themes"
	"plumb/ui/paint"
)

// colours writes a line with its marks as <k:word>, by the first letter of their kind.
func colours(path, s string) string {
	st := themes.SyntaxStyles{
		On:      true,
		Keyword: themes.Make(themes.Look{Fg: "1"}), String: themes.Make(themes.Look{Fg: "2"}), Number: themes.Make(themes.Look{Fg: "3"}),
		Comment: themes.Make(themes.Look{Fg: "4"}), Name: themes.Make(themes.Look{Fg: "5"}),
	}
	letters := map[themes.Style]string{st.Keyword: "k", st.String: "s", st.Number: "n", st.Comment: "c", st.Name: "N"}
	var b strings.Builder
	at := 0
	for _, m := range languageOf(path).marks(s, &st) {
		b.WriteString(s[at:m.From] + "<" + letters[m.Style] + ":" + s[m.From:m.To] + ">")
		at = m.To
	}
	return b.String() + s[at:]
}

func TestSourceText(t *testing.T) {
	for _, c := range []struct{ path, line, want string }{
		{"nginx.conf", "    listen 443 ssl; # TLS", "    <N:listen> <n:443> ssl; <c:# TLS>"},
		{"etc/ssh/sshd_config", "PermitRootLogin no", "<N:PermitRootLogin> <k:no>"},
		{"a.yaml", `- name: "shop" # it's here`, `- <N:name>: <s:"shop"> <c:# it's here>`},
		{"a.yml", "  color: red#1", "  <N:color>: red#1"},
		{"a.yaml", "  enabled: true", "  <N:enabled>: <k:true>"},
		{"a.json", `  "port": 8080, "on": null`, `  <N:"port">: <n:8080>, <N:"on">: <k:null>`},
		{"main.tf", `resource "aws_ebs_volume" "data" {`, `<k:resource> <s:"aws_ebs_volume"> <s:"data"> {`},
		{"main.tf", `  size = 500 // GiB`, `  <N:size> = <n:500> <c:// GiB>`},
		{"a.service", "[Unit]", "<k:[Unit]>"},
		{"a.toml", `retries = 3`, `<N:retries> = <n:3>`},
		{"run.sh", `if [ -n "$A" ]; then`, `<k:if> [ -n <s:"$A"> ]; <k:then>`},
		{"Dockerfile", "FROM alpine", "<k:FROM> alpine"},
		{"main.go", `	return "a\"b" // why`, `	<k:return> <s:"a\"b"> <c:// why>`},
		{"README.md", "don't color 12 'this'", "don't color 12 'this'"},
		{"vars.yaml.j2", "a: 1", "<N:a>: <n:1>"},
		{"x.conf", `open "quote`, `<N:open> <s:"quote>`},
		{"x.conf", "日本 = 1", "日本 = <n:1>"},
	} {
		if got := colours(c.path, c.line); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

// Source text is foreign: whatever it is, the marks are in order and within it.
func FuzzSourceText(f *testing.F) {
	for _, s := range []string{"a: 'b", "[x", "\"\\", "# \xff", "1.2.3.", "日本\t\"語", "-- '"} {
		f.Add(s)
	}
	paths := []string{"a", "a.yaml", "a.json", "a.toml", "a.tf", "a.sh", "a.go", "a.md", "a.sql", "Dockerfile"}
	st := themes.New(themes.Dark).Syntax
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range paths {
			last := paint.Mark{}
			for _, m := range languageOf(p).marks(s, &st) {
				if m.From < last.To || m.To <= m.From || m.To > len(s) {
					t.Fatalf("%s: mark %d-%d after %d-%d in %q", p, m.From, m.To, last.From, last.To, s)
				}
				last = m
			}
		}
	})
}
