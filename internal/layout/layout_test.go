// Package layout holds the test that keeps the packages apart.
package layout

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath string
	Imports    []string
	Name       string
}

// only maps a library to the packages that may import it, with the reason.
var only = map[string]struct {
	allowed []string
	reason  string
}{
	"gocv.io/x/gocv":                  {[]string{"pristine/capture/opencv"}, "everything else must build and be tested without OpenCV"},
	"github.com/yalue/onnxruntime_go": {[]string{"pristine/infer"}, "one package owns the C objects of ONNX Runtime"},
	"github.com/simonvetter/modbus":   {[]string{"pristine/plc"}, "one package keeps the handshake with the controller"},
	"modernc.org/sqlite":              {[]string{"pristine/history"}, "one package owns the file, its one writer and its migrations"},
	"go.opentelemetry.io":             {[]string{"pristine/telemetry/tracing", "pristine/internal/otlp"}, "one package makes spans; everything else hands it times, so that tracing that is off costs nothing"},
	"github.com/nats-io":              {[]string{"pristine/events"}, "one package makes the delivery guarantee"},
}

// neverMeet lists packages that must not import one another: they meet through
// interfaces that their user declares.
var neverMeet = []string{"pristine/capture", "pristine/infer", "pristine/prompts", "pristine/events", "pristine/history", "pristine/evaluate", "pristine/web", "pristine/plc", "pristine/gpio", "pristine/trigger", "pristine/search"}

// stations are the packages of stations and of what they score with.
var stations = []string{"pristine/inspect", "pristine/prompts", "pristine/inspect/health", "pristine/inspect/track"}

func TestPackagesImportOnlyWhatTheDesignAllows(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, rule := range only {
				if within(imported, library) && !slices.ContainsFunc(rule.allowed, func(a string) bool { return within(p.ImportPath, a) }) {
					t.Errorf("%s imports %s: only %v may, because %s", p.ImportPath, imported, rule.allowed, rule.reason)
				}
			}
			for _, a := range neverMeet {
				for _, b := range neverMeet {
					if a != b && within(p.ImportPath, a) && within(imported, b) {
						t.Errorf("%s imports %s: declare a small interface in %s, and let agent or cmd/edge bring them together", p.ImportPath, imported, a)
					}
				}
			}
			if within(p.ImportPath, "pristine/inspect") && (within(imported, "pristine/infer") || within(imported, "pristine/capture/opencv") || imported == "os" || imported == "net") {
				t.Errorf("%s imports %s: inspect is pure and does no I/O of its own", p.ImportPath, imported)
			}
			if (p.ImportPath == "pristine/inspect/health" || p.ImportPath == "pristine/inspect/track") && slices.Contains(stations, imported) {
				t.Errorf("%s imports %s: it looks at pictures alone, so that it is read, tested and used without stations and scores", p.ImportPath, imported)
			}
			if p.ImportPath == "pristine/inspect" && imported == "pristine/inspect/track" {
				t.Errorf("%s imports %s: a station takes frames from anything that delivers them, and need not know who named their parts", p.ImportPath, imported)
			}
			if (within(p.ImportPath, "pristine/internal/printing") || within(p.ImportPath, "pristine/internal/snapshot")) && strings.HasPrefix(imported, "pristine/") {
				t.Errorf("%s imports %s: it is a leaf that any package may use", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/internal/finder") && within(imported, "pristine/inspect") {
				t.Errorf("%s imports %s: a search looks at embeddings that exist, and inspects nothing", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/trial") && (within(imported, "pristine/infer") || within(imported, "pristine/capture")) {
				t.Errorf("%s imports %s: its user gives it an encoder, so that it is measured without cameras and ONNX Runtime", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/challenge") && slices.ContainsFunc([]string{"infer", "capture", "prompts", "observe", "inspect", "events"}, func(name string) bool { return within(imported, "pristine/"+name) }) {
				t.Errorf("%s imports %s: its user gives it a judge, so that defects are planted without cameras and ONNX Runtime", p.ImportPath, imported)
			}
			if imported == "pristine/infer" && within(p.ImportPath, "pristine/infer") {
				t.Errorf("%s imports %s: what a bundle is must be read without ONNX Runtime", p.ImportPath, imported)
			}
			if within(imported, "pristine/agent") && !within(p.ImportPath, "pristine/agent") && p.ImportPath != "pristine/cmd/edge" {
				t.Errorf("%s imports %s: only the command runs an agent; what others need of it belongs below", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/observe") && slices.ContainsFunc([]string{"events", "web", "plc", "gpio", "trigger", "inspect"}, func(name string) bool { return within(imported, "pristine/"+name) }) {
				t.Errorf("%s imports %s: observe turns pictures into observations, whoever asks for them", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/names") && strings.HasPrefix(imported, "pristine/") {
				t.Errorf("%s imports %s: names learns from vectors, whatever they show", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/telemetry") && strings.HasPrefix(imported, "pristine/") {
				t.Errorf("%s imports %s: telemetry is a leaf, so that every package can be measured", p.ImportPath, imported)
			}
			if within(p.ImportPath, "pristine/verdict") && strings.HasPrefix(imported, "pristine/") {
				t.Errorf("%s imports %s: verdict is a leaf, so that every package can say the same", p.ImportPath, imported)
			}
			if imported == "pristine/cmd/edge" {
				t.Errorf("%s imports the command", p.ImportPath)
			}
		}
	}
}

func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Name", "pristine/...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
