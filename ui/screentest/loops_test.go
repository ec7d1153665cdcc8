package screentest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// seal gives the draft on the screen a reason and seals it.
func (s *screen) seal(reason string) {
	s.t.Helper()
	s.shows(`Draft`, `ctrl\+y  seal it — a reason is missing`)
	s.write(reason)
	s.shows(regexp.QuoteMeta(reason), `ctrl\+y  seal it; nothing is changed yet`)
	s.press("ctrl+y")
	s.shows(`▌Change  \S+`, ` is (sealed|approved)`)
}

// agree types the environment's name, as production asks for it, and says yes.
func (s *screen) agree(verb, env string) {
	s.t.Helper()
	s.shows(`type `+env+` : `, `then ctrl\+y  `+verb)
	s.write(env)
	s.until("yes offered", func(text string) bool {
		return strings.Contains(text, "ctrl+y  "+verb) && !strings.Contains(text, "then ctrl+y")
	})
	s.press("ctrl+y")
	s.lacks(`type ` + env)
}

// approve judges the selected change of production.
func (s *screen) approve() {
	s.t.Helper()
	s.press("a")
	s.shows(`┌ Approve “.*PRODUCTION`)
	s.agree("approve it", "production")
	s.shows(`▌◐ prd .* approved`, `A applies it`)
}

// apply carries the selected change of production out, and waits until it landed.
func (s *screen) apply() {
	s.t.Helper()
	s.press("A")
	s.shows(`┌ Apply “.*PRODUCTION`)
	s.agree("apply it", "production")
	s.shows(`▌Run \S+ .* → production`, `✓ applied  \d+ of \d+ steps`)
}

// closes presses esc and waits until no dialog is open and the pattern is there.
func (s *screen) closes(pattern string) {
	s.t.Helper()
	s.press("esc")
	re := regexp.MustCompile(pattern)
	s.until(pattern+" and no dialog", func(text string) bool { return !strings.Contains(text, "┌") && re.MatchString(text) })
}

func TestWhatIsMissingOnAHostIsPutBack(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`PRODUCTION  2 drifted`, `∅ web-2  /etc/logrotate\.d/nginx  missing`)
	s.press("2", "g", "j")
	s.shows(`▌Live  production`, `▌ ∅ web-2`, `missing in production`)
	s.press("x")
	s.shows(`Draft  Restore web-2:/etc/logrotate\.d/nginx  for  PRODUCTION`, `\+1 create +undo clean`)
	s.seal("Deleted by mistake")
	s.shows(`▌○ prd Restore web-2:/etc/logrotate\.d/nginx .* sealed`)
	s.approve()
	s.apply()
	s.shows(`✓ web-2:/etc/logrotate\.d/nginx .* written`, `PRODUCTION  1 drifted`)
	s.closes(`▌Change  restore-web-2-\S+ .* applied`)
	s.press("2")
	s.until("the file in sync", func(text string) bool {
		return strings.Contains(text, "▌Live") && !strings.Contains(text, "∅") && strings.Contains(text, "21 in sync")
	})
	w.same("web-2", "/etc/logrotate.d/nginx", "main", "production/web/all/etc/logrotate.d/nginx")
	w.clean()
	s.leaves()
}

func TestWhatWasEditedByHandBecomesACommit(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	edited := w.read(w.live("web-2", "/etc/nginx/nginx.conf"))
	before := w.git("rev-parse", "main")
	s := w.open(window{})
	s.shows(`≠ web-2  /etc/nginx/nginx\.conf`)
	s.press("2", "g", "j", "j")
	s.shows(`▌ ≠ web-2  /etc/nginx/nginx\.conf`)
	s.press("m")
	s.shows(`Draft  Adopt web-2:/etc/nginx/nginx\.conf  for  PRODUCTION`, `writes a commit onto main`)
	s.seal("Needed for the sale")
	s.approve()
	s.apply()
	s.shows(`PRODUCTION  1 drifted`)
	s.closes(`▌Change  adopt-web-2`)
	adopted := w.git("log", "-1", "--format=%h", "--abbrev=7", "--no-merges", "main")
	s.press("1")
	s.shows(`▌History  main`, `◆ .*`+adopted+` +now +You +prd Adopt web-2:/etc`)

	changed := strings.Fields(w.git("diff", "--name-only", before, "main"))
	if len(changed) != 1 || w.blob("main", changed[0]) != edited {
		t.Errorf("the commit changes %q, and is not what is live:\n%s", changed, w.git("diff", before, "main"))
	}
	if got := w.read(w.live("web-2", "/etc/nginx/nginx.conf")); got != edited {
		t.Error("adopting the live file changed it")
	}
	w.clean()
	s.leaves()
}

