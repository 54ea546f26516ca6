package agent

import "pristine/capture"

// dropped returns the camera's dropped frames since its start. Each cause is counted
// where the frames are dropped, so that counts never decrease and are up to date.
func (k *camera) dropped() capture.Drops {
	d := capture.Drops{capture.Overwritten: k.slot.Dropped(), capture.Stale: k.station.Counts().Stale}
	if k.pace != nil {
		d[capture.Paced] = k.pace.Dropped()
	}
	if k.gate != nil {
		d[capture.Gated] = k.gate.Dropped()
	}
	return d
}
