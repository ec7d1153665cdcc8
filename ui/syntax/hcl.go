package syntax

import "strings"

// hclScanner reads HCL: Terraform, OpenTofu, Nomad, Packer. Strings and heredocs have
// expressions in them, which have strings in them; open holds what is open, the innermost last.
type hclScanner struct {
	open []hclOpen
	word string // The first word of this line.
}

// hclOpen is something that is not closed yet.
type hclOpen struct {
	kind   byte   // '"' a string, '<' a heredoc, '{' an expression within one of them, '*' a comment.
	marker string // What ends the heredoc.
	braces int    // How many braces are open within the expression.
}

// Nobody nests deeper; what does is not read any more.
const deepest = 50

var (
	hclWords = words("for in if else endif endfor true false null")
	hclTypes = words("string number bool any list map set object tuple optional")
	hclRoots = words("var local module data each self path count terraform ephemeral provider")
)

func (h *hclScanner) scan(s string, p *pen) {
	h.word = ""
	var heredoc string
	if n := len(h.open); n > 0 && h.open[n-1].kind == '<' && strings.TrimSpace(s) == h.open[n-1].marker {
		p.add(0, len(s), Operator)
		h.open = h.open[:n-1]
		return
	}
	for i := 0; i < len(s); {
		var top byte
		if n := len(h.open); n > 0 {
			top = h.open[n-1].kind
		}
		switch top {
		case '*':
			end, goesOn := blockComment(s, i, true)
			p.add(i, end, Comment)
			if !goesOn {
				h.pop()
			}
			i = end
		case '"', '<':
			i = h.text(s, i, top, p)
		default:
			i = h.code(s, i, top == '{', &heredoc, p)
		}
	}
	// A string ends with its line at the latest.
	for n := len(h.open); n > 0 && h.open[n-1].kind == '"'; n = len(h.open) {
		h.pop()
	}
	if heredoc != "" {
		h.push(hclOpen{kind: '<', marker: heredoc})
	}
}

func (h *hclScanner) push(o hclOpen) {
	if len(h.open) < deepest {
		h.open = append(h.open, o)
	}
}

func (h *hclScanner) pop() { h.open = h.open[:len(h.open)-1] }

// text reads a string or a heredoc from i up to its end or to an expression in it.
func (h *hclScanner) text(s string, i int, kind byte, p *pen) int {
	for k := i; k < len(s); k++ {
		switch c := s[k]; {
		case c == '\\' && kind == '"':
			k++
		case c == '"' && kind == '"':
			p.add(i, k+1, String)
			h.pop()
			return k + 1
		case (c == '$' || c == '%') && byteAt(s, k+1) == c && byteAt(s, k+2) == '{':
			k += 2
		case (c == '$' || c == '%') && byteAt(s, k+1) == '{' && len(h.open) < deepest:
			p.add(i, k, String)
			end := k + 2
			if byteAt(s, end) == '~' {
				end++
			}
			p.add(k, end, Template)
			h.push(hclOpen{kind: '{'})
			return end
		}
	}
	p.add(i, len(s), String)
	return len(s)
}

// code reads one piece of an expression or of the body of a block.
func (h *hclScanner) code(s string, i int, within bool, heredoc *string, p *pen) int {
	c := s[i]
	switch {
	case c == '#' || strings.HasPrefix(s[i:], "//"):
		p.add(i, len(s), Comment)
		return len(s)
	case strings.HasPrefix(s[i:], "/*"):
		p.add(i, i+2, Comment)
		h.push(hclOpen{kind: '*'})
		if len(h.open) == deepest {
			return len(s)
		}
		return i + 2
	case c == '"':
		if role := h.label(s, i); role != Plain {
			end, _ := quoted(s, i, true)
			p.add(i, end, role)
			return end
		}
		p.add(i, i+1, String)
		h.push(hclOpen{kind: '"'})
		return i + 1
	case strings.HasPrefix(s[i:], "<<"):
		k := i + 2
		if byteAt(s, k) == '-' {
			k++
		}
		end := wordEnd(s, k, "-")
		p.add(i, end, Operator)
		if end > k && !within {
			*heredoc = s[k:end]
		}
		return max(end, i+2)
	case isDigit(c):
		end := max(numberEnd(s, i), i+1)
		p.add(i, end, Number)
		return end
	case isLetter(c):
		return h.ident(s, i, p)
	case c == '}' && within:
		top := &h.open[len(h.open)-1]
		if top.braces == 0 {
			p.add(i, i+1, Template)
			h.pop()
			return i + 1
		}
		top.braces--
	case c == '{' && within:
		h.open[len(h.open)-1].braces++
	case c == '~' && within && byteAt(s, i+1) == '}':
		p.add(i, i+1, Template)
	case strings.IndexByte("=+-*/%<>!&|?:", c) >= 0:
		p.add(i, i+1, Operator)
	}
	return i + 1
}

// label is the role of the string at i as a label of a block, or Plain if it is none.
func (h *hclScanner) label(s string, i int) Role {
	if h.word == "" || len(h.open) > 0 {
		return Plain
	}
	before := strings.TrimSpace(s[:i])
	if before != h.word {
		return Plain
	}
	switch h.word {
	case "resource", "data", "ephemeral", "provider":
		return Type
	}
	return Plain
}

// ident reads a word, and with it the path of attributes where it stands for a value.
func (h *hclScanner) ident(s string, i int, p *pen) int {
	end := wordEnd(s, i, "-")
	word := s[i:end]
	k := skipBlanks(s, end)
	next := byteAt(s, k)
	isFirst := len(h.open) == 0 && skipBlanks(s, 0) == i
	switch {
	case next == '=' && byteAt(s, k+1) != '=' && byteAt(s, k+1) != '>':
		p.add(i, end, Name)
	case hclWords[word]:
		p.add(i, end, Keyword)
	case isFirst && (next == '{' || next == '"' || isLetter(next) && k > end):
		p.add(i, end, Keyword)
		h.word = word
	case hclRoots[word] && byteAt(s, end) == '.':
		end = wordEnd(s, end, ".-")
		p.add(i, end, Variable)
	case hclTypes[word] && byteAt(s, i-1) != '.' && byteAt(s, end) != '.':
		p.add(i, end, Type)
	case next == '(':
		p.add(i, end, Function)
	default:
		end = wordEnd(s, end, ".-") // A reference: aws_instance.web.id.
	}
	return end
}
