package syntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/text"
	"plumb/themes"
)

// How the roles are written below the source in the cases.
const signs = " #ksnNTFvo{H"

// A case is lines of source, each with a line of signs below it that says what is what:
// # comment, k keyword, s string, n number, N name, T type, F function, v variable, o operator,
// { what opens and closes a template, H heading. Blanks at the end are left out.
type sourceCase struct {
	promise string
	path    string
	source  []string // Source and signs in turn.
}

var cases = []sourceCase{
	{"a heredoc is a string until its end, with the expressions in it", "main.tf", []string{
		`  user_data = <<-EOT`,
		`  NNNNNNNNN o oooooo`,
		`    # no comment`,
		`ssssssssssssssss`,
		`    echo ${var.x} "y"`,
		`sssssssss{{vvvvv{ssss`,
		`  EOT`,
		`ooooo`,
		`  a = true # yes`,
		`  N o kkkk #####`,
	}},
	{"a resource has a type and a name, and what it refers to is a variable", "main.tf", []string{
		`resource "aws_instance" "web" {`,
		`kkkkkkkk TTTTTTTTTTTTTT sssss`,
		`  count = var.enabled ? 1 : local.n`,
		`  NNNNN o vvvvvvvvvvv o n o vvvvvvv`,
		`  ami   = "ami-${lookup(local.map, "key")}-x"`,
		`  NNN   o sssss{{FFFFFF vvvvvvvvv  sssss {sss`,
		`  ids   = [for k in var.all : upper(k) if k != null]`,
		`  NNN   o  kkk   kk vvvvvvv o FFFFF    kk   oo kkkk`,
	}},
	{"a comment in slash and star goes on until its end", "variables.tofu", []string{
		`/* one`,
		`######`,
		`   variable "x" {`,
		`#################`,
		`*/`,
		`##`,
		`variable "x" {`,
		`kkkkkkkk sss`,
		`  type = list(string)`,
		`  NNNN o TTTT TTTTTT`,
	}},
	{"a key is a name and its value a string, a number or a constant", "values.yaml", []string{
		`# about`,
		`#######`,
		`kind: Deployment`,
		`NNNNo ssssssssss`,
		`"quoted key": 'it' # why`,
		`NNNNNNNNNNNNo ssss #####`,
		`url: http://a.b/c#d`,
		`NNNo ssssssssssssss`,
		`list: [1, x, {a: true}]`,
		`NNNNo ono so oNo kkkkoo`,
		`- name: *ref`,
		`o NNNNo vvvv`,
		`- !!str 12:30`,
		`o TTTTT sssss`,
	}},
	{"a block scalar is a string as long as it is deeper", "values.yaml", []string{
		`data:`,
		`NNNNo`,
		`  script: |-  # how`,
		`  NNNNNNo oo  #####`,
		`    # no comment`,
		`    ssssssssssss`,
		``,
		``,
		`    a: b`,
		`    ssss`,
		`  b: >`,
		`  No o`,
		`  c: d`,
		`  No s`,
	}},
	{"a quoted string may go on over lines", "values.yaml", []string{
		`a: "one`,
		`No ssss`,
		`  # two" # three`,
		`  ssssss #######`,
	}},
	{"in a chart, expressions stand out of the YAML around them", "chart/templates/deployment.yaml", []string{
		`{{- if .Values.on }}`,
		`{{{ kk vvvvvvvvvv {{`,
		`  name: {{ include "x.name" . | quote }}`,
		`  NNNNo {{ FFFFFFF ssssssss   o FFFFF {{`,
		`  text: "a {{ .Values.x }} b"`,
		`  NNNNo sss{{ vvvvvvvvv {{sss`,
		`  {{ $k }}: yes`,
		`  {{ vv {{o kkk`,
		`{{/* about {{ this }}`,
		`#####################`,
		`and that */}}`,
		`#############`,
		`{{- end }}`,
		`{{{ kkk {{`,
	}},
	{"a block scalar goes on over the lines of a template", "chart/templates/cm.yaml", []string{
		`  a: |`,
		`  No o`,
		`    one`,
		`    sss`,
		`{{- if .x }}`,
		`{{{ kk vv {{`,
		`    two {{ .y }}`,
		`    ssss{{ vv {{`,
		`{{- end }}`,
		`{{{ kkk {{`,
		`    three`,
		`    sssss`,
		`  b: c`,
		`  No s`,
	}},
	{"a playbook has expressions of Jinja in its values", "site.yml", []string{
		`- name: Do {{ item.name | default('x') }} now`,
		`o NNNNo sss{{ vvvvvvvvv o FFFFFFF sss  {{ssss`,
		`  when: a is defined`,
		`  NNNNo ssssssssssss`,
	}},
	{"a template of Jinja has statements and comments over lines", "roles/x/templates/nginx.conf.j2", []string{
		`{# about`,
		`########`,
		`this #}`,
		`#######`,
		`{% for h in hosts %}`,
		`{{ kkk v kk vvvvv {{`,
		`server_name {{ h }};`,
		`NNNNNNNNNNN {{ v {{o`,
		`{% endfor %}`,
		`{{ kkkkkk {{`,
		`listen 80;`,
		`NNNNNN nno`,
		`{% raw %}{{ x }}{% endraw %}`,
		`{{ kkk {{oo N oo{{ kkkkkk {{`,
	}},
	{"a workflow has expressions and scripts", ".github/workflows/ci.yml", []string{
		`  run: echo ${{ github.ref }}`,
		`  NNNo sssss{{{ vvvvvvvvvv {{`,
	}},
	{"a template of Terraform has interpolations over its own language", "init.sh.tftpl", []string{
		`export A=${region} # c`,
		`FFFFFF No{{vvvvvv{ ###`,
	}},
	{"a key of JSON is a name", "terraform.tfstate", []string{
		`{"a": [1, -2.5e3, "x\"y"], "b": null}`,
		` NNN   n  nnnnnn  ssssss   NNN  kkkk`,
	}},
	{"TOML has tables, and strings over lines", "config.toml", []string{
		`[a.b] # c`,
		`HHHHH ###`,
		`x = """`,
		`N o sss`,
		`y = 1`,
		`sssss`,
		`"""`,
		`sss`,
		`z = [1, { on = true }] # d`,
		`N o  n    NN o kkkk    ###`,
		`t = 2020-01-01T10:00:00Z`,
		`N o nnnnnnnnnnnnnnnnnnnn`,
	}},
	{"a unit has sections, names, specifiers, and lines that go on", "etc/systemd/system/x@.service", []string{
		`[Service]`,
		`HHHHHHHHH`,
		`; c`,
		`###`,
		`ExecStart=/bin/x %i $OPT \`,
		`NNNNNNNNNosssssssvvsvvvvso`,
		`  --all`,
		`  sssss`,
		`Restart=yes`,
		`NNNNNNNokkk`,
		`TimeoutSec=30s`,
		`NNNNNNNNNNonnn`,
	}},
	{"nginx has blocks, directives, variables, and values over lines", "etc/nginx/nginx.conf", []string{
		`http { # c`,
		`kkkk o ###`,
		`  log_format main '$host'`,
		`  NNNNNNNNNN ssss sssssss`,
		`                  '$status';`,
		`                  ssssssssso`,
		`  location ~* \.png$ {`,
		`  kkkkkkkk oo ssssss o`,
		`    proxy_pass http://$up/;`,
		`    NNNNNNNNNN sssssssvvvso`,
		`    expires 30d;`,
		`    NNNNNNN nnno`,
		`}}`,
		`oo`,
	}},
	{"a shell script has strings, substitutions and words", "deploy.sh", []string{
		`#!/bin/bash`,
		`###########`,
		`NAME="a $USER $(date "x") b"`,
		`NNNNosssvvvvvs{{     sss{sss`,
		`for i in a b; do # c`,
		`kkk   kk    o kk ###`,
		`  if [ -f "$i" ]; then exit 1; fi`,
		`  kk F    svvs Fo kkkk FFFF no kk`,
		`done`,
		`kkkk`,
		`echo 'one`,
		`FFFF ssss`,
		`two' && export A=1 B=${x:-${y}}`,
		`ssss oo FFFFFF Non Novvvvvvvvvv`,
	}},
	{"a heredoc of the shell is a string until its end, and not expanded where its end is quoted", "deploy", []string{
		`#!/usr/bin/env bash`,
		`###################`,
		`cat <<-EOF | sort`,
		`    oooooo o`,
		`	if $x`,
		`ssssvv`,
		`	EOF`,
		`oooo`,
		`cat <<'END'`,
		`    ooooooo`,
		`$x`,
		`ss`,
		`END`,
		`ooo`,
		`exit 0`,
		`FFFF n`,
	}},
	{"a Dockerfile has instructions, and commands that go on", "Dockerfile.dev", []string{
		`FROM --platform=x golang:1.26 AS build`,
		`kkkk NNNNNNNNNNo  sssssssssss kk NNNNN`,
		`ENV A=b C="d $V"`,
		`kkk No  Nosssvvs`,
		`RUN echo "a" && \`,
		`kkk FFFF sss oo o`,
		`  # c`,
		`  ###`,
		`  echo $A`,
		`  FFFF vv`,
		`COPY --from=build /a /b`,
		`kkkk NNNNNNo`,
		`CMD ["a"]`,
		`kkk  sss`,
		`RUN <<EOF`,
		`kkk ooooo`,
		`USER root`,
		`sssssssss`,
		`EOF`,
		`ooo`,
	}},
	{"settings have names, and constants and numbers as values", "etc/ssh/sshd_config", []string{
		`Port 22 # c`,
		`NNNN nn ###`,
		`Match User git`,
		`kkkkk`,
		`  PermitTTY no`,
		`  NNNNNNNNN kk`,
	}},
	{"HAProxy has parts", "haproxy.cfg", []string{
		`frontend web`,
		`HHHHHHHH`,
		`    timeout client 30s`,
		`    NNNNNNN        nnn`,
	}},
	{"Caddy has placeholders", "Caddyfile", []string{
		`example.org {`,
		`NNNNNNNNNNN o`,
		`	header Host {host}`,
		` NNNNNN ssss vvvvvv`,
	}},
	{"a line of a table has no name", "etc/cron.d/backup", []string{
		`# m h`,
		`#####`,
		`5 4 * * * root /bin/backup`,
		`n n`,
	}},
	{"sysctl has names and values", "etc/sysctl.d/90-x.conf", []string{
		`net.ipv4.ip_forward = 1`,
		`NNNNNNNNNNNNNNNNNNN o n`,
	}},
	{"environment files have names and values", ".env.production", []string{
		`export A="b" # c`,
		`kkkkkk Nosss ###`,
		`N=1`,
		`Non`,
	}},
	{"Go has raw strings over lines", "main.go", []string{
		"var s = `one // two",
		`kkk   o sssssssssss`,
		"three` // four",
		`ssssss #######`,
		`func f(n int) { g("x", 1) }`,
		`kkkk F   TTT    F sss  n`,
	}},
	{"a document has headings, code and links", "README.md", []string{
		`# Plumb`,
		`HHHHHHH`,
		"- see `x` and [y](z)",
		`o     sss     NNNvvv`,
		"```sh",
		`ooooo`,
		`# no heading`,
		`ssssssssssss`,
		"```",
		`ooo`,
	}},
	{"Python has documentation over lines", "scripts/x.py", []string{
		`def f(a):`,
		`kkk F`,
		`    """one`,
		`    ssssss`,
		`    two"""`,
		`ssssssssss`,
		`    return 1 # c`,
		`    kkkkkk n ###`,
	}},
	{"a template over another language shows both", "x.py.j2", []string{
		`a = "{{ b }}" # c`,
		`  o s{{ v {{s ###`,
	}},
	{"prose is plain", "notes.txt", []string{
		`if "this" = 1 # then`,
		``,
	}},
}

func drawn(s string, tokens []Token) string {
	b := []byte(strings.Repeat(" ", len(s)))
	for _, k := range tokens {
		for i := k.From; i < k.To; i++ {
			b[i] = signs[k.Role]
		}
	}
	return strings.TrimRight(string(b), " ")
}

func highlight(t *testing.T, path string, source string) (*Text, []text.Safe) {
	t.Helper()
	lines := text.Clean(source).Lines()
	x, err := Highlight(t.Context(), path, lines)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, x, lines)
	return x, lines
}

