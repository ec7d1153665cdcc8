package diffview

import (
	"strings"
	"testing"

	"plumb/model/diff"
)

// A block that went elsewhere is not a block that went and another one that came.
func TestMovedLinesSayWhereTo(t *testing.T) {
	server := "server {\n  listen 443 ssl http2;\n  server_name shop.example.org;\n}\n"
	rest := strings.Repeat("# something that stays where it is\n", 12)
	f := diff.Text([]byte(server+rest), []byte(rest+server), diff.Options{Path: "shop.conf"})
	for _, split := range []bool{true, false} {
		all := strings.Join(shown(view(120, 30, split, f)), "\n")
		for _, w := range []string{" 1    ↓ server {  to line 13", " 2    ↓   listen 443", "13 ↑ server {  from line 1"} {
			if !strings.Contains(all, w) {
				t.Errorf("split %v: %q is not in\n%s", split, w, all)
			}
		}
	}
}
