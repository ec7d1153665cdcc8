package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // A freeze must not depend on what is installed where plumb runs.

	"plumb/model"
)

type groupFile struct {
	Name    string   `mapstructure:"name" required:"yes" example:"dba" doc:"Its name, for by: and break_glass:."`
	Members []string `mapstructure:"members" required:"yes" example:"[ada@example.org, bob@example.org]" doc:"The e-mail addresses of its people, as git knows them."`
}

// policyFile are the keys that stand under an environment, and at the top for all of them.
type policyFile struct {
	FourEyes     *bool        `mapstructure:"four_eyes" default:"false" example:"true" doc:"The approvals of author and applier never count, even where one is enough."`
	Rules        []ruleFile   `mapstructure:"rules" example:"[{paths: [/etc/ssh/**], undo: disruptive, approvals: 1, by: [dba]}]" doc:"Approvals that certain changes need besides."`
	Expires      string       `mapstructure:"expires" default:"never" example:"24h" doc:"How long an approval lasts: minutes, hours or days, like 90m, 24h, 2d."`
	Freezes      []freezeFile `mapstructure:"freezes" example:"[{from: Fri 16:00, to: Mon 08:00, zone: Europe/Berlin, why: weekend}]" doc:"Times in which nothing is applied."`
	MaxDeletions *int         `mapstructure:"max_deletions" default:"any number" example:"5" doc:"How many resources one change may delete or replace."`
	Protected    []string     `mapstructure:"protected" example:"[/var/lib/**]" doc:"What no change may delete or replace: paths on all hosts, HOST:/PATH, HOST, or other addresses."`
	BreakGlass   []string     `mapstructure:"break_glass" default:"nobody" example:"[dba]" doc:"Who may apply without approvals or in a freeze, with a reason: groups and e-mail addresses."`
}

type ruleFile struct {
	Paths     []string `mapstructure:"paths" default:"all" example:"[/etc/ssh/**]" doc:"Changes that touch one of these, written as in protected."`
	Providers []string `mapstructure:"providers" default:"all" example:"[hosts]" doc:"Changes that one of these engines applies."`
	Undo      string   `mapstructure:"undo" default:"any" oneof:"disruptive lossy final" example:"lossy" doc:"Changes that are as hard to take back as this, or harder."`
	Approvals *int     `mapstructure:"approvals" default:"1" example:"1" doc:"How many people have to approve; from 2 on, author and applier do not count."`
	By        []string `mapstructure:"by" default:"anybody" example:"[dba]" doc:"Who may: groups and e-mail addresses."`
}

type freezeFile struct {
	From string `mapstructure:"from" required:"yes" example:"Fri 16:00" doc:"When it begins: a day of every week, or a date like 2026-12-20 18:00."`
	To   string `mapstructure:"to" required:"yes" example:"Mon 08:00" doc:"When it ends, in the same way."`
	Zone string `mapstructure:"zone" default:"UTC" example:"Europe/Berlin" doc:"Whose clock that is."`
	Why  string `mapstructure:"why" example:"weekend" doc:"Why, for those whom it stops."`
}

// groups are the people of each group.
type groups map[string][]string

func (f repositoryFile) groups() groups {
	g := groups{}
	for _, group := range f.Groups {
		g[group.Name] = group.Members
	}
	return g
}

// people are those whom a list of groups and e-mail addresses names, each once.
func (g groups) people(names []string) []string {
	var all []string
	for _, name := range names {
		members := g[name]
		if strings.Contains(name, "@") {
			members = []string{name}
		}
		for _, m := range members {
			if !slices.ContainsFunc(all, func(p string) bool { return strings.EqualFold(p, m) }) {
				all = append(all, m)
			}
		}
	}
	return all
}

