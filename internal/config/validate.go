package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pristine/internal/strictyaml"
)

// name matches what is one token of a NATS subject, and no wildcard.
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
	if err := c.Shifts.Check(); err != nil && !d.Failed("shifts") {
		d.Addf("shifts", "%v", err)
	}
	oneOf(d, "http.login", c.HTTP.Login, "auto", "always")
	pair(d, "http", "cert_file", c.HTTP.CertFile, "key_file", c.HTTP.KeyFile)
	oneOf(d, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf(d, "log.format", c.Log.Format, "text", "json")
	c.Security.validate(d)
	pair(d, "profiling", "user_file", c.Profiling.UserFile, "password_file", c.Profiling.PasswordFile)
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
			d.Addf(fmt.Sprintf("model.providers[%d]", i), "%s is listed twice", p)
		}
	}
	oneOf(d, "model.policy", m.Policy, "require", "fallback")
	oneOf(d, "model.precision", m.Precision, "fp32", "fp16")
	within(d, "model.threads", m.Threads, 0, 256)
	within(d, "model.max_batch", m.MaxBatch, 1, 64)
}

// maxDeadline is the longest deadline of a request: a hub lets an agent answer for a minute
// (deploy/nats/hub.conf, allow_responses).
const maxDeadline = 50 * time.Second

func (e *Events) validate(d *strictyaml.Document) {
	if e.Dir == "" {
		d.Addf("events.dir", "must name a folder for the events that wait")
	}
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
	if e.Hub.MaxBytes != 0 && e.Hub.MaxBytes < 1<<20 {
		d.Addf("events.hub.max_bytes", "must be 0, for no limit, or at least 1048576, 1 MiB (got %d)", e.Hub.MaxBytes)
	}
	if e.Hub.EvidenceBytes < 1<<20 {
		d.Addf("events.hub.evidence_bytes", "must be at least 1048576, 1 MiB (got %d)", e.Hub.EvidenceBytes)
	}
	pair(d, "events.hub", "user_file", e.Hub.UserFile, "password_file", e.Hub.PasswordFile)
	pair(d, "events.hub", "cert_file", e.Hub.CertFile, "key_file", e.Hub.KeyFile)
	if e.Hub.CredsFile != "" && e.Hub.NkeyFile != "" {
		d.Addf("events.hub.nkey_file", "cannot be used beside creds_file: keep one of them")
	}
}

func (h *History) validate(d *strictyaml.Document) {
	atLeast(d, "history.max_age", h.MaxAge, 0)
	if h.MaxBytes != 0 && h.MaxBytes < 16<<20 {
		d.Addf("history.max_bytes", "must be 0, for none, or at least 16777216, 16 MiB (got %d)", h.MaxBytes)
	}
	within(d, "history.pass_every", h.PassEvery, 0, 1000000)
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
