package screentest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestChecksRunWhileAChangeIsJudgedAndSayWhatTheyFound(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	gate := filepath.Join(w.dir, "gate")
	config := filepath.Join(w.infra, "plumb.yaml")
	w.write(config, w.read(config)+`
checks:
  - name: words
    run: [sh, -c, 'if test -p "$1"; then read go < "$1"; fi; ! grep -rn "# bad$" staging', words, `+gate+`]
`)
	w.git("commit", "-qam", "Check words")
	w.run(w.infra, program("plumb"), "trust", "--yes")
	w.run(w.infra, program("plumb"), "change", "create", "--env", "staging", "--deploy", "main", "--reason", "the check")
	w.run(w.infra, program("plumb"), "apply", "deploy-staging-"+w.git("rev-parse", "--short=7", "main"))

	// The next change has what the check does not like.
	conf := "staging/web/all/etc/nginx/nginx.conf"
	w.write(filepath.Join(w.infra, conf), "# bad\n"+w.read(filepath.Join(w.infra, conf)))
	w.git("commit", "-qam", "Bad words")
	w.run(w.infra, program("plumb"), "change", "create", "--env", "staging", "--deploy", "main", "--reason", "more words")
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.open(window{})
	s.shows(`stg Deploy .* Bad words`)
	s.press("3")
	s.shows(`▌○ prd Deploy`)
	s.press("j")
	s.shows(`▌◐ stg Deploy`, `✗ checks 0 of 1: words not run`, `○ words  not run`)
	s.press("A")
	s.shows(`┌ Apply “Deploy .* Bad words”`, `✓ validation  passed`, `● words  running`, `waiting for the checks`)
	if err := os.WriteFile(gate, []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.shows(`✗ words  failed: exit code 1`, conf+`:1  # bad`, `✗ checks 1 of 2: words failed`)
	s.lacks(`y  apply it`)
	s.closes(`✗ checks 0 of 1: words failed`)
	// What was found stands below its line.
	s.shows(`1 finding: \) goes to those below`, `✗ words  # bad`)
	s.leaves()
}
