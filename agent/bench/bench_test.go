package bench

import (
	"testing"
	"time"

	"pristine/capture/address"
	"pristine/infer"
	"pristine/internal/config"
	"pristine/observe"
)

// With the real encoder and references. The Go runtime itself allocates now and
// then, such as a thread while C runs, so what is asked for is less than one
// allocation a frame. At detail 1, where a frame is so short that little else
// happens meanwhile; package observe holds the same at detail 2.
func TestStation_AllocatesNothing(t *testing.T) {
	ctx := t.Context()
	e, err := observe.Open("../../models/pocket", infer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b, err := New(ctx, e, Options{Source: belt(t), Prompts: "../../configs/prompts/part.yaml", Detail: 1, Learn: 4, Frames: 1000, Cameras: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var c config.Camera
	c.SetDefaults()
	sink := &agingSink{ages: make([]time.Duration, 0, 1000)}
	frames := &repeated{samples: b.samples}
	station := b.newStation(&c, frames, e.NewEncoder(observe.View{}), sink)
	allocations := func(n int) float64 {
		return testing.AllocsPerRun(3, func() {
			frames.left = n
			if err := station.Run(ctx); err != nil {
				t.Fatal(err)
			}
		})
	}
	allocations(len(b.samples)) // makes the buffers
	if few, many := allocations(1), allocations(11); many-few >= 10 {
		t.Errorf("ten frames more cost %v allocations more, want less than one a frame", many-few)
	}
	if len(sink.ages) == 0 {
		t.Error("no frame was scored")
	}
}

// belt returns the address of the built-in belt without a frame rate.
func belt(t testing.TB) address.Address {
	t.Helper()
	a, err := address.Parse("testline://?fps=0")
	if err != nil {
		t.Fatalf("parse the address of the belt: %v", err)
	}
	return a
}
