package agent

import (
	"testing"
	"time"

	"pristine/inspect"
	"pristine/internal/config"
	"pristine/observe"
	"pristine/telemetry/metrics"
)

// What is recorded of each frame costs no allocation.
func TestExamined_AllocatesNothing(t *testing.T) {
	k := &camera{config: new(config.Camera), metrics: metrics.New().Camera("belt"), encoder: new(observe.Encoder)}
	now := time.Now()
	e := &inspect.Examined{Captured: now, Delivered: now, Taken: now, Checked: now, Encoded: now, Scored: now}
	if n := testing.AllocsPerRun(100, func() { k.examined(e) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
