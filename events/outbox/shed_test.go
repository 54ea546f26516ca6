package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pristine/events"
)

// A full store sheds what the hub has, then PASS, heartbeats, INVALID, REVIEW,
// states, alarms and FAIL, and an alarm says what: a subscriber can tell each
// event that it misses from one that was lost.
func TestAFullStoreShedsInTheOrderDeclaredAndAnAlarmSaysWhat(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), MaxBytes: 1 << 20, EvidenceBytes: 4 << 20, Listen: "127.0.0.1:0"})
	verdicts := []string{"PASS", "PASS", "PASS", "REVIEW", "FAIL", "INVALID"}
	long := strings.Repeat("x", 2000)
	fails := 0
	for n := range 1200 {
		v := verdicts[n%len(verdicts)]
		if v == "FAIL" {
			fails++
		}
		if _, err := s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Part: fmt.Sprint(n), Verdict: v, Detail: long}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the shedding ends", func() bool { return s.counts.size.Load() <= highWater(1<<20) })
	eventually(t, "the alarms are raised", func() bool {
		keys, err := s.broker.Load().notes.ListKeysFiltered(context.Background(), intentKeys+"*")
		if err != nil {
			return false
		}
		n := 0
		for range keys.Keys() {
			n++
		}
		return n == 0
	})
	shed := s.Status().Shed
	if shed[ClassPass] == 0 || shed[ClassFail] > 0 && shed[ClassReview] == 0 {
		t.Errorf("shed %v", shed)
	}
	got, report := all(t, s.URL())
	if report.Missing != 0 || report.Duplicates != 0 || report.Refused != 0 {
		t.Errorf("%+v; want report.Missing == 0, report.Duplicates == 0, report.Refused == 0", report)
	}
	for _, r := range got {
		if result, err := r.Result(); err == nil && result.Verdict == "FAIL" {
			fails--
		}
	}
	if uint64(fails) != shed[ClassFail] {
		t.Errorf("%d FAIL events are gone, %v were shed", fails, shed)
	}
	t.Logf("shed %v; a subscriber: %+v", shed, report)
}

// What the hub has goes first, and without an alarm.
func TestForwardedEventsAreRemovedFirst(t *testing.T) {
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir(), MaxBytes: 1 << 20, EvidenceBytes: 4 << 20})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	for n := range 40 {
		appendResult(t, s, n, "FAIL", nil)
	}
	drained(t, s)
	if err := s.shed(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if status := s.Status(); len(status.Shed) != 0 || status.Bytes != 0 {
		t.Errorf("%+v", status)
	}
	perfect(t, hub.url(), 40)
}

// Evidence is kept by verdict when room is short.
func TestEvidenceOfPassIsRemovedBeforeThatOfFail(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), MaxBytes: 4 << 20, EvidenceBytes: 2 << 20, Listen: "127.0.0.1:0"})
	put := func(verdict string) *events.Evidence {
		e, err := s.PutEvidence(context.Background(), verdict, bytesOf(100<<10))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	fail := put("FAIL")
	for range 30 {
		put("PASS")
	}
	if _, err := events.FetchEvidence(context.Background(), events.Hub{URL: s.URL()}, fail); err != nil {
		t.Error(err)
	}
	eventually(t, "counted", func() bool { return s.Status().EvidenceShed[ClassPass] > 0 })
	if n := s.Status().EvidenceShed[ClassFail]; n != 0 {
		t.Errorf("%d pictures of FAIL were shed", n)
	}
}

// Pictures that the hub has are removed first, and without an alarm, whatever
// the clock does: those that it lacks stay, though they are younger.
func TestPicturesThatTheHubHasAreRemovedFirst(t *testing.T) {
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir(), MaxBytes: 8 << 20, EvidenceBytes: 8 << 20})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Forward(ctx, ForwardOptions{Hub: events.Hub{URL: hub.url()}}) }()
	put := func(verdict string, part int) *events.Evidence {
		e, err := s.PutEvidence(context.Background(), verdict, bytesOf(64<<10))
		if err != nil {
			t.Fatal(err)
		}
		appendResult(t, s, part, verdict, e)
		return e
	}
	part := 0
	for ; part < 90; part++ {
		put("FAIL", part)
	}
	drained(t, s)
	cancel()
	<-done
	var lacking []*events.Evidence
	for ; part < 120; part++ {
		lacking = append(lacking, put("PASS", part))
	}
	if err := s.retainEvidence(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	for _, e := range lacking {
		if _, _, err := s.broker.Load().pictures.get(context.Background(), e); err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
	}
	if kept, err := s.broker.Load().pictures.list(context.Background()); err != nil || len(kept) >= 120 || len(s.Status().EvidenceShed) != 0 {
		t.Errorf("%d pictures are kept, %v were shed, %v; want err == nil, len(kept) < 120, len(s.Status().EvidenceShed) == 0", len(kept), s.Status().EvidenceShed, err)
	}
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	drained(t, s)
	perfect(t, hub.url(), part)
}
