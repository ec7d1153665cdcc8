package main

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"plumb/testdata/repositories"
)

// settings is a file of so many lines in YAML, in the version of a round: with each, one line of a hundred changes.
func settings(n, round int) []byte {
	var b bytes.Buffer
	for i := range n {
		last := 0
		for r := 1; r <= round; r++ {
			if i%100 == changing(r) {
				last = r
			}
		}
		fmt.Fprintf(&b, "k%06d: %s value\n", i, mark(last))
	}
	return b.Bytes()
}

// changing is which line of a hundred a round changes. Lines that change in two rounds are not near each other.
func changing(round int) int { return round * 37 % 100 }

// mark is what a line says that a round changed, and no other.
func mark(round int) string { return fmt.Sprintf("r%02d", round) }

// numbered is n lines that no file has that is numbered with another word.
func numbered(word string, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "%s %d %s\n", word, i, word)
	}
	return b.Bytes()
}

// longLine is one line of so many bytes, of which only the first word and one in its middle are this one.
func longLine(word string, size int) []byte {
	half := bytes.Repeat([]byte("setting=value "), size/28)
	return append(fmt.Appendf(nil, "%s %s%s ", word, half, word), half...)
}

// deployments is a stream of Kubernetes objects in YAML, of so many bytes; each round has images of its own in every fourth line
// or so, and the last object of an odd round comes first.
func deployments(size, round int) []byte {
	var objects []string
	for i, n := 0, 0; n < size; i++ {
		o := fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%d
  labels: {release: "%s"}
spec:
  replicas: %d
  template:
    spec:
      containers:
        - name: web # Faces the world.
          image: "registry.example.org/web-%d:%s"
          args: ["--listen", "0.0.0.0:%d"]
          env:
            - {name: RELEASE, value: "%s"}
`, i, mark(round), 1+i%7, i, mark(round), 8000+i%1000, mark(round))
		objects, n = append(objects, o), n+len(o)
	}
	if last := len(objects) - 1; round%2 == 1 {
		objects = append(objects[last:], objects[:last]...)
	}
	return []byte(strings.Join(objects, ""))
}

// story is a history in which one file has these versions, and whose newest commit changes another one.
func story(path string, versions iter.Seq[[]byte]) iter.Seq[repositories.Version] {
	return func(yield func(repositories.Version) bool) {
		n := 0
		for v := range versions {
			if n++; !yield(repositories.Version{Subject: fmt.Sprintf("Make change number %d", n), Files: map[string][]byte{path: v}}) {
				return
			}
		}
		yield(repositories.Version{Subject: newestSubject, Files: map[string][]byte{"README": []byte("read me\n")}})
	}
}

// newestSubject is what the newest commit of a story says.
const newestSubject = "Say what this is"
