package model_test

import (
	"slices"
	"testing"

	"plumb/model"
)

// file is a state as git wants it or as it is live.
func file(content string, attrs ...model.Attr) model.State {
	return model.State{Exists: true, Kind: "file", Content: model.NewContent([]byte(content)), Attrs: attrs}
}

func mode(m string) model.Attr { return model.Attr{Name: "mode", Value: m} }

var absent = model.State{}

func TestJudgeComparesThreeVersions(t *testing.T) {
	link := model.State{Exists: true, Kind: "symlink", Content: model.NewContent([]byte("a"))}
	of := func(s model.State) *model.State { return &s }
	for _, tt := range []struct {
		name    string
		tracked model.State
		applied *model.State
		live    model.State
		want    model.Status
	}{
		{"live is as git wants it", file("b"), of(file("b")), file("b"), model.InSync},
		{"git moved on and so did live", file("b"), of(file("a")), file("b"), model.InSync},
		{"git moved on", file("b"), of(file("a")), file("a"), model.Pending},
		{"git moved on, and a hand was there", file("b"), of(file("a")), file("c"), model.Drifted},
		{"a hand was there", file("a"), of(file("a")), file("c"), model.Drifted},
		{"a hand deleted it", file("a"), of(file("a")), absent, model.Missing},
		{"git moved on, and a hand deleted it", file("b"), of(file("a")), absent, model.Missing},
		{"a hand made a link of it", file("a"), of(file("a")), link, model.Drifted},

		{"it is new in git", file("b"), of(absent), absent, model.Pending},
		{"it is new in git, and a hand was faster", file("b"), of(absent), file("c"), model.Drifted},
		{"it is new in git, and a hand made the same", file("b"), of(absent), file("b"), model.InSync},

		{"git gave it up", absent, of(file("a")), file("a"), model.Pending},
		{"git gave it up, and a hand was there", absent, of(file("a")), file("c"), model.Drifted},
		{"git gave it up, and it is gone", absent, of(file("a")), absent, model.InSync},

		{"git never knew it", absent, of(absent), file("c"), model.Extra},
		{"nobody knows it", absent, of(absent), absent, model.InSync},

		{"nothing was ever applied, and it is so already", file("a"), nil, file("a"), model.InSync},
		{"nothing was ever applied", file("a"), nil, absent, model.Missing},
		{"nothing was ever applied, and something else is there", file("a"), nil, file("c"), model.Drifted},
		{"nothing was ever applied, and git does not know it", absent, nil, file("c"), model.Extra},
		{"nothing was ever applied, and there is nothing", absent, nil, absent, model.InSync},

		{"a mode that git does not speak of", file("a"), of(file("a")), file("a", mode("0600")), model.InSync},
		{"a mode that git speaks of", file("a", mode("0644")), of(file("a", mode("0644"))), file("a", mode("0600")), model.Drifted},
		{"a mode that git began to speak of", file("a", mode("0644")), of(file("a")), file("a", mode("0600")), model.Pending},
		{"a mode that live does not tell", file("a", mode("0644")), nil, file("a"), model.Drifted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := model.Judge(tt.tracked, tt.applied, tt.live); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOnlyRealityThatNobodyAskedForIsDrift(t *testing.T) {
	all := []model.Status{model.InSync, model.Pending, model.Extra, model.Drifted, model.Missing, model.Unknown}
	for i, s := range all {
		if want := s == model.Extra || s == model.Drifted || s == model.Missing; s.IsDrift() != want {
			t.Errorf("%s counts as drift: %v, want %v", s, s.IsDrift(), want)
		}
		if i > 0 && s.Rank() <= all[i-1].Rank() {
			t.Errorf("%s is to need a person more than %s", s, all[i-1])
		}
	}
	if model.Status("").Rank() != model.Unknown.Rank() {
		t.Error("a status nobody set is to rank as unknown")
	}
}

func TestDifferencesNameWhatIsNotAsGitSays(t *testing.T) {
	owner := model.Attr{Name: "owner", Value: "root"}
	for _, tt := range []struct {
		name       string
		want, live model.State
		names      []string
	}{
		{"nothing", file("a", mode("0644")), file("a", mode("0644"), owner), nil},
		{"missing", file("a"), absent, []string{"missing"}},
		{"extra", absent, file("a"), []string{"extra"}},
		{"neither is there", absent, absent, nil},
		{"another kind says it all", file("a", mode("0644")), model.State{Exists: true, Kind: "directory"}, []string{"kind"}},
		{"content and attributes, in the order of git", file("a", owner, mode("0644")), file("b", mode("0600")), []string{"content", "owner", "mode"}},
		{"content that could not be read", file("a"), model.State{Exists: true, Kind: "file", Content: model.Content{Size: 1}}, []string{"content"}},
		{"content that was not loaded is known by its checksum", file("a"), model.State{Exists: true, Kind: "file", Content: model.Content{Size: 1, Sum: model.Sum([]byte("a")), Omitted: "large"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.want.Differences(tt.live); !slices.Equal(got, tt.names) {
				t.Errorf("differences are %q, want %q", got, tt.names)
			}
			if got := tt.want.Matches(tt.live); got != (len(tt.names) == 0) {
				t.Errorf("it matches: %v", got)
			}
		})
	}
}
