package agent

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/evaluate/report"
	"pristine/events/control"
)

// What lies outside a camera's polygon changes nothing, whichever way a picture
// comes: as a reference in the configured folder, or to be evaluated over NATS.
func TestView_HoldsOnEveryWayIn(t *testing.T) {
	line := testline.Open(testline.Options{Seed: 1, Speed: 60, Kind: "flange"})
	var reference, good, bad capture.Frame
	for _, f := range []*capture.Frame{&reference, &good, &bad} {
		if err := line.Read(context.Background(), f); err != nil {
			t.Fatal(err)
		}
	}
	// The two pictures differ outside the polygon only; they are PNG, so that no
	// compression carries the difference inside.
	picture := func(f *capture.Frame, outside byte) []byte {
		pix := slices.Clone(f.Pix)
		for i := range f.Width * f.Height {
			x, y := float64(i%f.Width)/float64(f.Width), float64(i/f.Width)/float64(f.Height)
			if x < 0.25 || x > 0.75 || y < 0.05 || y > 0.95 {
				pix[3*i], pix[3*i+1], pix[3*i+2] = outside, outside, outside
			}
		}
		data, err := opencv.EncodePNG(pix, f.Width, f.Height)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	hashes, evaluations := map[string]bool{}, map[string]bool{}
	for _, outside := range []byte{0, 200} {
		references := t.TempDir()
		if err := os.WriteFile(filepath.Join(references, "good.png"), picture(&reference, outside), 0o600); err != nil {
			t.Fatal(err)
		}
		c := settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=5', policy: trigger, polygon: [[0.3, 0.1], [0.7, 0.1], [0.7, 0.9], [0.5, 0.6], [0.3, 0.9]]}\n")
		c.Cameras[0].References = references
		a := start(t, c)
		hashes[a.cameras[0].live.Bank().ReferencesHash()] = true
		label := func(bad bool, shown *capture.Frame) control.Labelled {
			return control.Labelled{Name: "x", Bad: bad, JPEG: func(context.Context) ([]byte, error) { return picture(shown, outside), nil }}
		}
		answer, err := (controlled{a.Agent}).Evaluate(context.Background(), "belt", []control.Labelled{label(false, &good), label(true, &bad)})
		if err != nil {
			t.Fatal(err)
		}
		figures := *answer.(*report.Report)
		figures.Cues = nil // of the whole picture, on purpose
		text, err := json.Marshal(figures)
		if err != nil {
			t.Fatal(err)
		}
		evaluations[string(text)] = true
	}
	if len(hashes) != 1 {
		t.Error("references: what lies outside the polygon is learned")
	}
	if len(evaluations) != 1 {
		t.Errorf("eval: what lies outside the polygon is scored: %v", slices.Sorted(maps.Keys(evaluations)))
	}
}
