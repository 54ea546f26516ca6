package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pristine/internal/assets"
	"pristine/internal/config"
)

const goodSet = "name: lid\nobject: lid\ndefects: {crack: {prompts: [cracked]}}\n"

// folder holds what the configurations of the tests name.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lid.yaml": goodSet, "tiled.yaml": goodSet + "tiles: 2\n", "broken.yaml": "name: lid\ndefects: {}\ntiles: 9\n", "learned.yaml": goodSet + "references: gone.references\n",
		"good/1.png": "", "none/readme.txt": "", "secret": "x", "blank": "\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found checks a configuration in dir, and returns one finding a line, without
// the folder's name.
func found(t *testing.T, dir, text string, o Options) string {
	t.Helper()
	file := filepath.Join(dir, "edge.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := config.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, one := range Configuration(t.Context(), f, o) {
		level := string(one.Level)
		if one.Stops {
			level += ", stops"
		}
		lines = append(lines, level+": "+strings.ReplaceAll(one.String(), dir+"/", ""))
	}
	return strings.Join(lines, "\n")
}

// portInUse returns the finding on events.listen where another program, such as the demo,
// has the port now; "" where it is free.
func portInUse(port string) string {
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return "\nwarning: edge.yaml:1: events.listen: 127.0.0.1:" + port + " is in use: by this agent, if it runs already, else by another program: ss -ltnp 'sport = :" + port + "' shows it"
	}
	_ = l.Close()
	return ""
}

