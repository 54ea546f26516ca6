package profiles

import (
	"context"
	"runtime/pprof"
	"sync/atomic"
)

// Stage is what a goroutine does.
type Stage int

// The stages.
const (
	Capture Stage = iota // reading and decoding
	Health               // taking a frame, tracking, checks of the picture
	Encode               // preprocessing and the model
	Score
	Sink  // answering
	Store // pictures and events
	stages
)

// String returns the value of the label.
func (s Stage) String() string {
	return [stages]string{"capture", "health", "encode", "score", "sink", "store"}[s]
}

// stageLabel is the label by which a goroutine of a camera is known.
const stageLabel = "stage"

// Labels are those of one camera.
type Labels struct {
	camera  string
	current atomic.Pointer[made]
}

// made are the labels of each stage, made once for a prompt set.
type made struct {
	set    string
	stages [stages]context.Context
}

// New returns the labels of a camera, with an empty set.
func New(camera string) *Labels {
	l := &Labels{camera: camera}
	l.make("")
	return l
}

func (l *Labels) make(set string) {
	m := &made{set: set}
	for s := range stages {
		m.stages[s] = pprof.WithLabels(context.Background(), pprof.Labels(stageLabel, s.String(), "camera", l.camera, "set", set))
	}
	l.current.Store(m)
}

// Set changes the prompt set of what is entered from now on. It allocates only where
// the set is another.
func (l *Labels) Set(name string) {
	if l != nil && l.current.Load().set != name {
		l.make(name)
	}
}

// Enter labels the calling goroutine, and those that it starts from now on.
func (l *Labels) Enter(s Stage) {
	if l != nil {
		pprof.SetGoroutineLabels(l.current.Load().stages[s])
	}
}

// Context returns ctx as one of the camera's own goroutines, for Leave.
func (l *Labels) Context(ctx context.Context) context.Context {
	if l == nil {
		return ctx
	}
	return pprof.WithLabels(ctx, pprof.Labels(stageLabel, "station"))
}

// Leave ends a stage that any goroutine may have entered: one that works for the
// camera, whose ctx Context made, goes on to the next stage, and any other gets the
// labels of its ctx back.
func (l *Labels) Leave(ctx context.Context, next Stage) {
	if l == nil {
		return
	}
	if _, own := pprof.Label(ctx, stageLabel); own {
		l.Enter(next)
		return
	}
	pprof.SetGoroutineLabels(ctx)
}
