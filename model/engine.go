package model

// ObserveRequest asks for the live state of a target beside git's.
type ObserveRequest struct {
	Environment string
	Target      Target
	Tracked     Snapshot // What git wants now.
	Applied     Snapshot // What was last applied; zero where that is not known.
}

// PlanRequest asks for the steps to a revision.
type PlanRequest struct {
	Environment string
	Target      Target
	Want        Snapshot  // Where to go.
	Applied     Snapshot  // What was last applied: files in it that Want lacks are deleted. May be zero.
	Only        []Address // If not empty, no other resource is touched.
	KeepDrift   bool      // Resources that Applied and Want agree on are left alone: drift is for its own verbs.
}

// AdoptRequest asks for the edits that make git say what is live.
type AdoptRequest struct {
	Environment string
	Target      Target
	Base        Snapshot   // The revision that the edits are made on.
	Resources   []Resource // With Live loaded; the provider observed them.
}
