package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/mattn/go-runewidth"

	"pristine/events"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/verdict"
)

type watchCommand struct {
	hubFlags `embed:""`
	Subject  string        `help:"Only these subjects, such as qc.plant.*.*.alarm; gaps then say nothing."`
	Verdict  []string      `enum:"PASS,REVIEW,FAIL,INVALID" placeholder:"FAIL,…" help:"Only results with these verdicts."`
	Camera   []string      `placeholder:"NAME" help:"Only results of these cameras."`
	Station  []string      `placeholder:"NAME" help:"Only these stations, as name or site.line.name."`
	Since    time.Duration `placeholder:"DURATION" help:"Begin so long ago, such as 10m."`
	All      bool          `help:"Begin with the first event that is stored."`
	Beats    bool          `help:"Show heartbeats too."`
	JSON     bool          `name:"json" help:"One JSON event a line."`
	Save     string        `placeholder:"DIR" help:"Keep events and their pictures in a folder."`
}

// Run shows events until it is interrupted, then what was missing.
func (c *watchCommand) Run(ctx context.Context, s *streams) error {
	o := events.SubscribeOptions{Subject: c.Subject, All: c.All}
	if c.Since > 0 {
		o.Since = time.Now().Add(-c.Since)
	}
	w := &watcher{watchCommand: c, out: &lines{out: s.out}, colour: isTerminal(s.out) && os.Getenv("NO_COLOR") == ""}
	if c.Save != "" {
		if err := os.MkdirAll(c.Save, 0o750); err != nil {
			return usage.Error(fmt.Errorf("make folder for events: %w", err))
		}
		reader, err := events.OpenEvidence(ctx, c.hub())
		if err != nil {
			return err
		}
		defer reader.Close()
		w.reader = reader
	}
	end := w.watchPresence(ctx, s.err)
	report, err := events.Subscribe(ctx, c.hub(), o, func(r events.Received) error { return w.take(ctx, r) })
	end()
	fmt.Fprintf(s.err, "%d events, %d missing, %d shed by agents, %d duplicates left out, %d late, %d refused\n",
		report.Events, report.Missing, report.Shed, report.Duplicates, report.OutOfOrder, report.Refused)
	if w.absent > 0 {
		fmt.Fprintf(s.err, "%d pictures were not there\n", w.absent)
	}
	return err
}

// watcher shows and keeps what comes.
type watcher struct {
	*watchCommand
	out    io.Writer
	colour bool
	reader *events.EvidenceReader
	absent int
}

func (w *watcher) take(ctx context.Context, r events.Received) error {
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
	if w.JSON {
		return json.NewEncoder(w.out).Encode(map[string]any{"id": r.ID, "type": r.Type, "source": r.Source, "time": r.Time, "incarnation": r.Incarnation, "sequence": r.Sequence, "missing": r.Missing, "data": r.Data})
	}
	fmt.Fprintln(w.out, paint(w.colour, result, &r, describe(r)))
	return nil
}

// wanted applies the filters; those on results leave other events out.
func (w *watcher) wanted(r *events.Received, result *events.Result) bool {
	station, err := events.ParseStation(r.Source)
	if len(w.Station) > 0 && (err != nil || !slices.Contains(w.Station, station.Name) && !slices.Contains(w.Station, station.Token())) {
		return false
	}
	if len(w.Verdict)+len(w.Camera) == 0 {
		state, err := r.State()
		return err != nil || state.State != events.StateHeartbeat || w.Beats
	}
	return result != nil && (len(w.Verdict) == 0 || slices.Contains(w.Verdict, result.Verdict)) && (len(w.Camera) == 0 || slices.Contains(w.Camera, result.Camera))
}

// save keeps an event and its pictures. Their names are those that Decode has
// checked: no path leaves the folder.
func (w *watcher) save(ctx context.Context, r *events.Received, result *events.Result) error {
	if err := os.WriteFile(filepath.Join(w.Save, r.ID+".json"), append(slices.Clone(r.Data), '\n'), 0o640); err != nil {
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
		if err := os.WriteFile(filepath.Join(w.Save, r.ID+suffix+".jpg"), jpeg, 0o640); err != nil {
			return fmt.Errorf("keep evidence: %w", err)
		}
	}
	return nil
}

// describe puts an event on one line of 80 columns.
func describe(r events.Received) string {
	text := r.Time.Local().Format("15:04:05.000")
	if result, err := r.Result(); err == nil {
		text += fmt.Sprintf(" %-7s %-8s %-13s %.2f %s %s", result.Verdict, result.Camera, result.Part, result.Defect, likeliest(result.Likeliest, verdict.Severity(result.Severity)), result.Reason)
		if result.Shadow {
			text += " (shadow)"
		}
	} else if state, err := r.State(); err == nil {
		text += fmt.Sprintf(" state   %s %s: %s %s", state.Subject, state.Name, state.State, state.Detail)
	} else if alarm, err := r.Alarm(); err == nil {
		text += fmt.Sprintf(" ALARM   %s: %s", alarm.Name, alarm.Detail)
	}
	note := ""
	if r.Missing > 0 {
		note = fmt.Sprintf(" [%d missing before]", r.Missing)
	}
	return runewidth.Truncate(printing.Printable(text), 80-len(note), "…") + note
}

// paint colours a line by what it says.
func paint(colour bool, result *events.Result, r *events.Received, line string) string {
	code := ""
	switch {
	case !colour:
	case r.Type == events.TypeAlarm, result != nil && result.Verdict == string(verdict.Fail):
		code = "31" // red
	case result == nil:
		code = "2" // dim
	case result.Verdict == string(verdict.Pass):
		code = "32" // green
	default:
		code = "33" // yellow
	}
	if code == "" {
		return line
	}
	return "\x1b[" + code + "m" + line + "\x1b[0m"
}
