package diffview

import (
	gopath "path"
	"strings"
)

// plain is for files that are prose or data.
var plain language

// settings is for files of an unknown kind: nearly all that lies in /etc is like this.
var settings = language{
	comment:  []string{"#", ";"},
	quotes:   `"'`,
	keywords: words("on off true false yes no none null"),
	name:     firstWord,
}

var (
	yaml = language{
		comment: []string{"#"}, quotes: `"'`, name: beforeColon,
		keywords: words("true false null yes no on off"),
	}
	json = language{
		comment: []string{"//"}, quotes: `"`, name: beforeColon,
		keywords: words("true false null"),
	}
	ini = language{
		comment: []string{"#", ";"}, quotes: `"'`, name: beforeEqual,
		keywords: words("true false yes no on off"),
	}
	terraform = language{
		comment: []string{"#", "//"}, quotes: `"`, name: beforeEqual,
		keywords: words("resource data variable output module provider terraform locals moved import removed check " +
			"dynamic for for_each in if else true false null job group task"),
	}
	shell = language{
		comment: []string{"#"}, quotes: "\"'`",
		keywords: words("if then else elif fi for in do done while until case esac function return local export set " +
			"readonly exit trap break continue shift source"),
	}
	docker = language{
		comment: []string{"#"}, quotes: `"'`,
		keywords: words("FROM AS RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL"),
	}
	python = language{
		comment: []string{"#"}, quotes: `"'`,
		keywords: words("and as assert async await break class continue def del elif else except False finally for from " +
			"global if import in is lambda None nonlocal not or pass raise return True try while with yield"),
	}
	golang = language{
		comment: []string{"//"}, quotes: "\"'`",
		keywords: words("break case chan const continue default defer else fallthrough for func go goto if import " +
			"interface map package range return select struct switch type var nil true false"),
	}
	braces = language{
		comment: []string{"//", "/*"}, quotes: "\"'`",
		keywords: words("abstract async await bool break case catch char class const continue default do else enum export " +
			"extends false final finally fn for from function if impl implements import in int interface let loop match " +
			"mod mut namespace new null private protected pub public return self static struct super switch this throw " +
			"trait true try type typedef union unsafe use using var void while yield"),
	}
	lua = language{
		comment: []string{"--"}, quotes: `"'`,
		keywords: words("and break do else elseif end false for function if in local nil not or repeat return then true until while " +
			"select from where insert into update delete create table alter drop index values join on group by order " +
			"SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE ALTER DROP INDEX VALUES JOIN ON GROUP BY ORDER NULL NOT AND OR PRIMARY KEY"),
	}
	ruby = language{
		comment: []string{"#"}, quotes: `"'`,
		keywords: words("begin break case class def do else elsif end ensure false for if in module next nil not or and redo " +
			"rescue return self super then true undef unless until when while yield require include define node"),
	}
	makefile = language{comment: []string{"#"}, quotes: `"'`, name: beforeColon, keywords: words("ifeq ifneq ifdef ifndef else endif include define endef export")}
)

var byExtension = map[string]*language{
	".yaml": &yaml, ".yml": &yaml, ".json": &json, ".jsonc": &json, ".tfstate": &json,
	".toml": &ini, ".ini": &ini, ".cfg": &ini, ".env": &ini, ".properties": &ini, ".desktop": &ini,
	".service": &ini, ".socket": &ini, ".timer": &ini, ".mount": &ini, ".target": &ini, ".path": &ini, ".network": &ini, ".netdev": &ini, ".link": &ini,
	".tf": &terraform, ".tfvars": &terraform, ".hcl": &terraform, ".nomad": &terraform, ".tofu": &terraform,
	".sh": &shell, ".bash": &shell, ".zsh": &shell, ".bats": &shell,
	".py": &python, ".star": &python, ".bzl": &python, ".go": &golang, ".mod": &golang,
	".js": &braces, ".ts": &braces, ".jsx": &braces, ".tsx": &braces, ".c": &braces, ".h": &braces, ".cc": &braces, ".cpp": &braces,
	".rs": &braces, ".java": &braces, ".kt": &braces, ".groovy": &braces, ".proto": &braces, ".php": &braces, ".cue": &braces, ".jsonnet": &braces, ".libsonnet": &braces,
	".lua": &lua, ".sql": &lua, ".rb": &ruby, ".pp": &ruby, ".mk": &makefile,
	".md": &plain, ".txt": &plain, ".rst": &plain, ".adoc": &plain, ".csv": &plain, ".log": &plain, ".pem": &plain, ".crt": &plain,
	".key": &plain, ".pub": &plain, ".html": &plain, ".xml": &plain, ".svg": &plain, ".css": &plain, ".lock": &plain, ".sum": &plain, ".diff": &plain, ".patch": &plain,
}

var byName = map[string]*language{
	"Dockerfile": &docker, "Containerfile": &docker, "Makefile": &makefile, "GNUmakefile": &makefile,
	"Jenkinsfile": &braces, "Vagrantfile": &ruby, "Gemfile": &ruby, "Rakefile": &ruby,
	".bashrc": &shell, ".profile": &shell, ".zshrc": &shell,
	"LICENSE": &plain, "README": &plain, "CODEOWNERS": &plain, "authorized_keys": &plain, "known_hosts": &plain,
}

// languageOf chooses by the file's name alone, so that a line looks the same in every hunk.
func languageOf(p string) *language {
	name := gopath.Base(p)
	for _, suffix := range []string{".j2", ".tmpl", ".tpl", ".erb", ".gotmpl", ".bak", ".orig"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if l, ok := byName[name]; ok {
		return l
	}
	if l, ok := byExtension[gopath.Ext(name)]; ok {
		return l
	}
	return &settings
}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
