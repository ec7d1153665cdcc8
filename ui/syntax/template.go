package syntax

import (
	"context"
	"strings"
	"time"
)

// A template has two languages in one file: its own between delimiters, and one below it.
// The own parts are read first and replaced by as many placeholders, so that the scanner of
// the language below sees a file that makes sense and bytes where they are.
type template struct {
	name   string
	delims []delim
	goes   bool // The expressions are those of Go: a bare word is a function.
	raw    bool // There is a statement "raw" that ends the templates up to "endraw".
}

// delim is one way to begin and to end a piece of template. Those with a longer beginning come first.
type delim struct {
	open, close string
	kind        delimKind
}

type delimKind uint8

const (
	expression delimKind = iota // Becomes a value.
	statement                   // Becomes nothing.
	remark                      // A comment.
)

var (
	jinja = &template{name: "Jinja", raw: true, delims: []delim{
		{"{#", "#}", remark}, {"{%", "%}", statement}, {"{{", "}}", expression},
	}}
	goTemplate = &template{name: "Go template", goes: true, delims: []delim{
		{"{{/*", "*/", remark}, {"{{- /*", "*/", remark}, {"{{", "}}", expression},
	}}
	terraformTemplate = &template{name: "Terraform template", delims: []delim{
		{"${", "}", expression}, {"%{", "}", statement},
	}}
	erb = &template{name: "ERB", delims: []delim{
		{"<%#", "%>", remark}, {"<%=", "%>", expression}, {"<%", "%>", statement},
	}}
	actions = &template{name: "Actions", delims: []delim{{"${{", "}}", expression}}}
)

var (
	goTemplateStatements = words("if else end range with define block template break continue")
	templateWords        = words("if else elif endif for endfor in is not and or set endset block endblock extends include import from as macro " +
		"endmacro call endcall filter endfilter with endwith raw endraw do unless end each then begin range define template break continue " +
		"true false none True False None nil null")
)

// masker goes through the lines of a template.
type masker struct {
	*template
	p     *pen
	in    *delim // The piece that is open.
	quote byte   // The string in it that is open.
	first bool   // No word of the piece has been seen.
	fills byte   // What the piece is replaced with.
	isRaw bool
	calls bool // The next word is a function: it follows a bar.
}

// mask answers the lines with placeholders for the pieces of template, and the tokens of the
// pieces, which cover them without a gap.
func (t *template) mask(ctx context.Context, lines []string) (masked []string, tokens *Text, err error) {
	m := &masker{template: t, p: newPen(len(lines))}
	m.p.keepsPlain = true
	masked = make([]string, len(lines))
	over := time.Now().Add(longestScan)
	for i, s := range lines {
		if i%breath == 0 {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			if time.Now().After(over) {
				return masked[:i], m.p.text(), nil
			}
		}
		masked[i] = m.line(s)
		m.p.endLine()
	}
	return masked, m.p.text(), nil
}

func (m *masker) line(s string) string {
	var out []byte
	isBlankBelow := true
	for i := 0; i < len(s); {
		from := i
		if m.in == nil {
			from, m.in = m.next(s, i)
			if m.in != nil {
				m.begin()
			}
			isBlankBelow = isBlankBelow && strings.TrimLeft(s[i:from], " \t") == ""
			if m.in == nil {
				break
			}
			i = m.opened(s, from)
		}
		i = m.inside(s, i)
		if out == nil {
			out = []byte(s)
		}
		for k := from; k < i; k++ {
			out[k] = m.fills
		}
	}
	if out == nil {
		return s
	}
	if isBlankBelow {
		return strings.Repeat(" ", len(s))
	}
	return string(out)
}

// next finds where the next piece begins, from i on.
func (m *masker) next(s string, i int) (int, *delim) {
	for ; i < len(s); i++ {
		k := strings.IndexAny(s[i:], "{<$%")
		if k < 0 {
			break
		}
		i += k
		if m.isRaw {
			if !strings.HasPrefix(s[i:], "{%") || !strings.HasPrefix(strings.TrimLeft(s[i+2:], "-+ \t"), "endraw") {
				continue
			}
			m.isRaw = false
		}
		for d := range m.delims {
			if strings.HasPrefix(s[i:], m.delims[d].open) {
				return i, &m.delims[d]
			}
		}
	}
	return len(s), nil
}

