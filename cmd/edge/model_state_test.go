package main

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pristine/infer"
	"pristine/internal/config"
	"pristine/trigger"
)

// Until the cameras are there, what is asked over HTTP is answered without the
// model, the store and the cameras.
func TestAnAgentThatStartsSaysHowFarItsModelIs(t *testing.T) {
	settings := config.Default()
	a := &agent{config: &settings, board: newBoard(), states: &modelStates{log: slog.New(slog.DiscardHandler), bundle: "models/pocket", state: infer.Loading}}
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

// The library here has no TensorRT: the model ends DEGRADED, which is told
// everywhere, and pictures are inspected, which is healthy.
func TestTheModelsStateIsToldEverywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer systemd.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	var told buffer
	go func() {
		text := make([]byte, 4096)
		for {
			n, err := systemd.Read(text)
			if err != nil {
				return
			}
			_, _ = told.Write(append(text[:n:n], '\n'))
		}
	}()
	page, stop := agentOn(t, configure(t, "testline://?fps=20", "http: {listen: '127.0.0.1:0'}\nmodel: {providers: [tensorrt, cpu], policy: fallback}\n"))
	defer stop()
	until(t, "a refused engine", &told, func() bool { return statusOf(t, page).Model.State == "DEGRADED" })
	if m := statusOf(t, page).Model; !m.Degraded || m.Provider != "cpu" || !strings.Contains(m.Reason, infer.LibraryVariable) {
		t.Errorf("%+v", m)
	}
	_, metrics := fetch(t, page+"metrics")
	for _, want := range []string{`pristine_model_state{state="DEGRADED"} 1`, `pristine_model_state{state="BUILDING"} 0`} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
	until(t, "health", &told, func() bool { code, _ := fetch(t, page+"healthz"); return code == http.StatusOK })
	until(t, "systemd to be told", &told, func() bool {
		return strings.Contains(told.String(), "STATUS=DEGRADED: inspecting on cpu: ")
	})
}
