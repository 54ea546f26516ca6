package agent

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"pristine/internal/heatmap"
)

// gcPercent is the growth of the heap, in percent, that starts a garbage collection.
// Most of the heap are pixels, which a collection need not scan, so collections are
// cheap. The default of 100 would double the memory of all cameras' frames. The embedded
// NATS server keeps buffers of pictures that it has read until the second collection:
// rare collections make the heap look larger. docs/benchmarks.md has the cost.
const gcPercent = 25

// limitGarbage sets gcPercent, unless the environment sets GOGC.
func (a *Agent) limitGarbage(context.Context) (stop func() error, err error) {
	if os.Getenv("GOGC") != "" {
		return nil, nil
	}
	before := debug.SetGCPercent(gcPercent)
	return func() error {
		debug.SetGCPercent(before)
		return nil
	}, nil
}

// canvases is a pool of canvases for heat maps. A canvas takes some 10 MB for a 1080p
// picture. The one that was used last is reused first, so that there are only as many as
// are needed at the same time.
type canvases struct {
	places chan struct{}
	mu     sync.Mutex
	free   []*heatmap.Canvas
}

func newCanvases() *canvases { return &canvases{places: make(chan struct{}, runtime.GOMAXPROCS(0))} }

// with calls draw with a canvas that draw may use until it returns.
func (c *canvases) with(draw func(*heatmap.Canvas)) {
	c.places <- struct{}{}
	defer func() { <-c.places }()
	canvas := c.take()
	defer c.give(canvas)
	draw(canvas)
}

func (c *canvases) take() *heatmap.Canvas {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.free) - 1
	if last < 0 {
		return new(heatmap.Canvas)
	}
	canvas := c.free[last]
	c.free = c.free[:last]
	return canvas
}

func (c *canvases) give(canvas *heatmap.Canvas) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free = append(c.free, canvas)
}

// sparePixels is the number of picture buffers that are kept for the next results.
// Results that wait for the disk have more, up to queuePictures.
const sparePixels = 1

// pixelBuffers is a pool of picture memory for all cameras. A sync.Pool would keep a
// buffer for each core and camera, lose all of them at each garbage collection, and so
// produce most of the garbage.
type pixelBuffers struct {
	waiting atomic.Int64 // bytes of pictures that wait in the queues
	mu      sync.Mutex
	free    [][]byte
}

// take returns an empty buffer with room for that many bytes.
func (b *pixelBuffers) take(bytes int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.free) - 1; i >= 0; i-- {
		if buffer := b.free[i]; cap(buffer) >= bytes {
			b.free = append(b.free[:i], b.free[i+1:]...)
			return buffer[:0]
		}
	}
	return make([]byte, 0, bytes)
}

// give returns a buffer to the pool. If the pool is full, it replaces a smaller one.
func (b *pixelBuffers) give(buffer []byte) {
	if cap(buffer) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.free) < sparePixels {
		b.free = append(b.free, buffer)
		return
	}
	for i, other := range b.free {
		if cap(other) < cap(buffer) {
			b.free[i] = buffer
			return
		}
	}
}