func TestLanguages(t *testing.T) {
	for _, c := range cases {
		t.Run(c.promise, func(t *testing.T) {
			for _, ending := range []string{"\n", "\r\n"} {
				var source []string
				for i := 0; i < len(c.source); i += 2 {
					source = append(source, c.source[i])
				}
				x, _ := highlight(t, c.path, strings.Join(source, ending)+ending)
				var got []string
				for i, s := range source {
					got = append(got, s, drawn(s, x.Line(i)))
				}
				if diff := cmp.Diff(strings.Join(c.source, "\n"), strings.Join(got, "\n")); diff != "" {
					t.Fatalf("with %q, want - and got +:\n%s", ending, diff)
				}
			}
		})
	}
}

// Offsets are bytes: what stands after a wide character has its colour where it is drawn.
func TestWideCharactersMoveNothing(t *testing.T) {
	for _, path := range []string{"a.yaml", "chart/templates/a.yaml", "a.py", "a.tf", "a.sh"} {
		x, lines := highlight(t, path, "漢字 = \"日本 \u0301e\" # コメント\n")
		s := lines[0].String()
		tokens := x.Line(0)
		last := tokens[len(tokens)-1]
		if got := s[last.From:last.To]; last.Role != Comment || got != "# コメント" {
			t.Errorf("%s: the last token is %q, %v", path, got, last)
		}
	}
}

