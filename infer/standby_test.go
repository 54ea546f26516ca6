package infer

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"pristine/infer/bundle"
)

// states records what a service tells.
type states struct {
	mu  sync.Mutex
	all []string
}

func (s *states) add(state State, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, string(state)+" "+reason)
}

func encodeOn(t *testing.T, s *Service) {
	t.Helper()
	out := make([]Output, 1)
	if _, err := s.Encode(context.Background(), []Picture{drawn(40, 40, 1)}, out); err != nil || len(out[0].Embedding) != s.Shapes().Dim {
		t.Errorf("encode: %v, %d numbers", err, len(out[0].Embedding))
	}
}

// The engine here is a second session on the CPU: what is tried is the
// hand-over, while other goroutines encode.
func TestTheCPUServesWhileAnEngineIsBuiltAndHandsOver(t *testing.T) {
	o := openForProof(t)
	newEncoder := func() *ImageEncoder {
		images, err := NewImageEncoder(nil, o.bundle, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return images
	}
	engine, told, built := newEncoder(), &states{}, make(chan error)
	s := &Service{onState: told.add}
	s.build(newEncoder(), func() (*ImageEncoder, error) { return engine, <-built })
	if state, _ := s.State(); state != Building || !s.Status().Degraded {
		t.Errorf("while it builds: %s, %+v", state, s.Status())
	}
	encodeOn(t, s)
	var encoding sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		encoding.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					encodeOn(t, s)
				}
			}
		})
	}
	built <- nil
	s.building.Wait()
	close(stop)
	encoding.Wait()
	encodeOn(t, s)
	if state, reason := s.State(); state != Ready || !strings.HasPrefix(reason, "built in ") || s.Status().Degraded || s.current != engine {
		t.Errorf(`after it: %s %q, %+v; want state == Ready, strings.HasPrefix(reason, "built in "), not s.Status().Degraded, s.current == engine`, state, reason, s.Status())
	}
	s.Close()
	if len(told.all) != 2 || !strings.HasPrefix(told.all[0], "BUILDING") || !strings.HasPrefix(told.all[1], "READY built in") {
		t.Errorf(`told %q; want len(told.all) == 2, strings.HasPrefix(told.all[0], "BUILDING"), strings.HasPrefix(told.all[1], "READY built in")`, told.all)
	}
}

func TestTheCPUServesForGoodWhereTheGateRefusesTheEngine(t *testing.T) {
	o := openForProof(t)
	standby, err := NewImageEncoder(nil, o.bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{onState: (&states{}).add}
	s.build(standby, func() (*ImageEncoder, error) {
		return nil, errors.Join(ErrModel, Parity{Pictures: 4, Embedding: Similarity{0.5, 0.1}}.Check())
	})
	s.building.Wait()
	defer s.Close()
	if state, reason := s.State(); state != Degraded || !strings.Contains(reason, "fails the parity gate") {
		t.Errorf("%s %q", state, reason)
	}
	if status := s.Status(); status.Provider != "cpu" || !status.Degraded {
		t.Errorf("%+v", status)
	}
	encodeOn(t, s)
}

func TestAServiceWithoutTensorRT(t *testing.T) {
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := bundle.Open(export(t, "clip"))
	if err != nil {
		t.Fatal(err)
	}
	told := &states{}
	s, err := NewService(library, bundle, Options{Providers: []string{"tensorrt", "cuda", "cpu"}, Policy: "fallback"}, told.add)
	if err != nil {
		t.Fatal(err)
	}
	s.building.Wait()
	encodeOn(t, s)
	s.Close()
	if len(told.all) != 3 || told.all[0] != "LOADING " || !strings.HasPrefix(told.all[1], "BUILDING") || !strings.HasPrefix(told.all[2], "DEGRADED") ||
		!strings.Contains(told.all[2], LibraryVariable) {
		t.Errorf(`told %q; want len(told.all) == 3, told.all[0] == "LOADING ", strings.HasPrefix(told.all[1], "BUILDING"), strings.HasPrefix(told.all[2], "DEGRADED"), strings.Contains(told.all[2], LibraryVariable)`, told.all)
	}
	if _, err := NewService(library, bundle, Options{Providers: []string{"tensorrt", "cpu"}, Policy: "require"}, nil); !errors.Is(err, ErrModel) {
		t.Errorf("required: %v", err)
	}
	s, err = NewService(library, bundle, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if state, _ := s.State(); state != Ready {
		t.Errorf("on the CPU alone it is %s", state)
	}
}
