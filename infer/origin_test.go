package infer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"pristine/infer/bundle"
	"pristine/internal/untar"
)

// What is done to a picture before ONNX Runtime, to a model, and to what it returns, is
// what it was when outputsVersion was set: outputs that were kept on a disk are never
// taken for those of another program.
func TestOrigin_OutputsVersionIsRaisedWithEveryChange(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the sums below were made on amd64, where every change is tested")
	}
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
			t.Errorf("%s: the outputs of pictures change: raise outputsVersion in origin.go, since kept ones (package observe/picturecache) would be taken for new ones, and write the new sum here: %s", name, got[name])
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

func TestOrigin_NamesAllThatOutputsDependOn(t *testing.T) {
	library, b := open(t)
	intel := fstest.MapFS{"proc/cpuinfo": {Data: []byte("processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\ncpu MHz\t\t: 2000.1\nflags\t\t: fpu avx2 avx512_vnni\n\nprocessor\t: 1\nvendor_id\t: x\n")}}
	older := fstest.MapFS{"proc/cpuinfo": {Data: []byte("processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\ncpu MHz\t\t: 1999.9\nflags\t\t: fpu avx2\n\n")}}
	jetson := fstest.MapFS{"proc/cpuinfo": {Data: []byte("processor\t: 0\nFeatures\t: fp asimd\nCPU part\t: 0xd42\n\n")}}
	e, err := NewImageEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	known := map[string]string{}
	differs := func(name string, change func(e *ImageEncoder, root *fstest.MapFS)) {
		other, root, manifest := &ImageEncoder{bundle: e.bundle, status: e.status, perRun: e.perRun}, intel, *e.bundle
		other.bundle = &manifest
		change(other, &root)
		origin := originOf(other, root)
		if before, is := known[origin]; is || origin == "" {
			t.Errorf("%s: %q, as %s", name, origin, before)
		}
		known[origin] = name
	}
	differs("as it is", func(*ImageEncoder, *fstest.MapFS) {})
	differs("another bundle", func(e *ImageEncoder, _ *fstest.MapFS) { e.bundle.Hash = "other" })
	differs("another preparation", func(e *ImageEncoder, _ *fstest.MapFS) { e.bundle.Manifest.Image.Mean = []float64{0, 0, 0} })
	differs("other outputs", func(e *ImageEncoder, _ *fstest.MapFS) { e.bundle = e.bundle.WithoutFeatures() })
	differs("more pictures a run", func(e *ImageEncoder, _ *fstest.MapFS) { e.perRun = 8 })
	differs("another processor", func(_ *ImageEncoder, root *fstest.MapFS) { *root = older })
	differs("a Jetson", func(_ *ImageEncoder, root *fstest.MapFS) { *root = jetson })
	for _, origin := range []string{
		originOf(&ImageEncoder{bundle: b, status: Status{Provider: "openvino"}}, intel),
		originOf(&ImageEncoder{bundle: b, status: Status{Provider: "tensorrt"}}, intel),
		originOf(&ImageEncoder{bundle: b, status: Status{Provider: "cpu"}}, fstest.MapFS{}),
	} {
		if origin != "" {
			t.Errorf("not all is known of %q", origin)
		}
	}
	if !strings.Contains(e.Origin(), library.Version) {
		t.Errorf("%q does not name ONNX Runtime %s", e.Origin(), library.Version)
	}
}

func TestOrigin_OfAService(t *testing.T) {
	library, b := open(t)
	one, err := NewService(library, b, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	pair, err := NewPairedService(library, b, b, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pair.Close()
	if one.Origin() == "" || pair.Origin() == one.Origin() || !strings.Contains(pair.Origin(), "; patches: ") {
		t.Errorf("%q, and of two %q", one.Origin(), pair.Origin())
	}
	// A provider that cannot be opened leaves the CPU, which has an origin; an engine has none.
	engine, err := NewImageEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	engine.origin = ""
	standby, err := NewImageEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{onState: func(State, string) {}}
	built := make(chan struct{})
	s.build(standby, func() (*ImageEncoder, error) { <-built; return engine, nil })
	before := s.Origin()
	close(built)
	s.building.Wait()
	if _, err := s.Encode(context.Background(), []Picture{drawn(9, 9, 1)}, make([]Output, 1)); err != nil || before != one.Origin() || s.Origin() != "" {
		t.Errorf("before the hand-over %q, after it %q, %v", before, s.Origin(), err)
	}
	s.Close()
}
