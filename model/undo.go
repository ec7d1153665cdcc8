package model

import "fmt"

// UndoClass says whether a step can be taken back.
type UndoClass int

// The undo classes, from harmless to worst. Unknown counts as lossy wherever a
// rule asks for the worst class; the zero value is Unknown, so that a
// step nobody classified is never taken for a clean one.
const (
	UndoUnknown    UndoClass = iota // No rule knows.
	UndoClean                       // Taking it back restores exactly what was.
	UndoDisruptive                  // It can be taken back, with an interruption or a risk on the way.
	UndoLossy                       // Data or identity is lost unless there is a backup.
	UndoFinal                       // It cannot be taken back.
)

var undoNames = [...]string{"unknown", "clean", "disruptive", "lossy", "final"}

func (c UndoClass) String() string { return undoNames[c] }

// MarshalText writes the word for the class.
func (c UndoClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the word for a class.
func (c *UndoClass) UnmarshalText(b []byte) error {
	for i, name := range undoNames {
		if name == string(b) {
			*c = UndoClass(i)
			return nil
		}
	}
	return fmt.Errorf("undo class %q is none of clean, disruptive, lossy, final, unknown", b)
}

// weight orders the classes for WorseThan: unknown stands beside lossy, a little above it.
func (c UndoClass) weight() int {
	return [...]int{UndoClean: 0, UndoDisruptive: 1, UndoLossy: 2, UndoUnknown: 3, UndoFinal: 4}[c]
}

// WorseThan reports whether c is harder to take back than d.
func (c UndoClass) WorseThan(d UndoClass) bool { return c.weight() > d.weight() }

// Undo is a class with the reason for it.
type Undo struct {
	Class   UndoClass `json:"class"`
	Reason  string    `json:"reason"`
	LockOut bool      `json:"lock_out,omitempty"` // The step can shut the operator out of the host.
}

// WorstUndo is the hardest of the steps' undo classes; clean for no steps.
func WorstUndo(steps []Step) Undo {
	worst := Undo{Class: UndoClean, Reason: "nothing to take back"}
	for i, s := range steps {
		if i == 0 || s.Undo.Class.WorseThan(worst.Class) {
			worst = s.Undo
		}
	}
	return worst
}
