package themes

// Light is the theme for light terminals.
var Light = Palette{
	Name:       "light",
	Background: "#f2f2f2",
	Contrast:   4.5,

	Text:   Look{Fg: "#262b33"},
	Strong: Look{Fg: "#0c0f14", Bold: true},
	Dim:    Look{Fg: "#5a6270"},
	Faint:  Look{Fg: "#646b78"},

	Accent:       Look{Fg: "#00706a"},
	Border:       Look{Fg: "#b8bfca"},
	Selection:    Look{Bg: "#dbe6f6"},
	SelectionDim: Look{Bg: "#ebeef2"},
	Match:        Look{Fg: "#3a3000", Bg: "#f6e39a"},
	CurrentMatch: Look{Fg: "#ffffff", Bg: "#8a5d00", Bold: true},
	Cursor:       Look{Reverse: true},
	Backdrop:     Look{Fg: "#a4abb6"},

	InSync:  Look{Fg: "#5a6270"},
	Pending: Look{Fg: "#1f5cb8"},
	Drifted: Look{Fg: "#8a5a00"},
	Missing: Look{Fg: "#b3242c"},
	Extra:   Look{Fg: "#9a4a12"},
	Unknown: Look{Fg: "#7c3c9c"},
	Good:    Look{Fg: "#1a6f36"},
	Warning: Look{Fg: "#8a5a00"},
	Bad:     Look{Fg: "#b3242c"},

	Added:       Look{Fg: "#1a6f36"},
	Removed:     Look{Fg: "#b3242c"},
	AddedLine:   Look{Bg: "#e7f5ea"},
	RemovedLine: Look{Bg: "#fcebec"},
	AddedWord:   Look{Fg: "#082812", Bg: "#b2e3bf"},
	RemovedWord: Look{Fg: "#3d070b", Bg: "#f6c3c6"},
	Moved:       Look{Fg: "#1f55b0"},
	MovedLine:   Look{Bg: "#e9effc"},

	Syntax: Syntax{
		Keyword:  Look{Fg: "#6a3fa8"},
		String:   Look{Fg: "#3f661f"},
		Number:   Look{Fg: "#9a4a12"},
		Comment:  Look{Fg: "#626977", Italic: true},
		Name:     Look{Fg: "#1d5a96"},
		Type:     Look{Fg: "#00736b"},
		Function: Look{Fg: "#735a3a"},
		Variable: Look{Fg: "#9c2f6b"},
		Operator: Look{Fg: "#565d6a"},
		Template: Look{Fg: "#8a3ba0", Bold: true},
		Heading:  Look{Fg: "#1d5a96", Bold: true},
	},

	Production: EnvironmentLook{
		Fill: Look{Fg: "#ffffff", Bg: "#b3242c", Bold: true},
		Tint: Look{Fg: "#7d141b", Bg: "#f8d9db"},
		Text: Look{Fg: "#b3242c", Bold: true},
	},
	Environments: map[string]EnvironmentLook{
		"red": {
			Fill: Look{Fg: "#ffffff", Bg: "#b3242c", Bold: true},
			Tint: Look{Fg: "#7d141b", Bg: "#f8d9db"},
			Text: Look{Fg: "#b3242c"},
		},
		"amber": {
			Fill: Look{Fg: "#1d1606", Bg: "#e6ac3c", Bold: true},
			Tint: Look{Fg: "#6b4500", Bg: "#fbe8c2"},
			Text: Look{Fg: "#8a5a00"},
		},
		"green": {
			Fill: Look{Fg: "#ffffff", Bg: "#1a6f36", Bold: true},
			Tint: Look{Fg: "#0f5527", Bg: "#d5eedb"},
			Text: Look{Fg: "#1a6f36"},
		},
		"cyan": {
			Fill: Look{Fg: "#ffffff", Bg: "#0b6b73", Bold: true},
			Tint: Look{Fg: "#07535a", Bg: "#d0edf0"},
			Text: Look{Fg: "#0b6b73"},
		},
		"blue": {
			Fill: Look{Fg: "#ffffff", Bg: "#1f5cb8", Bold: true},
			Tint: Look{Fg: "#17488f", Bg: "#d9e6fa"},
			Text: Look{Fg: "#1f5cb8"},
		},
		"violet": {
			Fill: Look{Fg: "#ffffff", Bg: "#6a3fa8", Bold: true},
			Tint: Look{Fg: "#523085", Bg: "#e8def7"},
			Text: Look{Fg: "#6a3fa8"},
		},
		"grey": {
			Fill: Look{Fg: "#ffffff", Bg: "#5a6270", Bold: true},
			Tint: Look{Fg: "#404752", Bg: "#e4e7eb"},
			Text: Look{Fg: "#5a6270"},
		},
	},
}
