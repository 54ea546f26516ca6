package agent

import (
	"runtime"

	"pristine/inspect"
	"pristine/observe"
)

// mostAhead bounds the frames that wait encoded: each has its pixels in memory.
const mostAhead = 4

// Ahead has frames that queue encoded on all cores: what a station takes from it,
// it also encodes by it.
func Ahead(m *observe.Model, v observe.View, frames inspect.Frames, wrap func(inspect.Encoder) inspect.Encoder) *inspect.Ahead {
	encoders := []inspect.Encoder{wrap(m.NewEncoder(v))} // of the frame that the station has
	for range min(runtime.GOMAXPROCS(0), mostAhead) {
		encoders = append(encoders, wrap(m.NewEncoder(v)))
	}
	return inspect.NewAhead(frames, encoders...)
}