func TestConfiguration(t *testing.T) {
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(assets.Variable, repository) // for the default set
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	const head = "events: {listen: ''}\n"
	for name, c := range map[string]struct{ text, want string }{
		"good":                     {head + "cameras: [{name: a, source: good, prompts: lid.yaml, references: good}]", ""},
		"an empty file":            {"# nothing\n", "warning: edge.yaml:1: nothing is written in it: the agent would run the built-in camera as station plant/line-1/station-1: copy configs/edge.yaml, or see edge config explain" + portInUse("4222")},
		"a missing set":            {head + "cameras:\n  - name: a\n    source: good\n    prompts: gone.yaml", "error, stops: edge.yaml:5: cameras[0].prompts: gone.yaml is not there: a path is relative to the configuration's folder"},
		"a set with mistakes":      {head + "cameras: [{name: a, source: good, prompts: broken.yaml}]", "error, stops: edge.yaml:2: cameras[0].prompts: broken.yaml:2: defects: must name at least one defect; broken.yaml:3: tiles: must be 0 or between 2 and 6 (got 9)"},
		"a set without references": {head + "cameras: [{name: a, source: good, prompts: learned.yaml}]", "error, stops: edge.yaml:2: cameras[0].prompts: learned.yaml names the references gone.references, which are not there: make them with edge reference add learned.yaml DIR"},
		"a shadow set":             {head + "cameras: [{name: a, source: good, prompts: lid.yaml, shadow_prompts: tiled.yaml}]", "error, stops: edge.yaml:2: cameras[0].shadow_prompts: has tiles: 2, and prompts has tiles: 0: give both the same"},
		"a region's set":           {head + "cameras: [{name: a, source: good, prompts: lid.yaml, regions: [{name: r, region: [0, 0, 1, 1], prompts: gone.yaml, references: none}]}]", "error, stops: edge.yaml:2: cameras[0].regions[0].prompts: gone.yaml is not there: a path is relative to the configuration's folder\nerror, stops: edge.yaml:2: cameras[0].regions[0].references: list pictures: no pictures found: none holds no .jpg, .jpeg, .jpe, .jfif, .png, .bmp, .tif, .tiff, .webp or .gif: 1 file is no picture, skipped (.txt)"},
		"no references":            {head + "cameras: [{name: a, source: good, prompts: lid.yaml, references: gone, learn_parts: 3}]", "error, stops: edge.yaml:2: cameras[0].references: gone is not there: a path is relative to the configuration's folder\nwarning: edge.yaml:2: cameras[0].learn_parts: is not used: references has the good pictures"},
		"an address without scheme": {head + "cameras: [{name: a, source: \"192.168.0.12:554/stream1\", prompts: lid.yaml}, {name: b, source: \"admin:hunter2@cam.plant:8554/x\", prompts: lid.yaml}]",
			"error: edge.yaml:2: cameras[0].source: 192.168.0.12:554/stream1 is taken for a file: write the scheme of the camera, such as rtsp://192.168.0.12:554/stream1\nerror: edge.yaml:2: cameras[1].source: ***@cam.plant:8554/x is taken for a file: write the scheme of the camera, such as rtsp://***@cam.plant:8554/x"},
		"a missing video":         {head + "cameras: [{name: a, source: night.mp4, prompts: lid.yaml}]", "error: edge.yaml:2: cameras[0].source: night.mp4 is not there: a path is relative to the configuration's folder"},
		"an empty folder":         {head + "cameras: [{name: a, source: \"dir://none?fps=2\", prompts: lid.yaml}]", "error: edge.yaml:2: cameras[0].source: list pictures: no pictures found: none holds no .jpg, .jpeg, .jpe, .jfif, .png, .bmp, .tif, .tiff, .webp or .gif: 1 file is no picture, skipped (.txt)"},
		"a password in source":    {head + "cameras: [{name: a, source: \"rtsp://u:hunter2@cam/1\", prompts: lid.yaml}]", "warning: edge.yaml:2: cameras[0].source: holds a user and password for all to read: put them into files, and name these as user_file and password_file"},
		"credentials":             {head + "cameras: [{name: a, source: \"rtsp://cam/1\", prompts: lid.yaml, user_file: secret, password_file: blank}]", "error: edge.yaml:2: cameras[0].password_file: blank is empty"},
		"a plugged-out camera":    {head + "cameras: [{name: a, source: \"v4l2:///dev/video99\", prompts: lid.yaml}]", "warning: edge.yaml:2: cameras[0].source: /dev/video99 is not there now: edge camera list shows what is plugged in"},
		"no trigger":              {head + "cameras: [{name: a, source: good, prompts: lid.yaml, policy: trigger}]", "error: edge.yaml:2: cameras[0].policy: nothing can trigger this camera: write http.listen, modbus.listen or trigger.gpio"},
		"triggers over NATS":      {"events: {listen: '127.0.0.1:0'}\ncameras: [{name: a, source: good, prompts: lid.yaml, policy: trigger}]", "warning: edge.yaml:2: cameras[0].policy: only requests over NATS (at events.listen, 127.0.0.1:0) can trigger this camera: else write http.listen, modbus.listen or trigger.gpio"},
		"a trigger":               {head + "http: {listen: '127.0.0.1:0'}\ncameras: [{name: a, source: good, prompts: lid.yaml, policy: trigger}]", ""},
		"no GPIO chip":            {head + "cameras: [{name: a, source: good, prompts: lid.yaml, policy: trigger, trigger: {gpio: {chip: /dev/gpiochip99, trigger: 1}}}]", "warning, stops: edge.yaml:2: cameras[0].trigger.gpio.chip: /dev/gpiochip99 is not there: ls /dev/gpiochip* shows those of this machine"},
		"no empty belt":           {head + "cameras: [{name: a, source: good, prompts: lid.yaml, track: {axis: x, empty: belt.png}}]", "error, stops: edge.yaml:2: cameras[0].track.empty: belt.png is not there: a path is relative to the configuration's folder"},
		"a port in use":           {"events: {listen: '127.0.0.1:" + port + "'}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "warning: edge.yaml:1: events.listen: 127.0.0.1:" + port + " is in use: by this agent, if it runs already, else by another program: ss -ltnp 'sport = :" + port + "' shows it"},
		"a port for two":          {head + "http: {listen: '127.0.0.1:39999'}\nmodbus: {listen: ':39999'}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "error, stops: edge.yaml:3: modbus.listen: http.listen has port 39999, too: give each its own"},
		"an address of others":    {head + "http: {listen: '192.0.2.1:80'}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "error, stops: edge.yaml:2: http.listen: listen tcp 192.0.2.1:80: bind: cannot assign requested address"},
		"events in a file":        {"events: {listen: '', dir: secret/events}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "error, stops: edge.yaml:1: events.dir: stat secret/events: not a directory"},
		"history in a file":       {head + "history: {dir: secret}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "error, stops: edge.yaml:2: history.dir: secret is a file: name a folder"},
		"no history":              {head + "history: {dir: secret, max_bytes: 0}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", ""},
		"a region beside regions": {head + "cameras: [{name: a, source: good, prompts: lid.yaml, region: [0, 0, 0.5, 1], regions: [{name: r, region: [0, 0, 1, 1]}]}]", "warning: edge.yaml:2: cameras[0].region: is ignored, since each entry of regions has its own: remove one of the two"},
		"a watched folder for two": {head + "cameras:\n  - {name: a, source: \"watch://good\", prompts: lid.yaml, watch: {then: move}}\n  - {name: b, source: \"watch://good/\", prompts: lid.yaml}",
			"error: edge.yaml:4: cameras[1].source: camera a also watches good, and each would remove pictures before the other sees them: use one folder per camera, or one camera with several regions"},
		"a folder that two only look at": {head + "cameras:\n  - {name: a, source: \"watch://good\", prompts: lid.yaml}\n  - {name: b, source: \"watch://good\", prompts: lid.yaml}", ""},
		"the hub's files": {"events: {listen: '', hub: {url: \"nats://h\", creds_file: gone, ca_file: secret, cert_file: secret, key_file: secret}}\ncameras: [{name: a, source: good, prompts: lid.yaml}]",
			"error: edge.yaml:1: events.hub.creds_file: gone is not there: a path is relative to the configuration's folder\nerror: edge.yaml:1: events.hub.ca_file: secret holds no certificate in PEM\nerror: edge.yaml:1: events.hub.cert_file: tls: failed to find any PEM data in certificate input"},
		"credentials of no hub": {"events: {listen: '', hub: {creds_file: secret}}\ncameras: [{name: a, source: good, prompts: lid.yaml}]", "warning: edge.yaml:1: events.hub.url: is empty, so that the credentials below it are not used: write the hub's address"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, found(t, folder(t), c.text, Options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfiguration_SecretThatAllMayRead(t *testing.T) {
	dir := folder(t)
	if err := os.Chmod(filepath.Join(dir, "secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := found(t, dir, "events: {listen: ''}\ncameras: [{name: a, source: \"rtsp://cam/1\", prompts: lid.yaml, user_file: secret, password_file: secret}]", Options{})
	if want := "warning: edge.yaml:2: cameras[0].password_file: every user of this machine can read secret: chmod o-r secret"; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What hangs is left behind, and everything is asked at once.
func TestConfiguration_DeepWithTimeLimits(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	o := Options{
		Bundles: func(dir, _ string) error { return fmt.Errorf("no bundle in %s", filepath.Base(dir)) },
		Camera: func(_ context.Context, c *config.Camera) error {
			if c.Name == "b" {
				<-hang // as a driver does that knows no context
			}
			return errors.New("no such host")
		},
		Hub: func(context.Context, *config.Config) error { return errors.New("refuses the user") },
	}
	begun := time.Now()
	got := found(t, folder(t), `events: {listen: '', hub: {url: "nats://h"}}
cameras:
  - {name: a, source: good, prompts: lid.yaml}
  - {name: b, source: good, prompts: lid.yaml, open_timeout: 100ms, read_timeout: 100ms}
model: {bundle: gone}
`, o)
	want := "error: edge.yaml:1: events.hub.url: refuses the user\nerror: edge.yaml:3: cameras[0].source: no such host\nerror: edge.yaml:4: cameras[1].source: no answer within 200ms\nerror, stops: edge.yaml:5: model.bundle: no bundle in gone"
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("took %v, want the camera's own limits", took)
	}
}
