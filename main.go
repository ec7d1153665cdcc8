// Plumb shows whether infrastructure is true to git, and puts it right, from one
// terminal screen or without one. See package ui/command for the commands.
package main

import (
	"crypto/rand"
	"os"

	"plumb/ui/command"
)

func main() { os.Exit(command.Process(rand.Reader).Main(os.Args[1:])) }
