package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// What the bucket writes, any NATS client reads; and the other way round.
func TestAnyClientReadsThePicturesAndWritesThem(t *testing.T) {
	ctx, s := context.Background(), openStore(t, Options{Dir: t.TempDir()})
	b := s.broker.Load()
	client, err := b.js.ObjectStore(ctx, events.EvidenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 100 << 10, chunkBytes, 2*chunkBytes + 7} {
		picture := make([]byte, size)
		for i := range picture {
			picture[i] = byte(rand.Uint32())
		}
		e := &events.Evidence{Name: fmt.Sprintf("fail-s1-%d.jpg", size), Bytes: size, SHA256: fmt.Sprintf("%x", sha256.Sum256(picture))}
		if err := b.pictures.put(ctx, e.Name, picture); err != nil {
			t.Fatal(err)
		}
		if got, err := client.GetBytes(ctx, e.Name); err != nil || !bytes.Equal(got, picture) {
			t.Errorf("the client reads %d bytes of %d, %v", len(got), size, err)
		}
		e.Name = "by-the-client.jpg"
		if _, err := client.PutBytes(ctx, e.Name, picture); err != nil {
			t.Fatal(err)
		}
		if got, _, err := b.pictures.get(ctx, e); err != nil || !bytes.Equal(got, picture) {
			t.Errorf("%d bytes of %d of the client, %v", len(got), size, err)
		}
	}
}

// A picture that is brought again replaces what is left of the first try, and
// half a picture is none.
func TestAPictureThatIsWrittenAgainReplacesTheFirstTry(t *testing.T) {
	ctx, s := context.Background(), openStore(t, Options{Dir: t.TempDir()})
	b, picture := s.broker.Load(), bytesOf(2*chunkBytes)
	e := &events.Evidence{Name: "fail-s1-x.jpg", Bytes: len(picture), SHA256: fmt.Sprintf("%x", sha256.Sum256(picture))}
	for range 2 {
		if err := b.pictures.publish(ctx, events.ChunkSubject("fail-s1-x"), bytesOf(1000), false); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.pictures.get(ctx, e); !errors.Is(err, events.ErrNoEvidence) {
		t.Errorf("half a picture gave %v", err)
	}
	for range 2 {
		if err := b.pictures.put(ctx, e.Name, picture); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.pictures.get(ctx, e); err != nil {
			t.Error(err)
		}
	}
	if info, err := b.pictures.stream.Info(ctx); err != nil || info.State.Msgs != 3 {
		t.Errorf("%d messages hold a picture of two parts, %v", info.State.Msgs, err)
	}
	other := *e
	other.SHA256 = fmt.Sprintf("%x", sha256.Sum256(nil))
	if _, _, err := b.pictures.get(ctx, &other); !errors.Is(err, events.ErrEvidence) {
		t.Errorf("another picture than the event's gave %v", err)
	}
	other.Bytes--
	if _, _, err := b.pictures.get(ctx, &other); !errors.Is(err, events.ErrEvidence) {
		t.Errorf("a picture that is too large gave %v", err)
	}
	meta := nats.NewMsg(events.PictureSubject(e.Name))
	meta.Data = []byte("no description")
	meta.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	if _, err := b.js.PublishMsg(ctx, meta); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.pictures.get(ctx, e); !errors.Is(err, events.ErrNoEvidence) {
		t.Errorf("a damaged description gave %v", err)
	}
}
