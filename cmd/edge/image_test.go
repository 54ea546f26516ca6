package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestImage_ConfigurationsAreGood(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"deploy/image/edge.yaml", "deploy/compose-edge.yaml"} {
		if out, _ := edge(t, exitClean, "check", file); !strings.Contains(out, "good") {
			t.Errorf("%s: %s", file, out)
		}
	}
}

// What the Compose file mounts is there, the agent's root is read-only, and no port is
// open beyond this machine.
func TestImage_ComposeFileIsClosedAndComplete(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image    string
			ReadOnly bool     `yaml:"read_only"`
			CapDrop  []string `yaml:"cap_drop"`
			Ports    []string
			Volumes  []string
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if agent := file.Services["edge"]; !agent.ReadOnly || len(agent.CapDrop) != 1 || len(file.Services) != 3 {
		t.Errorf("got %+v; want agent.ReadOnly, len(agent.CapDrop) == 1, len(file.Services) == 3", file.Services)
	}
	// docker-compose 1.29 knows no other key, such as name.
	var keys map[string]any
	if err := yaml.Unmarshal(data, &keys); err != nil || len(keys) != 2 {
		t.Errorf("the keys are %v, %v", slices.Sorted(maps.Keys(keys)), err)
	}
	// Without its configuration the command adds users to a file that the agent does not read.
	for _, doc := range []string{"deploy/compose.yaml", "docs/install.md", "deploy/image/edge.yaml", "deploy/compose-edge.yaml"} {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "edge user add"); n == 0 || n != strings.Count(string(text), "--role admin --config /etc/pristine/edge.yaml") {
			t.Errorf("%s adds users without --config", doc)
		}
	}
	for name, s := range file.Services {
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s opens %s beyond this machine", name, port)
			}
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(from, "./") {
				if _, err := os.Stat(filepath.Join("deploy", from)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			} else if _, named := file.Volumes[from]; !named {
				t.Errorf("%s: the volume %s has no entry", name, from)
			}
		}
	}
}

// The commands that the Dockerfile names are the program's.
func TestImage_DockerfileNamesCommandsThatAreThere(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("deploy/image/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`CMD ["/usr/bin/edge", "alive"]`, "USER pristine", `CMD ["run", "--config", "/etc/pristine/edge.yaml"]`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the Dockerfile lacks %s", want)
		}
	}
	if _, says := edge(t, exitFailed, "alive", "--page", "http://127.0.0.1:1"); !strings.Contains(says, "ask the agent: ") {
		t.Errorf("alive says %s", says)
	}
}
