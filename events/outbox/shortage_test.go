package outbox

import (
	"context"
	"errors"
	"path/filepath"
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
		t.Errorf("%d of %d events are there, the last one is %d: %+v", len(got), parts, s.Sequence(), report)
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
