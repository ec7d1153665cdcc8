package ui

import (
	"unicode"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// input is one line that a person types.
type input struct {
	runes []rune
	at    int // Where the cursor is.
}

// The most a person types into one line; a clipboard that is pasted by mistake ends here.
const longestInput = 500

func (in *input) value() string { return string(in.runes) }

func (in *input) set(s string) {
	in.runes = []rune(s)
	in.at = len(in.runes)
}

// key takes a key and reports whether it was one for editing.
func (in *input) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		in.at = max(in.at-1, 0)
	case "right", "ctrl+f":
		in.at = min(in.at+1, len(in.runes))
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.runes)
	case "backspace", "ctrl+h":
		in.cut(in.at-1, in.at)
	case "delete":
		in.cut(in.at, in.at+1)
	case "ctrl+u":
		in.cut(0, in.at)
	case "ctrl+k":
		in.cut(in.at, len(in.runes))
	case "ctrl+w", "alt+backspace":
		from := in.at
		for from > 0 && unicode.IsSpace(in.runes[from-1]) {
			from--
		}
		for from > 0 && !unicode.IsSpace(in.runes[from-1]) {
			from--
		}
		in.cut(from, in.at)
	default:
		if k.Text == "" {
			return false
		}
		in.insert(k.Text)
	}
	return true
}

// insert puts text at the cursor, without what has no place in one line.
func (in *input) insert(s string) {
	var add []rune
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		if unicode.IsPrint(r) {
			add = append(add, r)
		}
	}
	if room := longestInput - len(in.runes); len(add) > room {
		add = add[:max(room, 0)]
	}
	rest := append([]rune(nil), in.runes[in.at:]...)
	in.runes = append(append(in.runes[:in.at], add...), rest...)
	in.at += len(add)
}

func (in *input) cut(from, to int) {
	from, to = max(from, 0), min(to, len(in.runes))
	if from >= to {
		return
	}
	in.runes = append(in.runes[:from], in.runes[to:]...)
	in.at = from
}

// draw adds the input to a row in exactly so many cells; the part around the cursor is seen.
func (in *input) draw(l *paint.Line, st themes.Styles, cells int, placeholder text.Safe) {
	before, under, after := text.Line(string(in.runes[:in.at])), text.Lit(" "), text.Safe{}
	if in.at < len(in.runes) {
		under, after = text.Line(string(in.runes[in.at:in.at+1])), text.Line(string(in.runes[in.at+1:]))
	}
	from := l.Used()
	if over := before.Width() + 1 - cells; over > 0 {
		before = before.Cut(over, before.Width())
	}
	l.Add(st.Text, before).Add(st.Cursor, under)
	if len(in.runes) == 0 {
		l.AddTrunc(st.Faint, placeholder, cells-1)
	} else {
		l.AddTrunc(st.Text, after, from+cells-l.Used())
	}
	l.To(from + cells)
}
