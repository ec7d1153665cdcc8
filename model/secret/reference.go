package secret

import (
	"bytes"
	"regexp"
)

var (
	nothing = map[string]bool{
		"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "none": true, "null": true, "nil": true,
		"~": true, "True": true, "False": true, "None": true, "{}": true, "[]": true, "()": true, "*": true, "\"\"": true, "''": true,
		"optional": true, "required": true, "(sensitive)": true, "(sensitive value)": true, "(known after apply)": true,
	}
	// A variable without a default; the default would be the secret.
	variable = regexp.MustCompile(`^(?:\$\{[\w.\[\]*]+(?::?\?[^}]*|:?-)?\}|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|\$env:\w+)$`)
	// A template that looks something up, with no text of its own.
	template   = regexp.MustCompile("^(?:\\{\\{[^\"'`}]*\\}\\}|\\{\\{[^\"'`}]*(?:lookup|env|get|index|vault|secret)\\b[^}]*\\}\\}|<%=[^\"'%]*%>|\\$\\{\\{[^\"'}]*\\}\\})$")
	hasDefault = regexp.MustCompile(`\bdefault\b`)
	// A command whose output is the secret.
	command = regexp.MustCompile("^(?:\\$\\([^()]*\\)|`[^`]*`)$")
	// An expression of Terraform: a path of names that starts with one of its own.
	expression = regexp.MustCompile(`^(?:var|local|module|data|each|self|path|count|output|ephemeral|[a-z]+_[a-z_0-9]+)(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\*|each\.key|each\.value|count\.index)\])+$`)
	call       = regexp.MustCompile(`^(?:file|templatefile|env|get_env|getenv|os\.getenv|lookup|sensitive|nonsensitive|try)\((.*)\)$`)
	// A path in lower case with two names or more: a random secret that begins with a slash looks otherwise.
	filePath = regexp.MustCompile(`^(?:/|\./|\.\./|~/)[a-z0-9._@-]+(?:/[a-z0-9._@-]+)+$`)
	// A secret kept elsewhere.
	elsewhere = regexp.MustCompile(`^(?:op://|ref\+[a-z]+://|arn:aws[a-z-]*:|vault:[a-z]|ENC\[[A-Z0-9_]+,|projects/[a-z0-9-]+/secrets/)[\w:/#.,@+=\]\[-]*$`)

	startsReference = regexp.MustCompile(`^(?:\$\{[\w.\[\]*]+\}|\$[A-Za-z_]\w*|\{\{[^"'` + "`" + `}]*\}\}|\$\([^()]*\))(?:[\s;&"']|$)`)
)

// isReference reports a value that names a secret or stands for none, and is not one itself.
func isReference(value []byte, quoted bool) bool {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || nothing[string(value)] {
		return true
	}
	switch value[0] {
	case '$', '%':
		return variable.Match(value) || command.Match(value) || template.Match(value)
	case '`':
		return command.Match(value)
	case '{', '<':
		return template.Match(value) && !hasDefault.Match(value)
	case '/', '.', '~':
		return filePath.Match(value)
	}
	if bytes.ContainsAny(value, ":/[") && elsewhere.Match(value) {
		return true
	}
	if quoted || !bytes.ContainsAny(value, ".[(") {
		return false
	}
	if m := call.FindSubmatch(value); m != nil {
		return isReference(bytes.Trim(m[1], `"' `), false)
	}
	return expression.Match(value)
}
