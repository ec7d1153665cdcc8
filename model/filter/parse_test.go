package filter

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
)

// now is a Wednesday afternoon in summer time.
var now = time.Date(2026, 8, 12, 15, 30, 0, 0, berlin)

var berlin = mustLoad("Europe/Berlin")

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func TestWordsAreUnderstood(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []Term
		chips string // How the filter is written again; the same as typed if empty.
	}{
		{typed: "", want: nil},
		{typed: "  \t ", want: nil, chips: " "},
		{typed: "nginx", want: []Term{{Kind: Text, Value: "nginx"}}},
		{typed: "load balancer", want: []Term{{Kind: Text, Value: "load"}, {Kind: Text, Value: "balancer"}}},
		{typed: `"load balancer"`, want: []Term{{Kind: Text, Value: "load balancer"}}},
		{typed: `"load bal`, want: []Term{{Kind: Text, Value: "load bal"}}, chips: `"load bal"`},
		{typed: `"say \"hello\" \\ \n"`, want: []Term{{Kind: Text, Value: `say "hello" \ \n`}}, chips: `"say \"hello\" \\ \\n"`},
		{typed: `name="x"`, want: []Term{{Kind: Text, Value: `name="x"`}}},
		{typed: `""`, want: nil, chips: " "},
		{typed: "!word", want: []Term{{Kind: Text, Not: true, Value: "word"}}},
		{typed: `!"two words"`, want: []Term{{Kind: Text, Not: true, Value: "two words"}}},
		{typed: "! word", want: []Term{{Kind: Text, Value: "!"}, {Kind: Text, Value: "word"}}},
		{typed: "!!word", want: []Term{{Kind: Text, Not: true, Value: "!word"}}, chips: `!"!word"`},
		{typed: "-word", want: []Term{{Kind: Text, Value: "-word"}}},
		{typed: "~ngx", want: []Term{{Kind: Fuzzy, Value: "ngx"}}},
		{typed: "!~ngx", want: []Term{{Kind: Fuzzy, Not: true, Value: "ngx"}}},
		{typed: "~", want: []Term{{Kind: Text, Value: "~"}}},
		{typed: "author:ann", want: []Term{{Kind: Author, Value: "ann"}}},
		{typed: "Author:Ann", want: []Term{{Kind: Author, Value: "Ann"}}, chips: "author:Ann"},
		{typed: `author:"Ann Lee"`, want: []Term{{Kind: Author, Value: "Ann Lee"}}},
		{typed: `committer:"Ann L`, want: []Term{{Kind: Committer, Value: "Ann L"}}, chips: `committer:"Ann L"`},
		{typed: "!author:bot", want: []Term{{Kind: Author, Not: true, Value: "bot"}}},
		{typed: "-author:renovate", want: []Term{{Kind: Author, Not: true, Value: "renovate"}}, chips: "!author:renovate"},
		{typed: "path:live/**/*.tf", want: []Term{{Kind: Path, Value: "live/**/*.tf"}}},
		{typed: "file:./hosts/web-1//motd/", want: []Term{{Kind: File, Value: "hosts/web-1/motd"}}, chips: "file:hosts/web-1/motd"},
		{typed: "env:production", want: []Term{{Kind: Environment, Value: "production"}}},
		{typed: "environment:staging", want: []Term{{Kind: Environment, Value: "staging"}}, chips: "env:staging"},
		{typed: "touches:staging", want: []Term{{Kind: Environment, Value: "staging"}}, chips: "env:staging"},
		{typed: "touches:production", want: []Term{{Kind: Is, Value: IsProduction}}, chips: "is:production"},
		{typed: "is:Production", want: []Term{{Kind: Is, Value: IsProduction}}, chips: "is:production"},
		{typed: "target:production/web", want: []Term{{Kind: Target, Value: "production/web"}}},
		{typed: "resource:web-1:/etc/motd", want: []Term{{Kind: Resource, Value: "web-1:/etc/motd"}}},
		{typed: "-Sfoo", want: []Term{{Kind: Adds, Value: "foo"}}, chips: "adds:foo"},
		{typed: "-S foo bar", want: []Term{{Kind: Adds, Value: "foo"}, {Kind: Text, Value: "bar"}}, chips: "adds:foo bar"},
		{typed: "-S author:ann", want: []Term{{Kind: Adds, Value: "author:ann"}}, chips: "adds:author:ann"},
		{typed: `-S "two words"`, want: []Term{{Kind: Adds, Value: "two words"}}, chips: `adds:"two words"`},
		{typed: `-S"two words"`, want: []Term{{Kind: Adds, Value: "two words"}}, chips: `adds:"two words"`},
		{typed: "!-Sfoo", want: []Term{{Kind: Adds, Not: true, Value: "foo"}}, chips: "!adds:foo"},
		{typed: "adds:foo", want: []Term{{Kind: Adds, Value: "foo"}}},
		{typed: `-Gfoo\.bar[0-9]+`, want: []Term{{Kind: Changes, Value: `foo\.bar[0-9]+`}}, chips: `changes:foo\.bar[0-9]+`},
		{typed: `-G "a b|c"`, want: []Term{{Kind: Changes, Value: "a b|c"}}, chips: `changes:"a b|c"`},
		{typed: `changes:[]\]`, want: []Term{{Kind: Changes, Value: `[]\]`}}},
		{typed: "trailer:Reviewed-by", want: []Term{{Kind: Trailer, Key: "Reviewed-by"}}},
		{typed: "trailer:Reviewed-by=", want: []Term{{Kind: Trailer, Key: "Reviewed-by"}}, chips: "trailer:Reviewed-by"},
		{typed: "trailer:Reviewed-by=ann=x", want: []Term{{Kind: Trailer, Key: "Reviewed-by", Value: "ann=x"}}},
		{typed: `trailer:Reviewed-by="Ann Lee"`, want: []Term{{Kind: Trailer, Key: "Reviewed-by", Value: "Ann Lee"}}},
		{typed: `trailer:"Reviewed-by=Ann Lee"`, want: []Term{{Kind: Trailer, Key: "Reviewed-by", Value: "Ann Lee"}}, chips: `trailer:Reviewed-by="Ann Lee"`},
		{typed: "is:merge !is:request -is:live", want: []Term{{Kind: Is, Value: IsMerge}, {Kind: Is, Not: true, Value: IsRequest}, {Kind: Is, Not: true, Value: IsLive}}, chips: "is:merge !is:request !is:live"},
		{typed: "in:v1.0..main", want: []Term{{Kind: Revision, Value: "v1.0..main"}}},
		{typed: `in:"HEAD@{2 days ago}"`, want: []Term{{Kind: Revision, Value: "HEAD@{2 days ago}"}}},

		// What only looks like a key is text, and so is a key that is nearly one.
		{typed: "http://x", want: []Term{{Kind: Text, Value: "http://x"}}},
		{typed: "feat: x", want: []Term{{Kind: Text, Value: "feat:"}, {Kind: Text, Value: "x"}}},
		{typed: "fix(api):", want: []Term{{Kind: Text, Value: "fix(api):"}}},
		{typed: "authr:bob", want: []Term{{Kind: Text, Value: "authr:bob"}}},
		{typed: "-authr:bob", want: []Term{{Kind: Text, Value: "-authr:bob"}}},
		{typed: `"author:bob"`, want: []Term{{Kind: Text, Value: "author:bob"}}},
		{typed: "v1.2..v1.3", want: []Term{{Kind: Text, Value: "v1.2..v1.3"}}},
		{typed: "1.2..1.3", want: []Term{{Kind: Text, Value: "1.2..1.3"}}},
		{typed: "..", want: []Term{{Kind: Text, Value: ".."}}},
		{typed: "2026-08-01", want: []Term{{Kind: Text, Value: "2026-08-01"}}},
		{typed: `"2026-08-01.."`, want: []Term{{Kind: Text, Value: "2026-08-01.."}}},

		// "since" is an ordinary word as well.
		{typed: "since nginx", want: []Term{{Kind: Text, Value: "since"}, {Kind: Text, Value: "nginx"}}, chips: `"since" nginx`},
		{typed: "broken since", want: []Term{{Kind: Text, Value: "broken"}, {Kind: Text, Value: "since"}}, chips: `broken "since"`},
		{typed: `"since" 2h`, want: []Term{{Kind: Text, Value: "since"}, {Kind: Text, Value: "2h"}}},
		{typed: `since "2h"`, want: []Term{{Kind: Text, Value: "since"}, {Kind: Text, Value: "2h"}}, chips: `"since" 2h`},
	} {
		f, err := Parse(c.typed, now)
		if err != nil {
			t.Errorf("%q: %v", c.typed, err)
		}
		if !f.Equal(Filter{c.want}) {
			t.Errorf("%q asks for %+v, want %+v", c.typed, f.Terms, c.want)
		}
		want := c.chips
		switch want {
		case "":
			want = c.typed
		case " ":
			want = ""
		}
		if got := f.String(); got != want {
			t.Errorf("%q is written again as %q, want %q", c.typed, got, want)
		}
		again, err := Parse(f.String(), now)
		if err != nil || !again.Equal(f) {
			t.Errorf("%q does not survive being written as %q: %+v, %v", c.typed, f, again.Terms, err)
		}
	}
}

