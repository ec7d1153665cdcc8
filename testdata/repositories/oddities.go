package repositories

import (
	"fmt"
	"strings"
	"time"
)

// odd is what the oddities remember from one time to the next.
type odd struct {
	next    int // The commit after which the next oddity comes.
	count   int
	round   int // How often the oddity that is told had its turn before.
	graves  []grave
	develop *longLived
	release longLived
	pages   tip
}

// oddity is something unusual that can happen now. One that cannot happen now tells nothing.
type oddity func(*story) error

// oddities happen in turns.
var oddities = []oddity{
	(*story).renameFile, (*story).octopus, (*story).empty, (*story).tagLight, (*story).renamePlace, (*story).crissCross,
	(*story).burst, (*story).removeFile, (*story).evil, (*story).committedLate, (*story).develops, (*story).revert,
	(*story).swapFileAndDirectory, (*story).importRoot, (*story).authoredLate, (*story).link, (*story).withTrailers, (*story).huge,
	(*story).recreateFile, (*story).changeMode, (*story).tagAnnotated, (*story).mergeOfAnotherForge, (*story).renameAndEdit,
	(*story).verbose, (*story).releases, (*story).pointAtRepository, (*story).betweenRequests, (*story).strangePath, (*story).publishes,
	(*story).strangeMessage, (*story).copyFile, (*story).keepOurs, (*story).foreignEncoding, (*story).longRequest, (*story).anonymous,
}

// oddity tells the next oddity, and says when the one after it comes: each of them
// happens some times in a small repository, and once in thousands of commits in a large one.
func (s *story) oddity() error {
	s.odd.next = s.told + min(max(s.shape.Commits/150, 10), 200)
	// Near the end there may be no room for all of its commits.
	if s.left() < 10 {
		return nil
	}
	tell := oddities[s.odd.count%len(oddities)]
	s.odd.round = s.odd.count / len(oddities)
	s.odd.count++
	return tell(s)
}

// onMain tells a commit of somebody on main.
func (s *story) onMain(tree *directory, format string, args ...any) error {
	return s.land(entry{line: mainLine, by: s.somebody(), parents: []tip{s.main}, tree: tree, message: fmt.Sprintf(format, args...) + "\n"})
}

// empty is a commit that changes nothing.
func (s *story) empty() error { return s.onMain(s.main.tree, "Trigger build") }

// burst is some commits of one second, as a script or a rebase makes them.
func (s *story) burst() error {
	for i := range 4 {
		s.quirk.sameAsBack = i
		if err := s.direct(); err != nil {
			return err
		}
	}
	return nil
}

// committedLate is a commit by a machine with a wrong clock: it is older than its parent, or newer than its child.
func (s *story) committedLate() error {
	s.quirk.committed = []time.Duration{time.Hour, -time.Hour, 400 * 24 * time.Hour, -50 * time.Hour, 5 * time.Second}[s.odd.round%5]
	return s.direct()
}

// authoredLate is a commit whose author's clock was wrong, or that waited for years.
func (s *story) authoredLate() error {
	s.quirk.authored = []time.Duration{-48 * time.Hour, 2 * 365 * 24 * time.Hour, -365 * 24 * time.Hour}[s.odd.round%3]
	return s.direct()
}

func (s *story) withTrailers() error {
	s.quirk.trailers = true
	return s.direct()
}

func (s *story) verbose() error {
	s.quirk.long = true
	return s.direct()
}

func (s *story) foreignEncoding() error {
	s.quirk.encoding = "ISO-8859-1"
	return s.direct()
}

// anonymous is a commit whose author has no name, no address, or that says nothing.
func (s *story) anonymous() error {
	s.quirk.nameless = s.odd.round%2 == 0
	s.quirk.emptyMessage = s.odd.round%2 == 1
	return s.direct()
}

// strangeMessages are well-formed for git, and trouble for screens and parsers.
var strangeMessages = []string{
	"Größe der Datenbank erhöht 🚀",
	"修复 production 的内存限制",
	"إصلاح الإعدادات",
	"Combining e\u0301 and zero\u200bwidth and \u202eright to left",
	"\n\n   Starts with blank lines",
	"Colours \x1b[31mred\x1b[0m and a bell\a",
	"Line ends of another system\r\n\r\nBody\r\n",
	"Not UTF-8: caf\xe9",
	"Tab\tin the subject",
	"subject without an empty line\nthat runs on\nfor three lines\n\nand a body",
	"commit 0123456789abcdef0123456789abcdef01234567\nparent none",
	"'$(touch /tmp/owned)' `id` \"; rm -rf / #",
}

// strangeMessage is some commits with strange messages.
func (s *story) strangeMessage() error {
	const some = 4
	for i := range some {
		s.quirk.verbatim = true
		tree := s.edit(s.main.tree, s.layout.place(s.main.tree))
		if err := s.onMain(tree, "%s", strangeMessages[(some*s.odd.round+i)%len(strangeMessages)]); err != nil {
			return err
		}
	}
	return nil
}

// revert takes back the newest commit on main.
func (s *story) revert() error {
	if s.last.before == nil {
		return nil
	}
	of := s.last
	return s.land(entry{
		line: mainLine, by: s.somebody(), parents: []tip{s.main},
		tree:    merge(of.tree, s.main.tree, of.before),
		message: fmt.Sprintf("Revert %q\n", of.subject),
		cites:   cites{of.mark, "\nThis reverts commit %s.\n"},
	})
}

func (s *story) tagLight() error {
	s.out.tags = append(s.out.tags, tag{name: fmt.Sprintf("deployed/%s/%d", environments[s.odd.round%len(environments)], s.told), mark: s.main.mark})
	return nil
}

func (s *story) tagAnnotated() error {
	s.out.tags = append(s.out.tags, tag{
		name: fmt.Sprintf("v1.%d.0", s.odd.round), mark: s.main.mark,
		tagger:  signature{s.somebody(), s.time()},
		message: fmt.Sprintf("Release 1.%d\n\nEverything up to request %d.\n", s.odd.round, s.request),
	})
	return nil
}

// quirkyMessage is a message after what is unusual about the commit.
func (s *story) quirkyMessage(message string, q quirk) string {
	switch {
	case q.emptyMessage:
		return ""
	case q.verbatim:
		return strings.TrimSuffix(message, "\n")
	}
	if q.long {
		message = strings.TrimSuffix(message, "\n") + strings.Repeat(" and what follows from it", 20) + "\n\n"
		for range 400 {
			message += newTopic(s.layout.places[0], s.random).body(s.random)
		}
	}
	if q.trailers {
		by := s.somebody()
		message += fmt.Sprintf("\nRefs: OPS-%d\nChange-Id: I%016x%016x%08x\nSigned-off-by: %s <%s>\n",
			s.random.IntN(10_000), s.random.Uint64(), s.random.Uint64(), s.random.Uint32(), by.name, by.email)
	}
	if q.encoding != "" {
		return latin1("Für später geprüft: " + message)
	}
	return message
}

// latin1 is text in ISO-8859-1, with question marks for what it lacks.
func latin1(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}
