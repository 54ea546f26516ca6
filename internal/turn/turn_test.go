package turn

import (
	"bytes"
	"image"
	"testing"
)

// counted is a picture whose pixels are all different.
func counted(width, height int) []byte {
	pix := make([]byte, 0, 3*width*height)
	for y := range height {
		for x := range width {
			pix = append(pix, byte(x), byte(y), 7)
		}
	}
	return pix
}

func whole(width, height int) image.Rectangle { return image.Rect(0, 0, width, height) }

func TestFourQuartersOfASquareAreTheSquareAgain(t *testing.T) {
	for _, side := range []int{1, 2, 7, 8} {
		pix := counted(side, side)
		turned := pix
		for range 4 {
			turned = Picture(nil, turned, side, whole(side, side), 1)
		}
		if !bytes.Equal(turned, pix) {
			t.Errorf("side %d: %v", side, turned)
		}
		three := Picture(nil, Picture(nil, pix, side, whole(side, side), 1), side, whole(side, side), 2)
		if !bytes.Equal(three, Picture(nil, pix, side, whole(side, side), 3)) {
			t.Errorf("side %d: three quarters are not one and two", side)
		}
	}
}

func TestAQuarterGoesClockwise(t *testing.T) {
	pix := []byte("aaabbbcccddd") // a b above c d
	if got := string(Picture(nil, pix, 2, whole(2, 2), 1)); got != "cccaaadddbbb" {
		t.Error(got)
	}
}

func TestTwoHalfTurnsAreThePictureAgain(t *testing.T) {
	for _, size := range [][2]int{{16, 9}, {9, 16}, {5, 1}} {
		pix := counted(size[0], size[1])
		half := Picture(nil, pix, size[0], whole(size[0], size[1]), 2)
		if again := Picture(nil, half, size[0], whole(size[0], size[1]), 2); !bytes.Equal(again, pix) || bytes.Equal(half, pix) {
			t.Errorf("%v: %v", size, again)
		}
	}
}

// The square in the middle of a wide or a high picture is rotated exactly, and
// beside it is what is mirrored there.
func TestTheSquareInTheMiddleIsRotated(t *testing.T) {
	for _, size := range [][2]int{{160, 90}, {90, 160}, {161, 90}, {100, 10}} {
		w, h := size[0], size[1]
		side := min(w, h)
		at := image.Pt((w-side)/2, (h-side)/2)
		for quarters := 1; quarters <= 3; quarters++ {
			if quarters == 2 && (w-h)%2 != 0 {
				continue // its centre lies between two of the square's
			}
			pix := counted(w, h)
			square := Picture(nil, pix, w, image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}, quarters)
			turned := Picture(nil, pix, w, whole(w, h), quarters)
			for y := range side {
				row := 3 * ((at.Y+y)*w + at.X)
				if !bytes.Equal(turned[row:row+3*side], square[3*y*side:3*(y+1)*side]) {
					t.Fatalf("%v, %d quarters: row %d differs", size, quarters, y)
				}
			}
		}
	}
	turned := Picture(nil, counted(4, 2), 4, whole(4, 2), 1)
	if got := turned[:3*4]; !bytes.Equal(got, []byte{1, 1, 7, 1, 1, 7, 1, 0, 7, 1, 0, 7}) {
		t.Errorf("the first row of a wide picture turned is %v", got)
	}
}

func TestAPartIsTurnedByItself(t *testing.T) {
	pix := counted(6, 5)
	memory := make([]byte, 0, 100)
	got := Picture(memory, pix, 6, image.Rect(1, 2, 3, 4), 1)
	if !bytes.Equal(got, []byte{1, 3, 7, 1, 2, 7, 2, 3, 7, 2, 2, 7}) || &got[0] != &memory[:1][0] {
		t.Errorf("got got %+v, memory %+v; want bytes.Equal(got, []byte{1, 3, 7, 1, 2, 7, 2, 3, 7, 2, 2, 7}), &got[0] == &memory[:1][0]", got, memory)
	}
}
