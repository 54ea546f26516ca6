package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/challenge"
	"pristine/internal/shift"
	"pristine/internal/strictyaml"
)

// name is what may stand in a NATS subject without being read as two tokens
// or a wildcard.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

const nameRule = "must be 1 to 63 letters, digits, - or _, beginning with a letter or digit (got %q)"

func (c *Config) validate(d *strictyaml.Document) {
	for _, s := range []struct{ key, value string }{
		{"station.site", c.Station.Site}, {"station.line", c.Station.Line}, {"station.name", c.Station.Name},
	} {
		if !name.MatchString(s.value) {
			d.Addf(s.key, nameRule, s.value)
		}
	}
	c.Model.validate(d)
	c.validateCameras(d)
	c.Events.validate(d)
	c.History.validate(d)
	if _, err := shift.Parse(c.Shifts); err != nil {
		d.Addf("shifts", "%v", err)
	}
	listenAddress(d, "http.listen", c.HTTP.Listen, "127.0.0.1:8080")
	oneOf(d, "http.login", c.HTTP.Login, "auto", "always")
	pair(d, "http", "cert_file", c.HTTP.CertFile, "key_file", c.HTTP.KeyFile)
	listenAddress(d, "modbus.listen", c.Modbus.Listen, "127.0.0.1:1502")
	oneOf(d, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf(d, "log.format", c.Log.Format, "text", "json")
	if c.Profiling.URL != "" {
		checkURL(d, "profiling.url", c.Profiling.URL, "http", "https")
	}
	c.Security.validate(d)
	pair(d, "profiling", "user_file", c.Profiling.UserFile, "password_file", c.Profiling.PasswordFile)
	if c.Tracing.URL != "" {
		checkURL(d, "tracing.url", c.Tracing.URL, "http", "https")
	}
	pair(d, "tracing", "user_file", c.Tracing.UserFile, "password_file", c.Tracing.PasswordFile)
}

func (m *Model) validate(d *strictyaml.Document) {
	if m.Bundle == "" {
		d.Addf("model.bundle", "must name a folder with a bundle, such as models/pocket")
	}
	if len(m.Providers) == 0 {
		d.Addf("model.providers", "must name at least one of cpu, cuda, tensorrt, openvino")
	}
	for i, p := range m.Providers {
		oneOf(d, fmt.Sprintf("model.providers[%d]", i), p, "cpu", "cuda", "tensorrt", "openvino", "openvino:GPU", "openvino:NPU")
		if slices.Index(m.Providers, p) < i {
			d.Addf(fmt.Sprintf("model.providers[%d]", i), "%s stands in the list twice", p)
		}
	}
	oneOf(d, "model.policy", m.Policy, "require", "fallback")
	oneOf(d, "model.precision", m.Precision, "fp32", "fp16")
	within(d, "model.threads", m.Threads, 0, 256)
	within(d, "model.max_batch", m.MaxBatch, 1, 64)
}

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
			d.Addf(key+".name", "%q is the name of another camera too", camera.Name)
		}
		seen[camera.Name] = true
		camera.validate(d, key)
	}
}

func (c *Camera) validate(d *strictyaml.Document, key string) {
	a := c.validateSource(d, key)
	if _, err := capture.ParsePolicy(string(c.Policy)); err != nil {
		d.Addf(key+".policy", "%s", err)
	}
	c.Watch.validate(d, key, c.Policy, a)
	within(d, key+".trigger.frames", c.Trigger.Frames, 1, 1000)
	atLeast(d, key+".trigger.deadline", c.Trigger.Deadline, time.Millisecond)
	c.Trigger.GPIO.validate(d, key+".trigger.gpio", c)
	if c.Policy == capture.Trigger && c.Track.Axis != "" {
		d.Addf(key+".track.axis", "cannot stand beside policy: trigger, which names the parts: keep one of them")
	}
	if c.Prompts == "" {
		d.Addf(key+".prompts", "must name a prompt set, such as configs/prompts/part.yaml")
	}
	validateArea(d, key, c.Region, c.Polygon, slices.Equal(c.Region, []float64{0, 0, 1, 1}))
	c.validateRegions(d, key+".regions")
	c.Adjust.validate(d, key+".adjust")
	within(d, key+".learn_parts", c.LearnParts, 0, 1000)
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
	size, err := challenge.ParseLength(c.Size)
	switch {
	case err != nil:
		d.Addf(key+".size", "%s", err)
	case size.MM > 0 && mmPerPixel == 0:
		d.Addf(key+".size", "is in millimetres, which takes mm_per_pixel beside it (got %q)", c.Size)
	}
}

// validate checks what is done with a watched folder's pictures.
func (w *Watch) validate(d *strictyaml.Document, key string, p capture.Policy, a address.Address) {
	oneOf(d, key+".watch.then", w.Then, "keep", "move", "delete")
	if _, err := regexp.Compile(w.Part); err != nil {
		d.Addf(key+".watch.part", "must be a regular expression, such as '^([^_]+)_' (%s)", err)
	}
	atLeast(d, key+".watch.settle", w.Settle, 10*time.Millisecond)
	if a.Kind == address.Watch && p == capture.Trigger {
		d.Addf(key+".policy", "trigger cannot stand with a watched folder, each of whose pictures is inspected: leave policy out")
	}
	if a.Kind == address.Watch && p.FPS() > 0 {
		d.Addf(key+".policy", "%s cannot stand with a watched folder, each of whose pictures is inspected: leave policy out", p)
	}
}

