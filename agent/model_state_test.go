package agent

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"pristine/infer"
	"pristine/internal/config"
	"pristine/trigger"
)

// Until the cameras are there, what is asked over HTTP is answered without the
// model, the store and the cameras.
func TestAnAgentThatStartsSaysHowFarItsModelIs(t *testing.T) {
	settings := config.Default()
	a := New(Options{Config: &settings, Log: slog.New(slog.DiscardHandler)})
	s := a.status()
	if s.Model.State != "LOADING" || !slices.Equal(s.Problems, []string{"the model is LOADING", "the agent is starting: no camera is inspected yet"}) {
		t.Errorf("%+v", s)
	}
	a.states.tell(infer.Building, "the CPU serves meanwhile")
	if s = a.status(); s.Model.State != "BUILDING" || s.Problems[0] != "the model is BUILDING: the CPU serves meanwhile" {
		t.Errorf("%+v", s)
	}
	if _, err := a.trigger(t.Context(), "belt", "A-17"); !errors.Is(err, trigger.ErrStarting) {
		t.Errorf("trigger: %v", err)
	}
}
