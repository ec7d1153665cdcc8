package syntax

import (
	"plumb/themes"
	"plumb/ui/paint"
)

// Marks gives the tokens of a line the styles of a theme. It is nil where the theme leaves source text plain.
func Marks(tokens []Token, st *themes.SyntaxStyles) []paint.Mark {
	if !st.On || len(tokens) == 0 {
		return nil
	}
	marks := make([]paint.Mark, len(tokens))
	for i, t := range tokens {
		marks[i] = paint.Mark{From: int(t.From), To: int(t.To), Style: style(t.Role, st)}
	}
	return marks
}

func style(r Role, st *themes.SyntaxStyles) themes.Style {
	switch r {
	case Comment:
		return st.Comment
	case Keyword:
		return st.Keyword
	case String:
		return st.String
	case Number:
		return st.Number
	case Name:
		return st.Name
	case Type:
		return st.Type
	case Function:
		return st.Function
	case Variable:
		return st.Variable
	case Operator:
		return st.Operator
	case Template:
		return st.Template
	case Heading:
		return st.Heading
	}
	return themes.Style{}
}