func TestEveryWordThatIsTaughtIsUnderstood(t *testing.T) {
	for _, w := range Words() {
		f, err := Parse(w.Example, now)
		if err != nil || len(f.Terms) != 1 || f.Terms[0].Kind != w.Kind {
			t.Errorf("%q is %+v, %v; want one term of the kind %s", w.Example, f.Terms, err, w.Kind)
		}
	}
}

func TestTermsKnowWhereTheyStand(t *testing.T) {
	typed := `  é since 2h -S "a b" !author:x  is:bad word`
	f, err := Parse(typed, now)
	var places []string
	for _, term := range f.Terms {
		places = append(places, typed[term.Start:term.End])
	}
	if diff := cmp.Diff([]string{"é", "since 2h", `-S "a b"`, "!author:x", "word"}, places); diff != "" {
		t.Error(diff)
	}
	var wrong *Error
	if !errors.As(err, &wrong) || typed[wrong.Start:wrong.End] != "is:bad" {
		t.Errorf("the error is %+v, want one at is:bad", wrong)
	}
	if got := f.Without(1).String(); got != `é adds:"a b" !author:x word` {
		t.Errorf("without the date it is %q", got)
	}
}

func TestAWordThatCannotBeSaysWhatWouldBeRight(t *testing.T) {
	for _, c := range []struct {
		typed      string
		text, hint string
		unfinished bool
	}{
		{"author:", "author: says nothing to look for", "as in author:ann: part of the author's name or address", true},
		{`path:"" x`, "path: says nothing to look for", "as in path:live/**/*.tf: changes a path, or something below it: * within a directory, ** across", false},
		{"-S", "-S says nothing to look for", "as in adds:max_connections: adds or removes this text; also -S, as in git", true},
		{"before:", "before: says nothing to look for", "as in until:yesterday: committed until the end of; also before:", true},
		{"since:2x", `since: "2x" is no time`, momentHint, false},
		{"since:2", `since: "2" is no time`, momentHint, true},
		{"since:2 x", `since: "2" is no time`, momentHint, false},
		{"until:yest", `until: "yest" is no time`, momentHint, true},
		{"since:2026-02-30", `since: "2026-02-30" is no time`, momentHint, true},
		{"since:99999999y", `since: "99999999y" is no time`, momentHint, false},
		{"2026-13-01..", `"2026-13-01" is no time`, momentHint, false},
		{"2026-08-01..2026-08-3", `"2026-08-3" is no time`, momentHint, true},
		{"2026-08-31..2026-08-01", "2026-08-31..2026-08-01 ends before it begins", "the earlier time comes first, as in 2026-08-01..2026-08-31", false},
		{"1h..2h", "1h..2h ends before it begins", "the earlier time comes first, as in 2h..1h", false},
		{"is:mer", `no commit is "mer"`, "one of merge, request, production, live, pending, signed", true},
		{"is:merged", `no commit is "merged"`, "one of merge, request, production, live, pending, signed", false},
		{"path:a[b", "path:a[b is no glob: a [ is not closed", `write a backslash before a sign that stands for itself, as in path:app/\[id\]`, true},
		{"path:../x", "../x leads out of the repository", "paths start at the root of the repository, as in path:live/production", true},
		{"path:a/../*.tf", "a/../*.tf leads out of the repository", "paths start at the root of the repository, as in path:live/production", true},
		{"file:a/../..", "a/../.. leads out of the repository", "paths start at the root of the repository, as in path:live/production", true},
		{"path::(icase)x", `":(icase)x" begins with a colon, which no path here can`, "write !path:GLOB to exclude paths; git's :(...) is not needed, globs are on already", false},
		{"changes:a(b", "changes: a(b is no regular expression: a ( is not closed", `write a backslash before a sign that stands for itself, as in changes:list\[0\], or use adds: for plain text`, true},
		{"changes:x{", "changes: x{ is no regular expression: a { is not closed", `write a backslash before a sign that stands for itself, as in changes:list\[0\], or use adds: for plain text`, true},
		{`-G *b`, "-G *b is no regular expression: nothing stands before * that could be repeated", `write a backslash before a sign that stands for itself, as in changes:list\[0\], or use adds: for plain text`, true},
		{"trailer:=x", `"" is no key of a trailer`, "letters, digits and hyphens, as in trailer:Reviewed-by or trailer:Reviewed-by=ann", false},
		{"in:--all", `"--all" is no revision`, "as in in:v1.4..main: reachable from a branch, or in a range of revisions", false},
		{"author:a\x00b", "author: has a zero byte in its value, which git cannot look for", "as in author:ann: part of the author's name or address", false},
	} {
		f, err := Parse(c.typed, now)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%q: no error, but %+v", c.typed, f.Terms)
			continue
		}
		if wrong.Text != c.text || model.Hint(err) != c.hint || wrong.Unfinished != c.unfinished {
			t.Errorf("%q:\n got %q, hint %q, unfinished %v\nwant %q, hint %q, unfinished %v",
				c.typed, wrong.Text, model.Hint(err), wrong.Unfinished, c.text, c.hint, c.unfinished)
		}
	}
}

