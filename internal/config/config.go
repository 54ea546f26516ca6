package config

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"pristine/capture"
	"pristine/internal/shift"
	"pristine/internal/strictyaml"
)

// Config is the whole configuration of an agent.
type Config struct {
	Station   Station   `yaml:"station"`
	Model     Model     `yaml:"model"`
	Cameras   []Camera  `yaml:"cameras"`
	Events    Events    `yaml:"events"`
	History   History   `yaml:"history"`
	Shifts    []string  `yaml:"shifts"` // when they begin, in local time; empty: the last eight hours
	Modbus    Modbus    `yaml:"modbus"`
	HTTP      HTTP      `yaml:"http"`
	Log       Log       `yaml:"log"`
	Profiling Profiling `yaml:"profiling"`
	Tracing   Tracing   `yaml:"tracing"`
	Security  Security  `yaml:"security"`
}

// Station is the agent's place in the plant; its parts make the subject
// qc.<site>.<line>.<name>.<type>.
type Station struct {
	Site string `yaml:"site"`
	Line string `yaml:"line"`
	Name string `yaml:"name"`
}

// Model says which bundle encodes the pictures, and where it runs.
type Model struct {
	Bundle     string   `yaml:"bundle"`
	References string   `yaml:"references"` // bundle whose patches references compare; "": those of Bundle
	Providers  []string `yaml:"providers"`  // in order of preference: cpu, cuda, tensorrt, openvino (or openvino:GPU, openvino:NPU)
	Policy     string   `yaml:"policy"`     // require or fallback
	Threads    int      `yaml:"threads"`    // 0: one a core
	MaxBatch   int      `yaml:"max_batch"`
	CacheDir   string   `yaml:"cache_dir"`
	Precision  string   `yaml:"precision"` // of TensorRT: fp32 or fp16
}

// Bundles returns the folders of the bundles that are in use: Bundle and, where there
// is one, References.
func (m *Model) Bundles() []string {
	if m.References == "" {
		return []string{m.Bundle}
	}
	return []string{m.Bundle, m.References}
}

// Camera is one source of frames and what is inspected in them.
type Camera struct {
	Name         string         `yaml:"name"`
	Source       string         `yaml:"source"`
	UserFile     string         `yaml:"user_file"` // of RTSP and HTTP cameras
	PasswordFile string         `yaml:"password_file"`
	Policy       capture.Policy `yaml:"policy"` // newest, every, fps:N or trigger
	Watch        Watch          `yaml:"watch"`  // of watch:// folders
	Trigger      Trigger        `yaml:"trigger"`
	Adjust       Adjust         `yaml:"adjust"`
	Region       []float64      `yaml:"region"`  // x, y, width, height as shares of the frame
	Polygon      [][]float64    `yaml:"polygon"` // instead of Region
	Regions      []Region       `yaml:"regions"`
	Prompts      string         `yaml:"prompts"`
	Shadow       string         `yaml:"shadow_prompts"` // a second set, compared with Prompts
	References   string         `yaml:"references"`
	LearnParts   int            `yaml:"learn_parts"`
	MMPerPixel   float64        `yaml:"mm_per_pixel"` // of the adjusted picture; 0: not known
	Challenge    Challenge      `yaml:"challenge"`
	PartsOnly    bool           `yaml:"parts_only"`
	Track        Track          `yaml:"track"`
	FailFrames   int            `yaml:"fail_frames"` // N
	OfFrames     int            `yaml:"of_frames"`   // M
	HoldOff      time.Duration  `yaml:"hold_off"`
	OpenTimeout  time.Duration  `yaml:"open_timeout"`
	ReadTimeout  time.Duration  `yaml:"read_timeout"`
	SilentAfter  time.Duration  `yaml:"silent_after"`
	Health       Health         `yaml:"health"`
}

// Challenge says which synthetic defects a camera must find once it has learned
// its parts.
type Challenge struct {
	Size  string  `yaml:"size"`  // of the defects: 10% of the part, 40px or 0.5mm; 0: no challenge
	Found float64 `yaml:"found"` // the share of them that must be found
}

// Adjust turns the camera's pictures the right way.
type Adjust struct {
	SwapRedBlue bool        `yaml:"swap_red_blue"`
	Perspective [][]float64 `yaml:"perspective"` // four corners
	Rotate      int         `yaml:"rotate"`
	Flip        string      `yaml:"flip"`
	Mask        [][]float64 `yaml:"mask"` // polygon
}

// Region is one of several that a camera sees, inspected for itself.
type Region struct {
	Name       string      `yaml:"name"`
	Region     []float64   `yaml:"region"`
	Polygon    [][]float64 `yaml:"polygon"` // instead of Region
	Prompts    string      `yaml:"prompts"`
	References string      `yaml:"references"`
}

