package hubcheck

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/testhub"
)

var station = events.Station{Site: "plant", Line: "line-1", Name: "station-1"}

// grants are what deploy/nats/hub.conf lets a station do.
const grants = `publish: ["qc.plant.line-1.station-1.result", "qc.plant.line-1.station-1.state", "qc.plant.line-1.station-1.alarm", "$JS.API.STREAM.INFO.QC", "$O.qc-evidence.>", "$JS.API.STREAM.INFO.OBJ_qc-evidence"]
subscribe: ["_INBOX.plant.line-1.station-1.>", "qc.svc.plant.line-1.station-1.*"]`

// hub starts a server whose user edge has these permissions, and returns an
// administrator's connection.
func hub(t *testing.T, jetStream bool, permissions string) (events.Hub, *nats.Conn) {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf("listen: '127.0.0.1:-1'\nauthorization {users: [{user: admin, password: admin}, {user: edge, password: edge, permissions: {%s}}]}\n", permissions)
	if jetStream {
		text += fmt.Sprintf("jetstream {store_dir: %q}\n", dir)
	}
	s := testhub.Start(t, text)
	for _, name := range []string{"edge", "admin"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := nats.Connect(s.ClientURL(), nats.UserInfo("admin", "admin"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	secret := filepath.Join(dir, "edge")
	return events.Hub{URL: s.ClientURL(), UserFile: secret, PasswordFile: secret, InboxPrefix: station.InboxPrefix()}, conn
}

func create(t *testing.T, conn *nats.Conn, configs ...jetstream.StreamConfig) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range configs {
		if _, err := js.CreateStream(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	return js
}

// good are the streams as deploy/nats/streams.sh makes them.
func good() []jetstream.StreamConfig {
	return []jetstream.StreamConfig{
		{Name: events.StreamName, Subjects: events.Subjects()},
		{Name: events.EvidenceStream, Subjects: []string{"$O.qc-evidence.C.>", "$O.qc-evidence.M.>"}},
	}
}

func TestExamine_Faults(t *testing.T) {
	change := func(f func(all []jetstream.StreamConfig)) []jetstream.StreamConfig {
		all := good()
		f(all)
		return all
	}
	for name, c := range map[string]struct {
		permissions string
		streams     []jetstream.StreamConfig
		want        string // part and code of each fault
	}{
		"none":                  {grants, good(), ""},
		"events denied":         {strings.Replace(grants, `"qc.plant.line-1.station-1.alarm", `, "", 1), good(), "publish permission"},
		"pictures denied":       {strings.Replace(grants, `"$O.qc-evidence.>", `, "", 1), good(), "pictures permission"},
		"answers denied":        {strings.Replace(grants, `"_INBOX.plant.line-1.station-1.>", `, "", 1), good(), "subscribe permission"},
		"requests denied":       {strings.Replace(grants, `, "qc.svc.plant.line-1.station-1.*"`, "", 1), good(), "subscribe permission"},
		"stream's state denied": {strings.Replace(grants, `"$JS.API.STREAM.INFO.QC", `, "", 1), good(), "stream permission"},
		"no streams":            {grants, nil, "stream stream_missing pictures stream_missing"},
		"streams to be made":    {strings.Replace(grants, "publish: [", `publish: ["$JS.API.STREAM.CREATE.>", `, 1), nil, ""},
		"another name":          {grants, change(func(all []jetstream.StreamConfig) { all[0].Name = "QCX" }), "stream stream_missing"},
		"other subjects":        {grants, change(func(all []jetstream.StreamConfig) { all[0].Subjects = []string{"qc.other.>"} }), "stream stream_subjects"},
		"a mirror": {grants, append([]jetstream.StreamConfig{{Name: "ORIGIN", Subjects: []string{"o"}}}, change(func(all []jetstream.StreamConfig) {
			all[0].Subjects, all[0].Mirror = nil, &jetstream.StreamSource{Name: "ORIGIN"}
		})...), "stream stream_mirror"},
		"without acknowledgment": {grants, change(func(all []jetstream.StreamConfig) { all[0].NoAck = true }), "stream stream_no_ack"},
		"forgets early":          {grants, change(func(all []jetstream.StreamConfig) { all[0].MaxAge = time.Minute }), "retention "},
		"pictures elsewhere":     {grants, change(func(all []jetstream.StreamConfig) { all[1].Subjects = []string{"elsewhere"} }), "pictures stream_subjects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, admin := hub(t, true, c.permissions)
			create(t, admin, c.streams...)
			r, err := Examine(t.Context(), h, station, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Faults {
				got = append(got, string(f.Part)+" "+string(f.Cause.Code))
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("got %q, want %q: %+v", text, c.want, r.Faults)
			}
			if r.Server == "" || r.Version == "" || r.RoundTrip <= 0 {
				t.Errorf("got %+v, want the server's name, version and round trip", r)
			}
		})
	}
}

func TestExamine_SealedAndFull(t *testing.T) {
	h, admin := hub(t, true, grants)
	c := good()
	c[0].Discard, c[0].MaxMsgs = jetstream.DiscardNew, 1
	js := create(t, admin, c...)
	if _, err := js.Publish(t.Context(), station.Subject(events.TypeState), nil); err != nil {
		t.Fatal(err)
	}
	r, err := Examine(t.Context(), h, station, Options{})
	if err != nil || len(r.Faults) != 1 || r.Faults[0].Cause.Code != events.HubStreamFull || !strings.Contains(r.Faults[0].Cause.Problem, "1 of 1 messages") {
		t.Fatalf(`full: got %+v, %v; want err == nil, len(r.Faults) == 1, r.Faults[0].Cause.Code == events.HubStreamFull, strings.Contains(r.Faults[0].Cause.Problem, "1 of 1 messages")`, r, err)
	}
	c[0].MaxMsgs, c[0].Sealed = 1, true
	if _, err := js.UpdateStream(t.Context(), c[0]); err != nil {
		t.Fatal(err)
	}
	r, err = Examine(t.Context(), h, station, Options{})
	if err != nil || len(r.Faults) != 1 || r.Faults[0].Cause.Code != events.HubStreamSealed {
		t.Fatalf("sealed: got %+v, %v; want err == nil, len(r.Faults) == 1, r.Faults[0].Cause.Code == events.HubStreamSealed", r, err)
	}
}

func TestExamine_Clock(t *testing.T) {
	h, admin := hub(t, true, grants)
	create(t, admin, good()...)
	for _, wrong := range []time.Duration{0, -time.Hour, 90 * time.Second} {
		r, err := Examine(t.Context(), h, station, Options{Now: func() time.Time { return time.Now().Add(wrong) }})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Clock || (r.Offset+wrong).Abs() > r.Uncertainty+50*time.Millisecond {
			t.Errorf("this clock is %v ahead: got %v within %v, want %v", wrong, r.Offset, r.Uncertainty, -wrong)
		}
	}
}

// An error of Examine means that the hub cannot be reached or refuses the user, and
// holds an events.HubError.
func TestExamine_Errors(t *testing.T) {
	h, _ := hub(t, false, grants)
	r, err := Examine(t.Context(), h, station, Options{})
	if err != nil || len(r.Faults) == 0 || r.Faults[0].Cause.Code != events.HubNoJetStream {
		t.Errorf("without JetStream: got %+v, %v; want err == nil, len(r.Faults) != 0, r.Faults[0].Cause.Code == events.HubNoJetStream", r, err)
	}
	h.UserFile = filepath.Join(filepath.Dir(h.UserFile), "admin")
	if _, err := Examine(t.Context(), h, station, Options{}); events.HubCause(err).Code != events.HubAuth {
		t.Errorf("another user: got %v", err)
	}
	h.URL = "nats://127.0.0.1:1"
	if _, err := Examine(t.Context(), h, station, Options{}); events.HubCause(err).Code != events.HubRefused {
		t.Errorf("no hub: got %v", err)
	}
}

// No message is published, no stream and no consumer is made or changed.
func TestExamine_LeavesNothing(t *testing.T) {
	h, admin := hub(t, true, "publish: \">\", subscribe: \">\"")
	js := create(t, admin)
	seen, err := admin.SubscribeSync(">")
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(t.Context(), h, station, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := admin.Publish("end", nil); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := seen.NextMsg(10 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject == "end" {
			break
		}
		if !strings.HasPrefix(m.Subject, "$JS.API.STREAM.INFO.") && !strings.HasPrefix(m.Subject, "_INBOX.") && !strings.HasPrefix(m.Subject, "$JS.EVENT.ADVISORY.API") {
			t.Errorf("a message came on %s", m.Subject)
		}
	}
	account, err := js.AccountInfo(t.Context())
	if err != nil || account.Streams != 0 || account.Consumers != 0 {
		t.Errorf("got %+v, %v; want no streams and consumers", account, err)
	}
}

// A bucket whose state cannot be asked for is a fault of the pictures alone.
func TestExamine_PicturesWithoutAnAnswer(t *testing.T) {
	h, admin := hub(t, false, grants)
	answer := `{"type": "io.nats.jetstream.api.v1.stream_info_response", "config": {"name": "QC", "subjects": ["` + strings.Join(events.Subjects(), `", "`) + `"]}}`
	if _, err := admin.Subscribe("$JS.API.STREAM.INFO.QC", func(m *nats.Msg) { _ = m.Respond([]byte(answer)) }); err != nil {
		t.Fatal(err)
	}
	if err := admin.Flush(); err != nil {
		t.Fatal(err)
	}
	r, err := Examine(t.Context(), h, station, Options{})
	if err != nil || len(r.Faults) != 1 || r.Faults[0].Part != Pictures {
		t.Errorf("got %+v, %v; want a fault of the pictures", r, err)
	}
}
