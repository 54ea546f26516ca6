package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// serve starts a NATS server with JetStream until the test ends.
func serve(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoLog, o.NoSigs = "127.0.0.1", true, true
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	if o.JetStream {
		o.StoreDir = t.TempDir()
	}
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

// configured starts a server from a configuration's text.
func configured(t *testing.T, text string) *server.Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hub.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, *o)
}

// admin is a connection to a server's JetStream.
func admin(t *testing.T, s *server.Server, options ...nats.Option) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect("", append(options, nats.InProcessServer(s))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func createStream(t *testing.T, js jetstream.JetStream, c jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	stream, err := js.CreateStream(context.Background(), c)
	if err != nil {
		t.Fatalf("create stream %s: %v", c.Name, err)
	}
	return stream
}

// atHub is the event stream as the hub should have it.
func atHub() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: events.StreamName, Subjects: events.Subjects(), AllowDirect: true}
}

// picturesAtHub is the stream below the bucket as the hub should have it.
func picturesAtHub() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: events.EvidenceStream, Subjects: []string{"$O.qc-evidence.C.>", "$O.qc-evidence.M.>"}, AllowDirect: true, AllowRollup: true}
}

// appendPicture stores a picture and its event.
func appendPicture(t *testing.T, s *Store, part, size int) []byte {
	t.Helper()
	picture := make([]byte, size)
	for i := range picture {
		picture[i] = byte(i * 7 / 3)
	}
	evidence, err := s.PutEvidence(context.Background(), "FAIL", picture)
	if err != nil {
		t.Fatal(err)
	}
	appendResult(t, s, part, "FAIL", evidence)
	return picture
}

// Chunks of pictures fit the hub's max_payload and the bucket's max_msg_size, and
// a bucket whose stream refuses roll-ups stores them too.
func TestForwarder_PicturesLargerThanAMessage(t *testing.T) {
	for name, tc := range map[string]struct {
		maxPayload int32
		change     func(*jetstream.StreamConfig)
	}{
		"max_payload":  {64 << 10, func(*jetstream.StreamConfig) {}},
		"max_msg_size": {0, func(c *jetstream.StreamConfig) { c.MaxMsgSize = 32 << 10 }},
		"both":         {64 << 10, func(c *jetstream.StreamConfig) { c.MaxMsgSize = 32 << 10 }},
		"no rollup":    {0, func(c *jetstream.StreamConfig) { c.AllowRollup = false }},
	} {
		t.Run(name, func(t *testing.T) {
			hub := serve(t, server.Options{JetStream: true, MaxPayload: tc.maxPayload})
			config := picturesAtHub()
			tc.change(&config)
			createStream(t, admin(t, hub), config)
			s := openStore(t, Options{Dir: t.TempDir()})
			want := appendPicture(t, s, 0, 360<<10)
			appendResult(t, s, 1, "PASS", nil)
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
			drained(t, s)
			got, _ := all(t, hub.ClientURL())
			if len(got) != 2 {
				t.Fatalf("the hub has %d events, want 2", len(got))
			}
			result, err := got[0].Result()
			if err != nil || result.Evidence.Status != events.EvidenceStored {
				t.Fatalf("evidence is %+v (%v), want status stored", result.Evidence, err)
			}
			picture, err := openEvidence(t, hub.ClientURL()).Fetch(context.Background(), result.Evidence)
			if err != nil || !bytes.Equal(picture, want) {
				t.Errorf("the hub's picture has %d bytes (%v), want %d", len(picture), err, len(want))
			}
		})
	}
}

// A picture that is brought twice to a bucket without roll-ups is read whole.
func TestBucket_SecondTryWithoutRollup(t *testing.T) {
	hub := serve(t, server.Options{JetStream: true})
	config := picturesAtHub()
	config.AllowRollup = false
	js := admin(t, hub)
	b := bucket{js: js, stream: createStream(t, js, config), plain: true, limit: func() int64 { return 8 << 10 }}
	picture := bytesOf(20 << 10)
	for range 2 {
		if err := b.put(context.Background(), "fail-x.jpg", picture); err != nil {
			t.Fatal(err)
		}
	}
	got, _, err := b.get(context.Background(), &events.Evidence{Name: "fail-x.jpg", Bytes: len(picture), SHA256: fmt.Sprintf("%x", sha256.Sum256(picture))})
	if err != nil || !bytes.Equal(got, picture) {
		t.Errorf("got %d bytes, %v; want %d", len(got), err, len(picture))
	}
}

