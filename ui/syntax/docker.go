package syntax

import "strings"

// dockerScanner reads Dockerfiles. What an instruction says is read as shell.
type dockerScanner struct {
	shell       shellScanner
	instruction string
	goesOn      bool // The line before ended in a backslash.
}

var dockerWords = words("FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL")

func (d *dockerScanner) scan(s string, p *pen) {
	if len(d.shell.heredocs) > 0 {
		d.shell.scanFrom(s, 0, p)
		return
	}
	i := skipBlanks(s, 0)
	if i == len(s) {
		return
	}
	if s[i] == '#' {
		p.add(i, len(s), Comment) // Also between the lines of one instruction.
		return
	}
	if !d.goesOn {
		d.shell.open = nil
		d.instruction = ""
		i = d.word(s, i, p)
		d.shell.place = argument
		switch d.instruction {
		case "RUN", "CMD", "ENTRYPOINT":
			if byteAt(s, skipBlanks(s, i)) != '[' { // A list is no command.
				d.shell.place = command
			}
		case "ENV", "ARG", "LABEL":
			d.shell.place = assignment
		}
	}
	d.goesOn = strings.HasSuffix(s, `\`)
	for strings.HasPrefix(s[skipBlanks(s, i):], "--") {
		k := skipBlanks(s, i)
		end := blankEnd(s, k)
		if eq := strings.IndexByte(s[k:end], '='); eq > 0 {
			p.add(k, k+eq, Name)
			p.add(k+eq, k+eq+1, Operator)
		} else {
			p.add(k, end, Name)
		}
		i = end
	}
	switch d.instruction {
	case "FROM":
		d.from(s, i, p)
		return
	case "ENV":
		// The old form has no equals sign: ENV name value.
		if k := skipBlanks(s, i); !strings.Contains(s[k:], "=") {
			p.add(k, wordEnd(s, k, ""), Name)
		}
	}
	d.shell.scanFrom(s, i, p)
}

// word reads the instruction, and the one after ONBUILD or the options of HEALTHCHECK.
func (d *dockerScanner) word(s string, i int, p *pen) int {
	end := wordEnd(s, i, "")
	if word := strings.ToUpper(s[i:end]); dockerWords[word] {
		p.add(i, end, Keyword)
		d.instruction = word
		if word == "ONBUILD" {
			return d.word(s, skipBlanks(s, end), p)
		}
	}
	return max(end, i)
}

func (d *dockerScanner) from(s string, i int, p *pen) {
	k := skipBlanks(s, i)
	end := blankEnd(s, k)
	if v := strings.IndexByte(s[k:end], '$'); v >= 0 {
		p.add(k, k+v, String)
		to := variableEnd(s, k+v)
		p.add(k+v, to, Variable)
		p.add(to, end, String)
	}
	p.add(k, end, String)
	as := skipBlanks(s, end)
	end = blankEnd(s, as)
	if strings.EqualFold(s[as:end], "AS") {
		p.add(as, end, Keyword)
		k = skipBlanks(s, end)
		p.add(k, blankEnd(s, k), Name)
	}
}
