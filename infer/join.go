package infer

// execute runs a prepared batch. While the allowed number of runs is in progress,
// batches of other callers gather, and the next run takes as many as fit. No batch waits
// for others: a lone batch runs alone, without a copy. several says that its pictures
// are a share of a larger call.
func (e *ImageEncoder) execute(b *batch, several bool) error {
	e.mu.Lock()
	if e.running < e.places() { // then nobody waits
		e.choose(b, several)
		e.running++
		b.joined, b.total = append(b.joined[:0], b), b.n
		e.mu.Unlock()
	} else {
		e.waiting = append(e.waiting, b)
		e.openLanes()
		e.mu.Unlock()
		if first := <-b.wake; !first {
			return b.err
		}
	}
	err := e.runJoined(b)

	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended++
	b.number = e.ended
	for _, other := range b.joined[1:] {
		other.err, other.number = err, b.number
		other.wake <- false
	}
	e.handOver()
	return err
}

// handOver passes the place of a finished run to a waiting batch. e.mu is held.
func (e *ImageEncoder) handOver() {
	e.running--
	e.admit()
}

// admit starts runs of waiting batches while there are places. e.mu is held.
func (e *ImageEncoder) admit() {
	for len(e.waiting) > 0 && e.running < e.places() {
		next := e.waiting[0]
		e.choose(next, true)
		e.gather(next)
		e.running++
		next.wake <- true
	}
}

// gather moves the batches that fit into one run from waiting to first.joined. first is
// the first waiting batch. A lane takes only its share of the waiting pictures, since
// the other lanes take theirs: if the weights exceed the processor's caches, a run that
// reads them once for several pictures costs less per picture.
func (e *ImageEncoder) gather(first *batch) {
	limit := e.perRun
	if first.lane {
		waiting := 0
		for _, b := range e.waiting {
			waiting += b.n
		}
		limit = min(limit, (waiting+e.places()-1)/e.places())
	}
	fit := 0
	first.total = 0
	for _, b := range e.waiting {
		if fit > 0 && first.total+b.n > limit {
			break
		}
		first.total, fit = first.total+b.n, fit+1
	}
	first.joined = append(first.joined[:0], e.waiting[:fit]...)
	e.waiting = append(e.waiting[:0], e.waiting[fit:]...)
}

// runJoined runs the joined batches and distributes the outputs.
func (e *ImageEncoder) runJoined(first *batch) error {
	session := e.session
	if first.lane {
		session = e.lanes.session
	}
	if len(first.joined) == 1 {
		return first.run(e, session)
	}
	all, err := e.borrow(first.total)
	if err != nil {
		return err
	}
	defer e.giveBack(all)
	at := 0
	for _, b := range first.joined {
		at += copy(all.pixels[at:], b.pixels)
	}
	if err := all.run(e, session); err != nil {
		return err
	}
	for k, from := range all.outputs {
		for _, b := range first.joined {
			from = from[copy(b.outputs[k], from):]
		}
	}
	return nil
}
