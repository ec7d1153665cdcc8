package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/config"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
)

const governed = `version: 1
groups:
  - {name: dba, members: [carol@example.org, Dan@example.org]}
  - {name: oncall, members: [eve@example.org]}
expires: 2d
protected: ["/var/lib/**"]
break_glass: [dba]
freezes:
  - {from: 2026-12-20 18:00, to: 2027-01-07, zone: Europe/Berlin, why: Christmas}
environments:
  - name: staging
  - name: production
    approvals: 2
    four_eyes: true
    expires: 90m
    max_deletions: 0
    protected: ["db-*:/srv/**"]
    break_glass: [oncall, dan@example.org]
    freezes:
      - {from: Fri 16:00, to: monday 08:00, zone: Europe/Berlin}
    rules:
      - {paths: [/etc/ssh/**], undo: lossy, providers: [hosts], approvals: 2, by: [dba, carol@EXAMPLE.org]}
      - {by: [eve@example.org]}
`

func TestAPolicyIsReadWithWhatHoldsForAllEnvironments(t *testing.T) {
	got, err := config.ParseRepository("plumb.yaml", []byte(governed))
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	none := 0
	christmas := model.Freeze{From: model.Moment{At: time.Date(2026, 12, 20, 18, 0, 0, 0, berlin)}, To: model.Moment{At: time.Date(2027, 1, 7, 0, 0, 0, 0, berlin)}, Zone: berlin, Why: "Christmas"}
	want := []model.Policy{
		{Expires: 48 * time.Hour, Protected: []string{"/var/lib/**"}, BreakGlass: []string{"carol@example.org", "Dan@example.org"}, Freezes: []model.Freeze{christmas}},
		{
			FourEyes: true, Expires: 90 * time.Minute, MaxDeletions: &none, Protected: []string{"/var/lib/**", "db-*:/srv/**"},
			BreakGlass: []string{"eve@example.org", "dan@example.org"},
			Freezes: []model.Freeze{christmas, {
				From: model.Moment{Day: time.Friday, Minute: 16 * 60}, To: model.Moment{Day: time.Monday, Minute: 8 * 60}, Zone: berlin,
			}},
			Rules: []model.ApprovalRule{
				{
					Paths: []string{"/etc/ssh/**"}, Undo: model.UndoLossy, Providers: []string{"hosts"}, Approvals: 2,
					By: []string{"dba", "carol@EXAMPLE.org"}, People: []string{"carol@example.org", "Dan@example.org"},
				},
				{Approvals: 1, By: []string{"eve@example.org"}, People: []string{"eve@example.org"}},
			},
		},
	}
	for i, e := range got.Environments {
		if diff := cmp.Diff(want[i], e.Policy); diff != "" {
			t.Errorf("%s: %s", e.Name, diff)
		}
	}
}

