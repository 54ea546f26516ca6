package agent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of a camera's queue of results. An event takes a kilobyte or two, a picture
// several megabytes: under pressure pictures are dropped before events.
const (
	queueResults  = 1024
	queuePictures = 48 << 20 // bytes of waiting pictures, of all cameras; one picture of each may always wait
)

// queueDrain is how long a stopping agent waits for results to be stored.
const queueDrain = 15 * time.Second

// errQueueFull is returned if a result is lost because the queue is full.
var errQueueFull = errors.New("the queue of results that wait for the disk is full")

// queue decouples a station from the disk. put never waits. work is called with one
// result after the other, in order.
type queue struct {
	work  func(context.Context, *pending) error
	items chan *pending

	spare    sync.Pool     // of *pending, without pictures
	buffers  *pixelBuffers // of pictures, for all queues
	pictures atomic.Int64  // bytes of pictures that wait
	waiting  atomic.Int64
	givenUp  atomic.Uint64           // pictures that were dropped for lack of room
	lost     atomic.Uint64           // results without an event
	failing  atomic.Pointer[failure] // nil unless the last result was lost

	mu     sync.RWMutex // held for writing by close
	closed bool
}

// failure is the cause of lost results, and its start.
type failure struct {
	err   error
	since time.Time
}

func newQueue(buffers *pixelBuffers, work func(context.Context, *pending) error) *queue {
	return &queue{work: work, buffers: buffers, items: make(chan *pending, queueResults), spare: sync.Pool{New: func() any { return new(pending) }}}
}

// admit reports whether there is room for a picture of that many bytes, and counts
// it.
func (q *queue) admit(bytes int) bool {
	all, own := q.buffers.waiting.Add(int64(bytes)), q.pictures.Add(int64(bytes))
	if all > queuePictures && own > int64(bytes) {
		q.forget(bytes)
		q.givenUp.Add(1)
		return false
	}
	return true
}

// forget subtracts a picture that admit counted.
func (q *queue) forget(bytes int) {
	q.buffers.waiting.Add(-int64(bytes))
	q.pictures.Add(-int64(bytes))
}

// put enqueues a result without waiting.
func (q *queue) put(p *pending) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	err := errQueueFull
	if !q.closed {
		q.waiting.Add(1)
		select {
		case q.items <- p:
			return nil
		default:
			q.waiting.Add(-1)
		}
	} else {
		err = errors.New("the agent has stopped")
	}
	q.lose(err)
	q.release(p)
	return err
}

// run processes results until close is called and the queue is empty. If ctx ends first,
// the results in the queue are lost and counted.
func (q *queue) run(ctx context.Context) {
	for p := range q.items {
		if err := q.work(ctx, p); err != nil {
			q.lose(err)
		} else {
			q.failing.Store(nil)
		}
		q.waiting.Add(-1)
		q.release(p)
	}
}

func (q *queue) lose(err error) {
	q.lost.Add(1)
	since := time.Now()
	if f := q.failing.Load(); f != nil {
		since = f.since
	}
	q.failing.Store(&failure{err, since})
}

func (q *queue) release(p *pending) {
	q.forget(p.pictureBytes())
	q.buffers.give(p.frame.Pix)
	p.clear()
	q.spare.Put(p)
}

// close makes run return when the queue is empty.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.items)
	}
}
