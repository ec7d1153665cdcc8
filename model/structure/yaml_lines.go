package structure

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlLines finds the lines that a node of the YAML library occupies. The library says where a node starts
// and leaves open where it ends.
type yamlLines struct {
	data []byte
	own  lines // As everyone counts them.
	yaml lines // As YAML counts them: a lone carriage return, NEL, LS and PS end a line, too.

	// The last column that was looked for. Nodes are visited in order, so that the next one is usually further right.
	lastLine, lastColumn, lastOffset int

	closes map[int]int // Of the brackets and quoted words of the outermost flow collection: from where it opens to where it ends.
}

func newYAMLLines(data []byte) yamlLines {
	l := yamlLines{data: data, own: newLines(data), lastLine: -1}
	l.yaml = l.own
	if bytes.Count(data, []byte{'\r'}) != bytes.Count(data, []byte("\r\n")) || bytes.ContainsAny(data, "\u0085\u2028\u2029") {
		l.yaml = lines{0}
		for i, c := range string(data) {
			switch c {
			case '\r':
				if i+1 < len(data) && data[i+1] == '\n' {
					continue
				}
				l.yaml = append(l.yaml, i+1)
			case '\n', '\u0085':
				l.yaml = append(l.yaml, i+utf8.RuneLen(c))
			case '\u2028', '\u2029':
				l.yaml = append(l.yaml, i+3)
			}
		}
	}
	return l
}

// count is the number of lines.
func (l *yamlLines) count() int { return len(l.own) }

// line answers the line where a node starts, from 0.
func (l *yamlLines) line(n *yaml.Node) int {
	at := min(max(n.Line-1, 0), len(l.yaml)-1)
	if len(l.yaml) == len(l.own) {
		return at
	}
	return l.own.at(l.yaml[at])
}

// offset answers where a node starts. Columns count characters.
func (l *yamlLines) offset(n *yaml.Node) int {
	line, column := min(max(n.Line-1, 0), len(l.yaml)-1), max(n.Column-1, 0)
	if line != l.lastLine || column < l.lastColumn {
		l.lastLine, l.lastColumn, l.lastOffset = line, 0, l.yaml[line]
	}
	for l.lastColumn < column && l.lastOffset < len(l.data) {
		_, width := utf8.DecodeRune(l.data[l.lastOffset:])
		l.lastOffset += width
		l.lastColumn++
	}
	return l.lastOffset
}

// content answers where the value of a node starts, after its anchor and tag.
func (l *yamlLines) content(n *yaml.Node) int {
	at := l.offset(n)
	for at < len(l.data) && (l.data[at] == '&' || l.data[at] == '!') {
		for at < len(l.data) && strings.IndexByte(" \t\r\n", l.data[at]) < 0 {
			at++
		}
		for at < len(l.data) && strings.IndexByte(" \t\r\n", l.data[at]) >= 0 {
			at++
		}
	}
	return at
}

// extent answers the lines of a node. Those of a block end where its last value ends, which is not known yet.
func (l *yamlLines) extent(n *yaml.Node, at place) Range {
	lo := l.line(n)
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		if n.Style&yaml.FlowStyle == 0 {
			return Range{lo, lo + 1}
		}
		start := l.content(n)
		if !at.flow {
			l.closes = map[int]int{}
			l.scanFlow(start)
		}
		return Range{lo, l.closed(start, lo)}
	}
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		start := l.content(n)
		if at.flow {
			return Range{lo, l.closed(start, lo)}
		}
		return Range{lo, l.own.at(max(l.quoted(start)-1, 0)) + 1}
	case at.flow || n.Value == "":
		return Range{lo, lo + 1}
	}
	return Range{lo, l.trim(n, lo, at)}
}

func (l *yamlLines) closed(start, lo int) int {
	if end, ok := l.closes[start]; ok {
		return max(l.own.at(end-1)+1, lo+1)
	}
	return lo + 1
}

