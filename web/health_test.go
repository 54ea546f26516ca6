package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/internal/problem"
)

// healthyStatus is a status without a problem: two stations, both armed.
func healthyStatus() Status {
	s := example()
	s.Model.State = "READY"
	s.Cameras[0].Shadow = false
	second := s.Cameras[0]
	second.Name = "lid"
	s.Cameras = append(s.Cameras, second)
	return s
}

// Each endpoint answers by the kind of the problems: the table in docs/problems.md.
func TestHealthEndpoints(t *testing.T) {
	for name, c := range map[string]struct {
		change                      func(*Status)
		healthz, readyz, fitz, belt int // belt is /fitz?station=belt
		lid                         int
	}{
		"no problem": {func(*Status) {}, 200, 200, 200, 200, 200},
		"warning": {func(s *Status) {
			s.Problems = append(s.Problems, problem.New(problem.HubUnreachable, "", "dns", "x"))
		}, 200, 200, 200, 200, 200},
		"error": {func(s *Status) {
			s.Problems = append(s.Problems, problem.New(problem.ProviderDegraded, "", "", "x"))
		}, 503, 200, 200, 200, 200},
		"engine being built": {func(s *Status) {
			s.Problems = append(s.Problems, problem.New(problem.ModelBuilding, "", "", "x"))
		}, 503, 503, 200, 200, 200},
		"critical of one camera": {func(s *Status) {
			s.Cameras[0].Phase = "waiting"
			s.Problems = append(s.Problems, problem.New(problem.CameraWaiting, "belt", "auth", "x"))
		}, 503, 503, 503, 503, 200},
		"invalid verdict": {func(s *Status) {
			s.Problems = append(s.Problems, problem.New(problem.VerdictInvalid, "belt", "black", "x"))
		}, 503, 200, 503, 503, 200},
		"critical of the agent": {func(s *Status) {
			s.Problems = append(s.Problems, problem.New(problem.ModelLoading, "", "", "x"))
		}, 503, 503, 503, 503, 503},
		"learns":                   {func(s *Status) { s.Cameras[0].Phase, s.Cameras[0].Detail = "learning", "3 of 6" }, 200, 200, 503, 503, 200},
		"in shadow":                {func(s *Status) { s.Cameras[1].Shadow = true }, 200, 200, 503, 200, 503},
		"no frame yet":             {func(s *Status) { s.Cameras[0].Phase = "connecting" }, 200, 503, 503, 503, 200},
		"camera never opened":      {func(s *Status) { s.Cameras[0].Phase = "" }, 200, 503, 503, 503, 200},
		"camera ended in good way": {func(s *Status) { s.Cameras[0].Phase = "ended" }, 200, 200, 503, 503, 200},
		"starting": {func(s *Status) {
			s.Cameras = nil
			s.Problems = append(s.Problems, problem.New(problem.Starting, "", "", "x"))
		}, 503, 503, 503, 503, 503},
	} {
		t.Run(name, func(t *testing.T) {
			status := healthyStatus()
			c.change(&status)
			s := serve(t, func() Status { return status })
			for path, want := range map[string]int{"healthz": c.healthz, "readyz": c.readyz, "fitz": c.fitz, "fitz?station=belt": c.belt, "fitz?station=lid": c.lid, "livez": 200} {
				if code, body, _ := request(t, "GET", s.URL()+path, ""); code != want {
					t.Errorf("/%s gives %d, want %d: %s", path, code, want, body)
				}
			}
		})
	}
}

// /fitz says of each station why it is not fit.
func TestFitz_JSON(t *testing.T) {
	status := healthyStatus()
	status.Cameras[0].Shadow, status.Cameras[0].ShadowReason = true, "it was never validated"
	status.Problems = []problem.Problem{problem.New(problem.CameraWaiting, "lid", "auth", "camera lid gives no frames")}
	s := serve(t, func() Status { return status })
	_, body, header := request(t, "GET", s.URL()+"fitz", "")
	var f Fitness
	if err := json.Unmarshal([]byte(body), &f); err != nil || header.Get("Content-Type") != "application/json" || len(f.Stations) != 2 || f.Fit {
		t.Fatalf(`%v: %s; want err == nil, header.Get("Content-Type") == "application/json", len(f.Stations) == 2, not f.Fit`, err, body)
	}
	if belt := f.Stations[0]; belt.Fit || !belt.Shadow || !slices.Equal(belt.Why, []string{"its verdicts are shadow: it was never validated"}) {
		t.Errorf(`belt: got %+v; want not belt.Fit, belt.Shadow, slices.Equal(belt.Why, []string{"its verdicts are shadow: it was never validated"})`, belt)
	}
	if lid := f.Stations[1]; lid.Fit || lid.Shadow || !slices.Equal(lid.Why, []string{"camera lid gives no frames"}) || len(lid.Problems) != 1 || lid.Problems[0].Cause != "auth" {
		t.Errorf(`lid: got %+v; want not lid.Fit, not lid.Shadow, slices.Equal(lid.Why, []string{"camera lid gives no frames"}), len(lid.Problems) == 1, lid.Problems[0].Cause == "auth"`, lid)
	}
	if code, body, _ := request(t, "GET", s.URL()+"fitz?station=cap", ""); code != 404 || !strings.Contains(body, "name one of belt, lid") {
		t.Errorf("an unknown station gives %d: %s", code, body)
	}
}

// /livez is red when the store fails or the agent does not answer, and does not
// wait for it.
func TestLivez(t *testing.T) {
	stuck := make(chan struct{})
	for name, c := range map[string]struct {
		live func(context.Context) error
		want int
		says string
	}{
		"lives":  {func(context.Context) error { return nil }, 200, "ok"},
		"failed": {func(context.Context) error { return errors.New("the store is closed") }, 503, "the store is closed"},
		"stuck":  {func(context.Context) error { <-stuck; return nil }, 503, "restart it"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Listen("127.0.0.1:0", Options{Status: example, Live: c.live})
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- s.Serve() }()
			began := time.Now()
			if code, body, _ := request(t, "GET", s.URL()+"livez", ""); code != c.want || !strings.Contains(body, c.says) || time.Since(began) > 2*liveLimit {
				t.Errorf("got %d after %v, want %d: %s", code, time.Since(began), c.want, body)
			}
			http.DefaultClient.CloseIdleConnections()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			<-done
		})
	}
	close(stuck)
}

// The metrics name every problem with code, severity and camera.
func TestMetrics_Problems(t *testing.T) {
	status := healthyStatus()
	status.Problems = nil
	var want []string
	for _, k := range problem.Kinds() {
		p := problem.New(k.Code, "belt", "", "x")
		status.Problems = append(status.Problems, p)
		want = append(want, `pristine_problem{camera="belt",code="`+string(k.Code)+`",severity="`+string(k.Severity)+`"} 1`)
	}
	status.Cameras[0].Cause = "auth"
	_, body, _ := request(t, "GET", serve(t, func() Status { return status }).URL()+"metrics", "")
	got := regexp.MustCompile(`(?m)^pristine_problem\{.*$`).FindAllString(body, -1)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, want := range []string{"pristine_healthy 0", `pristine_camera_waiting{camera="belt",cause="auth"} 1`, `pristine_station_fit{camera="belt"} 0`, "# HELP pristine_problem 1 for each current problem"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}
