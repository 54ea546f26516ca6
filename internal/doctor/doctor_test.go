package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pristine/agent"
	"pristine/infer"
	"pristine/internal/check"
	"pristine/internal/config"
	"pristine/internal/cprogram"
	"pristine/observe"
	"pristine/prompts"
)

// asDoctor is set where the test's own binary examines a configuration and prints
// the report: ONNX Runtime is loaded once a process.
const asDoctor = "PRISTINE_TEST_DOCTOR"

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil { // models/ and configs/ lie there
		panic(err)
	}
	if file := os.Getenv(asDoctor); file != "" {
		_ = json.NewEncoder(os.Stdout).Encode(Examine(context.Background(), Options{Config: file}))
		return
	}
	code := m.Run()
	if model, err := pocket(); err == nil {
		model.Close()
	}
	os.Exit(code)
}

var pocket = sync.OnceValues(func() (*observe.Model, error) { return observe.Open("models/pocket", infer.Options{}) })

func judge(ctx context.Context, _ config.Model, set, references string) ([]prompts.Warning, *prompts.Bank, error) {
	model, err := pocket()
	if err != nil {
		return nil, nil, err
	}
	warnings, err := model.Lint(ctx, set)
	if err != nil {
		return nil, nil, err
	}
	bank, err := model.BankWith(ctx, set, observe.View{}, references)
	return warnings, bank, err
}

// seeded is a station for one test: a configuration with files beside it, and the
// file system of a machine.
type seeded struct {
	t       *testing.T
	dir     string
	options Options
	parts   map[string]string // of the configuration, by their first key
	camera  string            // more keys of it
}

