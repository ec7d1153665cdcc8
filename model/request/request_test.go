package request

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
	"plumb/model/text"
)

// commit is one with a whole message and a number of parents.
func commit(parents int, message string) model.Commit {
	subject, body, _ := strings.Cut(message, "\n\n")
	return model.Commit{Subject: text.Clean(subject), Body: text.Clean(body), Parents: make([]model.Hash, parents)}
}

func TestARequestIsRecognisedByItsMessage(t *testing.T) {
	for _, c := range []struct {
		name, message string
		parents       int
		mark, title   string
		branch        string
	}{
		{"GitHub", "Merge pull request #123 from octo/fix-dns\n\nPoint the resolver at the new zone\n", 2, "#123", "Point the resolver at the new zone", "fix-dns"},
		{"GitHub, a branch with slashes", "Merge pull request #7 from octo/renovate/nginx-1.x\n\nUpdate nginx\n\nMore about it.", 2, "#7", "Update nginx", "renovate/nginx-1.x"},
		{"GitHub, without a title", "Merge pull request #123 from octo/fix-dns", 2, "#123", "fix-dns", "fix-dns"},
		{"GitHub, trailers only", "Merge pull request #123 from octo/fix-dns\n\nSigned-off-by: Ann <ann@example.org>", 2, "#123", "fix-dns", "fix-dns"},
		{"GitHub, a conventional title", "Merge pull request #9 from octo/a\n\nfix(api): raise the limit", 2, "#9", "fix(api): raise the limit", "a"},
		{"GitHub, the title as the subject", "Raise the limit (#9)", 2, "#9", "Raise the limit", ""},
		{"GitHub, a squash", "Raise the limit (#123)\n\n* first\n\n* second", 1, "#123", "Raise the limit", ""},
		{"a bot's squash", "chore(deps): update helm release loki to v6 (#4821)", 1, "#4821", "chore(deps): update helm release loki to v6", ""},
		{"a revert of a squash", `Revert "Raise the limit (#123)" (#124)`, 1, "#124", `Revert "Raise the limit (#123)"`, ""},
		{"a squash that names another", "Backport: raise the limit (#123) (#130)", 1, "#130", "Backport: raise the limit (#123)", ""},
		{"a squash that begins as a merge does", "Merge the two clusters (#31)", 1, "#31", "Merge the two clusters", ""},
		{"GitHub, with a ticket before", "[OPS-13] Merge pull request #12 from octo/OPS-13-dns\n\nTitle", 2, "#12", "Title", "OPS-13-dns"},
		{"a ticket before a title", "[OPS-13] Raise the limit (#12)", 1, "#12", "[OPS-13] Raise the limit", ""},
		{"GitLab", "Merge branch 'fix-dns' into 'main'\n\nPoint the resolver at the new zone\n\nCloses #41\n\nSee merge request infra/dns!412\n", 2, "!412", "Point the resolver at the new zone", "fix-dns"},
		{"GitLab, nested groups", "Merge branch '12-x' into 'main'\n\nResolve \"x\"\n\nSee merge request a/b/c/d!3", 2, "!3", `Resolve "x"`, "12-x"},
		{"GitLab, without a project", "Merge branch 'x' into 'master'\n\nTitle\n\nSee merge request !3", 2, "!3", "Title", "x"},
		{"GitLab, without a title", "Merge branch 'x' into 'master'\n\nSee merge request a/b!3", 2, "!3", "x", "x"},
		{"GitLab, what it closes only", "Merge branch 'x' into 'master'\n\nCloses #4\n\nSee merge request a/b!3", 2, "!3", "x", "x"},
		{"GitLab, trailers at the end", "Merge branch 'x' into 'master'\n\nTitle\n\nSee merge request a/b!3\n\nApproved-by: Ann", 2, "!3", "Title", "x"},
		{"GitLab, a description that sees another", "Merge branch 'x' into 'master'\n\nTitle\n\nSee merge request a/b!2\n\nSee merge request a/b!3", 2, "!3", "Title", "x"},
		{"GitLab, a squash", "Raise the limit (!55)", 1, "!55", "Raise the limit", ""},
		{"Bitbucket Cloud", "Merged in feature/dns (pull request #12)\n\nPoint the resolver at the new zone\n\nApproved-by: Ann Lee", 2, "#12", "Point the resolver at the new zone", "feature/dns"},
		{"Bitbucket Cloud, without a title", "Merged in feature/dns (pull request #12)\n\nApproved-by: Ann Lee", 2, "#12", "feature/dns", "feature/dns"},
		{"Bitbucket Cloud, a squash", "Merged in feature/dns (pull request #12)\n\nTitle", 1, "#12", "Title", "feature/dns"},
		{"Bitbucket Server", "Pull request #12: Point the resolver: the new zone\n\nMerge in INFRA/dns from feature/to-dns to master\n\n* commit '0a1b':\n  Point it", 2, "#12", "Point the resolver: the new zone", "feature/to-dns"},
		{"Bitbucket Server, from a fork", "Pull request #12: Title\n\nMerge in INFRA/dns from ~ANN/dns:fix to master", 2, "#12", "Title", "~ANN/dns:fix"},
		{"Bitbucket Server, without a body", "Pull request #12: Title", 2, "#12", "Title", ""},
		{"Bitbucket Server, without a title", "Pull request #12:\n\nMerge in INFRA/dns from fix to master", 2, "#12", "fix", "fix"},
		{"old Bitbucket Server", "Merge pull request #12 in INFRA/dns from feature/dns to master\n\n* commit '0a1b2c':\n  Point the resolver at the new zone", 2, "#12", "feature/dns", "feature/dns"},
		{"old Bitbucket Server with a title", "Merge pull request #12 in INFRA/dns from feature/dns to master\n\nTitle", 2, "#12", "Title", "feature/dns"},
		{"Azure DevOps", "Merged PR 123: Point the resolver at the new zone\n\nRelated work items: #77", 2, "#123", "Point the resolver at the new zone", ""},
		{"Azure DevOps, a squash", "Merged PR 123: Title", 1, "#123", "Title", ""},
		{"Azure DevOps, without anything", "Merged PR 123", 1, "#123", "#123", ""},
		{"Gitea", "Merge pull request 'Point the resolver at the new zone' (#12) from fix-dns into main\n\nReviewed-on: https://git.example.org/infra/dns/pulls/12", 2, "#12", "Point the resolver at the new zone", "fix-dns"},
		{"Forgejo, from a fork", "Merge pull request 'Title' (#12) from ann/dns:fix into main", 2, "#12", "Title", "fix"},
		{"Gitea, a difficult title", "Merge pull request 'Don't say '(#3) from x' (again)' (#12) from into/this into main", 2, "#12", "Don't say '(#3) from x' (again)", "into/this"},
		{"Gitea, requests that are merge requests", "Merge pull request 'Title' (!12) from fix into main", 2, "!12", "Title", "fix"},
		{"a terminal's escape", "Merge pull request #1 from a/b\n\n\x1b]0;owned\x07", 2, "#1", "␛]0;owned␇", "b"},

		{"git's own merge", "Merge branch 'fix-dns' into main", 2, "", "", ""},
		{"git's own merge that mentions one", "Merge branch 'x'\n\nWe See merge request a/b!3", 2, "", "", ""},
		{"a merge of a remote", "Merge remote-tracking branch 'origin/main'", 2, "", "", ""},
		{"an ordinary commit", "Raise the limit", 1, "", "", ""},
		{"an issue in the middle", "Fix (#12) for all", 1, "", "", ""},
		{"an issue without brackets", "Fixes #12", 1, "", "", ""},
		{"nothing but a number", "(#12)", 1, "", "", ""},
		{"a colour", "Paint it (#00ff00)", 1, "", "", ""},
		{"a number with zeros", "Agent (#007)", 1, "", "", ""},
		{"too large a number", "Title (#99999999999999999999)", 1, "", "", ""},
		{"the first commit", "Import (#12)", 0, "", "", ""},
		{"a revert of a merge", `Revert "Merge pull request #1 from a/b"`, 1, "", "", ""},
		{"cut short", "Merge pull request #", 2, "", "", ""},
		{"cut shorter", "Merge pull request", 2, "", "", ""},
		{"without a branch", "Merge pull request #1", 2, "", "", ""},
		{"Gitea's, cut short", "Merge pull request '' (#", 2, "", "", ""},
		{"Bitbucket's, cut short", "Merged in x (pull request #12", 2, "", "", ""},
		{"empty", "", 2, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, ok := Of(commit(c.parents, c.message))
			if ok != (c.mark != "") {
				t.Fatalf("%q is %+v, %v", c.message, r, ok)
			}
			if diff := cmp.Diff([]string{c.mark, c.title, c.branch}, []string{r.Mark, r.Title.String(), r.Branch}); diff != "" {
				t.Error(diff)
			}
			if ok && c.mark[1:] != strconv.Itoa(r.Number) {
				t.Errorf("the number is %d, the mark %s", r.Number, c.mark)
			}
		})
	}
}

