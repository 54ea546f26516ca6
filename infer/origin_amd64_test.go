package infer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"pristine/infer/bundle"
	"pristine/internal/untar"
)

// A change in how pictures are prepared, how models are extended, or how outputs are
// normalised needs a new outputsVersion. Otherwise cached outputs of an earlier program
// would be used as outputs of this one. Other processors round differently, so the sums
// are those of amd64.
func TestOrigin_OutputsVersionIsRaisedWithEveryChange(t *testing.T) {
	want := map[string]string{
		"pictures, plain": "cd13fbdbe8114d68",
		"pictures, quick": "d171604c27548c73",
		"vectors":         "d8653bdbd0ea4d5f",
		"model clip":      "a84a5158b95e0b8b",
		"model dinov2":    "6b4c9deb80ee7c46",
	}
	got := map[string]string{
		"vectors":      sumOf(unit([]float32{3, -4, 1e-9, 0.1}), unit([]float32{0, 0})),
		"model clip":   sumOfModel(t, export(t, "clip")),
		"model dinov2": sumOfModel(t, untar.Gzip(t, "testdata/patches/dinov2.tar.gz")),
	}
	var plain, quick [][]float32
	for _, m := range []bundle.ImageManifest{
		{Size: 64, Resize: "squash", Filter: "bicubic", Mean: []float64{0.48, 0.45, 0.4}, Std: []float64{0.26, 0.26, 0.27}},
		{Size: 64, Resize: "shortest_crop", ShortestSide: 72, Filter: "bilinear", Mean: []float64{0.5, 0.5, 0.5}, Std: []float64{0.5, 0.5, 0.5}},
	} {
		for _, p := range []Picture{drawn(397, 261, 1), drawn(20, 45, 2)} {
			r := newResampler(p.Width, p.Height, &m)
			prepare := func() []float32 {
				out := make([]float32, 3*m.Size*m.Size)
				r.run(p.Pix, 3*p.Width, normaliseTable(&m), out)
				return out
			}
			if r.quick {
				quick = append(quick, prepare())
				r.quick = false
			}
			plain = append(plain, prepare())
		}
	}
	got["pictures, plain"], got["pictures, quick"] = sumOf(plain...), sumOf(quick...)
	if quick == nil { // a processor without the instructions
		delete(want, "pictures, quick")
	}
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s: the outputs of pictures change: raise outputsVersion in origin.go, so that cached outputs (package observe/picturecache) are not used, and write the new sum here: %s", name, got[name])
		}
	}
	if outputsVersion != 1 {
		t.Error("outputsVersion was raised: write it here, too, beside the sums that it stands for")
	}
}

func sumOf(all ...[]float32) string {
	h := sha256.New()
	for _, v := range all {
		_ = binary.Write(h, binary.LittleEndian, v) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// sumOfModel is of an image encoder as it is given to ONNX Runtime.
func sumOfModel(t *testing.T, dir string) string {
	t.Helper()
	b, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := readModel(b, b.Manifest.Image.File, []string{b.Manifest.Image.Outputs.PatchFeatures})
	if err != nil || m.data == nil {
		t.Fatalf("%d bytes of %s, %v", len(m.data), dir, err)
	}
	sum := sha256.Sum256(m.data)
	return hex.EncodeToString(sum[:])[:16]
}
