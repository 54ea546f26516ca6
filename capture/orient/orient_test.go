package orient

import (
	"bytes"
	"testing"
)

// letters makes a picture of one letter a pixel, its rows with padding between them.
func letters(rows ...string) (pix []byte, stride, width, height int) {
	width, height = len(rows[0]), len(rows)
	stride = 3*width + 5
	pix = make([]byte, stride*height)
	for y, row := range rows {
		for x := range width {
			copy(pix[y*stride+3*x:], []byte{row[x], row[x] + 1, row[x] + 2})
		}
	}
	return pix, stride, width, height
}

// The pictures of CIPA DC-008: what must be done to ab/cd/ef to show it upright.
func TestCopyShowsEachOrientationUpright(t *testing.T) {
	for orientation, want := range map[int][]string{
		0: {"ab", "cd", "ef"}, 1: {"ab", "cd", "ef"}, 9: {"ab", "cd", "ef"},
		2: {"ba", "dc", "fe"}, 3: {"fe", "dc", "ba"}, 4: {"ef", "cd", "ab"},
		5: {"ace", "bdf"}, 6: {"eca", "fdb"}, 7: {"fdb", "eca"}, 8: {"bdf", "ace"},
	} {
		pix, stride, width, height := letters("ab", "cd", "ef")
		w, h := Size(width, height, orientation)
		if w != len(want[0]) || h != len(want) {
			t.Fatalf("orientation %d: got %d × %d, want %d × %d", orientation, w, h, len(want[0]), len(want))
		}
		got := make([]byte, 3*w*h)
		Copy(got, pix, stride, width, height, orientation)
		padded, _, _, _ := letters(want...)
		var packed []byte
		for y := range h {
			packed = append(packed, padded[y*(3*w+5):][:3*w]...)
		}
		if !bytes.Equal(got, packed) {
			t.Errorf("orientation %d: got %q, want %q", orientation, got, packed)
		}
	}
}

// A picture larger than a block, turned and turned back, is itself.
func TestCopyTurnsLargePicturesAndBack(t *testing.T) {
	const width, height = 3*block + 7, 2*block + 1
	pix := make([]byte, 3*width*height)
	for i := range pix {
		pix[i] = byte(i * 7)
	}
	for there, back := range map[int]int{2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6} {
		turned, again := make([]byte, len(pix)), make([]byte, len(pix))
		Copy(turned, pix, 3*width, width, height, there)
		w, h := Size(width, height, there)
		Copy(again, turned, 3*w, w, h, back)
		if !bytes.Equal(again, pix) {
			t.Errorf("orientation %d and back by %d is another picture", there, back)
		}
	}
}

func BenchmarkCopyQuarter(b *testing.B) {
	pix, out := make([]byte, 3*1920*1080), make([]byte, 3*1920*1080)
	for b.Loop() {
		Copy(out, pix, 3*1920, 1920, 1080, 6)
	}
}