func TestARepositoryThatMergesRequestsIsKnownByItsNewestCommits(t *testing.T) {
	request := commit(2, "Merge pull request #1 from a/b\n\nTitle")
	squash := commit(1, "Title (#1)")
	ordinary := commit(1, "Raise the limit")
	merge := commit(2, "Merge branch 'x'")
	for _, c := range []struct {
		name               string
		requests, ordinary int
		other              model.Commit
		want               bool
	}{
		{"nothing yet", 0, 0, ordinary, false},
		{"one request", 1, 0, ordinary, false},
		{"two of two", 2, 0, ordinary, true},
		{"two of twenty", 2, 18, ordinary, true},
		{"two of twenty-one", 2, 19, ordinary, false},
		{"four of a hundred", 4, 96, ordinary, false},
		{"five of a hundred", 5, 95, ordinary, true},
		{"five of many", 5, 5000, ordinary, true},
		{"squashes", 0, 100, squash, false},
		{"merges of branches", 0, 100, merge, false},
	} {
		var newest []model.Commit
		for range c.requests {
			newest = append(newest, request)
		}
		for range c.ordinary {
			newest = append(newest, c.other)
		}
		if got := IsUsedIn(newest); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	var old []model.Commit
	for range 100 {
		old = append(old, ordinary)
	}
	if IsUsedIn(append(old, request, request, request, request, request)) {
		t.Error("requests of long ago make a repository one that merges requests")
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Merge pull request '' (#1) from  into ", "")
	f.Add("Merge branch '' into", "See merge request !1")
	f.Add("Merged in (pull request #1)", "\n")
	f.Add("Pull request #1:", "Merge in  from  to ")
	f.Fuzz(func(t *testing.T, subject, body string) {
		r, ok := Of(model.Commit{Subject: text.Line(subject), Body: text.Clean(body), Parents: make([]model.Hash, 2)})
		if ok && (r.Number <= 0 || r.Title.IsEmpty() || len(r.Mark) < 2) {
			t.Errorf("%q, %q: %+v", subject, body, r)
		}
	})
}
