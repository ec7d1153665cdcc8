package command

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"plumb/ui/headless"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"plumb": func() { os.Exit(Process(rand.Reader).Main(os.Args[1:])) },
	})
}

// TestScripts runs plumb itself, with real repositories and hosts that directories
// play. Beside testscript's own commands a script has:
//
//	world            make $WORK/infra and $WORK/hosts from testdata/world.txtar, all in sync and trusted
//	commit TEXT      commit all that is in $WORK/infra, an hour after the commit before
//	as NAME          be this person from now on
//	exits N ARGS...  run a program that ends with exit code N
//	document NAME    the standard output is a JSON document as the schema NAME says
//	runOf ID VAR     put the run of a change, from the JSON document on standard output, into a variable
//	keep VAR FIELD   put a field of the JSON document on standard output into a variable; FIELD/0/FIELD of one further in
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup:               setup,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"world":    world,
			"commit":   commit,
			"as":       as,
			"exits":    exits,
			"document": document,
			"keep":     keep,
			"runOf":    runOf,
		},
	})
}

func setup(env *testscript.Env) error {
	for name, value := range map[string]string{
		"HOME": env.WorkDir, "XDG_STATE_HOME": filepath.Join(env.WorkDir, ".state"), "XDG_CONFIG_HOME": filepath.Join(env.WorkDir, ".config"),
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": env.WorkDir,
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
		"CLOCK": "1767258000", "TZ": "UTC",
	} {
		env.Setenv(name, value)
	}
	return nil
}

func world(ts *testscript.TestScript, neg bool, args []string) {
	archive, err := txtar.ParseFile(filepath.Join(home, "testdata", "world.txtar"))
	ts.Check(err)
	infra := filepath.Join(ts.Getenv("WORK"), "infra")
	for _, f := range archive.Files {
		put(ts, ts.MkAbs(f.Name), f.Data)
	}
	ts.Check(ts.Exec("git", "init", "-q", "-b", "main", infra))
	commit(ts, false, []string{"Begin"})
	ts.Check(ts.Exec("plumb", "-C", infra, "trust", "--yes"))
}

// home is the directory of this package; scripts run elsewhere.
var home = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

func commit(ts *testscript.TestScript, neg bool, args []string) {
	clock, err := strconv.ParseInt(ts.Getenv("CLOCK"), 10, 64)
	ts.Check(err)
	clock += 3600
	ts.Setenv("CLOCK", fmt.Sprint(clock))
	at := time.Unix(clock, 0).UTC().Format(time.RFC3339)
	ts.Setenv("GIT_AUTHOR_DATE", at)
	ts.Setenv("GIT_COMMITTER_DATE", at)
	infra := filepath.Join(ts.Getenv("WORK"), "infra")
	ts.Check(ts.Exec("git", "-C", infra, "add", "-A"))
	ts.Check(ts.Exec("git", "-C", infra, "commit", "-q", "-m", strings.Join(args, " ")))
}

func as(ts *testscript.TestScript, neg bool, args []string) {
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		ts.Setenv("GIT_"+role+"_NAME", args[0])
		ts.Setenv("GIT_"+role+"_EMAIL", strings.ToLower(args[0])+"@example.org")
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func document(ts *testscript.TestScript, neg bool, args []string) {
	data, ok := headless.Schema(args[0])
	if !ok {
		ts.Fatalf("there is no schema %s", args[0])
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	ts.Check(err)
	c := jsonschema.NewCompiler()
	ts.Check(c.AddResource(args[0], doc))
	schema, err := c.Compile(args[0])
	ts.Check(err)
	answer, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile("stdout")))
	ts.Check(err)
	ts.Check(schema.Validate(answer))
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	var answer any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &answer))
	for name := range strings.SplitSeq(args[1], "/") {
		switch at := answer.(type) {
		case map[string]any:
			answer = at[name]
		case []any:
			n, err := strconv.Atoi(name)
			ts.Check(err)
			answer = at[n]
		}
	}
	value, ok := answer.(string)
	if !ok {
		ts.Fatalf("no text %s in the document", args[1])
	}
	ts.Setenv(args[0], value)
}

func put(ts *testscript.TestScript, name string, data []byte) {
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, data, 0o644))
}

func runOf(ts *testscript.TestScript, neg bool, args []string) {
	var answer struct{ Runs []struct{ ID, Change string } }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &answer))
	for _, r := range answer.Runs {
		if r.Change == args[0] {
			ts.Setenv(args[1], r.ID)
			return
		}
	}
	ts.Fatalf("no run of %s in the document", args[0])
}
