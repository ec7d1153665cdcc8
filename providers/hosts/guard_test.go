package hosts

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// switchboard runs guard.sh as a host would, without a connection in between.
type switchboard struct {
	t    *testing.T
	sh   []string
	home string
}

func (b switchboard) ask(verbAndID ...string) (string, error) {
	cmd := exec.Command(b.sh[0], append(b.sh[1:], "-c", wordsScript+guardScript)...)
	cmd.Env = append(os.Environ(), "HOME="+b.home)
	cmd.Stdin = bytes.NewReader(append([]byte("nonce\n"), values(verbAndID...)...))
	out, err := cmd.Output()
	word, _ := verb(strings.Split(strings.TrimSpace(string(out)), "\n"))
	return word, err
}

func TestAConfirmationAndTheEndOfTheTimeNeverBothWin(t *testing.T) {
	rounds := 6
	if os.Getenv("PLUMB_THOROUGH") == "1" { // make thorough
		rounds = 40
	}
	shells := [][]string{{"sh"}}
	if busybox, err := exec.LookPath("busybox"); err == nil {
		shells = append(shells, []string{busybox, "sh"})
	}
	for _, sh := range shells {
		t.Run(strings.Join(sh, " "), func(t *testing.T) {
			wins := map[string]int{}
			for round := range rounds {
				b := switchboard{t, sh, t.TempDir()}
				wins[b.race(round)]++
			}
			t.Logf("%v", wins)
		})
	}
}

// race arms a guard, changes a file, and lets two confirmations, an order to take back and a process whose time
// is over decide at the same time. It answers who won, after a look at what that did.
func (b switchboard) race(round int) string {
	t := b.t
	t.Helper()
	name, id := filepath.Join(b.home, "file"), fmt.Sprintf("%016x", round)
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(os.WriteFile(name, []byte("earlier"), 0o600))
	word, err := b.ask("arm", id, wordsScript+guardScript, "", b.home, "600", "0.1", "1", name, b.mark(name), filepath.Join(b.home, ".temp"), "1", "2", "touch", "reloaded")
	if err != nil || word != guardArmed {
		t.Fatalf("arm: %q, %v", word, err)
	}
	must(os.WriteFile(name+".new", []byte("new"), 0o600))
	must(os.Rename(name+".new", name))
	planned := b.mark(name)

	dir := filepath.Join(b.home, ".plumb-guard-"+id)
	// A second process whose time is over at once, as the first one's would be.
	list, err := os.ReadFile(filepath.Join(dir, "list"))
	must(err)
	over := bytes.Replace(list, values("600"), values("0"), 1)
	must(os.WriteFile(filepath.Join(dir, "list"), over, 0o600))
	var group sync.WaitGroup
	confirmed := make([]string, 2)
	group.Go(func() {
		cmd := exec.Command(b.sh[0], append(b.sh[1:], filepath.Join(dir, "guard.sh"), "watch", dir)...)
		_ = cmd.Run() // How it ended shows by what it did.
	})
	for i := range confirmed {
		group.Go(func() { confirmed[i], _ = b.ask("confirm", id, "1", name, planned) })
	}
	group.Go(func() {
		if round%2 == 0 {
			_, _ = b.ask("take", id)
		}
	})
	group.Wait()
	word, err = b.ask("take", id)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	must(err)
	_, reloaded := os.Stat(filepath.Join(b.home, "reloaded"))
	for _, c := range confirmed {
		// One that saw the earlier file already says so, and one that came late how it stands.
		if c == guardConfirmed != (word == guardConfirmed) {
			t.Errorf("a confirmation answered %q where %q won", c, word)
		}
	}
	switch {
	case word == guardConfirmed && string(data) == "new" && reloaded != nil:
	case word == guardRestored && string(data) == "earlier" && reloaded == nil:
	default:
		t.Errorf("%q won, and the file is %q", word, data)
	}
	return word
}

// mark is what the host's own tools say of a file.
func (b switchboard) mark(name string) string {
	out, err := exec.Command("sh", "-c", wordsScript+`mark "$1"`, "sh", name).Output()
	if err != nil {
		b.t.Fatal(err)
	}
	return string(out)
}
