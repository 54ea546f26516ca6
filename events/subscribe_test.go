package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/natsserver"
)

// openHub is a real server with the stream, where a test may publish anything.
func openHub(t *testing.T) (url string, publish func(subject string, body []byte)) {
	t.Helper()
	hub, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), JetStream: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go hub.Start()
	if !hub.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	t.Cleanup(func() { natsserver.Stop(hub) })
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(context.Background(), jetstream.StreamConfig{Name: events.StreamName, Subjects: events.Subjects()}); err != nil {
		t.Fatal(err)
	}
	return hub.ClientURL(), func(subject string, body []byte) {
		t.Helper()
		if _, err := js.Publish(context.Background(), subject, body); err != nil {
			t.Fatal(err)
		}
	}
}

var s1 = events.Station{Site: "plant", Line: "line-1", Name: "s1"}

func result(t *testing.T, incarnation string, sequence uint64) []byte {
	t.Helper()
	_, body, err := events.Encode(s1, incarnation, sequence, events.TypeResult, time.Now(), events.Result{Camera: "c", Verdict: "PASS"})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// subscribe takes what is there until the event with the incarnation "end".
func subscribe(t *testing.T, url string, position *events.Position) (ids []string, report events.Report) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	report, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true, Position: position}, func(r events.Received) error {
		if r.Incarnation == "end" {
			cancel()
			return nil
		}
		ids = append(ids, r.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, report
}

func TestASubscriberSeesEachEventOnceAndKnowsWhatIsMissing(t *testing.T) {
	url, publish := openHub(t)
	subject := s1.Subject(events.TypeResult)
	for _, sequence := range []uint64{1, 2, 2, 1, 5, 4} {
		publish(subject, result(t, "a", sequence))
	}
	publish(subject, result(t, "b", 7)) // another incarnation
	for _, hostile := range [][]byte{nil, []byte("{}"), []byte(strings.Repeat("x", events.MaxBytes+1)), []byte(`{"specversion":"1.0"}`)} {
		publish(subject, hostile)
	}
	publish("qc.plant.line-1.s2.result", result(t, "a", 6)) // of another station
	publish("qc.plant.line-1.s1.alarm", result(t, "a", 6))  // of another type
	_, alarm, err := events.Encode(s1, "b", 20, events.TypeAlarm, time.Now(), events.Alarm{Name: events.AlarmShed, Shed: &events.Shed{Events: map[string]uint64{"PASS": 5}, Ranges: [][2]uint64{{8, 12}}}})
	if err != nil {
		t.Fatal(err)
	}
	publish(s1.Subject(events.TypeAlarm), alarm)
	publish(subject, result(t, "end", 1))
	ids, report := subscribe(t, url, nil)
	if got := strings.Join(ids, " "); got != "a-1 a-2 a-5 a-4 b-7 b-20" {
		t.Errorf("received %s", got)
	}
	want := events.Report{Events: 7, Duplicates: 2, Missing: 1 + 7, Shed: 5, OutOfOrder: 1, Refused: 6}
	if report != want {
		t.Errorf("%+v, want %+v", report, want)
	}
}

// A subscriber that stores its Position goes on after its own restart: what
// came meanwhile follows, what it had is left out, and what is missing between
// the two is counted. A stream that was made anew begins again.
func TestASubscriberThatStoresItsPositionGoesOnAfterItsRestart(t *testing.T) {
	url, publish := openHub(t)
	subject := s1.Subject(events.TypeResult)
	publish(subject, result(t, "a", 1))
	publish(subject, result(t, "a", 2))
	publish(subject, result(t, "end", 1))
	position := &events.Position{}
	subscribe(t, url, position)
	stored, err := json.Marshal(position)
	if err != nil {
		t.Fatal(err)
	}
	publish(subject, result(t, "a", 2))
	publish(subject, result(t, "a", 5))
	publish(subject, result(t, "end", 2))
	again := &events.Position{}
	if err := json.Unmarshal(stored, again); err != nil {
		t.Fatal(err)
	}
	ids, report := subscribe(t, url, again)
	if strings.Join(ids, " ") != "a-5" || report.Duplicates != 1 || report.Missing != 2 {
		t.Errorf(`received %v, %+v; want strings.Join(ids, " ") == "a-5", report.Duplicates == 1, report.Missing == 2`, ids, report)
	}
	again.Stream = 1000 // of a stream that was longer
	publish(subject, result(t, "a", 6))
	publish(subject, result(t, "end", 3))
	if ids, _ := subscribe(t, url, again); strings.Join(ids, " ") != "a-6" {
		t.Errorf("received %v", ids)
	}
}

// A subscriber that dies between handling an event and storing its Position
// handles it twice; event ids let it know.
func TestASubscriberThatDiesBeforeItStoresItsPositionHandlesAnEventTwice(t *testing.T) {
	url, publish := openHub(t)
	for sequence := range uint64(3) {
		publish(s1.Subject(events.TypeResult), result(t, "a", sequence+1))
	}
	var handled []string
	stored, death := []byte("{}"), errors.New("power cut")
	for _, last := range []string{"a-2", "a-3"} {
		position := &events.Position{}
		if err := json.Unmarshal(stored, position); err != nil {
			t.Fatal(err)
		}
		if _, err := events.Subscribe(context.Background(), events.Hub{URL: url}, events.SubscribeOptions{All: true, Position: position}, func(r events.Received) (err error) {
			if handled = append(handled, r.ID); r.ID == last {
				return death
			}
			stored, err = json.Marshal(events.Position{Stream: r.Sequence, Last: map[string]uint64{r.Incarnation: r.Sequence}})
			return err
		}); !errors.Is(err, death) {
			t.Fatal(err)
		}
	}
	if got := strings.Join(handled, " "); got != "a-1 a-2 a-2 a-3" {
		t.Errorf("handled %s", got)
	}
}

// Each promise, and each non-promise that a test can show, names its tests, and
// they are there.
func TestThePromisesNameTheirTests(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var code []byte
	for _, pattern := range []string{"*_test.go", "*/*_test.go", "../cmd/edge/*_test.go", "../agent/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code = append(code, text...)
		}
	}
	for _, item := range strings.Split(string(doc), "//   - ")[1:] {
		item, _, _ = strings.Cut(item, "//\n")
		names := regexp.MustCompile(`Test\w+`).FindAllString(item, -1)
		if len(names) == 0 {
			t.Errorf("no test holds this: %s", item)
		}
		for _, name := range names {
			if !strings.Contains(string(code), "\nfunc "+name+"(t *testing.T)") {
				t.Errorf("there is no %s", name)
			}
		}
	}
}

