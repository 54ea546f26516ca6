package address

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Wherever an address is printed, logged or marshalled, alone or within a struct, its
// password is hidden. Text has it.
func TestAddress_NoPasswordInText(t *testing.T) {
	const written = "rtsp://admin:hunter2@cam/1#hardware=1"
	var a Address
	if err := a.UnmarshalText([]byte(written)); err != nil {
		t.Fatal(err)
	}
	if a.Text() != written || !a.HasUser() || !a.Hardware {
		t.Errorf("got %q, user %t, want what was written", a.Text(), a.HasUser())
	}
	type camera struct{ Source Address }
	k := camera{a}
	inJSON, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	inYAML, err := yaml.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	var logs bytes.Buffer
	slog.New(slog.NewTextHandler(&logs, nil)).Info("text", "source", a, "camera", k)
	slog.New(slog.NewJSONHandler(&logs, nil)).Info("json", "source", a, "camera", k)
	const hidden = "rtsp://***@cam/1#hardware=1"
	for how, text := range map[string]string{
		"%v": fmt.Sprintf("%v", k), "%+v": fmt.Sprintf("%+v", k), "%#v": fmt.Sprintf("%#v", k), "%s": fmt.Sprintf("%s %v", a, &a), "%q": fmt.Sprintf("%q", a),
		"JSON": string(inJSON), "YAML": string(inYAML), "logs": logs.String(),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "admin") || !strings.Contains(text, hidden) {
			t.Errorf("%s: got %s, want %s", how, text, hidden)
		}
	}
}

func TestAddress_EqualWithPassword(t *testing.T) {
	parse := func(text string) Address {
		a, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := parse("rtsp://u:one@cam/"); !a.Equal(parse("rtsp://u:one@cam/")) || a.Equal(parse("rtsp://u:two@cam/")) {
		t.Error("addresses are equal exactly when their passwords are, too")
	}
	if zero := (Address{}); !zero.IsZero() || zero.String() != "" || parse("x").IsZero() {
		t.Error("only an address that was never read is zero")
	}
}

func TestWithPath(t *testing.T) {
	for _, c := range [][3]string{
		{"good", "/data/good", "/data/good"},
		{"dir://d?fps=5", "/data/d", "dir:///data/d?fps=5"}, // the path also stands in the scheme
		{"watch://in", "in", "watch://in"},
		{"replay://r?speed=1", "/r", "replay:///r?speed=1"},
		{"odd?name#1.mp4", "/data/odd?name#1.mp4", "/data/odd?name#1.mp4"},
	} {
		a, err := Parse(c[0])
		if err != nil {
			t.Fatal(err)
		}
		moved := a.WithPath(c[1])
		again, err := Parse(c[2])
		if err != nil || moved != again || !moved.Local() {
			t.Errorf("%s with path %s: got %s, want %s (%v)", c[0], c[1], moved.Text(), c[2], err)
		}
	}
	if a, err := Parse("replay://data/rec"); err != nil || a != OfRecording("data/rec") {
		t.Errorf("got %+v, want that of Parse, %+v, %v", OfRecording("data/rec"), a, err)
	}
}
