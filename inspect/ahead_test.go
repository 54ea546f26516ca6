package inspect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
	"pristine/prompts"
)

// copies plays frames into the memory of its caller, as a camera does.
type copies struct {
	frames []capture.Frame
	taken  int
}

func (c *copies) Take(_ context.Context, f *capture.Frame) error {
	if c.taken == len(c.frames) {
		return io.EOF
	}
	next := c.frames[c.taken]
	c.taken++
	next.Pix = append(f.Pix[:0], next.Pix...)
	*f = next
	return nil
}

// noting notes what it is asked for, in memory of its own. before may be nil.
type noting struct {
	before    func()
	err       error
	embedding []float32
	asked     *[]prompts.Needs
	mu        *sync.Mutex
}

func (n *noting) Encode(_ context.Context, f *capture.Frame, o *prompts.Observation) error {
	if n.before != nil {
		n.before()
	}
	needs := prompts.Needs{Tiles: o.TileGrid[0], Detail: o.Detail}
	if n.mu != nil {
		n.mu.Lock()
		*n.asked = append(*n.asked, needs)
		n.mu.Unlock()
	}
	n.embedding = append(n.embedding[:0], float32(f.Pix[0])/100)
	*o = prompts.Observation{Embedding: n.embedding, TileGrid: o.TileGrid, Detail: o.Detail}
	return n.err
}

func aheadOf(frames Frames, n int, before func()) *Ahead {
	var encoders []Encoder
	for range n {
		encoders = append(encoders, &noting{before: before})
	}
	return NewAhead(frames, encoders...)
}

// Verdicts, their order and the frames that decided are those of a station that
// encodes one frame after the other, however long each takes.
func TestAhead_ChangesNoVerdict(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	var frames []capture.Frame
	for part := range 60 {
		n := 1 + random.IntN(4)
		for i := range n {
			f := frame(byte(random.IntN(100)), string(rune('A'+part)), i == n-1)
			f.Seq = uint64(len(frames))
			switch random.IntN(8) {
			case 0:
				f.Part = "" // belt
			case 1:
				f.Damaged = "lost"
			}
			frames = append(frames, f)
		}
	}
	run := func(frames Frames, encoder Encoder) []collected {
		sink := &collector{}
		s := New(Options{PartsOnly: true, Limits: Limits{N: 1, M: 3}, Health: health.Limits{}}, frames, encoder, func() Scorer { return pixelScorer{} }, sink)
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if sink.wrong > 0 {
			t.Errorf("%d results have the embedding of another frame", sink.wrong)
		}
		return sink.got
	}
	want := run(&copies{frames: frames}, &noting{})
	for n := 2; n <= 4; n++ {
		a := aheadOf(&copies{frames: frames}, n, func() { time.Sleep(time.Duration(rand.IntN(200)) * time.Microsecond) })
		if got := run(a, a); !slices.Equal(got, want) {
			t.Errorf("%d encoders: got %v, want %v", n, got, want)
		}
	}
}

