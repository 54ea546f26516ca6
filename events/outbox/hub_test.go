package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

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
