package events

import (
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/internal/place"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// update writes the golden events: go test ./events -run Golden -update
var update = flag.Bool("update", false, "write the golden events")

var station = Station{"plant", "line-1", "s1"}

// golden are the examples in testdata: one event of each kind, with each key.
func golden() map[string]struct {
	Type Type
	Data any
} {
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	hash := strings.Repeat("0123456789abcdef", 4)
	evidence := &Evidence{EvidenceBucket, "fail-s1-K3T9.jpg", 48211, hash, "image/jpeg", EvidenceStored}
	heat := &Evidence{EvidenceBucket, "fail-s1-K3TA.jpg", 50112, hash, "image/jpeg", EvidencePending}
	origin := &SetOrigin{From: "push", Revision: 7, By: "anna@desk", SHA256: hash, Since: at}
	return map[string]struct {
		Type Type
		Data any
	}{
		"result": {TypeResult, Result{
			Camera: "belt", Part: "flange-00045", Verdict: "FAIL", Reason: "confirmed", Detail: "words", Shadow: true, Defect: 0.98, FrameDefect: 0.99, Agreed: 2, Of: 3, Raw: 4.2, Margin: 0.28,
			Likeliest: "crack", LikelyShare: 0.875, LikelyBy: "labels", Severity: "critical", ReviewShare: 0.125, Classes: map[string]float64{"pristine": 0.02, "crack": 0.98}, Prompts: &Prompts{For: []Prompt{{"pristine", "a flawless flange", 0.21}}, Against: []Prompt{{"crack", "a cracked flange", 0.34}}}, Thresholds: &Thresholds{0.5, 0.7}, Frames: 3,
			Places:  []place.Place{{Class: "crack", Severity: "critical", Level: 1, Box: place.Box{X: 812, Y: 410, Width: 96, Height: 41}, LengthPX: 98.5, AreaPX: 2210, AreaShare: 0.0027, LengthMM: 4.925, AreaMM2: 5.525, Accepted: true}},
			Frame:   &Frame{1204, at, 31.5, 1920, 1080, 2, map[string]uint64{"overwritten": 2, "pace": 0, "gate": 0, "stale": 0}, "a.jpg", hash},
			Latency: map[string]float64{"encode": 11.2, "health": 0.4, "score": 0.9}, Provider: "cpu", Degraded: true, Bundle: hash, PromptSet: "flange", Set: origin,
			References: 32, Evidence: evidence, Heatmap: heat, Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		}},
		"state":    {TypeState, State{Subject: "camera", Name: "belt", State: "waiting", Detail: "words", Cause: "auth", Set: origin}},
		"resolved": {TypeState, State{Subject: "camera", Name: "belt", State: StateResolved, Problem: "camera_waiting", Cause: "auth", Detail: "words", Counts: map[string]uint64{"lasted_ms": 12000}}},
		"heartbeat": {TypeState, State{Subject: "agent", Name: "s1", State: StateHeartbeat, Counts: map[string]uint64{"frames": 12000, "pass": 390}, Agent: &Agent{
			"1.2.0", at, 10000, "degraded", []string{"camera belt gives no frames"}, "cpu", hash, map[string]string{"belt": "flange"}, map[string]*SetOrigin{"belt": origin}, "FAIL", 17,
		}}},
		"alarm":   {TypeAlarm, Alarm{Name: AlarmShed, Detail: "no room: 3 PASS removed before the hub had them", Shed: &Shed{map[string]uint64{"PASS": 3}, [][2]uint64{{4, 5}, {9, 9}}}}},
		"problem": {TypeAlarm, Alarm{Name: "camera_waiting", Detail: "words", Severity: "critical", Camera: "belt", Cause: "auth", Since: &at}},
	}
}

func TestGoldenEvents(t *testing.T) {
	for name, example := range golden() {
		t.Run(name, func(t *testing.T) {
			_, body, err := Encode(station, "K3T9", 17, example.Type, time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), example.Data)
			if err != nil {
				t.Fatal(err)
			}
			var indented any
			if err := json.Unmarshal(body, &indented); err != nil {
				t.Fatal(err)
			}
			pretty, _ := json.MarshalIndent(indented, "", "  ")
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, append(pretty, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(pretty)); diff != "" {
				t.Error(diff)
			}
			e, err := Decode(want)
			if err != nil {
				t.Fatal(err)
			}
			if e.ID != "K3T9-17" || e.Sequence != 17 || e.Incarnation != "K3T9" || e.Type != example.Type || e.Source != "/plant/line-1/s1" {
				t.Errorf(`%+v; want e.ID == "K3T9-17", e.Sequence == 17, e.Incarnation == "K3T9", e.Type == example.Type, e.Source == "/plant/line-1/s1"`, e)
			}
			if r, err := e.Result(); err == nil && r.Traceparent != example.Data.(Result).Traceparent {
				t.Errorf("the traceparent is %q", r.Traceparent)
			}
		})
	}
}

