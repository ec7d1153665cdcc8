// Package model is the domain of plumb: what an environment, a resource, a
// plan, a change, an approval and a run are, and the pure functions over them.
//
// It is not a Bubble Tea model. It does no I/O, has no clock and imports
// nothing of plumb but its own subpackages, so every rule in it can be tested
// with values alone. One word stands for one thing in all of plumb; these types
// are those words.
package model
