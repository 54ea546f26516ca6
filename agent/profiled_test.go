package agent

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"
)

// profileServer receives profiles as Pyroscope's ingest does.
type profileServer struct {
	url string

	mu     sync.Mutex
	cpu    map[string]int64 // nanoseconds, by stage/camera/set
	broken []error
}

func newProfileServer(t testing.TB) *profileServer {
	s := &profileServer{cpu: map[string]int64{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ingest", func(w http.ResponseWriter, r *http.Request) {
		if err := s.receive(r); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.broken = append(s.broken, err)
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *profileServer) receive(r *http.Request) error {
	file, _, err := r.FormFile("profile")
	if err != nil {
		return err
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	p, err := profile.ParseData(data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, kind := range p.SampleType {
		if kind.Type != "cpu" {
			continue
		}
		for _, sample := range p.Sample {
			l := sample.Label
			s.cpu[strings.Join(slices.Concat(l["stage"], l["camera"], l["set"]), "/")] += sample.Value[i]
		}
	}
	return nil
}

// The profiles say for which stage, camera and set the time was spent.
func TestProfiles_AreLabelled(t *testing.T) {
	server := newProfileServer(t)
	a := start(t, settings(t, t.TempDir(), "profiling: {url: '"+server.url+"'}\ncameras:\n  - {name: belt, source: 'testline://?fps=10'}\n  - {name: lid, source: 'testline://?fps=10'}\n"))
	a.until("frames", func() bool {
		s := a.page()
		return s.Cameras[0].Scored > 30 && s.Cameras[1].Scored > 30
	})
	set := a.page().Cameras[0].PromptSet
	if err := a.end(); err != nil {
		t.Error(err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(server.broken) > 0 {
		t.Errorf("received what is no profile: %v", server.broken)
	}
	t.Logf("CPU time by label: %v", server.cpu)
	// The other stages may be too short for a sample: package profiles has all.
	for _, stage := range []string{"capture", "encode"} {
		for _, camera := range []string{"belt", "lid"} {
			if label := stage + "/" + camera + "/" + set; server.cpu[label] == 0 {
				t.Errorf("no time of %s", label)
			}
		}
	}
	for label := range server.cpu {
		parts := strings.Split(label, "/")
		if label != "" && (len(parts) != 3 || parts[1] != "belt" && parts[1] != "lid" || parts[2] != set) {
			t.Errorf("a sample has the labels %q", label)
		}
	}
}
