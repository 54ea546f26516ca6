package history

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
)

func TestWhatWasSeenComesBackFromItsHeaders(t *testing.T) {
	want := &Seen{
		Event: "K3T-17", Camera: "belt", Part: "flange \x00ä", Verdict: "FAIL", Defect: 0.75, Time: time.Date(2026, 11, 25, 1, 2, 3, 4, time.UTC),
		Bundle: strings.Repeat("ab", 32), Scale: 0.003, Vector: []byte{0, 128, 255},
	}
	full := *want
	full.Thumb = []byte("jpeg")
	m, err := full.Message()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Data, full.Thumb) || m.Subject != "seen."+want.Bundle {
		t.Errorf("%s: %q", m.Subject, m.Data)
	}
	got, err := parse(want.Bundle, m.Header)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A message that is damaged is left out, never given.
func FuzzParse(f *testing.F) {
	f.Add(`{"event":"x"}`, "AACAPwE=")
	f.Add(`{}`, "AADAfwE=") // NaN
	f.Add(`[`, "")
	f.Fuzz(func(t *testing.T, seen, vector string) {
		s, err := parse("b", nats.Header{seenHeader: {seen}, vectorHeader: {vector}})
		switch {
		case err != nil && !errors.Is(err, ErrSeen):
			t.Errorf("%v", err)
		case err == nil && (len(s.Vector) == 0 || !(s.Scale >= 0 && s.Scale <= 1)):
			t.Errorf("%+v", s)
		}
	})
}
