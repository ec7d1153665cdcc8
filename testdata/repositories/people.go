package repositories

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// person is somebody, or a bot, who commits.
type person struct {
	name, email string
	zone        string // As in +0200.
	style       style
}

// style is how somebody writes subjects.
type style int

const (
	plainly      style = iota
	conventional       // feat(service): …
	ticketed           // OPS-123 …
	carelessly         // Lower case, now and then only "fix".
)

// The forge makes the merges and squashes of pull requests.
var (
	forge    = person{name: "GitHub", email: "noreply@github.com", zone: "+0000"}
	renovate = person{name: "renovate[bot]", email: "29139614+renovate[bot]@users.noreply.github.com", zone: "+0000"}
	bots     = []person{
		renovate, renovate,
		{name: "dependabot[bot]", email: "49699333+dependabot[bot]@users.noreply.github.com", zone: "+0000"},
		{name: "release-bot", email: "release-bot@example.org", zone: "+0000"},
	}
)

var (
	firstNames = strings.Fields(`Alice Bob Carol Dan Erin Frank Grace Henry Iris Jack Karen Liam Mary Nina Oscar Paula Quentin Rosa
		Sam Tina Umar Vera Will Xenia Yusuf Zoe Amir Bella Chidi Dora Emeka Farah Gita Hugo Ines Jonas Kofi Leila Marco Nadia`)
	lastNames = strings.Fields(`Adams Berger Costa Dubois Evans Fischer Garcia Hansen Ito Jones Khan Larsen Moreau Nowak Okafor Patel
		Quinn Rossi Sato Taylor Ueda Varga Walker Xu Young Zimmer Ali Brown Chen Diaz Ekman Ferrari Gomez Hill Ivanov Jensen Kim Lopez Murphy Novak`)
	oddNames = []string{"Jürgen Groß", "Łukasz Żółć", "李雷", "José Ñuñez", "Þóra Sæmundsdóttir", "Наталья Иванова", "محمد", "O'Brien-Smith, Pat",
		"Zoë “Zed” Quick", "山田 太郎", "Renée 🚀 Dupont"}
	zones    = []string{"+0100", "+0000", "+0200", "-0500", "+0100", "-0800", "+0530", "+0000"}
	oddZones = []string{"+0545", "-0930", "+1400", "-1200", "+0845"}
)

// newPeople makes n people; with oddities, some have names and time zones that programs stumble over.
func newPeople(n int, oddities bool, random *rand.Rand) []person {
	people := make([]person, n)
	for i := range people {
		first, last := firstNames[i%len(firstNames)], lastNames[(i+i/len(firstNames))%len(lastNames)]
		p := person{
			name:  first + " " + last,
			zone:  zones[random.IntN(len(zones))],
			style: style(random.IntN(4)),
		}
		id := strings.ToLower(first + "." + last)
		if again := i / (len(firstNames) * len(lastNames)); again > 0 {
			id += fmt.Sprint(again)
			p.name += fmt.Sprintf(" %d", again)
		}
		p.email = id + "@example.org"
		if random.IntN(3) == 0 {
			p.email = fmt.Sprintf("%d+%s@users.noreply.github.com", 100_000+random.IntN(9_000_000), strings.ReplaceAll(id, ".", "-"))
		}
		if oddities && i%9 == 4 {
			p.name = oddNames[i/9%len(oddNames)]
		}
		if oddities && i%13 == 6 {
			p.zone = oddZones[i/13%len(oddZones)]
		}
		people[i] = p
	}
	return people
}

// handle is the person's name as the forge writes it in the names of branches.
func (p person) handle() string {
	name, _, _ := strings.Cut(p.email, "@")
	_, after, isNumbered := strings.Cut(name, "+")
	if isNumbered {
		name = after
	}
	return strings.TrimSuffix(strings.ReplaceAll(name, ".", "-"), "[bot]")
}
