package agent

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pristine/capture"
	"pristine/inspect"
)

// result is one of a part, with a picture of so many bytes.
func result(part string, bytes int) *inspect.Result {
	side := bytes / 3
	return &inspect.Result{Part: part, Frame: &capture.Frame{Pix: make([]byte, 3*side), Width: side, Height: 1}}
}

func (q *queue) add(r *inspect.Result) error {
	p := q.spare.Get().(*pending)
	p.hold(r, q, true)
	return q.put(p)
}

// A disk that takes 5 s for each result stalls nobody who hands one over, and the
// order stays.
func TestQueue_SlowDiskStallsNobodyAndKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		q := newQueue(new(pixelBuffers), func(_ context.Context, p *pending) error {
			time.Sleep(5 * time.Second)
			order = append(order, p.result.Part)
			return nil
		})
		done := make(chan struct{})
		go func() { q.run(context.Background()); close(done) }()
		var want []string
		began := time.Now()
		for i := range 100 {
			part := string(rune('a'+i%26)) + string(rune('0'+i/26))
			want = append(want, part)
			if err := q.add(result(part, 300)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("handing 100 results over took %v, want no wait", took)
		}
		synctest.Wait()
		if n := q.waiting.Load(); n != 100 {
			t.Errorf("%d results wait, want 100", n)
		}
		q.close()
		<-done
		if !slices.Equal(order, want) {
			t.Errorf("order: got %v, want %v", order, want)
		}
		if n, bytes := q.waiting.Load(), q.pictures.Load(); n != 0 || bytes != 0 {
			t.Errorf("%d results and %d bytes of pictures wait after the end, want none", n, bytes)
		}
	})
}

// Under pressure pictures are given up before events; when even events have no
// room, what is lost is counted and said.
func TestQueue_FullGivesUpPicturesBeforeEvents(t *testing.T) {
	withPicture := 0
	q := newQueue(new(pixelBuffers), func(_ context.Context, p *pending) error {
		if p.picture {
			withPicture++
		}
		return nil
	})
	const size = 6 << 20 // of a 1080p picture, about
	for i := range queueResults {
		if err := q.add(result("p", size)); err != nil {
			t.Fatalf("result %d of %d that fit: %v", i, queueResults, err)
		}
	}
	if got := q.pictures.Load(); got > queuePictures {
		t.Errorf("%d bytes of pictures wait, want at most %d", got, queuePictures)
	}
	if err := q.add(result("late", size)); !errors.Is(err, errQueueFull) {
		t.Errorf("a result that has no room: got %v, want %v", err, errQueueFull)
	}
	if lost, failing := q.lost.Load(), q.failing.Load(); lost != 1 || failing == nil {
		t.Errorf("lost %d, failing %v, want one and why", lost, failing)
	}
	q.close()
	q.run(context.Background())
	if want := queuePictures / (size / 3 * 3); withPicture != want {
		t.Errorf("%d results kept their picture, want %d", withPicture, want)
	}
	if want := uint64(queueResults + 1 - queuePictures/(size/3*3)); q.givenUp.Load() != want {
		t.Errorf("%d pictures were given up, want %d", q.givenUp.Load(), want)
	}
	if q.failing.Load() != nil {
		t.Error("it is still failing after a result had its event")
	}
}

// A picture that is larger than all room for pictures may still wait by itself.
func TestQueue_OneLargePictureFits(t *testing.T) {
	q := newQueue(new(pixelBuffers), nil)
	if !q.admit(2 * queuePictures) {
		t.Error("the only picture is given up")
	}
	if q.admit(3) {
		t.Error("a further one is kept")
	}
}

// The answer to a trigger does not wait for its event: with a disk that takes 5 s
// it comes as soon as the verdict, over and over, and the events follow in order.
func TestTrigger_AnswersBeforeASlowDisk(t *testing.T) {
	c := settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20&unnamed=1', policy: trigger, trigger: {deadline: 30s}}\n")
	slow := make(chan struct{})
	c.Cameras[0].Trigger.Deadline = 30 * time.Second
	a := startWith(t, c, func(k *camera) {
		store := k.queue.work
		k.queue.work = func(ctx context.Context, p *pending) error {
			<-slow
			return store(ctx, p)
		}
	})
	for _, part := range []string{"A", "B", "C"} {
		if body := a.ask(http.MethodPost, "/trigger?camera=belt&part="+part); !strings.Contains(body, `"part":"`+part+`"`) || strings.Contains(body, "INVALID") {
			t.Fatalf("part %s: got %s, want a verdict", part, body)
		}
		a.until("the page to show part "+part+" while the disk hangs", func() bool {
			last := a.page().Cameras[0].Last
			return last != nil && last.Part == part
		})
	}
	a.until("three results to wait", func() bool { return a.page().Cameras[0].Waiting == 3 })
	close(slow)
	var order []string
	a.read(func(e event) bool {
		if r, err := e.Result(); err == nil {
			order = append(order, r.Part)
		}
		return len(order) == 3
	})
	if !slices.Equal(order, []string{"A", "B", "C"}) {
		t.Errorf("events: got %v, want A, B, C", order)
	}
}

