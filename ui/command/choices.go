package command

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"plumb/gitops/statefile"
	"plumb/model"
	"plumb/ui"
)

// choicesFile keeps how the operator wants differences to be shown, from one session to the next. What they wrote into
// their config.yaml stands above it.
type choicesFile string

func choicesIn(stateDir string) choicesFile {
	return choicesFile(filepath.Join(stateDir, "screen.json"))
}

// load reads the choices. A file that is not there, or that cannot be read, has made none: nothing depends on it.
func (f choicesFile) load() ui.Choices {
	var c ui.Choices
	if data, err := os.ReadFile(string(f)); err != nil || json.Unmarshal(data, &c) != nil {
		return ui.Choices{}
	}
	return c
}

// save replaces the file as a whole, so that a screen that is opened meanwhile never reads half of it.
func (f choicesFile) save(c ui.Choices) error {
	const hint = "the choice holds until plumb is left; see who may write there"
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep how differences are shown: %w", err)
	}
	if err := statefile.Write(string(f), append(data, '\n')); err != nil {
		return model.WithHint(fmt.Errorf("keep how differences are shown: %w", err), hint)
	}
	return nil
}