// The example in Python, as it is.
func TestExamples_PythonSubscriber(t *testing.T) {
	url, publish := openHub(t)
	subject := s1.Subject(events.TypeResult)
	python := exec.Command("python3", filepath.Join("..", "examples", "subscriber-python", "subscriber.py"), url, "3")
	python.Env = append(os.Environ(), "PYTHONPATH=../.deps/python", "PYTHONDONTWRITEBYTECODE=1")
	for _, sequence := range []uint64{1, 1, 2, 5} {
		publish(subject, result(t, "a", sequence))
	}
	out, err := python.CombinedOutput()
	want := "/plant/line-1/s1 com.pristine.qc.result 1 PASS\n/plant/line-1/s1 com.pristine.qc.result 2 PASS\n/plant/line-1/s1: 2 missing\n/plant/line-1/s1 com.pristine.qc.result 5 PASS\n"
	if err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
}

// The example in Go builds as a module of its own, and goes on where it ended.
func TestExamples_GoSubscriber(t *testing.T) {
	program := filepath.Join(t.TempDir(), "subscriber")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = filepath.Join("..", "examples", "subscriber-go")
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s: does examples/subscriber-go need go mod tidy?", err, out)
	}
	url, publish := openHub(t)
	subject, position := s1.Subject(events.TypeResult), filepath.Join(t.TempDir(), "position.json")
	for _, sequence := range []uint64{1, 1, 2, 5} {
		publish(subject, result(t, "a", sequence))
	}
	for _, c := range []struct{ events, want string }{
		{"2", "/plant/line-1/s1 1 "},
		{"1", "/plant/line-1/s1: 2 missing\n/plant/line-1/s1 5 "},
	} {
		out, err := exec.Command(program, url, position, c.events).CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), c.want) || !strings.HasSuffix(string(out), c.events+" events, "+map[string]string{"2": "0", "1": "2"}[c.events]+" missing\n") {
			t.Errorf("%s events: got %v and %q, want a text that begins with %q", c.events, err, out, c.want)
		}
	}
}