// healthy returns a station without faults, on a machine without faults.
func healthy(t *testing.T) *seeded {
	dir := t.TempDir()
	s := &seeded{t: t, dir: dir, options: Options{
		Config: filepath.Join(dir, "edge.yaml"), Root: filepath.Join(dir, "root"), SlowSync: time.Hour, SyncTime: 20 * time.Millisecond, Reserve: 1,
		Synchronised: func() (bool, error) { return true, nil }, Camera: agent.ReachCamera, Judge: judge,
	}, parts: map[string]string{"events": "{dir: events, listen: '', max_bytes: 1048576, evidence_bytes: 1048576}", "history": "{max_bytes: 16777216}", "model": "{cache_dir: engines}"}, camera: "source: testline://\n    prompts: set.yaml\n"}
	for _, name := range []string{"events", "engines"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	set, err := os.ReadFile("configs/prompts/flange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s.file("set.yaml", string(set))
	for name, text := range map[string]string{
		"proc/meminfo":     "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n",
		"proc/self/cgroup": "0::/system.slice/edge.service\n",
		"proc/self/limits": "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 65536                files     \n",
		"sys/fs/cgroup/system.slice/edge.service/memory.max":               "max\n",
		"sys/fs/cgroup/system.slice/edge.service/cpu.max":                  "max 100000\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor":             "powersave\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_driver":               "intel_pstate\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq":             "3400000\n",
		"sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq":             "3400000\n",
		"sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": "0\n",
		"sys/class/thermal/thermal_zone0/type":                             "x86_pkg_temp\n",
		"sys/class/thermal/thermal_zone0/temp":                             "48000\n",
		"sys/class/thermal/cooling_device0/type":                           "Fan\n",
		"sys/class/thermal/cooling_device0/cur_state":                      "3\n",
		"var/lib/nvpmodel/status":                                          "pmode:0000\n",
	} {
		s.machine(name, text)
	}
	return s
}

// file writes a file beside the configuration.
func (s *seeded) file(name, text string) string {
	s.t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// machine writes a file of the machine.
func (s *seeded) machine(name, text string) { s.t.Helper(); s.file(filepath.Join("root", name), text) }

// real lets the machine have files of this one.
func (s *seeded) real(names ...string) {
	s.t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(s.options.Root, filepath.Dir(name)), 0o750); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Symlink("/"+name, filepath.Join(s.options.Root, name)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// set gives the configuration a part; more adds keys to one that it has.
func (s *seeded) set(key, value string) { s.parts[key] = value }
func (s *seeded) more(key, value string) {
	s.parts[key] = strings.TrimSuffix(s.parts[key], "}") + ", " + value + "}"
}

func (s *seeded) write() {
	var text strings.Builder
	for key, value := range s.parts {
		fmt.Fprintf(&text, "%s: %s\n", key, value)
	}
	if s.camera != "" {
		fmt.Fprintf(&text, "cameras:\n  - name: cam\n    %s", s.camera)
	}
	s.file("edge.yaml", text.String())
}

// examine returns the codes of warnings and errors, each once, sorted.
func (s *seeded) examine() ([]string, *Report) {
	if _, err := os.Stat(s.options.Config); err != nil {
		s.write()
	}
	r := Examine(s.t.Context(), s.options)
	return faults(r), r
}

func listed(r *Report) string {
	var text strings.Builder
	r.WriteText(&text)
	return text.String()
}

func faults(r *Report) (codes []string) {
	for _, f := range r.Findings {
		if f.Severity == Warning || f.Severity == Error {
			codes = append(codes, string(f.Code))
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// A healthy station on a healthy machine has no errors and no warnings, with a hub
// and without.
func TestExamine_HealthyStation(t *testing.T) {
	for _, hub := range []bool{false, true} {
		s := healthy(t)
		if hub {
			s.hub(hubGood)
		}
		codes, r := s.examine()
		if len(codes) > 0 || !r.Good || r.Station != "plant/line-1/station-1" {
			t.Errorf("hub %v: got %v:\n%s; want len(codes) <= 0, r.Good, r.Station == \"plant/line-1/station-1\"", hub, codes, listed(r))
		}
		var groups []string
		for _, f := range r.Findings {
			groups = append(groups, f.Group)
		}
		if got := slices.Compact(groups); !slices.Equal(got, Groups()) {
			t.Errorf("hub %v: got findings of %v, want some of %v in this order", hub, got, Groups())
		}
	}
}

// Every warning and every error that a report can have was seeded, or is listed with
// the reason why not.
func TestExamine_EverySeededFaultHasItsCode(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	t.Run("faults", func(t *testing.T) {
		for name, c := range seeds() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := healthy(t)
				if _, model := modelSeeds()[name]; !model && !strings.Contains(c.want, "set_") {
					s.options.Judge = nil // it takes a second
				}
				c.seed(s)
				got, r := s.examine()
				want := slices.DeleteFunc(strings.Fields(c.want), func(code string) bool {
					code, maybe := strings.CutSuffix(code, "?") // by what else this machine does
					return maybe && !slices.Contains(got, code)
				})
				for i := range want {
					want[i] = strings.TrimSuffix(want[i], "?")
				}
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("got %v, want %v:\n%s", got, want, listed(r))
				}
				mu.Lock()
				defer mu.Unlock()
				for _, code := range got {
					seen[code] = true
				}
				for _, f := range r.Findings {
					if f.Text == "" || (f.Severity == Warning || f.Severity == Error) && f.Remedy == "" || strings.Contains(f.Text, "hunter2") {
						t.Errorf("%+v: want a text, a remedy, and no password", f)
					}
				}
			})
		}
	})
	if n := len(seeds()); n < 30 {
		t.Errorf("%d faults are seeded, want at least 30", n)
	}
	for _, k := range Kinds() {
		fault := k.Severity == Warning || k.Severity == Error
		if fault && !seen[string(k.Code)] && notSeeded[k.Code] == "" {
			t.Errorf("%s was never found: seed it, or say in notSeeded why it cannot be", k.Code)
		}
		if seen[string(k.Code)] && notSeeded[k.Code] != "" {
			t.Errorf("%s was found: take it out of notSeeded", k.Code)
		}
	}
}

// notSeeded are the codes that no test can cause here, with the reason.
var notSeeded = map[Code]string{
	"runtime_missing":         "TestExamine_Runtime has it, in a process of its own",
	"runtime_version":         "TestExamine_Runtime has it, in a process of its own",
	"folder_unwritable":       "tests may run as root, who may write everywhere; TestConfiguration of package check has it",
	"folder_of_other_user":    "tests may run as root, who may write everywhere",
	"watch_folder_unwritable": "tests may run as root, who may write everywhere",
	"folder_unusable":         "needs a file system that fails",
	"disk_unwritable":         "needs a disk that fails",
	"disk_inodes":             "needs a file system of its own",
	"hub_unreachable":         "needs a network without a route",
	"hub_timeout":             "takes the time limit of a connection; package events tests the cause",
	"hub_disconnected":        "needs a connection that is cut in between; package events tests the cause",
	"hub_message_size":        "comes with a message; package outbox tests the cause",
	"hub_limits":              "comes with a new stream; package outbox tests the cause",
	"hub_address":             "the configuration refuses such an address",
}

// A library that is none and one that is too old have their codes. Each is examined
// in a process of its own.
func TestExamine_Runtime(t *testing.T) {
	s := healthy(t)
	s.write()
	for code, library := range map[Code]string{
		"runtime_missing": s.file("libonnxruntime.so", "no library"),
		"runtime_version": cprogram.Compile(t, `
			static const void *api(unsigned version) { return 0; }
			static const char *version(void) { return "1.16.3"; }
			static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = {api, version};
			const void *OrtGetApiBase(void) { return &base; }`, "libonnxruntime.so", "-shared", "-fPIC"),
	} {
		c := exec.Command(os.Args[0])
		c.Dir, c.Env = "internal/doctor", append(os.Environ(), asDoctor+"="+s.options.Config, infer.LibraryVariable+"="+library)
		out, err := c.Output()
		var r Report
		if err == nil {
			err = json.Unmarshal(out, &r)
		}
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !slices.Contains(r.Errors(), code) || r.Good {
			t.Errorf("%s: got %v", code, r.Errors())
		}
	}
}

// Every code has one kind, with a severity, a group, a meaning and, where something
// is to be done, a remedy. Those of package check have the same severity here.
func TestKinds(t *testing.T) {
	seen := map[Code]bool{}
	for _, k := range Kinds() {
		fault := k.Severity == Warning || k.Severity == Error
		if seen[k.Code] || k.Meaning == "" || fault == (k.Remedy == "") || !slices.Contains(Groups(), k.Group) || strings.HasSuffix(k.Meaning+k.Remedy, ".") {
			t.Errorf("%+v: want a code of its own, a group, a meaning, and a remedy for warnings and errors", k)
		}
		seen[k.Code] = true
	}
	source, err := os.ReadFile("internal/check/codes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`Code += "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
		if code := m[1]; code != string(check.PortInUse) && !seen[Code(code)] {
			t.Errorf("%s of package check has no kind", code)
		}
	}
}

// docs/doctor.md shows the table of kinds.
func TestKinds_AreDocumented(t *testing.T) {
	page, err := os.ReadFile("docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile("(?m)^\\| `[a-z_0-9]+` \\|.*$").FindAllString(string(page), -1)
	var want []string
	for _, k := range Kinds() {
		want = append(want, fmt.Sprintf("| `%s` | %s | %s | %s |", k.Code, k.Severity, k.Meaning, k.Remedy))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table of docs/doctor.md differs; want\n%s", strings.Join(want, "\n"))
	}
}

// The report for people is at most 80 columns wide, and shows code and remedy.
func TestReport_Text(t *testing.T) {
	r := Report{Station: "plant/line-1/station-1", Version: "1", Findings: []Finding{
		{"disk_good", groupDisk, OK, "35 GiB is free", ""},
		{"port_taken", groupDisk, Error, "/" + strings.Repeat("very-long/", 20) + " is\x1b[31m " + strings.Repeat("much text ", 20), "stop it"},
	}}
	text := listed(&r)
	for line := range strings.Lines(text) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"DISK\n  ok       35 GiB", "\n  error    ", "[port_taken]", "Try: stop it", "1 error, 0 warnings"} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %q", text, want)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Error("the report holds what a terminal takes for a command")
	}
}
