package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/simonvetter/modbus"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/internal/need"
	"pristine/plc"
	"pristine/web"
)

// A belt whose source names no parts: each part has one result, counted by a
// subscriber.
func TestAPartThatNobodyNamesHasOneVerdict(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	const source = "testline://?seed=11&fps=0&speed=97&unnamed=1&kind=gear&defect_rate=0.3&good_first=4&parts=10"
	empty := filepath.Join(t.TempDir(), "empty.png")
	o, err := testline.Parse("testline://?seed=11&fps=0&speed=1")
	if err != nil {
		t.Fatal(err)
	}
	var belt capture.Frame
	if err := testline.Open(o).Read(context.Background(), &belt); err != nil {
		t.Fatal(err)
	}
	picture, err := opencv.EncodeJPEG(belt.Pix, belt.Width, belt.Height, 95)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(empty, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	all, _ := inspected(t, configure(t, "'"+source+"'", "    region: [0.265625, 0.08333333, 0.46875, 0.83333333]\n    learn_parts: 4\n    track: {axis: x, empty: "+empty+"}\n    health: {max_age: 0s}\n"))
	results := judged(t, all, 4)
	if len(results) != 6 {
		t.Fatalf("%d results for 6 parts", len(results))
	}
	for i, r := range results {
		if want := fmt.Sprintf("cam-%06d", i+5); r.Part != want || r.Frames < 2 {
			t.Errorf("result %d is of %s by %d frames, want %s by several", i, r.Part, r.Frames, want)
		}
	}
}

// Frames that come more slowly than read_timeout, as on a busy machine: a source
// that restarts is waited for, and no part is inspected twice.
func TestASlowSourceThatRestartsGivesEachPartOnce(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	results, _ := inspected(t, configure(t, "'testline://?fps=8&speed=240&parts=2'", "    parts_only: true\n    read_timeout: 100ms\n    health: {max_age: 0s}\n"))
	var parts []string
	for _, r := range results {
		parts = append(parts, r.Part)
	}
	if want := []string{"flange-00001", "flange-00002"}; !slices.Equal(parts, want) {
		t.Errorf("parts %v, want %v", parts, want)
	}
}

// A recording of the built-in belt, run twice: the events are the same but for
// their ids and the times that the machine took.
func TestAReplayGivesIdenticalEvents(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	const more = "    region: [0.265625, 0.08333333, 0.46875, 0.83333333]\n    prompts: configs/prompts/flange.yaml\n    learn_parts: 4\n    parts_only: true\n    health: {max_age: 0s}\n"
	config := configure(t, "'testline://?seed=21&fps=0&speed=200&defect_rate=0.5&good_first=4&parts=7'", more)
	dir := filepath.Join(t.TempDir(), "rec")
	out, _ := edge(t, 0, "record", "--config", config, "--out", dir, "--for", "120s")
	if !strings.Contains(out, "replay://"+dir+"/cam") {
		t.Error(out)
	}
	if _, errs := edge(t, 2, "record", "--config", config, "--out", dir); !strings.Contains(errs, "name another folder") {
		t.Error(errs)
	}
	hash := func() (string, int) {
		results, _ := inspected(t, configure(t, "replay://"+dir+"/cam", more))
		h := sha256.New()
		for _, r := range results {
			r.Latency, r.Evidence, r.Heatmap = nil, nil, nil
			r.Set.Since = time.Time{} // when this run began
			data, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(data)
		}
		return hex.EncodeToString(h.Sum(nil)), len(judged(t, results, 4))
	}
	first, n := hash()
	if second, _ := hash(); first != second || n != 3 {
		t.Errorf("%d results; hashes %s and %s", n, first, second)
	}
}

func TestCameraCommands(t *testing.T) {
	t.Parallel()
	if out, _ := edge(t, 0, "camera", "list"); out == "" {
		t.Error("nothing is said")
	}
	out, _ := edge(t, 0, "camera", "probe", "testline://?fps=30", "--for", "300ms")
	for _, want := range []string{"1920 × 1080 pixels", "frames/s", "opened in"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q does not say %q", out, want)
		}
	}
	out, _ = edge(t, 0, "camera", "preview", "testline://?fps=0", "--after", "10ms")
	for line := range strings.Lines(out) {
		if strings.Count(line, "▀") != 80 {
			t.Fatalf("a line of %d characters", strings.Count(line, "▀"))
		}
	}
	for as, begin := range map[string]string{"sixel": "\x1bP0;1q", "kitty": "\x1b_G"} {
		if out, _ := edge(t, 0, "camera", "preview", "testline://?fps=0", "--after", "10ms", "--as", as); !strings.HasPrefix(out, begin) {
			t.Errorf("--as %s gave %.20q", as, out)
		}
	}
	out, _ = edge(t, 0, "camera", "health", "testline://?fps=0&speed=97", "--for", "1s")
	for _, want := range []string{"sharpness", "blurred", "colour_order", "frames"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q does not say %q", out, want)
		}
	}
	if _, errs := edge(t, 1, "camera", "health", "testline://?fps=0&speed=97&parts=1", "--for", "1h"); !strings.Contains(errs, "more time with --for") {
		t.Error(errs)
	}
	file := filepath.Join(t.TempDir(), "p.png")
	edge(t, 0, "camera", "preview", "testline://?fps=0", "--after", "10ms", "--png", file)
	if _, width, height, err := opencv.DecodeFile(file); err != nil || width != 1920 || height != 1080 {
		t.Errorf("%d × %d, %v; want err == nil, width == 1920, height == 1080", width, height, err)
	}
	for source, want := range map[string]string{"rstp://u:hunter2@cam": "unknown scheme", "rtsp://u:hunter2@cam:0/1": "from 1 to 65535"} {
		if _, errs := edge(t, 2, "camera", "probe", source); !strings.Contains(errs, want) || strings.Contains(errs, "hunter2") {
			t.Errorf(`got errs %+v, want %+v; want strings.Contains(errs, want), not strings.Contains(errs, "hunter2")`, errs, want)
		}
	}
	if _, errs := edge(t, 1, "camera", "probe", "http://u:hunter2@127.0.0.1:1/v"); !strings.Contains(errs, "is the camera on") || strings.Contains(errs, "hunter2") {
		t.Errorf(`got errs %+v; want strings.Contains(errs, "is the camera on"), not strings.Contains(errs, "hunter2")`, errs)
	}
}

