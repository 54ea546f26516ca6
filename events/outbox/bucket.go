package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// bucket is the object store with the pictures, on the device or at the hub. It
// writes them as any NATS client reads them (ADR-20), but itself: the client's
// own Put may leave a goroutine behind each time, asks for what cannot be there,
// and cuts a picture into messages of 128 KB, each of which is synced to the
// disk. A picture that is written again replaces what is left of the first try.
type bucket struct {
	js     jetstream.JetStream
	stream jetstream.Stream // below the object store
}

// chunkBytes is the size of the largest message with a part of a picture: it
// fits into those of a server with the default limit of 1 MiB.
const chunkBytes = 960 << 10

// errNoPicture is returned within an error when a picture is not there whole.
var errNoPicture = errors.New("the picture is not there")

func metaSubject(name string) string {
	return "$O." + events.EvidenceBucket + ".M." + base64.URLEncoding.EncodeToString([]byte(name))
}

func chunkSubject(id string) string { return "$O." + events.EvidenceBucket + ".C." + id }

// put stores a picture; when it returns without an error, it is on the disk.
// Its description comes last, so that there is none of half a picture.
func (b *bucket) put(ctx context.Context, name string, jpeg []byte) error {
	sum, id := sha256.Sum256(jpeg), strings.TrimSuffix(name, ".jpg")
	info := jetstream.ObjectInfo{
		ObjectMeta: jetstream.ObjectMeta{Name: name, Opts: &jetstream.ObjectMetaOptions{ChunkSize: chunkBytes}},
		Bucket:     events.EvidenceBucket, NUID: id, Size: uint64(len(jpeg)), Digest: "SHA-256=" + base64.URLEncoding.EncodeToString(sum[:]),
	}
	for part := range slices.Chunk(jpeg, chunkBytes) {
		if err := b.publish(ctx, chunkSubject(id), part, info.Chunks == 0); err != nil {
			return err
		}
		info.Chunks++
	}
	meta, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("describe picture %s: %w", name, err)
	}
	return b.publish(ctx, metaSubject(name), meta, true)
}

// publish stores a message; as the only one of its subject where it replaces.
func (b *bucket) publish(ctx context.Context, subject string, data []byte, replaces bool) error {
	m := nats.NewMsg(subject)
	m.Data = data
	if replaces {
		m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	}
	_, err := b.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	return err
}

// has tells whether a picture is there.
func (b *bucket) has(ctx context.Context, name string) bool {
	_, err := b.stream.GetLastMsgForSubject(ctx, metaSubject(name))
	return err == nil
}

// picture is what a bucket knows of one.
type picture struct {
	name, id string
	chunks   uint32
	bytes    uint64
	place    uint64 // of its description in the stream: a later one has a larger one, whatever the clock does
}

func described(data []byte, place uint64) (*picture, error) {
	var info jetstream.ObjectInfo
	if err := json.Unmarshal(data, &info); err != nil {
		return nil, fmt.Errorf("read the description of a picture: %w", err)
	}
	return &picture{info.Name, info.NUID, info.Chunks, info.Size, place}, nil
}

// get reads a picture. An error with errNoPicture says that it never will.
func (b *bucket) get(ctx context.Context, e *events.Evidence) (*picture, []byte, error) {
	m, err := b.stream.GetLastMsgForSubject(ctx, metaSubject(e.Name))
	if err != nil {
		return nil, nil, absent(err)
	}
	p, err := described(m.Data, m.Sequence)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNoPicture, err)
	}
	jpeg, next := make([]byte, 0, e.Bytes), uint64(1)
	for range p.chunks {
		part, err := b.stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(chunkSubject(p.id)))
		if err != nil {
			return nil, nil, absent(err)
		}
		jpeg, next = append(jpeg, part.Data...), part.Sequence+1
	}
	if sum := sha256.Sum256(jpeg); fmt.Sprintf("%x", sum) != e.SHA256 {
		return nil, nil, fmt.Errorf("%w: its hash is another", errNoPicture)
	}
	return p, jpeg, nil
}

func absent(err error) error {
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return errNoPicture
	}
	return err
}

// list gives the pictures, oldest first.
func (b *bucket) list(ctx context.Context) ([]*picture, error) {
	consumer, err := b.stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"$O." + events.EvidenceBucket + ".M.>"}})
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	pending := consumer.CachedInfo().NumPending
	if pending == 0 {
		return nil, nil
	}
	messages, err := consumer.Messages()
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	defer messages.Stop()
	all := make([]*picture, 0, pending)
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		at, err := m.Metadata()
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		if p, err := described(m.Data(), at.Sequence.Stream); err == nil {
			all = append(all, p)
		}
		if at.NumPending == 0 {
			return all, nil
		}
	}
}

// remove purges a picture whole: the client's own Delete would leave a marker
// of each for ever.
func (b *bucket) remove(ctx context.Context, p *picture) error {
	for _, subject := range []string{metaSubject(p.name), chunkSubject(p.id)} {
		if err := b.stream.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return fmt.Errorf("remove evidence %s: %w", p.name, err)
		}
	}
	return nil
}
