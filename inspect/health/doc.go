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
// Promises: a limit of a Baseline is never tighter than the values of good pictures
// during learning. Checking a frame allocates nothing. The outside of Limits.Polygon
// does not influence any result. A damaged snapshot is refused and never makes a check
// fail.
//
// Non-promises: the checks that a Baseline can do depend on the view. Without steady
// points it checks only sharpness. A scene without colour has no colour order. A
// camera is not reported as moved if it moves along the only steady edges, or by a few
// pixels while it shakes by more than one.
//
// A Checker and its Baseline belong to one goroutine at a time. They keep no frame.
package health
