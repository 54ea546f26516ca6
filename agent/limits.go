package agent

import (
	"pristine/inspect/health"
	"pristine/internal/config"
)

// HealthLimits converts the configured health limits for package health.
func HealthLimits(h *config.Health) health.Limits {
	return health.Limits{
		BlackMean: h.BlackMean, OverexposedShare: h.OverexposedShare, FrozenFrames: h.FrozenFrames, MaxAge: h.MaxAge, MinWidth: h.MinWidth, MinHeight: h.MinHeight,
		Learn: h.Learn, Blur: h.Blur, Moved: h.Moved, Shift: h.Shift, Light: h.Light, Banding: h.Banding, ColourOrder: h.ColourOrder,
	}
}
