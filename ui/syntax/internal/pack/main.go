// Command pack writes lexers.zip, the languages that chroma knows, for package syntax.
//
// Importing chroma's own registry costs every start of plumb 9 ms and 6 MiB, because it
// reads the beginning of three hundred files before main runs. The archive costs nothing
// until a file in one of its languages is looked at. Run it with go generate after an
// update of chroma; the licence goes into the archive too.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

func main() {
	if err := run("lexers.zip"); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	dir, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/alecthomas/chroma/v2").Output()
	if err != nil {
		return fmt.Errorf("find chroma: %w", err)
	}
	licence, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "COPYING"))
	if err != nil {
		return fmt.Errorf("read the licence: %w", err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	add := func(name string, data []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	all := slices.Clone(lexers.GlobalLexerRegistry.Lexers)
	slices.SortFunc(all, func(a, b chroma.Lexer) int { return strings.Compare(a.Config().Name, b.Config().Name) })
	var index strings.Builder
	n := 0
	for _, l := range all {
		c := l.Config()
		data, err := rules(l)
		if err != nil {
			fmt.Fprintf(os.Stderr, "without %s: %v\n", c.Name, err)
			continue
		}
		file := fmt.Sprintf("%d.xml", n)
		if err := add(file, data); err != nil {
			return err
		}
		n++
		priority := c.Priority
		if priority == 0 {
			priority = 1
		}
		fmt.Fprintf(&index, "%s\t%s\t%g\t%s\t%s\t%s\n", c.Name, file, priority,
			strings.Join(c.Aliases, " "), strings.Join(c.Filenames, " "), strings.Join(c.AliasFilenames, " "))
	}
	if err := add("COPYING", licence); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.WriteFile("lexers.tsv", []byte(index.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// rules is a lexer as data. A lexer that is written in Go has no such form.
func rules(l chroma.Lexer) ([]byte, error) {
	r, ok := l.(*chroma.RegexLexer)
	if !ok {
		return nil, fmt.Errorf("%T is no set of rules", l)
	}
	raw, err := r.Rules()
	if err != nil {
		return nil, err
	}
	data, err := xml.Marshal(&struct {
		XMLName xml.Name       `xml:"lexer"`
		Config  *chroma.Config `xml:"config"`
		Rules   chroma.Rules   `xml:"rules"`
	}{Config: r.Config(), Rules: raw})
	if err != nil {
		return nil, err
	}
	// What was written must be readable, and its rules must compile.
	again, err := chroma.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	if _, err := again.Tokenise(nil, "\n"); err != nil {
		return nil, err
	}
	return data, nil
}
