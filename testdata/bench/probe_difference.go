package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"plumb/model/diff"
	"plumb/model/structure"
)

// comparisons are the probes that compare two files, by what they do with them.
var comparisons = map[string]func(name string, old, new []byte) error{
	"lines": func(name string, old, new []byte) error {
		_, err := io.Discard.Write(diff.Unified(name, name, old, new, 3))
		return err
	},
	"drawing": func(name string, old, new []byte) error {
		if f := diff.Text(old, new, diff.Options{Path: name}); len(f.Blocks) == 0 {
			return fmt.Errorf("%s: no difference", name)
		}
		return nil
	},
	"structure": func(name string, old, new []byte) error {
		format, ok := structure.FormatOf(name)
		if !ok {
			return fmt.Errorf("%s: no structure", name)
		}
		_, err := structure.Compare(format, old, new)
		return err
	},
}

// probeComparison compares two files as often as it is told, and reads them each time.
func probeComparison(compare func(string, []byte, []byte) error, oldFile, newFile string, in io.Reader, out io.Writer) error {
	answers := json.NewEncoder(out)
	for questions := bufio.NewScanner(in); questions.Scan(); {
		var q question
		if err := json.Unmarshal(questions.Bytes(), &q); err != nil {
			return err
		}
		var took times
		for range q.Times {
			runtime.GC() // What the one before left is not this one's.
			start := time.Now()
			old, err := os.ReadFile(oldFile)
			if err != nil {
				return err
			}
			new, err := os.ReadFile(newFile)
			if err != nil {
				return err
			}
			if err := compare(newFile, old, new); err != nil {
				return err
			}
			took = append(took, time.Since(start))
		}
		if err := answers.Encode(probed{What: asked, Times: took}); err != nil {
			return err
		}
	}
	return nil
}