// trim answers where a scalar ends that goes on at most to the next thing of the document: without the blank lines and comments
// in between, which belong to a block scalar only where they are indented like it.
func (l *yamlLines) trim(n *yaml.Node, lo int, at place) int {
	block := n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	keep := false
	if block {
		header, _, _ := bytes.Cut(l.data[min(l.content(n), len(l.data)):], []byte{'\n'})
		header, _, _ = bytes.Cut(header, []byte{'#'})
		keep = bytes.IndexByte(header, '+') >= 0
	}
	hi := min(max(at.next, lo+1), l.count())
	for hi > lo+1 {
		line := l.textOf(hi - 1)
		word := bytes.TrimLeft(line, " \t")
		switch {
		case len(bytes.TrimSpace(word)) == 0:
			if keep {
				return hi
			}
		case bytes.HasPrefix(line, []byte("---")), bytes.HasPrefix(line, []byte("...")):
		case line[0] == '%' && at.indent < 0:
		case word[0] == '#' && !(block && len(line)-len(word) > max(at.indent, 0)):
		default:
			return hi
		}
		hi--
	}
	return hi
}

func (l *yamlLines) textOf(line int) []byte {
	end := len(l.data)
	if line+1 < len(l.own) {
		end = l.own[line+1]
	}
	return l.data[l.own[line]:end]
}

// itemLines answers the line of each item of a list, with its dash.
func (l *yamlLines) itemLines(n *yaml.Node, flow bool) []int {
	starts := make([]int, len(n.Content))
	before := l.line(n) - 1
	for i, item := range n.Content {
		starts[i] = l.line(item)
		if !flow {
			starts[i] = l.dash(starts[i], before, n.Column-1)
		}
		before = starts[i]
	}
	return starts
}

// dash looks upwards for the line that has the dash of an item, which nearly always is the item's own.
func (l *yamlLines) dash(line, before, column int) int {
	for at := line; at > before; at-- {
		if s := l.textOf(at); column < len(s) && s[column] == '-' && len(bytes.TrimLeft(s[:column], " -?")) == 0 {
			return at
		}
	}
	return line
}

// scanFlow goes through a flow collection once, and notes where each bracket and each quoted word in it ends.
func (l *yamlLines) scanFlow(at int) {
	var open []int
	fresh := true // A value may begin here, so a quote is one.
	for at < len(l.data) {
		c := l.data[at]
		switch {
		case c == '[' || c == '{':
			open = append(open, at)
			fresh = true
		case c == ']' || c == '}':
			if len(open) == 0 {
				return
			}
			l.closes[open[len(open)-1]] = at + 1
			open = open[:len(open)-1]
			if len(open) == 0 {
				return
			}
			fresh = false
		case (c == '"' || c == '\'') && fresh:
			end := l.quoted(at)
			l.closes[at] = end
			at, fresh = end, false
			// A colon right after a quoted key needs no space.
			if at < len(l.data) && l.data[at] == ':' {
				at, fresh = at+1, true
			}
			continue
		case c == ',':
			fresh = true
		case c == ':' && at+1 < len(l.data) && strings.IndexByte(" \t\r\n,[]{}", l.data[at+1]) >= 0, c == '?' && fresh:
			fresh = true
		case c == '#' && at > 0 && strings.IndexByte(" \t\r\n", l.data[at-1]) >= 0:
			for at < len(l.data) && l.data[at] != '\n' {
				at++
			}
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case (c == '&' || c == '!') && fresh:
			for at < len(l.data) && strings.IndexByte(" \t\r\n,[]{}", l.data[at]) < 0 {
				at++
			}
			continue
		default:
			fresh = false
		}
		at++
	}
}

// quoted answers where the quoted word ends that opens at an offset.
func (l *yamlLines) quoted(at int) int {
	if at >= len(l.data) {
		return len(l.data)
	}
	quote := l.data[at]
	for at++; at < len(l.data); at++ {
		switch {
		case quote == '"' && l.data[at] == '\\':
			at++
		case l.data[at] == quote:
			if quote == '\'' && at+1 < len(l.data) && l.data[at+1] == '\'' {
				at++
				continue
			}
			return at + 1
		}
	}
	return len(l.data)
}
