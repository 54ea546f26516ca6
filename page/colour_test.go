package page

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"testing"

	"github.com/chromedp/chromedp"

	"pristine/internal/browser"
	"pristine/report"
)

var verdicts = []string{"PASS", "REVIEW", "FAIL", "INVALID"}

// vision is how somebody sees linear RGB. The dichromats are of Machado, Oliveira and
// Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
// IEEE TVCG 15(6), 2009, at severity 1.0; grey print is the luminance of sRGB.
type vision [3][3]float64

var visions = map[string]vision{
	"usual":        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
	"grey":         {{0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}},
}

func (v vision) see(linear [3]float64) (seen [3]float64) {
	for i, row := range v {
		for k, c := range row {
			seen[i] += c * linear[k]
		}
		seen[i] = min(max(seen[i], 0), 1)
	}
	return seen
}

// linear is the light of 8-bit sRGB.
func linear(rgb [3]float64) (l [3]float64) {
	for i, c := range rgb {
		if c /= 255; c <= 0.04045 {
			l[i] = c / 12.92
		} else {
			l[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return l
}

func luminance(l [3]float64) float64 { return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2] }

// contrast is that of WCAG 2.
func contrast(a, b [3]float64) float64 {
	high, low := luminance(a), luminance(b)
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

// apart is the distance of two colours in CIELAB (CIE 1976, D65); 2.3 is just seen.
func apart(a, b [3]float64) float64 {
	x, y := lab(a), lab(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func lab(l [3]float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x, y, z := f((0.4124*l[0]+0.3576*l[1]+0.1805*l[2])/0.95047), f(luminance(l)), f((0.0193*l[0]+0.1192*l[1]+0.9505*l[2])/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// leastApart is how far two verdicts' colours lie apart for each dichromat.
const leastApart = 15

// Each verdict's colour keeps its contrast on every ground for every eye and in grey
// print, and any two of them are told apart by every eye. Grey alone cannot tell four
// apart: the shapes below do.
func TestVerdicts_AreSeenByEveryEye(t *testing.T) {
	s, b := serve(t, nil), browser.Open(t)
	b.Run(t, chromedp.Navigate(s.base+"/audit"))
	for _, dark := range []bool{false, true} {
		b.Look(t, 1440, 900, dark)
		colours := map[string][3]float64{}
		for name, rgb := range browser.Value[map[string][3]float64](t, b, `(() => {
			const probe = document.querySelector("main").appendChild(document.createElement("p")), all = {};
			for (const name of ["PASS", "REVIEW", "FAIL", "INVALID", "ground", "card", "raised"]) {
				probe.style.color = "var(--" + name + ")";
				all[name] = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).map(Number);
			}
			probe.remove();
			return all;
		})()`) {
			colours[name] = linear(rgb)
		}
		for eye, v := range visions {
			worst, nearest, pair := math.Inf(1), math.Inf(1), ""
			for i, verdict := range verdicts {
				for _, ground := range []string{"ground", "card", "raised"} {
					worst = min(worst, contrast(v.see(colours[verdict]), v.see(colours[ground])))
				}
				for _, other := range verdicts[i+1:] {
					if d := apart(v.see(colours[verdict]), v.see(colours[other])); d < nearest {
						nearest, pair = d, verdict+" and "+other
					}
				}
			}
			t.Logf("dark %t, %s: contrast %.2f at least, %s %.1f apart", dark, eye, worst, pair, nearest)
			if worst < 4.5 {
				t.Errorf("dark %t, %s: a verdict has contrast %.2f, want 4.5", dark, eye, worst)
			}
			if eye != "grey" && nearest < leastApart {
				t.Errorf("dark %t, %s: %s lie %.1f apart, want %d", dark, eye, pair, nearest, leastApart)
			}
		}
	}
}

// Each lamp has a shape and a word of its own, in shadow too: in black and white no
// two are alike.
func TestVerdicts_HaveTheirOwnShapeAndWord(t *testing.T) {
	s, b := serve(t, nil), browser.Open(t)
	b.Look(t, 1440, 900, false)
	b.Run(t, chromedp.Navigate(s.base+"/parts/K-3"))
	if got := browser.Value[string](t, b, `document.querySelector(".lamp").className + " " + document.querySelector(".lamp strong").textContent`); got != "lamp FAIL FAIL" {
		t.Fatalf("the lamp is %q, want its verdict as class and word", got)
	}
	masks, glyphs := map[string][]bool{}, map[string]string{}
	for _, verdict := range verdicts {
		glyph := report.Shape(verdict)
		if other, known := glyphs[glyph]; known || glyph == "" {
			t.Errorf("%s has the sign %q, and so has %s", verdict, glyph, other)
		}
		glyphs[glyph] = verdict
		for _, hollow := range []string{"", " hollow"} {
			var data []byte
			b.Run(t, chromedp.Evaluate(fmt.Sprintf(`(() => {
				const lamp = document.querySelector(".lamp"), shape = lamp.querySelector(".shape");
				lamp.className = %q; lamp.style.background = "white"; lamp.style.transition = "none";
				lamp.style.setProperty("--v", "black"); shape.style.width = shape.style.height = "96px";
			})()`, "lamp "+verdict+hollow), nil), chromedp.Screenshot(".lamp .shape", &data, chromedp.ByQuery))
			drawn, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			masks[verdict+hollow] = maskOf(drawn)
		}
	}
	for a, x := range masks {
		for b, y := range masks {
			if a < b {
				if same := alike(x, y); same > 0.8 {
					t.Errorf("%s and %s have %.0f %% of their shape in common", a, b, 100*same)
				}
			}
		}
	}
}

// maskOf is what is dark in a picture, as 48 × 48 points.
func maskOf(m image.Image) []bool {
	const side = 48
	mask := make([]bool, side*side)
	for i := range mask {
		box := m.Bounds()
		r, g, b, _ := m.At(box.Min.X+(i%side)*box.Dx()/side, box.Min.Y+(i/side)*box.Dy()/side).RGBA()
		mask[i] = r+g+b < 3*0x8000
	}
	return mask
}

// alike is the share of two shapes that is in both.
func alike(a, b []bool) float64 {
	both, any := 0.0, 0.0
	for i := range a {
		if a[i] && b[i] {
			both++
		}
		if a[i] || b[i] {
			any++
		}
	}
	return both / max(any, 1)
}
