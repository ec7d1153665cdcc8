package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/config"
	"plumb/model"
)

const shop = `version: 1
environments:
  - name: staging
    branch: next
    targets:
      - name: web
        provider: hosts
        path: staging/web/
        hosts: [web-1, "10.0.0.7"]
  - name: production
    color: red
    production: true
    targets:
      - name: web
        provider: hosts
        path: ./production/web
        hosts:
          - {name: web-1, ssh: "ops@web-1:2222"}
          - name: web-2
            root: ../hosts/web-2
        files: &rules
          - path: /etc/nginx/**
            mode: 0640
            owner: root:adm
            sensitive: true
            check: [nginx, -t, -c, "{}"]
            reload: [systemctl, reload, nginx]
          - path: /etc/nginx/sites-enabled
            exclusive: true
      - name: db
        provider: hosts
        path: production/db
        hosts: [db]
        files: *rules
`

func TestRepositoryIsReadWhole(t *testing.T) {
	rules := []model.FileRule{
		{
			Path: "/etc/nginx/**", Mode: "0640", Owner: "root:adm", Sensitive: true,
			Check: []string{"nginx", "-t", "-c", "{}"}, Reload: []string{"systemctl", "reload", "nginx"},
		},
		{Path: "/etc/nginx/sites-enabled", Exclusive: true},
	}
	want := config.Repository{Version: 1, Environments: []model.Environment{
		{Name: "staging", Branch: "next", Targets: []model.Target{{
			Name: "web", Provider: "hosts", Path: "staging/web",
			Hosts: []model.Host{{Name: "web-1", SSH: "web-1"}, {Name: "10.0.0.7", SSH: "10.0.0.7"}},
		}}},
		{Name: "production", Color: "red", Production: true, Approvals: 1, Targets: []model.Target{
			{
				Name: "web", Provider: "hosts", Path: "production/web",
				Hosts: []model.Host{{Name: "web-1", SSH: "ops@web-1:2222"}, {Name: "web-2", Root: "../hosts/web-2"}},
				Files: rules,
			},
			{Name: "db", Provider: "hosts", Path: "production/db", Hosts: []model.Host{{Name: "db", SSH: "db"}}, Files: rules},
		}},
	}}
	got, err := config.ParseRepository("plumb.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestApprovalsCanBeSetToNoneInProduction(t *testing.T) {
	got, err := config.ParseRepository("plumb.yaml", []byte("version: 1\nenvironments: [{name: prod, production: true, approvals: 0}]"))
	if err != nil || got.Environments[0].Approvals != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestReadOnlyRepositoryHasReadOnlyEnvironments(t *testing.T) {
	got, err := config.ParseRepository("plumb.yaml", []byte("version: 1\nreadonly: true\nenvironments: [{name: a}, {name: b, readonly: false}]"))
	if err != nil || !got.ReadOnly || !got.Environments[0].ReadOnly || !got.Environments[1].ReadOnly {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestChecksOfAllEnvironmentsComeBeforeThoseOfOne(t *testing.T) {
	got, err := config.ParseRepository("plumb.yaml", []byte(`version: 1
environments:
- name: a
  checks:
  - {name: slow, run: [sh, -c, "make all"], timeout: 1h, required: false}
- name: b
checks:
- {name: lint, run: [yamllint, .], when: ["**/*.yaml", hosts/]}
`))
	if err != nil {
		t.Fatal(err)
	}
	lint := model.Check{Name: "lint", Run: []string{"yamllint", "."}, When: []string{"**/*.yaml", "hosts/"}, Timeout: 5 * time.Minute}
	slow := model.Check{Name: "slow", Run: []string{"sh", "-c", "make all"}, Timeout: time.Hour, Advisory: true, Environment: "a"}
	want := []model.Environment{{Name: "a", Checks: []model.Check{lint, slow}}, {Name: "b", Checks: []model.Check{lint}}}
	if diff := cmp.Diff(want, got.Environments); diff != "" {
		t.Error(diff)
	}
}

// production is the beginning of a file; what follows belongs to its one target.
const production = `version: 1
environments:
  - name: production
    targets:
      - name: web
        provider: hosts
        path: web
`

func TestMistakesAreNamedWithLineAndWayOut(t *testing.T) {
	const hosts = production + "        hosts: [web-1]\n"
	tests := []struct{ name, file, want string }{
		{"empty file", "", `plumb.yaml:1: version is missing; add version: 1`},
		{"only comments", "# nothing\n", `plumb.yaml:1: version is missing; add version: 1`},
		{"future version", "version: 2\n", `plumb.yaml:1: version 2 is not known; write version: 1, or use a newer plumb`},
		{"version zero", "\nversion: 0\n", `plumb.yaml:2: version 0 is not known; write version: 1, or use a newer plumb`},
		{
			"unknown key", "version: 1\nenvironments:\n- name: dev\n- name: production\n  aprovals: 2\n",
			`plumb.yaml:5: unknown key "aprovals" in environments[1] (production); did you mean "approvals"?`,
		},
		{"other case", "version: 1\nReadOnly: true\n", `plumb.yaml:2: unknown key "ReadOnly"; did you mean "readonly"?`},
		{"unknown key, far from all", "version: 1\nsecrets: x\n", `plumb.yaml:2: unknown key "secrets"; known: version, readonly, ledger, groups, four_eyes, rules, expires, freezes, max_deletions, protected, break_glass, environments, checks`},
		{"misspelt required key", "verison: 1\n", `plumb.yaml:1: unknown key "verison"; did you mean "version"?`},
		{"duplicate key", "version: 1\nreadonly: true\nreadonly: false\n", `plumb.yaml:3: duplicate key "readonly", first in line 2; keep one`},
		{"merge key", "version: 1\n<<: {readonly: true}\n", `plumb.yaml:2: merge keys are not supported; repeat the keys, or use an alias for a whole value`},
		{"key that is a list", "version: 1\n? [a]\n: 1\n", `plumb.yaml:2: a key must be plain text, not a list`},
		{"yes is not true", "version: 1\nreadonly: yes\n", `plumb.yaml:2: readonly must be true or false, not "yes"`},
		{"quoted true", "version: 1\nreadonly: \"true\"\n", `plumb.yaml:2: readonly must be true or false, not "true"`},
		{"no value", "version: 1\nreadonly:\n", `plumb.yaml:2: readonly has no value; write true or false, or remove the key`},
		{"tag", "version: 1\nreadonly: !!str true\n", `plumb.yaml:2: readonly must be true or false, not a value with the YAML tag "!!str"`},
		{"list for an object", "- version: 1\n", `plumb.yaml:1: the document must be an object, not a list; write it as key: value with version, readonly, ledger, groups, four_eyes, rules, expires, freezes, max_deletions, protected, break_glass, environments, checks`},
		{"object for a list", "version: 1\nenvironments:\n  production: {}\n", `plumb.yaml:2: environments must be a list of objects, not an object`},
		{"text for an object", "version: 1\nenvironments:\n- production\n", `plumb.yaml:3: environments[0] must be an object, not "production"; write it as key: value with name, color, production, approvals, readonly, branch, four_eyes, rules, expires, freezes, max_deletions, protected, break_glass, targets, checks`},
		{"word for a number", "version: 1\nenvironments:\n- name: a\n  approvals: two\n", `plumb.yaml:4: approvals must be a whole number, not "two" in environments[0] (a)`},
		{"fraction", "version: 1\nenvironments:\n- name: a\n  approvals: 1.5\n", `plumb.yaml:4: approvals must be a whole number, not "1.5" in environments[0] (a)`},
		{"huge number", "version: 1\nenvironments:\n- name: a\n  approvals: 99999999999\n", `plumb.yaml:4: approvals must be a whole number, not "99999999999" in environments[0] (a)`},
		{"negative approvals", "version: 1\nenvironments:\n- name: a\n  approvals: -1\n", `plumb.yaml:4: approvals must not be negative in environments[0] (a); write 0 for none`},
		{"environment without name", "version: 1\nenvironments:\n- color: red\n", `plumb.yaml:3: name is missing in environments[0]; add name: production`},
		{"environment's name", "version: 1\nenvironments:\n- name: Prod\n", `plumb.yaml:3: name "Prod" is not usable in environments[0] (Prod); use lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit`},
		{"environment twice", "version: 1\nenvironments:\n- name: a\n- name: a\n", `plumb.yaml:4: duplicate environment "a", first in line 3`},
		{"check without a command", "version: 1\nchecks:\n- name: lint\n", `plumb.yaml:3: run is missing in checks[0] (lint); add run: [yamllint, "."]`},
		{"check as a shell line", "version: 1\nchecks:\n- name: lint\n  run: make lint\n", `plumb.yaml:4: run must be a list of texts, not "make lint" in checks[0] (lint)`},
		{"check that runs nothing", "version: 1\nchecks:\n- name: lint\n  run: ['']\n", `plumb.yaml:4: run does not name a program in checks[0] (lint); write it like [yamllint, .]`},
		{"check's name", "version: 1\nchecks:\n- {name: validation, run: [x]}\n", `plumb.yaml:3: check name "validation" is taken by what the providers check themselves in checks[0] (validation); give it another name`},
		{"time to confirm", "version: 1\nenvironments:\n- name: a\n  targets:\n  - {name: w, provider: hosts, path: w, hosts: [h], confirm_within: 5s}\n", `plumb.yaml:5: confirm_within "5s" is not a time from 10s to 1h in environments[0].targets[0] (a, w); write it like 90s or 5m`},
		{"check's timeout", "version: 1\nchecks:\n- {name: a, run: [x], timeout: 5}\n", `plumb.yaml:3: timeout "5" is not a time of at most a day in checks[0] (a); write it like 90s, 5m or 1h`},
		{"check's path", "version: 1\nchecks:\n- {name: a, run: [x], when: [/etc/*]}\n", `plumb.yaml:3: when "/etc/*" is absolute in checks[0] (a); write it from the root of the repository, like hosts/**`},
		{"check twice", "version: 1\nenvironments:\n- name: a\n  checks:\n  - {name: lint, run: [x]}\nchecks:\n- {name: lint, run: [x]}\n", `plumb.yaml:5: duplicate check "lint" in environments[0] (a), first in line 7`},
		{"colour", "version: 1\nenvironments:\n- name: a\n  color: gren\n", `plumb.yaml:4: unknown color "gren" in environments[0] (a); did you mean "green"?`},
		{"ledger", "version: 1\nledger: refs/heads/\n", `plumb.yaml:2: ledger "refs/heads/" is where all branches are; write refs/plumb/, or refs/heads/plumb/`},
		{"ledger without a slash", "version: 1\nledger: refs/plumb\n", `plumb.yaml:2: ledger "refs/plumb" does not begin with refs/ and end in a slash; write refs/plumb/, or refs/heads/plumb/`},
		{"ledger among tags", "version: 1\nledger: refs/tags/plumb/\n", `plumb.yaml:2: ledger "refs/tags/plumb/" is where git or plumb keep something else; write refs/plumb/, or refs/heads/plumb/`},
		{"ledger with a pattern", "version: 1\nledger: refs/plumb*/\n", `plumb.yaml:2: ledger "refs/plumb*/" is not the name of a ref; write refs/plumb/, or refs/heads/plumb/`},
		{"branch", "version: 1\nenvironments:\n- name: a\n  branch: --force\n", `plumb.yaml:4: branch "--force" is not a branch name in environments[0] (a); write it as git branch shows it`},
		{
			"provider", strings.Replace(hosts, "provider: hosts", "provider: chef", 1),
			`plumb.yaml:6: unknown provider "chef" in environments[0].targets[0] (production, web); known: hosts`,
		},
		{"no hosts", production, `plumb.yaml:5: no hosts in environments[0].targets[0] (production, web); add hosts: [web-1]`},
		{"empty hosts", production + "        hosts: []\n", `plumb.yaml:8: no hosts in environments[0].targets[0] (production, web); add hosts: [web-1]`},
		{"misspelt hosts", production + "        host: [a]\n", `plumb.yaml:8: unknown key "host" in environments[0].targets[0] (production, web); did you mean "hosts"?`},
		{"host twice", production + "        hosts:\n        - a\n        - {name: a, ssh: b}\n", `plumb.yaml:10: duplicate host "a" in environments[0].targets[0] (production, web), first in line 9`},
		{"host without place", production + "        hosts:\n        - name: a\n", `plumb.yaml:9: neither ssh nor root in environments[0].targets[0].hosts[0] (production, web, a); add ssh: with what you would give to ssh`},
		{"host with two places", production + "        hosts:\n        - {name: a, ssh: a, root: /srv}\n", `plumb.yaml:9: both ssh and root in environments[0].targets[0].hosts[0] (production, web, a); keep one`},
		{"host with a user", production + "        hosts: [ops@web-1]\n", `plumb.yaml:8: host name "ops@web-1" is not usable in environments[0].targets[0].hosts[0] (production, web, ops@web-1); write it as {name: NAME, ssh: ops@web-1}`},
		{"ssh option", production + "        hosts:\n        - {name: a, ssh: -oProxyCommand=x}\n", `plumb.yaml:9: ssh "-oProxyCommand=x" is not a destination in environments[0].targets[0].hosts[0] (production, web, a); put options into ~/.ssh/config`},
		{"home", production + "        hosts:\n        - {name: a, root: ~/a}\n", `plumb.yaml:9: root "~/a": ~ is not expanded in environments[0].targets[0].hosts[0] (production, web, a); write the whole path`},
		{"absolute path", strings.Replace(hosts, "path: web", "path: /srv", 1), `plumb.yaml:7: path "/srv" is absolute in environments[0].targets[0] (production, web); write it from the root of the repository, like hosts/web`},
		{"path out of the repository", strings.Replace(hosts, "path: web", "path: web/../../x", 1), `plumb.yaml:7: path "web/../../x" leads out of the repository in environments[0].targets[0] (production, web); write it from the root of the repository, like hosts/web`},
		{"git's path", strings.Replace(hosts, "path: web", "path: .git/hooks", 1), `plumb.yaml:7: path ".git/hooks" is git's own in environments[0].targets[0] (production, web); write it from the root of the repository, like hosts/web`},
		{
			"target twice", hosts + "      - {name: web, provider: hosts, path: b, hosts: [a]}\n",
			`plumb.yaml:9: duplicate target "web" in environments[0] (production), first in line 5`,
		},
		{
			"overlap", hosts + "      - {name: b, provider: hosts, path: web/b, hosts: [a]}\n",
			`plumb.yaml:9: path "web/b" overlaps "web" of target "web" in environments[0].targets[1] (production, b); give each target a directory of its own`,
		},
		{"mode", hosts + "        files:\n        - path: /a\n          mode: u+x\n", `plumb.yaml:11: mode "u+x" is not octal in environments[0].targets[0].files[0] (production, web, /a); write it like "0640"`},
		{"decimal digits in a mode", hosts + "        files: [{path: /a, mode: 0689}]\n", `plumb.yaml:9: mode "0689" is not octal in environments[0].targets[0].files[0] (production, web, /a); write it like "0640"`},
		{"owner", hosts + "        files: [{path: /a, owner: 'root; id'}]\n", `plumb.yaml:9: owner "root; id" is not an owner in environments[0].targets[0].files[0] (production, web, /a); write user, user:group or :group`},
		{"relative file", hosts + "        files: [{path: etc/a}]\n", `plumb.yaml:9: path "etc/a" is not absolute in environments[0].targets[0].files[0] (production, web, etc/a); write it as it is on the host, like /etc/nginx/**`},
		{"file path with dots", hosts + "        files: [{path: /etc/../a}]\n", `plumb.yaml:9: path "/etc/../a" is not in its shortest form, "/a" in environments[0].targets[0].files[0] (production, web, /etc/../a); write it as it is on the host, like /etc/nginx/**`},
		{"file rule twice", hosts + "        files: [{path: /a},\n          {path: /a}]\n", `plumb.yaml:10: duplicate file rule "/a" in environments[0].targets[0] (production, web), first in line 9`},
		{"exclusive root", hosts + "        files: [{path: /, exclusive: true}]\n", `plumb.yaml:9: exclusive for / would make the whole host extra in environments[0].targets[0].files[0] (production, web, /); name the directory`},
		{"command as text", hosts + "        files: [{path: /a, reload: systemctl reload x}]\n", `plumb.yaml:9: reload must be a list of texts, not "systemctl reload x" in environments[0].targets[0].files[0] (production, web, /a)`},
		{"braces without quotes", hosts + "        files: [{path: /a, check: [nginx, {}]}]\n", `plumb.yaml:9: check[1] must be text, not an object in environments[0].targets[0].files[0] (production, web, /a); write "{}" in quotes`},
		{"empty command", hosts + "        files: [{path: /a, check: []}]\n", `plumb.yaml:9: check is an empty list in environments[0].targets[0].files[0] (production, web, /a); remove the key`},
		{"command without program", hosts + "        files: [{path: /a, check: ['', x]}]\n", `plumb.yaml:9: check does not name a program in environments[0].targets[0].files[0] (production, web, /a)`},
		{"tab", "version: 1\nenvironments:\n\t- name: a\n", `plumb.yaml:3: the line is indented with a tab, which YAML does not allow; indent with spaces`},
		{"syntax", "version: 1\nreadonly: [\n", `plumb.yaml:2: not YAML: did not find expected node content`},
		{"unknown alias", "version: 1\n\nenvironments: *all\n", `plumb.yaml:3: not YAML: unknown anchor 'all' referenced`},
		{"two documents", "version: 1\n---\nversion: 1\n", `plumb.yaml:2: a second document begins here; remove it and the --- before it`},
		{"raw escape", "version: 1\n# \x1b[2J\n", `plumb.yaml:2: control character U+001B; remove it`},
		{"written escape", "version: 1\nenvironments:\n- name: \"a\\e[2J\"\n", `plumb.yaml:3: name has control or invisible characters: "a␛[2J" in environments[0]; remove them`},
		{"reversed text", "version: 1\nenvironments:\n- name: a\n  branch: \"\u202e\"\n", `plumb.yaml:4: branch has control or invisible characters: "<U+202E>" in environments[0] (a); remove them`},
		{"key with an escape", "version: 1\n\"\\e[2J\": 1\n", `plumb.yaml:2: unknown key "␛[2J"; known: version, readonly, ledger, groups, four_eyes, rules, expires, freezes, max_deletions, protected, break_glass, environments, checks`},
		{"not UTF-8", "version: 1\n# caf\xe9\n", `plumb.yaml:2: the file is not UTF-8: byte 0xe9; save it as UTF-8`},
		{"too large", strings.Repeat("# plumb\n", 1<<17+1), `plumb.yaml: the file is larger than 1 MiB and was not read`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.ParseRepository("plumb.yaml", []byte(test.file))
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if model.Hint(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestAllMistakesAreToldAtOnceInTheOrderOfLines(t *testing.T) {
	file := "version: 3\nenvironments:\n- name: Prod\n  approvals: -1\n  colr: red\n"
	_, err := config.ParseRepository("plumb.yaml", []byte(file))
	var told *config.Error
	if !errors.As(err, &told) {
		t.Fatalf("got %v", err)
	}
	var lines []int
	for _, p := range told.Problems {
		lines = append(lines, p.Line)
	}
	if diff := cmp.Diff([]int{1, 3, 4, 5}, lines); diff != "" {
		t.Errorf("%s\n%v", diff, err)
	}
}

func TestOfManyMistakesTheFirstTenAreTold(t *testing.T) {
	_, err := config.ParseRepository("plumb.yaml", []byte("version: 1\n"+strings.Repeat("x: 1\n", 20)))
	var told *config.Error
	if !errors.As(err, &told) || len(told.Problems) != 10 || told.More != 10 {
		t.Errorf("got %v", err)
	}
	if want := "\nplumb.yaml: and 10 more"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// A bomb of aliases is a few hundred bytes that stand for a thousand million values.
func TestAliasBombIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nenvironments:\n- &e\n  name: a\n  targets:\n  - &t\n    name: t\n    provider: hosts\n    path: t\n    hosts:\n    - &h {name: h, ssh: h}\n")
	b.WriteString(strings.Repeat("    - *h\n", 1000) + strings.Repeat("  - *t\n", 1000) + strings.Repeat("- *e\n", 1000))
	_, err := config.ParseRepository("plumb.yaml", []byte(b.String()))
	var told *config.Error
	if !errors.As(err, &told) {
		t.Fatalf("got %v", err)
	}
	if want := "the document has more than 100000 values"; told.Problems[len(told.Problems)-1].Text != want {
		t.Errorf("got %v", err)
	}
}

func FuzzParseRepository(f *testing.F) {
	for _, seed := range []string{shop, production, "", "- a", "a: &a [*a]", "version: 1\nenvironments: [{name: &n a, targets: [{<<: *n}]}]", "\ufeffversion: 1", "? ? a\n: b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		repository, err := config.ParseRepository("plumb.yaml", data)
		if err != nil {
			if _, ok := errors.AsType[*config.Error](err); !ok {
				t.Errorf("an error of ours, not of the file: %v", err)
			}
			return
		}
		// What was accepted can be written, and means the same when it is read again.
		for i := range repository.Environments {
			repository.Environments[i].Policy = model.Policy{} // It is not written.
		}
		file := config.Write(repository.Environments)
		if len(file) > 1<<20 {
			t.Skip("aliases made the file too large to be read again")
		}
		again, err := config.ParseRepository("plumb.yaml", file)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if diff := cmp.Diff(repository.Environments, again.Environments); diff != "" {
			t.Errorf("%s\n%s", diff, file)
		}
	})
}
