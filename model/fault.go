package model

import (
	"errors"
	"fmt"
)

// The classes of error that decide the exit code. Wrap them; anything else is an ordinary error.
var (
	// ErrRefused wraps what plumb will not do: not approved, against the rules, read-only, not trusted.
	ErrRefused = errors.New("refused")
	// ErrUncertain wraps an outcome that is partial or not known.
	ErrUncertain = errors.New("outcome uncertain")
)

// hinted is an error that knows a way out.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// WithHint adds what a person can do about err. It is nil for a nil err.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return hinted{err, fmt.Sprintf(format, args...)}
}

// Hint is the way out that belongs to err, or empty.
func Hint(err error) string {
	if h, ok := errors.AsType[hinted](err); ok {
		return h.hint
	}
	return ""
}

// Refuse is an error of the class [ErrRefused] with its own words and a way out.
func Refuse(hint, format string, args ...any) error {
	return WithHint(refusal{fmt.Sprintf(format, args...)}, "%s", hint)
}

// refusal reads as its own words; that it was refused is its class.
type refusal struct{ words string }

func (r refusal) Error() string        { return r.words }
func (r refusal) Is(target error) bool { return target == ErrRefused }
