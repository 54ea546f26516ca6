package agent

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pristine/capture"
	"pristine/inspect"
	"pristine/web"
)

// board is the state that the page shows: the newest result of each camera and the last
// flagged ones, with their pictures in memory. It is safe for concurrent use.
type board struct {
	url      string // of the page; set before the board is shared
	mu       sync.Mutex
	opened   bool // the agent's model, store and cameras are ready
	started  time.Time
	watched  time.Time // time of the last request
	phases   map[string]capture.State
	last     map[string]web.Flagged
	newest   map[string][]byte // JPEG of the last result, by camera; nil when it has none
	maps     map[string][]byte // of the scores of the last result, by camera; see mapBytes
	flagged  []flaggedResult   // oldest first
	changed  chan struct{}     // closed at the next result
	pictures map[string][]byte // JPEG, by the id of a flagged result
	ids      uint64
	hubTakes bool
}

// flaggedResult is a result that did not pass, with the id of its picture.
type flaggedResult struct {
	id string
	web.Flagged
}

// Limits of the results and pictures that the page keeps.
const (
	boardResults = 24
	boardWatch   = 10 * time.Second // without a request for this time, nobody is watching
)

func newBoard() *board {
	return &board{
		started: time.Now(), phases: map[string]capture.State{}, last: map[string]web.Flagged{},
		newest: map[string][]byte{}, maps: map[string][]byte{}, pictures: map[string][]byte{}, changed: make(chan struct{}),
	}
}

// watch records that somebody is watching the page.
func (b *board) watch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watched = time.Now()
}

// wants reports whether the page needs pictures of results.
func (b *board) wants() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.watched) < boardWatch
}

// result records a result of a camera. jpeg is its picture or nil. A picture is only
// ever shown with its own result. It returns the id under which addPicture may add the
// picture of a flagged result.
func (b *board) result(r *inspect.Result, jpeg, heat []byte) (id string) {
	f := flagged(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Verdict != inspect.Pass && r.Reason != inspect.ReasonLearning {
		b.ids++
		id = strconv.FormatUint(b.ids, 10)
		if b.flagged = append(b.flagged, flaggedResult{id, f}); len(b.flagged) > boardResults {
			delete(b.pictures, b.flagged[0].id)
			delete(b.pictures, b.flagged[0].id+heatSuffix)
			b.flagged = slices.Delete(b.flagged, 0, 1)
		}
		if jpeg != nil {
			b.pictures[id] = jpeg
		}
	}
	b.setLast(f, jpeg, heat)
	return id
}

// latest records one of many similar results, which is not listed as flagged.
func (b *board) latest(r *inspect.Result, jpeg, heat []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setLast(flagged(r), jpeg, heat)
}

func (b *board) setLast(f web.Flagged, jpeg, heat []byte) {
	b.newest[f.Camera], b.maps[f.Camera] = jpeg, heat
	if jpeg != nil {
		f.ID = f.Camera
	}
	b.last[f.Camera] = f
	close(b.changed)
	b.changed = make(chan struct{})
}

// heatSuffix makes the id of a heat map from the id of its picture.
const heatSuffix = "-heat"

// addPicture adds the picture of a flagged result that is still listed. With heatSuffix
// appended to the id it adds the heat map.
func (b *board) addPicture(id string, jpeg []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.flagged, func(f flaggedResult) bool { return f.id == strings.TrimSuffix(id, heatSuffix) }) {
		b.pictures[id] = jpeg
	}
}

// flagged returns a result as the page shows it.
func flagged(r *inspect.Result) web.Flagged {
	f := web.Flagged{Review: r.Limits.Review, Fail: r.Limits.Fail, Time: r.Finished, Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Reason: string(r.Reason), Detail: r.Detail, Shadow: r.Shadow}
	if r.Frame != nil {
		f.Width, f.Height = r.Frame.Width, r.Frame.Height
	}
	if r.Scores != nil {
		defect := r.Decision.Score
		f.Defect, f.Agreed, f.Of, f.Places = &defect, r.Decision.Agreed, r.Decision.Of, slices.Clone(r.Scores.Places)
		name := r.Name()
		f.Likeliest, f.Severity, f.LikelyBy, f.LikelyShare = name.Defect, string(name.Severity), string(name.By), name.Share
	}
	return f
}

// list returns the flagged results, newest first.
func (b *board) list() []web.Flagged {
	all := make([]web.Flagged, 0, len(b.flagged))
	for i := len(b.flagged) - 1; i >= 0; i-- {
		f := b.flagged[i].Flagged
		if b.pictures[b.flagged[i].id] != nil {
			f.ID = b.flagged[i].id
		}
		if b.pictures[b.flagged[i].id+heatSuffix] != nil {
			f.Heat = b.flagged[i].id + heatSuffix
		}
		all = append(all, f)
	}
	return all
}

// next waits for the picture of a camera's next result.
func (b *board) next(ctx context.Context, camera string) ([]byte, error) {
	b.mu.Lock()
	before := b.last[camera].Time
	b.mu.Unlock()
	for {
		b.mu.Lock()
		b.watched = time.Now()
		jpeg, at, changed := b.newest[camera], b.last[camera].Time, b.changed
		b.mu.Unlock()
		if jpeg != nil && at.After(before) {
			return jpeg, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a picture of camera %s: %w", camera, context.Cause(ctx))
		}
	}
}

func (b *board) open() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opened = true
}

func (b *board) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opened
}

func (b *board) phase(camera string, s capture.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.Phase == capture.Connecting {
		s.Err = b.phases[camera].Err // the problem remains until there is a frame
	}
	b.phases[camera] = s
}

func (b *board) hub(takes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hubTakes = takes
}

// heat returns the map of a camera's last result, or nil if it has none.
func (b *board) heat(camera string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.maps[camera]
}

func (b *board) picture(id string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if jpeg, ok := b.pictures[id]; ok {
		return jpeg, true
	}
	jpeg := b.newest[id]
	return jpeg, jpeg != nil
}

// fail records why the station has stopped.
func (k *camera) fail(err error) {
	k.failure = fmt.Errorf("camera %s: %w", k.config.Name, err)
	detail := capture.Redact(err.Error())
	k.failed.Store(&detail)
}
