package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/internal/need"
)

// length returns how long the soak runs: what fits into make test, or PRISTINE_SOAK_FOR of
// make soak.
func length(t *testing.T) (d time.Duration, whole bool) {
	t.Helper()
	if os.Getenv("PRISTINE_SOAK") == "" {
		return 20 * time.Second, false
	}
	text := os.Getenv("PRISTINE_SOAK_FOR")
	if text == "" {
		return 2 * time.Hour, true
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute {
		t.Fatalf("PRISTINE_SOAK_FOR is %q: want a duration of a minute or more, such as 2h", text)
	}
	return d, true
}

// seed returns what the faults are drawn from.
func seed(t *testing.T) uint64 {
	t.Helper()
	if text := os.Getenv("PRISTINE_SOAK_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("PRISTINE_SOAK_SEED: %v", err)
		}
		return n
	}
	return rand.Uint64N(1_000_000)
}

// The whole agent, for hours, while cameras drop, the hub restarts, refuses and is cut off,
// sets are edited and pushed, the disk fills, the clock jumps and, in the first quarter, the
// agent is killed: no event is lost or comes twice, and the process does not grow.
func TestNeverLostNeverDoubledAndNothingGrows(t *testing.T) {
	need.NoRaceDetector(t)
	d, whole := length(t)
	s := seed(t)
	t.Logf("%s with the seed %d", d, s)
	r := newRig(t, whole)
	r.agent.start()
	t.Cleanup(func() { _ = r.agent.stop() })
	r.awaitEvents(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	live := newSubscriber()
	var following sync.WaitGroup
	following.Go(func() { live.follow(ctx, r.plant.hub()) })

	u := run(t, r, d, s)
	last := r.settle(t)
	waitFor(t, "the alarms of events that were shed", 2*time.Minute, func() bool {
		_, report := r.read(t)
		return report.Missing == 0 || pause(t.Context(), 5*time.Second) && false
	})
	err := r.agent.stop()
	if err != nil && !strings.Contains(tail(r.agent.log()), "could not be stored") {
		t.Errorf("the agent ends with %v: %s", err, tail(r.agent.log()))
	}
	u.count(t, r, live, last)
	cancel()
	following.Wait()
	u.judge(t)
	u.report(t)
}

// awaitEvents waits until the agent's events reach the hub.
func (r *rig) awaitEvents(t *testing.T) {
	t.Helper()
	waitFor(t, "events at the hub", 3*time.Minute, func() bool {
		r.agent.check()
		s := r.agent.status()
		return s != nil && s.Events.HubTakes && s.Events.Sequence > 0 && r.stored(t) > 0
	})
}

// stored counts the events in the hub's stream; 0 while there is none.
func (r *rig) stored(t *testing.T) uint64 {
	t.Helper()
	h := r.plant.hub()
	conn, err := h.Connect(false)
	if err != nil {
		return 0
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return 0
	}
	stream, err := js.Stream(t.Context(), events.StreamName)
	if err != nil {
		return 0
	}
	return stream.CachedInfo().State.Msgs
}

// run samples the agent while the faults happen.
func run(t *testing.T, r *rig, d time.Duration, s uint64) *use {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	kills, cancelKills := context.WithTimeout(ctx, d/4)
	defer cancelKills()
	f := &faults{rig: r, unit: min(max(d/120, 2*time.Second), 30*time.Second), counts: map[string]int{}}
	var faulty sync.WaitGroup
	faulty.Go(func() { f.run(ctx, kills, s) })
	u := &use{Length: d, Seed: s, Faults: f.counts, Jumps: os.Getenv("PRISTINE_SOAK") != "", Begun: time.Now(), dir: os.Getenv("PRISTINE_SOAK_DIR")}
	sampled, put := time.NewTicker(max(d/480, time.Second)), time.NewTicker(time.Second)
	defer sampled.Stop()
	defer put.Stop()
	for ctx.Err() == nil {
		select {
		case <-sampled.C:
			r.agent.check()
			u.sample(t, r.agent)
		case <-put.C:
			r.folder.add()
		case <-ctx.Done():
		}
	}
	faulty.Wait()
	return u
}

// settle ends all faults, and waits until the agent has caught up. It returns the sequence
// of the agent's last event.
func (r *rig) settle(t *testing.T) (last uint64) {
	t.Helper()
	r.network.way.Store(serves)
	for _, file := range r.sets {
		if err := os.WriteFile(file, r.set, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "the agent to recover: "+tail(r.agent.log()), 5*time.Minute, func() bool {
		r.agent.check()
		s := r.agent.status()
		if s == nil || !s.Events.HubTakes || r.folder.waiting() > 0 {
			return false
		}
		for i := range s.Problems {
			if s.Problems[i].Code != "verdict_invalid" && s.Problems[i].Severity != "warning" {
				return false
			}
		}
		last = s.Events.Sequence
		return true
	})
	return last
}

// read reads the whole stream of the hub.
func (r *rig) read(t *testing.T) (*subscriber, events.Report) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	whole, stored := newSubscriber(), r.stored(t)
	report, err := events.Subscribe(ctx, r.plant.hub(), events.SubscribeOptions{All: true}, func(e events.Received) error {
		whole.note(e)
		if uint64(len(whole.ids)) == stored {
			cancel()
		}
		return nil
	})
	if err != nil || uint64(len(whole.ids)) < stored {
		t.Errorf("read the hub's stream: %d of %d events: %v", len(whole.ids), stored, err)
	}
	return whole, report
}

// count reads the whole stream of the hub anew, and compares what the live subscriber has.
func (u *use) count(t *testing.T, r *rig, live *subscriber, last uint64) {
	t.Helper()
	whole, report := r.read(t)
	u.Events, u.Missing, u.Shed, u.Doubled, u.OutOfOrder, u.Refused = report.Events, report.Missing, report.Shed, report.Duplicates, report.OutOfOrder, report.Refused
	if whole.newest < last {
		t.Errorf("the hub's last event is %d, the agent's was %d", whole.newest, last)
	}
	waitFor(t, "the live subscriber", time.Minute, func() bool { return live.received() >= len(whole.ids) })
	live.mu.Lock()
	defer live.mu.Unlock()
	for id := range whole.ids {
		switch live.ids[id] {
		case 0:
			u.LiveLost++
		case 1:
		default:
			u.LiveDoubled++
		}
	}
	u.Pictures = r.folder.put
	for i := range r.folder.put {
		switch n := whole.events[fmt.Sprintf("part-%06d.jpg", i)]; {
		case n == 0:
			u.PicturesLost++
		case n > 1:
			u.PicturesTwice++
		}
	}
}

// judge compares what was counted with what is promised.
func (u *use) judge(t *testing.T) {
	t.Helper()
	if u.Missing+u.Doubled+u.OutOfOrder+u.Refused != 0 || u.LiveLost+u.LiveDoubled != 0 {
		t.Errorf("%d events missing, %d doubled, %d out of order, %d refused; at the live subscriber %d lost, %d doubled: want none",
			u.Missing, u.Doubled, u.OutOfOrder, u.Refused, u.LiveLost, u.LiveDoubled)
	}
	if uint64(u.PicturesLost) > u.Shed {
		t.Errorf("%d pictures of the folder have no event, and only %d events were shed", u.PicturesLost, u.Shed)
	}
	if u.PicturesTwice > u.Faults["agent is killed"] {
		t.Errorf("%d pictures of the folder have two events, at %d kills: want at most one a kill, see docs/watched-folder.md", u.PicturesTwice, u.Faults["agent is killed"])
	}
	for _, row := range u.rows() {
		if row.judged && row.slope.Low > row.limit {
			t.Errorf("%s grows by %.2f an hour (%.2f to %.2f): want at most %v", row.name, row.slope.PerHour, row.slope.Low, row.slope.High, row.limit)
		}
	}
}

// report writes the table, and all samples as JSON where PRISTINE_SOAK_DIR names a folder.
func (u *use) report(t *testing.T) {
	t.Helper()
	t.Log("\n" + u.markdown())
	if u.dir == "" {
		return
	}
	data, err := json.MarshalIndent(u, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(u.dir, "soak.json"), data, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(u.dir, "soak.md"), []byte(u.markdown()), 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
