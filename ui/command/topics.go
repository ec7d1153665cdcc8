package command

import (
	"fmt"
	"strings"

	"plumb/model/filter"
	"plumb/ui/headless"
)

const exitTopic = `Exit codes

  0  fine
  1  error: what was asked for could not be done, or makes no sense
  2  differences: plumb status, plumb diff and plumb compare found that something differs, or a check
     of plumb check has not passed, or plumb audit verify objects to something
  3  refused: not approved, against the rules, read-only, or the repository is not trusted
  4  the outcome is unknown or partial: an apply that did not come to a good end, or a look at
     reality that could not see everything and found no difference in what it saw

Errors go to standard error, as a line "error: …", and where there is a way out a line "hint: …". Standard output holds the
answer and nothing else, with and without --json.`

const wordsTopic = `Words

  environment   a place where the infrastructure is real: production
  target        what one engine plans and applies: a set of hosts
  provider      the adapter to one engine: hosts
  resource      one thing of a target, by its address: web-2:/etc/nginx/nginx.conf
  stage         what was picked so far for the next change; it costs nothing and changes nothing
  change        a sealed plan with a reason; it is approved, applied, rolled back
  approval      one person's word on exactly one change
  run           one execution of a change
  drift         live is neither what was applied nor what git wants
  restore       drift goes: git wins
  adopt         drift stays: live wins and becomes a commit

How a resource stands to git

  in sync       live is as git wants it
  pending       live is as it was applied; git has moved on, somebody's commit waits
  drifted       live is neither: somebody's hand, or something broken
  missing       git wants it, and it is not there
  extra         it is there, and git does not want it
  unknown       nobody can say, for the reason given; never taken for in sync

Whether a step can be taken back

  clean         exactly
  disruptive    with an interruption or a risk on the way
  lossy         only with loss, unless there is a backup
  final         not at all
  unknown       no rule knows; counts as worse than lossy

A step that can lock you out of a host (sshd, firewall, network, PAM, sudoers, boot) is carried out last there. Over
ssh, the host keeps the earlier files and takes the step back by itself, unless a new connection confirms
within the time that the plan shows: confirm_within in plumb.yaml. A directory of this machine has no such guard.

A revision is whatever git knows, and also live:ENV for what is applied to an environment and
git:ENV for what git wants there.`

const sharingTopic = `Sharing the record

Changes, approvals, refusals and runs are kept in git, in one log for each person, key and clone, and the remote of
the team replicates them: that of the branch which an environment tracks, or origin. Two who work offline never conflict.
plumb exchanges by itself

  before        a change is approved or applied
  after         something was recorded; where that fails, "not shared yet" is said, and the exit code stays
  meanwhile     on the screen, at its start, once a minute while you are active, and with f
  plumb sync    at once, and says what came and went

share: false in config.yaml leaves it to plumb sync. No question is asked: git fetch has to work without a password. A
repository that is not trusted is not shared, and one that is read-only here gives nothing.

What a remote has is fetched aside and read by the rules of the record before any of it counts. A log that is shorter
than it was, or was deleted, forked or replaced, is not taken over: what is here stays, it is said, and where approvals
or signatures are asked for nothing is applied until it is whole again, or somebody breaks the glass.

Nothing is applied twice. A run takes a lock on the remote before it is announced, and gives it back with its outcome:
whoever comes second is told who is at work. The lock only ever goes forward, so it works where a host lets nobody rewind
a branch. Where the remote is out of reach, what needs approvals or signatures is refused (the rule "shared"), and
everything else goes on and says that nobody else is kept out. A lock whose process is gone is taken over
by its own clone; elsewhere the refusal prints the command that frees it.

A host that takes branches only, or that is to protect the record as it protects branches, needs a line in plumb.yaml:

  ledger: refs/heads/plumb/

Everybody has to have it; a record that began under another name is not moved.`

// filterTopic lists the words of the filter language, from the package that reads it.
func filterTopic() string {
	var b strings.Builder
	b.WriteString(`Filter

The words behind / in History and those of plumb log are the same. All of them have to hold; ! before one turns it round.

`)
	words := filter.Words()
	column := 0
	for _, w := range words {
		column = max(column, len(w.Example))
	}
	for _, w := range words {
		fmt.Fprintf(&b, "  %-*s  %s\n", column, w.Example, w.About)
	}
	b.WriteString(`
On the screen, what matches is listed while it is typed, and tab completes a word. Merges that are one row stand for
what they brought. n and N go from match to match in all of history, & lists the matches alone again, backspace takes the last
word away, and esc all of them.`)
	return b.String()
}

func jsonTopic() string {
	var b strings.Builder
	b.WriteString(`JSON documents

With --json, standard output holds exactly one document, and errors and progress go to standard error.
Each document says what it is in "schema". Within a version, fields may be added; none is renamed, removed or
given another meaning. Lists are never null. Times are RFC 3339 in UTC. A time or revision that is not known is
an empty string. Text of others is sanitised, and secrets are masked, as on screen.

`)
	for _, name := range headless.SchemaNames() {
		fmt.Fprintf(&b, "  plumb.%s/1\n", name)
	}
	b.WriteString("\nplumb help json status prints the JSON schema of plumb.status/1.")
	return b.String()
}
