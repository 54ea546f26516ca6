// Package health decides whether a camera's picture is fit to be scored.
//
//	c := health.New(health.Limits{BlackMean: 8, MaxAge: time.Second}, nil)
//	if reason := c.Check(&frame, time.Now()); reason != verdict.ReasonNone {
//		log.Print(reason, c.Detail(reason))
//	}
//
// A Checker refuses frames that are damaged, black, overexposed, frozen, stale or
// too small. A Baseline learns what a camera's good pictures look like and refuses
// those that are blurred, moved, banded, of another light, size or colour order.
//
// Promises: a limit of a Baseline is never tighter than what good pictures showed
// while it learned. Checking a frame allocates nothing. What lies outside
// Limits.Polygon changes no answer. A damaged snapshot is refused; it never makes
// a check fail.
//
// Non-promises: what a Baseline can see depends on the view. Without points that
// keep their level it judges sharpness only; a scene without colour has no colour
// order; a camera that moves along the only edges that keep still, or by a few
// pixels while it shakes by more than one, is not reported as moved.
//
// A Checker and its Baseline belong to one goroutine at a time. They keep no frame.
package health
