package agent

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// noted notes what parts do, in order.
type noted struct {
	mu  sync.Mutex
	did []string
}

func (n *noted) add(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.did = append(n.did, what)
}

func (n *noted) part(name string, work func() error) part {
	return part{name, func(context.Context) (func() error, error) {
		n.add("+" + name)
		if err := work(); err != nil {
			return nil, err
		}
		return func() error { n.add("-" + name); return nil }, nil
	}}
}

func (n *noted) index(what string) int { return slices.Index(n.did, what) }

func TestTogether_RowsStartSideBySide(t *testing.T) {
	a := new(Agent)
	var n noted
	store, model := make(chan struct{}), make(chan struct{})
	meet := func(mine, other chan struct{}) func() error {
		return func() error {
			close(mine)
			select {
			case <-other:
				return nil
			case <-time.After(patient):
				return errors.New("the other row does not start")
			}
		}
	}
	at := func() error { return nil }
	stop, err := a.startAll(t.Context(), []part{
		n.part("page", at),
		a.together([]part{n.part("store", meet(store, model)), n.part("history", at)}, []part{n.part("model", meet(model, store))}),
		n.part("cameras", at),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	for _, order := range [][2]string{{"+page", "+store"}, {"+page", "+model"}, {"+store", "+history"}, {"+history", "+cameras"}, {"+model", "+cameras"}, {"-cameras", "-model"}, {"-model", "-history"}, {"-history", "-store"}, {"-store", "-page"}} {
		if first, second := n.index(order[0]), n.index(order[1]); first < 0 || second < first {
			t.Errorf("%s is not before %s in %v", order[0], order[1], n.did)
		}
	}
}

func TestTogether_WhatStartedIsStoppedWhereARowFails(t *testing.T) {
	a := new(Agent)
	var n noted
	bad := errors.New("bad bundle")
	stop, err := a.startAll(t.Context(), []part{
		a.together(
			[]part{n.part("store", func() error { return nil })},
			[]part{n.part("keys", func() error { return nil }), n.part("model", func() error { return bad }), n.part("texts", func() error { return nil })},
		),
		n.part("cameras", func() error { return nil }),
	})
	if !errors.Is(err, bad) {
		t.Errorf("the error is %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	slices.Sort(n.did)
	if got := strings.Join(n.did, " "); got != "+keys +model +store -keys -store" {
		t.Error(got)
	}
}

// The model needs the processor and the store the disk: in an agent they start side by
// side. The log of level debug says where the time of a start went.
func TestStart_ModelAndStoreSideBySide(t *testing.T) {
	a := start(t, settings(t, t.TempDir(), "cameras: [{name: belt, source: 'testline://?fps=10'}]\n"))
	found := false
	for _, p := range a.parts() {
		found = found || p.name == "store+history+model"
	}
	if !found {
		t.Error("the model does not start beside store and history")
	}
	a.until("the first verdict", func() bool { return strings.Contains(a.out.String(), "first verdict") })
	ready := regexpReady.FindString(a.out.String())
	if ready == "" {
		t.Errorf("no line says when the agent was ready:\n%s", a.out)
	}
}

var regexpReady = regexp.MustCompile(`level=DEBUG msg=ready after=\S+s cpu=\S+s program=\S+s .*model=\S+s`)
