package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/themes"
)

// The screen as it was looked at and found good: three sizes in three themes. Look
// at a picture of it before a change is accepted with -update.
func TestScreenLooksAsItDid(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press("2", "j")
	for _, size := range [][2]int{{160, 45}, {100, 30}, {80, 24}} {
		for _, theme := range []string{themes.Dark.Name, themes.Light.Name, "none"} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], theme), func(t *testing.T) {
				profile := colorprofile.TrueColor
				if theme == "none" {
					profile, theme = colorprofile.ASCII, themes.Dark.Name
				}
				s.send(tea.ColorProfileMsg{Profile: profile})
				s.app.setTheme(theme)
				s.app.notice = notice{}
				s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				golden.RequireEqual(t, strings.Join(s.app.rows(), "\n")+"\n")
			})
		}
	}
}

// What stands over the screen or takes its place, in words only.
func TestViewsLookAsTheyDid(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	for _, v := range []struct {
		name string
		open func()
	}{
		{"a commit", func() { s.press("1", "g", "j", "j") }},
		{"drift", func() { s.selectsResource("nginx.conf") }},
		{"a target", func() { s.press("2", "g") }},
		{"a change", func() { s.press("3"); s.app.change.choose(world.Waiting); s.run(s.app.showSelected()); s.settle() }},
		{"approving", func() { s.press("a"); s.pass(quietTime) }},
		{"a way back", func() { s.press("esc"); s.goesTo(world.Bad); s.press("1", "R") }},
		{"runs", func() { s.press("esc", "v"); s.write("runs"); s.press("enter") }},
		{"a run", func() { s.press("enter") }},
		{"the ledger", func() { s.press("esc", "esc", "U") }},
		{"the ledger filtered", func() { s.press("/"); s.write("by:bob kind:approve"); s.press("enter") }},
		{"help", func() { s.press("esc", "esc", "esc", "?"); s.write("roll") }},
		{"the palette", func() { s.press("esc", ":"); s.write("env sta") }},
		{"another environment", func() { s.press("enter", "1") }},
		{"wide", func() { s.press("esc", "4", "z"); s.send(tea.WindowSizeMsg{Width: 120, Height: 36}) }},
		{"very wide", func() { s.press("z", "1"); s.send(tea.WindowSizeMsg{Width: 220, Height: 50}) }},
		{"too small", func() { s.send(tea.WindowSizeMsg{Width: 20, Height: 5}) }},
	} {
		v.open()
		t.Run(strings.ReplaceAll(v.name, " ", "-"), func(t *testing.T) {
			golden.RequireEqual(t, s.text()+"\n")
		})
	}
}
