package config

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"pristine/capture/address"
	"pristine/internal/shift"
	"pristine/internal/strictyaml"
)

// Config is the whole configuration of an agent.
type Config struct {
	Station   Station        `yaml:"station"`
	Model     Model          `yaml:"model"`
	Cameras   []Camera       `yaml:"cameras"`
	Events    Events         `yaml:"events"`
	History   History        `yaml:"history"`
	Shifts    shift.Calendar `yaml:"shifts"` // when they begin, in local time; empty: the last eight hours
	Modbus    Modbus         `yaml:"modbus"`
	HTTP      HTTP           `yaml:"http"`
	Log       Log            `yaml:"log"`
	Profiling Profiling      `yaml:"profiling"`
	Tracing   Tracing        `yaml:"tracing"`
	Security  Security       `yaml:"security"`
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

// Modbus is the server that a controller reads over Modbus TCP.
type Modbus struct {
	Listen Listen `yaml:"listen"`
}

// Events says where events are kept and where they go.
type Events struct {
	Dir           string        `yaml:"dir"`
	Listen        Listen        `yaml:"listen"`
	MaxBytes      int64         `yaml:"max_bytes"`
	EvidenceBytes int64         `yaml:"evidence_bytes"`
	JPEGQuality   int           `yaml:"jpeg_quality"`
	Heartbeat     time.Duration `yaml:"heartbeat"` // 0: none
	Deadline      time.Duration `yaml:"request_deadline"`
	Hub           Hub           `yaml:"hub"`
}

// Renamed returns the present key of each key of earlier versions.
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

// HistoryDir returns the folder of the history.
func (c *Config) HistoryDir() string {
	if c.History.Dir != "" {
		return c.History.Dir
	}
	return filepath.Join(c.Events.Dir, "history")
}

// Hub is the plant's NATS server; without a URL the embedded one is the hub.
type Hub struct {
	URL           HubURL `yaml:"url"`
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
	Listen    Listen `yaml:"listen"`
	Login     string `yaml:"login"` // auto or always
	UsersFile string `yaml:"users_file"`
	CertFile  string `yaml:"cert_file"`
	KeyFile   string `yaml:"key_file"`
}

// Users returns the file of the page's users.
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
	URL          URL    `yaml:"url"`
	Application  string `yaml:"application"`
	UserFile     string `yaml:"user_file"`
	PasswordFile string `yaml:"password_file"`
}

// Tracing sends traces of parts to a collector of OpenTelemetry when it has a URL.
type Tracing struct {
	URL          URL     `yaml:"url"`
	Sample       float64 `yaml:"sample"` // share of the parts
	UserFile     string  `yaml:"user_file"`
	PasswordFile string  `yaml:"password_file"`
}

// Default returns the configuration of an empty file: the built-in camera and
// model, with the embedded NATS server as the hub.
func Default() Config {
	var camera Camera
	camera.SetDefaults()
	camera.Name, camera.Source = "belt", builtIn()
	return Config{
		Station: Station{Site: "plant", Line: "line-1", Name: "station-1"},
		Model:   Model{Bundle: "models/pocket", Providers: []string{"cpu"}, Policy: "require", MaxBatch: 8, CacheDir: "data/engines", Precision: "fp32"},
		Cameras: []Camera{camera},
		Events: Events{
			Dir: "data/events", Listen: Listen{"127.0.0.1", "4222"}, MaxBytes: 2 << 30, EvidenceBytes: 4 << 30, JPEGQuality: 90, Heartbeat: 10 * time.Second, Deadline: 2 * time.Second,
			Hub: Hub{EvidenceBytes: 4 << 30},
		},
		History:   History{MaxAge: 90 * 24 * time.Hour, MaxBytes: 4 << 30, PassEvery: 20},
		HTTP:      HTTP{Login: "auto"},
		Shifts:    shift.Calendar{},
		Log:       Log{Level: "info", Format: "text"},
		Profiling: Profiling{Application: "pristine.edge"},
		Tracing:   Tracing{Sample: 0.1},
		Security:  Security{TrustedKeys: []string{}, RequireSigned: []string{Bundles, Sets}},
	}
}

// builtIn returns the address of the built-in camera.
func builtIn() address.Address {
	a, err := address.Parse("testline://")
	if err != nil {
		panic(err) // it is a constant
	}
	return a
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

// LoadData does what Load does, with the content of the file.
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
