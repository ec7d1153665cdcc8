package screentest

import "testing"

func TestTheMouseFocusesSelectsScrollsAndSwitches(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`(?m)^▌History`, `≠ web-2 `, `○ prd Deploy .* sealed`)

	x, y := s.at(`≠ web-2 `)
	s.mouse(leftButton, x, y)
	s.shows(`▌Live  production`, `▌ ≠ web-2 `, `─ /etc/nginx/nginx\.conf · web-2 ─`)

	x, y = s.at(`✓ prd Deploy`)
	s.mouse(leftButton, x, y)
	s.shows(`▌Change`, `▌✓ prd Deploy`)

	// The wheel scrolls what is under the pointer; the keys stay where they are.
	x, y = s.at(`◆ +[●○]? *[0-9a-f]{7} .*dev .*Try HTTP/3`)
	first := w.git("rev-parse", "--short=7", "main")
	for range 5 {
		s.mouse(wheelDown, x, y)
		s.settles()
	}
	s.lacks(`◆ +` + first)
	s.shows(`▌Change`)
	for range 10 {
		s.mouse(wheelUp, x, y)
		s.settles()
	}
	s.shows(`◆ +`+first, `▌Change`)

	x, y = s.at(`staging 2 pending`)
	s.mouse(leftButton, x+2, y)
	s.shows(`▌staging  2 pending ▐`, `─ Live  staging`)
	x, y = s.at(`production 2 drifted`)
	s.mouse(leftButton, x+2, y)
	s.shows(`▌PRODUCTION  2 drifted`, `─ Live  production`)

	x, y = s.at(`\? help`)
	s.mouse(leftButton, x, y)
	s.shows(`┌ What can be done`)
	s.closes(`▌Change`)
	s.leaves()
}
