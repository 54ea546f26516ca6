package gpio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"pristine/inspect"
)

// Trigger has a part inspected and waits for its verdict; inspect.Gate has one.
type Trigger func(ctx context.Context, part string) (inspect.Answer, error)

// signal is a set of output lines that are on.
type signal uint8

const (
	busy signal = 1 << iota
	pass
	reject
)

// Port serves the lines of one camera.
type Port struct {
	events  io.ReadCloser
	set     func(on signal) error // all outputs at once
	release func() error          // the outputs
	trigger Trigger
	failed  func(error)
	shadow  signal          // for parts of a set in shadow: nothing, pass or reject
	ctx     context.Context //nolint:containedctx // of the inspections that the port owns
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	edges  int // under way
	result signal
}

// newPort serves the kernel's events of the trigger; failed is told when an
// output cannot be set.
func newPort(events io.ReadCloser, set func(signal) error, release func() error, trigger Trigger, shadow signal, failed func(error)) (*Port, error) {
	p := &Port{events: events, set: set, release: release, trigger: trigger, shadow: shadow, failed: failed}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := set(0); err != nil {
		p.cancel()
		return nil, errors.Join(fmt.Errorf("clear outputs: %w", err), events.Close(), release())
	}
	p.running.Go(p.serve)
	return p, nil
}

// serve reads edges until the events end.
func (p *Port) serve() {
	event := make([]byte, eventSize)
	for {
		if _, err := io.ReadFull(p.events, event); err != nil {
			if p.ctx.Err() == nil {
				p.failed(fmt.Errorf("read trigger line: %w", err))
			}
			return
		}
		if binary.NativeEndian.Uint32(event[edgeAt:]) == risingEdge {
			p.begin()
			p.running.Go(p.inspect)
		}
	}
}

func (p *Port) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.edges++; p.edges == 1 {
		p.result = reject // unless a verdict says otherwise
		p.show(busy)
	}
}

// inspect answers an edge. One that comes while a part is inspected is the
// gate's to refuse and to count; it changes no result.
func (p *Port) inspect() {
	answer, err := p.trigger(p.ctx, "")
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case errors.Is(err, inspect.ErrOverrun):
	case answer.Action() == inspect.NoAction:
		p.result = p.shadow
	case err == nil && answer.Action() == inspect.AcceptPart:
		p.result = pass
	default:
		p.result = reject
	}
	if p.edges--; p.edges == 0 {
		p.show(p.result)
	}
}

// show sets all outputs. The caller holds the lock.
func (p *Port) show(on signal) {
	if err := p.set(on); err != nil {
		p.failed(fmt.Errorf("set outputs: %w", err))
	}
}

// Close waits for the inspections under way, clears the outputs and gives the
// lines back.
func (p *Port) Close() error {
	p.cancel()
	err := p.events.Close()
	p.running.Wait()
	return errors.Join(err, p.set(0), p.release())
}
