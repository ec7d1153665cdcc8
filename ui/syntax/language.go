package syntax

import (
	gopath "path"
	"strings"

	"plumb/model/text"
)

// language is how the files of one kind are read: by a scanner of our own or by the rules of
// chroma, and below a template or not. The zero value is plain text.
type language struct {
	name     string
	scanner  func() scanner
	packed   string
	template *template
}

func (l language) isPlain() bool { return l.scanner == nil && l.packed == "" && l.template == nil }

// Language is the name of the language of a file as people say it, such as "HCL" or
// "YAML with Go template"; it is empty for a file without colours.
func Language(path string, firstLine text.Safe) string {
	l := languageOf(path, firstLine)
	switch {
	case l.template == nil:
		return l.name
	case l.name == "":
		return l.template.name
	}
	return l.name + " with " + l.template.name
}

var (
	hcl        = language{name: "HCL", scanner: func() scanner { return &hclScanner{} }}
	yaml       = language{name: "YAML", scanner: func() scanner { return &yamlScanner{} }}
	jsonFiles  = language{name: "JSON", scanner: func() scanner { return &jsonScanner{} }}
	toml       = language{name: "TOML", scanner: func() scanner { return &tomlScanner{} }}
	ini        = language{name: "INI", scanner: func() scanner { return &iniScanner{comments: "#;", separators: "=:"} }}
	properties = language{name: "Properties", scanner: func() scanner { return &iniScanner{comments: "#!", separators: "=:"} }}
	dotenv     = language{name: "Environment variables", scanner: func() scanner { return &iniScanner{comments: "#", separators: "="} }}
	systemd    = language{name: "systemd", scanner: func() scanner { return &iniScanner{comments: "#;", separators: "=", specifiers: true} }}
	shell      = language{name: "Shell", scanner: func() scanner { return &shellScanner{} }}
	docker     = language{name: "Dockerfile", scanner: func() scanner { return &dockerScanner{} }}
	golang     = language{name: "Go", scanner: func() scanner { return &goScanner{} }}
	markdown   = language{name: "Markdown", scanner: func() scanner { return &markdownScanner{} }}
	nginx      = language{name: "nginx", scanner: func() scanner { return &directiveScanner{semicolons: true, blocks: nginxBlocks} }}
	caddy      = language{name: "Caddyfile", scanner: func() scanner { return &directiveScanner{} }}
	bind       = language{name: "BIND", scanner: func() scanner { return &directiveScanner{semicolons: true, lines: "//"} }}
	nftables   = language{name: "nftables", scanner: func() scanner {
		return &settingsScanner{comments: "#", keywords: words("table chain set map include define flush type policy")}
	}}
	haproxy = language{name: "HAProxy", scanner: func() scanner {
		return &settingsScanner{comments: "#", sections: words("global defaults frontend backend listen userlist peers resolvers mailers cache program ring http-errors")}
	}}
	ssh = language{name: "SSH configuration", scanner: func() scanner {
		return &settingsScanner{comments: "#", keywords: words("Host Match Include host match include")}
	}}
	settings = language{name: "Settings", scanner: func() scanner { return &settingsScanner{comments: "#;"} }}
	tables   = language{name: "Table", scanner: func() scanner { return &settingsScanner{comments: "#", tables: true} }}
	plain    = language{}
)

// byExtension is for what chroma does not know, or what is read better here.
var byExtension = map[string]language{
	"tf": hcl, "tfvars": hcl, "tofu": hcl, "hcl": hcl, "nomad": hcl, "tftest": hcl,
	"yaml": yaml, "yml": yaml, "sls": yaml, "json": jsonFiles, "jsonc": jsonFiles, "json5": jsonFiles, "tfstate": jsonFiles,
	"toml": toml, "ini": ini, "cfg": ini, "cnf": ini, "repo": ini, "desktop": ini, "nmconnection": ini, "editorconfig": ini,
	"properties": properties, "env": dotenv,
	"service": systemd, "socket": systemd, "timer": systemd, "mount": systemd, "automount": systemd, "swap": systemd, "target": systemd,
	"path": systemd, "slice": systemd, "scope": systemd, "device": systemd, "network": systemd, "netdev": systemd, "link": systemd,
	"nspawn": systemd, "dnssd": systemd, "container": systemd, "volume": systemd, "pod": systemd, "kube": systemd, "image": systemd,
	"sh": shell, "bash": shell, "zsh": shell, "ksh": shell, "bats": shell, "ebuild": shell,
	"dockerfile": docker, "go": golang, "md": markdown, "markdown": markdown, "mkd": markdown,
	"vhost": nginx, "nft": nftables, "caddyfile": caddy, "conf": settings, "rules": settings, "cf": settings, "cron": tables,
	"txt": plain, "log": plain, "csv": plain, "tsv": plain, "pem": plain, "crt": plain, "cer": plain, "key": plain, "pub": plain,
	"csr": plain, "asc": plain, "gpg": plain, "lock": plain, "sum": plain, "adoc": plain, "rst": plain,
}

