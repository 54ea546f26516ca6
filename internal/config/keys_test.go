package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write configs/edge.schema.json")

const schemaFile = "../../configs/edge.schema.json"

func TestKeys_EachHasAMeaning(t *testing.T) {
	known := map[string]bool{}
	for _, k := range Keys() {
		known[k.Path] = true
		if !strings.HasSuffix(k.Meaning, ".") {
			t.Errorf("%s: meaning %q, want a sentence: write it in notes.go", k.Path, k.Meaning)
		}
	}
	for path := range notes {
		if !known[path] {
			t.Errorf("notes.go explains %s, which is no key", path)
		}
	}
	for _, key := range keys(reflect.TypeFor[Config](), "") {
		if !known[strings.ReplaceAll(key, "[0]", "[]")] {
			t.Errorf("Keys lacks %s", key)
		}
	}
}

func TestSchema_IsTheCommittedFile(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, Schema()) {
		t.Error("configs/edge.schema.json is not what the program prints: run go test ./internal/config -update")
	}
}

// beyondTheSchema is what a JSON Schema cannot say, or not in a way that people
// could read: that depends on another key, or is an order of numbers.
var beyondTheSchema = []string{
	"is listed twice", "is already the name of another", "go together", "cannot be used beside", "must lie within the frame", "must have an area",
	"must be between 1 and of_frames", "is busy already", "needs policy: trigger", "cameras only: remove it", "must be at least 0s", "must be at least 1ms", "must be at least 100ms", "must be at least 1s",
	"must be between 50ms and 50s", "must be 0, for none", "must begin with testline://", "is empty: must be the address", "is no valid URL", "the device must be a path", "without a leading zero", "the N of fps:N", "must be between 0 and 1023 (got -1)", "is not a quote to YAML",
	"of_frames: must be between 1 and 1000 (got 0)",
	"must be four corners", "also has a station", "has the same station name", "must list the corners in order", "wide and high", "must be 0 or at least 3", "must have a port from", "must be a time of day", "list the times in order", "must have at least three points",
}

func TestSchema_AgreesWithParse(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		return schema.Validate(v)
	}
	bad := 0
	for _, c := range mistakes(t) {
		if slices.ContainsFunc(beyondTheSchema, func(part string) bool { return strings.Contains(c[1], part) }) {
			continue
		}
		bad++
		if judge(c[0]) == nil {
			t.Errorf("the schema takes %q, which the parser refuses: %s", c[0], c[1])
		}
	}
	if bad < 30 {
		t.Errorf("only %d bad files were compared", bad)
	}
	for _, file := range []string{"../../configs/edge.yaml", "../../configs/demo.yaml", "../../deploy/jetson/edge.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := judge(string(data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, text := range []string{
		"cameras: [{name: a, source: x, policy: 'fps:5', hold_off: 1m30s, region: [0, 0, 0.5, 1], regions: [{name: 1, polygon: [[0, 0], [1, 0], [1, 1]]}], user_file: null}]",
		"http: {listen: ':8080'}\nmodbus: {listen: '[::1]:502'}\nevents: {listen: '', heartbeat: 0s, hub: {url: 'nats://a:4222, tls://b'}}\nstation:\nlog: {}\nmodel: {providers: ['openvino:GPU', cpu], threads: 4}",
	} {
		if _, err := Parse("good.yaml", []byte(text)); err != nil {
			t.Errorf("the parser refuses %s: %v", text, err)
		}
		if err := judge(text); err != nil {
			t.Errorf("the schema refuses %s: %v", text, err)
		}
	}
}

func TestFind(t *testing.T) {
	for path, want := range map[string]string{
		"events.hub.url": "events.hub.url", "cameras[0].policy": "cameras[].policy", "cameras.policy": "cameras[].policy", "policy": "",
		"learn_parts": "cameras[].learn_parts", "trigger.gpio.busy": "cameras[].trigger.gpio.busy", "station": "station",
	} {
		if k, near, _ := Find(path); k.Path != want {
			t.Errorf("Find(%s): got %q, near %v, want %q", path, k.Path, near, want)
		}
	}
	for path, want := range map[string]string{
		"learn_part": "cameras[].learn_parts", "event.hub.url": "events.hub.url", "modle.threads": "model.threads", "cameras[0].sorce": "cameras[].source",
	} {
		if _, near, ok := Find(path); ok || near[0] != want {
			t.Errorf("Find(%s): got %v, want %s nearest", path, near, want)
		}
	}
	if _, near, ok := Find("policy"); ok || !slices.Equal(near, []string{"model.policy", "cameras[].policy"}) {
		t.Errorf("Find(policy): got %v, want both keys of that name", near)
	}
}

