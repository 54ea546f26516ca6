package agent

import (
	"testing"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/internal/config"
)

// A file or replay that is thinned waits, so that the same frames are left out
// each time; a live camera never queues.
func TestSlotPolicy_ThinnedReplayWaits(t *testing.T) {
	for source, want := range map[string]capture.Policy{"replay://rec": capture.Every, "night.mp4": capture.Every, "rtsp://cam/1": "fps:5", "testline://": "fps:5"} {
		a, err := address.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		if p := slotPolicy(&config.Camera{Policy: "fps:5", Source: a}); p != want {
			t.Errorf("%s: got %s, want %s", source, p, want)
		}
	}
}
