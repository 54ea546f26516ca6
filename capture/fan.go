package capture

import "context"

// Fan delivers each frame of one camera to several slots, so that one camera serves
// several stations. It is a Slot for Supervise.
//
// Every slot has its own copy. A slot with policy every delays the camera. Only one
// goroutine may call Put.
type Fan struct {
	slots []*Latest
	copy  Frame // handed to a slot, which gives an old buffer back
}

// NewFan returns a fan of at least one slot.
func NewFan(slots ...*Latest) *Fan { return &Fan{slots: slots} }

// Put implements Slot.
func (a *Fan) Put(ctx context.Context, f *Frame) error {
	last := len(a.slots) - 1
	for _, slot := range a.slots[:last] {
		pix := append(a.copy.Pix[:0], f.Pix...)
		a.copy = *f
		a.copy.Pix = pix
		if err := slot.Put(ctx, &a.copy); err != nil {
			return err
		}
	}
	return a.slots[last].Put(ctx, f)
}

// End implements Slot.
func (a *Fan) End() {
	for _, slot := range a.slots {
		slot.End()
	}
}
