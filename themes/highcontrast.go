package themes

// HighContrast is for tired eyes, projectors and bad panels: a dark theme in which
// no text is below a contrast of seven.
var HighContrast = Palette{
	Name:       "high-contrast",
	Background: "#000000",
	Contrast:   7,

	Text:   Look{Fg: "#ffffff"},
	Strong: Look{Fg: "#ffffff", Bold: true},
	Dim:    Look{Fg: "#d0d0d0"},
	Faint:  Look{Fg: "#b4b4b4"},

	Accent:       Look{Fg: "#5ef0e0"},
	Border:       Look{Fg: "#8c8c8c"},
	Selection:    Look{Bg: "#123a6b", Bold: true},
	SelectionDim: Look{Bg: "#2b2b2b"},
	Match:        Look{Fg: "#000000", Bg: "#d8c258"},
	CurrentMatch: Look{Fg: "#000000", Bg: "#ffff00", Bold: true},
	Cursor:       Look{Reverse: true},
	Backdrop:     Look{Fg: "#6e6e6e"},

	InSync:  Look{Fg: "#d0d0d0"},
	Pending: Look{Fg: "#8cc4ff"},
	Drifted: Look{Fg: "#ffc94d"},
	Missing: Look{Fg: "#ff9a9a", Bold: true},
	Extra:   Look{Fg: "#ffb27a"},
	Unknown: Look{Fg: "#e6b3ff"},
	Good:    Look{Fg: "#7dff8e"},
	Warning: Look{Fg: "#ffc94d"},
	Bad:     Look{Fg: "#ff9a9a", Bold: true},

	Added:       Look{Fg: "#7dff8e", Bold: true},
	Removed:     Look{Fg: "#ff9a9a", Bold: true},
	AddedLine:   Look{Bg: "#00290c"},
	RemovedLine: Look{Bg: "#3a0508"},
	AddedWord:   Look{Fg: "#ffffff", Bg: "#0b5a22", Bold: true, Underline: true},
	RemovedWord: Look{Fg: "#ffffff", Bg: "#8a1218", Bold: true, Underline: true},
	Moved:       Look{Fg: "#9ec5ff", Bold: true},
	MovedLine:   Look{Bg: "#00183a"},

	Syntax: Syntax{
		Keyword:  Look{Fg: "#d6c2ff"},
		String:   Look{Fg: "#cfe8a9"},
		Number:   Look{Fg: "#ffd0a3"},
		Comment:  Look{Fg: "#b9c0cc", Italic: true},
		Name:     Look{Fg: "#a9d8ff"},
		Type:     Look{Fg: "#8ff0f0"},
		Function: Look{Fg: "#f2e59a"},
		Variable: Look{Fg: "#ffb8dc"},
		Operator: Look{Fg: "#d8dde6"},
		Template: Look{Fg: "#eeb0ff", Bold: true},
		Heading:  Look{Fg: "#a9d8ff", Bold: true},
	},

	Production: EnvironmentLook{
		Fill: Look{Fg: "#ffffff", Bg: "#a30010", Bold: true},
		Tint: Look{Fg: "#ffd0d0", Bg: "#4a0008"},
		Text: Look{Fg: "#ff9a9a", Bold: true},
	},
	Environments: map[string]EnvironmentLook{
		"red": {
			Fill: Look{Fg: "#ffffff", Bg: "#a30010", Bold: true},
			Tint: Look{Fg: "#ffd0d0", Bg: "#4a0008"},
			Text: Look{Fg: "#ff9a9a"},
		},
		"amber": {
			Fill: Look{Fg: "#000000", Bg: "#ffc233", Bold: true},
			Tint: Look{Fg: "#ffe2a1", Bg: "#3d2b00"},
			Text: Look{Fg: "#ffc94d"},
		},
		"green": {
			Fill: Look{Fg: "#ffffff", Bg: "#0b5a22", Bold: true},
			Tint: Look{Fg: "#c8ffd0", Bg: "#00330f"},
			Text: Look{Fg: "#7dff8e"},
		},
		"cyan": {
			Fill: Look{Fg: "#ffffff", Bg: "#005b63", Bold: true},
			Tint: Look{Fg: "#c2f8ff", Bg: "#00343a"},
			Text: Look{Fg: "#66ecf7"},
		},
		"blue": {
			Fill: Look{Fg: "#ffffff", Bg: "#0c479e", Bold: true},
			Tint: Look{Fg: "#d0e5ff", Bg: "#0a2a5c"},
			Text: Look{Fg: "#8cc4ff"},
		},
		"violet": {
			Fill: Look{Fg: "#ffffff", Bg: "#5b2aa0", Bold: true},
			Tint: Look{Fg: "#e9dcff", Bg: "#331560"},
			Text: Look{Fg: "#cdb3ff"},
		},
		"grey": {
			Fill: Look{Fg: "#ffffff", Bg: "#4d4d4d", Bold: true},
			Tint: Look{Fg: "#f0f0f0", Bg: "#333333"},
			Text: Look{Fg: "#d0d0d0"},
		},
	},
}
