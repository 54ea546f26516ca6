package infer

import (
	_ "image/png"
	"math"
	"testing"

	"pristine/infer/bundle"
	"pristine/internal/need"
)

type resizeCase struct {
	Width, Height, Size int
	Shortest            int
	Rule, Filter        string
	At                  [][2]int
	RGB                 [][3]int
}

// worst compares resized pictures with Pillow's: the largest and the mean
// difference in grey levels.
func worst(t *testing.T, v variant) (largest int, mean float64) {
	t.Helper()
	var cases []resizeCase
	readGolden(t, "testdata/resize.json", &cases)
	if len(cases) < 50 {
		t.Fatal("the golden file is short")
	}
	identity := make([]float32, 768)
	for i := range identity {
		identity[i] = float32(i % 256)
	}
	sum, n := 0, 0
	for _, c := range cases {
		r := newResampler(c.Width, c.Height, &bundle.ImageManifest{Size: c.Size, Resize: c.Rule, ShortestSide: c.Shortest, Filter: c.Filter})
		r.quick = r.quick && v.quick
		if v.sharp {
			if c.Rule != "squash" {
				continue
			}
			r.h, r.v = sharp(c.Width, c.Size), sharp(c.Height, c.Size)
			r.row0, r.rows = 0, c.Height
			r.scratch = make([]byte, 4*r.rows*c.Size)
		}
		out := make([]float32, 3*c.Size*c.Size)
		r.run(picture(c.Width, c.Height), 3*c.Width, identity, out)
		for i, at := range c.At {
			for channel := range 3 {
				from := channel
				if v.swap {
					from = 2 - channel
				}
				d := int(math.Abs(float64(out[from*c.Size*c.Size+at[0]*c.Size+at[1]]) - float64(c.RGB[i][channel])))
				sum, n, largest = sum+d, n+1, max(largest, d)
			}
		}
	}
	return largest, float64(sum) / float64(n)
}

// variant is a way to resize, of which some are wrong.
type variant struct {
	quick bool
	swap  bool // BGR for RGB
	sharp bool // no antialias, as OpenCV's INTER_CUBIC
}

// sharp is a bicubic pass that looks at four samples, however much it shrinks.
func sharp(in, out int) pass {
	p := pass{first: make([]int32, out), count: make([]int32, out), weights: make([]int32, 4*out), taps: 4, size: out}
	for i := range out {
		center := (float64(i) + 0.5) * float64(in) / float64(out)
		first, last := max(int(center-1.5), 0), min(int(center+2.5), in)
		sum := 0.0
		for x := first; x < last; x++ {
			sum += cubic(float64(x) - center + 0.5)
		}
		for x := first; x < last; x++ {
			p.weights[4*i+x-first] = int32(math.Round(cubic(float64(x)-center+0.5) / sum * (1 << fraction)))
		}
		p.first[i], p.count[i] = int32(first), int32(last-first)
	}
	return p
}

func TestResizeEqualsPillow(t *testing.T) {
	for _, quick := range []bool{false, true} {
		if largest, mean := worst(t, variant{quick: quick}); largest > 1 || mean >= 0.01 {
			t.Errorf("quick %v: the largest difference is %d grey levels, the mean %.4f; at most 1 and 0.01 are allowed", quick, largest, mean)
		}
	}
	for name, wrong := range map[string]variant{"swapped colours": {quick: true, swap: true}, "no antialias": {sharp: true}} {
		if largest, mean := worst(t, wrong); largest <= 1 && mean < 0.01 {
			t.Errorf("%s pass the comparison: it cannot fail", name)
		}
	}
}

// The golden pictures are sampled; here every pixel counts, and the region's
// rows end where the memory does.
func TestTheQuickResizeEqualsTheExactOne(t *testing.T) {
	identity := make([]float32, 768)
	for i := range identity {
		identity[i] = float32(i % 256)
	}
	for _, c := range []struct{ width, height, size int }{{1920, 1080, 320}, {1, 1, 32}, {3, 500, 64}, {640, 480, 224}, {321, 319, 320}, {33, 1000, 224}, {900, 901, 320}} {
		for _, rule := range []string{"squash", "shortest_crop"} {
			r := newResampler(c.width, c.height, &bundle.ImageManifest{Size: c.size, Resize: rule})
			if !r.quick {
				need.Missing(t, "this processor has no AVX2, for the quick path")
			}
			quick, exact := make([]float32, 3*c.size*c.size), make([]float32, 3*c.size*c.size)
			pix := picture(c.width, c.height)
			r.run(pix, 3*c.width, identity, quick)
			r.quick = false
			r.run(pix, 3*c.width, identity, exact)
			sum, largest := 0.0, 0.0
			for i := range quick {
				d := math.Abs(float64(quick[i] - exact[i]))
				sum, largest = sum+d, max(largest, d)
			}
			if mean := sum / float64(len(quick)); largest > 1 || mean > 0.005 {
				t.Errorf("%d×%d to %d, %s: largest difference %v, mean %.4f", c.width, c.height, c.size, rule, largest, mean)
			}
		}
	}
}

func BenchmarkPreprocess1080p(b *testing.B) {
	pix, table, out := picture(1920, 1080), make([]float32, 768), make([]float32, 3*320*320)
	for name, quick := range map[string]bool{"quick": true, "exact": false} {
		b.Run(name, func(b *testing.B) {
			r := newResampler(1920, 1080, &bundle.ImageManifest{Size: 320, Resize: "squash"})
			r.quick = r.quick && quick
			b.ReportAllocs()
			for b.Loop() {
				r.run(pix, 3*1920, table, out)
			}
		})
	}
}
