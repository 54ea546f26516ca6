package agent

import (
	"runtime"

	"pristine/inspect"
	"pristine/observe"
)

// mostAhead bounds how many frames are encoded ahead: each keeps its pixels in memory.
const mostAhead = 4

// Ahead returns frames that are encoded ahead on all cores. A station that takes its
// frames from it must also encode them with it. wrap is called with each encoder.
func Ahead(m *observe.Model, v observe.View, frames inspect.Frames, wrap func(inspect.Encoder) inspect.Encoder) *inspect.Ahead {
	encoders := []inspect.Encoder{wrap(m.NewEncoder(v))} // of the frame that the station has
	for range min(runtime.GOMAXPROCS(0), mostAhead) {
		encoders = append(encoders, wrap(m.NewEncoder(v)))
	}
	return inspect.NewAhead(frames, encoders...)
}
