package ran

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
)

func TestLogKeepsTheNewestInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 7} {
		l := New(3)
		var want []string
		for i := range n {
			l.Add(model.Command{Why: fmt.Sprint(i)})
			want = append(want, fmt.Sprint(i))
		}
		want = want[max(0, n-3):]
		var got []string
		for _, c := range l.Commands() {
			got = append(got, c.Why)
		}
		if d := cmp.Diff(want, got); n > 0 && d != "" {
			t.Errorf("after %d commands (-want +got):\n%s", n, d)
		}
		if l.Total() != n {
			t.Errorf("total %d, want %d", l.Total(), n)
		}
	}
}

func TestChangedTellsOfEveryAdd(t *testing.T) {
	l := New(100)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				l.Add(model.Command{})
			}
		})
	}
	for {
		changed := l.Changed()
		if l.Total() == 200 {
			break
		}
		<-changed
	}
	wg.Wait()
	if len(l.Commands()) != 100 {
		t.Errorf("kept %d commands, want 100", len(l.Commands()))
	}
}
