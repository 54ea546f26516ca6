package outbox

import (
	"sync"
	"time"

	"pristine/events"
)

// HubStatus says whether the hub accepts events, and why not.
type HubStatus struct {
	Connected bool           // the hub acknowledged an event over the present connection
	Code      events.HubCode // why not; "" when connected, and before the first attempt
	Detail    string         // the code in words, with what to do next
	Since     time.Time      // of Connected and Code

	PicturesCode   events.HubCode // why pictures stay behind although events go on; "" when they do not
	PicturesDetail string
}

// hubState is what Forward knows of the hub.
type hubState struct {
	mu      sync.Mutex
	now     HubStatus
	onState func(connected bool, err error)
	alarmed events.HubCode // the last cause for pictures that an alarm was to tell of
	alarm   *events.HubError
}

const nothingSent = "no event was acknowledged yet"

func (h *hubState) start(o *ForwardOptions) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now, h.onState = HubStatus{Detail: nothingSent, Since: time.Now()}, o.OnState
}

// open notes that the hub can be used: what kept it out of reach is over.
func (h *hubState) open(noPictures *events.HubError) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch h.now.Code {
	case events.HubStreamFull, events.HubLimits, events.HubPermission, events.HubStreamSubjects, events.HubOther: // only an event can tell
	case "":
	default:
		h.now.Code, h.now.Detail, h.now.Since = "", nothingSent, time.Now()
	}
	if noPictures == nil {
		h.now.PicturesCode, h.now.PicturesDetail, h.alarmed = "", "", ""
	} else {
		h.noPictures(noPictures)
	}
}

// fail notes why events wait; nil when forwarding ends.
func (h *hubState) fail(err error) {
	h.mu.Lock()
	was := h.now
	h.now.Connected, h.now.Code, h.now.Detail = false, "", "forwarding has ended"
	if err != nil {
		h.now.Code, h.now.Detail = events.HubCause(err).Code, events.HubCause(err).Error()
	}
	changed := was.Connected || was.Code != h.now.Code
	if changed {
		h.now.Since = time.Now()
	}
	tell := h.onState
	h.mu.Unlock()
	if changed && err != nil && tell != nil {
		tell(false, err)
	}
}

// acknowledged notes that the hub took an event.
func (h *hubState) acknowledged() {
	h.mu.Lock()
	changed := !h.now.Connected
	if changed {
		h.now.Connected, h.now.Code, h.now.Detail, h.now.Since = true, "", "", time.Now()
	}
	tell := h.onState
	h.mu.Unlock()
	if changed && tell != nil {
		tell(true, nil)
	}
}

func (h *hubState) refusePictures(why *events.HubError) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noPictures(why)
}

// noPictures notes why pictures stay behind, and has an alarm raised when that is
// news. The caller holds the lock.
func (h *hubState) noPictures(why *events.HubError) {
	h.now.PicturesCode, h.now.PicturesDetail = why.Code, why.Error()
	if h.alarmed != why.Code {
		h.alarmed, h.alarm = why.Code, why
	}
}

// pictureStored notes that the hub took a picture.
func (h *hubState) pictureStored() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now.PicturesCode, h.now.PicturesDetail = "", ""
}

// takeAlarm returns why an alarm about pictures is due; nil when none is.
func (h *hubState) takeAlarm() *events.HubError {
	h.mu.Lock()
	defer h.mu.Unlock()
	due := h.alarm
	h.alarm = nil
	return due
}

func (h *hubState) status() HubStatus {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}