func (m *masker) begin() {
	m.quote, m.first, m.calls = 0, true, false
	m.fills = 'x'
	if m.in.kind != expression {
		m.fills = ' '
	}
}

// opened reads what begins a piece.
func (m *masker) opened(s string, i int) int {
	if m.in.kind == remark {
		return i
	}
	end := i + len(m.in.open)
	if strings.IndexByte("-~+", byteAt(s, end)) >= 0 && end < len(s) {
		end++
	}
	m.p.add(i, end, Template)
	return end
}

// inside reads a piece from i up to its end or to that of the line.
func (m *masker) inside(s string, i int) int {
	if m.in.kind == remark {
		end := len(s)
		if k := strings.Index(s[i:], m.in.close); k >= 0 {
			end = i + k + len(m.in.close)
			if m.goes {
				end += len(s[end:]) - len(strings.TrimPrefix(strings.TrimPrefix(s[end:], " -"), "}}"))
			}
			m.in = nil
		}
		m.p.add(i, end, Comment)
		return end
	}
	if m.quote != 0 {
		end, closed := quotedFrom(s, i, m.quote, m.quote != '`')
		m.p.add(i, end, String)
		if closed {
			m.quote = 0
		}
		i = end
	}
	for i < len(s) {
		c := s[i]
		k := i
		if strings.IndexByte("-~+", c) >= 0 {
			k++
		}
		if strings.HasPrefix(s[k:], m.in.close) {
			end := k + len(m.in.close)
			m.p.add(i, end, Template)
			m.in = nil
			return end
		}
		i = m.piece(s, i, c)
	}
	return i
}

// piece reads one piece of an expression.
func (m *masker) piece(s string, i int, c byte) int {
	end, role := i+1, Plain
	switch {
	case isBlank(c):
		m.p.add(i, end, Plain)
		return end
	case c == '"' || c == '\'' || c == '`':
		var closed bool
		end, closed = quoted(s, i, c != '`')
		if !closed {
			m.quote = c
		}
		role = String
	case isDigit(c):
		end, role = max(numberEnd(s, i), end), Number
	case c == '$' || c == '.' && isLetter(byteAt(s, i+1)) || c == '@':
		end, role = wordEnd(s, i+1, "."), Variable
		if m.first && c == '$' && strings.HasPrefix(s[skipBlanks(s, end):], ":=") {
			m.fills = ' ' // An assignment becomes nothing.
		}
	case isLetter(c):
		end = wordEnd(s, i, "")
		role = m.word(s, i, end)
		if role == Variable {
			end = wordEnd(s, end, ".")
		}
	case strings.IndexByte("|=+-*/%<>!&:~?", c) >= 0:
		role = Operator
	}
	m.p.add(i, end, role)
	m.first = false
	m.calls = c == '|'
	return end
}

// word is the role of the word of an expression from i up to end.
func (m *masker) word(s string, i, end int) Role {
	word := s[i:end]
	if m.first {
		if m.goes && goTemplateStatements[word] {
			m.fills = ' '
			return Keyword
		}
		if m.in.kind == statement {
			if m.raw && word == "raw" {
				m.isRaw = true
			}
			return Keyword
		}
	}
	switch {
	case m.calls:
		return Function
	case templateWords[word] && !(m.goes && word == "include"):
		return Keyword
	case m.goes || byteAt(s, end) == '(':
		return Function
	}
	return Variable
}

// overlay puts the tokens of the pieces of template over those of the language below.
func overlay(below, over *Text, lines int) *Text {
	p := newPen(lines)
	for i := range lines {
		b := below.Line(i)
		at, k := 0, 0 // What is done: bytes of the line, and tokens of b.
		upTo := func(to int) {
			for ; k < len(b) && int(b[k].From) < to; k++ {
				p.add(max(at, int(b[k].From)), min(to, int(b[k].To)), b[k].Role)
				if int(b[k].To) > to {
					break
				}
			}
			at = to
		}
		for _, o := range over.Line(i) {
			upTo(int(o.From))
			p.add(int(o.From), int(o.To), o.Role)
			for k < len(b) && b[k].To <= o.To {
				k++
			}
			at = int(o.To)
		}
		upTo(longestLine)
		p.endLine()
	}
	return p.text()
}
