package place

import (
	"fmt"
	"strings"

	"pristine/verdict"
)

// Place is a box, how large what lies in it is, and which defect it looks like. It
// is as sharp as the map that it was found in: nothing is smaller than a cell of
// that.
type Place struct {
	Class     string           `json:"class"`               // the likeliest defect there; "" where it is not known well enough
	Severity  verdict.Severity `json:"severity,omitempty"`  // of Class
	Level     float64          `json:"level"`               // highest there: 0 is usual for good parts, 1 is FAIL or worse
	Box       Box              `json:"box"`                 // in pixels of the frame
	LengthPX  float64          `json:"length_px"`           // largest extent in any direction
	AreaPX    float64          `json:"area_px"`             // square pixels
	AreaShare float64          `json:"area_share"`          // of what is inspected, in [0, 1]
	LengthMM  float64          `json:"length_mm,omitempty"` // absent without mm_per_pixel
	AreaMM2   float64          `json:"area_mm2,omitempty"`  // likewise
	Accepted  bool             `json:"accepted,omitempty"`  // within the limits that the prompt set accepts
}

// Box is a rectangle in pixels.
type Box struct {
	X      int `json:"x"` // of the left side
	Y      int `json:"y"` // of the upper side
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Deciding returns the places that reach FAIL by themselves, or all where none does.
// They come the worst first. A part that fails has weaker ones beside them, which hide
// the defect from an operator.
func Deciding(all []Place) []Place {
	n := 0
	for n < len(all) && all[n].Level >= 1 {
		n++
	}
	if n == 0 {
		return all
	}
	return all[:n]
}

// Text says the place in a few words.
func (p *Place) Text() string {
	class := p.Class
	if class == "" {
		class = "defect"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %.0f px", class, p.LengthPX)
	if p.LengthMM > 0 {
		fmt.Fprintf(&b, " (%.3g mm)", p.LengthMM)
	}
	fmt.Fprintf(&b, " long at %d, %d", p.Box.X+p.Box.Width/2, p.Box.Y+p.Box.Height/2)
	if p.Accepted {
		b.WriteString(", accepted")
	}
	return b.String()
}
