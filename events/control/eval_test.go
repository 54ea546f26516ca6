package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// Labelled pictures are measured, by the name of their evidence or as they are
// sent; what cannot be measured whole is refused.
func TestLabelledPicturesAreMeasured(t *testing.T) {
	hub := startHub(t, t.TempDir(), server.RANDOM_PORT)
	serve(t, Options{Connect: to(hub.ClientURL()), Station: station, Agent: &line{}, Rate: 1000})
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	bucket, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: events.EvidenceBucket})
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"fail-s1-a.jpg": 300 << 10, "huge.jpg": MaxRequestBytes + 1} {
		if _, err := bucket.PutBytes(ctx, name, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	answer := ask(t, conn, "eval", `{"pictures": [{"label": "good", "jpeg": "anBlZw=="}, {"label": "bad", "defect": "crack", "evidence": "fail-s1-a.jpg"}]}`)
	if got, want := string(answer.Data), `{"fail-s1-a.jpg true crack":307200,"pictures[0] false ":4}`; got != want {
		t.Errorf("%s, %v, want %s", got, answer.Header, want)
	}
	good := `{"label": "good", "jpeg": "anBlZw=="}`
	for body, want := range map[string]string{
		"now":                          "the body must be JSON",
		`{"picture": []}`:              "the body must be JSON",
		`{"pictures": [` + good + `]}`: "good and bad pictures are needed (got 1 and 0)",
		`{"pictures": [{"label": "ugly", "jpeg": "anBlZw=="}]}`:                           "label must be good or bad",
		`{"pictures": [{"label": "good", "defect": "crack", "jpeg": "anBlZw=="}]}`:        "a good picture has no defect",
		`{"pictures": [{"label": "bad", "defect": "../x", "jpeg": "anBlZw=="}]}`:          "defect: name",
		`{"pictures": [{"label": "bad"}]}`:                                                "give either evidence",
		`{"pictures": [{"label": "bad", "evidence": "../../etc/passwd"}]}`:                "evidence must be the name",
		`{"pictures": [` + good + `, {"label": "bad", "evidence": "nowhere.jpg"}]}`:       "evidence nowhere.jpg: the evidence is not there",
		`{"pictures": [` + good + `, {"label": "bad", "evidence": "huge.jpg"}]}`:          "8388609 bytes are more than",
		`{"pictures": [` + strings.Repeat(good+",", MaxEvalPictures) + good + `]}`:        "201 pictures are more than 200",
		`{"pictures": [` + good + `, {"label": "bad", "jpeg": "anBlZw=="}]} {"more": ""}`: "something follows",
	} {
		got := ask(t, conn, "eval", body)
		if got.Header.Get("Nats-Service-Error-Code") != "400" || !strings.Contains(got.Header.Get("Nats-Service-Error"), want) {
			t.Errorf("%.60s: %v, want %s", body, got.Header, want)
		}
	}
	// One at a time: it keeps the model busy.
	slow := `{"pictures": [{"label": "good", "jpeg": "c2xvdw=="}, {"label": "bad", "jpeg": "anBlZw=="}]}`
	if err := conn.PublishRequest("qc.svc."+station.Token()+".eval", nats.NewInbox(), []byte(slow)); err != nil {
		t.Fatal(err)
	}
	quick, refused := strings.Replace(slow, "c2xvdw", "anBlZw", 1), ""
	for deadline := time.Now().Add(30 * time.Second); refused != "429" && time.Now().Before(deadline); {
		refused = ask(t, conn, "eval", quick).Header.Get("Nats-Service-Error-Code") // as soon as the slow one is under way
	}
	if refused != "429" {
		t.Error("two evaluations were made at the same time")
	}
}

// A slow request does not hold up the next one, and too many at once are
// refused.
func TestASlowRequestDoesNotHoldUpTheNext(t *testing.T) {
	hub := startHub(t, t.TempDir(), server.RANDOM_PORT)
	serve(t, Options{Connect: to(hub.ClientURL()), Station: station, Agent: &line{}, Deadline: time.Hour, Rate: 1000})
	conn, err := nats.Connect(hub.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for n := range maxAtOnce {
		if got := ask(t, conn, "inspect", "picture").Header.Get("Nats-Service-Error-Code"); got != "" {
			t.Fatalf("beside %d slow requests, a quick one gave code %q", n, got)
		}
		if err := conn.PublishRequest("qc.svc."+station.Token()+".inspect", nats.NewInbox(), []byte("slow")); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, conn, "inspect", "picture").Header.Get("Nats-Service-Error-Code"); got != "429" {
		t.Errorf("beside %d slow requests, a quick one gave code %q", maxAtOnce, got)
	}
}

// Whatever comes, it is an evaluation that can be measured, or refused as wrong.
func FuzzEvaluation(f *testing.F) {
	f.Add([]byte(`{"pictures": [{"label": "good", "jpeg": "anBlZw=="}, {"label": "bad", "defect": "crack", "evidence": "fail-s1-a.jpg"}]}`))
	f.Add([]byte(`{"pictures": null}`))
	f.Add([]byte(strings.Repeat("[", 20000)))
	for _, name := range hostile {
		body, err := json.Marshal(Evaluation{[]EvalPicture{{Label: "good", Evidence: name}, {Label: "bad", Defect: name, JPEG: []byte(name)}}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := parseEvaluation(body)
		if err != nil {
			if !errors.Is(err, ErrRequest) {
				t.Errorf("%v", err)
			}
			return
		}
		labels := map[string]bool{}
		for _, p := range e.Pictures {
			labels[p.Label] = true
			if p.Evidence != "" && (len(p.JPEG) > 0 || strings.ContainsAny(p.Evidence, "/*> \x00\n")) || p.Defect != "" && events.CheckName(p.Defect) != nil {
				t.Errorf("%+v", p)
			}
		}
		if fmt.Sprint(labels) != "map[bad:true good:true]" {
			t.Errorf("labels %v", labels)
		}
	})
}
