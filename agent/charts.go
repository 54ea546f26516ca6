package agent

import (
	"context"
	"time"

	"pristine/history"
	"pristine/report"
	"pristine/web"
)

// Alarms of the control charts: how far back the charts reach, as those of the page
// do, and how often they are made.
const (
	chartsLength = 8 * time.Hour
	chartsEvery  = 30 * time.Second
)

// watchCharts updates the alarms of each camera's control charts, if there is a history.
func (a *Agent) watchCharts(ctx context.Context) (stop func() error, err error) {
	if a.history.Load() == nil {
		return nil, nil
	}
	return background(ctx, func(ctx context.Context) {
		ticker := time.NewTicker(chartsEvery)
		defer ticker.Stop()
		for {
			now := time.Now()
			for _, k := range a.cameras {
				alarms, err := chartAlarms(ctx, a.history.Load().Reader, k.config.Name, now)
				if err != nil && ctx.Err() == nil {
					a.log.Warn("the control charts cannot be made", "camera", k.config.Name, "err", err)
				}
				k.alarms.Store(alarms) // nil: unknown
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}), nil
}

// chartAlarms reports whether the newest points of a camera's charts are outside their
// limits. A station that has just started has charts of minutes.
func chartAlarms(ctx context.Context, h *history.Reader, camera string, now time.Time) (*web.ChartAlarms, error) {
	period := history.Period{From: now.Add(-chartsLength), To: now.Add(time.Minute), Camera: camera}
	steps, err := h.Steps(ctx, period, time.Minute)
	if err == nil && len(steps) > 0 {
		period.From = steps[0].Start
		steps, err = h.Steps(ctx, period, report.StepOf(period.To.Sub(period.From)))
	}
	if err != nil {
		return nil, err
	}
	charts := report.NewCharts(steps)
	return &web.ChartAlarms{RejectRate: charts.Rejects.Alarm, MarginDrift: charts.Margin.Drift}, nil
}
