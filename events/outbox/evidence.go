package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
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

func (s *Store) put(ctx context.Context, name string, jpeg []byte) error {
	_, err := s.broker.Load().objects.PutBytes(ctx, name, jpeg)
	if refusal(err) == full {
		if err = s.retainEvidence(ctx, 1); err == nil {
			_, err = s.broker.Load().objects.PutBytes(ctx, name, jpeg)
		}
	}
	if refusal(err) == full {
		return fmt.Errorf("store evidence: %w: %w", ErrFull, err)
	}
	if err != nil {
		return fmt.Errorf("store evidence: %w", err)
	}
	return nil
}

// deliveredMargin is how much older than the last forwarded event a picture
// must be to be sure that the hub has it: its own event may have been stored
// a little later.
const deliveredMargin = time.Minute

// retainEvidence removes pictures when they take more than the share of the
// bytes allowed that shedding begins at, divided by hard: first those that the
// hub has, then by verdict, oldest first.
func (s *Store) retainEvidence(ctx context.Context, hard uint64) error {
	s.retaining.Lock()
	defer s.retaining.Unlock()
	b := s.broker.Load()
	info, err := b.pictures.Info(ctx)
	if err != nil {
		return fmt.Errorf("remove evidence: %w", err)
	}
	bytes := info.State.Bytes
	if hard == 1 && bytes <= highWater(s.options.EvidenceBytes) {
		return nil
	}
	target := min(lowWater(s.options.EvidenceBytes), bytes/4*3)
	if hard > 1 {
		target = bytes / hard
	}
	objects, err := b.objects.List(ctx)
	if errors.Is(err, jetstream.ErrNoObjectsFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove evidence: %w", err)
	}
	forwarded := time.Unix(0, s.forwardedAt.Load()).Add(-deliveredMargin)
	delivered := func(o *jetstream.ObjectInfo) bool { return o.ModTime.Before(forwarded) }
	rank := func(o *jetstream.ObjectInfo) int {
		if delivered(o) {
			return -1
		}
		return slices.Index(shedOrder, pictureClass(o.Name))
	}
	slices.SortFunc(objects, func(a, b *jetstream.ObjectInfo) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.ModTime.Compare(b.ModTime))
	})
	lost := map[Class]uint64{}
	for _, o := range objects {
		if bytes <= target {
			break
		}
		if err := removePicture(ctx, b.pictures, o); err != nil {
			return err
		}
		bytes -= min(o.Size, bytes)
		if !delivered(o) {
			lost[pictureClass(o.Name)]++
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

// removePicture purges a picture whole: Delete would leave a marker for each
// for ever.
func removePicture(ctx context.Context, pictures jetstream.Stream, o *jetstream.ObjectInfo) error {
	for _, subject := range []string{
		"$O." + events.EvidenceBucket + ".M." + base64.URLEncoding.EncodeToString([]byte(o.Name)),
		"$O." + events.EvidenceBucket + ".C." + o.NUID,
	} {
		if err := pictures.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return fmt.Errorf("remove evidence %s: %w", o.Name, err)
		}
	}
	return nil
}
