package config

import (
	"fmt"
	"strings"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/internal/polygon"
	"pristine/internal/strictyaml"
)

func (c *Config) validateCameras(d *strictyaml.Document) {
	if len(c.Cameras) == 0 {
		d.Addf("cameras", "must list at least one camera")
	}
	seen := map[string]bool{}
	for i := range c.Cameras {
		camera, key := &c.Cameras[i], fmt.Sprintf("cameras[%d]", i)
		if !name.MatchString(camera.Name) {
			d.Addf(key+".name", nameRule, camera.Name)
		} else if seen[camera.Name] {
			d.Addf(key+".name", "%q is already the name of another camera", camera.Name)
		}
		seen[camera.Name] = true
		camera.validate(d, key)
	}
	c.validateStations(d)
}

// validateStations checks that no region of a camera is inspected by the name of
// another camera, or of another camera's region.
func (c *Config) validateStations(d *strictyaml.Document) {
	of := map[string]int{}
	for i := range c.Cameras {
		k := &c.Cameras[i]
		for at, s := range k.Stations() {
			first, taken := of[s.Name]
			switch key := fmt.Sprintf("cameras[%d]", i); {
			case !taken:
				of[s.Name] = i
			case first == i || len(k.Regions) == 0 && len(c.Cameras[first].Regions) == 0: // said already
			case len(k.Regions) == 0:
				d.Addf(key+".name", "a region of camera %s has the same station name %q: rename one of the two", c.Cameras[first].Name, s.Name)
			default:
				d.Addf(fmt.Sprintf("%s.regions[%d].name", key, at), "camera %s also has a station %q: rename one of the two", c.Cameras[first].Name, s.Name)
			}
		}
	}
}

func (c *Camera) validate(d *strictyaml.Document, key string) {
	c.validateSource(d, key)
	if _, err := capture.ParsePolicy(string(c.Policy)); err != nil {
		d.Addf(key+".policy", "%s", err)
	}
	c.Watch.validate(d, key, c.Policy, c.Source)
	within(d, key+".trigger.frames", c.Trigger.Frames, 1, 1000)
	atLeast(d, key+".trigger.deadline", c.Trigger.Deadline, time.Millisecond)
	c.Trigger.GPIO.validate(d, key+".trigger.gpio", c)
	if c.Policy == capture.Trigger && c.Track.Axis != "" {
		d.Addf(key+".track.axis", "cannot be used beside policy: trigger, which names the parts: keep one of them")
	}
	if c.Prompts == "" {
		d.Addf(key+".prompts", "must name a prompt set, such as configs/prompts/part.yaml")
	}
	validateArea(d, key, c.Region, c.Polygon, c.Region != polygon.Whole() || d.Failed(key+".region"))
	c.validateRegions(d, key+".regions")
	c.Adjust.validate(d, key+".adjust")
	within(d, key+".learn_parts", c.LearnParts, 0, 1000)
	if c.LearnParts == 1 || c.LearnParts == 2 {
		d.Addf(key+".learn_parts", "must be 0 or at least 3: one part to compare with, and two to show how good parts vary (got %d)", c.LearnParts)
	}
	between(d, key+".mm_per_pixel", c.MMPerPixel, 0, 1000)
	c.Challenge.validate(d, key+".challenge", c.MMPerPixel)
	within(d, key+".of_frames", c.OfFrames, 1, 1000)
	if c.OfFrames >= 1 && (c.FailFrames < 1 || c.FailFrames > c.OfFrames) {
		d.Addf(key+".fail_frames", "must be between 1 and of_frames, %d (got %d)", c.OfFrames, c.FailFrames)
	}
	atLeast(d, key+".hold_off", c.HoldOff, 0)
	atLeast(d, key+".open_timeout", c.OpenTimeout, 100*time.Millisecond)
	atLeast(d, key+".read_timeout", c.ReadTimeout, 100*time.Millisecond)
	atLeast(d, key+".silent_after", c.SilentAfter, 0)
	atLeast(d, key+".health.report", c.Health.Report, time.Second)
	if c.Track.Axis != "" {
		oneOf(d, key+".track.axis", c.Track.Axis, "x", "y")
	}
	within(d, key+".track.learn_frames", c.Track.LearnFrames, 1, 60000)
	between(d, key+".track.difference", c.Track.Difference, 1, 255)
	between(d, key+".track.min_area", c.Track.MinArea, 0, 1)
	h := &c.Health
	between(d, key+".health.black_mean", h.BlackMean, 0, 255)
	between(d, key+".health.overexposed_share", h.OverexposedShare, 0, 1)
	within(d, key+".health.frozen_frames", h.FrozenFrames, 0, 100000)
	atLeast(d, key+".health.max_age", h.MaxAge, 0)
	within(d, key+".health.min_width", h.MinWidth, 1, 16384)
	within(d, key+".health.min_height", h.MinHeight, 1, 16384)
	atLeast(d, key+".health.learn", h.Learn, 0)
	between(d, key+".health.blur", h.Blur, 0, 1)
	between(d, key+".health.moved", h.Moved, 0, 1)
	between(d, key+".health.shift", h.Shift, 0, 100)
	between(d, key+".health.light", h.Light, 0, 10)
	between(d, key+".health.banding", h.Banding, 0, 255)
}

