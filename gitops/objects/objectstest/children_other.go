//go:build !linux

package objectstest

import (
	"testing"

	"plumb/gitops/objects"
)

// assertNoChild can tell on Linux only.
func assertNoChild(*testing.T, objects.Store, string) {}