// A run that lost events ends with an error that says so.
func TestRun_LostEventsAreItsError(t *testing.T) {
	c := settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20&unnamed=1', policy: trigger, trigger: {deadline: 30s}}\n")
	a := startWith(t, c, func(k *camera) {
		k.queue.work = func(context.Context, *pending) error { return errors.New("no space left on device") }
	})
	a.ask(http.MethodPost, "/trigger?camera=belt&part=A")
	a.until("the loss to be counted", func() bool { return a.page().Cameras[0].Unsent == 1 })
	if err := a.end(); err == nil || !strings.Contains(err.Error(), "camera belt: 1 events were lost") {
		t.Errorf("the run ended with %v, want the loss", err)
	}
}

// No picture is encoded for a page that nobody has open: neither a heartbeat nor
// a scrape of the metrics counts as looking.
func TestBoard_OnlyThePageCountsAsWatching(t *testing.T) {
	c := settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20'}\n")
	c.Events.Heartbeat = 10 * time.Millisecond
	a := start(t, c)
	for _, path := range []string{"/metrics", "/status", "/healthz"} {
		a.get(path)
	}
	if a.board.wants() {
		t.Error("a scrape or a heartbeat has pictures encoded")
	}
	a.get("/status?watch")
	if !a.board.wants() {
		t.Error("the page has no pictures encoded")
	}
	a.until("a picture for the page", func() bool {
		last := a.page().Cameras[0].Last
		return last != nil && last.ID != "" && strings.HasPrefix(a.get("/pictures/"+last.ID), "\xff\xd8")
	})
}

// Results of many cameras, each with a picture, share a few buffers: when nothing waits,
// what is kept does not grow with cameras, and a garbage collection loses none of it.
func TestQueue_PicturesShareAFewBuffers(t *testing.T) {
	const cameras, size = 8, 3 << 20
	buffers := new(pixelBuffers)
	var queues []*queue
	for range cameras {
		queues = append(queues, newQueue(buffers, func(context.Context, *pending) error { return nil }))
	}
	r := result("p", size)
	round := func() {
		for _, q := range queues {
			if err := q.add(r); err != nil {
				t.Fatal(err)
			}
			q.release(<-q.items)
		}
	}
	var before, after runtime.MemStats
	round()
	runtime.GC()
	runtime.GC() // what a sync.Pool keeps is lost at the second
	runtime.ReadMemStats(&before)
	round()
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > size {
		t.Errorf("pictures of %d cameras, one after the other, take %d KB of new memory, want less than the %d KB of one", cameras, took>>10, size>>10)
	}
	if len(buffers.free) > sparePixels {
		t.Errorf("%d buffers are kept, want at most %d", len(buffers.free), sparePixels)
	}
}

// A slow disk takes no more memory with more cameras; each has room for one picture.
func TestQueue_PicturesThatWaitAreBoundedOverAllCameras(t *testing.T) {
	const cameras, each, size = 6, 8, 6 << 20
	buffers, bytes := new(pixelBuffers), int64(0)
	var queues []*queue
	for range cameras {
		queues = append(queues, newQueue(buffers, func(context.Context, *pending) error { return nil }))
	}
	for range each {
		for _, q := range queues {
			if err := q.add(result("p", size)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, q := range queues {
		if q.pictures.Load() < size {
			t.Errorf("camera %d has no picture that waits", i)
		}
		bytes += q.pictures.Load()
	}
	if bytes > queuePictures || buffers.waiting.Load() != bytes {
		t.Errorf("%d MB of pictures wait, counted as %d, want at most %d", bytes>>20, buffers.waiting.Load()>>20, queuePictures>>20)
	}
	for _, q := range queues {
		q.close()
		q.run(context.Background())
	}
	if left := buffers.waiting.Load(); left != 0 {
		t.Errorf("%d bytes wait after all were stored", left)
	}
}

// A buffer is lent to one result at a time.
func TestPixelBuffers_AreLentOnce(t *testing.T) {
	b := new(pixelBuffers)
	b.give(make([]byte, 10))
	b.give(make([]byte, 30)) // takes the place of the smaller one
	b.give(make([]byte, 20)) // there is a larger one
	if first, next := b.take(25), b.take(25); cap(first) != 30 || len(b.free) != 0 || &first[:1][0] == &next[:1][0] {
		t.Errorf("took %d and %d bytes, %d buffers left; want the one of 30, a new one and none", cap(first), cap(next), len(b.free))
	}
	if c := cap(b.take(40)); c < 40 {
		t.Errorf("a buffer for 40 bytes has %d", c)
	}
}
