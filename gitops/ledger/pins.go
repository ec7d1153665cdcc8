package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"plumb/gitops/statefile"
	"plumb/model"
)

// pins are the last entries that were believed, by log. They are kept in a private file outside of the repository: whoever can
// rewind a log there could rewind a pin beside it as well.
type pins struct {
	tips   map[string]model.Hash
	loaded bool
}

// load reads the file once.
func (p *pins) load(file string) error {
	if p.loaded || file == "" {
		return nil
	}
	tips, err := readPins(file)
	if err != nil {
		return fmt.Errorf("read what of the ledger was believed: %w", err)
	}
	p.tips, p.loaded = tips, true
	return nil
}

func readPins(file string) (map[string]model.Hash, error) {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	tips := map[string]model.Hash{}
	for line := range strings.Lines(string(data)) {
		ref, id, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !isID(id) {
			return nil, model.WithHint(fmt.Errorf("%s is damaged", file), "look at the logs with plumb audit verify, then delete the file: it is written anew")
		}
		tips[ref] = model.Hash(id)
	}
	return tips, nil
}

// keep writes to the file how far logs were read. What other processes have written to it meanwhile stays.
func (p *pins) keep(file string, logs map[string]chain) error {
	moved := map[string]model.Hash{}
	for ref, log := range logs {
		if log.tip != "" && p.tips[ref] != log.tip {
			moved[ref] = log.tip
		}
	}
	if !p.loaded || len(moved) == 0 {
		return nil
	}
	tips, err := readPins(file)
	if err == nil {
		maps.Copy(tips, moved)
		var b bytes.Buffer
		for _, ref := range slices.Sorted(maps.Keys(tips)) {
			fmt.Fprintf(&b, "%s %s\n", ref, tips[ref])
		}
		err = statefile.Write(file, b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("remember what of the ledger was believed: %w", err)
	}
	maps.Copy(p.tips, moved)
	return nil
}
