package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plumb/model"
)

// stages are the directory names that say what environment lies in them, in the
// order in which changes travel. A directory name that is not here says nothing.
var stages = map[string]int{
	"sandbox": 1, "dev": 2, "develop": 2, "development": 2, "test": 3, "testing": 3, "qa": 4, "uat": 4,
	"stage": 5, "staging": 5, "preprod": 6, "pre-prod": 6, "preproduction": 6, "prod": 8, "production": 8, "prd": 8, "live": 8,
}

const (
	production = 8         // The stage that real users depend on.
	leftover   = "default" // The environment of targets whose path names none.
)

// Group sorts discovered targets into environments by the directories of their
// paths, from development to production; those that name no environment are the environment
// "default". Names become valid and unique within their environment, so that
// [Write] can hold them; the targets' order stays.
func Group(targets []model.Target) []model.Environment {
	var environments []model.Environment
	for _, t := range targets {
		name := stageOf(t.Path)
		i := slices.IndexFunc(environments, func(e model.Environment) bool { return e.Name == name })
		if i < 0 {
			i = len(environments)
			environments = append(environments, newEnvironment(name))
		}
		e := &environments[i]
		t.Name = freeName(*e, t)
		e.Targets = append(e.Targets, t)
	}
	slices.SortStableFunc(environments, func(a, b model.Environment) int {
		return cmp.Or(stages[a.Name]-stages[b.Name], strings.Compare(a.Name, b.Name))
	})
	return environments
}

func newEnvironment(name string) model.Environment {
	e := model.Environment{Name: name}
	if stages[name] == production {
		e.Production, e.Approvals, e.Color = true, 1, "red"
	}
	return e
}

// stageOf is the environment that a path names. "live" is often just the directory around the
// environments, as in live/staging/db, so it counts only where no other word stands.
func stageOf(path string) string {
	found := leftover
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		switch {
		case stages[segment] == 0:
		case segment != "live":
			return segment
		default:
			found = segment
		}
	}
	return found
}

var unusable = regexp.MustCompile(`[^a-z0-9._-]+`)

// freeName makes the target's name valid, and different from those that the environment has.
func freeName(e model.Environment, t model.Target) string {
	name := unusable.ReplaceAllString(strings.ToLower(t.Name), "-")
	name = strings.Trim(name[:min(len(name), 50)], "-._")
	name = cmp.Or(name, t.Provider, "target")
	free := name
	for n := 2; ; n++ {
		if _, taken := e.Target(free); !taken {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}
