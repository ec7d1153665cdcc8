package themes

// Dark is the theme for dark terminals, and the one to start with.
var Dark = Palette{
	Name:       "dark",
	Background: "#16181d",
	Contrast:   4.5,

	Text:   Look{Fg: "#d3d7df"},
	Strong: Look{Fg: "#f0f2f6", Bold: true},
	Dim:    Look{Fg: "#9299a8"},
	Faint:  Look{Fg: "#7b8291"},

	Accent:       Look{Fg: "#74c7bd"},
	Border:       Look{Fg: "#3c424f"},
	Selection:    Look{Bg: "#2b3242"},
	SelectionDim: Look{Bg: "#21252e"},
	Match:        Look{Fg: "#f0e2b8", Bg: "#554a20"},
	CurrentMatch: Look{Fg: "#16181d", Bg: "#e5c463", Bold: true},
	Cursor:       Look{Reverse: true},
	Backdrop:     Look{Fg: "#4b515e"},

	InSync:  Look{Fg: "#9299a8"},
	Pending: Look{Fg: "#7fabf2"},
	Drifted: Look{Fg: "#e0b05f"},
	Missing: Look{Fg: "#f07f84"},
	Extra:   Look{Fg: "#d99a6c"},
	Unknown: Look{Fg: "#c299d6"},
	Good:    Look{Fg: "#85c78c"},
	Warning: Look{Fg: "#e0b05f"},
	Bad:     Look{Fg: "#f07f84"},

	Added:       Look{Fg: "#7fc588"},
	Removed:     Look{Fg: "#ee868a"},
	AddedLine:   Look{Bg: "#16271d"},
	RemovedLine: Look{Bg: "#2e1b1f"},
	AddedWord:   Look{Fg: "#e9f6ea", Bg: "#27573a"},
	RemovedWord: Look{Fg: "#fbe9ea", Bg: "#6b2d34"},
	Moved:       Look{Fg: "#8fb4f0"},
	MovedLine:   Look{Bg: "#1a2338"},

	Syntax: Syntax{
		Keyword:  Look{Fg: "#b7a8ea"},
		String:   Look{Fg: "#b3c597"},
		Number:   Look{Fg: "#d8ac86"},
		Comment:  Look{Fg: "#8a91a0", Italic: true},
		Name:     Look{Fg: "#93bce3"},
		Type:     Look{Fg: "#86c5c8"},
		Function: Look{Fg: "#d6c98f"},
		Variable: Look{Fg: "#dea6c0"},
		Operator: Look{Fg: "#a7adba"},
		Template: Look{Fg: "#cf9ae0", Bold: true},
		Heading:  Look{Fg: "#93bce3", Bold: true},
	},

	Production: EnvironmentLook{
		Fill: Look{Fg: "#ffffff", Bg: "#b02a30", Bold: true},
		Tint: Look{Fg: "#f5b5b6", Bg: "#42191d"},
		Text: Look{Fg: "#f07f84", Bold: true},
	},
	Environments: map[string]EnvironmentLook{
		"red": {
			Fill: Look{Fg: "#ffffff", Bg: "#b02a30", Bold: true},
			Tint: Look{Fg: "#f5b5b6", Bg: "#42191d"},
			Text: Look{Fg: "#f07f84"},
		},
		"amber": {
			Fill: Look{Fg: "#1d1606", Bg: "#dca541", Bold: true},
			Tint: Look{Fg: "#ecc98b", Bg: "#3a2c10"},
			Text: Look{Fg: "#e0b05f"},
		},
		"green": {
			Fill: Look{Fg: "#ffffff", Bg: "#2c7040", Bold: true},
			Tint: Look{Fg: "#a6dbac", Bg: "#173322"},
			Text: Look{Fg: "#85c78c"},
		},
		"cyan": {
			Fill: Look{Fg: "#ffffff", Bg: "#1c6f76", Bold: true},
			Tint: Look{Fg: "#9adbe0", Bg: "#123338"},
			Text: Look{Fg: "#6cc5cc"},
		},
		"blue": {
			Fill: Look{Fg: "#ffffff", Bg: "#2d5cae", Bold: true},
			Tint: Look{Fg: "#adc8f5", Bg: "#1a2c4d"},
			Text: Look{Fg: "#7fabf2"},
		},
		"violet": {
			Fill: Look{Fg: "#ffffff", Bg: "#6a4aa8", Bold: true},
			Tint: Look{Fg: "#cfbdf2", Bg: "#2d2347"},
			Text: Look{Fg: "#b7a0ec"},
		},
		"grey": {
			Fill: Look{Fg: "#ffffff", Bg: "#565d6b", Bold: true},
			Tint: Look{Fg: "#c4c9d3", Bg: "#2b2f38"},
			Text: Look{Fg: "#aab1be"},
		},
	},
}
