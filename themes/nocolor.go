package themes

// NoColor has weight, underline and reverse only: for NO_COLOR, and for terminals without colours.
var NoColor = Palette{
	Name: "no-color",

	Strong: Look{Bold: true},
	Dim:    Look{Faint: true},
	Faint:  Look{Faint: true},

	Accent:       Look{Bold: true},
	Border:       Look{Faint: true},
	Selection:    Look{Reverse: true},
	SelectionDim: Look{Bold: true},
	Match:        Look{Underline: true, Bold: true},
	CurrentMatch: Look{Reverse: true, Bold: true},
	Cursor:       Look{Reverse: true},
	Backdrop:     Look{Faint: true},

	InSync:  Look{Faint: true},
	Pending: Look{},
	Drifted: Look{Bold: true},
	Missing: Look{Bold: true},
	Extra:   Look{Bold: true},
	Unknown: Look{Bold: true},
	Good:    Look{},
	Warning: Look{Bold: true},
	Bad:     Look{Bold: true},

	Added:       Look{Bold: true},
	Removed:     Look{Bold: true},
	AddedWord:   Look{Bold: true, Underline: true},
	RemovedWord: Look{Bold: true, Underline: true},
	Moved:       Look{Bold: true},

	Production: colorless,
	Environments: map[string]EnvironmentLook{
		"red": colorless, "amber": colorless, "green": colorless, "cyan": colorless,
		"blue": colorless, "violet": colorless, "grey": colorless,
	},
}

// Without colours the solid bar alone tells production apart.
var colorless = EnvironmentLook{
	Fill: Look{Bold: true, Reverse: true},
	Tint: Look{Underline: true},
	Text: Look{Bold: true},
}
