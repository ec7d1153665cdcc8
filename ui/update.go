package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/syntax"
)

// clockMsg comes now and then, so that ages on the screen do not stand still.
type clockMsg struct{}

// How often the ages are looked at. They change once a minute, so that is when something is drawn.
const clockTime = 10 * time.Second

// Update takes a message: first those of the terminal, then answers, then keys, which go to
// the topmost of dialog, input and pane.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if r, ok := msg.(reply); ok {
		if r.stale() {
			return a, nil
		}
		r.settle()
	}
	cmd := a.update(msg)
	return a, tea.Batch(cmd, a.spin(spinAfter))
}

func (a *App) update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.MouseClickMsg, tea.MouseWheelMsg, tea.FocusMsg:
		a.sharing.active = a.now()
	}
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = m.Width, m.Height
		a.resize()
		return a.history.checkSignatures(a)
	case tea.BackgroundColorMsg:
		if dark := m.IsDark(); dark != a.dark || !a.asked {
			a.dark, a.asked = dark, true
			a.restyle()
		}
	case tea.ColorProfileMsg:
		if m.Profile != a.profile {
			a.profile = m.Profile
			a.restyle()
		}
	case tea.BlurMsg:
		a.away = true
	case tea.FocusMsg:
		a.away = false
		return a.cameBack()
	case tea.ResumeMsg:
		return tea.Batch(tea.ClearScreen, a.cameBack())

	case clockMsg:
		a.tickClock()
		return a.after(clockTime, clockMsg{})
	case spinMsg:
		a.spinning = false
		a.spinFrame++
		return a.spin(spinEvery)
	case graceMsg:
	case restMsg:
		return a.diff.rested(a, m)
	case standMsg:
		return a.history.stood(a, m)
	case stageMsg:
		return a.stageRests(m)
	case editedMsg:
		return a.editorLeft(m)
	case watchMsg:
		return a.look()
	case shareMsg:
		return a.shareEvery()

	case tea.KeyPressMsg:
		return a.pressed(m)
	case tea.PasteMsg:
		a.paste(m.Content)
	case tea.MouseClickMsg:
		return a.clicked(m.Mouse())
	case tea.MouseWheelMsg:
		return a.wheeled(m.Mouse(), notch(m.Mouse()))
	case wheelMsg:
		return a.wheeled(m.at, m.n)
	default:
		return a.answered(msg)
	}
	return nil
}

// answered hands an answer to who asked for it.
func (a *App) answered(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case answer[glanced]:
		return a.history.relist(a) // What is wrong with a glance is wrong below as well, and told there.
	case answer[Discovery]:
		return a.discovered(m)
	case readPart:
		return a.history.read(a, m)
	case listPart:
		return a.history.arrived(a, m)
	case answer[signatures]:
		return a.history.signed(a, m)
	case answer[fingerprint]:
		return a.looked(m)
	case answer[fetched]:
		return a.fetchArrived(m)
	case answer[synced]:
		return a.shared(m)
	case answer[jumped]:
		return a.jumpArrived(m)
	case answer[changesFound]:
		cmd := a.change.arrived(a, m)
		a.run.planned(a)
		return cmd
	case lookPart:
		return a.observed(m)
	case answer[fileRead]:
		return a.file.arrived(a, m)
	case answer[*syntax.Text]:
		return a.file.painted(m)
	case answer[marked]:
		return a.diff.markedArrived(a, m)
	case answer[remembered]:
		if m.err != nil {
			a.warn(text.Error(m.err))
		}
	case answer[studied]:
		return a.diff.studied(a, m)
	case blamePart:
		return a.file.blameArrived(m)
	case linesPart:
		return a.linesArrived(m)
	case answer[foundFile]:
		return a.fileFound(m)
	case measurePart:
		return a.diff.measured(m)
	case diffPart:
		return tea.Batch(a.diff.arrived(a, m), a.filesArrived())
	case countPart:
		return a.countsArrived(m)
	case answer[bookFound]:
		return a.ledger.arrived(a, m)
	case answer[accountsFound]:
		return a.ledger.selectedArrived(m)
	case answer[runsFound]:
		return a.runs.arrived(a, m)
	case answer[runFound]:
		return a.run.found(a, m)
	case runPart:
		return a.run.arrived(a, m)
	case ranMsg:
		return a.ran.arrived(a)
	case answer[drafted]:
		return a.draftArrived(m)
	case answer[previewed]:
		return a.previewArrived(m)
	case answer[opening]:
		return a.editorReady(m)
	case answer[saved]:
		return a.editSaved(m)
	case answer[sealed]:
		return a.sealArrived(m)
	case reviewPart:
		return a.reviewArrived(m)
	case answer[judged]:
		return a.judgeArrived(m)
	case answer[stood]:
		a.standingArrived(m)
	case answer[liveRuns]:
		return a.runsLive(m)
	case answer[killed]:
		return a.killArrived(m)
	case answer[held]:
		return a.holdArrived(m)
	case answer[trusted]:
		return a.trustArrived(m)
	}
	return nil
}

// tickClock draws the ages anew when they may have changed.
func (a *App) tickClock() {
	if m := a.now().Truncate(time.Minute); !m.Equal(a.minute) {
		a.minute = m
		a.rev++
	}
}

// cameBack looks at what others may have done while the operator was elsewhere.
func (a *App) cameBack() tea.Cmd {
	if a.now().Sub(a.refreshed) < 20*time.Second {
		return nil
	}
	a.refreshed = a.now()
	a.tickClock()
	return tea.Batch(a.change.load(a), a.history.load(a))
}

// pressed routes a key.
func (a *App) pressed(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	if key == "ctrl+c" {
		return a.interrupt()
	}
	if a.frame.tooSmall {
		if key == "q" {
			return a.interrupt()
		}
		return nil
	}
	if key == "ctrl+l" {
		a.rev++
		return tea.ClearScreen
	}
	if d := a.top(); d != nil {
		return d.key(a, k)
	}
	if a.search != nil {
		return a.searchKey(k)
	}
	a.notice = notice{}
	act, ok := action.ForKey(a.scope(), key)
	if !ok {
		a.explain(key)
		return nil
	}
	return a.do(action.Intent{ID: act.ID})
}

// explain says of a key that means nothing here what it means elsewhere: no key does nothing without a word.
func (a *App) explain(key string) {
	var there []action.Scope
	var found action.Action
	for _, in := range action.Scopes() {
		act, ok := action.ForKey(in, key)
		if ok && (found.ID == "" || act.ID == found.ID) {
			found = act
			there = append(there, in)
		}
	}
	if found.ID == "" {
		a.say(text.Format("%s does nothing; ? shows every key", key))
		return
	}
	a.say(text.Format("%s is “%s” in %s, and nothing here", key, found.Title, names(there)))
}

// do carries an intent out, or says why it cannot be.
func (a *App) do(in action.Intent) tea.Cmd {
	act, ok := action.Find(in.ID)
	if !ok {
		return nil
	}
	if why := act.Why(a.state()); why != "" {
		a.warn(cannot(act, why))
		return nil
	}
	return a.perform(in)
}

func (a *App) paste(s string) {
	if d, ok := a.top().(pasted); ok {
		d.paste(a, s)
	} else if a.top() == nil && a.search != nil {
		a.search.input.insert(s)
		a.searchFor(a.pane(a.search.in), a.search.input.value())
	}
}