// A camera that waits for triggers, asked over HTTP and by a Modbus controller;
// each trigger is an event too.
func TestPartsAreInspectedWhenTheyAreTriggered(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	controller := free.Addr().String()
	free.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: '127.0.0.1:0'}\nhttp: {listen: '127.0.0.1:0'}\nmodbus: {listen: '" + controller + "'}\ncameras:\n" +
		"  - {name: belt, source: 'testline://?fps=10&unnamed=1', policy: trigger, trigger: {deadline: 20s, frames: 2}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", file}, &out, &errs) }()
	page := regexp.MustCompile(`page: +open (http\S+)`)
	for deadline := time.Now().Add(60 * time.Second); !strings.Contains(out.String(), "modbus: ") || !page.MatchString(out.String()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the agent does not start: %s%s", out.String(), errs.String())
		}
	}
	ask := func(query string) (int, string) {
		answer, err := http.Post(page.FindStringSubmatch(out.String())[1]+"trigger?"+query, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body)
	}
	if status, body := ask("camera=belt&part=A-17"); status != 200 || !strings.Contains(body, `"part":"A-17"`) || !strings.Contains(body, `"verdict"`) {
		t.Errorf("%d %s; want status == 200, strings.Contains(body, `\"part\":\"A-17\"`), strings.Contains(body, `\"verdict\"`)", status, body)
	}
	if status, body := ask("camera=belt&part=A-17"); status != 409 {
		t.Errorf("%d %s", status, body)
	}
	client, err := modbus.NewClient(&modbus.ClientConfiguration{URL: "tcp://" + controller, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var opened error
	for deadline := time.Now().Add(20 * time.Second); ; {
		if opened = client.Open(); opened == nil || time.Now().After(deadline) {
			break
		}
	}
	if err := errors.Join(opened, client.WriteUint32(0, 70001), client.WriteCoil(0, true)); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		valid, err := client.ReadDiscreteInput(plc.ResultValid)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("no result: %v", err)
		}
		if valid {
			break
		}
	}
	if verdict, err := client.ReadRegister(plc.ShadowVerdictCode, modbus.INPUT_REGISTER); err != nil || verdict == 0 {
		t.Errorf("shadow verdict %d (%v), want one", verdict, err)
	}
	client.Close()
	status := statusOf(t, page.FindStringSubmatch(out.String())[1])
	counts, age := status.Cameras[0].Triggers, status.Cameras[0].VerdictAge
	if counts == nil || *counts != (web.Triggers{Accepted: 2, Answered: 2, Duplicate: 1}) || age.Count != 2 || age.P99 == nil || *age.P99 <= 0 {
		t.Errorf("triggers %+v, ages %+v; want counts != nil, *counts == (web.Triggers{Accepted: 2, Answered: 2, Duplicate: 1}), age.Count == 2, age.P99 != nil, *age.P99 > 0", counts, age)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d: %s", c, errs.String())
	}
	http.DefaultClient.CloseIdleConnections()
	if !regexp.MustCompile(`PASS \d+  REVIEW \d+  FAIL \d+  INVALID \d+`).MatchString(out.String()) {
		t.Error(out.String())
	}
}

