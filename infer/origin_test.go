package infer

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

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
