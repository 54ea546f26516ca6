package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// keys of a camera: the set that is staged, the revision to be armed, and what
// the agent says.
func setKey(s events.Station, camera string) string    { return "set." + s.Token() + "." + camera }
func armKey(s events.Station, camera string) string    { return "arm." + s.Token() + "." + camera }
func statusKey(s events.Station, camera string) string { return "status." + s.Token() + "." + camera }

// wish is a request to arm a revision.
type wish struct {
	Revision uint64 `json:"revision"`
	By       string `json:"by,omitempty"`
}

// maxBy bounds the name of who asks, in bytes.
const maxBy = 200

// parseWish reads a request to arm. Pushers before version 0.2 wrote the revision
// alone.
func parseWish(value []byte) (w wish, err error) {
	if w.Revision, err = strconv.ParseUint(string(value), 10, 64); err == nil {
		return w, nil
	}
	if err := json.Unmarshal(value, &w); err != nil {
		return w, fmt.Errorf("read the request to arm: %w", err)
	}
	if len(w.By) > maxBy || !utf8.ValidString(w.By) || strings.ContainsFunc(w.By, unreadable) {
		return w, fmt.Errorf("read the request to arm: by must be at most %d bytes of readable text", maxBy)
	}
	return w, nil
}

// checkKey refuses names that would reach other keys than those of a camera.
func checkKey(s events.Station, camera string) error {
	if err := s.Check(); err != nil {
		return err
	}
	if err := events.CheckName(camera); err != nil {
		return fmt.Errorf("camera: %w", err)
	}
	return nil
}

// SetStatus is what an agent says of a pushed set.
type SetStatus struct {
	State    string    `json:"state"` // acknowledged, refused or armed
	Revision uint64    `json:"revision"`
	SHA256   string    `json:"sha256"`
	Reason   string    `json:"reason,omitempty"`   // of refused
	Warnings []string  `json:"warnings,omitempty"` // of acknowledged: what is doubtful in the set
	Armed    uint64    `json:"armed"`              // the revision in effect; 0: none that was pushed
	Time     time.Time `json:"time"`
}

// recheck is how often the bucket is read even though nothing was heard: a
// watcher can die with a reconnect, and says nothing.
const recheck = 5 * time.Second

// follow applies prompt sets from the bucket until ctx ends or the connection is
// down. seen holds the staged revisions that were judged, by camera.
func (s *service) follow(ctx context.Context, js jetstream.JetStream, seen map[string]uint64) {
	for ctx.Err() == nil {
		if kv, err := js.KeyValue(ctx, events.PromptsBucket); err == nil {
			s.watch(ctx, kv, seen)
		}
		select {
		case <-time.After(recheck):
		case <-ctx.Done():
		}
		if !s.conn.IsConnected() {
			return
		}
	}
}

// watch reconciles whenever a key changes, and from time to time, until the
// bucket does not answer.
func (s *service) watch(ctx context.Context, kv jetstream.KeyValue, seen map[string]uint64) {
	watcher, err := kv.WatchFiltered(ctx, []string{setKey(s.Station, "*"), armKey(s.Station, "*")}, jetstream.MetaOnly())
	if err != nil {
		return
	}
	defer func() { _ = watcher.Stop() }()
	ticker := time.NewTicker(recheck)
	defer ticker.Stop()
	for {
		for _, camera := range s.Agent.Cameras() {
			if err := s.reconcile(ctx, kv, camera, seen); err != nil {
				return
			}
		}
		select {
		case _, open := <-watcher.Updates():
			if !open {
				return
			}
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// reconcile judges the set that is staged, and arms the revision that is to be.
func (s *service) reconcile(ctx context.Context, kv jetstream.KeyValue, camera string, seen map[string]uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	staged, err := kv.Get(ctx, setKey(s.Station, camera))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if staged.Revision() != seen[camera] {
		if err := s.judge(ctx, kv, camera, staged, "acknowledged", Pushed{}); err != nil {
			return err
		}
		seen[camera] = staged.Revision()
	}
	wish, err := kv.Get(ctx, armKey(s.Station, camera))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	wanted, err := parseWish(wish.Value())
	revision := wanted.Revision
	key := camera + "\x00arm" // of wishes that were judged
	if err != nil || revision == s.Agent.Armed(camera) || wish.Revision() == seen[key] || wish.Revision() == s.Agent.Wish(camera) {
		return nil
	}
	seen[key] = wish.Revision()
	set, err := kv.GetRevision(ctx, setKey(s.Station, camera), revision)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return s.putStatus(ctx, kv, camera, SetStatus{State: "refused", Revision: revision, Reason: "there is no such revision of the set"})
	}
	if err != nil {
		return err
	}
	return s.judge(ctx, kv, camera, set, "armed", Pushed{revision, wish.Revision(), wanted.By})
}

// judge validates a set, arms it where it is to be, and says what came of it.
func (s *service) judge(ctx context.Context, kv jetstream.KeyValue, camera string, set jetstream.KeyValueEntry, state string, p Pushed) error {
	sum := sha256.Sum256(set.Value())
	status := SetStatus{State: state, Revision: set.Revision(), SHA256: hex.EncodeToString(sum[:])}
	var err error
	if len(set.Value()) > events.MaxSetBytes {
		err = fmt.Errorf("%d bytes are more than %d", len(set.Value()), events.MaxSetBytes)
	} else if err = s.Agent.Validate(ctx, camera, set.Value()); err == nil && state == "armed" {
		err = s.Agent.Arm(ctx, camera, p, set.Value())
	}
	if err != nil {
		s.Counts.Refused.Add(1)
		status.State, status.Reason = "refused", err.Error()
	} else if state == "acknowledged" {
		status.Warnings = s.lint(ctx, camera, set.Value())
	}
	return s.putStatus(ctx, kv, camera, status)
}

// maxWarnings are told of a set.
const maxWarnings = 20

// lint returns the warnings about a set. They never keep it from being used, and
// neither does a check that fails.
func (s *service) lint(ctx context.Context, camera string, set []byte) []string {
	warnings, err := s.Agent.Lint(ctx, camera, set)
	if err != nil {
		return []string{"the set was not checked for doubtful prompts: " + err.Error()}
	}
	if n := len(warnings) - maxWarnings; n > 0 {
		return append(warnings[:maxWarnings:maxWarnings], fmt.Sprintf("and %d more", n))
	}
	return warnings
}

func (s *service) putStatus(ctx context.Context, kv jetstream.KeyValue, camera string, status SetStatus) error {
	status.Armed, status.Time = s.Agent.Armed(camera), time.Now().UTC()
	body, err := json.Marshal(status)
	if err != nil {
		return err
	}
	_, err = kv.Put(ctx, statusKey(s.Station, camera), body)
	return err
}
