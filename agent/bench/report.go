package bench

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/meter"
	"pristine/internal/printing"
)

// Report is what a measurement found. Times are in milliseconds a frame.
type Report struct {
	Source          string    `json:"source"`
	Bundle          string    `json:"bundle"`
	BundleHash      string    `json:"bundle_hash"`
	Machine         Machine   `json:"machine"`
	Threads         int       `json:"threads"` // of a run of the model, as was asked for; 0: by itself
	Frames          int       `json:"frames"`  // a camera
	Width           int       `json:"width"`
	Height          int       `json:"height"`
	References      int       `json:"references"`
	Detail          int       `json:"detail"` // that frames are compared with them at
	Stages          []Stage   `json:"stages"`
	BareSessionFPS  float64   `json:"bare_session_fps"`
	PipelineFPS     float64   `json:"pipeline_fps"`   // of all cameras together
	Runs            string    `json:"runs,omitempty"` // how the pipeline's pictures are run on the CPU
	CameraFPS       []float64 `json:"camera_fps"`
	PipelineCoreMS  float64   `json:"pipeline_core_ms"`
	PipelineSamples []Sample  `json:"pipeline_samples"`
	OverheadCoreMS  float64   `json:"overhead_core_ms"`  // all stages but source and session
	Allocations     float64   `json:"allocations"`       // a frame, from slot to score
	PipelineToBare  float64   `json:"pipeline_to_bare"`  // ratio of the rates
	AgeMilliseconds Ages      `json:"age_ms"`            // from the grab to the verdict, in the pipeline
	FailShare       float64   `json:"fail_share"`        // of the results
	ResultMS        float64   `json:"result_ms"`         // from a verdict to its event on the disk
	PicturesGivenUp uint64    `json:"pictures_given_up"` // in the pipeline, for want of room: it made results faster than the disk takes pictures
}

// Stage is one stage of a frame's way.
type Stage struct {
	Name        string   `json:"name"`
	MS          float64  `json:"ms"`
	CoreMS      float64  `json:"core_ms"`
	Allocations float64  `json:"allocations"`
	Samples     []Sample `json:"samples"`
}

// Ages are quantiles of the age of verdicts.
type Ages struct {
	Median float64 `json:"p50"`
	P99    float64 `json:"p99"`
}

func newStage(name string, cost meter.Cost, all []Sample) Stage {
	return Stage{Name: name, MS: meter.Milliseconds(cost.Wall), CoreMS: meter.Milliseconds(cost.CPU), Allocations: cost.Allocations, Samples: all}
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) {
	t := printing.Table(w, "Stage", "ms a frame", "core-ms a frame", "allocations")
	for _, s := range r.Stages {
		t.AppendRow(table.Row{s.Name, fmt.Sprintf("%.2f", s.MS), fmt.Sprintf("%.2f", s.CoreMS), fmt.Sprintf("%.1f", s.Allocations)})
	}
	t.Render()
	fmt.Fprintf(w, "%d×%d, %d references at detail %d, bundle %s\n", r.Width, r.Height, r.References, r.Detail, r.Bundle)
	fmt.Fprintf(w, "bare session   %7.1f frames/s\n", r.BareSessionFPS)
	fmt.Fprintf(w, "pipeline       %7.1f frames/s, %.2f of the bare session\n", r.PipelineFPS, r.PipelineToBare)
	for i, fps := range r.CameraFPS {
		if len(r.CameraFPS) > 1 {
			fmt.Fprintf(w, "  camera %d     %7.1f frames/s\n", i+1, fps)
		}
	}
	if r.Runs != "" {
		fmt.Fprintf(w, "  %s\n", r.Runs)
	}
	fmt.Fprintf(w, "core time      %7.1f core-ms a frame, %.1f beside source and session\n", r.PipelineCoreMS, r.OverheadCoreMS)
	if r.PicturesGivenUp > 0 {
		fmt.Fprintf(w, "pictures       %7d of FAIL given up: the disk takes them more slowly\n", r.PicturesGivenUp)
	}
	fmt.Fprintf(w, "age of verdict %7.1f ms median, %.1f ms p99\n", r.AgeMilliseconds.Median, r.AgeMilliseconds.P99)
}