func (c *Camera) validateSource(d *strictyaml.Document, key string) address.Address {
	a, err := address.Parse(c.Source)
	if err != nil {
		d.Addf(key+".source", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return a
	}
	pair(d, key, "user_file", c.UserFile, "password_file", c.PasswordFile)
	if c.UserFile == "" && c.PasswordFile == "" {
		return a
	}
	if a.Kind != address.RTSP && a.Kind != address.HTTP {
		d.Addf(key+".user_file", "is for rtsp:// and http:// cameras only: remove it")
	} else if a.HasUser() {
		d.Addf(key+".user_file", "cannot stand beside a user in source: keep one of them, best the files")
	}
	return a
}

// maxDeadline of a request: a hub lets an agent answer for a minute
// (deploy/nats/hub.conf, allow_responses).
const maxDeadline = 50 * time.Second

// mostLines of a GPIO chip; none has as many.
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
		d.Addf(key+".chip", "cannot stand beside regions: each has a verdict of its own, the lines show one")
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

func (e *Events) validate(d *strictyaml.Document) {
	if e.Dir == "" {
		d.Addf("events.dir", "must name a folder for the events that wait")
	}
	listenAddress(d, "events.listen", e.Listen, "127.0.0.1:4222")
	if e.MaxBytes < 1<<20 {
		d.Addf("events.max_bytes", "must be at least 1048576, 1 MiB (got %d)", e.MaxBytes)
	}
	if e.EvidenceBytes < 1<<20 {
		d.Addf("events.evidence_bytes", "must be at least 1048576, 1 MiB (got %d)", e.EvidenceBytes)
	}
	within(d, "events.jpeg_quality", e.JPEGQuality, 1, 100)
	if e.Heartbeat != 0 {
		atLeast(d, "events.heartbeat", e.Heartbeat, time.Second)
	}
	if e.Deadline < 50*time.Millisecond || e.Deadline > maxDeadline {
		d.Addf("events.request_deadline", "must be between 50ms and %v (got %v)", maxDeadline, e.Deadline)
	}
	if e.Hub.URL != "" {
		for address := range strings.SplitSeq(e.Hub.URL, ",") {
			checkURL(d, "events.hub.url", strings.TrimSpace(address), "nats", "tls", "ws", "wss")
		}
	}
	if e.Hub.MaxBytes != 0 && e.Hub.MaxBytes < 1<<20 {
		d.Addf("events.hub.max_bytes", "must be 0, for no limit, or at least 1048576, 1 MiB (got %d)", e.Hub.MaxBytes)
	}
	if e.Hub.EvidenceBytes < 1<<20 {
		d.Addf("events.hub.evidence_bytes", "must be at least 1048576, 1 MiB (got %d)", e.Hub.EvidenceBytes)
	}
	pair(d, "events.hub", "user_file", e.Hub.UserFile, "password_file", e.Hub.PasswordFile)
	pair(d, "events.hub", "cert_file", e.Hub.CertFile, "key_file", e.Hub.KeyFile)
	if e.Hub.CredsFile != "" && e.Hub.NkeyFile != "" {
		d.Addf("events.hub.nkey_file", "cannot stand beside creds_file: keep one of them")
	}
}

func (h *History) validate(d *strictyaml.Document) {
	atLeast(d, "history.max_age", h.MaxAge, 0)
	if h.MaxBytes != 0 && h.MaxBytes < 16<<20 {
		d.Addf("history.max_bytes", "must be 0, for none, or at least 16777216, 16 MiB (got %d)", h.MaxBytes)
	}
	within(d, "history.pass_every", h.PassEvery, 0, 1000000)
}

// checkURL looks at a URL, or at several with commas between them, as NATS takes
// them. Its messages never repeat the value, which may hold a password.
func checkURL(d *strictyaml.Document, key, value string, schemes ...string) {
	if strings.Contains(value, "@") { // even where no URL can be read
		d.Addf(key, "must not hold a user or password: put them into files of their own")
		return
	}
	for one := range strings.SplitSeq(value, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme) {
			continue
		}
		d.Addf(key, "must be a URL that begins with %s://", strings.Join(schemes, ":// or "))
	}
}

func listenAddress(d *strictyaml.Document, key, value, example string) {
	if value == "" {
		return
	}
	if _, _, err := net.SplitHostPort(value); err != nil {
		d.Addf(key, "must be host:port, such as %s, or empty (got %q)", example, value)
	}
}

func pair(d *strictyaml.Document, section, key1, value1, key2, value2 string) {
	if (value1 == "") != (value2 == "") {
		d.Addf(section+"."+key1, "%s and %s go together: write both or neither", key1, key2)
	}
}

func oneOf(d *strictyaml.Document, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		d.Addf(key, "must be one of %s (got %q)", strings.Join(allowed, ", "), value)
	}
}

func within(d *strictyaml.Document, key string, value, least, most int) {
	if value < least || value > most {
		d.Addf(key, "must be between %d and %d (got %d)", least, most, value)
	}
}

func between(d *strictyaml.Document, key string, value, least, most float64) {
	if value < least || value > most {
		d.Addf(key, "must be between %v and %v (got %v)", least, most, value)
	}
}

func atLeast(d *strictyaml.Document, key string, value, least time.Duration) {
	if value < least {
		d.Addf(key, "must be at least %v (got %v)", least, value)
	}
}
