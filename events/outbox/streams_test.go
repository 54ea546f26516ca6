package outbox

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/presence"
)

// Where an agent came first and made the stream and buckets itself, streams.sh gives
// them their limits and loses nothing; it may run again.
func TestStreamsScript_LimitsWhatAnAgentMade(t *testing.T) {
	plant := newPlant(t, "hub.conf")
	operator := plant.as(plant.url, "operator")
	conn, err := operator.Connect(false)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openStream(t.Context(), js, &ForwardOptions{DuplicateWindow: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateObjectStore(t.Context(), evidenceBucket(10<<20)); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateKeyValue(t.Context(), presence.Config()); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "qc.plant.line-1.station-1.state", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		plant.operate("../../deploy/nats/streams.sh")
		for name, want := range map[string]jetstream.StreamConfig{
			events.StreamName:            {MaxAge: 90 * 24 * time.Hour, MaxBytes: -1, MaxMsgSize: -1, MaxMsgsPerSubject: -1},
			events.EvidenceStream:        {MaxAge: 90 * 24 * time.Hour, MaxBytes: 100 << 20, MaxMsgSize: -1, MaxMsgsPerSubject: -1},
			"KV_" + events.PromptsBucket: {MaxBytes: -1, MaxMsgSize: 262144, MaxMsgsPerSubject: 16},
			"KV_" + presence.Bucket:      {MaxBytes: 4 << 20, MaxMsgSize: 4096, MaxMsgsPerSubject: 1, SubjectDeleteMarkerTTL: 168 * time.Hour},
		} {
			stream, err := js.Stream(t.Context(), name)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			c := stream.CachedInfo().Config
			got := jetstream.StreamConfig{MaxAge: c.MaxAge, MaxBytes: c.MaxBytes, MaxMsgSize: c.MaxMsgSize, MaxMsgsPerSubject: c.MaxMsgsPerSubject, SubjectDeleteMarkerTTL: c.SubjectDeleteMarkerTTL}
			if got.MaxAge != want.MaxAge || got.MaxBytes != want.MaxBytes || got.MaxMsgSize != want.MaxMsgSize || got.MaxMsgsPerSubject != want.MaxMsgsPerSubject || got.SubjectDeleteMarkerTTL != want.SubjectDeleteMarkerTTL || c.Storage != jetstream.FileStorage {
				t.Errorf("%s: got %+v in %v, want %+v", name, got, c.Storage, want)
			}
			if name == events.StreamName && stream.CachedInfo().State.Msgs != 1 {
				t.Errorf("it holds %d events, want the agent's", stream.CachedInfo().State.Msgs)
			}
		}
	}
}