// Stations returns the camera once for each of its regions, with the region's
// name, prompts and references, or as it is when it has none. The region of a
// polygon is its bounds.
func (c *Camera) Stations() []Camera {
	if len(c.Regions) == 0 {
		s := *c
		s.Region = bounds(c.Region, c.Polygon)
		return []Camera{s}
	}
	var out []Camera
	for _, r := range c.Regions {
		s := *c
		s.Name, s.Region, s.Polygon, s.Regions = c.Name+"-"+r.Name, bounds(r.Region, r.Polygon), r.Polygon, nil
		if r.Prompts != "" {
			s.Prompts = r.Prompts
		}
		if r.References != "" {
			s.References = r.References
		}
		out = append(out, s)
	}
	return out
}

// Watch is what is done with the pictures of a watched folder.
type Watch struct {
	Then   string        `yaml:"then"`   // keep, move or delete
	Part   string        `yaml:"part"`   // regular expression that finds the part in a file's name
	Settle time.Duration `yaml:"settle"` // a file is read once it has not changed for so long
}

// Trigger is how parts of a camera with policy trigger are inspected.
type Trigger struct {
	Frames   int           `yaml:"frames"`
	Deadline time.Duration `yaml:"deadline"`
	GPIO     GPIO          `yaml:"gpio"`
}

// GPIO is the lines of a camera that is triggered by a light barrier. Lines are
// offsets at the chip; -1 is none.
type GPIO struct {
	Chip      string        `yaml:"chip"` // "": off
	Trigger   int           `yaml:"trigger"`
	Busy      int           `yaml:"busy"`
	Pass      int           `yaml:"pass"`
	Reject    int           `yaml:"reject"`
	ActiveLow bool          `yaml:"active_low"`
	Debounce  time.Duration `yaml:"debounce"`
	InShadow  string        `yaml:"in_shadow"` // none, pass or reject
}

// Modbus answers a controller over Modbus TCP when it listens.
type Modbus struct {
	Listen string `yaml:"listen"`
}

// Track tells parts apart where the source names none.
type Track struct {
	Axis        string  `yaml:"axis"`  // x or y; empty: the source names the parts
	Empty       string  `yaml:"empty"` // a picture of the empty belt
	LearnFrames int     `yaml:"learn_frames"`
	Difference  float64 `yaml:"difference"`
	MinArea     float64 `yaml:"min_area"`
}

// Health is the limits of a picture that is fit to be scored.
type Health struct {
	BlackMean        float64       `yaml:"black_mean"`
	OverexposedShare float64       `yaml:"overexposed_share"`
	FrozenFrames     int           `yaml:"frozen_frames"`
	MaxAge           time.Duration `yaml:"max_age"`
	MinWidth         int           `yaml:"min_width"`
	MinHeight        int           `yaml:"min_height"`
	Learn            time.Duration `yaml:"learn"`
	Blur             float64       `yaml:"blur"`
	Moved            float64       `yaml:"moved"`
	Shift            float64       `yaml:"shift"`
	Light            float64       `yaml:"light"`
	Banding          float64       `yaml:"banding"`
	ColourOrder      bool          `yaml:"colour_order"`
	Report           time.Duration `yaml:"report"` // between reports of a camera without parts that stays unfit
}

// Events says where events are kept and where they go.
type Events struct {
	Dir           string        `yaml:"dir"`
	Listen        string        `yaml:"listen"`
	MaxBytes      int64         `yaml:"max_bytes"`
	EvidenceBytes int64         `yaml:"evidence_bytes"`
	JPEGQuality   int           `yaml:"jpeg_quality"`
	Heartbeat     time.Duration `yaml:"heartbeat"` // 0: none
	Deadline      time.Duration `yaml:"request_deadline"`
	Hub           Hub           `yaml:"hub"`
}

// Renamed returns the present key of each that an earlier version had.
func (*Events) Renamed() map[string]string {
	return map[string]string{"history_bytes": "history.max_bytes"}
}

// History says what is kept on the device for the page, searches and reports.
type History struct {
	Dir       string        `yaml:"dir"` // "": see Config.HistoryDir
	MaxAge    time.Duration `yaml:"max_age"`
	MaxBytes  int64         `yaml:"max_bytes"` // 0: no history
	PassEvery int           `yaml:"pass_every"`
}

// HistoryDir is the folder of the history.
func (c *Config) HistoryDir() string {
	if c.History.Dir != "" {
		return c.History.Dir
	}
	return filepath.Join(c.Events.Dir, "history")
}

// Calendar returns the shifts.
func (c *Config) Calendar() shift.Calendar {
	calendar, _ := shift.Parse(c.Shifts) // they were checked when they were read
	return calendar
}

// Hub is the plant's NATS server; without a URL the embedded one is the hub.
type Hub struct {
	URL           string `yaml:"url"`
	CredsFile     string `yaml:"creds_file"`
	NkeyFile      string `yaml:"nkey_file"`
	UserFile      string `yaml:"user_file"`
	PasswordFile  string `yaml:"password_file"`
	CAFile        string `yaml:"ca_file"`
	CertFile      string `yaml:"cert_file"`
	KeyFile       string `yaml:"key_file"`
	MaxBytes      int64  `yaml:"max_bytes"`      // of the event stream that the agent creates; 0: no limit
	EvidenceBytes int64  `yaml:"evidence_bytes"` // of the bucket that the agent creates
}

