package profiles

import (
	"bytes"
	"context"
	"runtime/pprof"
	"sync"
	"testing"

	"github.com/google/pprof/profile"
)

// labels returns those of the goroutine that waits in a function of this file while
// use is called.
func labels(t *testing.T, enter func()) map[string][]string {
	t.Helper()
	entered, done := make(chan bool), make(chan bool)
	var running sync.WaitGroup
	running.Go(func() {
		enter()
		running.Go(func() { // a goroutine that it starts has its labels
			entered <- true
			<-done
		})
	})
	<-entered
	var out bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&out, 0); err != nil {
		t.Fatal(err)
	}
	close(done)
	running.Wait()
	p, err := profile.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Sample {
		if len(s.Label["camera"]) > 0 {
			return s.Label
		}
	}
	return nil
}

func TestLabels_SayStageCameraAndSet(t *testing.T) {
	l := New("belt")
	l.Set("lid")
	got := labels(t, func() { l.Enter(Encode) })
	if got["stage"][0] != "encode" || got["camera"][0] != "belt" || got["set"][0] != "lid" {
		t.Errorf(`%v; want got["stage"][0] == "encode", got["camera"][0] == "belt", got["set"][0] == "lid"`, got)
	}
	l.Set("cup")
	if got := labels(t, func() { l.Enter(Score) }); got["stage"][0] != "score" || got["set"][0] != "cup" {
		t.Errorf("after the set changed: %v", got)
	}
	if got := labels(t, func() { l.Enter(Sink); l.Leave(l.Context(context.Background()), Health) }); got["stage"][0] != "health" {
		t.Errorf("a goroutine of the camera: %v", got)
	}
	if got := labels(t, func() { l.Enter(Sink); l.Leave(context.Background(), Health) }); got != nil {
		t.Errorf("a goroutine that only answered keeps %v", got)
	}
}

func TestLabels_AllocateNothing(t *testing.T) {
	l := New("belt")
	l.Set("lid")
	ctx := l.Context(context.Background())
	var off *Labels
	for name, f := range map[string]func(){
		"on":  func() { l.Set("lid"); l.Enter(Encode); l.Leave(ctx, Health) },
		"off": func() { off.Set("lid"); off.Enter(Encode); off.Leave(ctx, Health) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if off.Context(ctx) != ctx {
		t.Error("labels that are off change a context")
	}
	pprof.SetGoroutineLabels(context.Background())
}
