// Package request recognises the commits that merged a pull or merge request by the messages that the
// forges write, so that a row of history can be the request rather than its merge.
package request

import (
	"strconv"
	"strings"

	"plumb/model"
	"plumb/model/text"
)

// Request is a pull or merge request as far as the commit that merged it tells.
type Request struct {
	Number int
	Mark   string    // The number as the forge writes it: "#412", or "!412" for a merge request.
	Title  text.Safe // The branch where the message has no title.
	Branch string    // What was merged; empty where the message does not say.
}

// Of is the request that a commit merged, by a merge commit or squashed into one. A message is believed, and
// people can write whatever they like into one: show it, but decide nothing by it.
func Of(c model.Commit) (Request, bool) {
	m := message{subject: strings.TrimSpace(c.Subject.String()), body: c.Body.String()}
	r, ok := written(message{withoutTicket(m.subject), m.body})
	// The first commit of a repository merged nothing, whatever number stands at its end.
	if !ok && len(c.Parents) > 0 {
		r, ok = suffixed(m)
	}
	if !ok {
		return Request{}, false
	}
	if r.title == "" {
		r.title = r.branch
	}
	if r.title == "" {
		r.title = r.mark
	}
	return Request{Number: r.number, Mark: r.mark, Title: text.Line(r.title), Branch: r.branch}, true
}

// IsUsedIn reports whether a repository merges requests with merge commits, given its newest commits by first
// parent, of which it looks at a hundred: at least two of them did, and those are five or a tenth.
func IsUsedIn(newest []model.Commit) bool {
	newest = newest[:min(len(newest), 100)]
	merges := 0
	for _, c := range newest {
		if len(c.Parents) < 2 {
			continue
		}
		if _, ok := Of(c); ok {
			merges++
		}
	}
	return merges >= 2 && (merges >= 5 || 10*merges >= len(newest))
}

// message is a commit's, and found what was read in it.
type message struct{ subject, body string }

type found struct {
	number              int
	mark, title, branch string
}

// forms are what the forges write, by the first word of the subject.
var forms = map[string]func(message) (found, bool){
	"Merge":  merge,
	"Merged": merged,
	"Pull":   pull,
}

func written(m message) (found, bool) {
	word, _, _ := strings.Cut(m.subject, " ")
	if read, ok := forms[word]; ok {
		return read(m)
	}
	return found{}, false
}

// withoutTicket drops the "[OPS-13] " that people put before what the forge proposed.
func withoutTicket(subject string) string {
	if _, rest, ok := strings.Cut(subject, "] "); ok && subject[0] == '[' {
		return rest
	}
	return subject
}

func merge(m message) (found, bool) {
	if rest, ok := strings.CutPrefix(m.subject, "Merge pull request "); ok {
		if strings.HasPrefix(rest, "'") {
			return gitea(rest)
		}
		return pullRequest(rest, m.body)
	}
	for _, start := range []string{"Merge branch '", "Merge remote-tracking branch '"} {
		if rest, ok := strings.CutPrefix(m.subject, start); ok {
			return gitlab(rest, m.body)
		}
	}
	return found{}, false
}

// pullRequest reads GitHub's "#123 from owner/branch", and "#12 in PROJ/repo from branch to master", as
// Bitbucket Server wrote it before version 6.
func pullRequest(rest, body string) (found, bool) {
	id, rest, _ := strings.Cut(rest, " ")
	r, ok := numbered(id)
	if !ok {
		return found{}, false
	}
	if place, ok := strings.CutPrefix(rest, "in "); ok {
		_, branches, _ := strings.Cut(place, " from ")
		r.branch = beforeLast(branches, " to ")
		r.title = titleOf(body)
		return r, true
	}
	from, ok := strings.CutPrefix(rest, "from ")
	if !ok {
		return found{}, false
	}
	r.branch = from
	if _, branch, ok := strings.Cut(from, "/"); ok {
		r.branch = branch
	}
	r.title = titleOf(body)
	return r, true
}

// gitea reads "'Title' (#12) from branch into main", as Gitea and Forgejo write it. For a fork the branch
// follows its owner and a colon.
func gitea(rest string) (found, bool) {
	// A title may contain anything, this form too: the last number is the one.
	at := max(strings.LastIndex(rest, "' (#"), strings.LastIndex(rest, "' (!"))
	if at < 1 {
		return found{}, false
	}
	id, branches, ok := strings.Cut(rest[at+len("' ("):], ")")
	r, isNumber := numbered(id)
	from, isFrom := strings.CutPrefix(branches, " from ")
	if !ok || !isNumber || !isFrom {
		return found{}, false
	}
	r.title = strings.TrimSpace(rest[1:at])
	r.branch = beforeLast(from, " into ")
	if _, branch, ok := strings.Cut(r.branch, ":"); ok {
		r.branch = branch
	}
	return r, true
}

