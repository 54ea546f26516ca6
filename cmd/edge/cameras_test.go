package main

import (
	"strings"
	"testing"
)

func TestWhatIsNoUSBCameraIsTold(t *testing.T) {
	t.Parallel()
	for device, words := range map[string]string{"/dev/video99": "there is no such stream", "/dev/null": "it is not a Video4Linux device"} {
		if _, errs := edge(t, 1, "camera", "probe", "v4l2://"+device); !strings.Contains(errs, words) {
			t.Errorf("%s: %s", device, errs)
		}
	}
}
