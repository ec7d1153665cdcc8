package objectstest

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"plumb/gitops/objects"
	"plumb/model"
)

func testFS(t *testing.T, s objects.Store) {
	ctx := t.Context()
	root := must[model.Hash](t)(objects.EditTree(ctx, s, "", []model.Edit{
		{Path: "hosts/web-1/etc/motd", Mode: model.ModeFile, Data: []byte("hello\n")},
		{Path: "hosts/web-1/usr/bin/run", Mode: model.ModeExecutable, Data: []byte("#!/bin/sh\n")},
		{Path: "hosts/web-2", Mode: model.ModeSymlink, Data: []byte("web-1")},
		{Path: "hosts/web-1/etc/mtab", Mode: model.ModeSymlink, Data: []byte("../../web-2/etc/motd")},
		{Path: "empty", Mode: model.ModeFile},
	}))
	entries := must[[]objects.TreeEntry](t)(s.Tree(ctx, root))
	entries = append(entries, objects.TreeEntry{Name: "module", Mode: model.ModeSubmodule, Hash: root})
	id := commit(t, s, must[model.Hash](t)(s.WriteTree(ctx, entries)), 5, "files")
	snapshot := must[model.Snapshot](t)(objects.Snapshot(ctx, s, id))
	if snapshot.Revision != id {
		t.Errorf("revision is %s; want %s", snapshot.Revision, id)
	}
	files := snapshot.Files
	if err := fstest.TestFS(files, "hosts/web-1/etc/motd", "hosts/web-1/usr/bin/run", "hosts/web-1/etc/mtab", "hosts/web-2", "empty", "module"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"hosts/web-1/etc/motd": "hello\n", "hosts/web-2/etc/motd": "hello\n", "hosts/web-1/etc/mtab": "hello\n", "empty": ""} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v); want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]fs.FileMode{
		"hosts/web-1/etc/motd": 0o644, "hosts/web-1/usr/bin/run": 0o755, "hosts/web-2": fs.ModeSymlink | 0o777, "hosts": fs.ModeDir | 0o755, "module": fs.ModeDir | 0o755,
	} {
		info, err := fs.Lstat(files, name)
		if err != nil || info.Mode() != want || !info.ModTime().Equal(at(5)) {
			t.Errorf("%s is %v (%v); want %v", name, info, err, want)
		}
	}
	if target, err := fs.ReadLink(files, "hosts/web-2"); err != nil || target != "web-1" {
		t.Errorf("the link leads to %q (%v)", target, err)
	}
}
