package themes

// Styles is a palette made ready for drawing; the fields are named as in [Palette].
// It is read only and may be shared.
type Styles struct {
	Palette Palette

	Text, Strong, Dim, Faint Style
	Accent, Border           Style
	Title                    Style // The title of a pane that has the focus.
	Selection, SelectionDim  Style
	Match, CurrentMatch      Style
	Cursor, Backdrop         Style

	InSync, Pending, Drifted, Missing, Extra, Unknown Style
	Good, Warning, Bad                                Style

	Added, Removed         Style
	AddedLine, RemovedLine Style
	AddedWord, RemovedWord Style
	Moved, MovedLine       Style
	Syntax                 SyntaxStyles

	production   EnvStyle
	environments map[string]EnvStyle
}

// SyntaxStyles are the styles of source text. On is false where source text stays plain.
type SyntaxStyles struct {
	On                                     bool
	Keyword, String, Number, Comment, Name Style
	Type, Function, Variable, Operator     Style
	Template, Heading                      Style
}

// EnvStyle is how one environment looks.
type EnvStyle struct {
	Bar  Style // Background and foreground of its bar on the top line.
	Text Style // Its name among other words.
}

// New makes the styles of a palette.
func New(p Palette) Styles {
	s := Styles{
		Palette: p,
		Text:    Make(p.Text), Strong: Make(p.Strong), Dim: Make(p.Dim), Faint: Make(p.Faint),
		Accent: Make(p.Accent), Border: Make(p.Border), Title: Make(p.Accent).Bold(),
		Selection: Make(p.Selection), SelectionDim: Make(p.SelectionDim),
		Match: Make(p.Match), CurrentMatch: Make(p.CurrentMatch), Cursor: Make(p.Cursor), Backdrop: Make(p.Backdrop),
		InSync: Make(p.InSync), Pending: Make(p.Pending), Drifted: Make(p.Drifted),
		Missing: Make(p.Missing), Extra: Make(p.Extra), Unknown: Make(p.Unknown),
		Good: Make(p.Good), Warning: Make(p.Warning), Bad: Make(p.Bad),
		Added: Make(p.Added), Removed: Make(p.Removed),
		AddedLine: Make(p.AddedLine), RemovedLine: Make(p.RemovedLine),
		AddedWord: Make(p.AddedWord), RemovedWord: Make(p.RemovedWord),
		Moved: Make(p.Moved), MovedLine: Make(p.MovedLine),
		Syntax: SyntaxStyles{
			On:      p.Syntax != Syntax{},
			Keyword: Make(p.Syntax.Keyword), String: Make(p.Syntax.String), Number: Make(p.Syntax.Number),
			Comment: Make(p.Syntax.Comment), Name: Make(p.Syntax.Name),
			Type: Make(p.Syntax.Type), Function: Make(p.Syntax.Function), Variable: Make(p.Syntax.Variable),
			Operator: Make(p.Syntax.Operator), Template: Make(p.Syntax.Template), Heading: Make(p.Syntax.Heading),
		},
		production:   EnvStyle{Bar: Make(p.Production.Fill), Text: Make(p.Production.Text)},
		environments: make(map[string]EnvStyle, 2*len(p.Environments)),
	}
	for name, l := range p.Environments {
		s.environments[name] = EnvStyle{Bar: Make(l.Tint), Text: Make(l.Text)}
		s.environments[name+filled] = EnvStyle{Bar: Make(l.Fill), Text: Make(l.Text)}
	}
	return s
}

// The suffix under which a colour's solid form is kept; no colour name has a space.
const filled = " filled"

// Environment is how an environment with that colour name looks. Production always
// has a solid bar, and no other environment has one. Without a colour, or with one
// the theme does not know, production has the theme's own and the others are grey.
func (s Styles) Environment(color string, production bool) EnvStyle {
	if production {
		if e, ok := s.environments[color+filled]; ok {
			return e
		}
		return s.production
	}
	if e, ok := s.environments[color]; ok {
		return e
	}
	return s.environments["grey"]
}
