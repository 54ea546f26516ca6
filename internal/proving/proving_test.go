package proving

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/need"
	"pristine/internal/untar"
)

// openvino is an ONNX Runtime whose accelerated provider runs on any amd64 CPU: the
// whole way of a GPU but the GPU.
func openvino(t *testing.T) string {
	t.Helper()
	need.NoRaceDetector(t)
	library, err := filepath.Abs("../../.deps/openvino/libonnxruntime.so")
	if err == nil {
		_, err = os.Stat(library)
	}
	if runtime.GOARCH != "amd64" || err != nil {
		t.Fatalf("%v: run scripts/setup.sh test, on amd64", err)
	}
	return library
}

func TestMeasure_AnAcceleratedProviderOnTheCPU(t *testing.T) {
	o := Options{Library: openvino(t), Bundle: "../../models/pocket", Provider: "openvino", Batches: []int{1, 4}, Each: 50 * time.Millisecond, CacheDir: t.TempDir(), HandOver: true}
	r, err := Measure(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Placement["OpenVINOExecutionProvider"] == 0 {
		t.Errorf("the profile names %v", r.Placement)
	}
	var compared []string
	for _, p := range r.Parity {
		compared = append(compared, p.Output)
		if p.Pictures < 4 || !(p.Apart < 0.99) || !(p.Mean > 0.99) || p.Worst > p.Mean {
			t.Errorf("got %+v; want p.Pictures >= 4, (p.Apart < 0.99), (p.Mean > 0.99), p.Worst <= p.Mean", p)
		}
	}
	if want := []string{"embedding", "patch_embeddings", "patch_features", "embedding", "patch_embeddings", "patch_features"}; !slices.Equal(compared, want) {
		t.Errorf("compared are %v, want %v", compared, want)
	}
	if len(r.Speed) != 2 || r.Speed[1].Batch != 4 || r.Speed[0].Runs < leastRuns || !(r.Speed[0].PerSecond > 0) || r.Speed[0].P99 < r.Speed[0].P50 || r.Speed[0].Session50 > r.Speed[0].P50 {
		t.Errorf("speed: %+v; want len(r.Speed) == 2, r.Speed[1].Batch == 4, r.Speed[0].Runs >= leastRuns, (r.Speed[0].PerSecond > 0), r.Speed[0].P99 >= r.Speed[0].P50, r.Speed[0].Session50 <= r.Speed[0].P50", r.Speed)
	}
	if len(r.Start) != 2 || r.Start[0].Cached || !r.Start[1].Cached || r.PeakBytes == 0 {
		t.Errorf("start %+v, %d bytes; want len(r.Start) == 2, not r.Start[0].Cached, r.Start[1].Cached, r.PeakBytes != 0", r.Start, r.PeakBytes)
	}
	if h := r.HandOver; h == nil || h.ByCPU == 0 || h.ByAfter != afterwards || h.State != string(infer.Ready) {
		t.Errorf("hand-over: %+v; want h != nil, h.ByCPU != 0, h.ByAfter == afterwards, h.State == string(infer.Ready)", h)
	}
	if r.Failed != "" {
		t.Errorf("failed: %s", r.Failed)
	}

	o.Provider, o.HandOver = "cuda", false
	if r, err := Measure(t.Context(), o); err == nil || r == nil || r.Failed == "" || r.Speed != nil {
		t.Errorf(`without a GPU: %+v, %v; want err != nil, r != nil, r.Failed != "", r.Speed == nil`, r, err)
	}

	// Another model's outputs are a miss, whatever the provider says of itself.
	o.Provider, o.CacheDir = "cpu", ""
	o.Bundle, o.Reference = untar.Gzip(t, "../../infer/testdata/exports/clip-gelu.tar.gz"), untar.Gzip(t, "../../infer/testdata/exports/clip.tar.gz")
	if r, err := Measure(t.Context(), o); !errors.Is(err, ErrParity) || r.Failed == "" || len(r.Parity) != 4 || r.Speed != nil { // embedding and patch features, alone and together
		t.Errorf(`another model: %+v, %v; want errors.Is(err, ErrParity), r.Failed != "", len(r.Parity) == 4, r.Speed == nil`, r, err)
	}
	// Whoever ends the program has what was measured until then.
	var parities, speeds []int
	o.Progress = func(r *Report) { parities, speeds = append(parities, len(r.Parity)), append(speeds, len(r.Speed)) }
	o.Reference = ""
	if r, err := Measure(t.Context(), o); err != nil || r.Parity[0].Worst < 0.9999999 {
		t.Errorf("the CPU against itself: %+v, %v", r, err)
	}
	if !slices.Equal(parities, []int{0, 4, 4, 4}) || !slices.Equal(speeds, []int{0, 0, 1, 2}) {
		t.Errorf("on the way there were %v parities and %v speeds", parities, speeds)
	}
}

// OpenVINO puts a signal stack of its own under the thread that loads it, and unmaps it
// with the last session, on whatever thread that is closed. The next signal on a thread
// that was left with it would end the program without a word.
func TestOpenVINO_LeavesThreadsTheirSignalStack(t *testing.T) {
	library, err := infer.Load(openvino(t))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open("../../models/pocket")
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := signalStack(t)
	images, err := infer.NewImageEncoder(library, b, infer.Options{Providers: []string{"openvino"}})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	if after := signalStack(t); after != before {
		t.Errorf("the thread's signal stack lies at %#x, before at %#x", after, before)
	}
}

// signalStack returns where this thread's signal stack lies (sigaltstack(2)).
func signalStack(t *testing.T) uintptr {
	t.Helper()
	var stack struct {
		address uintptr
		flags   int32
		size    uintptr
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SIGALTSTACK, 0, uintptr(unsafe.Pointer(&stack)), 0); errno != 0 {
		t.Fatal(errno)
	}
	return stack.address
}
