package health

import (
	"time"

	"pristine/capture"
	"pristine/internal/polygon"
	"pristine/verdict"
)

// Limits say which pictures are unfit to be scored. Zero switches a check off.
type Limits struct {
	BlackMean           float64       // mean grey level in [0, 255] below which a picture is black
	OverexposedShare    float64       // share of pixels at 250 or more, in (0, 1], above which it is overexposed
	FrozenFrames        int           // identical frames in a row after which the camera is frozen
	MaxAge              time.Duration // age at which a frame is stale
	MinWidth, MinHeight int           // least size in pixels

	Polygon []polygon.Point // the area that is checked; empty: the whole picture

	// The following are compared with the camera's first frames; see Baseline.
	Learn       time.Duration // of frames to learn from
	Blur        float64       // share of the learned sharpness below which a picture is blurred
	Moved       float64       // correlation with the learned view below which the camera has moved
	Shift       float64       // pixels by which it has moved where the view shows less
	Light       float64       // relative change of the light above which a picture is unfit
	Banding     float64       // RMS of bright and dark stripes in grey levels above which a picture is unfit
	ColourOrder bool          // refuse pictures with blue and red swapped
}

// sampleStep is the step of the grid at which grey levels are read, in pixels: 32,400
// samples of a 1080p frame, with a standard error below 0.5 grey levels.
const sampleStep = 8

// blownLevel is the grey level from which a pixel counts as overexposed:
// JPEG and H.264 ringing keep blown areas a few levels below 255.
const blownLevel = 250

// Checker checks the frames of one camera in order. It belongs to one goroutine at a
// time.
type Checker struct {
	limits   Limits
	baseline *Baseline
	area     *polygon.Area
	identity identity
}

// New returns a checker that compares frames with the baseline. With nil it learns from
// the first frames.
func New(l Limits, b *Baseline) *Checker {
	if b == nil {
		b = NewBaseline(l)
	}
	return &Checker{limits: l, baseline: b, area: polygon.NewArea(l.Polygon)}
}

// Check returns the first reason for which the frame is unfit, or verdict.ReasonNone.
func (c *Checker) Check(f *capture.Frame, now time.Time) verdict.Reason {
	if f.Damaged != "" {
		return verdict.ReasonDamaged
	}
	if f.Width <= 0 || f.Height <= 0 || len(f.Pix) != 3*f.Width*f.Height || f.Width < c.limits.MinWidth || f.Height < c.limits.MinHeight {
		return verdict.ReasonWrongSize
	}
	mask := c.area.On(f.Width, f.Height)
	if c.limits.FrozenFrames > 0 && c.identity.repeats(f, mask) > c.limits.FrozenFrames {
		return verdict.ReasonFrozen
	}
	if c.limits.MaxAge > 0 && now.Sub(f.Captured) > c.limits.MaxAge {
		return verdict.ReasonStale
	}
	mean, blown := grey(f, mask)
	if mean < c.limits.BlackMean {
		return verdict.ReasonBlack
	}
	if c.limits.OverexposedShare > 0 && blown > c.limits.OverexposedShare {
		return verdict.ReasonOverexposed
	}
	return c.baseline.Observe(f)
}

// Detail returns a text that explains why the last frame is unfit, or "" if there is
// nothing to add to the reason.
func (c *Checker) Detail(r verdict.Reason) string { return c.baseline.detail(r) }

// Baseline returns the baseline in use.
func (c *Checker) Baseline() *Baseline { return c.baseline }

// Relearn replaces the baseline.
func (c *Checker) Relearn(b *Baseline) { c.baseline = b }

// grey returns the mean grey level in [0, 255] and the share of overexposed pixels, from
// a sparse grid of the frame within the mask. It uses the green channel, which carries
// most of the luma of every camera colour space.
func grey(f *capture.Frame, mask *polygon.Mask) (mean, blown float64) {
	sum, high, n := 0, 0, 0
	for y := sampleStep / 2; y < f.Height || y == sampleStep/2; y += sampleStep {
		y := min(y, f.Height-1)
		row := f.Pix[y*f.Width*3:][:f.Width*3]
		for x := min(sampleStep/2, f.Width-1); x < f.Width; x += sampleStep {
			if !mask.Contains(x, y) {
				continue
			}
			level := int(row[3*x+1])
			sum += level
			if level >= blownLevel {
				high++
			}
			n++
		}
	}
	return float64(sum) / float64(max(n, 1)), float64(high) / float64(max(n, 1))
}
