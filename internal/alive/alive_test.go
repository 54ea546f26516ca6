package alive

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAsk(t *testing.T) {
	code := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/livez" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte("the store does not answer\n"))
	}))
	if err := Ask(t.Context(), server.URL+"/"); err != nil {
		t.Error(err)
	}
	code = http.StatusServiceUnavailable
	if err := Ask(t.Context(), server.URL); !errors.Is(err, ErrNotAlive) || !strings.Contains(err.Error(), "the store does not answer") {
		t.Errorf("got %v", err)
	}
	server.Close()
	if err := Ask(t.Context(), server.URL); err == nil || errors.Is(err, ErrNotAlive) {
		t.Errorf("without an agent: %v", err)
	}
}
