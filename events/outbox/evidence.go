package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nuid"

	"pristine/events"
)

// evidenceWait is how long an event waits for its evidence to be stored; after
// that it says that the evidence is pending.
const evidenceWait = 2 * time.Second

// PutEvidence stores a JPEG under a name of its own; verdict decides how long
// it is kept when room is short. When the disk is slow the picture is pending,
// and stored in the background. An error with ErrFull says that there is no
// room.
func (s *Store) PutEvidence(ctx context.Context, verdict string, jpeg []byte) (*events.Evidence, error) {
	if len(jpeg) > events.MaxEvidenceBytes {
		return nil, fmt.Errorf("store evidence: %d bytes are more than %d", len(jpeg), events.MaxEvidenceBytes)
	}
	if err := s.room(Class(verdict)); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(jpeg)
	e := &events.Evidence{
		Bucket: events.EvidenceBucket, Name: strings.ToLower(verdict) + "-" + s.options.Station.Name + "-" + nuid.Next() + ".jpg",
		Bytes: len(jpeg), SHA256: hex.EncodeToString(sum[:]), MediaType: "image/jpeg", Status: events.EvidenceStored,
	}
	done := make(chan error, 1)
	s.tasks.Go(func() { done <- s.put(s.ctx, e.Name, jpeg) })
	timer := time.NewTimer(evidenceWait)
	defer timer.Stop()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
	case <-timer.C:
		e.Status = events.EvidencePending
	case <-ctx.Done():
		e.Status = events.EvidencePending
	}
	return e, nil
}

// Evidence returns a picture that PutEvidence stored. An error with
// events.ErrNoEvidence says that it is not there any more, or not yet.
func (s *Store) Evidence(ctx context.Context, e *events.Evidence) ([]byte, error) {
	jpeg, _, err := s.broker.Load().pictures.get(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("read evidence %s: %w", e.Name, err)
	}
	return jpeg, nil
}

func (s *Store) put(ctx context.Context, name string, jpeg []byte) error {
	err := s.broker.Load().pictures.put(ctx, name, jpeg)
	if refusal(err) == full {
		if err = s.retainEvidence(ctx, 1); err == nil {
			err = s.broker.Load().pictures.put(ctx, name, jpeg)
		}
	}
	if refusal(err) == full {
		return fmt.Errorf("store evidence: %w: %w", ErrFull, err)
	}
	if err != nil {
		return fmt.Errorf("store evidence: %w", err)
	}
	s.counts.pictures.Add(uint64(len(jpeg)))
	return nil
}

// deliveredMargin is how far before the last picture that the hub got another
// one must stand to be sure that the hub has it: its own event may have been
// stored a little later. Places in the stream, of which a picture takes two or
// more, and not times: clocks jump.
const deliveredMargin = 64

// retainEvidence removes pictures when they take more than the share of the
// bytes allowed that shedding begins at, divided by hard: first those that the
// hub has, then by verdict, oldest first.
func (s *Store) retainEvidence(ctx context.Context, hard uint64) error {
	s.retaining.Lock()
	defer s.retaining.Unlock()
	b := s.broker.Load()
	info, err := b.pictures.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("remove evidence: %w", err)
	}
	bytes := info.State.Bytes
	s.counts.pictures.Store(bytes)
	defer func() { s.counts.pictures.Store(bytes) }()
	if hard == 1 && bytes <= highWater(s.options.EvidenceBytes) {
		return nil
	}
	target := min(lowWater(s.options.EvidenceBytes), bytes/4*3)
	if hard > 1 {
		target = bytes / hard
	}
	all, err := b.pictures.list(ctx)
	if err != nil {
		return err
	}
	brought := s.brought.Load()
	delivered := func(p *picture) bool { return p.place+deliveredMargin <= brought }
	rank := func(p *picture) int {
		if delivered(p) {
			return -1
		}
		return slices.Index(shedOrder, pictureClass(p.name))
	}
	slices.SortStableFunc(all, func(a, b *picture) int { return cmp.Compare(rank(a), rank(b)) })
	lost := map[Class]uint64{}
	for _, p := range all {
		if bytes <= target {
			break
		}
		if err := b.pictures.remove(ctx, p); err != nil {
			return err
		}
		bytes -= min(p.bytes, bytes)
		if !delivered(p) {
			lost[pictureClass(p.name)]++
		}
	}
	if len(lost) > 0 {
		s.counts.addShed(&s.counts.evidence, lost)
		return s.note(ctx, b, events.Alarm{Name: events.AlarmEvidence, Detail: "no room: pictures of " + describe(lost) + " removed before the hub had them"})
	}
	return nil
}

func pictureClass(name string) Class {
	verdict, _, _ := strings.Cut(name, "-")
	return Class(strings.ToUpper(verdict))
}
