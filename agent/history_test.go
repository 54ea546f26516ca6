package agent

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pristine/events"
	"pristine/history"
	"pristine/inspect"
	"pristine/internal/config"
)

// A running agent keeps every result with its embedding, and pictures of all that
// did not pass and of one PASS in pass_every.
func TestAgent_KeepsAHistory(t *testing.T) {
	ctx := context.Background()
	c := settings(t, t.TempDir(), `
history: {pass_every: 3}
cameras:
  - {name: belt, source: 'testline://?fps=0&speed=240&seed=4&parts=40&defect_rate=0.3', prompts: configs/prompts/flange.yaml, policy: every, parts_only: true}
`)
	r := start(t, c)
	r.done <- <-r.done // its camera ends, and with it the agent
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	h, err := history.OpenReader(ctx, c.HistoryDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	all, err := h.Parts(ctx, history.Filter{}, 100)
	if err != nil || len(all) != 40 {
		t.Fatalf("%d results: %v", len(all), err)
	}
	passes, pictured := 0, 0
	for _, p := range all {
		if p.Defect == nil || p.Set == "" || p.SetSHA256 == "" || p.Bundle == "" || p.Fail == 0 {
			t.Errorf(`%+v; want p.Defect != nil, p.Set != "", p.SetSHA256 != "", p.Bundle != "", p.Fail != 0`, p)
		}
		if _, _, vector, err := h.EmbeddingOf(ctx, p.ID); err != nil || len(vector) == 0 {
			t.Errorf("%s has no embedding: %v", p.Part, err)
		}
		kept, err := h.Kept(ctx, p.ID)
		switch {
		case p.Verdict == "PASS":
			if passes++; err == nil {
				pictured++
			}
		case err != nil || len(kept.Thumb) == 0 || len(kept.Picture) == 0 || len(kept.Map) == 0 || !p.Pictured:
			t.Errorf("%s %s keeps too little: %v", p.Verdict, p.Part, err)
		default:
			var data events.Result
			if err := json.Unmarshal(kept.Data, &data); err != nil || data.Part != p.Part || data.Prompts == nil {
				t.Errorf("%v: %s; want err == nil, data.Part == p.Part, data.Prompts != nil", err, kept.Data)
			}
		}
	}
	if passes == 0 || passes == 40 || pictured != passes/3 {
		t.Errorf("of %d PASS %d have a picture; want passes != 0, passes != 40, pictured == passes/3", passes, pictured)
	}
	counts, err := h.Counts(ctx, history.Period{From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Minute)})
	total := 0
	for _, n := range counts {
		total += n.N
	}
	if err != nil || total != 40 {
		t.Errorf("%d counted, %v", total, err)
	}
}

// Parts that a request has inspected count in the sample of PASS, too, beside those of
// the camera's own station.
func TestDetailed_OneOfEverySoManyWhoeverPublishes(t *testing.T) {
	const publishers, each, every = 4, 5000, 10
	h, err := history.Open(context.Background(), history.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	c := config.Default()
	c.History.PassEvery = every
	k := &camera{agent: &Agent{config: &c}}
	k.agent.history.Store(h)
	var detailed atomic.Int64
	var publishing sync.WaitGroup
	for range publishers {
		publishing.Go(func() {
			for range each {
				if k.detailed(&inspect.Result{Verdict: inspect.Pass}) {
					detailed.Add(1)
				}
			}
		})
	}
	publishing.Wait()
	if want := int64(publishers * each / every); detailed.Load() != want {
		t.Errorf("%d of %d PASS are detailed, want %d", detailed.Load(), publishers*each, want)
	}
}