// A bucket that cannot store pictures holds up no event: these go on with
// evidence status shed, and status and an alarm say why.
func TestForwarder_UnusableBucket(t *testing.T) {
	for name, tc := range map[string]struct {
		text    string
		prepare func(t *testing.T, js jetstream.JetStream)
		want    events.HubCode
	}{
		"mirror": {"", func(t *testing.T, js jetstream.JetStream) {
			origin := picturesAtHub()
			origin.Name = "ORIGIN"
			createStream(t, js, origin)
			createStream(t, js, jetstream.StreamConfig{Name: events.EvidenceStream, Mirror: &jetstream.StreamSource{Name: "ORIGIN"}})
		}, events.HubStreamMirror},
		"other subjects": {"", func(t *testing.T, js jetstream.JetStream) {
			c := picturesAtHub()
			c.Subjects = []string{"other.>"}
			createStream(t, js, c)
		}, events.HubStreamSubjects},
		"sealed": {"", func(t *testing.T, js jetstream.JetStream) {
			c := picturesAtHub()
			createStream(t, js, c)
			c.Sealed = true
			if _, err := js.UpdateStream(context.Background(), c); err != nil {
				t.Fatal(err)
			}
		}, events.HubStreamSealed},
		"tiny messages": {"", func(t *testing.T, js jetstream.JetStream) {
			c := picturesAtHub()
			c.MaxMsgSize = 1000
			createStream(t, js, c)
		}, events.HubMessageSize},
		"full": {"", func(t *testing.T, js jetstream.JetStream) {
			c := picturesAtHub()
			c.MaxBytes, c.Discard = 1000, jetstream.DiscardNew
			createStream(t, js, c)
		}, events.HubStreamFull},
		"account of 100 MB": {"jetstream {max_file: 1GB, max_mem: 10MB}\naccounts {A {jetstream {max_file: 100MB, max_mem: 10MB}, users: [{user: a, password: a}]}}\nno_auth_user: a",
			func(*testing.T, jetstream.JetStream) {}, events.HubLimits},
		"not permitted": {`jetstream {}
			accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "$O.>"}}}]}}
			no_auth_user: a`, func(*testing.T, jetstream.JetStream) {}, events.HubPermission},
		"may not be created": {`jetstream {}
			accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "$JS.API.STREAM.CREATE.OBJ_qc-evidence"}}}]}}
			no_auth_user: a`, func(*testing.T, jetstream.JetStream) {}, events.HubPermission},
	} {
		t.Run(name, func(t *testing.T) {
			hub := configured(t, "jetstream {store_dir: "+t.TempDir()+"}")
			if tc.text != "" {
				hub = configured(t, strings.Replace(tc.text, "jetstream {", "jetstream {store_dir: \""+t.TempDir()+"\"\n", 1))
			}
			tc.prepare(t, admin(t, hub))
			s := openStore(t, Options{Dir: t.TempDir()})
			appendPicture(t, s, 0, 20<<10)
			appendPicture(t, s, 1, 20<<10)
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
			drained(t, s)
			if got := s.Status(); got.Hub.PicturesCode != tc.want || got.Hub.PicturesDetail == "" || got.EvidenceShed[ClassFail] != 2 || !got.Connected {
				t.Errorf("status %+v, want pictures refused as %s and 2 counted", got, tc.want)
			}
			var alarm *events.Alarm
			eventually(t, "an alarm says that pictures are refused", func() bool {
				got, _ := all(t, hub.ClientURL())
				for _, r := range got {
					if a, err := r.Alarm(); err == nil && a.Name == events.AlarmHubPictures {
						alarm = a
					}
				}
				return alarm != nil
			})
			got, _ := all(t, hub.ClientURL())
			for _, r := range got[:2] {
				if result, err := r.Result(); err != nil || result.Evidence.Status != events.EvidenceShed {
					t.Errorf("evidence is %+v (%v), want status shed", result.Evidence, err)
				}
			}
		})
	}
}