func TestLanguageIsFoundByNameThenFolderThenFirstLine(t *testing.T) {
	for _, c := range []struct{ path, first, want string }{
		{"a/main.tf", "", "HCL"},
		{"prod.tfvars.example", "", "HCL"},
		{".terraform.lock.hcl", "", "HCL"},
		{"a.tfstate", "", "JSON"},
		{"chart/templates/a.yaml", "", "YAML with Go template"},
		{"chart/templates/_helpers.tpl", "", "YAML with Go template"},
		{"site.yml", "", "YAML with Jinja"},
		{"nginx.conf.j2", "", "nginx with Jinja"},
		{"motd.j2", "", "Jinja"},
		{"x.service", "", "systemd"},
		{"etc/systemd/system/x.service.d/override.conf", "", "systemd"},
		{"etc/nginx/conf.d/a.conf", "", "nginx"},
		{"etc/nginx/sites-available/example.org", "", "nginx"},
		{"Dockerfile", "", "Dockerfile"},
		{"Dockerfile.dev", "", "Dockerfile"},
		{"web.Dockerfile", "", "Dockerfile"},
		{"Containerfile", "", "Dockerfile"},
		{"Makefile", "", "Makefile"},
		{"Jenkinsfile", "", "Groovy"},
		{"Caddyfile", "", "Caddyfile"},
		{"etc/haproxy/haproxy.cfg", "", "HAProxy"},
		{"etc/ssh/sshd_config", "", "SSH configuration"},
		{"etc/ssh/sshd_config.d/10-x.conf", "", "SSH configuration"},
		{"etc/crontab", "", "Table"},
		{"etc/sudoers", "", "Settings"},
		{"etc/logrotate.d/nginx", "", "Settings"},
		{"etc/default/grub", "", "Environment variables"},
		{"etc/anything", "", "Settings"},
		{"bin/deploy", "#!/bin/sh -e", "Shell"},
		{"bin/deploy", "#!/usr/bin/env -S python3 -u", "Python"},
		{"bin/deploy", "#!/usr/bin/env node", "JavaScript"},
		{"bin/deploy", "text", ""},
		{"hosts", "", "Table"},
		{"a.py", "", "Python"},
		{"policy.rego", "", "Rego"},
		{"LICENSE", "#!/bin/sh", ""},
		{"", "", ""},
	} {
		if got := Language(c.path, text.Clean(c.first)); got != c.want {
			t.Errorf("%q with %q is %q, want %q", c.path, c.first, got, c.want)
		}
	}
}

