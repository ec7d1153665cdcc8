package filter

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompletionFitsTheWordUnderTheCursor(t *testing.T) {
	names := map[Kind][]string{
		Environment: {"production", "staging"},
		Target:      {"production/web", "staging/web", "two words"},
		Author:      {"Ann Lee", "Bob", "Joann"},
		Revision:    {"main", "v1.4"},
	}
	for _, c := range []struct {
		typed string // With the cursor as a bar.
		want  string // The lines as they would be, one after the other.
	}{
		{"au|", "author:|"},
		{"AU|", "author:|"},
		{"!au|", "!author:|"},
		{"-au|", "-author:|"},
		{"nginx au| since:2h", "nginx author:| since:2h"},
		{"author:a|", `author:"Ann Lee"|;author:Joann|`},
		{`author:"ann l|`, `author:"Ann Lee"|`},
		{"author:a|xyz", `author:"Ann Lee"|;author:Joann|`},
		{"author:|", `author:"Ann Lee"|;author:Bob|;author:Joann|`},
		{"!env:st|", "!env:staging|"},
		{"touches:p|", "touches:production|"},
		{"touches:|", "touches:production|;touches:staging|"},
		{"target:w|", `target:production/web|;target:staging/web|;target:"two words"|`},
		{"is:|", "is:merge|;is:request|;is:production|;is:live|;is:pending|;is:signed|"},
		{"is:p|", "is:production|;is:pending|"},
		{"pro|", "is:production|;env:production|;target:production/web|"},
		{"p|", "path:|"},
		{"since:t|", "since:today|;since:tuesday|;since:thursday|;since:yesterday|;since:saturday|"},
		{"since to|", "since today|"},
		{"in:ma|", "in:main|"},
		{"~au|", ""},
		{`"au|`, ""},
		{"nothing|", ""},
		{"|", "author:|;committer:|;since:|;until:|;path:|;file:|;env:|;target:|;resource:|;adds:|;changes:|;trailer:|;is:|;in:|"},
		{"nginx |", "nginx author:|;nginx committer:|;nginx since:|;nginx until:|;nginx path:|;nginx file:|;nginx env:|;nginx target:|;nginx resource:|;nginx adds:|;nginx changes:|;nginx trailer:|;nginx is:|;nginx in:|"},
	} {
		cursor := strings.IndexByte(c.typed, '|')
		s := strings.Replace(c.typed, "|", "", 1)
		var got []string
		for _, o := range Complete(s, cursor, func(k Kind) []string { return names[k] }) {
			got = append(got, s[:o.Start]+o.Text+"|"+s[o.End:])
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ";")); diff != "" {
			t.Errorf("%s:\n%s", c.typed, diff)
		}
	}
	if got := Complete("author:a", 8, nil); got != nil {
		t.Errorf("without names it offers %v", got)
	}
}
