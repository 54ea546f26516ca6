package events

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// MaxEvidenceBytes is the size of the largest picture that is fetched or
// stored.
const MaxEvidenceBytes = 32 << 20

// ErrEvidence is returned within an error when evidence is not what its event
// says.
var ErrEvidence = errors.New("the evidence differs from what the event says")

// ErrNoEvidence is returned within an error when evidence is not there: shed,
// or still on its way.
var ErrNoEvidence = errors.New("the evidence is not there")

// EvidenceStream is the stream below the bucket with evidence.
const EvidenceStream = "OBJ_" + EvidenceBucket

// EvidenceReader fetches pictures over one connection. Safe for concurrent use.
type EvidenceReader struct {
	stream jetstream.Stream
	close  func()
}

// OpenEvidence connects to where the evidence is. The caller closes.
func OpenEvidence(ctx context.Context, h Hub) (*EvidenceReader, error) {
	conn, js, err := h.ConnectJetStream()
	if err != nil {
		return nil, err
	}
	stream, err := js.Stream(ctx, EvidenceStream)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open bucket %s: %w", EvidenceBucket, err)
	}
	return &EvidenceReader{stream, conn.Close}, nil
}

// Close closes the connection.
func (r *EvidenceReader) Close() { r.close() }

// Fetch reads a picture and compares its size and its hash.
func (r *EvidenceReader) Fetch(ctx context.Context, e *Evidence) ([]byte, error) {
	if e.Bucket != EvidenceBucket || e.Bytes > MaxEvidenceBytes {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, ErrEvidence)
	}
	picture, _, err := ReadPicture(ctx, r.stream, e.Name, e.Bytes)
	if err != nil {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, err)
	}
	if sum := sha256.Sum256(picture); len(picture) != e.Bytes || hex.EncodeToString(sum[:]) != e.SHA256 {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, ErrEvidence)
	}
	return picture, nil
}

// FetchEvidence fetches one picture over a connection of its own.
func FetchEvidence(ctx context.Context, h Hub, e *Evidence) ([]byte, error) {
	r, err := OpenEvidence(ctx, h)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Fetch(ctx, e)
}

// ReadPicture reads a picture of at most limit bytes from the stream below the
// bucket, and returns its place there. Errors have ErrNoEvidence where it is not
// there whole, and ErrEvidence where it is too large. It asks for single
// messages: the client's own Get makes a consumer for each picture, and needs
// leave for that.
func ReadPicture(ctx context.Context, stream jetstream.Stream, name string, limit int) (picture []byte, place uint64, err error) {
	meta, err := stream.GetLastMsgForSubject(ctx, PictureSubject(name))
	if err != nil {
		return nil, 0, absent(err)
	}
	var info jetstream.ObjectInfo
	if err := json.Unmarshal(meta.Data, &info); err != nil || info.Deleted {
		return nil, 0, ErrNoEvidence
	}
	if info.Size > uint64(max(limit, 0)) {
		return nil, 0, fmt.Errorf("%w: %d bytes are more than %d", ErrEvidence, info.Size, limit)
	}
	picture = make([]byte, 0, info.Size)
	for next := uint64(1); uint64(len(picture)) < info.Size; {
		part, err := stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(ChunkSubject(info.NUID)))
		if err != nil {
			return nil, 0, absent(err)
		}
		picture, next = append(picture, part.Data...), part.Sequence+1
	}
	if uint64(len(picture)) != info.Size {
		return nil, 0, fmt.Errorf("%w: it has %d bytes and should have %d", ErrEvidence, len(picture), info.Size)
	}
	return picture, meta.Sequence, nil
}

func absent(err error) error {
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return ErrNoEvidence
	}
	return err
}

// PictureSubject is that of a picture's description in the bucket, as NATS lays
// object stores out (ADR-20).
func PictureSubject(name string) string {
	return "$O." + EvidenceBucket + ".M." + base64.URLEncoding.EncodeToString([]byte(name))
}

// ChunkSubject is that of the parts of a picture with this id.
func ChunkSubject(id string) string { return "$O." + EvidenceBucket + ".C." + id }
