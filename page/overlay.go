package page

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"slices"

	"golang.org/x/image/draw"
)

// mapSide is the longer side of a drawn map; the browser scales it.
const mapSide = 320

// heat is a map of scores, as the agent keeps it.
type heat struct {
	rows, columns int
	region        [4]float64 // left, top, right, bottom as shares of the frame
	scores        []float32
}

var errMap = errors.New("not a map of scores")

func parseHeat(data []byte) (*heat, error) {
	const head = 12
	if len(data) < head {
		return nil, errMap
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint16(data[2*i:])) }
	h := &heat{rows: word(0), columns: word(1)}
	if n := h.rows * h.columns; n == 0 || n > 1<<16 || len(data) != head+4*n {
		return nil, errMap
	}
	for i := range h.region {
		h.region[i] = float64(word(2+i)) / math.MaxUint16
	}
	if h.region[0] >= h.region[2] || h.region[1] >= h.region[3] {
		return nil, errMap
	}
	for i := range h.rows * h.columns {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data[head+4*i:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errMap
		}
		h.scores = append(h.scores, v)
	}
	return h, nil
}

// draw paints a map over nothing. Its worst place stands for the part's P(defect),
// and its median for 0: what is below the review threshold stays clear, from there
// to the fail threshold it is yellow, and only from the fail threshold on red. So a
// good part never glows, and colours compare parts, not only places.
func (h *heat) draw(width, height int, defect, review, fail float64) image.Image {
	scale := float64(mapSide) / float64(max(width, height, 1))
	size := image.Rect(0, 0, max(int(scale*float64(width)), 1), max(int(scale*float64(height)), 1))
	sorted := slices.Clone(h.scores)
	slices.Sort(sorted)
	low, high := float64(sorted[len(sorted)/2]), float64(sorted[len(sorted)-1])
	small := image.NewGray16(image.Rect(0, 0, h.columns, h.rows))
	for i, s := range h.scores {
		v := 0.0
		if high > low {
			v = defect * min(max((float64(s)-low)/(high-low), 0), 1)
		}
		small.SetGray16(i%h.columns, i/h.columns, color.Gray16{Y: uint16(min(max(v, 0), 1) * math.MaxUint16)})
	}
	at := func(share float64, length int) int { return int(math.Round(share * float64(length))) }
	region := image.Rect(at(h.region[0], size.Dx()), at(h.region[1], size.Dy()), at(h.region[2], size.Dx()), at(h.region[3], size.Dy()))
	large := image.NewGray16(size)
	draw.BiLinear.Scale(large, region, small, small.Rect, draw.Src, nil)
	out := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			if image.Pt(x, y).In(region) {
				out.SetNRGBA(x, y, shade(float64(large.Gray16At(x, y).Y)/math.MaxUint16, review, fail))
			}
		}
	}
	return out
}

// shade is the colour of one place.
func shade(v, review, fail float64) color.NRGBA {
	switch {
	case v < review || review <= 0 && v == 0:
		return color.NRGBA{}
	case v < fail: // yellow to orange
		t := (v - review) / max(fail-review, 1e-9)
		return color.NRGBA{R: 255, G: uint8(220 - 90*t), A: uint8(90 + 50*t)}
	default: // red
		t := (v - fail) / max(1-fail, 1e-9)
		return color.NRGBA{R: 235, G: uint8(40 * (1 - t)), B: uint8(30 * (1 - t)), A: uint8(140 + 60*t)}
	}
}

func writeMap(w http.ResponseWriter, r *http.Request, data []byte, width, height int, defect *float64, review, fail float64) {
	h, err := parseHeat(data)
	if err != nil || defect == nil {
		http.NotFound(w, r)
		return
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, h.draw(width, height, *defect, review, fail)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = out.WriteTo(w)
}

// liveMap is the map of a camera's newest result.
func (p *Page) liveMap(w http.ResponseWriter, r *http.Request) {
	data, of := p.options.Map(r.PathValue("camera"))
	writeMap(w, r, data, 4, 3, of.Defect, of.Review, of.Fail)
}
