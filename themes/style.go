package themes

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Style is a look, made ready for drawing. The escape sequence is made once per
// theme and not once per word: a frame has a thousand words and is drawn after
// every message. The zero value changes nothing.
type Style struct {
	on   string
	look Look
}

// Make prepares a look.
func Make(l Look) Style {
	var sgr ansi.Style
	if l.Bold {
		sgr = sgr.Bold()
	}
	if l.Faint {
		sgr = sgr.Faint()
	}
	if l.Italic {
		sgr = sgr.Italic(true)
	}
	if l.Underline {
		sgr = sgr.Underline(true)
	}
	if l.Reverse {
		sgr = sgr.Reverse(true)
	}
	if l.Fg != "" {
		sgr = sgr.ForegroundColor(lipgloss.Color(l.Fg))
	}
	if l.Bg != "" {
		sgr = sgr.BackgroundColor(lipgloss.Color(l.Bg))
	}
	if len(sgr) == 0 {
		return Style{look: l}
	}
	return Style{on: sgr.String(), look: l}
}

// On is the escape sequence that turns the style on; "\x1b[m" turns it off.
func (s Style) On() string { return s.on }

// Look is what the style was made of.
func (s Style) Look() Look { return s.look }

// Bold is the style in bold.
func (s Style) Bold() Style {
	l := s.look
	l.Bold = true
	return Make(l)
}

// Over puts s on top of base: what s leaves open is as in base.
func (s Style) Over(base Style) Style {
	l, b := s.look, base.look
	if l.Fg == "" {
		l.Fg = b.Fg
	}
	if l.Bg == "" {
		l.Bg = b.Bg
	}
	l.Bold = l.Bold || b.Bold
	l.Faint = l.Faint || b.Faint
	l.Italic = l.Italic || b.Italic
	l.Underline = l.Underline || b.Underline
	l.Reverse = l.Reverse || b.Reverse
	return Make(l)
}

// Lipgloss is the style for components that draw themselves, as the inputs of bubbles do.
func (s Style) Lipgloss() lipgloss.Style {
	l := s.look
	st := lipgloss.NewStyle().Bold(l.Bold).Faint(l.Faint).Italic(l.Italic).Underline(l.Underline).Reverse(l.Reverse)
	if l.Fg != "" {
		st = st.Foreground(lipgloss.Color(l.Fg))
	}
	if l.Bg != "" {
		st = st.Background(lipgloss.Color(l.Bg))
	}
	return st
}
