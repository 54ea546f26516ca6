package doctor

import (
	"context"
	"fmt"
	"time"

	"pristine/events"
	"pristine/events/hubcheck"
)

// Limits of the difference between this machine's clock and the hub's.
const (
	clockOffset = time.Second // readers of events order them by time
	clockWrong  = time.Minute // certificates and credentials end early or late
)

// hub examines the plant's hub with the agent's own credentials, and the clocks.
func (e *examination) hub(ctx context.Context) {
	if e.config == nil {
		return
	}
	h, s := &e.config.Events.Hub, e.config.Station
	if h.URL == "" {
		e.add("hub_none", "no hub is configured: the agent's own server is the hub")
		return
	}
	place := events.Station{Site: s.Site, Line: s.Line, Name: s.Name}
	report, err := hubcheck.Examine(ctx, events.Hub{
		URL: string(h.URL), CredsFile: h.CredsFile, NkeyFile: h.NkeyFile, UserFile: h.UserFile, PasswordFile: h.PasswordFile,
		CAFile: h.CAFile, CertFile: h.CertFile, KeyFile: h.KeyFile, InboxPrefix: place.InboxPrefix(),
	}, place, hubcheck.Options{Now: e.Now})
	if err != nil {
		e.hubError(hubCode(events.HubCause(err).Code), events.HubCause(err))
		return
	}
	for _, f := range report.Faults {
		switch f.Part {
		case hubcheck.Pictures:
			e.hubError("hub_pictures", f.Cause)
		case hubcheck.Retention:
			e.hubError("hub_retention", f.Cause)
		default:
			e.hubError(hubCode(f.Cause.Code), f.Cause)
		}
	}
	e.good("hub_good", groupHub, "server %s, NATS %s, answers in %v: %s", report.Server, report.Version, report.RoundTrip.Round(10*time.Microsecond), report.Stream)
	if report.Clock {
		e.offset(report.Offset, report.Uncertainty)
	}
}

func (e *examination) hubError(c Code, cause *events.HubError) {
	text := cause.Problem
	if cause.Err != nil {
		text = fmt.Sprintf("%s (%v)", text, cause.Err)
	}
	found := e.add(c, "%s", text)
	if cause.Remedy != "" {
		found.Remedy = cause.Remedy
	}
}

// offset judges the difference of the clocks where it is more than its uncertainty.
func (e *examination) offset(hub, uncertainty time.Duration) {
	sure := hub.Abs() - uncertainty
	direction := "behind"
	if hub < 0 {
		direction = "ahead of"
	}
	text := fmt.Sprintf("this machine's clock is %v %s the hub's, within %v", hub.Abs().Round(time.Millisecond), direction, max(uncertainty.Round(time.Millisecond), time.Millisecond))
	switch {
	case sure > clockWrong:
		e.add("clock_wrong", "%s", text)
	case sure > clockOffset:
		e.add("clock_offset", "%s", text)
	default:
		e.add("clock_good", "%s", text)
	}
}
