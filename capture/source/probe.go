package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/v4l2"
)

// Report is what a probe measured.
type Report struct {
	Source     string  `json:"source"` // credentials hidden
	Kind       string  `json:"kind"`
	Width      int     `json:"width"` // of the first frame, in pixels
	Height     int     `json:"height"`
	OpenMS     float64 `json:"open_ms"`        // until it was open
	FirstMS    float64 `json:"first_frame_ms"` // from then until the first frame
	Frames     int     `json:"frames"`
	FPS        float64 `json:"fps"`
	LongestMS  float64 `json:"longest_gap_ms"` // between two frames
	Sizes      int     `json:"sizes"`          // different ones: more than one is a fault of the camera
	Damaged    int     `json:"damaged"`        // frames that cannot be used
	PartsNamed bool    `json:"parts_named"`
	Ended      bool    `json:"ended"` // before the time was up

	Device *v4l2.Device `json:"device,omitempty"` // of V4L2: what the driver offers
}

// settling is the share of the time after whose end the rate is measured:
// frames that waited in a buffer while the source was opened come at once.
const settling = 1.0 / 3

// Probe reads a source for a time and measures it. The last frame is given in
// f. Where the source fails, the report so far comes with the error: what a
// camera offers, though another program uses it.
func Probe(ctx context.Context, a address.Address, o Options, lasting time.Duration, f *capture.Frame) (Report, error) {
	r := Report{Source: capture.Redact(a.Target), Kind: string(a.Kind)}
	if a.Kind == address.V4L2 {
		device, err := v4l2.Query(a.Target)
		if err != nil {
			return r, err
		}
		r.Device = &device
	}
	start := time.Now()
	s, err := OpenBounded(ctx, a, o)
	if err != nil {
		return r, err
	}
	defer s.Close()
	opened := time.Now()
	r.OpenMS = milliseconds(opened.Sub(start))
	var began, first, last time.Time // of all, of those that are measured
	measured, settled := 0, false
	settle := time.Duration(settling * float64(lasting))
	for last.IsZero() || last.Sub(began) < lasting {
		err := s.Read(ctx, f)
		if errors.Is(err, io.EOF) {
			r.Ended = true
			break
		}
		if errors.Is(err, capture.ErrIdle) {
			if time.Since(opened) >= lasting {
				break
			}
			continue
		}
		if err != nil {
			return r, err
		}
		now := time.Now()
		measured++
		switch {
		case r.Frames == 0:
			began, first = now, now
			r.FirstMS = milliseconds(now.Sub(opened))
		case !settled && now.Sub(began) >= settle:
			settled, first, measured = true, now, 1
		default:
			r.LongestMS = max(r.LongestMS, milliseconds(now.Sub(last)))
		}
		if f.Damaged == "" && (f.Width != r.Width || f.Height != r.Height) {
			r.Width, r.Height = f.Width, f.Height
			r.Sizes++
		}
		if f.Damaged != "" {
			r.Damaged++
		}
		r.PartsNamed = r.PartsNamed || f.Part != ""
		last = now
		r.Frames++
	}
	if r.Frames == 0 {
		return r, fmt.Errorf("probe %s: it ended without a frame", r.Source)
	}
	if took := last.Sub(first).Seconds(); took > 0 {
		r.FPS = float64(measured-1) / took
	}
	return r, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Device is a camera that is plugged in.
type Device struct {
	Source string `json:"source"` // v4l2:///dev/videoN
	Name   string `json:"name"`   // as its driver tells it
}

// Devices lists the V4L2 devices in sysfs; root is /sys. One camera may have
// several devices, of which only the first gives frames.
func Devices(root fs.FS) ([]Device, error) {
	names, err := fs.Glob(root, "class/video4linux/video*/name")
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int { return len(a)*1000 + strings.Compare(a, b) - len(b)*1000 })
	var devices []Device
	for _, file := range names {
		name, err := fs.ReadFile(root, file)
		if err != nil {
			return nil, fmt.Errorf("list cameras: %w", err)
		}
		devices = append(devices, Device{"v4l2:///dev/" + path.Base(path.Dir(file)), strings.TrimSpace(string(name))})
	}
	return devices, nil
}
