package agent

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"pristine/infer"
	"pristine/internal/config"
	"pristine/internal/problem"
	"pristine/trigger"
)

// Until the cameras are there, what is asked over HTTP is answered without the
// model, the store and the cameras.
func TestAnAgentThatStartsSaysHowFarItsModelIs(t *testing.T) {
	settings := config.Default()
	a := New(Options{Config: &settings, Log: slog.New(slog.DiscardHandler)})
	s := a.status()
	if s.Model.State != "LOADING" || !slices.Equal(lines(s.Problems), []string{"model_loading: the model is LOADING", "starting: the agent is starting: no camera is inspected yet"}) {
		t.Errorf("%+v", s)
	}
	a.states.onState(infer.Building, "the CPU serves meanwhile")
	if s = a.status(); s.Model.State != "BUILDING" || !slices.Equal(lines(s.Problems), []string{"starting: the agent is starting: no camera is inspected yet", "model_building: the model is BUILDING: the CPU serves meanwhile"}) {
		t.Errorf("%+v", s)
	}
	if _, err := a.trigger(t.Context(), "belt", "A-17"); !errors.Is(err, trigger.ErrStarting) {
		t.Errorf("trigger: %v", err)
	}
}

func lines(all []problem.Problem) (texts []string) {
	for i := range all {
		texts = append(texts, all[i].Line())
	}
	return texts
}
