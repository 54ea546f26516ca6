package capture

// DropCause is the reason why a frame was not inspected.
type DropCause int

// The causes of dropped frames, in the order of the pipeline.
const (
	Overwritten DropCause = iota // a newer frame took its place in the slot: inspection is slower than the camera
	Paced                        // skipped by policy fps:N
	Gated                        // policy trigger: no part was triggered
	Stale                        // refused as too old
	DropCauses
)

// String returns the cause's name in events, status and metrics.
func (c DropCause) String() string {
	return [DropCauses]string{"overwritten", "pace", "gate", "stale"}[c]
}

// Drops counts dropped frames by cause. It is an array, so counting does not allocate.
type Drops [DropCauses]uint64

// Add adds the counts of other drops.
func (d *Drops) Add(other Drops) {
	for cause, n := range other {
		d[cause] += n
	}
}

// Total returns the sum over all causes.
func (d Drops) Total() (n uint64) {
	for _, k := range d {
		n += k
	}
	return n
}

// ByCause returns the counts of all causes by name.
func (d Drops) ByCause() map[string]uint64 {
	all := make(map[string]uint64, DropCauses)
	for cause, n := range d {
		all[DropCause(cause).String()] = n
	}
	return all
}
