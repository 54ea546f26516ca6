package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"pristine/internal/usage"
)

// Comparison is two reports side by side, stage by stage.
type Comparison struct {
	Warnings []string `json:"warnings"` // why the ratios may be none of the program's
	Rows     []Row    `json:"rows"`     // the last is the pipeline
}

// Row compares one stage, in core-milliseconds a frame. What a stage costs depends less
// on what else the machine does than how long it takes.
type Row struct {
	Name     string      `json:"name"`
	Old      float64     `json:"old_core_ms"`
	New      float64     `json:"new_core_ms"`
	Ratio    float64     `json:"ratio"` // new to old: above 1 is slower
	Interval *[2]float64 `json:"interval_95,omitempty"`
}

// pipelineRow is the name of the row of everything at once.
const pipelineRow = "pipeline"

// Load reads a report that was written as JSON.
func Load(file string) (*Report, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage.Error(fmt.Errorf("compare: %w", err))
	}
	r := new(Report)
	if err := json.Unmarshal(data, r); err != nil || r.PipelineCoreMS == 0 {
		return nil, usage.Error(fmt.Errorf("compare: %s is no result of `edge bench --format json`", file))
	}
	return r, nil
}

// Compare compares two reports. Stages that only one of them has are left out.
func Compare(before, after *Report) *Comparison {
	c := &Comparison{Warnings: differences(before, after)}
	for _, now := range after.Stages {
		i := slices.IndexFunc(before.Stages, func(s Stage) bool { return s.Name == now.Name })
		if i >= 0 {
			was := before.Stages[i]
			c.Rows = append(c.Rows, newRow(now.Name, was.CoreMS, now.CoreMS, was.Samples, now.Samples))
		}
	}
	c.Rows = append(c.Rows, newRow(pipelineRow, before.PipelineCoreMS, after.PipelineCoreMS, before.PipelineSamples, after.PipelineSamples))
	return c
}

// Slower returns an error where the pipeline takes more than percent more core time a
// frame, and the interval leaves it no doubt that it takes more.
func (c *Comparison) Slower(percent float64) error {
	r := c.Rows[len(c.Rows)-1]
	if r.Ratio <= 1+percent/100 || r.Interval != nil && r.Interval[0] <= 1 {
		return nil
	}
	return fmt.Errorf("bench: the pipeline takes %.1f %% more core time a frame, allowed are %g %%: the table shows which stage; measure again with more --frames to be sure", 100*(r.Ratio-1), percent)
}

// differences returns what else differs between the two reports.
func differences(before, after *Report) []string {
	all := []string{}
	add := func(what string, a, b any) {
		if a != b {
			all = append(all, fmt.Sprintf("%s: %v before, %v now", what, a, b))
		}
	}
	add("machine", before.Machine.words(), after.Machine.words())
	add("bundle", name(before.Bundle, before.BundleHash), name(after.Bundle, after.BundleHash))
	add("source", before.Source, after.Source)
	add("picture", fmt.Sprintf("%d×%d", before.Width, before.Height), fmt.Sprintf("%d×%d", after.Width, after.Height))
	add("threads", before.Threads, after.Threads)
	add("cameras", len(before.CameraFPS), len(after.CameraFPS))
	add("references", before.References, after.References)
	add("detail", before.Detail, after.Detail)
	add("share of FAIL", before.FailShare, after.FailShare)
	return all
}

func (m Machine) words() string {
	return fmt.Sprintf("%s, %s, %d cores", m.Processor, m.Architecture, m.Cores)
}

func name(bundle, hash string) string { return fmt.Sprintf("%s %.12s", bundle, hash) }

// draws is how often the samples are drawn again for an interval.
const draws = 2000

// newRow compares means. The interval is that of a percentile bootstrap (Efron, 1979) of
// the ratio of the samples' means; there is none where a report has too few.
func newRow(name string, before, after float64, old, now []Sample) Row {
	r := Row{Name: name, Old: before, New: after, Ratio: after / before}
	if len(old) < samples/2 || len(now) < samples/2 {
		return r
	}
	random := rand.New(rand.NewPCG(1, 0)) // the same reports have the same interval
	mean := func(from []Sample) (sum float64) {
		for range from {
			sum += from[random.IntN(len(from))].CoreMS / float64(len(from))
		}
		return sum
	}
	ratios := make([]float64, 0, draws)
	for range draws {
		if ratio := mean(now) / mean(old); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
			ratios = append(ratios, ratio)
		}
	}
	if len(ratios) < draws/2 {
		return r
	}
	slices.Sort(ratios)
	r.Interval = &[2]float64{ratios[len(ratios)*25/1000], ratios[len(ratios)*975/1000]}
	return r
}
