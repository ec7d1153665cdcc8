package runner

import (
	"context"
	"errors"

	"plumb/model"
)

// said is one line from a runner to its viewers. One of the fields is set.
type said struct {
	Hello    *Info        `json:"hello,omitempty"`
	Event    *model.Event `json:"event,omitempty"`
	Stopping bool         `json:"stopping,omitempty"` // Somebody asked for an end.
	End      *ending      `json:"end,omitempty"`
}

// asked is one line from a viewer to the runner.
type asked struct {
	Go   bool `json:"go,omitempty"`   // Begin. Only who started the runner says it.
	Stop bool `json:"stop,omitempty"` // Come to an end after what is being done now.
}

// ending is what [plumb/gitops/workspace.Workspace.Apply] answered.
type ending struct {
	Run   model.Run `json:"run"`
	Error *fault    `json:"error,omitempty"`
}

// fault is an error on its way to another process: its words, the way out and the classes on which anything depends.
type fault struct {
	Words     string `json:"words"`
	Way       string `json:"hint,omitempty"`
	Refused   bool   `json:"refused,omitempty"`
	Uncertain bool   `json:"uncertain,omitempty"`
	Canceled  bool   `json:"canceled,omitempty"`
}

func newFault(err error) *fault {
	if err == nil {
		return nil
	}
	return &fault{
		Words: err.Error(), Way: model.Hint(err),
		Refused: errors.Is(err, model.ErrRefused), Uncertain: errors.Is(err, model.ErrUncertain), Canceled: errors.Is(err, context.Canceled),
	}
}

// err is the error as it was there, as far as anybody can tell the difference.
func (f *fault) err() error {
	if f == nil {
		return nil
	}
	if f.Way == "" {
		return f
	}
	return model.WithHint(f, "%s", f.Way)
}

func (f *fault) Error() string { return f.Words }

// Is answers for the classes that came along.
func (f *fault) Is(target error) bool {
	switch target {
	case model.ErrRefused:
		return f.Refused
	case model.ErrUncertain:
		return f.Uncertain
	case context.Canceled:
		return f.Canceled
	}
	return false
}
