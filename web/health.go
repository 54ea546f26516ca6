package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"pristine/internal/problem"
)

// Fitness is the answer of /fitz: whether the verdicts of the stations can be trusted.
type Fitness struct {
	Fit      bool              `json:"fit"`                // every station is fit
	Problems []problem.Problem `json:"problems,omitempty"` // critical ones of the whole agent
	Stations []StationFitness  `json:"stations"`
}

// StationFitness is the fitness of one station.
type StationFitness struct {
	Name     string            `json:"name"`
	Fit      bool              `json:"fit"`
	Shadow   bool              `json:"shadow"`
	Why      []string          `json:"why,omitempty"`      // why it is not fit, in sentences
	Problems []problem.Problem `json:"problems,omitempty"` // of every severity, of this station
}

// fitness returns the answer of /fitz. A station is fit while its camera streams, it
// does not learn, its prompt set is armed, and neither it nor the agent has a critical
// problem.
func fitness(s *Status) Fitness {
	f := Fitness{Fit: true, Stations: []StationFitness{}}
	for _, p := range s.Problems {
		if p.Camera == "" && p.Severity == problem.Critical {
			f.Fit, f.Problems = false, append(f.Problems, p)
		}
	}
	for i := range s.Cameras {
		c := &s.Cameras[i]
		station := StationFitness{Name: c.Name, Shadow: c.Shadow}
		for _, p := range s.Problems {
			if p.Camera == c.Name {
				station.Problems = append(station.Problems, p)
			}
			if p.Severity == problem.Critical && (p.Camera == c.Name || p.Camera == "") {
				station.Why = append(station.Why, p.Text)
			}
		}
		switch {
		case c.Phase == phaseStreaming || len(station.Why) > 0:
		case c.Phase == phaseLearning:
			station.Why = append(station.Why, c.Detail)
		default:
			station.Why = append(station.Why, "the camera delivers no frames: it is "+cmp.Or(c.Phase, "not opened yet"))
		}
		if c.Shadow {
			station.Why = append(station.Why, "its verdicts are shadow: "+c.ShadowReason)
		}
		station.Fit = len(station.Why) == 0
		f.Fit = f.Fit && station.Fit
		f.Stations = append(f.Stations, station)
	}
	f.Fit = f.Fit && len(f.Stations) > 0
	return f
}

// notReady returns why the agent cannot inspect yet, or no longer.
func notReady(s *Status) (why []string) {
	for i := range s.Problems {
		if p := &s.Problems[i]; p.NotReady() {
			why = append(why, p.Line())
		}
	}
	for i := range s.Cameras {
		c := &s.Cameras[i]
		explained := slices.ContainsFunc(s.Problems, func(p problem.Problem) bool { return p.Camera == c.Name && p.NotReady() })
		if !explained && (c.Phase == phaseConnecting || c.Phase == "") {
			why = append(why, "camera "+c.Name+" has given no frame yet")
		}
	}
	return why
}

// The phases of a camera, as Camera.Phase has them.
const (
	phaseConnecting = "connecting"
	phaseStreaming  = "streaming"
	phaseLearning   = "learning"
)

// healthz answers 200 while no problem is critical or an error.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	status := s.options.Status()
	if problem.Healthy(status.Problems) {
		say(w, http.StatusOK, "ok")
		return
	}
	lines := make([]string, 0, len(status.Problems))
	for i := range status.Problems {
		p := &status.Problems[i]
		lines = append(lines, string(p.Severity)+" "+p.Line())
	}
	say(w, http.StatusServiceUnavailable, lines...)
}

// liveLimit is how long the agent may take to answer.
const liveLimit = 3 * time.Second

// errStuck is the error of an agent that does not answer in time.
var errStuck = errors.New("the agent does not answer: restart it")

// livez answers 200 while the agent's state can be read and its store answers.
func (s *Server) livez(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), liveLimit, errStuck)
	defer cancel()
	done := make(chan error, 1)
	go func() { // abandoned if it hangs, which is what this endpoint detects
		s.options.Status()
		done <- s.options.Live(ctx)
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		say(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	say(w, http.StatusOK, "ok")
}

// readyz answers 200 while the model is ready and every camera is opened.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	status := s.options.Status()
	if why := notReady(&status); len(why) > 0 {
		say(w, http.StatusServiceUnavailable, why...)
		return
	}
	say(w, http.StatusOK, "ok")
}

// fitz answers 200 while every station, or the one named, can be trusted.
func (s *Server) fitz(w http.ResponseWriter, r *http.Request) {
	status := s.options.Status()
	f := fitness(&status)
	if name := r.URL.Query().Get("station"); name != "" && len(f.Stations) > 0 {
		i := slices.IndexFunc(f.Stations, func(one StationFitness) bool { return one.Name == name })
		if i < 0 {
			names := make([]string, 0, len(f.Stations))
			for _, one := range f.Stations {
				names = append(names, one.Name)
			}
			say(w, http.StatusNotFound, fmt.Sprintf("there is no station %q: name one of %s", name, strings.Join(names, ", ")))
			return
		}
		f.Stations = f.Stations[i : i+1]
		f.Fit = f.Stations[0].Fit
	}
	w.Header().Set("Content-Type", "application/json")
	if !f.Fit {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(f) // an error means that the client is gone
}

// say answers with lines of text.
func say(w http.ResponseWriter, code int, lines ...string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintln(w, strings.Join(lines, "\n"))
}