// An event that the hub can never take is passed over: those behind it go on, and
// an alarm explains the gap to subscribers, also after a reconnect.
func TestForwarder_OversizedEvent(t *testing.T) {
	for name, o := range map[string]struct {
		maxPayload int32
		maxMsgSize int32
	}{"max_msg_size": {0, 2000}, "max_payload": {2500, -1}} {
		t.Run(name, func(t *testing.T) {
			hub := serve(t, server.Options{JetStream: true, MaxPayload: o.maxPayload})
			config := atHub()
			config.MaxMsgSize = o.maxMsgSize
			createStream(t, admin(t, hub), config)
			s := openStore(t, Options{Dir: t.TempDir()})
			large := func(part string) {
				if _, err := s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Part: part, Verdict: "REVIEW", Detail: strings.Repeat("x", 4000)}); err != nil {
					t.Fatal(err)
				}
			}
			appendResult(t, s, 0, "PASS", nil)
			large("1")
			large("2")
			appendResult(t, s, 3, "PASS", nil)
			large("4") // the last one: after a reconnect it is not tried again
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = s.Forward(ctx, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
			}()
			eventually(t, "the events behind are at the hub", func() bool { return s.Status().Forwarded >= 5 })
			cancel()
			<-done
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
			eventually(t, "alarms explain the gap", func() bool {
				_, report := all(t, hub.ClientURL())
				return report.Missing == 0 && report.Shed == 2 || report.Shed == 3
			})
			drained(t, s)
			appendResult(t, s, 5, "PASS", nil)
			drained(t, s)
			got, report := all(t, hub.ClientURL())
			var parts []string
			told := uint64(0)
			for _, r := range got {
				if result, err := r.Result(); err == nil {
					parts = append(parts, result.Part)
				} else if alarm, err := r.Alarm(); err == nil && alarm.Name == events.AlarmHubRefused {
					told += alarm.Shed.Events["REVIEW"]
				}
			}
			if want := []string{"0", "3", "5"}; !slices.Equal(parts, want) || told != 3 || report.Missing != 0 || report.Shed != 3 {
				t.Errorf("parts %v, want %v; alarms tell of %d, want 3; %+v, want 3 shed", parts, want, told, report)
			}
			if n := s.Status().HubRefused[ClassReview]; n != 3 {
				t.Errorf("status counts %d events that the hub refused, want 3", n)
			}
		})
	}
}

// Events that consumers remove from the hub's stream, or that grow too old there,
// cost no reconnect.
func TestForwarder_ConsumedEvents(t *testing.T) {
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"work queue": func(c *jetstream.StreamConfig) { c.Retention = jetstream.WorkQueuePolicy },
		"interest":   func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy },
		"max_age":    func(c *jetstream.StreamConfig) { c.MaxAge, c.Duplicates = 100*time.Millisecond, 100*time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			hub := serve(t, server.Options{JetStream: true})
			config := atHub()
			change(&config)
			js := admin(t, hub)
			stream := createStream(t, js, config)
			s := openStore(t, Options{Dir: t.TempDir()})
			var attempts atomic.Int64
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}, OnState: func(bool, error) { attempts.Add(1) }})
			var consumed atomic.Int64
			if name == "work queue" {
				consumer, err := stream.CreateConsumer(context.Background(), jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy})
				if err != nil {
					t.Fatal(err)
				}
				consuming, err := consumer.Consume(func(m jetstream.Msg) {
					if err := m.DoubleAck(context.Background()); err == nil {
						consumed.Add(1)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				defer consuming.Stop()
			}
			for part := range 29 {
				appendResult(t, s, part, "PASS", nil)
				drained(t, s)
				eventually(t, "the event is gone from the hub", func() bool {
					info, err := stream.Info(context.Background())
					return err == nil && info.State.Msgs == 0
				})
			}
			if name == "work queue" && consumed.Load() != 29 {
				t.Errorf("%d events were consumed, want 29", consumed.Load())
			}
			if got := attempts.Load(); got != 1 {
				t.Errorf("the state changed %d times, want once: to connected", got)
			}
			if state, err := hub.Varz(nil); err != nil || state.TotalConnections != 2 { // the test's and the forwarder's
				t.Errorf("%d connections were made (%v), want 2", state.TotalConnections, err)
			}
		})
	}
}

