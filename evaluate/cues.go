package evaluate

import "math"

// Cues are trivial measures of a picture, which need no model. A set that ranks parts no
// better than one of these has learned the lighting, not the defect.
type Cues struct {
	Brightness float64 // mean grey level, 0 to 255
	Gradient   float64 // mean difference of neighbours, grey levels
	Contrast   float64 // standard deviation of grey levels
}

// cueSide is the largest number of samples along each side. A cue is a mean, and more
// samples of a large picture do not change it.
const cueSide = 128

// NewCues measures packed BGR of width·height pixels.
func NewCues(pix []byte, width, height int) Cues {
	if width <= 0 || height <= 0 || len(pix) != 3*width*height {
		return Cues{}
	}
	step := max(max(width, height)/cueSide, 1)
	grey := func(x, y int) float64 {
		p := pix[3*(y*width+x):][:3]
		return 0.114*float64(p[0]) + 0.587*float64(p[1]) + 0.299*float64(p[2]) // ITU-R BT.601
	}
	var n, sum, squares, edges, neighbours float64
	for y := 0; y < height; y += step {
		for x := 0; x < width; x += step {
			v := grey(x, y)
			n, sum, squares = n+1, sum+v, squares+v*v
			if x+1 < width {
				edges, neighbours = edges+math.Abs(grey(x+1, y)-v), neighbours+1
			}
			if y+1 < height {
				edges, neighbours = edges+math.Abs(grey(x, y+1)-v), neighbours+1
			}
		}
	}
	mean := sum / n
	return Cues{Brightness: mean, Gradient: edges / max(neighbours, 1), Contrast: math.Sqrt(max(squares/n-mean*mean, 0))}
}

// cueFigures returns each cue's AUROC in the direction that ranks better.
func cueFigures(outcomes []Outcome) map[string]float64 {
	figures := map[string]float64{}
	for name, value := range map[string]func(*Outcome) float64{
		"brightness": func(o *Outcome) float64 { return o.Cues.Brightness },
		"gradient":   func(o *Outcome) float64 { return o.Cues.Gradient },
		"contrast":   func(o *Outcome) float64 { return o.Cues.Contrast },
	} {
		good, bad := split(outcomes, value)
		a := AUROC(good, bad)
		figures[name] = max(a, 1-a)
	}
	return figures
}
