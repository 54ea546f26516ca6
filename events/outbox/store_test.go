package outbox

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

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
		t.Errorf("sequences %d and %d of %s and %s", first.Sequence, second.Sequence, first.Incarnation, second.Incarnation)
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
		t.Errorf("%+v", report)
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
		t.Errorf("%d pictures are kept, %v were shed, %v", len(kept), s.Status().EvidenceShed, err)
	}
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	drained(t, s)
	perfect(t, hub.url(), part)
}

// An older copy of a store that is put back becomes another incarnation.
func TestAnOlderCopyThatIsPutBackBecomesAnotherIncarnation(t *testing.T) {
	hub, dir := newHub(t), t.TempDir()
	s := openStore(t, Options{Dir: dir})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	first := appendResult(t, s, 0, "FAIL", nil)
	drained(t, s) // a copy that was made before the hub was ever reached doubles what stands in it
	older := filepath.Join(t.TempDir(), "older")
	if out, err := exec.Command("cp", "-a", dir, older).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	appendResult(t, s, 1, "FAIL", nil)
	appendResult(t, s, 2, "FAIL", nil)
	drained(t, s)
	s.Close()
	s = openStore(t, Options{Dir: older})
	appendResult(t, s, 100, "FAIL", nil)
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	eventually(t, "a new incarnation", func() bool { return s.currentIncarnation() != first.Incarnation })
	appendResult(t, s, 101, "FAIL", nil)
	drained(t, s)
	parts := map[string]int{}
	got, report := all(t, hub.url())
	for _, r := range got {
		if result, err := r.Result(); err == nil {
			parts[result.Part]++
		}
	}
	for _, part := range []string{"0", "1", "2", "100", "101"} {
		if parts[part] != 1 {
			t.Errorf("part %s is %d times at the hub, want once: %v, %+v", part, parts[part], parts, report)
		}
	}
}

// An older copy works for a while before it reaches the hub, and is started anew in
// between: what it stored itself is new, and what stood in the copy is not.
func TestAnOlderCopyThatWasStartedTwiceBeforeItReachesTheHub(t *testing.T) {
	hub, dir := newHub(t), t.TempDir()
	s := openStore(t, Options{Dir: dir})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	for part := range 5 {
		appendResult(t, s, part, "FAIL", nil)
	}
	drained(t, s)
	older := filepath.Join(t.TempDir(), "older")
	if out, err := exec.Command("cp", "-a", dir, older).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for part := 5; part < 20; part++ {
		appendResult(t, s, part, "FAIL", nil)
	}
	drained(t, s)
	s.Close()
	for part := 100; part < 104; part += 2 {
		s = openStore(t, Options{Dir: older})
		appendResult(t, s, part, "FAIL", nil)
		appendResult(t, s, part+1, "FAIL", nil)
		s.Close()
	}
	s = openStore(t, Options{Dir: older})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	drained(t, s)
	parts := map[string]int{}
	got, _ := all(t, hub.url())
	for _, r := range got {
		if result, err := r.Result(); err == nil {
			parts[result.Part]++
		}
	}
	for part := range 104 {
		if want := map[bool]int{true: 1}[part < 20 || part >= 100]; parts[fmt.Sprint(part)] != want {
			t.Errorf("part %d is %d times at the hub, want %d", part, parts[fmt.Sprint(part)], want)
		}
	}
}

// What another program writes to a station's subjects at the hub stays there;
// subscribers refuse it, and the station's own events lose nothing.
func TestWhatOthersWriteToAStationsSubjectsIsRefused(t *testing.T) {
	hub := newHub(t)
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	conn, err := nats.Connect(hub.url())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for part := range 5 {
		appendResult(t, s, part, "FAIL", nil)
		drained(t, s)
		if _, err := conn.Request(station.Subject(events.TypeResult), []byte("from elsewhere"), 10*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	appendResult(t, s, 5, "FAIL", nil)
	drained(t, s)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	report, err := events.Subscribe(ctx, events.Hub{URL: hub.url()}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		if r.Sequence == 6 {
			cancel()
		}
		return nil
	})
	if want := (events.Report{Events: 6, Refused: 5}); err != nil || report != want {
		t.Errorf("%+v, %v", report, err)
	}
}

// Who connects to the embedded server may read, and cannot write among the
// station's events, nor read the agent's notes, nor make streams.
func TestGuestsOfTheEmbeddedServerReadOnly(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	refused := make(chan error, 10)
	conn, err := nats.Connect(s.URL(), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, subject := range []string{
		station.Subject(events.TypeResult), "$JS.API.STREAM.DELETE.QC", "$JS.API.STREAM.PURGE.QC", "$JS.API.STREAM.CREATE.X",
		"$KV.qc-agent.forwarded", "$JS.API.STREAM.MSG.GET.KV_qc-agent", "$O.qc-evidence.C.x",
	} {
		if err := conn.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-refused:
			if !strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
				t.Errorf("%s: %v", subject, err)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s is allowed", subject)
		}
	}
	appendResult(t, s, 0, "PASS", nil)
	perfect(t, s.URL(), 1)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.ObjectStore(context.Background(), events.EvidenceBucket); err != nil {
		t.Errorf("evidence cannot be read: %v", err)
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