// Where an account requires sizes, the stream and the bucket get those that are
// configured; without a size status says which keys to set.
func TestForwarder_AccountRequiresSizes(t *testing.T) {
	text := `jetstream {store_dir: "` + t.TempDir() + `", max_file: 2GB}
		accounts {A {jetstream {max_file: 1GB, max_mem: 10MB, max_bytes_required: true}, users: [{user: a, password: a}]}}
		no_auth_user: a`
	hub := configured(t, text)
	s := openStore(t, Options{Dir: t.TempDir()})
	want := appendPicture(t, s, 0, 10<<10)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Forward(ctx, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
	}()
	eventually(t, "the status names the limit", func() bool { return s.Status().Hub.Code == events.HubLimits })
	if got := s.Status().Hub.Detail; !strings.Contains(got, "events.hub.max_bytes") {
		t.Errorf("the status says %q, want it to name events.hub.max_bytes", got)
	}
	cancel()
	<-done
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}, MaxBytes: 100 << 20, EvidenceBytes: 200 << 20})
	drained(t, s)
	if got, err := openEvidence(t, hub.ClientURL()).Fetch(context.Background(), evidenceOf(t, hub.ClientURL())); err != nil || len(got) != len(want) {
		t.Errorf("the hub's picture has %d bytes (%v), want %d", len(got), err, len(want))
	}
	stream, err := admin(t, hub).Stream(context.Background(), events.StreamName)
	if err != nil || stream.CachedInfo().Config.MaxBytes != 100<<20 {
		t.Errorf("stream %+v, %v; want max_bytes of 100 MiB", stream, err)
	}
}

// evidenceOf returns the evidence of a server's first event.
func evidenceOf(t *testing.T, url string) *events.Evidence {
	t.Helper()
	got, _ := all(t, url)
	result, err := got[0].Result()
	if err != nil {
		t.Fatal(err)
	}
	return result.Evidence
}

// silent is a port where connections are accepted and nothing is said.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return "nats://" + listener.Addr().String()
}