var byName = map[string]language{
	"dockerfile": docker, "containerfile": docker, "caddyfile": caddy, "haproxy.cfg": haproxy,
	"nginx.conf": nginx, "mime.types": nginx, "fastcgi_params": nginx, "fastcgi.conf": nginx, "proxy_params": nginx, "uwsgi_params": nginx, "scgi_params": nginx,
	"sshd_config": ssh, "ssh_config": ssh, "nftables.conf": nftables, "named.conf": bind, "dhcpd.conf": bind,
	"crontab": tables, "fstab": tables, "hosts": tables, "exports": tables, "passwd": plain, "group": plain, "shadow": plain,
	"sysctl.conf": ini, "logrotate.conf": settings, "sudoers": settings, "resolv.conf": settings, "nsswitch.conf": settings,
	"pg_hba.conf": tables, "pg_ident.conf": tables, "postgresql.conf": ini, "my.cnf": ini, "redis.conf": settings,
	"system.conf": systemd, "user.conf": systemd, "journald.conf": systemd, "logind.conf": systemd, "resolved.conf": systemd,
	"timesyncd.conf": systemd, "networkd.conf": systemd, "coredump.conf": systemd, "ansible.cfg": ini, "inventory": ini,
	".env": dotenv, "environment": dotenv, ".gitconfig": ini, "gitconfig": ini, ".editorconfig": ini, ".npmrc": ini, ".terraformrc": hcl, "terraform.rc": hcl,
	".bashrc": shell, ".bash_profile": shell, ".profile": shell, ".zshrc": shell, "profile": shell, "pkgbuild": shell, ".envrc": shell, "bash.bashrc": shell,
	".terraform.lock.hcl": hcl, "composer.lock": jsonFiles, "package-lock.json": jsonFiles, "flake.lock": jsonFiles, "pipfile.lock": jsonFiles, "cargo.lock": toml, "poetry.lock": toml,
	".dockerignore": settings, ".gitignore": tables, ".gitattributes": tables, ".helmignore": tables, "codeowners": tables,
	"go.mod": golang, "go.work": golang, "license": plain, "readme": plain, "authorized_keys": plain, "known_hosts": plain,
	"jenkinsfile": {name: "Groovy", packed: "Groovy"}, "vagrantfile": {name: "Ruby", packed: "Ruby"},
	"gemfile": {name: "Ruby", packed: "Ruby"}, "berksfile": {name: "Ruby", packed: "Ruby"}, "puppetfile": {name: "Ruby", packed: "Ruby"},
	"tiltfile": {name: "Starlark", packed: "Python"},
}

// byFolder is for files that are known by where they lie: a folder of the path, and the language.
var byFolder = []struct {
	folder   string
	language language
}{
	{"nginx", nginx}, {"sites-available", nginx}, {"sites-enabled", nginx},
	{"haproxy", haproxy}, {"sshd_config.d", ssh}, {"ssh_config.d", ssh}, {"nftables.d", nftables},
	{"sysctl.d", ini}, {"cron.d", tables}, {"systemd", systemd}, {"netplan", yaml}, {"default", dotenv}, {"environment.d", dotenv},
	{"profile.d", shell}, {"cron.daily", shell}, {"cron.hourly", shell}, {"cron.weekly", shell}, {"cron.monthly", shell}, {"init.d", shell},
	{"apache2", language{name: "Apache", packed: "ApacheConf"}}, {"httpd", language{name: "Apache", packed: "ApacheConf"}},
	{"etc", settings}, {"logrotate.d", settings}, {"sudoers.d", settings}, {"modprobe.d", settings}, {"modules-load.d", settings}, {"limits.d", tables},
}

// Suffixes of copies: the language is that of the original.
var copies = []string{"~", ".bak", ".old", ".orig", ".dist", ".sample", ".example", ".dpkg-dist", ".dpkg-old", ".ucf-dist", ".rpmnew", ".rpmsave", ".in"}