// policy is what an environment asks: its own keys, and those for all environments. Lists are added to each other, but for
// who may break the glass: that is narrowed down.
func (f policyFile) policy(all policyFile, g groups) model.Policy {
	p := model.Policy{MaxDeletions: all.MaxDeletions, Protected: slices.Concat(all.Protected, f.Protected)}
	if f.MaxDeletions != nil {
		p.MaxDeletions = f.MaxDeletions
	}
	if four := all.FourEyes; four != nil {
		p.FourEyes = *four
	}
	if f.FourEyes != nil {
		p.FourEyes = *f.FourEyes
	}
	p.Expires, _ = lasting(all.Expires)
	if f.Expires != "" {
		p.Expires, _ = lasting(f.Expires)
	}
	p.BreakGlass = g.people(all.BreakGlass)
	if f.BreakGlass != nil {
		p.BreakGlass = g.people(f.BreakGlass)
	}
	for _, r := range slices.Concat(all.Rules, f.Rules) {
		rule := model.ApprovalRule{Paths: r.Paths, Providers: r.Providers, Approvals: 1, By: r.By, People: g.people(r.By)}
		if r.Approvals != nil {
			rule.Approvals = *r.Approvals
		}
		if r.Undo != "" {
			_ = rule.Undo.UnmarshalText([]byte(r.Undo)) // The reader knows the words that there are.
		}
		p.Rules = append(p.Rules, rule)
	}
	for _, fr := range slices.Concat(all.Freezes, f.Freezes) {
		freeze, _ := fr.freeze()
		p.Freezes = append(p.Freezes, freeze)
	}
	return p
}

// mistake is what is wrong with the value of a key.
type mistake struct{ key, hint, words string }

// freeze is the time that the texts say.
func (f freezeFile) freeze() (model.Freeze, *mistake) {
	zone, err := time.LoadLocation(f.Zone)
	if err != nil || f.Zone == "Local" {
		return model.Freeze{}, &mistake{"zone", "write it like Europe/Berlin, or UTC", "time zone " + quote(f.Zone) + " is not known"}
	}
	freeze := model.Freeze{Zone: zone, Why: f.Why}
	for _, end := range []struct {
		key, text string
		to        *model.Moment
	}{{"from", f.From, &freeze.From}, {"to", f.To, &freeze.To}} {
		m, ok := moment(end.text, zone)
		if !ok {
			return model.Freeze{}, &mistake{end.key, "write it like Fri 16:00, or like 2026-12-20 18:00", end.key + " " + quote(end.text) + " is not a time"}
		}
		*end.to = m
	}
	switch weekly := freeze.From.At.IsZero(); {
	case weekly != freeze.To.At.IsZero():
		return model.Freeze{}, &mistake{"to", "write both as days of the week, or both as dates", "from and to are different kinds of time"}
	case weekly && freeze.From == freeze.To:
		return model.Freeze{}, &mistake{"to", "readonly: true stops everything", "the freeze begins when it ends"}
	case !weekly && !freeze.From.At.Before(freeze.To.At):
		return model.Freeze{}, &mistake{"to", "write a later time", "the freeze ends before it begins"}
	}
	return freeze, nil
}

func moment(s string, zone *time.Location) (model.Moment, bool) {
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(form, s, zone); err == nil && at.Year() > 1 {
			return model.Moment{At: at}, true
		}
	}
	day, clock, _ := strings.Cut(s, " ")
	at, err := time.Parse("15:04", clock)
	for d := time.Sunday; d <= time.Saturday && err == nil; d++ {
		if strings.EqualFold(day, d.String()) || strings.EqualFold(day, d.String()[:3]) {
			return model.Moment{Day: d, Minute: at.Hour()*60 + at.Minute()}, true
		}
	}
	return model.Moment{}, false
}