func TestArgumentsAreWordsWhateverTheyContain(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"load balancer"}, `"load balancer"`},
		{[]string{"author:Ann Lee", "since", "2h"}, `author:"Ann Lee" since:2h`},
		{[]string{`author:"Ann Lee"`}, `author:"Ann Lee"`},
		{[]string{`"name": "x"`}, `"\"name\": \"x\""`},
		{[]string{"-S", "is it", "-G", `"a"`}, `adds:"is it" changes:"\"a\""`},
		{[]string{"-Sis it"}, `adds:"is it"`},
		{[]string{"-S", "-author:x"}, `adds:-author:x`},
		{[]string{"since:2026-08-01 14:05"}, "since:2026-08-01T14:05"},
		{[]string{"!author:bot", "-author:renovate", ""}, "!author:bot !author:renovate"},
		{[]string{"trailer:Reviewed-by=Ann Lee"}, `trailer:Reviewed-by="Ann Lee"`},
	} {
		f, err := ParseArgs(c.args, now)
		if err != nil || f.String() != c.want {
			t.Errorf("%q is %s, %v; want %s", c.args, f, err, c.want)
		}
	}
	f, err := ParseArgs([]string{"a b", "since", "2h", "is:x"}, now)
	var wrong *Error
	if !errors.As(err, &wrong) || wrong.Unfinished || wrong.Start != 13 || wrong.End != 17 {
		t.Errorf("the error is %+v, want a finished one from 13 to 17", wrong)
	}
	if d := f.Terms[1]; d.Start != 4 || d.End != 12 {
		t.Errorf("the date stands from %d to %d, want 4 to 12", d.Start, d.End)
	}
}

