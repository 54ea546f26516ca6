package infer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pristine/infer/bundle"
)

// State is how far a model is.
type State string

// The states of a model. In all but Loading pictures are encoded.
const (
	Loading  State = "LOADING"
	Building State = "BUILDING" // the CPU serves while an engine is built
	Ready    State = "READY"    // the first provider of the list serves
	Degraded State = "DEGRADED" // another one does, for good
)

// Service encodes pictures on the best provider that is ready. With the policy
// fallback, and the CPU among the providers, the CPU serves from the start while
// an engine is built, which may take minutes, and hands over once that proved
// itself.
//
// Encode, Shapes and Status may be called by many goroutines; nothing may be
// called after Close.
type Service struct {
	onState  func(State, string)
	building sync.WaitGroup

	mu      sync.RWMutex // held for reading while current encodes
	current *ImageEncoder
	state   State
	reason  string

	features *Service // of patch features, where those come from a bundle of their own
	both     sync.Pool
}

// NewService opens a bundle's image encoder. onState is told each state and its
// reason, in order, by one goroutine at a time; nil is told nothing.
func NewService(lib *Library, b *bundle.Bundle, o Options, onState func(State, string)) (*Service, error) {
	if onState == nil {
		onState = func(State, string) {}
	}
	s := &Service{onState: onState}
	s.enter(Loading, "")
	open := func(providers []string) (*ImageEncoder, error) {
		o := o
		o.Providers = providers
		return NewImageEncoder(lib, b, o)
	}
	cpu := slices.Index(o.Providers, "cpu")
	if o.Policy != "fallback" || cpu < 1 {
		images, err := open(o.Providers)
		if err != nil {
			return nil, err
		}
		s.use(images, images.Status())
		return s, nil
	}
	standby, err := open([]string{"cpu"})
	if err != nil {
		return nil, err
	}
	s.build(standby, func() (*ImageEncoder, error) { return open(o.Providers[:cpu]) })
	return s, nil
}

// build serves with the standby until the engine is built, or for good where
// it cannot be.
func (s *Service) build(standby *ImageEncoder, open func() (*ImageEncoder, error)) {
	s.mu.Lock()
	s.current = standby
	s.mu.Unlock()
	s.enter(Building, "the CPU serves meanwhile")
	start := time.Now()
	s.building.Go(func() {
		images, err := open()
		elapsed := time.Since(start).Round(100 * time.Millisecond)
		if err != nil {
			s.enter(Degraded, fmt.Sprintf("the CPU serves, after %s: %v", elapsed, err))
			return
		}
		status := images.Status()
		if status.Reason == "" {
			status.Reason = fmt.Sprintf("built in %s", elapsed)
		}
		s.use(images, status)
		standby.Close()
	})
}

// use makes an encoder the current one; calls that encode end first.
func (s *Service) use(images *ImageEncoder, status Status) {
	s.mu.Lock()
	s.current = images
	s.mu.Unlock()
	if status.Degraded {
		s.enter(Degraded, status.Reason)
		return
	}
	s.enter(Ready, status.Reason)
}

func (s *Service) enter(state State, reason string) {
	s.mu.Lock()
	s.state, s.reason = state, reason
	s.mu.Unlock()
	s.onState(state, reason)
}

// State says how far the model is, and why.
func (s *Service) State() (State, string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state, s.reason
}

// Encode is ImageEncoder's, on what serves now.
func (s *Service) Encode(ctx context.Context, pictures []Picture, outs []Output) (Timing, error) {
	if s.features != nil {
		return s.encodeBoth(ctx, pictures, outs)
	}
	return s.encode(ctx, pictures, outs)
}

func (s *Service) encode(ctx context.Context, pictures []Picture, outs []Output) (Timing, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Encode(ctx, pictures, outs)
}

// Shapes returns the sizes of the outputs.
func (s *Service) Shapes() Shapes {
	s.mu.RLock()
	defer s.mu.RUnlock()
	shapes := s.current.Shapes()
	if s.features != nil {
		of := s.features.Shapes()
		shapes.FeatureGrid, shapes.FeatureDim = of.FeatureGrid, of.FeatureDim
	}
	return shapes
}

// PerRun returns how many pictures are run together at most.
func (s *Service) PerRun() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.PerRun()
}

// Status says what serves now. It is degraded while an engine is built, too.
func (s *Service) Status() Status {
	s.mu.RLock()
	defer s.mu.RUnlock()
	status := s.current.Status()
	if s.state == Building || s.state == Degraded {
		status.Degraded, status.Reason = true, s.reason
	}
	if s.features != nil && !status.Degraded {
		if of := s.features.Status(); of.Degraded {
			status.Degraded, status.Reason = true, "the references' bundle: "+of.Reason
		}
	}
	return status
}

// Stages is ImageEncoder's, of what serves now; a hand-over waits for no Stages.
func (s *Service) Stages(p Picture) (*Stages, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Stages(p)
}

// Close waits for an engine that is being built, and frees the C memory.
func (s *Service) Close() {
	s.building.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.current.Close()
		s.current = nil
	}
	if s.features != nil {
		s.features.Close()
		s.features = nil
	}
}
