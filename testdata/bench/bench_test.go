package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/testdata/repositories"
)

// TestMain makes a probe of the test program where it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == probeWord {
		if err := probe(context.Background(), os.Args[2:], os.Stdin, os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The figures mean nothing here; that there are some, of everything, does.
func TestEverythingIsMeasured(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts plumb many times")
	}
	plumb := filepath.Join(t.TempDir(), "plumb")
	if out, err := exec.Command("go", "build", "-o", plumb, "plumb").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := filepath.Join(t.TempDir(), "repository.git")
	if _, err := repositories.Write(t.Context(), dir, repositories.Like(1000)); err != nil {
		t.Fatal(err)
	}
	r, err := openRepository(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.commits != 1000 || !r.isBare || r.packs == 0 || len(r.newest) == 0 {
		t.Errorf("the repository is taken for %+v", r)
	}
	b := &bench{ctx: t.Context(), plumb: plumb, repository: r, runs: 1, steps: 10, scratch: t.TempDir()}
	if err := b.all(subjects, ""); err != nil {
		t.Fatal(err)
	}
	// Only a file of more than four MiB is loaded when that is asked for.
	small := extent{lines: 2000, rounds: 2, many: 300_000, long: 5 << 20, scrolled: 40 << 10, nested: 20 << 10}
	d := &bench{ctx: t.Context(), plumb: plumb, extent: small, runs: 1, steps: 10, scratch: t.TempDir()}
	if err := d.all(differences, ""); err != nil {
		t.Fatal(err)
	}
	for _, row := range slices.Concat(b.rows, d.rows) {
		if row.problem != nil || !row.plumb.isKnown() {
			t.Errorf("%s: %v: %v", row.what, row.plumb, row.problem)
		}
	}
	table := b.table() + d.table()
	for _, want := range []string{
		"1,000 commits", "whole history", "path index", "index size", "first frame with history, warm", "cold cache", "extended by 100",
		"of a directory", "per key typed", "key to frame", "30 keys/s", "resident memory",
		"read, compared, written as a patch", "structure of YAML", "key to first page", "side by side", "key to frame meanwhile", "most memory",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("nothing is said of %q:\n%s", want, table)
		}
	}
}

func TestABudgetIsKeptMissedOrCannotBeJudged(t *testing.T) {
	second, slow := times{time.Second}.median(), times{10 * time.Second}.median()
	for _, tc := range []struct {
		row  row
		want []string // Ratio, budget, verdict.
	}{
		{row{plumb: second}, []string{"", "", ""}},
		{row{plumb: second, budget: budget{most: 2e9}}, []string{"", "2.00 s", "kept"}},
		{row{plumb: slow, budget: budget{most: 2e9}}, []string{"", "2.00 s", "MISSED"}},
		{row{plumb: second, budget: budget{share: 1}}, []string{"", "1.0 ×", "no peer"}},
		{row{plumb: second, peer: slow, budget: budget{share: 1.0 / 8}}, []string{"1/10.0", "1/8", "kept"}},
		{row{plumb: second, peer: slow, budget: budget{share: 1.0 / 50}}, []string{"1/10.0", "1/50", "MISSED"}},
		{row{plumb: second, peer: slow, budget: budget{most: 5e8, share: 1.0 / 8}}, []string{"1/10.0", "500 ms and 1/8", "MISSED"}},
		{row{plumb: slow, peer: second, budget: budget{share: 1}}, []string{"10.0 ×", "1.0 ×", "MISSED"}},
		{row{problem: errNever}, []string{"", "", "FAILED"}},
	} {
		if got := tc.row.cells()[3:]; !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %q, want %q", tc.row, got, tc.want)
		}
	}
}

func TestQuantiles(t *testing.T) {
	var hundred times
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	for _, tc := range []struct {
		got  figure
		want string
	}{
		{hundred.median(), "50.0 ms, median of 100"},
		{hundred.p95(), "95.0 ms, p95 of 100"},
		{hundred.worst(), "100 ms, worst of 100"},
		{hundred[:1].median(), "100 ms, median of 1"},
		{times{}.median(), "—"},
		{sizes{1 << 20, 3 << 20}.worst(), "3.00 MiB, worst of 2"},
	} {
		if tc.got.String() != tc.want {
			t.Errorf("%s, want %s", tc.got, tc.want)
		}
	}
}