func TestMistakesInAPolicyAreNamedWithLineAndWayOut(t *testing.T) {
	const env = "version: 1\ngroups: [{name: dba, members: [a@example.org]}]\nenvironments:\n- name: a\n"
	for _, tt := range []struct{ name, file, want string }{
		{"unknown zone", env + "  freezes:\n  - from: Fri 16:00\n    to: Mon 08:00\n    zone: Europe/Berln\n",
			`plumb.yaml:8: time zone "Europe/Berln" is not known in environments[0].freezes[0] (a); write it like Europe/Berlin, or UTC`},
		{"the zone of this machine", env + "  freezes: [{from: Fri 16:00, to: Mon 08:00, zone: Local}]\n",
			`plumb.yaml:5: time zone "Local" is not known in environments[0].freezes[0] (a); write it like Europe/Berlin, or UTC`},
		{"zone that is a path", env + "  freezes: [{from: Fri 16:00, to: Mon 08:00, zone: ../etc/passwd}]\n",
			`plumb.yaml:5: time zone "../etc/passwd" is not known in environments[0].freezes[0] (a); write it like Europe/Berlin, or UTC`},
		{"time", env + "  freezes:\n  - {from: Fry 16:00, to: Mon 08:00}\n",
			`plumb.yaml:6: from "Fry 16:00" is not a time in environments[0].freezes[0] (a); write it like Fri 16:00, or like 2026-12-20 18:00`},
		{"two kinds of time", env + "  freezes:\n  - {from: Fri 16:00, to: 2026-12-20}\n",
			`plumb.yaml:6: from and to are different kinds of time in environments[0].freezes[0] (a); write both as days of the week, or both as dates`},
		{"end before begin", env + "  freezes:\n  - {from: 2026-12-21, to: 2026-12-20}\n",
			`plumb.yaml:6: the freeze ends before it begins in environments[0].freezes[0] (a); write a later time`},
		{"freeze for ever", env + "  freezes:\n  - {from: Fri 16:00, to: fri 16:00}\n",
			`plumb.yaml:6: the freeze begins when it ends in environments[0].freezes[0] (a); readonly: true stops everything`},
		{"freeze without end", env + "  freezes:\n  - {from: Fri 16:00}\n",
			`plumb.yaml:6: to is missing in environments[0].freezes[0] (a); add to: Mon 08:00`},
		{"expires", env + "  expires: tomorrow\n", `plumb.yaml:5: expires "tomorrow" is not a span of time in environments[0] (a); write it like 90m, 24h or 2d`},
		{"expires at once", env + "  expires: 0h\n", `plumb.yaml:5: expires "0h" is not a span of time in environments[0] (a); write it like 90m, 24h or 2d`},
		{"expires never", env + "  expires: 99999999999d\n", `plumb.yaml:5: expires "99999999999d" is not a span of time in environments[0] (a); write it like 90m, 24h or 2d`},
		{"deletions", env + "  max_deletions: -1\n", `plumb.yaml:5: max_deletions must not be negative in environments[0] (a); write 0 for none`},
		{"group that is not there", env + "  break_glass:\n  - dbas\n", `plumb.yaml:6: "dbas" is neither a group nor an e-mail address in environments[0] (a); did you mean "dba"?`},
		{"neither group nor address", env + "  rules:\n  - by: [somebody]\n", `plumb.yaml:6: "somebody" is neither a group nor an e-mail address in environments[0].rules[0] (a); write an e-mail address, or add it to groups:`},
		{"more approvals than people", env + "  rules:\n  - approvals: 2\n    by: [dba, A@example.org]\n", `plumb.yaml:7: 2 approvals are asked of 1 people in environments[0].rules[0] (a); name more, or ask for fewer`},
		{"no approvals", env + "  rules:\n  - approvals: 0\n", `plumb.yaml:6: approvals of a rule must be 1 or more in environments[0].rules[0] (a); write how many, or remove the rule`},
		{"undo class", env + "  rules:\n  - undo: clean\n", `plumb.yaml:6: unknown undo "clean" in environments[0].rules[0] (a); known: disruptive, lossy, final`},
		{"engine", env + "  rules:\n  - providers: [host]\n", `plumb.yaml:6: unknown provider "host" in environments[0].rules[0] (a); did you mean "hosts"?`},
		{"pattern", env + "  protected:\n  - /etc/\n", `plumb.yaml:6: protected: "/etc/" is not in its shortest form, "/etc" in environments[0] (a); write it like /etc/ssh/**, or db-1:/var/lib/**`},
		{"pattern of a host", env + "  rules:\n  - paths: [\"db-1:/a**\"]\n", `plumb.yaml:6: paths: "db-1:/a**" has ** within a name in environments[0].rules[0] (a); write it like /etc/ssh/**, or db-1:/var/lib/**`},
		{"empty pattern", env + "  protected: ['']\n", `plumb.yaml:5: protected: "" is empty in environments[0] (a); write it like /etc/ssh/**, or db-1:/var/lib/**`},
		{"member", "version: 1\ngroups:\n- name: dba\n  members: [Ada]\n", `plumb.yaml:4: "Ada" is not an e-mail address in groups[0] (dba); write it as git log shows it`},
		{"group twice", "version: 1\ngroups:\n- {name: dba, members: [a@b]}\n- {name: dba, members: [a@b]}\n", `plumb.yaml:4: duplicate group "dba", first in line 3`},
		{"for all environments", "version: 1\nexpires: soon\n", `plumb.yaml:2: expires "soon" is not a span of time; write it like 90m, 24h or 2d`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.ParseRepository("plumb.yaml", []byte(tt.file))
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever policy is accepted can be decided by, and asks of nobody what cannot be given.
func FuzzPolicy(f *testing.F) {
	_, body, _ := strings.Cut(governed, "\n")
	for _, seed := range []string{
		body, "expires: 1d\n", "protected: ['**']\n", "freezes: [{from: sun 23:59, to: Sunday 00:00, zone: Asia/Kathmandu}]\n",
		"groups: [{name: a, members: [a@b]}]\nrules: [{by: [a]}]\n", "four_eyes: true\nmax_deletions: 3\n", "freezes: [{from: 2026-01-01, to: 9999-12-31 23:59}]\n",
	} {
		f.Add(seed)
	}
	c := model.Change{ID: "x", Revision: "c", State: model.Sealed, Author: model.Principal{Email: text.Lit("ada@example.org")}, Plans: []model.PlanRef{{Provider: "hosts",
		Steps: []model.StepRef{{Address: "db-1:/var/lib/x", Action: model.Delete}, {Address: "a.b", Action: model.Create}}}}}
	c.Digest = c.Seal()
	f.Fuzz(func(t *testing.T, body string) {
		got, err := config.ParseRepository("plumb.yaml", []byte("version: 1\n"+body))
		if err != nil {
			return
		}
		for _, e := range got.Environments {
			for _, r := range e.Policy.Rules {
				if r.Approvals < 1 || len(r.By) > 0 && len(r.People) < r.Approvals {
					t.Errorf("a rule that nobody can meet: %+v", r)
				}
			}
			for _, fr := range e.Policy.Freezes {
				if fr.Zone == nil || fr.From == fr.To {
					t.Errorf("a freeze without a zone or an end: %+v", fr)
				}
			}
			for hour := range 24 * 7 {
				for _, r := range policy.Decide(policy.Facts{Environment: e, Change: c, Now: time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)}) {
					if r.Text == "" || r.OK != (r.Missing == "") {
						t.Errorf("a rule that says nothing: %+v", r)
					}
				}
			}
		}
	})
}
