package infer

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
)

// Output receives the encoder's results for a picture. The slices belong to the caller
// and are reused if they are large enough.
type Output struct {
	Embedding       []float32 // [Dim], unit; empty if the bundle has no text tower
	PatchEmbeddings []float32 // [PatchGrid rows · columns, Dim], unit each; empty if the bundle has none
	PatchFeatures   []float32 // [FeatureGrid rows · columns, FeatureDim], unit each; empty if the bundle has none
}

// Shapes are the sizes of an encoder's outputs.
type Shapes struct {
	Dim         int
	PatchGrid   [2]int // rows, columns
	FeatureGrid [2]int
	FeatureDim  int
}

// Timing has the durations of the stages of an Encode.
type Timing struct {
	Preprocess time.Duration
	Session    time.Duration // including the wait for other callers
	Run        uint64        // number of the last run, the same for all calls in its batch
}

// ImageEncoder encodes pictures.
type ImageEncoder struct {
	bundle *bundle.Bundle
	status Status
	origin string
	shapes Shapes
	table  []float32

	preparing  sync.Mutex
	resamplers map[resamplerKey][]*resampler

	session *ort.DynamicAdvancedSession
	names   []string
	max     int // largest number of pictures of one call that are distributed to the lanes
	perRun  int // pictures per run
	runs    int // concurrent runs of session
	lanes   lanes

	mu      sync.Mutex // guards what follows
	batches map[int]*batch
	waiting []*batch // prepared, in order of arrival
	running int      // current runs, up to places()
	ended   uint64   // runs that have ended
}

type resamplerKey struct{ width, height int }

// maxResamplers is the largest number of picture sizes whose weights are kept.
const maxResamplers = 16

// NewImageEncoder opens a bundle's image encoder and checks its shapes by
// running it once.
func NewImageEncoder(_ *Library, b *bundle.Bundle, o Options) (*ImageEncoder, error) {
	m := &b.Manifest.Image
	var names []string
	for _, name := range []string{m.Outputs.Embedding, m.Outputs.PatchEmbeddings, m.Outputs.PatchFeatures} {
		if name != "" {
			names = append(names, name)
		}
	}
	file, err := readModel(b, m.File, names)
	if err != nil {
		return nil, err
	}
	if err := file.takes([]int{onnxfile.Float32}, m.Input); err != nil {
		return nil, err
	}
	session, status, err := openSession(file, []string{m.Input}, names, o, func(provider string, s *ort.DynamicAdvancedSession) (*proof, error) {
		return prove(b, provider, file, s, names, o)
	})
	if err != nil {
		return nil, err
	}
	e := &ImageEncoder{
		bundle: b, status: status, session: session, names: names, max: file.maxBatch(o), perRun: file.perRun(status, o), runs: max(o.Runs, 1),
		lanes: newLanes(file, m.Input, status, o),
		table: normaliseTable(m), resamplers: map[resamplerKey][]*resampler{}, batches: map[int]*batch{},
	}
	if err := e.learnShapes(); err != nil {
		e.Close()
		return nil, fmt.Errorf("%w: %s: %w", ErrModel, file.path, err)
	}
	e.origin = originOf(e, os.DirFS("/"))
	trim()
	return e, nil
}

// normaliseTable maps each byte of R, G and B to the model's input.
func normaliseTable(m *bundle.ImageManifest) []float32 {
	t := make([]float32, 3*256)
	for c := range 3 {
		for v := range 256 {
			t[256*c+v] = float32((float64(v)/255 - m.Mean[c]) / m.Std[c])
		}
	}
	return t
}

// Shapes returns the sizes of the outputs.
func (e *ImageEncoder) Shapes() Shapes { return e.shapes }

// PerRun returns the largest number of pictures per run.
func (e *ImageEncoder) PerRun() int { return e.perRun }

// Status returns the provider that the encoder runs on.
func (e *ImageEncoder) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	status := e.status
	status.Runs = e.lanes.words
	return status
}

