package headless

import "plumb/model"

type runDocument struct {
	Schema string `json:"schema"`
	runFields
	Events []eventFields `json:"events"`
}

type runsDocument struct {
	Schema string      `json:"schema"`
	Runs   []runFields `json:"runs"`
}

// runFields is a run; its outcome is empty while it is under way.
type runFields struct {
	ID          model.RunID     `json:"id"`
	Change      model.ChangeID  `json:"change"`
	Environment string          `json:"environment"`
	By          principalFields `json:"by"`
	Host        string          `json:"host"`
	Started     string          `json:"started"`
	Ended       string          `json:"ended"`
	Outcome     string          `json:"outcome"`
	Message     string          `json:"message"`
	Glass       string          `json:"glass"`
	Overruled   []string        `json:"overruled"`
}

type eventFields struct {
	At      string        `json:"at"`
	Target  string        `json:"target"`
	Address model.Address `json:"address"`
	Phase   model.Phase   `json:"phase"`
	Message string        `json:"message"`
	TookMS  int64         `json:"took_ms"`
}

func newRunFields(r model.Run) runFields {
	return runFields{
		ID: r.ID, Change: model.ChangeID(line(string(r.Change))), Environment: line(r.Environment), By: newPrincipalFields(r.By),
		Host: line(r.Host), Started: stamp(r.Started), Ended: stamp(r.Ended), Outcome: string(r.Outcome), Message: r.Message.String(),
		Glass: r.Glass.String(), Overruled: lines(r.Overruled),
	}
}

func newEventFields(events []model.Event) []eventFields {
	list := make([]eventFields, 0, len(events))
	for _, e := range events {
		list = append(list, eventFields{
			At: stamp(e.At), Target: line(e.Target), Address: model.Address(line(string(e.Address))),
			Phase: e.Phase, Message: e.Message.String(), TookMS: e.Took.Milliseconds(),
		})
	}
	return list
}

type versionDocument struct {
	Schema  string `json:"schema"`
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}
