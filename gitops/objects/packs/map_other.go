//go:build !unix

package packs

import "os"

// mapFile reads the file where mapping is not known.
func mapFile(f *os.File, size int) (mapping, error) {
	return readFile(f, size)
}