func TestMarksHaveTheColoursOfTheTheme(t *testing.T) {
	x, _ := highlight(t, "a.yaml", "a: b\n")
	dark := themes.New(themes.Dark)
	marks := Marks(x.Line(0), &dark.Syntax)
	if len(marks) != 3 || marks[0].Style != dark.Syntax.Name || marks[2].Style != dark.Syntax.String || marks[2].From != 3 || marks[2].To != 4 {
		t.Errorf("got %+v", marks)
	}
	for r := Comment; r < roles; r++ {
		if style(r, &dark.Syntax) == (themes.Style{}) {
			t.Errorf("role %d has no style", r)
		}
	}
	without := themes.New(themes.NoColor)
	if marks := Marks(x.Line(0), &without.Syntax); marks != nil {
		t.Errorf("without colours there is %+v", marks)
	}
	if got := (*Text)(nil).Line(0); got != nil {
		t.Errorf("no text has %v", got)
	}
}

func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	x, _ := highlight(t, "a.yaml", "a: b\n")
	one := entryCost(cacheKey{"a", "1"}, x)
	c := NewCache(2 * one)
	c.Put("a", "1", x)
	c.Put("b", "1", x)
	if got, ok := c.Get("a", "1"); !ok || got != x {
		t.Error("the first is gone")
	}
	c.Put("c", "1", x)
	c.Put("c", "1", x)
	if _, ok := c.Get("b", "1"); ok {
		t.Error("what was not used stays")
	}
	if _, ok := c.Get("a", "1"); !ok {
		t.Error("what was used is gone")
	}
	if _, ok := c.Get("a", "2"); ok {
		t.Error("another version has these colours")
	}
	small := NewCache(10)
	small.Put("a", "1", x)
	if _, ok := small.Get("a", "1"); ok {
		t.Error("what is larger than the cache is kept")
	}
}
