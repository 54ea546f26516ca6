package events

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/nats-io/nats.go/jetstream"
)

// MaxEvidenceBytes is the size of the largest picture that is fetched or
// stored.
const MaxEvidenceBytes = 32 << 20

// ErrEvidence is returned within an error when evidence is not what its event
// says.
var ErrEvidence = errors.New("the evidence is not what the event says")

// ErrNoEvidence is returned within an error when evidence is not there: shed,
// or still on its way.
var ErrNoEvidence = errors.New("the evidence is not there")

// EvidenceReader fetches pictures over one connection. Safe for concurrent use.
type EvidenceReader struct {
	objects jetstream.ObjectStore
	close   func()
}

// OpenEvidence connects to where the evidence is. The caller closes.
func OpenEvidence(ctx context.Context, h Hub) (*EvidenceReader, error) {
	conn, err := h.Connect(false)
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	if err == nil {
		var objects jetstream.ObjectStore
		if objects, err = js.ObjectStore(ctx, EvidenceBucket); err == nil {
			return &EvidenceReader{objects, conn.Close}, nil
		}
	}
	conn.Close()
	return nil, fmt.Errorf("open bucket %s: %w", EvidenceBucket, err)
}

// Close closes the connection.
func (r *EvidenceReader) Close() { r.close() }

// Fetch reads a picture and compares its size and its hash.
func (r *EvidenceReader) Fetch(ctx context.Context, e *Evidence) ([]byte, error) {
	if e.Bucket != EvidenceBucket || e.Bytes > MaxEvidenceBytes {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, ErrEvidence)
	}
	object, err := r.objects.Get(ctx, e.Name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, ErrNoEvidence)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, err)
	}
	defer object.Close()
	picture, err := io.ReadAll(io.LimitReader(object, int64(e.Bytes)+1))
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