// Suffixes of templates, over the language of the name before it.
var templateSuffixes = map[string]*template{
	".j2": jinja, ".jinja": jinja, ".jinja2": jinja, ".tmpl": goTemplate, ".gotmpl": goTemplate, ".ctmpl": goTemplate, ".gohtml": goTemplate,
	".tpl": goTemplate, ".tftpl": terraformTemplate, ".pkrtpl": terraformTemplate, ".erb": erb, ".epp": erb,
}

// languageOf chooses by the name, then by the folder, then by the first line.
func languageOf(path string, first text.Safe) language {
	base := gopath.Base(path)
	for _, c := range copies {
		if len(base) > len(c) {
			base = strings.TrimSuffix(base, c)
		}
	}
	if t := templateSuffixes[strings.ToLower(gopath.Ext(base))]; t != nil {
		below := base[:len(base)-len(gopath.Ext(base))]
		l := ofName(path, below)
		if t == goTemplate && l.isPlain() && hasFolder(path, "templates") {
			l = yaml // A chart's helpers.
		}
		l.template = t
		return l
	}
	l := ofName(path, base)
	if l.isPlain() && !isKnownPlain(base) {
		l = byFirstLine(strings.TrimSuffix(first.String(), "␍"))
	}
	switch {
	case l.name != yaml.name:
	case hasFolder(path, "templates"):
		l.template = goTemplate // A chart's manifests.
	case hasFolder(path, ".github"):
		l.template = actions
	default:
		l.template = jinja // Playbooks and states have expressions in their values, and nobody else writes them.
	}
	return l
}

// ofName is the language of a file by its name and its folder.
func ofName(path, base string) language {
	name := strings.ToLower(base)
	if l, ok := byName[name]; ok {
		return l
	}
	switch {
	case strings.HasPrefix(name, "dockerfile.") || strings.HasPrefix(name, "containerfile."):
		return docker
	case strings.HasPrefix(name, ".env.") || strings.HasPrefix(name, "env."):
		return dotenv
	}
	ext := strings.TrimPrefix(gopath.Ext(name), ".")
	if ext != "" && ext != "conf" && ext != "cfg" {
		if l, ok := byExtension[ext]; ok {
			return l
		}
	}
	for _, f := range byFolder {
		// What lies in a folder of programs is known by its extension, if it has one.
		if hasFolder(path, f.folder) && (ext == "" || ext == "conf" || ext == "cfg" || strings.HasSuffix(f.folder, ".d") || f.folder == "sites-available" || f.folder == "sites-enabled") {
			return f.language
		}
	}
	if l, ok := byExtension[ext]; ok && ext != "" {
		return l
	}
	if p := matchPacked(base); p != nil && p.name != "plaintext" {
		return language{name: shown(p.name), packed: p.name}
	}
	if hasFolder(path, "etc") {
		return settings
	}
	return plain
}

// isKnownPlain reports whether a file is known to have no language, whatever it begins with.
func isKnownPlain(base string) bool {
	name := strings.ToLower(base)
	if l, ok := byName[name]; ok {
		return l.isPlain()
	}
	l, ok := byExtension[strings.TrimPrefix(gopath.Ext(name), ".")]
	return ok && l.isPlain()
}

func hasFolder(path, folder string) bool {
	return strings.HasPrefix(path, folder+"/") || strings.Contains(path, "/"+folder+"/")
}

// byFirstLine finds the language of a program that says what runs it, and of files that begin as only one kind does.
func byFirstLine(s string) language {
	if !strings.HasPrefix(s, "#!") {
		switch {
		case s == "---" || strings.HasPrefix(s, "%YAML"):
			return yaml
		case strings.HasPrefix(s, "<?xml"):
			return language{name: "XML", packed: "XML"}
		case strings.HasPrefix(s, "{") && strings.Trim(s, "{ ") == "":
			return jsonFiles
		}
		return plain
	}
	for word := range strings.FieldsSeq(s[2:]) {
		name := gopath.Base(word)
		if name == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		name = strings.TrimRight(name, "0123456789.")
		switch name {
		case "sh", "bash", "dash", "ash", "zsh", "ksh":
			return shell
		case "nft":
			return nftables
		case "ansible-playbook":
			return yaml
		case "node":
			name = "javascript"
		}
		byName, _ := packedLanguages()
		if p := byName[strings.ToLower(name)]; p != nil {
			return language{name: shown(p.name), packed: p.name}
		}
		return plain
	}
	return plain
}

// shown is how people write the names that chroma spells otherwise.
func shown(name string) string {
	switch name {
	case "Base Makefile":
		return "Makefile"
	case "react":
		return "JavaScript"
	case "ApacheConf":
		return "Apache"
	}
	return name
}
