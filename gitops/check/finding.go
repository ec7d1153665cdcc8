package check

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

// maxCandidates is how many places of a line are tried, so that a line made of colons takes no time.
const maxCandidates = 8

// parseLine reads a line as a finding: "path:line[:column]: [severity:] message", as compilers and linters
// print it, or "::error file=path,line=1::message", as they do for a pipeline. A line about something that is not a file of
// the checkout is none: times and addresses look much the same.
func parseLine(line, dir string, files map[string]bool) (model.Finding, bool) {
	line = strings.TrimRight(ansi.Strip(line), "\r ")
	if rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::"); ok {
		return parseCommand(rest, dir, files)
	}
	// A path can have colons: the first place that makes a known file of what stands before it counts.
	candidates := 0
	for i := range len(line) {
		if line[i] != ':' {
			continue
		}
		number, rest, ok := position(line[i+1:])
		if !ok {
			continue
		}
		if candidates++; candidates > maxCandidates {
			break
		}
		name, known := inTree(line[:i], dir, files)
		if !known {
			continue
		}
		f := model.Finding{Path: name, Line: number}
		if column, behind, ok := position(rest); ok {
			f.Column, rest = column, behind
		}
		rest = strings.TrimLeft(rest, " \t")
		f.Severity, rest = severityOf(rest)
		if rest == "" {
			return f, false
		}
		f.Text = message(rest)
		return f, true
	}
	return model.Finding{}, false
}

// position reads "12:" and answers what stands behind it.
func position(s string) (number int, rest string, ok bool) {
	digits, rest, found := strings.Cut(s, ":")
	if !found || digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, s, false
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0, s, false
	}
	return int(n), rest, true
}

// severities are the words for severities; "info" and its like are notes.
var severities = []struct {
	word     string
	severity model.Severity
}{
	{"fatal error", model.SeverityError}, {"fatal", model.SeverityError}, {"error", model.SeverityError},
	{"warning", model.SeverityWarning}, {"warn", model.SeverityWarning},
	{"note", model.SeverityNote}, {"notice", model.SeverityNote}, {"info", model.SeverityNote}, {"style", model.SeverityNote},
}

// severityOf takes the severity off a message that begins with one: "error: …" or "[error] …".
func severityOf(s string) (model.Severity, string) {
	for _, one := range severities {
		if len(s) > len(one.word) && strings.EqualFold(s[:len(one.word)], one.word) && s[len(one.word)] == ':' {
			return one.severity, strings.TrimLeft(s[len(one.word)+1:], " \t")
		}
		if word := "[" + one.word + "]"; len(s) > len(word) && strings.EqualFold(s[:len(word)], word) {
			return one.severity, strings.TrimLeft(s[len(word):], " \t:")
		}
	}
	return "", s
}

var commandEscapes = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")

// parseCommand reads "error file=path,line=1,col=2::message".
func parseCommand(s, dir string, files map[string]bool) (model.Finding, bool) {
	head, words, ok := strings.Cut(s, "::")
	kind, properties, _ := strings.Cut(head, " ")
	severity, known := map[string]model.Severity{"error": model.SeverityError, "warning": model.SeverityWarning, "notice": model.SeverityNote}[kind]
	if !ok || !known || words == "" {
		return model.Finding{}, false
	}
	f := model.Finding{Severity: severity, Text: message(commandEscapes.Replace(words))}
	for property := range strings.SplitSeq(properties, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(property), "=")
		value = commandEscapes.Replace(value)
		switch key {
		case "file":
			f.Path, ok = inTree(value, dir, files)
			if !ok {
				return f, false
			}
		case "line":
			f.Line = number(value)
		case "col":
			f.Column = number(value)
		}
	}
	return f, f.Path != ""
}

func number(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// inTree is the path of a file of the checkout as git has it, from how a tool calls it.
func inTree(name, dir string, files map[string]bool) (string, bool) {
	if name == "" {
		return "", false
	}
	name = filepath.ToSlash(name)
	if rest, ok := strings.CutPrefix(name, filepath.ToSlash(dir)+"/"); ok {
		name = rest
	}
	if files[name] {
		return name, true
	}
	name = path.Clean(name)
	return name, files[name]
}

// maxMessage is how many bytes of a message are kept.
const maxMessage = 1 << 10

// message makes one line of the words of a finding.
func message(s string) text.Safe {
	s = strings.Join(strings.Fields(secret.MaskText(s)), " ")
	if len(s) > maxMessage {
		end := maxMessage
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "…"
	}
	return text.Line(s)
}
