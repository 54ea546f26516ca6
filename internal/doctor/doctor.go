package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"pristine/internal/check"
	"pristine/internal/config"
	"pristine/internal/version"
	"pristine/prompts"
)

// Options say what is examined. Zero values take what the machine has.
type Options struct {
	Config string // file; "" for the defaults

	Root         string        // where /proc, /sys, /etc, /dev, /usr and /var lie: "/"
	UID          int           // of the user that runs the agent; 0: of the running agent, else of this process
	Reserve      int64         // of the disk, in bytes, that must stay free: 256 MiB, as the event store's
	SlowSync     time.Duration // of a synced write, from which a disk is slow: 100 ms
	SyncTime     time.Duration // for which synced writes are measured: 1 s
	Now          func() time.Time
	Synchronised func() (bool, error) // whether NTP has the clock: adjtimex

	Camera   func(ctx context.Context, c *config.Camera) error // opens it and reads a frame; nil: none is opened
	Judge    func(ctx context.Context, model config.Model, set, references string) ([]prompts.Warning, *prompts.Bank, error)
	Progress func(step string) // is called before each step
}

func (o *Options) setDefaults() {
	if o.Root == "" {
		o.Root = "/"
	}
	if o.Reserve == 0 {
		o.Reserve = 256 << 20
	}
	if o.SlowSync == 0 {
		o.SlowSync = 100 * time.Millisecond
	}
	if o.SyncTime == 0 {
		o.SyncTime = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Synchronised == nil {
		o.Synchronised = synchronised
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
}

// Finding is one result of an examination.
type Finding struct {
	Code     Code     `json:"code"`
	Group    string   `json:"group"`
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`             // a sentence without its full stop
	Remedy   string   `json:"remedy,omitempty"` // what to do
}

// Report is what was found.
type Report struct {
	Version  string    `json:"version"`
	Time     time.Time `json:"time"`
	Config   string    `json:"config,omitempty"`
	Station  string    `json:"station,omitempty"`
	Agent    int       `json:"agent,omitempty"` // process id of the running one
	Good     bool      `json:"good"`            // no errors
	Findings []Finding `json:"findings"`        // by group
}

// Errors returns the codes of the errors, each once.
func (r *Report) Errors() (all []Code) {
	for _, f := range r.Findings {
		if f.Severity == Error && !slices.Contains(all, f.Code) {
			all = append(all, f.Code)
		}
	}
	return all
}

// examination is one run of Examine.
type examination struct {
	Options
	report *Report
	config *config.Config // nil where it cannot be read
	agent  running
}

// Examine examines a station.
func Examine(ctx context.Context, o Options) *Report {
	o.setDefaults()
	e := &examination{Options: o, report: &Report{Version: version.String(), Time: o.Now(), Config: o.Config}}
	for _, step := range []struct {
		name string
		run  func(context.Context)
	}{
		{"configuration", e.configuration}, // first: the other steps need it
		{"agent", e.findAgent},
		{"what the configuration names", e.named},
		{"certificates and users", e.access},
		{"model", e.model},
		{"prompt sets", e.sets},
		{"GPU", e.gpu},
		{"hub", e.hub},
		{"clock", e.clock},
		{"disk", e.disk},
		{"machine", e.machine},
	} {
		if ctx.Err() != nil {
			break
		}
		o.Progress(step.name)
		step.run(ctx)
	}
	slices.SortStableFunc(e.report.Findings, func(a, b Finding) int {
		return slices.Index(Groups(), a.Group) - slices.Index(Groups(), b.Group)
	})
	e.report.Good = len(e.report.Errors()) == 0
	return e.report
}

// add records a finding with the group, the severity and the remedy of its kind.
func (e *examination) add(c Code, format string, args ...any) *Finding {
	all := Kinds()
	k := all[slices.IndexFunc(all, func(k Kind) bool { return k.Code == c })] // every code has one, by test
	e.report.Findings = append(e.report.Findings, Finding{Code: c, Group: k.Group, Severity: k.Severity, Text: fmt.Sprintf(format, args...), Remedy: k.Remedy})
	return &e.report.Findings[len(e.report.Findings)-1]
}

// good adds a finding of severity ok where its group has no warning and no error.
func (e *examination) good(c Code, group, format string, args ...any) {
	if !slices.ContainsFunc(e.report.Findings, func(f Finding) bool { return f.Group == group && f.Severity != OK && f.Severity != Info }) {
		e.add(c, format, args...)
	}
}

// path returns where a file of the machine lies.
func (e *examination) path(name string) string { return filepath.Join(e.Root, name) }

// read returns a file of the machine as text; "" where it cannot be read.
func (e *examination) read(name string) string {
	data, _ := os.ReadFile(e.path(name))
	return string(data)
}

// glob returns files of the machine, without Root.
func (e *examination) glob(pattern string) (names []string) {
	found, _ := filepath.Glob(e.path(pattern))
	for _, f := range found {
		name, _ := filepath.Rel(e.Root, f)
		names = append(names, "/"+name)
	}
	return names
}

// configuration reads the file.
func (e *examination) configuration(context.Context) {
	if e.Config == "" {
		e.config, _ = config.Load("")
		e.add("config_none", "no configuration is given: these are the defaults")
	} else if c, err := config.Load(e.Config); err == nil {
		e.config = c
	} else {
		e.Camera = nil
		for _, f := range check.ConfigurationFile(context.Background(), e.Config, check.Options{}).Findings {
			e.fromCheck(f)
		}
		return
	}
	s := e.config.Station
	e.report.Station = s.Site + "/" + s.Line + "/" + s.Name
}
