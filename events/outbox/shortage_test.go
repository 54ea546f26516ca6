package outbox

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"pristine/events"
)

// Somebody else's files fill the disk below the reserve, for days, and the hub is away.
// To remove the few events that there are would help nobody; where some are removed, the
// alarm of it stays, else it would have to be told of in an alarm, and so on for ever.
func TestStore_ADiskThatOthersFillCostsNoEvents(t *testing.T) {
	dir := t.TempDir()
	probe := openStore(t, Options{Dir: filepath.Join(dir, "probe")})
	free, _ := probe.Space()
	s := openStore(t, Options{Dir: filepath.Join(dir, "events"), Listen: "127.0.0.1:0", ReserveBytes: free + free/4}) // half of it is there: alarms and FAIL are stored
	ctx := context.Background()
	const parts = 40
	for part := range parts {
		appendResult(t, s, part, "FAIL", nil)
		s.makeRoom(ctx)
	}
	if got, report := all(t, s.URL()); len(got) != parts || report.Missing+report.Shed != 0 || s.Sequence() != parts {
		t.Errorf("%d of %d events are there, the last one is %d: %+v; want len(got) == parts, report.Missing+report.Shed == 0, s.Sequence() == parts", len(got), parts, s.Sequence(), report)
	}
	for range 10 {
		if err := s.shed(ctx, 0); err != nil { // as a store that is much larger
			t.Fatal(err)
		}
		s.alarmLosses(ctx)
	}
	if got, report := all(t, s.URL()); s.Sequence() != parts+1 || report.Missing != 0 || report.Shed > parts {
		t.Errorf("%d events are there, the last one is %d: want one alarm behind %d: %+v", len(got), s.Sequence(), parts, report)
	}
}

// Below what even alarms need, the shedder waits for room: it does not wake itself, and its
// own alarm does not count as lost.
func TestStore_AFullDiskDoesNotKeepTheShedderBusy(t *testing.T) {
	dir := t.TempDir()
	probe := openStore(t, Options{Dir: filepath.Join(dir, "probe")})
	free, _ := probe.Space()
	s := openStore(t, Options{Dir: filepath.Join(dir, "events"), ReserveBytes: 8 * free})
	ctx := context.Background()
	if _, err := s.Append(ctx, events.TypeResult, events.Result{Camera: "c", Part: "1", Verdict: "FAIL"}); !errors.Is(err, ErrFull) {
		t.Fatalf("%v, want that the store is full", err)
	}
	s.cancel() // its own shedder, so that this one alone looks
	s.tasks.Wait()
	for range 10 {
		s.makeRoom(ctx)
	}
	select { // of the refused FAIL
	case <-s.wake:
	default:
	}
	s.makeRoom(ctx)
	if unstored := s.Status().Unstored; unstored[ClassFail] != 1 || len(unstored) != 1 || len(s.wake) != 0 {
		t.Errorf("%v could not be stored, %d wake-ups wait: want one FAIL and none", unstored, len(s.wake))
	}
}

// A disk below its reserve for weeks: what was shed stays explained, and its alarms do not
// fill the store in the place of events.
func TestStore_AlarmsOfWhatWasShedAreJoined(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0", MaxBytes: 1 << 20, EvidenceBytes: 1 << 20})
	s.cancel() // its own shedder, so that this one alone looks
	s.tasks.Wait()
	ctx := context.Background()
	const looks = 200
	for look := range looks {
		appendResult(t, s, look, "FAIL", nil)
		if err := s.shed(ctx, 0); err != nil {
			t.Fatal(err)
		}
		s.alarmLosses(ctx)
	}
	got, report := all(t, s.URL())
	explained := map[uint64]bool{}
	var failed uint64
	for _, r := range got {
		explained[r.Sequence] = true
		alarm, err := r.Alarm()
		if err != nil {
			t.Fatal(err)
		}
		failed += alarm.Shed.Events["FAIL"]
		for _, span := range alarm.Shed.Ranges {
			for q := span[0]; q <= span[1]; q++ {
				explained[q] = true
			}
		}
	}
	if report.Missing != 0 || uint64(len(explained)) != s.Sequence() || failed != looks {
		t.Errorf("alarms name %d of %d sequences and %d FAIL: %+v, want all and %d", len(explained), s.Sequence(), failed, report, looks)
	}
	if bytes, most := s.Status().Bytes, alarmBytes(1<<20)+4096; bytes > most {
		t.Errorf("the alarms have %d bytes, want %d at most", bytes, most)
	}
}

// Alarms that are left alone have nothing to make room with: the shedder waits.
func TestStore_AlarmsAloneDoNotKeepTheShedderBusy(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir()})
	s.cancel() // its own shedder, so that this one alone looks
	s.tasks.Wait()
	ctx := context.Background()
	appendResult(t, s, 1, "FAIL", nil)
	if err := s.shed(ctx, 0); err != nil {
		t.Fatal(err)
	}
	s.alarmLosses(ctx)
	select { // of the shed FAIL
	case <-s.wake:
	default:
	}
	if err := s.shed(ctx, 0); err != nil || len(s.wake) != 0 {
		t.Errorf("%v, %d wake-ups wait: want none", err, len(s.wake))
	}
}

// On a disk that others fill, events go a quarter of the store at a time: one by one, each
// would leave an alarm as large as itself.
func TestStore_AShortDiskCostsNoAlarmForEachEvent(t *testing.T) {
	dir := t.TempDir()
	probe := openStore(t, Options{Dir: filepath.Join(dir, "probe")})
	free, _ := probe.Space()
	s := openStore(t, Options{Dir: filepath.Join(dir, "events"), ReserveBytes: free + free/4})
	s.cancel() // its own shedder, so that this one alone looks
	s.tasks.Wait()
	ctx := context.Background()
	large := events.Result{Camera: "c", Part: "1", Verdict: "FAIL", Detail: strings.Repeat("x", 50<<10)}
	const parts = 200
	for range parts {
		if _, err := s.Append(ctx, events.TypeResult, large); err != nil {
			t.Fatal(err)
		}
		s.makeRoom(ctx)
	}
	if bytes := s.Status().Bytes; bytes < s.fewBytes() || bytes > 2*s.fewBytes() {
		t.Errorf("the store has %d bytes, want between %d and twice as many", bytes, s.fewBytes())
	}
	if alarms := s.Sequence() - parts; alarms == 0 || alarms > parts/10 {
		t.Errorf("%d alarms for %d events, want one in ten at most", alarms, parts)
	}
}

// Each alarm that explains a gap stays, whatever the gap is from.
func TestStore_AlarmsThatExplainAGapStay(t *testing.T) {
	s := openStore(t, Options{Dir: t.TempDir()})
	s.cancel() // its own shedder, so that this one alone looks
	s.tasks.Wait()
	ctx := context.Background()
	shed := &events.Shed{Events: map[string]uint64{"FAIL": 1}, Ranges: [][2]uint64{{1, 1}}}
	for _, name := range []string{events.AlarmShed, events.AlarmHubRefused} {
		if _, err := s.Append(ctx, events.TypeAlarm, events.Alarm{Name: name, Detail: "words", Shed: shed}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.shed(ctx, 0); err != nil || len(s.Status().Shed) != 0 {
		t.Errorf("%v; %v were shed, want none", err, s.Status().Shed)
	}
}
