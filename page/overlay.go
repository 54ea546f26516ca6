package page

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
	"math"
	"net/http"

	"pristine/internal/heatmap"

	"golang.org/x/image/draw"
)

// mapSide is the longer side of a drawn map; the browser scales it.
const mapSide = 320

// heat is a map of scores, as the agent keeps it.
type heat struct {
	rows, columns int
	region        [4]float64 // left, top, right, bottom as shares of the frame
	levels        []byte     // 0 is usual for good parts, 255 is FAIL
}

var errMap = errors.New("not a map of scores")

func parseHeat(data []byte) (*heat, error) {
	const head = 12
	if len(data) < head {
		return nil, errMap
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint16(data[2*i:])) }
	h := &heat{rows: word(0), columns: word(1)}
	if n := h.rows * h.columns; n == 0 || n > 1<<16 || len(data) != head+n {
		return nil, errMap
	}
	for i := range h.region {
		h.region[i] = float64(word(2+i)) / math.MaxUint16
	}
	if h.region[0] >= h.region[2] || h.region[1] >= h.region[3] {
		return nil, errMap
	}
	h.levels = data[head:]
	return h, nil
}

// draw paints a map over nothing, in the colours of package heatmap: the same level
// has the same colour on every picture.
func (h *heat) draw(width, height int) image.Image {
	scale := float64(mapSide) / float64(max(width, height, 1))
	size := image.Rect(0, 0, max(int(scale*float64(width)), 1), max(int(scale*float64(height)), 1))
	small := &image.Gray{Pix: h.levels, Stride: h.columns, Rect: image.Rect(0, 0, h.columns, h.rows)}
	at := func(share float64, length int) int { return int(math.Round(share * float64(length))) }
	region := image.Rect(at(h.region[0], size.Dx()), at(h.region[1], size.Dy()), at(h.region[2], size.Dx()), at(h.region[3], size.Dy()))
	large := image.NewGray(size)
	draw.BiLinear.Scale(large, region, small, small.Rect, draw.Src, nil)
	out := image.NewNRGBA(size)
	for i, level := range large.Pix {
		if level > 0 {
			rgb, cover := heatmap.Colour(float64(level) / math.MaxUint8)
			copy(out.Pix[4*i:], []byte{rgb[0], rgb[1], rgb[2], byte(math.MaxUint8 * cover)})
		}
	}
	return out
}

func writeMap(w http.ResponseWriter, r *http.Request, data []byte, width, height int) {
	h, err := parseHeat(data)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, h.draw(width, height)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = out.WriteTo(w)
}

// liveMap is the map of a camera's newest result.
func (p *Page) liveMap(w http.ResponseWriter, r *http.Request) {
	writeMap(w, r, p.options.Map(r.PathValue("camera")), 4, 3)
}