// Each reason for which a hub takes no events has its code and its words, with
// what to do next; and none of them counts as connected.
func TestForwarder_SaysWhyTheHubTakesNoEvents(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	stream := func(change func(*jetstream.StreamConfig)) func(*testing.T) events.Hub {
		return func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c := atHub()
			change(&c)
			createStream(t, admin(t, hub), c)
			return events.Hub{URL: hub.ClientURL()}
		}
	}
	written := func(t *testing.T, text string) string {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, tc := range map[string]struct {
		hub  func(t *testing.T) events.Hub
		code events.HubCode
		says string
	}{
		"no such host": {func(*testing.T) events.Hub { return events.Hub{URL: "nats://no-such-hub.invalid:4222"} }, events.HubDNS, "no-such-hub.invalid"},
		"port closed":  {func(*testing.T) events.Hub { return events.Hub{URL: "nats://" + closed.Addr().String()} }, events.HubRefused, "start the hub"},
		"says nothing": {func(t *testing.T) events.Hub { return events.Hub{URL: silent(t)} }, events.HubTimeout, "network"},
		"no JetStream": {func(t *testing.T) events.Hub { return events.Hub{URL: serve(t, server.Options{}).ClientURL()} }, events.HubNoJetStream, "enable jetstream"},
		"secret absent": {func(*testing.T) events.Hub {
			return events.Hub{URL: "nats://127.0.0.1:4", UserFile: "nowhere", PasswordFile: "nowhere"}
		}, events.HubCredentials, "nowhere"},
		"wrong password": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true, Username: "u", Password: "right"})
			return events.Hub{URL: hub.ClientURL(), UserFile: written(t, "u"), PasswordFile: written(t, "wrong-secret")}
		}, events.HubAuth, "the hub refuses the user"},
		"unknown authority": {func(t *testing.T) events.Hub {
			return events.Hub{URL: newPlant(t, "hub.conf").url, UserFile: written(t, "u"), PasswordFile: written(t, "p")}
		}, events.HubTLS, "unknown authority"},
		"no TLS at the hub": {func(t *testing.T) events.Hub {
			return events.Hub{URL: strings.Replace(serve(t, server.Options{JetStream: true}).ClientURL(), "nats:", "tls:", 1)}
		}, events.HubTLS, "no TLS"},
		"account without JetStream": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {users: [{user: a, password: a}]}, B {jetstream: enabled}}
				no_auth_user: a`).ClientURL()}
		}, events.HubNoJetStream, "account"},
		"may not publish": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "qc.>"}}}]}}
				no_auth_user: a`).ClientURL()}
		}, events.HubPermission, "qc.plant.line-1.s1.result"},
		"may not create the stream": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "$JS.API.STREAM.CREATE.>"}}}]}}
				no_auth_user: a`).ClientURL()}
		}, events.HubPermission, "STREAM.CREATE.QC"},
		"other subjects":       {stream(func(c *jetstream.StreamConfig) { c.Subjects = []string{"quality.>"} }), events.HubStreamSubjects, "quality.>"},
		"acknowledges nothing": {stream(func(c *jetstream.StreamConfig) { c.NoAck = true }), events.HubStreamNoAck, "no_ack"},
		"full":                 {stream(func(c *jetstream.StreamConfig) { c.MaxMsgs, c.MaxBytes, c.Discard = 1, 300, jetstream.DiscardNew }), events.HubStreamFull, "discard old"},
		"another stream": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c := atHub()
			c.Name = "OTHER"
			createStream(t, admin(t, hub), c)
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamSubjects, "another stream"},
		"mirror": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c, js := atHub(), admin(t, hub)
			c.Name = "ORIGIN"
			createStream(t, js, c)
			createStream(t, js, jetstream.StreamConfig{Name: events.StreamName, Mirror: &jetstream.StreamSource{Name: "ORIGIN"}})
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamMirror, "ORIGIN"},
		"sealed": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c, js := atHub(), admin(t, hub)
			createStream(t, js, c)
			c.Sealed = true
			if _, err := js.UpdateStream(context.Background(), c); err != nil {
				t.Fatal(err)
			}
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamSealed, "sealed"},
	} {
		t.Run(name, func(t *testing.T) {
			hub := tc.hub(t)
			s := openStore(t, Options{Dir: t.TempDir()})
			appendResult(t, s, 0, "PASS", nil)
			told := make(chan error, 100)
			forward(t, s, ForwardOptions{Hub: hub, OnState: func(connected bool, err error) {
				if connected {
					t.Error("the hub is said to take events")
				}
				told <- err
			}})
			eventually(t, "the status says "+string(tc.code), func() bool { return s.Status().Hub.Code == tc.code })
			got := s.Status()
			if got.Connected || got.Backlog() != 1 || got.Hub.Since.IsZero() || !strings.Contains(got.Hub.Detail, tc.says) || strings.Contains(got.Hub.Detail, "wrong-secret") {
				t.Errorf("status %+v with a backlog of %d, want 1 and a detail with %q", got.Hub, got.Backlog(), tc.says)
			}
			var cause *events.HubError
			for err := range told {
				if !errors.As(err, &cause) || cause.Remedy == "" {
					t.Errorf("OnState got %v, want a HubError with a remedy", err)
				}
				if cause.Code == tc.code {
					break
				}
			}
		})
	}
}

// The hub counts as connected when it acknowledged an event, not before.
func TestForwarder_ConnectedOnlyAfterAnAcknowledgement(t *testing.T) {
	hub := serve(t, server.Options{JetStream: true})
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
	js := admin(t, hub)
	eventually(t, "the forwarder has opened the bucket", func() bool {
		_, err := js.Stream(context.Background(), events.EvidenceStream)
		return err == nil
	})
	if got := s.Status().Hub; got.Connected || got.Code != "" || got.Detail == "" {
		t.Errorf("before the first event: %+v, want not connected, without a code", got)
	}
	appendResult(t, s, 0, "PASS", nil)
	eventually(t, "the hub counts as connected", func() bool { return s.Status().Connected })
	if got := s.Status(); got.Backlog() != 0 || got.Hub.Code != "" || got.Hub.Detail != "" {
		t.Errorf("after the first event: %+v with a backlog of %d", got.Hub, got.Backlog())
	}
}
