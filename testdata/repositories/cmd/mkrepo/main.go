// Mkrepo makes a bare git repository that looks like that of an infrastructure
// team: go run ./testdata/repositories/cmd/mkrepo -commits 100000 DIR.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"plumb/testdata/repositories"
)

func main() {
	commits := flag.Int("commits", 10_000, "how many commits it has")
	seed := flag.Uint64("seed", 1, "another seed makes another history of the same kind")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: mkrepo [-commits N] [-seed N] DIR")
		os.Exit(2)
	}
	shape := repositories.Like(*commits)
	shape.Seed = *seed
	if err := write(flag.Arg(0), shape); err != nil {
		fmt.Fprintln(os.Stderr, "mkrepo:", err)
		os.Exit(1)
	}
}

func write(dir string, shape repositories.Shape) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	start := time.Now()
	made, err := repositories.Write(ctx, dir, shape)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d commits, %d refs, main at %s, in %s\n",
		dir, made.Commits, len(made.Refs), made.Head, time.Since(start).Round(time.Millisecond))
	return nil
}
