package infer

// execute runs a prepared batch. While the session is busy, batches of other
// callers gather; the first of them then runs as many as fit at once. Nobody
// waits for company: a batch that comes alone runs alone, without a copy.
func (e *ImageEncoder) execute(b *batch) error {
	e.mu.Lock()
	e.waiting = append(e.waiting, b)
	if e.busy {
		e.mu.Unlock()
		if first := <-b.wake; !first {
			return b.err
		}
		e.mu.Lock()
	}
	e.busy = true
	n := e.gather()
	e.mu.Unlock()

	err := e.runJoined(n)

	e.mu.Lock()
	defer e.mu.Unlock()
	for _, other := range e.joined[1:] {
		other.err = err
		other.wake <- false
	}
	if e.busy = len(e.waiting) > 0; e.busy {
		e.waiting[0].wake <- true
	}
	return err
}

// gather moves the batches that fit into one run from waiting to joined, and
// counts their pictures. The caller's is the first.
func (e *ImageEncoder) gather() int {
	n, fit := 0, 0
	for _, b := range e.waiting {
		if fit > 0 && n+b.n > e.max {
			break
		}
		n, fit = n+b.n, fit+1
	}
	e.joined = append(e.joined[:0], e.waiting[:fit]...)
	e.waiting = append(e.waiting[:0], e.waiting[fit:]...)
	return n
}

// runJoined runs the joined batches, of n pictures in all, and gives each its
// share of the outputs. Only the caller that set busy may call it.
func (e *ImageEncoder) runJoined(n int) error {
	if len(e.joined) == 1 {
		return e.session.RunWithBinding(e.joined[0].binding)
	}
	all, err := e.borrow(n)
	if err != nil {
		return err
	}
	defer e.giveBack(all)
	at := 0
	for _, b := range e.joined {
		at += copy(all.pixels[at:], b.pixels)
	}
	if err := e.session.RunWithBinding(all.binding); err != nil {
		return err
	}
	for k, from := range all.outputs {
		for _, b := range e.joined {
			from = from[copy(b.outputs[k], from):]
		}
	}
	return nil
}
