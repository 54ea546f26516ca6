package agent

import (
	"runtime"

	"pristine/inspect"
	"pristine/observe"
)

// mostAhead bounds how many frames are encoded ahead: each keeps its pixels in memory.
const mostAhead = 8

// framesAhead returns how many frames are encoded ahead on some cores, where a run of the
// model takes up to perRun pictures: one a core, and where pictures that wait are joined,
// enough that some do.
func framesAhead(cores, perRun int) int {
	if perRun > 1 {
		return min(3*cores, mostAhead)
	}
	return min(cores, mostAhead/2)
}

// Ahead returns frames that are encoded ahead on all cores. A station that takes its
// frames from it must also encode them with it. wrap is called with each encoder.
func Ahead(m *observe.Model, v observe.View, frames inspect.Frames, wrap func(inspect.Encoder) inspect.Encoder) *inspect.Ahead {
	encoders := []inspect.Encoder{wrap(m.NewEncoder(v))} // of the frame that the station has
	for range framesAhead(runtime.GOMAXPROCS(0), m.Images.PerRun()) {
		encoders = append(encoders, wrap(m.NewEncoder(v)))
	}
	return inspect.NewAhead(frames, encoders...)
}
