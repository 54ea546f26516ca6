package agent

import (
	"runtime"

	"pristine/inspect"
	"pristine/observe"
)

// mostAhead is the largest number of frames that are encoded in advance. Each keeps its
// pixels in memory.
const mostAhead = 8

// framesAhead returns how many frames are encoded in advance on the given number of
// cores. A run of the model takes up to perRun pictures. It is one per core or, if
// waiting pictures are batched, enough to fill batches.
func framesAhead(cores, perRun int) int {
	if perRun > 1 {
		return min(3*cores, mostAhead)
	}
	return min(cores, mostAhead/2)
}

// Ahead returns frames that are encoded in advance on all cores. A station with these
// frames must also encode with it. wrap is called with each encoder.
func Ahead(m *observe.Model, v observe.View, frames inspect.Frames, wrap func(inspect.Encoder) inspect.Encoder) *inspect.Ahead {
	encoders := []inspect.Encoder{wrap(m.NewEncoder(v))} // of the frame that the station has
	for range framesAhead(runtime.GOMAXPROCS(0), m.Images.PerRun()) {
		encoders = append(encoders, wrap(m.NewEncoder(v)))
	}
	return inspect.NewAhead(frames, encoders...)
}