// open writes a configuration and reads it.
func open(t *testing.T, text string) *File {
	t.Helper()
	file := filepath.Join(t.TempDir(), "edge.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDiff_ComparesMeanings(t *testing.T) {
	a := open(t, `# first
station: {site: plant, name: s1}
cameras:
  - {name: top, source: "rtsp://u:secret@cam/1", hold_off: 60s}
  - {name: side, source: testline://}
  - {name: old, source: testline://}
`)
	b := open(t, `cameras:
  - {name: side, source: "testline://", policy: newest, region: [0, 0, 1, 1.0]}
  - name: top
    source: rtsp://u:secret@cam/1
    hold_off: 1m
    regions: [{name: left, region: [0, 0, 0.5, 1]}]
  - {name: new, source: x}
station: {name: s2}
`)
	want := []Difference{
		{"station.name", "s1", "s2", 2, 8},
		{"cameras[old]", "present", "absent", 6, 0},
		{"cameras[top].regions[left]", "absent", "present", 0, 6},
		{"cameras[new]", "absent", "present", 0, 7},
	}
	if diff := cmp.Diff(want, Diff(a, b)); diff != "" {
		t.Error(diff)
	}
	if d := Diff(a, a); len(d) != 0 {
		t.Errorf("a file and itself differ: %v", d)
	}
}

// Values are shown as they are written, points at the corner of the frame and regions
// that are not written too.
func TestValues_AsWritten(t *testing.T) {
	f := open(t, `cameras:
  - {name: a, source: "rtsp://u:secret@cam/1#hardware=1", polygon: [[0, 0], [1, 0], [0.5, 1]], adjust: {mask: [[0, 0], [1, 0], [0, 1]]}}
  - {name: b, source: dir://parts, region: [0, 0, 0.5, 1], regions: [{name: r, polygon: [[0, 0], [1, 0], [0, 1]]}]}
http: {listen: "[::1]:8080"}
shifts: [06:00, 22:30]
`)
	got := map[string]string{}
	for _, v := range f.Values() {
		got[v.Path] = v.Text
	}
	for path, want := range map[string]string{
		"cameras[0].source": "rtsp://***@cam/1#hardware=1", "cameras[0].polygon": "[[0, 0], [1, 0], [0.5, 1]]", "cameras[0].region": "[0, 0, 1, 1]",
		"cameras[0].adjust.mask": "[[0, 0], [1, 0], [0, 1]]", "cameras[0].adjust.perspective": "[]",
		"cameras[1].source": "dir://parts", "cameras[1].region": "[0, 0, 0.5, 1]", "cameras[1].regions[0].region": "[]", "cameras[1].regions[0].polygon": "[[0, 0], [1, 0], [0, 1]]",
		"http.listen": "[::1]:8080", "modbus.listen": `""`, "shifts": "[06:00, 22:30]", "events.listen": "127.0.0.1:4222",
	} {
		if got[path] != want {
			t.Errorf("%s: got %s, want %s", path, got[path], want)
		}
	}
}

func TestDiffDefaults(t *testing.T) {
	got := DiffDefaults(open(t, "log: {level: debug, format: text}\ncameras:\n  - {name: top, source: \"rtsp://u:secret@cam/1\", fail_frames: 1, hold_off: 2s}\n"))
	want := []Difference{{Key: "cameras[top].source", From: `""`, To: "rtsp://***@cam/1", LineB: 3}, {Key: "cameras[top].fail_frames", From: "2", To: "1", LineB: 3}, {Key: "log.level", From: "info", To: "debug", LineB: 1}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	shipped, err := Open("../../configs/edge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if d := Diff(Defaults(), shipped); len(d) != 0 {
		t.Errorf("configs/edge.yaml differs from the defaults: %v", d)
	}
}
