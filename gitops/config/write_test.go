package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/config"
	"plumb/model"
)

func hosts(name, path string) model.Target {
	return model.Target{Name: name, Provider: "hosts", Path: path, Hosts: []model.Host{{Name: "h", SSH: "h"}}}
}

func TestDiscoveredTargetsBecomeEnvironmentsFromDevelopmentToProduction(t *testing.T) {
	got := config.Group([]model.Target{
		hosts("web", "live/production/web"), hosts("web", "live/staging/web"), hosts("db", "live/production/db"), hosts("web", "live/DEV/web"),
	})
	want := []model.Environment{
		{Name: "dev", Targets: []model.Target{hosts("web", "live/DEV/web")}},
		{Name: "staging", Targets: []model.Target{hosts("web", "live/staging/web")}},
		{Name: "production", Color: "red", Production: true, Approvals: 1, Targets: []model.Target{
			hosts("web", "live/production/web"), hosts("db", "live/production/db"),
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTargetsWhosePathNamesNoEnvironmentAreOneEnvironment(t *testing.T) {
	got := config.Group([]model.Target{hosts("Web Servers", "product/a"), hosts("web-servers", "deliver/b"), hosts("ü", "c")})
	var names []string
	for _, target := range got[0].Targets {
		names = append(names, target.Name)
	}
	if diff := cmp.Diff([]string{"web-servers", "web-servers-2", "hosts"}, names); diff != "" || len(got) != 1 || got[0].Name != "default" || got[0].Production {
		t.Errorf("%s\n%+v", diff, got)
	}
}

func TestWhatInitWritesIsReadBack(t *testing.T) {
	odd := hosts("odd", "stage/no")
	odd.Hosts = []model.Host{{Name: "1", SSH: "true"}, {Name: "null", SSH: `a"b\c: #d`[:8]}, {Name: "h", Root: "/srv/with space, {and} #more: "}}
	odd.Files = []model.FileRule{{Path: "/a: #b", Mode: "0640", Owner: ":1000", Check: []string{"sh", "-c", "test -s \"$1\"", "{}", "-", "", "null", "1.0"}}}
	branch := hosts("web", "dev/web")
	tests := map[string][]model.Environment{
		"nothing":  nil,
		"one":      config.Group([]model.Target{hosts("web", "web")}),
		"several":  config.Group([]model.Target{hosts("a", "prod/a"), hosts("b", "prod/b"), hosts("a", "qa/a")}),
		"odd text": {{Name: "stage", Branch: "feature/1.0", ReadOnly: true, Targets: []model.Target{odd}}},
		"approvals": {
			{Name: "dev", Approvals: 3, Branch: "1", Targets: []model.Target{branch}},
			{Name: "prod", Production: true, Targets: []model.Target{hosts("web", "prod")}},
		},
		"checks": {
			{Name: "dev", Checks: []model.Check{{Name: "all", Run: []string{"sh", "-c", "a: #b"}, When: []string{"**"}, Timeout: time.Second}}},
			{Name: "prod", Approvals: 1, Checks: []model.Check{
				{Name: "all", Run: []string{"sh", "-c", "a: #b"}, When: []string{"**"}, Timeout: time.Second},
				{Name: "own", Run: []string{"./x"}, Timeout: 5 * time.Minute, Advisory: true, Environment: "prod"},
			}},
		},
	}
	tests["odd text"][0].Targets[0].Hosts[1].SSH = `a"b\c:,#{d`
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			file := config.Write(want)
			got, err := config.ParseRepository("plumb.yaml", file)
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			if diff := cmp.Diff(want, got.Environments); diff != "" {
				t.Errorf("%s\n%s", diff, file)
			}
		})
	}
}

func TestWhatTheFileCannotHoldIsLeftOutWithTheReason(t *testing.T) {
	inner, empty := hosts("inner", "web/inner"), hosts("empty", "b")
	empty.Hosts = nil
	file := string(config.Write([]model.Environment{{Name: "default", Targets: []model.Target{hosts("web", "web"), inner, empty, hosts("\x1b[2J", "c")}}, {Name: "Bad"}}))
	got, err := config.ParseRepository("plumb.yaml", []byte(file))
	if err != nil || len(got.Environments) != 1 || len(got.Environments[0].Targets) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, want := range []string{
		"# Left out: its path overlaps that of web\n      # - name: inner\n", "# Left out: no hosts\n      # - name: empty\n",
		"# Left out: name has control or invisible characters", "# Left out: name \"Bad\" is not usable\n  # - name: Bad\n",
	} {
		if !strings.Contains(file, want) {
			t.Errorf("no %q in\n%s", want, file)
		}
	}
	if strings.Contains(file, "\x1b") {
		t.Error("a terminal would obey the file")
	}
}

// Whatever init comments out has to be right once the comment sign is taken away.
func TestEveryOptionThatInitShowsCanBeUncommented(t *testing.T) {
	target := hosts("web", "web")
	var b strings.Builder
	for line := range strings.Lines(string(config.Write([]model.Environment{{Name: "default", Targets: []model.Target{target}}}))) {
		if code := strings.TrimLeft(line, " "); strings.HasPrefix(code, "# ") && !strings.HasPrefix(line, "# The environments") {
			line = strings.Repeat(" ", len(line)-len(code)) + code[2:]
		}
		b.WriteString(line)
	}
	got, err := config.ParseRepository("plumb.yaml", []byte(b.String()))
	if err == nil {
		if p := got.Environments[0].Policy; !p.FourEyes || len(p.Rules) != 1 || len(p.Freezes) != 1 || p.MaxDeletions == nil || len(p.Protected) != 1 || len(p.BreakGlass) != 1 {
			t.Errorf("got the policy %+v", p)
		}
	}
	if err == nil && (!got.ReadOnly || got.Environments[0].Approvals != 2 || len(got.Environments[0].Targets[0].Files) != 1 || len(got.Environments[0].Checks) != 1) {
		t.Errorf("got %+v", got)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestExamplesOfTheReferenceCanBeUsed(t *testing.T) {
	got, err := config.ParseRepository("plumb.yaml", []byte(config.Example()))
	if err != nil || len(got.Environments) != 2 || len(got.Environments[0].Targets[0].Files) != 3 || len(got.Environments[0].Checks) != 2 {
		t.Errorf("got %+v, %v\n%s", got, err, config.Example())
	}
	if _, err := config.ParseOperator("config.yaml", []byte(config.OperatorExample())); err != nil {
		t.Errorf("%v\n%s", err, config.OperatorExample())
	}
}

func TestReferenceExplainsEveryKey(t *testing.T) {
	for _, key := range []string{"version", "readonly", "approvals", "branch", "provider", "ssh", "root", "exclusive", "reload", "groups", "members", "four_eyes", "rules", "undo", "by", "expires", "freezes", "zone",
		"max_deletions", "protected", "break_glass"} {
		if !strings.Contains(config.Reference(), "\n  "+key+" ") {
			t.Errorf("plain reference without %s", key)
		}
		if !strings.Contains(config.ReferenceMarkdown(), "\n| `"+key+"` | ") {
			t.Errorf("markdown reference without %s", key)
		}
	}
	for _, key := range []string{"theme", "mouse", "split"} {
		if !strings.Contains(config.OperatorReference(), "\n  "+key+" ") {
			t.Errorf("operator's reference without %s", key)
		}
	}
}

func TestAnEnvironmentWithoutAnythingToHoldIsStillAValidFile(t *testing.T) {
	t.Parallel()
	file := config.Write([]model.Environment{{Name: "production", Targets: []model.Target{{Name: "web", Provider: "hosts", Path: "web"}}}})
	got, err := config.ParseRepository(config.FileName, file)
	if err != nil {
		t.Fatalf("what init writes is refused: %v\n%s", err, file)
	}
	if len(got.Environments) != 1 || len(got.Environments[0].Targets) != 0 {
		t.Errorf("read back as %+v, want production without targets", got.Environments)
	}
	if _, err := config.ParseRepository(config.FileName, config.Write([]model.Environment{{Name: "Not A Name"}})); err != nil {
		t.Errorf("a file of which nothing is left is refused: %v", err)
	}
}
