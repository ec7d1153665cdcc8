package screentest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// anEditor is a program that shows itself on the terminal, waits for a key, and replaces words of the file.
func (w *world) anEditor() string {
	w.t.Helper()
	file := filepath.Join(w.dir, "an editor")
	script := `#!/bin/sh
case "$(ls -ld "$(dirname "$2")")" in drwx------*) ;; *) exit 4;; esac
case "$(ls -l "$2")" in -rw-------*) ;; *) exit 5;; esac
printf '\033[2J\033[HEDITING %s WITH %s\r\n' "$(basename "$2")" "$1"
read -r answer
sed -i 's/4096/8192/; s/worker_connections .*/worker_connections 2222;/' "$2"
printf '%s' "$2" >"$0.was"
`
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
		w.t.Fatal(err)
	}
	return file
}

func TestAFileIsEditedInTheOperatorsEditorAndSealedWithOtherPicks(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	ed := w.anEditor()
	// What lies about in the work tree is not what is edited.
	dirty := filepath.Join(w.infra, "production/web/all/etc/nginx/nginx.conf")
	before := w.read(dirty)
	if err := os.WriteFile(dirty, []byte("scribble\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := w.open(window{env: []string{"VISUAL='" + ed + "' --wait", "EDITOR=false"}})
	s.shows(`PRODUCTION  2 drifted`, `∅ web-2  /etc/logrotate\.d/nginx  missing`)
	s.press("2", "g", "j")
	s.shows(`▌ ∅ web-2`)
	s.press("s")
	s.shows(`1 resource picked`, `● prd staged, not sealed  1 resource`)
	s.press("2")
	s.shows(`▌Live`)
	s.press("ctrl+e")
	s.shows(`EDITING nginx\.conf WITH --wait`)
	s.press("enter")
	s.shows(`▌  edit +production/web/all/etc/nginx/nginx\.conf +\+1 -1`, `2222`, `1 resource, 1 edited file`)
	was := w.read(ed + ".was")
	if _, err := os.Stat(filepath.Dir(was)); err == nil {
		t.Errorf("the copy %s is still there", was)
	}
	if !strings.HasPrefix(was, filepath.Join(w.dir, "state")) {
		t.Errorf("the copy was %s", was)
	}
	if got := w.read(dirty); got != "scribble\n" {
		t.Errorf("the work tree was touched: %q", got)
	}
	if err := os.WriteFile(dirty, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	s.press("ctrl+y")
	s.shows(`Draft  Restore web-2:/etc/logrotate\.d/nginx, edit production/web`)
	s.seal("Both at once")
	s.approve()
	s.apply()
	s.closes(`▌Change  compose-production-\S+ .* applied`)
	if got := w.blob("main", "production/web/all/etc/nginx/nginx.conf"); !strings.Contains(got, "worker_connections 2222;") || strings.Contains(got, "scribble") {
		t.Errorf("git wants\n%s", got)
	}
	if got := w.read(w.live("web-1", "/etc/nginx/nginx.conf")); !strings.Contains(got, "worker_connections 2222;") {
		t.Errorf("live is\n%s", got)
	}
	w.same("web-2", "/etc/logrotate.d/nginx", "main", "production/web/all/etc/logrotate.d/nginx")
	s.leaves()
}
