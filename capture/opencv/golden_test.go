package opencv

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pristine/internal/untar"
)

// The golden pixels are written by training/golden/pictures.py.
func TestPicturesOfEveryKindDecodeAsPillowDoes(t *testing.T) {
	dir := untar.Gzip(t, "testdata/pictures.tar.gz")
	goldens, err := filepath.Glob(filepath.Join(dir, "*.rgb"))
	if err != nil {
		t.Fatal(err)
	}
	if len(goldens) < 30 {
		t.Fatalf("%d pictures, wanted 30 or more", len(goldens))
	}
	for _, golden := range goldens {
		size := filepath.Ext(golden[:len(golden)-len(".rgb")])
		file := golden[:len(golden)-len(size)-len(".rgb")]
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			pix, width, height, err := DecodeFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf(".%dx%d", width, height); got != size {
				t.Fatalf("the size is %s, Pillow's %s", got[1:], size[1:])
			}
			largest, sum := difference(pix, want, false)
			if mean := float64(sum) / float64(len(want)); largest > 1 || mean >= 0.01 {
				t.Errorf("the largest difference is %d grey levels, the mean %.4f; at most 1 and 0.01 are allowed", largest, mean)
			}
			if largest, _ := difference(pix, want, true); largest <= 1 && filepath.Base(file) == "17x31.png" {
				t.Error("swapped colours pass the comparison: it cannot fail")
			}
		})
	}
}

// difference compares BGR with RGB; swap takes the one for the other.
func difference(bgr, rgb []byte, swap bool) (largest, sum int) {
	for i := range rgb {
		from := i - i%3 + 2 - i%3
		if swap {
			from = i
		}
		d := int(bgr[from]) - int(rgb[i])
		largest, sum = max(largest, d, -d), sum+max(d, -d)
	}
	return largest, sum
}
