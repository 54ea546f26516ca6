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

// gcPercent is how far garbage may grow beyond what is in use. Most of what is in use are
// pixels, which a collection need not scan: it costs little, and the usual 100 would
// double the memory of all cameras' frames. The embedded NATS server keeps buffers of
// pictures that it has read for two collections: the rarer these are, the more memory
// counts as in use. docs/benchmarks.md has the cost.
const gcPercent = 25

// limitGarbage sets gcPercent, where the environment does not set GOGC.
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

// canvases lends what heat maps are drawn on, to one goroutine a core at a time: a
// canvas takes some 10 MB for a picture of 1080p. The one that was used last is lent
// first, so that there are only as many as are needed at once.
type canvases struct {
	places chan struct{}
	mu     sync.Mutex
	free   []*heatmap.Canvas
}

func newCanvases() *canvases { return &canvases{places: make(chan struct{}, runtime.GOMAXPROCS(0))} }

// with calls draw with a canvas, which is draw's until it returns.
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

// sparePixels is how many buffers of pictures are kept for the next results. Results that
// wait for the disk have more, up to queuePictures.
const sparePixels = 1

// pixelBuffers keeps memory of pictures between two results, of all cameras together.
// A sync.Pool would keep a buffer for each core and camera, lose all of them at each
// garbage collection, and so be most of what is collected.
type pixelBuffers struct {
	waiting atomic.Int64 // bytes of pictures that wait in the queues
	mu      sync.Mutex
	free    [][]byte
}

// take returns an empty buffer with room for so many bytes.
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

// give takes a buffer back, in the place of a smaller one where there are enough.
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