// A chip that is not there is said before anything is inspected.
func TestGPIOLinesThatCannotBeTakenAreSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: ''}\ncameras:\n  - {name: belt, source: 'testline://', policy: trigger, trigger: {gpio: {chip: /dev/null, trigger: 17, reject: 4}}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := edge(t, 1, "run", "--config", file); !strings.Contains(errs, "camera belt: open /dev/null: request lines: inappropriate ioctl for device: it is no GPIO chip") {
		t.Error(errs)
	}
}

// One camera, turned upside down, with regions of their own prompt sets, one of
// them a polygon.
func TestSeveralRegionsOfOneCamera(t *testing.T) {
	t.Parallel()
	dir := frames(t, "testline://?fps=0&defect_rate=0", 2)
	results, _ := inspected(t, configure(t, dir, "    adjust: {rotate: 180}\n    regions:\n"+
		"      - {name: left, region: [0, 0, 0.5, 1]}\n      - {name: right, polygon: [[0.5, 0], [1, 0], [1, 1]], prompts: configs/prompts/flange.yaml}\n"))
	got := map[string]int{}
	for _, r := range results {
		got[r.Camera+" "+r.PromptSet+" "+r.Part]++
	}
	want := map[string]int{"cam-left part flange-00001.jpg": 1, "cam-left part flange-00002.jpg": 1, "cam-right flange flange-00001.jpg": 1, "cam-right flange flange-00002.jpg": 1}
	if !maps.Equal(got, want) {
		t.Errorf("results %v, want %v", got, want)
	}
}

// Eight cameras of 1920 × 1080 at once: verdicts are fresh, whatever the load.
func TestEightCamerasAtOnceGiveFreshVerdicts(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: '127.0.0.1:0'}\nhttp: {listen: ''}\ncameras:\n"
	for i := range 8 {
		text += fmt.Sprintf("  - {name: cam-%d, source: 'testline://?fps=4&speed=200&seed=%d&parts=4', parts_only: true, health: {max_age: 1s}}\n", i+1, i)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	results, _ := inspected(t, file)
	var ages []float64
	cameras, invalid := map[string]int{}, 0
	for _, r := range results {
		cameras[r.Camera]++
		if r.Verdict == "INVALID" {
			invalid++
		} else {
			ages = append(ages, r.Frame.AgeMS)
		}
	}
	slices.Sort(ages)
	if len(cameras) != 8 || len(ages) < 8 {
		t.Fatalf("%d results of %d cameras, %d of them INVALID", len(results), len(cameras), invalid)
	}
	p99 := ages[len(ages)*99/100]
	t.Logf("age of verdict: %.0f ms median, %.0f ms p99, of %d; %d INVALID", ages[len(ages)/2], p99, len(ages), invalid)
	// A frame is encoded when it is 1 s old (max_age) at most, else INVALID; the
	// part is in view for half a second more. The rest is the encoder's, with
	// 15 other programs busy on two cores.
	if p99 > 2500 {
		t.Errorf("the age of verdicts is %.0f ms at p99", p99)
	}
}
