package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
)

// say is a check that prints a text.
func (w *world) say(output string, code int) model.CheckResult {
	w.t.Helper()
	return w.run(w.job(shell("say", `printf %s "$1"; exit $2`, output, fmt.Sprint(code))))[0]
}

func brief(findings []model.Finding) []string {
	var list []string
	for _, f := range findings {
		list = append(list, fmt.Sprintf("%s:%d:%d %s: %s", f.Path, f.Line, f.Column, f.Severity, f.Text))
	}
	return list
}

func TestFindingsArePlacedAtFileAndLine(t *testing.T) {
	w := newWorld(t)
	w.put("a:1.conf", "x\n", 0o644)
	w.put("dir/with blank.yaml", "x\n", 0o644)
	tests := []struct{ line, want string }{
		{"app.conf:3: no such key", "app.conf:3:0 error: no such key"},
		{"app.conf:3:7: warning: odd", "app.conf:3:7 warning: odd"},
		{"./app.conf:3:7: fatal error: gone", "app.conf:3:7 error: gone"},
		{"tools/../app.conf:3: note: see there", "app.conf:3:0 note: see there"},
		{"app.conf:3:7: [error] too long (line-length)", "app.conf:3:7 error: too long (line-length)"},
		{"dir/with blank.yaml:12: x", "dir/with blank.yaml:12:0 error: x"},
		{"a:1.conf:2: x", "a:1.conf:2:0 error: x"},
		{"\x1b[1mapp.conf:3:\x1b[0m \x1b[31merror:\x1b[0m red", "app.conf:3:0 error: red"},
		{"app.conf:3: x\r", "app.conf:3:0 error: x"},
		{"::warning file=app.conf,line=4,col=2,title=T::50%25 of%0Ait", "app.conf:4:2 warning: 50% of it"},
		{"::error file=app.conf::whole file", "app.conf:0:0 error: whole file"},
		{"::notice line=4,file=app.conf::later", "app.conf:4:0 note: later"},
		{"app.conf:3: password = hunter2-Xk9", "app.conf:3:0 error: password = «secret»"},
		// What only looks like one.
		{"12:30:01: started", ""}, {"unknown.conf:3: x", ""}, {"/etc/passwd:1: x", ""}, {"../app.conf:3: x", ""}, {"tools:1: x", ""},
		{"app.conf:3:", ""}, {"app.conf:x: y", ""}, {"app.conf:99999999999999999999: y", ""}, {"http://app.conf:80: y", ""},
		{"::error::no file", ""}, {"::error file=/etc/passwd::x", ""}, {"::set-output name=x::y", ""}, {"::", ""}, {":", ""},
		{"app.conf:3: " + strings.Repeat("x", 5000), ""},
		{strings.Repeat(":1", 2000), ""},
	}
	for _, tt := range tests {
		r := w.say(tt.line+"\n", 1)
		if got := strings.Join(brief(r.Findings), "\n"); got != tt.want {
			t.Errorf("%.80q: got %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestPathBelowTheCheckoutIsTheFileInGit(t *testing.T) {
	w := newWorld(t)
	r := w.run(w.job(shell("absolute", `echo "$PWD/app.conf:1: x"`)))[0]
	if diff := cmp.Diff([]string{"app.conf:1:0 warning: x"}, brief(r.Findings)); diff != "" {
		t.Errorf("%s\n%s", diff, r.Output)
	}
}

func TestFindingWithoutSeverityIsAWarningWhenTheCheckPassed(t *testing.T) {
	w := newWorld(t)
	r := w.say("app.conf:1: x\napp.conf:2: error: y", 0)
	if diff := cmp.Diff([]string{"app.conf:1:0 warning: x", "app.conf:2:0 error: y"}, brief(r.Findings)); diff != "" || r.State != model.CheckPassed {
		t.Error(diff, r.State)
	}
}

func TestSARIFIsReadWhenTheWholeOutputIsSARIF(t *testing.T) {
	const document = `{"version": "2.1.0", "runs": [{"results": [
	{"level": "error", "message": {"text": "bad\nkey"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "app.conf"}, "region": {"startLine": 1, "startColumn": 3}}}]},
	{"message": {"text": "odd"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:tools/lint%2Esh"}}}]},
	{"level": "note", "message": {"text": "elsewhere"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///etc/passwd"}}}]},
	{"message": {"text": "nowhere"}}]}]}`
	w := newWorld(t)
	want := []string{"app.conf:1:3 error: bad key"}
	if got := brief(w.say("\n "+document+"\n", 1).Findings); len(got) == 0 || got[0] != want[0] {
		t.Errorf("%q", got)
	}
	if got := brief(w.say("checking\n"+document, 1).Findings); got != nil {
		t.Errorf("what is not SARIF as a whole: %q", got)
	}
	for _, broken := range []string{"{", `{"version": 2}`, `{"runs": []}`, `{"version":"2.1.0","runs":[{"results":[{"locations":[{"physicalLocation":{"region":{"startLine":-4}}}]}]}]}`, strings.Repeat(`{"runs":`, 9000)} {
		if r := w.say(broken, 1); r.Findings != nil || r.State != model.CheckFailed {
			t.Errorf("%.40q: %+v", broken, r.Findings)
		}
	}
}

func TestHugeOutputIsKeptInItsBeginningAndItsEnd(t *testing.T) {
	w := newWorld(t)
	const script = `echo first; yes "0123456789012345678901234567890123456789" | head -n 500000; echo app.conf:1: in the middle; yes "some noise" | head -n 500000; echo last`
	r := w.run(w.job(shell("loud", script)))[0]
	out := r.Output.String()
	if len(out) > 200<<10 || !strings.HasPrefix(out, "first\n0123") || !strings.HasSuffix(out, "\nlast\n") || strings.Count(out, "bytes left out") != 1 {
		t.Errorf("%d bytes: %.40q … %q", len(out), out, out[max(len(out)-40, 0):])
	}
	if diff := cmp.Diff([]string{"app.conf:1:0 warning: in the middle"}, brief(r.Findings)); diff != "" {
		t.Error(diff)
	}
	one := w.run(w.job(shell("one-line", `head -c 9000000 /dev/zero | tr '\0' x`)))[0].Output.String()
	if len(one) > 200<<10 || !strings.Contains(one, "bytes left out") {
		t.Errorf("%d bytes", len(one))
	}
}

func TestHostileOutputIsMadeHarmless(t *testing.T) {
	w := newWorld(t)
	r := w.say("\x1b]0;title\x07\x1b[2J\x9b31m evil\u202e \xff\napp.conf:1: \x1b[2J\u202eevil\npassword: hunter2-Xk9\n-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh\n-----END RSA PRIVATE KEY-----\n", 1)
	all := r.Output.String() + strings.Join(brief(r.Findings), "")
	for _, never := range []string{"\x1b", "\x07", "\x9b31", "\u202e", "\xff", "hunter2", "MIIE"} {
		if strings.Contains(all, never) {
			t.Errorf("%q reaches the output: %q", never, all)
		}
	}
	if len(r.Findings) != 1 {
		t.Errorf("%+v", r.Findings)
	}
}

func TestKeyWhoseEndIsCutOffStaysMasked(t *testing.T) {
	w := newWorld(t)
	const begin, key = `echo -----BEGIN RSA PRIVATE KEY-----; `, `yes MIIEabcdefghijklmnop | head -n 50000; `
	for _, script := range []string{begin + key, begin + key + `echo -----END RSA PRIVATE KEY-----; echo done`, `yes before | head -n 20000; ` + begin + key} {
		if out := w.run(w.job(shell("key", script)))[0].Output.String(); strings.Contains(out, "MIIE") || strings.Contains(script, "done") && !strings.HasSuffix(out, "\ndone\n") {
			t.Errorf("%.200q … %q", out, out[len(out)-100:])
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	w := newWorld(t)
	if r := w.run(w.job(shell("many", `yes "app.conf:1: x" | head -n 100000`)))[0]; len(r.Findings) != 1000 {
		t.Errorf("%d findings", len(r.Findings))
	}
}