func (c *Challenge) validate(d *strictyaml.Document, key string, mmPerPixel float64) {
	between(d, key+".found", c.Found, 0, 1)
	if c.Size.MM > 0 && mmPerPixel == 0 {
		d.Addf(key+".size", "is in millimetres, which needs mm_per_pixel (got %q)", c.Size)
	}
}

// validate checks what is done with a watched folder's pictures.
func (w *Watch) validate(d *strictyaml.Document, key string, p capture.Policy, a address.Address) {
	oneOf(d, key+".watch.then", w.Then, "keep", "move", "delete")
	atLeast(d, key+".watch.settle", w.Settle, 10*time.Millisecond)
	if a.Kind == address.Watch && p == capture.Trigger {
		d.Addf(key+".policy", "trigger cannot be used with a watched folder, of which every picture is inspected: leave policy out")
	}
	if a.Kind == address.Watch && p.FPS() > 0 {
		d.Addf(key+".policy", "%s cannot be used with a watched folder, of which every picture is inspected: leave policy out", p)
	}
}

func (c *Camera) validateSource(d *strictyaml.Document, key string) {
	if c.Source.IsZero() {
		_, err := address.Parse("")
		d.Addf(key+".source", "%s", err)
	}
	if d.Failed(key + ".source") {
		return
	}
	pair(d, key, "user_file", c.UserFile, "password_file", c.PasswordFile)
	if c.UserFile == "" && c.PasswordFile == "" {
		return
	}
	if a := c.Source; a.Kind != address.RTSP && a.Kind != address.HTTP {
		d.Addf(key+".user_file", "is for rtsp:// and http:// cameras only: remove it")
	} else if a.HasUser() {
		d.Addf(key+".user_file", "cannot be used beside a user in source: keep one of them, preferably the files")
	}
}

// mostLines is more than any GPIO chip has.
const mostLines = 1024

func (g *GPIO) validate(d *strictyaml.Document, key string, c *Camera) {
	if g.Chip == "" {
		return
	}
	if !strings.HasPrefix(g.Chip, "/dev/") {
		d.Addf(key+".chip", "must be a path below /dev, such as /dev/gpiochip0 (got %q)", g.Chip)
	}
	if c.Policy != capture.Trigger {
		d.Addf(key+".chip", "needs policy: trigger (got %s)", c.Policy)
	}
	if len(c.Regions) > 0 {
		d.Addf(key+".chip", "cannot be used beside regions: each has a verdict of its own, the lines show one")
	}
	within(d, key+".trigger", g.Trigger, 0, mostLines-1)
	seen := map[int]string{g.Trigger: "trigger"}
	for _, o := range []struct {
		name string
		line int
	}{{"busy", g.Busy}, {"pass", g.Pass}, {"reject", g.Reject}} {
		within(d, key+"."+o.name, o.line, -1, mostLines-1)
		if other := seen[o.line]; other != "" && o.line >= 0 {
			d.Addf(key+"."+o.name, "line %d is %s already", o.line, other)
		}
		seen[o.line] = o.name
	}
	atLeast(d, key+".debounce", g.Debounce, 0)
	oneOf(d, key+".in_shadow", g.InShadow, "none", "pass", "reject")
}
