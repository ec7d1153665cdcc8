package repositories

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"time"
)

// Version is one commit of a repository whose files are given.
type Version struct {
	Subject string
	Files   map[string][]byte // What changes, by path.
}

// WriteVersions makes a bare repository in dir, which does not exist: on its main there is a commit for each version, the
// oldest first. The same versions have the same hashes everywhere. It needs git.
func WriteVersions(ctx context.Context, dir string, versions iter.Seq[Version]) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if _, err := git(ctx, dir, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "."); err != nil {
		return err
	}
	cmd := command(ctx, dir, "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--done", "--date-format=raw")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return failure(ctx, "fast-import", err, "")
	}
	out := bufio.NewWriterSize(in, 1<<20)
	tellVersions(out, versions)
	told := errors.Join(out.Flush(), in.Close())
	// When the child failed, that it could not be told is only the consequence.
	if err := cmd.Wait(); err != nil {
		return failure(ctx, "fast-import", err, complaint.String())
	}
	return told
}

// tellVersions tells fast-import of them; the writer keeps its first error.
func tellVersions(out *bufio.Writer, versions iter.Seq[Version]) {
	when := time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	for v := range versions {
		fmt.Fprintf(out, "commit refs/heads/main\ncommitter Ada <ada@example.org> %d +0000\ndata %d\n%s\n", when.Unix(), len(v.Subject), v.Subject)
		for _, path := range slices.Sorted(maps.Keys(v.Files)) {
			fmt.Fprintf(out, "M %s inline %s\ndata %d\n", plain, quote(nil, path), len(v.Files[path]))
			_, _ = out.Write(v.Files[path]) // What fails is told by the flush.
			_, _ = out.WriteString("\n")
		}
		when = when.Add(time.Hour)
	}
	_, _ = out.WriteString("done\n")
}
