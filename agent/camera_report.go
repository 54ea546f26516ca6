package agent

import (
	"context"
	"fmt"
	"time"

	"pristine/capture"
	"pristine/events"
	"pristine/inspect"
)

// reportPeriod publishes that a run of INVALID or REVIEW results continues or has ended.
func (k *camera) reportPeriod(p inspect.Period) {
	states := map[inspect.Verdict][2]string{inspect.Invalid: {"unfit", "fit"}, inspect.Review: {"in_review", "review_ended"}}
	state, counts, total := states[p.Verdict][0], map[string]uint64{}, uint64(0)
	if p.Ended {
		state = states[p.Verdict][1]
	}
	for reason, n := range p.Results {
		counts[string(reason)] = n
		total += n
	}
	k.publishState(context.Background(), events.State{
		Subject: "camera", Name: k.config.Name, State: state, Counts: counts,
		Detail: fmt.Sprintf("%d results were %s in %v", total, p.Verdict, p.Lasted.Round(100*time.Millisecond)),
	})
}

// truthOf returns the built-in camera's label of a part, or nil for other sources.
func (k *camera) truthOf(part string) *Truth {
	if k.truth == nil || part == "" {
		return nil
	}
	defect, known := k.truth(part)
	if !known {
		return nil
	}
	return &Truth{Defect: defect}
}

// state logs and publishes a change of the camera.
func (k *camera) state(s capture.State) {
	k.agent.board.phase(k.config.Name, s)
	detail := ""
	switch {
	case s.Err == nil:
	case s.Phase == capture.Ended:
		detail = capture.Redact(s.Err.Error())
		k.agent.log.Error("the camera ended too early", "camera", k.config.Name, "err", detail)
	default:
		detail = capture.Redact(s.Err.Error())
		k.agent.log.Warn("the camera delivers no frames", "camera", k.config.Name, "err", detail, "next_attempt", s.Wait.Round(time.Millisecond))
	}
	k.publishState(context.Background(), events.State{Subject: "camera", Name: k.config.Name, State: string(s.Phase), Detail: detail, Cause: capture.Cause(s.Err)})
}

func (k *camera) publishState(ctx context.Context, s events.State) {
	if _, err := k.agent.store.Append(ctx, events.TypeState, s); err != nil && ctx.Err() == nil {
		k.agent.log.Error("a state event was lost", "err", err)
	}
}

func (k *camera) alarm(ctx context.Context, a events.Alarm) {
	if _, err := k.agent.store.Append(ctx, events.TypeAlarm, a); err != nil && ctx.Err() == nil {
		k.agent.log.Error("alarm lost", "alarm", a.Name, "err", err)
	}
}
