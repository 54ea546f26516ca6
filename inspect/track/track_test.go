//go:build !race

// One goroutine: the race detector would have nothing to see, and take ten times
// as long.

package track

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/capture/testline"
)

// veiled hides the names that the light barrier gives in Name, where the
// tracker does not look.
type veiled struct{ source capture.Source }

func (v veiled) Take(ctx context.Context, f *capture.Frame) error {
	err := v.source.Read(ctx, f)
	f.Name, f.Part, f.PartEnd, f.Damaged = f.Part, "", false, ""
	return err
}

// spoiled loses every fifth frame of the belt.
type spoiled struct {
	veiled
	n *int
}

func (s spoiled) Take(ctx context.Context, f *capture.Frame) error {
	err := s.veiled.Take(ctx, f)
	if *s.n++; *s.n%5 == 0 {
		f.Resize(0, 0)
		f.Damaged = "lost"
	}
	return err
}

// open opens the built-in line.
func open(t *testing.T, address string) capture.Source {
	t.Helper()
	o, err := testline.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return testline.Open(o)
}

func TestTracker_OneNameForEachPart(t *testing.T) {
	t.Parallel()
	region := testline.Window()
	const parts = 7
	for options, loses := range map[string]bool{
		"seed=7&kind=gear&shake=2&dropouts=0.1&blur=2":              false,
		"seed=8&kind=board&dropouts=0.05&drift=0.15&shake=1&blur=1": false,
		"seed=8&kind=board&shake=1":                                 true,
	} {
		t.Run(options, func(t *testing.T) {
			address := "testline://?fps=0&speed=110&defect_rate=0.6&parts=7&" + options
			o, err := testline.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			// The belt before the first part is in view.
			var empty capture.Frame
			if err := open(t, "testline://?fps=0&speed=1&"+options).Read(context.Background(), &empty); err != nil {
				t.Fatal(err)
			}
			var frames Frames = veiled{open(t, address)}
			if loses {
				frames = spoiled{frames.(veiled), new(int)}
			}
			tracker := New(frames, Options{
				Camera: "c", Axis: "x", Region: region, Empty: &empty, Difference: 24, MinArea: 0.05,
			})
			names := map[string]string{} // of the barrier, by the tracker's
			var order, ids []string
			var f capture.Frame
			for {
				err := tracker.Take(context.Background(), &f)
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if f.Part == "" {
					continue
				}
				if !slices.Contains(ids, f.Part) {
					ids = append(ids, f.Part)
				}
				if f.Name != "" && names[f.Part] == "" {
					names[f.Part] = f.Name
					order = append(order, f.Name)
				} else if f.Name != "" && names[f.Part] != f.Name {
					t.Errorf("%s is %s and %s", f.Part, names[f.Part], f.Name)
				}
			}
			if len(ids) != parts || ids[0] != "c-000001" || ids[parts-1] != "c-000007" {
				t.Errorf(`%d parts: %v; want len(ids) == parts, ids[0] == "c-000001", ids[parts-1] == "c-000007"`, len(ids), ids)
			}
			got, want := map[string]int{}, map[string]int{}
			for _, name := range order {
				p, _ := testline.Truth(o, name)
				got[p.Defect]++
			}
			for i := range parts {
				p, _ := testline.Truth(o, partName(o, i))
				want[p.Defect]++
			}
			if !slices.IsSorted(order) || len(order) != parts || len(want) < 3 || !equal(got, want) {
				t.Errorf("the tracker saw %v of %v; want slices.IsSorted(order), len(order) == parts, len(want) >= 3, equal(got, want)", got, want)
			}
		})
	}
}

func partName(o testline.Options, index int) string {
	return o.Kind + "-" + string([]byte{'0', '0', '0', '0' + byte((index+1)/10), '0' + byte((index+1)%10)})
}

func equal(a, b map[string]int) bool {
	for k, n := range a {
		if b[k] != n {
			return false
		}
	}
	return len(a) == len(b)
}

func TestTracker_LearnsTheEmptyBelt(t *testing.T) {
	t.Parallel()
	line := open(t, "testline://?fps=0&speed=150&unnamed=1&parts=11")
	tracker := New(veiled{line}, Options{Camera: "c", Axis: "x", Region: testline.Window(), LearnFrames: 50, Difference: 24, MinArea: 0.05})
	ids := map[string]bool{}
	var f capture.Frame
	for tracker.Take(context.Background(), &f) == nil {
		ids[f.Part] = true
	}
	delete(ids, "")
	// 50 frames are 7,500 pixels: the sixth part has left the window, the seventh
	// is in it or has yet to come.
	if len(ids) < 4 || len(ids) > 5 {
		t.Errorf("%d of the last 5 parts were named", len(ids))
	}
}

func TestTracker_AllocatesNothing(t *testing.T) {
	line := open(t, "testline://?fps=0&unnamed=1")
	tracker := New(veiled{line}, Options{Camera: "c", Axis: "x", Region: [4]float64{0, 0, 1, 1}, LearnFrames: 1, Difference: 24, MinArea: 0.05})
	var f capture.Frame
	for range 3 {
		if err := tracker.Take(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(20, func() { tracker.name(&f) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
