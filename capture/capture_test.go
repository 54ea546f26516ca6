package capture

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheNewestFrameWinsAndDropsAreCounted(t *testing.T) {
	l := NewLatest(Newest)
	var in, out Frame
	for seq := uint64(1); seq <= 5; seq++ {
		in.Resize(2, 2)
		in.Seq = seq
		if err := l.Put(context.Background(), &in); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Take(context.Background(), &out); err != nil || out.Seq != 5 || out.Dropped != (Drops{Overwritten: 4}) || l.Dropped() != 4 {
		t.Errorf("took frame %d after %d drops (%v), want 5 after 4", out.Seq, out.Dropped.Total(), err)
	}
	l.End()
	if err := l.Take(context.Background(), &out); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestEveryFrameArrivesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLatest(Every)
		go func() {
			var f Frame
			for seq := uint64(1); seq <= 100; seq++ {
				f.Resize(2, 2)
				f.Seq = seq
				if err := l.Put(context.Background(), &f); err != nil {
					t.Error(err)
				}
			}
			l.End()
		}()
		var f Frame
		for want := uint64(1); want <= 100; want++ {
			if err := l.Take(context.Background(), &f); err != nil || f.Seq != want {
				t.Fatalf("took %d (%v), want %d", f.Seq, err, want)
			}
			time.Sleep(time.Millisecond)
		}
		if err := l.Take(context.Background(), &f); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestTheSlotAllocatesNothing(t *testing.T) {
	l := NewLatest(Newest)
	var in, out Frame
	if n := testing.AllocsPerRun(100, func() {
		in.Resize(64, 64)
		_ = l.Put(context.Background(), &in)
		_ = l.Take(context.Background(), &out)
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestEachSlotOfAFanHasItsOwnCopy(t *testing.T) {
	a, b := NewLatest(Newest), NewLatest(Newest)
	fan := NewFan(a, b)
	var in, fromA, fromB Frame
	put := func() {
		in.Resize(64, 64)
		in.Seq++
		in.Pix[0] = byte(in.Seq)
		_ = fan.Put(context.Background(), &in)
	}
	for seq := uint64(1); seq <= 3; seq++ {
		in.Seq = seq - 1
		put()
		if err := a.Take(context.Background(), &fromA); err != nil || fromA.Seq != seq || fromA.Pix[0] != byte(seq) {
			t.Errorf("%d: %v; want err == nil, fromA.Seq == seq, fromA.Pix[0] == byte(seq)", fromA.Seq, err)
		}
		fromA.Pix[0] = 99
		if err := b.Take(context.Background(), &fromB); err != nil || fromB.Seq != seq || fromB.Pix[0] != byte(seq) {
			t.Errorf("%d: %v; want err == nil, fromB.Seq == seq, fromB.Pix[0] == byte(seq)", fromB.Seq, err)
		}
	}
	if n := testing.AllocsPerRun(50, func() { put(); _ = a.Take(context.Background(), &fromA); _ = b.Take(context.Background(), &fromB) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
	fan.End()
	if err := b.Take(context.Background(), &fromB); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestAPaceLetsSoManyFramesASecondPass(t *testing.T) {
	for fps, want := range map[float64]int{5: 50, 7: 70, 20: 200, 100: 300} { // of ten seconds at 30 frames a second
		slot := NewLatest(Newest)
		pace := NewPace(slot, fps)
		var in, out Frame
		passed := 0
		for i := range 300 {
			in.Resize(2, 2)
			in.Captured = time.Unix(0, 0).Add(time.Duration(i) * time.Second / 30)
			_ = slot.Put(context.Background(), &in)
			slot.End()
			if pace.Take(context.Background(), &out) == nil {
				passed++
			}
		}
		if passed < want-2 || passed > want+2 {
			t.Errorf("%v frames a second: %d in ten seconds, want %d", fps, passed, want)
		}
	}
}

func TestRedact(t *testing.T) {
	tests := map[string]string{
		"rtsp://admin:p@ss@10.0.0.7/stream":               "rtsp://***@10.0.0.7/stream",
		"open rtsp://u:p@cam/1: refused":                  "open rtsp://***@cam/1: refused",
		"http://cam/video?user=a&token=s3cret&x=1":        "http://cam/video?user=a&token=***&x=1",
		"rtspsrc location=rtsp://h user-pw=geheim ! sink": "rtspsrc location=rtsp://h user-pw=*** ! sink",
		"open admin:geheim@cam:554/1: no such file":       "open ***@cam:554/1: no such file",
		"rtsp://10.0.0.7/stream":                          "rtsp://10.0.0.7/stream",
		"v4l2:///dev/video0":                              "v4l2:///dev/video0",
	}
	for in, want := range tests {
		if got := Redact(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// testSource reads until its script says otherwise.
type testSource struct {
	read   func(ctx context.Context) error
	closed *atomic.Int64
}

func (s *testSource) Read(ctx context.Context, f *Frame) error {
	f.Resize(2, 2)
	return s.read(ctx)
}

func (s *testSource) Close() error { s.closed.Add(1); return nil }

func TestAFailingCameraIsAskedAtMostOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		var stats Stats
		attempts, last := 0, time.Time{}
		err := Supervise(ctx, Options{Name: "c", Stats: &stats, Open: func(context.Context) (Source, error) {
			if attempts > 0 && time.Since(last) < time.Second {
				t.Errorf("attempt %d came %v after the one before", attempts, time.Since(last))
			}
			attempts, last = attempts+1, time.Now()
			return nil, errors.New("refused")
		}}, NewLatest(Newest))
		if !errors.Is(err, context.DeadlineExceeded) || attempts < 10 || stats.Failures.Load() == 0 {
			t.Errorf("%d attempts in ten minutes, %v; want errors.Is(err, context.DeadlineExceeded), attempts >= 10, stats.Failures.Load() != 0", attempts, err)
		}
	})
}

func TestAReadThatNeverReturnsIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		release := make(chan struct{})
		var closed atomic.Int64
		opened := 0
		var stats Stats
		waits := []string{}
		_ = Supervise(ctx, Options{
			Name: "c", MaxAbandoned: 3, Stats: &stats,
			OnState: func(s State) {
				if s.Err != nil {
					waits = append(waits, s.Err.Error())
				}
			},
			Open: func(context.Context) (Source, error) {
				opened++
				return &testSource{closed: &closed, read: func(context.Context) error { <-release; return io.ErrUnexpectedEOF }}, nil
			},
		}, NewLatest(Newest))
		if opened != 3 || stats.Abandoned.Load() != 3 {
			t.Errorf("%d opened and %d left behind, want 3 of each", opened, stats.Abandoned.Load())
		}
		if !strings.Contains(waits[0], `read camera "c": no answer in time: waited 5s`) || !strings.Contains(waits[len(waits)-1], "too many hanging reads") {
			t.Errorf("the reasons were %q", waits)
		}
		close(release)
		synctest.Wait()
		if stats.Abandoned.Load() != 0 || closed.Load() != 3 {
			t.Errorf("after they returned, %d hang and %d are closed, want 0 and 3", stats.Abandoned.Load(), closed.Load())
		}
	})
}

func TestAFiniteSourceEndsAndIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed atomic.Int64
		left := 3
		slot := NewLatest(Every)
		done := make(chan error)
		go func() {
			done <- Supervise(context.Background(), Options{Name: "c", Open: func(context.Context) (Source, error) {
				return &testSource{closed: &closed, read: func(context.Context) error {
					if left == 0 {
						return io.EOF
					}
					left--
					return nil
				}}, nil
			}}, slot)
		}()
		var f Frame
		for want := uint64(1); want <= 3; want++ {
			if err := slot.Take(context.Background(), &f); err != nil || f.Seq != want || f.Camera != "c" {
				t.Fatalf("frame %d of %q (%v), want %d", f.Seq, f.Camera, err, want)
			}
		}
		if err := <-done; err != nil || closed.Load() != 1 {
			t.Errorf("ended with %v, %d closed", err, closed.Load())
		}
	})
}

// A source that restarts from its beginning never gives a frame twice.
func TestASourceThatRestartsNeverGivesAFrameTwice(t *testing.T) {
	for name, tc := range map[string]struct {
		third func() error // what the third read does
		want  []uint64     // frames
		err   string
	}{
		"a read that takes a minute is waited for": {func() error { time.Sleep(time.Minute); return nil }, []uint64{1, 2, 3}, ""},
		"a read that fails ends the camera": {func() error { return errors.New("bad sector") }, []uint64{1, 2},
			`read camera "c": bad sector: not restarted: the source would replay its first 2 frames`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var closed atomic.Int64
				var stats Stats
				var last State
				slot, done := NewLatest(Every), make(chan error, 1)
				go func() {
					done <- Supervise(context.Background(), Options{Name: "c", Restarts: true, ReadTimeout: time.Second, Stats: &stats, OnState: func(s State) { last = s },
						Open: func(context.Context) (Source, error) {
							reads := 0
							return &testSource{closed: &closed, read: func(context.Context) error {
								switch reads++; reads {
								case 3:
									return tc.third()
								case 4:
									return io.EOF
								}
								return nil
							}}, nil
						}}, slot)
				}()
				var f Frame
				var got []uint64
				for slot.Take(context.Background(), &f) == nil {
					got = append(got, f.Seq)
				}
				err := <-done
				if (err == nil) != (tc.err == "") || err != nil && err.Error() != tc.err || !slices.Equal(got, tc.want) || stats.Opens.Load() != 1 || closed.Load() != 1 {
					t.Errorf(`frames %v of %d openings, %v; want (err == nil) == (tc.err == ""), not err != nil && err.Error() != tc.err, slices.Equal(got, tc.want), stats.Opens.Load() == 1, closed.Load() == 1`, got, stats.Opens.Load(), err)
				}
				if last.Phase != Ended || (last.Err == nil) != (tc.err == "") {
					t.Errorf("the last state is %+v", last)
				}
			})
		})
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("user", "secret")
	f.Fuzz(func(t *testing.T, user, password string) {
		const rest = "rtsp://host/stream***"
		if len(password) < 8 || strings.ContainsAny(user+password, "/?#@ \t\n\r\v\f\u0085\u00a0") || strings.Contains(rest, password) {
			return
		}
		if got := Redact("rtsp://" + user + ":" + password + "@host/stream"); strings.Contains(got, password) {
			t.Errorf("the password is in %q", got)
		}
	})
}