// A second implementation, Python's jsonschema, says the same of the golden
// events, and of events that are damaged.
func TestASecondImplementationOfTheSchemaAgrees(t *testing.T) {
	dir, want := t.TempDir(), map[string]bool{}
	for name, body := range damaged(t) {
		want[name] = Validate(body) == nil
		if err := os.WriteFile(filepath.Join(dir, name+".json"), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("/usr/bin/python3", "testdata/validate.py", "schema.json", dir).Output()
	if err != nil {
		t.Fatalf("%v: is python3-jsonschema there? scripts/setup.sh test installs it", err)
	}
	got := map[string]bool{}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, good := range want {
		if good != (name == "result" || name == "state" || name == "resolved" || name == "heartbeat" || name == "alarm" || name == "problem" || strings.HasPrefix(name, "good ")) {
			t.Errorf("%s: valid is %v", name, good)
		}
	}
}

// damaged returns the golden events, and some with one thing wrong.
func damaged(t testing.TB) map[string][]byte {
	all := map[string][]byte{}
	for name := range golden() {
		body, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = body
	}
	for name, edit := range map[string][2]string{
		"good later version":  {"event:1.0", "event:1.7"},
		"good unknown key":    {`"camera": "belt"`, `"camera": "belt", "colour": "red"`},
		"version":             {"event:1.0", "event:2.0"},
		"verdict":             {`"FAIL"`, `"fail"`},
		"type":                {"qc.result", "qc.results"},
		"share":               {`"defect": 0.98`, `"defect": 1.5`},
		"path in evidence":    {"fail-s1-K3T9.jpg", "../../etc/passwd"},
		"severity":            {`"critical"`, `"fatal"`},
		"share for review":    {`"review_share": 0.125`, `"review_share": 1.25`},
		"drops by cause":      {`"overwritten": 2`, `"overwritten": -2`},
		"cosine":              {`"cosine": 0.34`, `"cosine": 34`},
		"another bucket":      {"qc-evidence", "secrets"},
		"station with dots":   {"/plant/line-1/s1", "/plant/line-1/../s1"},
		"sequence as number":  {`"sequence": "17"`, `"sequence": 17`},
		"sequence of nothing": {`"sequence": "17"`, `"sequence": "0"`},
		"hash":                {`"sha256": "0123`, `"sha256": "x123`},
		"no data":             {`"data": {`, `"date": {`},
	} {
		text := string(all["result"])
		if !strings.Contains(text, edit[0]) {
			t.Fatalf("%s: %q is not in the golden event", name, edit[0])
		}
		all[name] = []byte(strings.Replace(text, edit[0], edit[1], 1))
	}
	for name, edit := range map[string][3]string{
		"cause in words":      {"state", `"cause": "auth"`, `"cause": "wrong password"`},
		"resolved nothing":    {"resolved", `"problem":`, `"trouble":`},
		"severity":            {"problem", `"critical"`, `"grave"`},
		"since when":          {"problem", `"since": "2026-11-24T09:30:00Z"`, `"since": 5`},
		"good alarm of agent": {"problem", `"camera": "belt",`, ``},
	} {
		text := string(all[edit[0]])
		if !strings.Contains(text, edit[1]) {
			t.Fatalf("%s: %q is not in the golden event", name, edit[1])
		}
		all[name] = []byte(strings.Replace(text, edit[1], edit[2], 1))
	}
	return all
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	good, err := os.ReadFile("testdata/result.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"nothing": "", "an empty object": "{}", "half": string(good[:len(good)/2]), "two": string(good) + string(good), "huge": strings.Repeat("x", MaxBytes+1),
		"deep": strings.Repeat("[", 60000), "another id": strings.Replace(string(good), "K3T9-17", "K3T9-18", 1),
		"a sequence beyond 64 bits": strings.ReplaceAll(string(good), "17\"", "99999999999999999999\""),
	} {
		if e, err := Decode([]byte(body)); !errors.Is(err, ErrEvent) {
			t.Errorf("%s gave %v, %v", name, e, err)
		}
	}
	if _, _, err := Encode(station, "i", 1, TypeAlarm, time.Now(), Alarm{Detail: strings.Repeat("x", MaxBytes)}); err == nil {
		t.Error("an event that is too large was encoded")
	}
}

func TestTheLedgerKnowsWhatIsMissing(t *testing.T) {
	l := newLedger(nil)
	for _, step := range []struct {
		sequence uint64
		want     arrival
		missing  uint64
	}{{5, inOrder, 0}, {6, inOrder, 0}, {6, double, 0}, {10, inOrder, 3}, {8, late, 0}, {8, double, 0}, {4, double, 0}, {20, inOrder, 9}} {
		if a, missing := l.note("i", step.sequence); a != step.want || missing != step.missing {
			t.Errorf("%d: %v and %d missing, want %v and %d", step.sequence, a, missing, step.want, step.missing)
		}
	}
	// Missing now: 7, 9, 11 to 19.
	for _, step := range []struct {
		s    span
		want uint64
	}{{span{1, 6}, 0}, {span{12, 13}, 2}, {span{7, 11}, 3}, {span{0, 1 << 63}, 6}, {span{0, 1 << 63}, 0}} {
		if got := l.close("i", step.s); got != step.want {
			t.Errorf("closing %v closed %d, want %d", step.s, got, step.want)
		}
	}
}

func TestStationsAreRead(t *testing.T) {
	for _, text := range []string{"/plant/line-1/s1", "plant.line-1.s1"} {
		if s, err := ParseStation(text); err != nil || s != station {
			t.Errorf("%s gave %v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "a.b", "a.b.c.d", "a/b/..", "a.*.c", "/a/b/c d"} {
		if s, err := ParseStation(text); err == nil {
			t.Errorf("%q gave %v", text, s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range damaged(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := Decode(body)
		if err != nil {
			if !errors.Is(err, ErrEvent) {
				t.Errorf("%v is no ErrEvent", err)
			}
			return
		}
		// What is an event, is one again when it is encoded.
		s, err := ParseStation(e.Source)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Encode(s, e.Incarnation, e.Sequence, e.Type, e.Time, e.Data); err != nil && len(body) < MaxBytes/2 {
			t.Error(err)
		}
	})
}

// A position that a subscriber stored, however it was damaged, leads to counts
// and never to an event that is given twice.
func FuzzPosition(f *testing.F) {
	f.Add([]byte(`{"stream": 7, "last": {"A": 3}}`), uint64(5), uint64(4))
	f.Add([]byte(`{"last": {"A": 18446744073709551615}}`), uint64(1), uint64(math.MaxUint64))
	f.Add([]byte(`{"last": null}`), uint64(math.MaxUint64), uint64(1))
	f.Fuzz(func(t *testing.T, stored []byte, first, second uint64) {
		var p Position
		if json.Unmarshal(stored, &p) != nil {
			return
		}
		l := newLedger(p.Last)
		for _, sequence := range []uint64{max(first, 1), max(second, 1)} {
			before, known := l.last["A"]
			a, missing := l.note("A", sequence)
			if known && a == inOrder && (sequence <= before || missing != sequence-before-1) {
				t.Errorf("%d after %d: %d missing", sequence, before, missing)
			}
			if again, _ := l.note("A", sequence); again != double {
				t.Errorf("%d is given twice after %s", sequence, stored)
			}
		}
	})
}
