package themes

// Terminal uses the terminal's own sixteen colours, whatever they are: for terminals
// that have no more, and for people who chose theirs with care.
var Terminal = Palette{
	Name: "terminal",

	Strong: Look{Bold: true},
	Dim:    Look{Faint: true},
	Faint:  Look{Faint: true},

	Accent:       Look{Fg: "6"},
	Border:       Look{Faint: true},
	Selection:    Look{Reverse: true},
	SelectionDim: Look{Bold: true},
	Match:        Look{Fg: "0", Bg: "3"},
	CurrentMatch: Look{Fg: "0", Bg: "11", Bold: true},
	Cursor:       Look{Reverse: true},
	Backdrop:     Look{Faint: true},

	InSync:  Look{Faint: true},
	Pending: Look{Fg: "4"},
	Drifted: Look{Fg: "3"},
	Missing: Look{Fg: "1", Bold: true},
	Extra:   Look{Fg: "3"},
	Unknown: Look{Fg: "5"},
	Good:    Look{Fg: "2"},
	Warning: Look{Fg: "3", Bold: true},
	Bad:     Look{Fg: "1", Bold: true},

	Added:       Look{Fg: "2"},
	Removed:     Look{Fg: "1"},
	AddedLine:   Look{Fg: "2"},
	RemovedLine: Look{Fg: "1"},
	AddedWord:   Look{Fg: "2", Bold: true, Reverse: true},
	RemovedWord: Look{Fg: "1", Bold: true, Reverse: true},
	Moved:       Look{Fg: "4"},
	MovedLine:   Look{Fg: "4"},

	Production: EnvironmentLook{
		Fill: Look{Fg: "15", Bg: "1", Bold: true},
		Tint: Look{Fg: "1", Underline: true},
		Text: Look{Fg: "1", Bold: true},
	},
	Environments: map[string]EnvironmentLook{
		"red":    ofTerminal("1", "15"),
		"amber":  ofTerminal("3", "0"),
		"green":  ofTerminal("2", "0"),
		"cyan":   ofTerminal("6", "0"),
		"blue":   ofTerminal("4", "15"),
		"violet": ofTerminal("5", "15"),
		"grey": {
			Fill: Look{Bold: true, Reverse: true},
			Tint: Look{Underline: true},
			Text: Look{Bold: true},
		},
	},
}

func ofTerminal(color, on string) EnvironmentLook {
	return EnvironmentLook{
		Fill: Look{Fg: on, Bg: color, Bold: true},
		Tint: Look{Fg: color, Underline: true},
		Text: Look{Fg: color},
	}
}
