package main

import (
	"context"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/infer"
	"pristine/internal/meter"
	"pristine/internal/usage"
	"pristine/observe"
)

type benchCommand struct {
	Source       string  `default:"testline://?fps=0" placeholder:"URI" help:"Video, folder or camera to take frames from; a file is read again from its start as often as needed (default: ${default})."`
	Frames       int     `default:"200" help:"Frames a camera (default: ${default})."`
	Cameras      int     `default:"1" help:"Cameras at once, each with the source opened for itself (default: ${default})."`
	Learn        int     `default:"4" help:"Frames of the source to take as references; 0 scores by text alone (default: ${default})."`
	Fail         float64 `default:"0" placeholder:"SHARE" help:"Share of results that FAIL, 0 to 1, with pictures and evidence; the others PASS (default: ${default})."`
	Threads      int     `default:"0" help:"Threads of ONNX Runtime; 0: one a core."`
	Prompts      string  `type:"asset" default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	Format       string  `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

// Help is shown by `edge bench --help`.
func (benchCommand) Help() string {
	return "Measures, in one run, each stage of a frame's way apart, the bare ONNX Runtime session, and the whole pipeline with everything at once. Results are stored as a running agent does it: hash, pictures and evidence of FAIL (--fail), event. " +
		"Core time is that of all cores together. Compare ratios of one run: machines are noisy."
}

// benchReport is the JSON of bench. Times are in milliseconds a frame.
type benchReport struct {
	Source          string       `json:"source"`
	Bundle          string       `json:"bundle"`
	Frames          int          `json:"frames"` // a camera
	Width           int          `json:"width"`
	Height          int          `json:"height"`
	References      int          `json:"references"`
	Stages          []benchStage `json:"stages"`
	BareSessionFPS  float64      `json:"bare_session_fps"`
	PipelineFPS     float64      `json:"pipeline_fps"` // of all cameras together
	CameraFPS       []float64    `json:"camera_fps"`
	PipelineCoreMS  float64      `json:"pipeline_core_ms"`
	OverheadCoreMS  float64      `json:"overhead_core_ms"`  // all stages but source and session
	Allocations     float64      `json:"allocations"`       // a frame, from slot to score
	PipelineToBare  float64      `json:"pipeline_to_bare"`  // ratio of the rates
	AgeMilliseconds benchAges    `json:"age_ms"`            // from the grab to the verdict, in the pipeline
	FailShare       float64      `json:"fail_share"`        // of the results
	ResultMS        float64      `json:"result_ms"`         // from a verdict to its event on the disk
	PicturesGivenUp uint64       `json:"pictures_given_up"` // in the pipeline, for want of room: it made results faster than the disk takes pictures
}

type benchStage struct {
	Name        string  `json:"name"`
	MS          float64 `json:"ms"`
	CoreMS      float64 `json:"core_ms"`
	Allocations float64 `json:"allocations"`
}

type benchAges struct {
	Median float64 `json:"p50"`
	P99    float64 `json:"p99"`
}

func (c *benchCommand) Run(ctx context.Context, s *streams) error {
	if c.Frames < 1 || c.Cameras < 1 || c.Learn < 0 || c.Threads < 0 || !(c.Fail >= 0 && c.Fail <= 1) {
		return usage.Error(fmt.Errorf("bench: --frames and --cameras must be at least 1, --learn and --threads at least 0, --fail between 0 and 1"))
	}
	e, err := observe.Open(c.Bundle, c.options(infer.Options{Threads: c.Threads}))
	if err != nil {
		return err
	}
	defer e.Close()
	b := bench{engine: e, source: c.Source, frames: c.Frames, cameras: c.Cameras, fail: c.Fail, progress: s.err}
	defer b.close()
	if err := b.prepare(ctx, c.Prompts, c.Learn); err != nil {
		return err
	}
	report, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return writeJSON(s.out, report)
	}
	report.print(s.out)
	return nil
}

func newStage(name string, cost meter.Cost) benchStage {
	return benchStage{Name: name, MS: meter.Milliseconds(cost.Wall), CoreMS: meter.Milliseconds(cost.CPU), Allocations: cost.Allocations}
}

func (r *benchReport) print(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"Stage", "ms a frame", "core-ms a frame", "allocations"})
	for _, s := range r.Stages {
		t.AppendRow(table.Row{s.Name, fmt.Sprintf("%.2f", s.MS), fmt.Sprintf("%.2f", s.CoreMS), fmt.Sprintf("%.1f", s.Allocations)})
	}
	t.Render()
	fmt.Fprintf(w, "%d×%d, %d references, bundle %s\n", r.Width, r.Height, r.References, r.Bundle)
	fmt.Fprintf(w, "bare session   %7.1f frames/s\n", r.BareSessionFPS)
	fmt.Fprintf(w, "pipeline       %7.1f frames/s, %.2f of the bare session\n", r.PipelineFPS, r.PipelineToBare)
	for i, fps := range r.CameraFPS {
		if len(r.CameraFPS) > 1 {
			fmt.Fprintf(w, "  camera %d     %7.1f frames/s\n", i+1, fps)
		}
	}
	fmt.Fprintf(w, "core time      %7.1f core-ms a frame, %.1f beside source and session\n", r.PipelineCoreMS, r.OverheadCoreMS)
	if r.PicturesGivenUp > 0 {
		fmt.Fprintf(w, "pictures       %7d of FAIL given up: the disk takes them more slowly\n", r.PicturesGivenUp)
	}
	fmt.Fprintf(w, "age of verdict %7.1f ms median, %.1f ms p99\n", r.AgeMilliseconds.Median, r.AgeMilliseconds.P99)
}