// gitlab reads "branch' into 'main'". Only the line at the end of the body makes a request of it: git itself
// writes the same subject.
func gitlab(rest, body string) (found, bool) {
	branch, _, ok := strings.Cut(rest, "'")
	if !ok {
		return found{}, false
	}
	const see = "See merge request "
	at := strings.LastIndex("\n"+body, "\n"+see)
	if at < 0 {
		return found{}, false
	}
	line, _, _ := strings.Cut(body[at+len(see):], "\n")
	line = strings.TrimSpace(line)
	mark := strings.LastIndexByte(line, '!')
	if mark < 0 {
		return found{}, false
	}
	r, ok := numbered(line[mark:])
	r.branch, r.title = branch, titleOf(body[:at])
	return r, ok
}

// merged reads Bitbucket Cloud's "Merged in branch (pull request #12)" and "Merged PR 123: Title" of Azure DevOps.
func merged(m message) (found, bool) {
	if rest, ok := strings.CutPrefix(m.subject, "Merged PR "); ok {
		digits, title, _ := strings.Cut(rest, ":")
		r, ok := numbered("#" + digits)
		r.title = strings.TrimSpace(title)
		return r, ok
	}
	rest, ok := strings.CutPrefix(m.subject, "Merged in ")
	at := strings.LastIndex(rest, " (pull request ")
	if !ok || at < 0 || !strings.HasSuffix(rest, ")") {
		return found{}, false
	}
	r, ok := numbered(strings.TrimSuffix(rest[at+len(" (pull request "):], ")"))
	r.branch, r.title = rest[:at], titleOf(m.body)
	return r, ok
}

// pull reads Bitbucket Server's "Pull request #12: Title", whose body names the branch.
func pull(m message) (found, bool) {
	rest, ok := strings.CutPrefix(m.subject, "Pull request ")
	if !ok {
		return found{}, false
	}
	id, title, isTitled := strings.Cut(rest, ":")
	r, ok := numbered(id)
	if !ok || !isTitled {
		return found{}, false
	}
	r.title = strings.TrimSpace(title)
	for line := range strings.SplitSeq(m.body, "\n") {
		if place, ok := strings.CutPrefix(line, "Merge in "); ok {
			if _, branches, ok := strings.Cut(place, " from "); ok {
				r.branch = beforeLast(branches, " to ")
				break
			}
		}
	}
	return r, true
}

// suffixed reads "Title (#123)", as forges write for what they squash, and for merges where a repository
// wants the title of the request as the subject.
func suffixed(m message) (found, bool) {
	s, ok := strings.CutSuffix(m.subject, ")")
	at := strings.LastIndex(s, " (")
	if !ok || at < 0 {
		return found{}, false
	}
	r, ok := numbered(s[at+len(" ("):])
	r.title = strings.TrimSpace(s[:at])
	return r, ok && r.title != ""
}

// numbered reads "#12" or "!12". Numbers that start with a zero are something else's, as those with more
// digits than any forge has counted to.
func numbered(id string) (found, bool) {
	if len(id) < 2 || len(id) > 10 || id[0] != '#' && id[0] != '!' || id[1] < '1' || id[1] > '9' {
		return found{}, false
	}
	n, err := strconv.Atoi(id[1:])
	return found{number: n, mark: id}, err == nil
}

// titleOf is the first line of a body that can be the title of a request.
func titleOf(body string) string {
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		// Where there was no title, what follows begins at once: what is closed, who approved, or the commits.
		case strings.HasPrefix(line, "Closes "), strings.HasPrefix(line, "* commit '"), strings.HasPrefix(line, "# By "), isTrailer(line):
			return ""
		}
		return line
	}
	return ""
}

// isTrailer reports a line such as "Approved-by: Ann". A title such as "fix: this" has no hyphen before its colon.
func isTrailer(line string) bool {
	key, _, ok := strings.Cut(line, ": ")
	return ok && !strings.Contains(key, " ") && (strings.HasSuffix(key, "-by") || strings.HasSuffix(key, "-on"))
}

// beforeLast is what stands before the last sep, or all of it.
func beforeLast(s, sep string) string {
	if at := strings.LastIndex(s, sep); at >= 0 {
		return s[:at]
	}
	return s
}