// lasting is how long a text says: Go's durations, and days.
func lasting(s string) (time.Duration, bool) {
	const most = 10 * 365 * 24 * time.Hour
	if s == "" {
		return 0, true
	}
	if n, days := strings.CutSuffix(s, "d"); days {
		i, err := strconv.Atoi(n)
		return time.Duration(i) * 24 * time.Hour, err == nil && i > 0 && i <= int(most/(24*time.Hour))
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= time.Minute && d <= most
}

// groups judges the groups; what names them is judged by people.
func (r *reader) groups(list []groupFile) {
	names := unique{r: r, what: "group"}
	for i, g := range list {
		at := fmt.Sprintf("groups[%d]", i)
		r.name(g.Name, at)
		names.add(g.Name, child(at, "name"), "")
		for j, m := range g.Members {
			if !isEmail(m) {
				r.add(r.lines[fmt.Sprintf("%s[%d]", child(at, "members"), j)], "write it as git log shows it", "%s is not an e-mail address%s", quote(m), r.in(at))
			}
		}
	}
}

func isEmail(s string) bool {
	name, host, _ := strings.Cut(s, "@")
	return name != "" && host != "" && !strings.ContainsAny(s, " ,<>")
}

// policy judges the keys of a policy that stand at a path.
func (r *reader) policy(f policyFile, at string, g groups) {
	if _, ok := lasting(f.Expires); !ok {
		r.add(r.lines[child(at, "expires")], "write it like 90m, 24h or 2d", "expires %s is not a span of time%s", quote(f.Expires), r.in(at))
	}
	if f.MaxDeletions != nil && *f.MaxDeletions < 0 {
		r.add(r.lines[child(at, "max_deletions")], "write 0 for none", "max_deletions must not be negative%s", r.in(at))
	}
	r.patterns(f.Protected, at, "protected")
	r.people(f.BreakGlass, at, "break_glass", g)
	for i, rule := range f.Rules {
		r.approvalRule(rule, fmt.Sprintf("%s[%d]", child(at, "rules"), i), g)
	}
	for i, fr := range f.Freezes {
		here := fmt.Sprintf("%s[%d]", child(at, "freezes"), i)
		if fr.From == "" || fr.To == "" {
			continue // It was told already.
		}
		if _, wrong := fr.freeze(); wrong != nil {
			r.add(r.lines[child(here, wrong.key)], wrong.hint, "%s%s", wrong.words, r.in(here))
		}
	}
}

func (r *reader) approvalRule(f ruleFile, at string, g groups) {
	r.patterns(f.Paths, at, "paths")
	known := lookup(targetFile{}, "provider").oneof
	for i, p := range f.Providers {
		if !slices.Contains(known, p) {
			r.add(r.lines[fmt.Sprintf("%s[%d]", child(at, "providers"), i)], suggest(p, known), "unknown provider %s%s", quote(p), r.in(at))
		}
	}
	sound := r.people(f.By, at, "by", g)
	asked := 1
	if f.Approvals != nil {
		asked = *f.Approvals
	}
	switch people := g.people(f.By); {
	case asked < 1:
		r.add(r.lines[child(at, "approvals")], "write how many, or remove the rule", "approvals of a rule must be 1 or more%s", r.in(at))
	case sound && len(f.By) > 0 && asked > len(people):
		r.add(r.lines[child(at, "by")], "name more, or ask for fewer", "%d approvals are asked of %d people%s", asked, len(people), r.in(at))
	}
}

// people judges a list of groups and e-mail addresses, and reports whether it is sound.
func (r *reader) people(names []string, at, key string, g groups) bool {
	sound := true
	for i, name := range names {
		_, known := g[name]
		if known || strings.Contains(name, "@") && isEmail(name) {
			continue
		}
		sound = false
		hint := "write an e-mail address, or add it to groups:"
		if near := nearest(name, slices.Sorted(maps.Keys(g))); near != "" {
			hint = "did you mean " + quote(near) + "?"
		}
		r.add(r.lines[fmt.Sprintf("%s[%d]", child(at, key), i)], hint, "%s is neither a group nor an e-mail address%s", quote(name), r.in(at))
	}
	return sound
}

// patterns judges patterns of addresses.
func (r *reader) patterns(list []string, at, key string) {
	for i, p := range list {
		why := ""
		host, file, ok := strings.Cut(p, ":/")
		switch {
		case p == "":
			why = "is empty"
		case strings.HasPrefix(p, "/"):
			why = badPattern(p)
		case ok && host != "":
			why = badPattern("/" + file)
		}
		if why != "" {
			r.add(r.lines[fmt.Sprintf("%s[%d]", child(at, key), i)], "write it like /etc/ssh/**, or db-1:/var/lib/**", "%s: %s %s%s", key, quote(p), why, r.in(at))
		}
	}
}
