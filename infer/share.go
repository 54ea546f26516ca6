package infer

import (
	"context"
	"runtime/pprof"
)

// share is a part of one Encode's pictures that a goroutine of its own encodes in a
// lane. Shares are kept, so that a picture allocates nothing.
type share struct {
	next     *share // in the list of free ones
	pictures []Picture
	outs     []Output
	timing   Timing
	err      error
	begin    chan struct{}
	done     chan struct{}
}

// split encodes pictures in as many shares as there are places.
func (e *ImageEncoder) split(pictures []Picture, outs []Output, places int, t *Timing) error {
	per := (len(pictures) + places - 1) / places
	var others *share
	for at := per; at < len(pictures); at += per {
		s := e.borrowShare()
		end := min(at+per, len(pictures))
		s.pictures, s.outs, s.timing = pictures[at:end], outs[at:end], Timing{}
		s.next, others = others, s
		s.begin <- struct{}{}
	}
	err := e.runInTurn(pictures[:per], outs[:per], true, t)
	for s := others; s != nil; {
		<-s.done
		if err == nil {
			err = s.err
		}
		next := s.next
		e.giveBackShare(s)
		s = next
	}
	return err
}

func (e *ImageEncoder) borrowShare() *share {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := &e.lanes
	if s := l.shares; s != nil {
		l.shares = s.next
		return s
	}
	s := &share{begin: make(chan struct{}), done: make(chan struct{})}
	l.all = append(l.all, s)
	l.serving.Go(func() {
		pprof.SetGoroutineLabels(context.Background()) // it serves all cameras, not the one that came first
		for range s.begin {
			s.err = e.runInTurn(s.pictures, s.outs, true, &s.timing)
			s.done <- struct{}{}
		}
	})
	return s
}

func (e *ImageEncoder) giveBackShare(s *share) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s.pictures, s.outs = nil, nil
	s.next, e.lanes.shares = e.lanes.shares, s
}
