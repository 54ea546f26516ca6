package challenge

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"time"

	"golang.org/x/image/draw"

	"pristine/evaluate/report"
	"pristine/verdict"
)

//go:embed page.html
var page string

// exampleSide is the size of an example in the page, in pixels.
const exampleSide = 260

// example is a planted picture in the page.
type example struct {
	Kind    Kind
	Size    string
	Found   bool
	Verdict verdict.Verdict
	P       float64
	File    string
	Whole   template.URL // data: URLs
	Near    template.URL
}

// AddExamples adds pictures to the page: for each kind the smallest defect that was
// found and the largest that was missed.
func (r *Report) AddExamples(out *Outcome) error {
	for _, k := range out.kinds() {
		var found, missed *Trial
		for i := range out.Trials {
			t := &out.Trials[i]
			if t.Kind != k || !out.counts(t) {
				continue
			}
			passed := t.Scores[0].Verdict == verdict.Pass
			if passed && (missed == nil || t.Size > missed.Size) {
				missed = t
			}
			if !passed && (found == nil || t.Size < found.Size) {
				found = t
			}
		}
		for _, t := range []*Trial{found, missed} {
			if t == nil {
				continue
			}
			if err := r.addExample(out, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Report) addExample(out *Outcome, t *Trial) error {
	planted, ok := out.Plant(t)
	if !ok {
		return nil
	}
	s := t.Scores[0]
	e := example{Kind: t.Kind, Size: sizeText(t.Size, r.MMPerPixel), Found: s.Verdict != verdict.Pass, Verdict: s.Verdict, P: s.P, File: planted.Picture.Name}
	view, err := planted.Picture.view()
	if err != nil {
		return err
	}
	side := max(planted.Box.Dx(), planted.Box.Dy())*3 + 16
	near := image.Rect(0, 0, side, side).Add(planted.Box.Min.Add(planted.Box.Max).Div(2).Sub(image.Pt(side/2, side/2))).Intersect(view)
	if e.Whole, err = crop(planted.Picture, view, planted.Box); err != nil {
		return err
	}
	if e.Near, err = crop(planted.Picture, near, image.Rectangle{}); err != nil {
		return err
	}
	r.examples = append(r.examples, e)
	return nil
}

// crop draws a part of a picture, with a frame around a box in it.
func crop(p *Picture, part, box image.Rectangle) (template.URL, error) {
	source := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	for y := range part.Dy() {
		for x := range part.Dx() {
			bgr := p.at(part.Min.X+x, part.Min.Y+y)
			source.SetRGBA(x, y, color.RGBA{bgr[2], bgr[1], bgr[0], 255})
		}
	}
	scale := float64(exampleSide) / float64(max(part.Dx(), part.Dy()))
	scaled := image.NewRGBA(image.Rect(0, 0, max(int(float64(part.Dx())*scale), 1), max(int(float64(part.Dy())*scale), 1)))
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), source, source.Bounds(), draw.Src, nil)
	if !box.Empty() {
		frame(scaled, box.Sub(part.Min), scale)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scaled, &jpeg.Options{Quality: 86}); err != nil {
		return "", fmt.Errorf("encode example: %w", err)
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

func frame(m *image.RGBA, box image.Rectangle, scale float64) {
	at := func(v int) int { return int(float64(v) * scale) }
	outer := image.Rect(at(box.Min.X)-4, at(box.Min.Y)-4, at(box.Max.X)+4, at(box.Max.Y)+4)
	inner := outer.Inset(2)
	for y := outer.Min.Y; y < outer.Max.Y; y++ {
		for x := outer.Min.X; x < outer.Max.X; x++ {
			if p := image.Pt(x, y); !p.In(inner) && p.In(m.Rect) {
				m.SetRGBA(x, y, color.RGBA{255, 210, 40, 255})
			}
		}
	}
}

// WriteHTML writes the report as one self-contained file. measured is the time of the
// measurement.
func (r *Report) WriteHTML(w io.Writer, measured time.Time) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"percent":  percent,
		"interval": func(v [2]float64) string { return fmt.Sprintf("%.1f – %.1f\u00a0%%", 100*v[0], 100*v[1]) },
		"three":    func(v float64) string { return fmt.Sprintf("%.3f", v) },
		"size":     func(pixels int) string { return sizeText(pixels, r.MMPerPixel) },
		"smallest": func(k KindFigures) string { return r.smallestText(&k) },
		"hash":     func(s string) string { return s[:min(len(s), 12)] },
	}).Parse(page)
	if err == nil {
		err = t.Execute(w, map[string]any{"Report": r, "Style": report.Style(), "Measured": measured.Format("2 January 2006, 15:04 MST"), "Examples": r.examples, "Notes": r.Notes()})
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
