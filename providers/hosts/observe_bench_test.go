package hosts

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"plumb/model"
)

// BenchmarkTwentyHosts looks at 20 hosts with 100 files each, over real ssh: what an administrator asks for first.
func BenchmarkTwentyHosts(b *testing.B) {
	const hosts, files = 20, 100
	s := startServers(b, "")
	dir := b.TempDir()
	tree := fstest.MapFS{}
	target := model.Target{Name: "web", Provider: "hosts", Path: "web"}
	for h := range hosts {
		name := fmt.Sprintf("host-%d", h)
		root := filepath.Join(dir, name)
		target.Hosts = append(target.Hosts, model.Host{Name: name, SSH: "web-1", Root: root})
		for f := range files {
			path := fmt.Sprintf("/etc/app/%d.conf", f)
			content := fmt.Appendf(nil, "# file %d of %s\n%01000d\n", f, name, f)
			tree["web/"+name+path] = &fstest.MapFile{Data: content, Mode: 0o644}
			if err := os.MkdirAll(filepath.Dir(root+path), 0o755); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(root+path, content, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	p := New(Options{SSH: s.ssh()})
	req := model.ObserveRequest{Environment: "production", Target: target, Tracked: model.Snapshot{Revision: "1", Files: tree}}
	for b.Loop() {
		seen := 0
		err := p.Observe(b.Context(), req, func(r model.Resource) {
			if r.Status == model.InSync {
				seen++
			}
		})
		if err != nil || seen != hosts*files {
			b.Fatalf("%d of %d in sync: %v", seen, hosts*files, err)
		}
	}
}
