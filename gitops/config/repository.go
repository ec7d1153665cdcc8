// Package config reads what people configure: plumb.yaml, which belongs to a
// repository, and config.yaml, which belongs to the operator. Both are read
// once and strictly: a key that is unknown or mistyped is an error with file,
// line and the nearest right key, never ignored. The structs they are read into
// are the only schema; the reference for people is generated of their tags.
package config

import (
	"fmt"
	"path"
	"time"

	"plumb/model"
)

// FileName is the name of the repository's configuration, at its root.
const FileName = "plumb.yaml"

// Repository is what plumb.yaml says.
type Repository struct {
	Version      int
	ReadOnly     bool   // Nothing may be written at all; each environment is marked so too.
	Ledger       string // What the names of the ledger's refs begin with; empty for the usual.
	Environments []model.Environment
}

type repositoryFile struct {
	Version      int         `mapstructure:"version" required:"yes" example:"1" doc:"The version of this file's format; there is only 1."`
	ReadOnly     bool        `mapstructure:"readonly" default:"false" example:"true" doc:"Nothing may be changed in any environment, whoever asks."`
	Ledger       string      `mapstructure:"ledger" default:"refs/plumb/" example:"refs/heads/plumb/" doc:"What the names of the record's refs begin with; refs/heads/plumb/ where a host takes branches only, or is to protect them."`
	Groups       []groupFile `mapstructure:"groups" example:"[{name: dba, members: [ada@example.org]}]" doc:"People who are named together in rules."`
	policyFile   `mapstructure:",squash"`
	Environments []environmentFile `mapstructure:"environments" doc:"The places where the infrastructure is real."`
	Checks       []checkFile       `mapstructure:"checks" doc:"Commands that judge every change before it may be applied."`
}

type environmentFile struct {
	Name       string `mapstructure:"name" required:"yes" example:"production" doc:"Its name on screen and for --env: lower-case letters, digits, dots, dashes."`
	Color      string `mapstructure:"color" default:"the theme's choice" oneof:"red amber green cyan blue violet grey" example:"red" doc:"Its colour on screen."`
	Production bool   `mapstructure:"production" default:"false" example:"true" doc:"Real users depend on it: it never looks like anything else, and asks twice."`
	Approvals  *int   `mapstructure:"approvals" default:"1 for production, otherwise 0" example:"2" doc:"How many people have to approve a change; from 2 on, author and applier do not count."`
	ReadOnly   bool   `mapstructure:"readonly" default:"false" example:"true" doc:"Nothing may be changed in it, whoever asks."`
	Branch     string `mapstructure:"branch" default:"the branch that the repository is on" example:"main" doc:"The branch that it is to be true to."`
	policyFile `mapstructure:",squash"`
	Targets    []targetFile `mapstructure:"targets" doc:"What it is made of: each is planned and applied by one engine."`
	Checks     []checkFile  `mapstructure:"checks" doc:"Further checks, for changes of this environment only."`
}

type checkFile struct {
	Name     string   `mapstructure:"name" required:"yes" example:"lint" doc:"Its name, once per environment: lower-case letters, digits, dots, dashes."`
	Run      []string `mapstructure:"run" required:"yes" example:"[yamllint, \".\"]" doc:"The command, without a shell, in a fresh checkout of exactly the change's files."`
	When     []string `mapstructure:"when" default:"always" example:"[\"**/*.yaml\"]" doc:"Run it only when the change touches such a path; * within a name, ** over directories."`
	Timeout  string   `mapstructure:"timeout" default:"5m" example:"90s" doc:"How long it may take; then it has failed."`
	Required *bool    `mapstructure:"required" default:"true" example:"false" doc:"Whether a change may only be applied when the check has passed."`
}

type targetFile struct {
	Name     string         `mapstructure:"name" required:"yes" example:"web" doc:"Its name, once per environment: lower-case letters, digits, dots, dashes."`
	Provider string         `mapstructure:"provider" required:"yes" oneof:"hosts" example:"hosts" doc:"The engine that applies it."`
	Path     string         `mapstructure:"path" required:"yes" example:"hosts/web" doc:"Its directory, from the root of the repository."`
	Hosts    []hostFile     `mapstructure:"hosts" short:"name ssh" doc:"The machines that have its files. web-1 alone is short for {name: web-1, ssh: web-1}."`
	Confirm  string         `mapstructure:"confirm_within" default:"60s" example:"2m" doc:"How long a host waits for a new connection after a change of sshd, firewall, network or sudo, then takes it back."`
	Files    []fileRuleFile `mapstructure:"files" doc:"What git itself cannot say of a file; files without a rule keep mode and owner."`
}