// Two frames are encoded at once: one of them waits for the other. The first ones
// are encoded when the station asks, since nothing is known before.
func TestAhead_EncodesFramesAtOnce(t *testing.T) {
	const waits = 5
	var begun atomic.Int32
	a := aheadOf(&copies{frames: slices.Repeat([]capture.Frame{frame(1, "", false)}, 2*waits)}, 3, func() {
		if begun.Add(1) != waits {
			return
		}
		for deadline := time.Now().Add(10 * time.Second); begun.Load() == waits; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Error("no frame is encoded beside another")
				return
			}
		}
	})
	s := New(Options{Limits: Limits{N: 1, M: 1}}, a, a, func() Scorer { return pixelScorer{} }, &collector{})
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAhead_EncodesAsTheStationAsks(t *testing.T) {
	var asked []prompts.Needs
	var mu sync.Mutex
	failure := errors.New("the model is broken")
	first, second := &noting{asked: &asked, mu: &mu}, &noting{asked: &asked, mu: &mu, err: failure}
	a := NewAhead(&copies{frames: slices.Repeat([]capture.Frame{frame(10, "", false)}, 6)}, first, second)
	var f capture.Frame
	var o prompts.Observation
	step := func(needs prompts.Needs) error {
		if err := a.Take(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
		o = prompts.Observation{}
		o.Ask(needs)
		return a.Encode(t.Context(), &f, &o)
	}
	for i, needs := range []prompts.Needs{{}, {}, {Detail: 2}, {Detail: 2}} {
		err := step(needs)
		if want := []error{nil, failure}[i%2]; !errors.Is(err, want) {
			t.Errorf("frame %d: got %v, want %v", i, err, want)
		}
		if o.Detail != needs.Detail {
			t.Errorf("frame %d: encoded at detail %d, want %d", i, o.Detail, needs.Detail)
		}
	}
}

// Frames of an empty belt, and of a camera that is unfit, cost no encoding.
func TestAhead_EncodesNothingThatIsPassed(t *testing.T) {
	var encoded atomic.Int32
	frames := &copies{frames: slices.Repeat([]capture.Frame{frame(10, "", false)}, 50)}
	a := aheadOf(frames, 3, func() { encoded.Add(1) })
	var f capture.Frame
	var o prompts.Observation
	if err := errors.Join(a.Take(t.Context(), &f), a.Encode(t.Context(), &f, &o)); err != nil {
		t.Fatal(err)
	}
	for {
		if err := a.Take(t.Context(), &f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n := encoded.Load(); n > 4 {
		t.Errorf("%d of 50 frames were encoded, of which the station asked for 1", n)
	}
	if err := a.Take(t.Context(), &f); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: got %v, want io.EOF", err)
	}
}

func TestAhead_EndsWithItsContext(t *testing.T) {
	stopped := errors.New("the line stops")
	ctx, stop := context.WithCancelCause(t.Context())
	a := aheadOf(waiting{}, 2, nil)
	time.AfterFunc(10*time.Millisecond, func() { stop(stopped) })
	if err := a.Take(ctx, new(capture.Frame)); !errors.Is(err, stopped) {
		t.Errorf("got %v, want %v", err, stopped)
	}
}

// Once Take has returned the end of its context, nothing is being encoded: the model may
// be closed.
func TestAhead_EndsAfterWhatItEncodes(t *testing.T) {
	for range 10 { // a frame and the end may both be there
		ctx, stop := context.WithCancel(t.Context())
		var encoded, encoding atomic.Int32
		begun, release := make(chan struct{}, 10), make(chan struct{})
		a := aheadOf(&copies{frames: slices.Repeat([]capture.Frame{frame(1, "", false)}, 10)}, 2, func() {
			if encoded.Add(1) == 1 {
				return // of the first frame, which is not encoded ahead
			}
			encoding.Add(1)
			begun <- struct{}{}
			<-release
			encoding.Add(-1)
		})
		var f capture.Frame
		var o prompts.Observation
		if err := errors.Join(a.Take(ctx, &f), a.Encode(ctx, &f, &o), a.Take(ctx, &f)); err != nil {
			t.Fatal(err)
		}
		<-begun
		stop()
		time.AfterFunc(20*time.Millisecond, func() { close(release) })
		for a.Take(ctx, &f) == nil {
		}
		if n := encoding.Load(); n > 0 {
			t.Fatalf("%d frames are still being encoded", n)
		}
	}
}

// waiting is a camera without frames.
type waiting struct{}

func (waiting) Take(ctx context.Context, _ *capture.Frame) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestAhead_AllocatesNothing(t *testing.T) {
	frames := &copies{frames: []capture.Frame{{Pix: bytes.Repeat([]byte{1}, 3*64), Width: 8, Height: 8}}}
	a := aheadOf(repeating{frames}, 3, nil)
	var f capture.Frame
	var o prompts.Observation
	step := func() {
		if err := errors.Join(a.Take(t.Context(), &f), a.Encode(t.Context(), &f, &o)); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		step()
	}
	if n := testing.AllocsPerRun(200, step); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

type repeating struct{ frames *copies }

func (e repeating) Take(ctx context.Context, f *capture.Frame) error {
	e.frames.taken = 0
	return e.frames.Take(ctx, f)
}