func TestStagingIsBroughtToTheHeadOfMain(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	head := w.git("rev-parse", "--short=7", "main")
	pending := []string{w.commit("Compress JSON answers")[:7], w.commit("Cache product images")[:7]}
	s := w.open(window{})
	s.shows(`staging 2 pending`, `▌◆ +`+head, `◇ +`+pending[0], `· +`+pending[1])
	s.press("e")
	s.shows(`▌dev  in sync ▐`)
	s.press("e")
	s.shows(`▌staging  2 pending ▐`, `─ Live  staging`)
	s.press("d")
	s.shows(`Draft  Deploy `+head+` .* for staging`, `~2 update +undo clean`, `brings 2 commits`)
	s.seal("The shop's new version")
	s.press("A")
	s.shows(`┌ Apply “Deploy.* for staging`, `y  apply it`)
	s.press("y")
	s.shows(`▌Run \S+ .* → staging`, `✓ applied  2 of 2 steps`, `▌staging  in sync ▐`)
	s.closes(`▌✓ stg Deploy ` + head + ` .* applied +now`)
	s.shows(`◆ +`+pending[0]+` .* stg Compress`, `│ +`+pending[1])

	for _, host := range []string{"staging-web", "staging-db"} {
		dir := "staging/" + strings.TrimPrefix(host, "staging-") + "/all"
		for path := range strings.FieldsSeq(w.git("ls-tree", "-r", "--name-only", "main:"+dir)) {
			w.same(host, path, "main", dir+"/"+path)
		}
	}
	w.clean()
	s.leaves()
}

// selects puts the cursor of History on the commit whose subject has the words.
func (s *screen) selects(words string) {
	s.t.Helper()
	s.press("/")
	s.shows(`words, author:`)
	s.write(words)
	s.shows(`/` + words + ` .*1 match`)
	s.press("enter")
	s.shows(`1 match`)
	s.press("n") // In all of history, unfolding the merge that hides it.
	s.shows(`(?m)^▌.*` + words)
}

func TestABadCommitIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	bad := w.bad()
	waiting := w.commit("Slow down who guesses")[:7]
	before := w.git("rev-parse", "main")
	s := w.open(window{})
	s.shows(`PRODUCTION  2 drifted · 5 pending`, `○ prd Deploy `+waiting+` .* sealed`)
	s.selects("Tighten proxy timeouts")
	s.press("R")
	s.shows(`Draft  Roll back .*  for  PRODUCTION`, `comes back exactly +2 +web-1:/etc/nginx/conf\.d/proxy\.conf, web-2:`,
		`a hold on production`, `writes a commit onto main`)
	s.seal("Customers see errors")
	s.approve()
	s.apply()
	s.shows(`PRODUCTION  2 drifted · 5 pending · hold`)
	s.closes(`▌✓ prd Roll back .* applied +now`)
	s.shows(`– prd Deploy `+waiting+` .* void`, `(?m)^ +◆ .*[0-9a-f]{7} +now +You +prd Revert`)

	const path, inGit = "/etc/nginx/conf.d/proxy.conf", "production/web/all/etc/nginx/conf.d/proxy.conf"
	for _, host := range []string{"web-1", "web-2"} {
		w.same(host, path, bad+"^", inGit)
		w.same(host, path, "main", inGit)
	}
	if got := w.git("diff", "--name-only", before, "main"); got != inGit {
		t.Errorf("the way back changes %s", got)
	}
	w.clean()

	s.press("j")
	s.shows(`▌– prd Deploy `+waiting, `production was brought to [0-9a-f]{7} since this was planned`)
	s.press("a")
	s.shows(`! cannot approve: the change is void`)
	s.press("R")
	s.shows(`! cannot roll back: this change was never applied`)
	s.leaves()
}

func TestAColleaguesChangeIsApprovedAndApplied(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	revision := w.commit("Slow down who guesses")
	s := w.open(window{})
	s.shows(`○ prd Deploy `+revision[:7]+` .* sealed`, `PRODUCTION  2 drifted · 5 pending`)
	s.press("3")
	s.shows(`▌○ prd Deploy `+revision[:7], `by Carol Lindqvist`, `✓ the plan still holds`)
	s.press("A")
	s.shows(`! cannot apply: approvals 0 of 1`)
	s.approve()
	s.apply()
	s.shows(`✓ applied  5 of 5 steps`, `PRODUCTION  2 drifted ▐`)
	s.closes(`▌✓ prd Deploy ` + revision[:7] + ` .* applied`)
	for _, f := range []struct{ host, path, inGit string }{
		{"web-1", "/etc/nginx/sites-available/shop.conf", "production/web/all"},
		{"web-2", "/etc/nginx/sites-available/shop.conf", "production/web/all"},
		{"web-1", "/etc/ssl/shop/fullchain.pem", "production/web/all"},
		{"web-2", "/etc/ssl/shop/fullchain.pem", "production/web/all"},
		{"edge-1", "/etc/ssl/shop/fullchain.pem", "production/edge/all"},
	} {
		w.same(f.host, f.path, revision, f.inGit+f.path)
	}
	if _, err := os.Stat(w.live("web-2", "/etc/logrotate.d/nginx")); err == nil {
		t.Error("deploying put back what is missing; nobody asked for that")
	}
	w.clean()
	s.leaves()
}
