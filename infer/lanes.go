package infer

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// lanes are single-threaded runs side by side on the CPU. A run over all cores has
// the shortest wait for a lone picture, but its threads wait for one another at each
// node of the graph; runs of one thread each do not, and so cost less and encode more
// pictures a second where several are there to be encoded. An encoder opens its lanes
// when pictures first queue. It does not measure which way is faster here: beside
// decoders and other cameras, such a measurement says how busy the machine is.
type lanes struct {
	file    *modelFile // nil where no lanes will be opened any more
	inputs  []string
	opening sync.WaitGroup
	serving sync.WaitGroup // goroutines of all shares

	// What follows is guarded by ImageEncoder.mu.
	possible bool                        // they may still be opened
	session  *ort.DynamicAdvancedSession // nil until they are in use
	lone     int                         // runs in a row that began with nothing beside them
	words    string                      // for Status
	shares   *share                      // free ones
	all      []*share
}

// loneRuns is how many lone runs in a row mean that pictures no longer queue.
const loneRuns = 8

// newLanes returns lanes that may be opened where the encoder runs on several cores
// of the CPU and no number of threads was asked for.
func newLanes(file *modelFile, input string, status Status, o Options) lanes {
	possible := status.Provider == "cpu" && o.Threads == 0 && o.Runs == 0 && runtime.GOMAXPROCS(0) > 1
	if !possible {
		return lanes{}
	}
	return lanes{file: file, inputs: []string{input}, possible: true}
}

// places is how many runs may be under way at once. e.mu is held.
func (e *ImageEncoder) places() int {
	if e.lanes.session != nil {
		return runtime.GOMAXPROCS(0)
	}
	return e.runs
}

// choose decides which way a run goes that is about to begin. several: its pictures
// are a share of more. e.mu is held.
func (e *ImageEncoder) choose(b *batch, several bool) {
	l := &e.lanes
	if several || e.running > 0 {
		l.lone = 0
		e.openLanes()
	} else {
		l.lone = min(l.lone+1, loneRuns)
	}
	b.lane = l.session != nil && l.lone < loneRuns
}

// openLanes opens the lanes in the background, once. e.mu is held.
func (e *ImageEncoder) openLanes() {
	l := &e.lanes
	if !l.possible {
		return
	}
	l.possible = false
	l.opening.Go(func() {
		session, err := e.laneSession()
		e.mu.Lock()
		defer e.mu.Unlock()
		l.file = nil // which may hold the model's bytes
		if err != nil {
			l.words = fmt.Sprintf("one run over all cores at a time: %v", err)
			return
		}
		l.session, l.words = session, fmt.Sprintf("%d runs of one thread at once where pictures queue, else one over all cores", runtime.GOMAXPROCS(0))
		e.admit()
	})
}

// laneSession opens a second session, which holds the model's weights once more.
func (e *ImageEncoder) laneSession() (*ort.DynamicAdvancedSession, error) {
	file := e.lanes.file
	if room := availableMemory(os.DirFS("/")) / 4; file.bytes() > room {
		return nil, fmt.Errorf("a second session takes %d MB, more than a quarter of the free memory", file.bytes()>>20)
	}
	session, err := openOn("cpu", file, e.lanes.inputs, e.names, Options{Threads: 1})
	if err != nil {
		return nil, err
	}
	if err := file.changed(); err != nil { // asked after it was read
		return nil, errors.Join(err, session.Destroy())
	}
	trim()
	return session, nil
}

// stopLanes ends their goroutines. Nothing runs any more.
func (e *ImageEncoder) stopLanes() {
	e.mu.Lock()
	e.lanes.possible = false
	e.mu.Unlock()
	e.lanes.opening.Wait()
	for _, s := range e.lanes.all {
		close(s.begin)
	}
	e.lanes.serving.Wait()
}
