package index

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"plumb/gitops/objects/internal/object"
)

func TestMessagesComeBackAsTheyWereWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var m messages
	var all [][]byte
	for n := range 3000 {
		size := r.IntN(40)
		if n%50 == 0 {
			size = r.IntN(maxMessage + 1)
		}
		message := make([]byte, size)
		for i := range message {
			// All bytes but NUL, the ends of both alphabets more often.
			message[i] = byte(1 + r.IntN(255))
			if r.IntN(2) == 0 {
				message[i] = "@AMZ[`amz{\x7f\x80\xc1\xda\xff"[r.IntN(15)]
			}
		}
		foreign := bytes.ContainsFunc(message, func(r rune) bool { return r >= 0x80 })
		if got := m.add(message); got != foreign {
			t.Errorf("letters beyond ASCII in %q: %v", message, got)
		}
		all = append(all, message)
	}
	for o, want := range all {
		if got := m.appendTo(nil, Ordinal(o)); !bytes.Equal(got, want) {
			t.Fatalf("message %d is %q; want %q", o, got, want)
		}
	}
	if len(m.blocks) < 3 {
		t.Errorf("all are in %d blocks", len(m.blocks))
	}
}

func TestSayingFindsWhatASearchOfEachMessageFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	const letters = "aAbB \nüÜßK"
	text := func(n int) string {
		var b strings.Builder
		for range n {
			runes := []rune(letters)
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		return b.String()
	}
	s := Snapshot{columns: columns{idSize: sha1Size}}
	var messages []string
	for n := range 2000 {
		message := text(r.IntN(12))
		if n%40 == 0 {
			message = text(r.IntN(10_000))
		}
		messages = append(messages, message)
		s.columns.add(&record{message: []byte(message)}, 0, 0)
	}
	for range 60 {
		words := text(1 + r.IntN(5))
		for _, fold := range []bool{false, true} {
			got := s.Saying(words, fold)
			for o, message := range messages {
				want := strings.Contains(message, words) || fold && strings.Contains(strings.ToLower(message), strings.ToLower(words))
				if got.Has(Ordinal(o)) != want {
					t.Fatalf("%q, fold %v: message %d, %q, is found: %v", words, fold, o, message, !want)
				}
			}
		}
	}
	if n := s.Saying("", true).Len() + s.Saying("\x00", false).Len(); n != 0 {
		t.Errorf("%d messages say nothing", n)
	}
}

func FuzzStamp(f *testing.F) {
	for _, date := range []string{"1700000000 +0100", "1 -2359", "0 +2360", "99999999999 -0000", "253402300800 +0000", "", " +0000", "12 0100", "12  +0100", "-1 +0000", "1 +9999"} {
		f.Add(date)
	}
	f.Fuzz(func(t *testing.T, date string) {
		want := object.ParseWhen(date)
		got := readStamp([]byte(date))
		if got != stampOf(want) {
			t.Errorf("%q is %d; want %d", date, got, stampOf(want))
		}
		if is := got.time(); !is.Equal(want) || is.Format("-0700") != want.Format("-0700") {
			t.Errorf("%q is %v; want %v", date, is, want)
		}
	})
}
