package infer

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// lanes are parallel single-threaded runs on the CPU. A run on all cores has the lowest
// latency for a lone picture, but its threads wait for each other at each node of the
// graph. Single-threaded runs do not, so they take less core time and encode more
// pictures per second if pictures queue. An encoder opens its lanes when pictures first
// queue. It does not measure which way is faster, since decoders and other cameras would
// distort the measurement.
type lanes struct {
	file    *modelFile // nil if no lanes will be opened
	inputs  []string
	opening sync.WaitGroup
	serving sync.WaitGroup // goroutines of all shares

	// The following fields are guarded by ImageEncoder.mu.
	possible bool                        // they may still be opened
	session  *ort.DynamicAdvancedSession // nil until they are in use
	lone     int                         // consecutive runs that started alone
	words    string                      // for Status
	shares   *share                      // free ones
	all      []*share
}

// loneRuns is the number of consecutive lone runs after which pictures count as no
// longer queueing.
const loneRuns = 8

// newLanes returns lanes that may be opened if the encoder runs on several CPU cores and
// no number of threads is configured.
func newLanes(file *modelFile, input string, status Status, o Options) lanes {
	possible := status.Provider == "cpu" && o.Threads == 0 && o.Runs == 0 && runtime.GOMAXPROCS(0) > 1
	if !possible {
		return lanes{}
	}
	return lanes{file: file, inputs: []string{input}, possible: true}
}

// places returns the number of runs allowed at the same time. e.mu is held.
func (e *ImageEncoder) places() int {
	if e.lanes.session != nil {
		return runtime.GOMAXPROCS(0)
	}
	return e.runs
}

// choose decides between a lane and all cores for the next run. several says that its
// pictures are a share of a larger call. e.mu is held.
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

// laneSession opens a second session with its own copy of the model's weights.
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

// stopLanes ends their goroutines after the last run.
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
