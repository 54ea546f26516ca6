package turn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"math"
	"testing"
)

// By quarters, any angle is what Picture makes of a square.
func TestAngle_OfQuartersIsPicture(t *testing.T) {
	for quarters := range 4 {
		pix := counted(9, 9)
		if got := Angle(nil, pix, 9, image.Rect(0, 0, 9, 9), float64(90*quarters)); !bytes.Equal(got, Picture(nil, pix, 9, image.Rect(0, 0, 9, 9), quarters)) {
			t.Errorf("%d quarters: %v", quarters, got)
		}
	}
}

// The bytes are those of the first version, so that references that were made with it
// stay what they are.
func TestAngle_BytesStayAsTheyAre(t *testing.T) {
	const width, height = 67, 41
	pix := make([]byte, 3*width*height)
	for i := range pix {
		pix[i] = byte(i*i>>3 ^ i)
	}
	all := sha256.New()
	for _, part := range []image.Rectangle{image.Rect(0, 0, width, height), image.Rect(5, 3, 60, 14), image.Rect(9, 9, 10, 40), image.Rect(3, 2, 4, 3)} {
		for degrees := 0.0; degrees < 360; degrees += 7.5 {
			all.Write(Angle(nil, pix, width, part, degrees))
		}
	}
	const want = "f95f4b433a8b0698151097fe4b7608eba3ceca49e1125c58fdaba89cb6bbd760"
	if got := hex.EncodeToString(all.Sum(nil)); got != want {
		t.Errorf("the sum is %s, want %s", got, want)
	}
}

func BenchmarkAngle(b *testing.B) {
	pix := make([]byte, 3*900*900)
	var out []byte
	for b.Loop() {
		out = Angle(out, pix, 900, whole(900, 900), 15)
	}
}

// What Within says comes from within the picture does: a white picture turned on
// black is white there, and a line turned by 30° points there.
func TestAngle_MovesWhatIsThereAndWithinTellsTheRest(t *testing.T) {
	const side, frame = 60, 80
	pix := make([]byte, 3*frame*frame)
	part := image.Rect(10, 10, 10+side, 10+side)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			pix[3*(y*frame+x)] = 100 // outside the part all is 0
		}
	}
	bright := func(x, y int) { pix[3*((part.Min.Y+y)*frame+part.Min.X+x)] = 250 }
	for _, d := range []int{-1, 0, 1} {
		bright(side/2+20, side/2+d) // to the right of the centre
		bright(side/2+21, side/2+d)
	}
	out := Angle(nil, pix, frame, part, 30)
	best, at := byte(0), image.Point{}
	for y := range side {
		for x := range side {
			v := out[3*(y*side+x)]
			if v < 99 {
				t.Fatalf("%d,%d is %d: it comes from outside the part", x, y, v)
			}
			if v > best {
				best, at = v, image.Pt(x, y)
			}
		}
	}
	want := image.Pt(side/2+int(math.Round(20.5*math.Cos(math.Pi/6))), side/2+int(math.Round(20.5*math.Sin(math.Pi/6)))) // clockwise is down
	if d := at.Sub(want); best < 200 || d.X*d.X+d.Y*d.Y > 4 {
		t.Errorf("the bright place, %d, lies at %v, want %v", best, at, want)
	}
	for box, want := range map[image.Rectangle]bool{
		image.Rect(20, 20, 40, 40): true, image.Rect(0, 0, 4, 4): false, image.Rect(56, 56, 60, 60): false, image.Rect(28, 0, 32, 4): true,
	} {
		if Within(box, side, side, 30) != want {
			t.Errorf("%v within: %v", box, !want)
		}
		if !Within(box, side, side, 90) {
			t.Errorf("%v is not within, turned by a quarter", box)
		}
	}
}
