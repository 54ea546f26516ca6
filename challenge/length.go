package challenge

import (
	"fmt"
	"strconv"
	"strings"
)

// Length is a size of defects. At most one field is above 0; the zero Length is no size.
type Length struct {
	Share  float64 // of the part's extent
	Pixels float64
	MM     float64
}

// ParseLength reads a length such as 10%, 40px or 0.5mm; 0 is none.
func ParseLength(text string) (l Length, err error) {
	if text == "0" {
		return l, nil
	}
	for _, unit := range []struct {
		suffix string
		to     *float64
		scale  float64
		most   float64
	}{{"%", &l.Share, 0.01, 1}, {"px", &l.Pixels, 1, 1e4}, {"mm", &l.MM, 1, 1e4}} {
		number, found := strings.CutSuffix(text, unit.suffix)
		if !found {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if v *= unit.scale; err != nil || !(v > 0 && v <= unit.most) {
			break
		}
		*unit.to = v
		return l, nil
	}
	return Length{}, fmt.Errorf("must be a length such as 10%%, 40px or 0.5mm, or 0 (got %q)", text)
}

// String returns the length as ParseLength reads it.
func (l Length) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }
	switch {
	case l.Share > 0:
		return number(100*l.Share) + "%"
	case l.Pixels > 0:
		return number(l.Pixels) + "px"
	case l.MM > 0:
		return number(l.MM) + "mm"
	default:
		return "0"
	}
}

// MarshalText returns the text that String returns.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a length as ParseLength does.
func (l *Length) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLength(string(text))
	return err
}

// On returns the length in pixels for parts of the given extent in pixels.
func (l Length) On(extent int, mmPerPixel float64) int {
	pixels := l.Share*float64(extent) + l.Pixels
	if mmPerPixel > 0 {
		pixels += l.MM / mmPerPixel
	}
	return int(pixels + 0.5)
}
