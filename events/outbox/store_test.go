package outbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/events"
)

// Sequences go on after a restart, and a new store has a new incarnation.
func TestSequencesGoOnAfterARestartAndANewStoreHasANewIncarnation(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir})
	first := appendResult(t, s, 0, "FAIL", nil)
	s.Close()
	s = openStore(t, Options{Dir: dir, Listen: "127.0.0.1:0"})
	second := appendResult(t, s, 1, "FAIL", nil)
	if first.Sequence != 1 || second.Sequence != 2 || first.Incarnation != second.Incarnation {
		t.Errorf("sequences %d and %d of %s and %s; want first.Sequence == 1, second.Sequence == 2, first.Incarnation == second.Incarnation", first.Sequence, second.Sequence, first.Incarnation, second.Incarnation)
	}
	perfect(t, s.URL(), 2)
	if e := appendResult(t, openStore(t, Options{Dir: t.TempDir()}), 0, "FAIL", nil); e.Incarnation == first.Incarnation || e.Sequence != 1 {
		t.Errorf("a new store begins with %+v", e)
	}
}

// An acknowledgement that the embedded server did not give in time: the event
// is stored before the next one, once and without a hole.
func TestAnEventWhoseFateIsNotKnownIsStoredOnceBeforeTheNext(t *testing.T) {
	for name, lost := range map[string]bool{"it was stored": false, "it was not": true} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
			appendResult(t, s, 0, "FAIL", nil)
			id, body, err := events.Encode(station, s.currentIncarnation(), 2, events.TypeResult, time.Now(), events.Result{Camera: "c", Part: "1", Verdict: "FAIL"})
			if err != nil {
				t.Fatal(err)
			}
			m := nats.NewMsg(station.Subject(events.TypeResult))
			m.Data = body
			m.Header.Set(nats.MsgIdHdr, id)
			if !lost {
				if _, err := s.broker.Load().js.PublishMsg(context.Background(), m); err != nil {
					t.Fatal(err)
				}
			}
			s.mu.Lock()
			s.unsettled = m
			s.mu.Unlock()
			s.shedSoon() // which settles, too
			eventually(t, "the event is settled", func() bool { return s.Status().Sequence == 2 })
			appendResult(t, s, 2, "FAIL", nil)
			perfect(t, s.URL(), 3)
		})
	}
}

// The order of a station's events is kept, whatever the clock does.
func TestTheOrderIsKeptWhateverTheClockDoes(t *testing.T) {
	hub, now, part := newHub(t), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0
	s := openStore(t, Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	for _, jump := range []time.Duration{0, 87600 * time.Hour, -170000 * time.Hour, time.Hour, -time.Second} {
		now = now.Add(jump)
		for range 5 {
			appendResult(t, s, part, "FAIL", nil)
			part++
		}
	}
	drained(t, s)
	perfect(t, hub.url(), part)
}

// Evidence is at the hub before the event that says it is stored; what was
// shed on the way is said to be shed.
func TestEvidenceIsAtTheHubBeforeTheEventThatSaysItIsStored(t *testing.T) {
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir()})
	for part := range 20 {
		e, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(200<<10))
		if err != nil {
			t.Fatal(err)
		}
		appendResult(t, s, part, "FAIL", e)
	}
	gone := &events.Evidence{Bucket: events.EvidenceBucket, Name: "fail-s1-gone.jpg", SHA256: strings.Repeat("0", 64), MediaType: "image/jpeg", Status: events.EvidenceStored}
	appendResult(t, s, 20, "FAIL", gone)
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	eventually(t, "the hub has events", func() bool { return hub.messages() > 0 })
	reader, n := openEvidence(t, hub.url()), 0
	_, err := events.Subscribe(context.Background(), events.Hub{URL: hub.url()}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		result, err := r.Result()
		if err != nil {
			return err
		}
		if n++; n == 21 {
			if result.Evidence.Status != events.EvidenceShed {
				t.Errorf("evidence that is nowhere is %s", result.Evidence.Status)
			}
			return context.Canceled
		}
		if result.Evidence.Status != events.EvidenceStored {
			t.Errorf("evidence of %s is %s", result.Part, result.Evidence.Status)
		}
		_, err = reader.Fetch(context.Background(), result.Evidence)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestNamesThatWouldLeaveTheSubjectAreRefused(t *testing.T) {
	for _, name := range []string{"", "a.b", "*", ">", "../x", "a b"} {
		if _, err := Open(context.Background(), Options{Dir: t.TempDir(), Station: events.Station{Site: "s", Line: "l", Name: name}}); !errors.Is(err, ErrStore) {
			t.Errorf("station %q gave %v", name, err)
		}
	}
}

// The rate that a device holds with each event on its disk.
func BenchmarkAppend(b *testing.B) {
	for name, size := range map[string]int{"event": 0, "event with 100 KB of evidence": 100 << 10} {
		b.Run(name, func(b *testing.B) {
			s, err := Open(context.Background(), Options{Dir: b.TempDir(), Station: station})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			picture := bytesOf(size)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					var evidence *events.Evidence
					if size > 0 {
						if evidence, err = s.PutEvidence(context.Background(), "FAIL", picture); err != nil {
							b.Error(err)
						}
					}
					if _, err := s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Verdict: "FAIL", Evidence: evidence}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
