package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"pristine/events"
)

// bucket is the object store with the pictures, on the device or at the hub. It
// writes them as any NATS client reads them (ADR-20), but itself: the client's
// own Put may leave a goroutine behind each time, asks for what cannot be there,
// and cuts a picture into messages of 128 KB, each of which is synced to the
// disk. A picture that is written again replaces what is left of the first try.
type bucket struct {
	js      jetstream.JetStream
	stream  jetstream.Stream // below the object store
	limit   func() int64     // size of the largest message that the stream takes; nil: no smaller than the server's default
	plain   bool             // the stream refuses roll-ups: what a first try left stays beside the second
	refused *events.HubError // why no picture can be stored
}

// Sizes of a message with a part of a picture. The largest fits into the default
// max_payload of 1 MiB; with smaller ones than the least a picture would be
// hundreds of messages. Headers come on top.
const (
	chunkBytes = 960 << 10
	leastChunk = 4 << 10
	headerRoom = 512
)

// chunk returns how many bytes of a picture go into one message.
func (b *bucket) chunk() int {
	if b.limit == nil {
		return chunkBytes
	}
	return int(min(chunkBytes, b.limit()-headerRoom))
}

// put stores a picture; when it returns without an error, it is on the disk.
// Its description comes last, so that there is none of half a picture.
func (b *bucket) put(ctx context.Context, name string, jpeg []byte) error {
	sum, id, chunk := sha256.Sum256(jpeg), strings.TrimSuffix(name, ".jpg"), max(b.chunk(), 1)
	if b.plain {
		id += "-" + nuid.Next() // apart from the chunks of another try
	}
	info := jetstream.ObjectInfo{
		ObjectMeta: jetstream.ObjectMeta{Name: name, Opts: &jetstream.ObjectMetaOptions{ChunkSize: uint32(chunk)}},
		Bucket:     events.EvidenceBucket, NUID: id, Size: uint64(len(jpeg)), Digest: "SHA-256=" + base64.URLEncoding.EncodeToString(sum[:]),
	}
	for part := range slices.Chunk(jpeg, chunk) {
		if err := b.publish(ctx, events.ChunkSubject(id), part, info.Chunks == 0); err != nil {
			return err
		}
		info.Chunks++
	}
	meta, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("describe picture %s: %w", name, err)
	}
	return b.publish(ctx, events.PictureSubject(name), meta, true)
}

// publish stores a message; as the only one of its subject where it replaces.
func (b *bucket) publish(ctx context.Context, subject string, data []byte, replaces bool) error {
	m := nats.NewMsg(subject)
	m.Data = data
	if replaces && !b.plain {
		m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	}
	_, err := b.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	return err
}

// has reports whether a picture is there.
func (b *bucket) has(ctx context.Context, name string) (bool, error) {
	_, err := b.stream.GetLastMsgForSubject(ctx, events.PictureSubject(name))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	return err == nil, err
}

// get reads a picture, and returns its place: a later one has a larger one,
// whatever the clock does. An error with ErrNoEvidence or ErrEvidence says that
// it never will.
func (b *bucket) get(ctx context.Context, e *events.Evidence) (jpeg []byte, place uint64, err error) {
	if jpeg, place, err = events.ReadPicture(ctx, b.stream, e.Name, e.Bytes); err != nil {
		return nil, 0, err
	}
	if sum := sha256.Sum256(jpeg); hex.EncodeToString(sum[:]) != e.SHA256 {
		return nil, 0, fmt.Errorf("%w: its hash is another", events.ErrEvidence)
	}
	return jpeg, place, nil
}

// picture is what a bucket knows of one.
type picture struct {
	name, id     string
	bytes, place uint64
}

// list returns the pictures, oldest first.
func (b *bucket) list(ctx context.Context) ([]*picture, error) {
	messages, err := readOrdered(ctx, b.stream, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"$O." + events.EvidenceBucket + ".M.>"}})
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	defer messages.Close()
	pending := messages.pending()
	if pending == 0 {
		return nil, nil
	}
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
		var info jetstream.ObjectInfo
		if json.Unmarshal(m.Data(), &info) == nil {
			all = append(all, &picture{info.Name, info.NUID, info.Size, at.Sequence.Stream})
		}
		if at.NumPending == 0 {
			return all, nil
		}
	}
}

// remove purges a picture whole: the client's own Delete would leave a marker
// of each for ever.
func (b *bucket) remove(ctx context.Context, p *picture) error {
	for _, subject := range []string{events.PictureSubject(p.name), events.ChunkSubject(p.id)} {
		if err := b.stream.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return fmt.Errorf("remove evidence %s: %w", p.name, err)
		}
	}
	return nil
}