type hostFile struct {
	Name string `mapstructure:"name" required:"yes" example:"web-1" doc:"Its name on screen, once per target."`
	SSH  string `mapstructure:"ssh" example:"deploy@web-1.example.org" doc:"Where it is: anything ssh accepts, aliases of ~/.ssh/config included."`
	Root string `mapstructure:"root" example:"../hosts/web-1" doc:"Instead of ssh: a directory of this machine that plays the host."`
}

type fileRuleFile struct {
	Path      string   `mapstructure:"path" required:"yes" example:"/etc/nginx/**" doc:"Which files, as absolute path on the host; * within a name, ** over directories."`
	Mode      string   `mapstructure:"mode" default:"left as it is" example:"\"0640\"" doc:"Its permissions, octal."`
	Owner     string   `mapstructure:"owner" default:"left as it is" example:"root:adm" doc:"Its owner: user, user:group or :group."`
	Sensitive bool     `mapstructure:"sensitive" default:"false" example:"true" doc:"Its content is a secret and is never shown."`
	Exclusive bool     `mapstructure:"exclusive" default:"false" example:"true" doc:"The path is a directory, and files in it that git does not know are extra."`
	Check     []string `mapstructure:"check" example:"[nginx, -t, -c, \"{}\"]" doc:"A command that judges a file before it takes effect; {} stands for the new file."`
	Reload    []string `mapstructure:"reload" example:"[systemctl, reload, nginx]" doc:"A command that runs once on the host after its files are written."`
}

// ParseRepository reads plumb.yaml. Name is what messages call the file. What
// is wrong with the file is one error that wraps [*Error] with all of it.
func ParseRepository(name string, data []byte) (Repository, error) {
	var file repositoryFile
	r, err := read(data, &file, nil)
	if err != nil {
		return Repository{}, fmt.Errorf("%s: %w", name, err)
	}
	r.repository(file)
	if err := r.error(name); err != nil {
		return Repository{}, model.WithHint(err, "plumb help %s explains every key", FileName)
	}
	return file.model(), nil
}

func (f repositoryFile) model() Repository {
	repository := Repository{Version: f.Version, ReadOnly: f.ReadOnly, Ledger: f.Ledger}
	for _, e := range f.Environments {
		env := e.model()
		env.ReadOnly = env.ReadOnly || f.ReadOnly
		env.Policy = e.policy(f.policyFile, f.groups())
		var all []model.Check
		for _, c := range f.Checks {
			all = append(all, c.model(""))
		}
		env.Checks = append(all, env.Checks...)
		repository.Environments = append(repository.Environments, env)
	}
	return repository
}

func (f environmentFile) model() model.Environment {
	env := model.Environment{Name: f.Name, Color: f.Color, Production: f.Production, ReadOnly: f.ReadOnly, Branch: f.Branch}
	switch {
	case f.Approvals != nil:
		env.Approvals = *f.Approvals
	case f.Production:
		env.Approvals = 1
	}
	for _, t := range f.Targets {
		env.Targets = append(env.Targets, t.model())
	}
	for _, c := range f.Checks {
		env.Checks = append(env.Checks, c.model(f.Name))
	}
	return env
}

// checkTimeout holds for checks that name none.
const checkTimeout = 5 * time.Minute

func (f checkFile) model(env string) model.Check {
	c := model.Check{Name: f.Name, Run: f.Run, When: f.When, Timeout: checkTimeout, Advisory: f.Required != nil && !*f.Required, Environment: env}
	if d, err := time.ParseDuration(f.Timeout); err == nil {
		c.Timeout = d
	}
	return c
}

func (f targetFile) model() model.Target {
	target := model.Target{Name: f.Name, Provider: f.Provider, Path: path.Clean(f.Path)}
	if d, err := time.ParseDuration(f.Confirm); err == nil {
		target.ConfirmWithin = d
	}
	for _, h := range f.Hosts {
		target.Hosts = append(target.Hosts, model.Host{Name: h.Name, Root: h.Root, SSH: h.SSH})
	}
	for _, r := range f.Files {
		mode := r.Mode
		if mode != "" {
			mode = fmt.Sprintf("%04s", mode)
		}
		target.Files = append(target.Files, model.FileRule{
			Path: r.Path, Mode: mode, Owner: r.Owner, Sensitive: r.Sensitive, Exclusive: r.Exclusive, Check: r.Check, Reload: r.Reload,
		})
	}
	return target
}
