package infer

import (
	"context"
	"runtime/debug"
	"sync"
	"testing"

	"pristine/internal/meter"
	"pristine/internal/need"
)

// ownMemory returns the memory of this process without garbage. With the race detector,
// which takes memory for each byte that is written, it ends the test.
func ownMemory(t *testing.T) int64 {
	t.Helper()
	need.NoRaceDetector(t)
	debug.FreeOSMemory()
	bytes, err := meter.OwnMemory()
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// ONNX Runtime keeps the memory of its largest run. Of the built-in model on the CPU a
// run of eight pictures takes 180 MB more than one of a single picture, and is no
// faster: what queues, and what comes together, is run one by one.
func TestManyPicturesTakeTheMemoryOfOneEach(t *testing.T) {
	need.NoRaceDetector(t) // of no use without its memory
	library, bundle := open(t)
	e, err := NewImageEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	encode := func(n int) {
		pictures, outs := squares(n)
		if _, err := e.Encode(context.Background(), pictures, outs); err != nil {
			t.Error(err)
		}
	}
	encode(1)
	before := ownMemory(t)
	for range 3 {
		encode(8)
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() { encode(2) })
		}
		callers.Wait()
	}
	const limit = 170 << 20 // the weights once more, a run for each core, and what waits
	if grown := ownMemory(t) - before; grown > limit {
		t.Errorf("eight pictures at once take %d MB more than one, want at most %d", grown>>20, limit>>20)
	}
}
