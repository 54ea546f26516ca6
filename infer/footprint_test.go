package infer

import (
	"context"
	"sync"
	"testing"

	"pristine/internal/meter"
	"pristine/internal/need"
)

func ownMemory(t *testing.T) int64 {
	t.Helper()
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
	need.NoRaceDetector(t) // it takes memory for each byte that is written
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
