package soak

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

func TestSlopeOf(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	line := func(slope, noise float64, outages bool) (hours, values []float64) {
		for i := range 200 {
			at := float64(i) / 200
			v := 100 + slope*at + noise*random.NormFloat64()
			if outages && i%5 == 0 {
				v += 1000 * random.Float64() // a fifth lies anywhere above
			}
			hours, values = append(hours, at), append(values, v)
		}
		return hours, values
	}
	for _, one := range []struct {
		name         string
		slope, noise float64
		outages      bool
	}{
		{"flat", 0, 1, false}, {"grows", 12, 1, false}, {"shrinks", -12, 1, false},
		{"outages are no trend", 0, 1, true}, {"grows under outages", 12, 1, true},
	} {
		s := SlopeOf(line(one.slope, one.noise, one.outages))
		if math.Abs(s.PerHour-one.slope) > 2 || s.Low > one.slope || s.High < one.slope || s.High-s.Low > 8 {
			t.Errorf("%s: %+v, want about %v within its interval", one.name, s, one.slope)
		}
	}
	if s := SlopeOf([]float64{0, 1}, []float64{1, 2}); !math.IsNaN(s.PerHour) {
		t.Errorf("two samples have the slope %v", s)
	}
	if s := SlopeOf([]float64{0, 1, 2, 3}, []float64{5, 5, 5, 5}); s != (Slope{}) {
		t.Errorf("a constant has the slope %+v", s)
	}
}

func TestRead_SeesADescriptorAndMemory(t *testing.T) {
	before, err := Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	held := make([]byte, 64<<20)
	for i := 0; i < len(held); i += 1024 {
		held[i] = 1
	}
	after, err := Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if after.Descriptors <= before.Descriptors || after.Anonymous-before.Anonymous < 60<<20 || after.RSS < after.Anonymous || after.Threads < 1 || held[0] != 1 {
		t.Errorf("before %+v, after %+v: want one descriptor and 64 MB more", before, after)
	}
	if _, err := Read(1 << 30); err == nil {
		t.Error("a process that is not there uses something")
	}
}
