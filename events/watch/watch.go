package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pristine/events"
	"pristine/internal/usage"
)

// Options say which events are shown, and how. Empty lists let all through.
type Options struct {
	Subject  string   // as events.SubscribeOptions; presence is not shown with it
	Verdicts []string // of results; other events are not shown with it
	Cameras  []string // of results; other events are not shown with it
	Stations []string // as name or site.line.name
	Beats    bool     // show heartbeats
	JSON     bool     // one JSON object a line
	Colour   bool
	Save     string // folder that keeps events and their pictures; "" for none
}

// Watcher writes events as lines.
type Watcher struct {
	hub     events.Hub
	options Options
	out     *lines
	reader  *events.EvidenceReader // nil where nothing is saved
	absent  int
}

// New returns a watcher of a hub. It makes the folder of Options.Save, and opens
// the hub's evidence for it.
func New(ctx context.Context, hub events.Hub, out io.Writer, o Options) (*Watcher, error) {
	w := &Watcher{hub: hub, options: o, out: &lines{out: out}}
	if o.Save == "" {
		return w, nil
	}
	if err := os.MkdirAll(o.Save, 0o750); err != nil {
		return nil, usage.Error(fmt.Errorf("make folder for events: %w", err))
	}
	var err error
	w.reader, err = events.OpenEvidence(ctx, hub)
	return w, err
}

// Close closes what New opened.
func (w *Watcher) Close() {
	if w.reader != nil {
		w.reader.Close()
	}
}

// Absent returns how many pictures the hub did not have.
func (w *Watcher) Absent() int { return w.absent }

// Show writes an event that the options let through, and saves it.
func (w *Watcher) Show(ctx context.Context, r events.Received) error {
	result, err := r.Result()
	if err != nil {
		result = nil
	}
	if !w.wanted(&r, result) {
		return nil
	}
	if w.reader != nil {
		if err := w.save(ctx, &r, result); err != nil {
			return err
		}
	}
	if w.options.JSON {
		return json.NewEncoder(w.out).Encode(map[string]any{"id": r.ID, "type": r.Type, "source": r.Source, "time": r.Time, "incarnation": r.Incarnation, "sequence": r.Sequence, "missing": r.Missing, "data": r.Data})
	}
	fmt.Fprintln(w.out, paint(w.options.Colour, result, &r, describe(r)))
	return nil
}

// wanted applies the filters; those on results leave other events out.
func (w *Watcher) wanted(r *events.Received, result *events.Result) bool {
	station, err := events.ParseStation(r.Source)
	if len(w.options.Stations) > 0 && (err != nil || !slices.Contains(w.options.Stations, station.Name) && !slices.Contains(w.options.Stations, station.Token())) {
		return false
	}
	if len(w.options.Verdicts)+len(w.options.Cameras) == 0 {
		state, err := r.State()
		return err != nil || state.State != events.StateHeartbeat || w.options.Beats
	}
	return result != nil && (len(w.options.Verdicts) == 0 || slices.Contains(w.options.Verdicts, result.Verdict)) && (len(w.options.Cameras) == 0 || slices.Contains(w.options.Cameras, result.Camera))
}

// fileName returns the name under which an event is kept, without its ending: when
// it was, what it says and of which part, and its id. No path leaves the folder: the
// id is one that Decode has checked, and of the rest only letters, digits, dots,
// dashes and underscores stay.
func fileName(r *events.Received, result *events.Result) string {
	words := []string{r.Time.UTC().Format("20060102T150405Z")}
	if result != nil {
		words = append(words, result.Verdict, result.Camera, result.Part)
	}
	var name strings.Builder
	for _, word := range words {
		if word = strings.Trim(unfit.ReplaceAllString(word, "_"), "."); word != "" {
			name.WriteString(word[:min(len(word), mostWord)] + "-")
		}
	}
	return name.String() + r.ID
}

// mostWord bounds each word of a file's name, which may have 255 bytes.
const mostWord = 40

var unfit = regexp.MustCompile(`[^a-zA-Z0-9._-]`)

// save keeps an event and its pictures.
func (w *Watcher) save(ctx context.Context, r *events.Received, result *events.Result) error {
	name := fileName(r, result)
	if err := os.WriteFile(filepath.Join(w.options.Save, name+".json"), append(slices.Clone(r.Data), '\n'), 0o640); err != nil {
		return fmt.Errorf("keep event: %w", err)
	}
	if result == nil {
		return nil
	}
	for suffix, e := range map[string]*events.Evidence{"": result.Evidence, "-heatmap": result.Heatmap} {
		if e == nil {
			continue
		}
		jpeg, err := w.reader.Fetch(ctx, e)
		if errors.Is(err, events.ErrNoEvidence) {
			w.absent++
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(w.options.Save, name+suffix+".jpg"), jpeg, 0o640); err != nil {
			return fmt.Errorf("keep evidence: %w", err)
		}
	}
	return nil
}