// Encode encodes pictures into outs, which must have the same length. Concurrent calls
// are batched into runs of at most Options.MaxBatch pictures. A cancelled context ends
// it between two runs.
func (e *ImageEncoder) Encode(ctx context.Context, pictures []Picture, outs []Output) (Timing, error) {
	var t Timing
	if len(pictures) != len(outs) {
		return t, fmt.Errorf("encode pictures: %d pictures, but %d outputs", len(pictures), len(outs))
	}
	for i := range pictures {
		if err := pictures[i].Check(); err != nil {
			return t, fmt.Errorf("encode picture %d: %w", i, err)
		}
	}
	for len(pictures) > 0 {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		n := min(len(pictures), e.max)
		if err := e.encode(pictures[:n], outs[:n], &t); err != nil {
			return t, fmt.Errorf("encode pictures: %w", err)
		}
		pictures, outs = pictures[n:], outs[n:]
	}
	return t, nil
}

// encode encodes up to e.max pictures. Several share the lanes, if there are any.
func (e *ImageEncoder) encode(pictures []Picture, outs []Output, t *Timing) error {
	if len(pictures) > 1 {
		e.mu.Lock()
		e.openLanes()
		places, apart := e.places(), e.lanes.session != nil
		e.mu.Unlock()
		if apart {
			return e.split(pictures, outs, places, t)
		}
	}
	return e.runInTurn(pictures, outs, len(pictures) > e.perRun, t)
}

// runInTurn encodes pictures in consecutive runs. several says that they are a share of
// a larger call.
func (e *ImageEncoder) runInTurn(pictures []Picture, outs []Output, several bool, t *Timing) error {
	for len(pictures) > 0 {
		n := min(len(pictures), e.perRun)
		if err := e.run(pictures[:n], outs[:n], several, t); err != nil {
			return err
		}
		pictures, outs = pictures[n:], outs[n:]
	}
	return nil
}

// run encodes pictures in one run. several says that they are a share of a larger call.
func (e *ImageEncoder) run(pictures []Picture, outs []Output, several bool, t *Timing) error {
	start := time.Now()
	inputs, err := e.borrow(len(pictures))
	if err != nil {
		return err
	}
	defer e.giveBack(inputs)
	per := len(inputs.pixels) / len(pictures)
	for i := range pictures {
		e.prepare(&pictures[i], inputs.pixels[i*per:(i+1)*per])
	}
	prepared := time.Now()
	err = e.execute(inputs, several)
	t.Preprocess += prepared.Sub(start)
	t.Session += time.Since(prepared)
	t.Run = inputs.number
	if err != nil {
		return err
	}
	for i := range outs {
		inputs.copyTo(i, &outs[i], e)
	}
	return nil
}

// prepare resizes and normalises a picture into the session's input.
func (e *ImageEncoder) prepare(p *Picture, into []float32) {
	region := p.Bounds()
	r := e.resampler(region.Dx(), region.Dy())
	r.run(p.Pix[3*(region.Min.Y*p.Width+region.Min.X):], 3*p.Width, e.table, into)
	e.keep(r)
}

// resampler takes a fitting resampler from the pool, or makes one.
func (e *ImageEncoder) resampler(width, height int) *resampler {
	key := resamplerKey{width, height}
	e.preparing.Lock()
	defer e.preparing.Unlock()
	if pool := e.resamplers[key]; len(pool) > 0 {
		r := pool[len(pool)-1]
		e.resamplers[key] = pool[:len(pool)-1]
		return r
	}
	return newResampler(width, height, &e.bundle.Manifest.Image)
}

func (e *ImageEncoder) keep(r *resampler) {
	key := resamplerKey{r.width, r.height}
	e.preparing.Lock()
	defer e.preparing.Unlock()
	if _, known := e.resamplers[key]; !known && len(e.resamplers) >= maxResamplers {
		clear(e.resamplers)
	}
	e.resamplers[key] = append(e.resamplers[key], r)
}
