// Package audit tells what the ledger says in words of operations, and proves it. It is pure: it works on the entries
// that were read, on what [change.Fold] makes of them, and on rules that its caller looks up.
//
// An [Account] is one thing that happened, in a line. A [Report] is what an auditor or a post-mortem wants of a period.
// [Verify] decides again whether each run was allowed when it began, and [Explain] prints the commands
// with which anybody can convince themselves without plumb.
package audit

import (
	"slices"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

// Kind is what an account is about. For most it is the verb of the entry.
type Kind string

// The kinds. An entry whose verb is none of these keeps it as its kind.
const (
	Sealed    Kind = "seal"
	Approved  Kind = "approve"
	Refused   Kind = "refuse"
	Withdrawn Kind = "withdraw"
	Abandoned Kind = "abandon"
	Voided    Kind = "void"
	Begun     Kind = "intent"
	Ended     Kind = "outcome"
	Checked   Kind = "check"   // What checks had said when somebody approved or carried out a change.
	Glass     Kind = "glass"   // A run that began although rules were not met.
	Held      Kind = "hold"    // A person holds something, or a rollback the environment.
	Lifted    Kind = "lift"    // A person lifted a hold, or a deploy that of a rollback.
	Adopted   Kind = "adopt"   // What was live was taken over into git.
	Damaged   Kind = "problem" // A log that cannot be believed from some entry on.
)

// Kinds are all kinds in the order of the life of a change.
func Kinds() []Kind {
	return []Kind{Sealed, Checked, Approved, Refused, Withdrawn, Abandoned, Voided, Begun, Glass, Ended, Held, Lifted, Adopted, Damaged}
}

// isKnown reports whether the kind is one of [Kinds].
func (k Kind) isKnown() bool { return slices.Contains(Kinds(), k) }

// Account is one thing that happened.
type Account struct {
	Kind        Kind
	At          time.Time // Zero for a problem: nobody can say when.
	By          model.Principal
	Environment string // As the entry says it, sanitised; this and the next two are empty where it says nothing.
	Change      model.ChangeID
	Run         model.RunID
	Outcome     model.Outcome // Of a run that ended.
	Text        text.Safe     // What happened, in one line.
	Loud        bool          // It is not to be overlooked.
	Key         string        // The fingerprint of the key that signed the entry; empty where nothing did.
	Not         text.Safe     // Why the entry does not count; empty where it does.
	Log         string        // The ref of the log.
	Entry       *ledger.Entry // What proves it; nil for a problem.
}

// Signed reports whether the entry carries a signature over exactly what it says. Whether the key counts is another matter: see Not.
func (a Account) Signed() bool { return a.Key != "" }

// Counts reports whether the entry had the effect that it speaks of.
func (a Account) Counts() bool { return a.Not.IsEmpty() }

// ID is the id of the entry; empty for a problem.
func (a Account) ID() model.Hash {
	if a.Entry == nil {
		return ""
	}
	return a.Entry.ID
}

// Book is the ledger, told.
type Book struct {
	Accounts []Account // Problems first, then newest first.
	Entries  []ledger.Entry
	Problems []ledger.Problem
	Record   change.Record

	changes map[model.ChangeID]*model.Change
	runs    map[model.RunID]*model.Run
}

// Tell tells what the entries say, which are oldest first as [ledger.Ledger.Read] answers them, given the record that was folded from
// them. The time that it takes grows with their number, and not faster.
func Tell(entries []ledger.Entry, problems []ledger.Problem, record change.Record) Book {
	t := newTelling(record, len(entries))
	for i := range entries {
		t.tell(&entries[i])
	}
	for _, p := range problems {
		t.told = append(t.told, Account{Kind: Damaged, Loud: true, Log: p.Log, Text: text.Line("the log " + p.Log + " cannot be believed: it " + secret.MaskText(p.What))})
	}
	slices.Reverse(t.told)
	return Book{Accounts: t.told, Entries: entries, Problems: problems, Record: t.record, changes: t.changes, runs: t.runs}
}

// Change is a change of the record; nil where nobody sealed one of that id.
func (b Book) Change(id model.ChangeID) *model.Change { return b.changes[id] }

// foreign is text of others for one line: sanitised, and without the secrets that somebody may have written into it.
func foreign(s string) string { return text.Line(secret.MaskText(s)).String() }

// who is what people are called: their name, or else their address.
func who(p model.Principal) string {
	if s := foreign(p.Name.String()); s != "" {
		return s
	}
	if s := foreign(p.Email.String()); s != "" {
		return s
	}
	return "somebody"
}

// Sign stands beside the text, because colour is never the only sign.
func (a Account) Sign() text.Safe {
	switch a.Kind {
	case Sealed:
		return text.Lit("◆")
	case Approved:
		return text.Lit("✓")
	case Refused:
		return text.Lit("✗")
	case Withdrawn:
		return text.Lit("↶")
	case Checked:
		return text.Lit("≡")
	case Abandoned:
		return text.Lit("-")
	case Voided:
		return text.Lit("∅")
	case Begun:
		return text.Lit("▸")
	case Held:
		return text.Lit("‖")
	case Lifted:
		return text.Lit("↑")
	case Adopted:
		return text.Lit("←")
	case Glass, Damaged:
		return text.Lit("!")
	case Ended:
		switch a.Outcome {
		case model.RunApplied:
			return text.Lit("●")
		case model.RunPartial:
			return text.Lit("◑")
		case model.RunFailed:
			return text.Lit("○")
		}
	}
	return text.Lit("?")
}

// Signature says in words whether the entry is signed, and by which key.
func (a Account) Signature() string {
	switch {
	case a.Entry == nil:
		return ""
	case a.Key == "":
		return "not signed"
	}
	return "signed by " + a.Key
}

// derived reports whether the account is about what an entry says or brings about beside its verb, so that another account is
// about the entry itself.
func (a Account) derived() bool {
	return a.Entry != nil && a.Kind != Glass && a.Kind != kindOf(a.Entry)
}

// kindOf is the verb of an entry as a kind.
func kindOf(e *ledger.Entry) Kind { return Kind(text.Line(string(e.Verb)).String()) }

// Run is a run of the record; nil where none of that id began.
func (b Book) Run(id model.RunID) *model.Run { return b.runs[id] }
