package config

import (
	"strings"
	"testing"
)

func TestConfig_Choose(t *testing.T) {
	c := Config{Cameras: []Camera{{Name: "top"}, {Name: "side"}}}
	for names, want := range map[string]string{"": "top side", "side": "side", "side top": "side top"} {
		got, err := c.Choose(strings.Fields(names))
		var found []string
		for _, camera := range got {
			found = append(found, camera.Name)
		}
		if err != nil || strings.Join(found, " ") != want {
			t.Errorf("%q: got %q, %v, want %q", names, found, err, want)
		}
	}
	if _, err := c.Choose([]string{"below"}); err == nil || !strings.Contains(err.Error(), `choose camera "below"`) {
		t.Errorf("got %v, want an error that names the camera", err)
	}
}
