package ui

import (
	"plumb/ui/diffview"
)

// kept is a place in a file. Where the next subject has that file too, the reader is there again.
type kept struct {
	path string
	at   diffview.Place
}

// keepPlace remembers the place before something else is shown. One that is still looked for stays.
func (p *diffPane) keepPlace() {
	if p.kept != nil || p.fresh || !p.any() || p.cut < p.above() {
		return
	}
	if at, ok := p.view.Place(); ok && at.File < len(p.files_) {
		p.kept = &kept{pathOf(&p.files_[at.File]), at}
	}
}

// returnToPlace goes to the place that was kept, once its file is here.
func (p *diffPane) returnToPlace() {
	if p.kept == nil || p.seek != nil || p.goal != nil {
		return
	}
	for i := range p.files_ {
		if pathOf(&p.files_[i]) == p.kept.path {
			p.toFiles()
			p.view.Return(i, p.kept.at)
			p.kept = nil
			return
		}
	}
}