func FuzzParse(f *testing.F) {
	for _, w := range Words() {
		f.Add(w.Example, 3)
		f.Add("!"+w.Example+` "x`, 0)
	}
	for _, s := range []string{`-S "a\"`, "since 2h until", "trailer:a=\"", "2026-08-01..14:05", "path:[[:alpha:]-]**/\\*", "~\"\\", "\xff!\xc2\xa0"} {
		f.Add(s, len(s))
	}
	f.Fuzz(func(t *testing.T, s string, cursor int) {
		filter, err := Parse(s, now)
		var wrong *Error
		if errors.As(err, &wrong) && (wrong.Start < 0 || wrong.End > len(s) || wrong.Start >= wrong.End || wrong.Text == "" || wrong.Hint == "") {
			t.Errorf("%q: the error is %+v", s, wrong)
		}
		for _, term := range filter.Terms {
			if term.Start < 0 || term.End > len(s) || term.Start >= term.End {
				t.Errorf("%q: %+v stands nowhere", s, term)
			}
			term.MatchPath(s)
		}
		again, err := Parse(filter.String(), now)
		if err != nil || !again.Equal(filter) {
			t.Errorf("%q is written as %q and read as %+v, %v", s, filter, again.Terms, err)
		}
		for _, r := range filter.Highlights(s) {
			if r[0] < 0 || r[1] > len(s) || r[0] >= r[1] {
				t.Errorf("%q: %v is no place in it", s, r)
			}
		}
		for _, c := range Complete(s, cursor, func(Kind) []string { return []string{s} }) {
			if c.Start < 0 || c.End > len(s) || c.Start > c.End {
				t.Errorf("%q: %+v is no place in it", s, c)
			}
		}
		args, err := ParseArgs([]string{s, s}, now)
		if again, _ := Parse(args.String(), now); err == nil && !again.Equal(args) {
			t.Errorf("%q as an argument is written as %q and read as %+v", s, args, again.Terms)
		}
	})
}