// HTTP is the operator's page, status, health and metrics.
type HTTP struct {
	Listen    string `yaml:"listen"` // host:port; "" for none
	Login     string `yaml:"login"`  // auto or always
	UsersFile string `yaml:"users_file"`
	CertFile  string `yaml:"cert_file"`
	KeyFile   string `yaml:"key_file"`
}

// Users is the file of the page's users.
func (c *Config) Users() string {
	if c.HTTP.UsersFile != "" {
		return c.HTTP.UsersFile
	}
	return filepath.Join(c.Events.Dir, "users.json")
}

// Log says what is logged.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Profiling sends profiles to a Pyroscope server when it has a URL.
type Profiling struct {
	URL          string `yaml:"url"`
	Application  string `yaml:"application"`
	UserFile     string `yaml:"user_file"`
	PasswordFile string `yaml:"password_file"`
}

// Tracing sends traces of parts to a collector of OpenTelemetry when it has a URL.
type Tracing struct {
	URL          string  `yaml:"url"`
	Sample       float64 `yaml:"sample"` // share of the parts
	UserFile     string  `yaml:"user_file"`
	PasswordFile string  `yaml:"password_file"`
}

// SetDefaults sets the absent keys of a camera to their defaults.
func (c *Camera) SetDefaults() {
	*c = Camera{
		Policy: capture.Newest, Region: []float64{0, 0, 1, 1}, Polygon: [][]float64{}, Regions: []Region{}, Adjust: Adjust{Perspective: [][]float64{}, Mask: [][]float64{}}, Prompts: "configs/prompts/part.yaml",
		Trigger:    Trigger{Frames: 1, Deadline: 500 * time.Millisecond, GPIO: GPIO{Trigger: -1, Busy: -1, Pass: -1, Reject: -1, Debounce: time.Millisecond, InShadow: "none"}},
		Watch:      Watch{Then: "keep", Settle: 500 * time.Millisecond},
		Track:      Track{LearnFrames: 200, Difference: 24, MinArea: 0.05},
		Challenge:  Challenge{Size: "10%", Found: 0.6},
		FailFrames: 2, OfFrames: 3, HoldOff: 2 * time.Second,
		OpenTimeout: 10 * time.Second, ReadTimeout: 5 * time.Second, SilentAfter: 10 * time.Second,
		Health: Health{BlackMean: 8, OverexposedShare: 0.6, FrozenFrames: 30, MaxAge: 2 * time.Second, MinWidth: 64, MinHeight: 64,
			Learn: time.Minute, Blur: 0.5, Moved: 0.5, Shift: 2, Light: 0.3, Banding: 8, ColourOrder: true, Report: 30 * time.Second},
	}
}

// Default is the configuration of an empty file: the built-in camera and
// model, with the embedded NATS server as the hub.
func Default() Config {
	var camera Camera
	camera.SetDefaults()
	camera.Name, camera.Source = "belt", "testline://"
	return Config{
		Station: Station{Site: "plant", Line: "line-1", Name: "station-1"},
		Model:   Model{Bundle: "models/pocket", Providers: []string{"cpu"}, Policy: "require", MaxBatch: 8, CacheDir: "data/engines", Precision: "fp32"},
		Cameras: []Camera{camera},
		Events: Events{
			Dir: "data/events", Listen: "127.0.0.1:4222", MaxBytes: 2 << 30, EvidenceBytes: 4 << 30, JPEGQuality: 90, Heartbeat: 10 * time.Second, Deadline: 2 * time.Second,
			Hub: Hub{EvidenceBytes: 4 << 30},
		},
		History:   History{MaxAge: 90 * 24 * time.Hour, MaxBytes: 4 << 30, PassEvery: 20},
		HTTP:      HTTP{Login: "auto"},
		Shifts:    []string{},
		Log:       Log{Level: "info", Format: "text"},
		Profiling: Profiling{Application: "pristine.edge"},
		Tracing:   Tracing{Sample: 0.1},
		Security:  Security{TrustedKeys: []string{}, RequireSigned: []string{Bundles, Sets}},
	}
}

// Load reads a configuration file. Its relative paths are those of the file: see
// the package's documentation. Without a file it returns the defaults, with paths
// below the working directory.
func Load(file string) (*Config, error) {
	if file == "" {
		c := Default()
		c.resolve(".")
		return &c, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return LoadData(file, data)
}

// LoadData is Load with the content of the file.
func LoadData(file string, data []byte) (*Config, error) {
	c, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	c.resolve(filepath.Dir(file))
	return c, nil
}

// Parse reads a configuration and leaves its paths as they are written; file is
// its name in errors.
func Parse(file string, data []byte) (*Config, error) {
	c, doc := decode(file, data)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// decode reads a configuration as far as it can be read.
func decode(file string, data []byte) (*Config, *strictyaml.Document) {
	c := Default()
	doc := strictyaml.Decode(file, data, &c)
	c.validate(doc)
	return &c, doc
}
