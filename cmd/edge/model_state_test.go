package main

import (
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"pristine/infer"
)

// The library here has no TensorRT: the model ends DEGRADED, which every output
// says. The agent is ready, for pictures are inspected, and not healthy.
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
		t.Errorf(`%+v; want m.Degraded, m.Provider == "cpu", strings.Contains(m.Reason, infer.LibraryVariable)`, m)
	}
	_, metrics := fetch(t, page+"metrics")
	for _, want := range []string{`pristine_model_state{state="DEGRADED"} 1`, `pristine_model_state{state="BUILDING"} 0`} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
	until(t, "readiness", &told, func() bool { code, _ := fetch(t, page+"readyz"); return code == http.StatusOK })
	if code, body := fetch(t, page+"healthz"); code != http.StatusServiceUnavailable || !strings.HasPrefix(string(body), "error provider_degraded: ") {
		t.Errorf("/healthz gives %d: %s; want 503 and the problem", code, body)
	}
	until(t, "systemd to be told", &told, func() bool {
		return strings.Contains(told.String(), "STATUS=DEGRADED: inspecting on cpu: ")
	})
}
