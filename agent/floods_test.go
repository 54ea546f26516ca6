package agent

import (
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/internal/config"
)

type event = events.Received

// A camera that is unfit for a while has one event with a picture when that
// begins, counts, and one when it ends: not one a frame.
func TestFloods_AnUnfitCameraHasOnePictureAPeriod(t *testing.T) {
	c := settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=30&unnamed=1', health: {black_mean: 255, learn: 0s}}\n")
	c.Cameras[0].Health.Report = 500 * time.Millisecond
	a := start(t, c)
	a.until("40 unfit frames", func() bool { return a.page().Cameras[0].Verdicts["INVALID"] >= 40 })
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	results, pictures, reports, ended := 0, 0, 0, ""
	readStored(t, c, func(e event) {
		if r, err := e.Result(); err == nil {
			results++
			if r.Evidence != nil {
				pictures++
			}
		}
		if s, err := e.State(); err == nil && s.State == "unfit" {
			reports++
		}
		if s, err := e.State(); err == nil && s.State == "fit" {
			ended = s.Detail
			if s.Counts["black"] < 40 {
				t.Errorf("the end counts %v, want 40 black frames or more", s.Counts)
			}
		}
	})
	if results != 1 || pictures != 1 || reports < 1 {
		t.Errorf("%d results with %d pictures and %d reports, want one result with one picture, and reports", results, pictures, reports)
	}
	if !strings.Contains(ended, "were INVALID in") {
		t.Errorf("the end says %q", ended)
	}
}

// readStored starts the agent's store again and passes all of its events to use.
func readStored(t *testing.T, c *config.Config, use func(event)) {
	t.Helper()
	again := *c
	again.Cameras = append(again.Cameras[:0:0], c.Cameras...)
	again.Cameras[0].Source, again.Cameras[0].Policy = config.Default().Cameras[0].Source, "trigger"
	a := start(t, &again)
	started := 0
	a.read(func(e event) bool {
		use(e)
		if s, err := e.State(); err == nil && s.State == "started" {
			started++
		}
		return started == 2
	})
}
