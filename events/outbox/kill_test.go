package outbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"pristine/events"
)

// runChild is an agent's store under load: it says each part whose event is on
// the disk, until it is killed.
func runChild(dir, hub, name, round string) {
	ctx, place := context.Background(), station
	place.Name = name
	s, err := Open(ctx, Options{Dir: dir, Station: place, MaxBytes: 64 << 20, EvidenceBytes: 64 << 20, ReserveBytes: 1})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() { _ = s.Forward(ctx, ForwardOptions{Hub: events.Hub{URL: hub}}) }()
	for n := 0; ; n++ {
		r := events.Result{Camera: "c", Part: fmt.Sprintf("%s-%s-%d", name, round, n), Verdict: "FAIL"}
		if n%4 == 0 {
			if r.Evidence, err = s.PutEvidence(ctx, "FAIL", bytesOf(4<<10)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		if _, err := s.Append(ctx, events.TypeResult, r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(r.Part)
	}
}

// victim is an agent that is killed again and again.
type victim struct {
	dir          string
	station      events.Station
	acknowledged []string // parts whose event was on the disk
	err          error    // why it ended by itself
}

// command is the agent in a process of its own.
func (v *victim) command(hub string, round int) *exec.Cmd {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "PRISTINE_CHILD_STORE="+v.dir, "PRISTINE_CHILD_HUB="+hub, "PRISTINE_CHILD_NAME="+v.station.Name, fmt.Sprintf("PRISTINE_CHILD_ROUND=%d", round))
	return child
}

// kill starts the agent, and kills it at a random moment: in one round from
// before its store is open, in the next well into the load.
func (v *victim) kill(hub string, round int) error {
	var errs bytes.Buffer
	child := v.command(hub, round)
	child.Stderr = &errs
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	random := time.Duration(rand.IntN(250)) * time.Millisecond
	wait := random
	if round%2 == 1 {
		wait = time.Minute // at most, for the load
	}
	moment := time.AfterFunc(wait, func() { _ = child.Process.Kill() })
	for lines, n := bufio.NewReader(out), 0; ; n++ {
		part, err := lines.ReadString('\n')
		if err != nil {
			break // it is dead; half a line was not said
		}
		v.acknowledged = append(v.acknowledged, strings.TrimSpace(part))
		if n == 0 && round%2 == 1 {
			moment.Reset(random)
		}
	}
	if err := child.Wait(); child.ProcessState.Exited() {
		return fmt.Errorf("the agent ended by itself: %w: %s", err, errs.String())
	}
	return nil
}

// An event is never lost and never doubled, whenever the agent is killed: here
// several agents side by side, each with a store of its own and all with one
// hub, so that many kills take little time.
func TestNeverLostNeverDoubledWheneverTheAgentIsKilled(t *testing.T) {
	hub, kills := newHub(t), rounds(200, 1000)
	victims := make([]victim, 4)
	var killing sync.WaitGroup
	for i := range victims {
		v := &victims[i]
		v.dir, v.station = t.TempDir(), events.Station{Site: station.Site, Line: station.Line, Name: fmt.Sprintf("s%d", i+1)}
		killing.Go(func() {
			for round := range kills / len(victims) {
				if v.err = v.kill(hub.url(), round); v.err != nil {
					return
				}
			}
		})
	}
	killing.Wait()
	acknowledged, stored := 0, uint64(0)
	for i := range victims {
		if v := &victims[i]; v.err != nil {
			t.Fatal(v.err)
		} else {
			s := openStore(t, Options{Dir: v.dir, Station: v.station})
			forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
			drained(t, s)
			acknowledged, stored = acknowledged+len(v.acknowledged), stored+s.Status().Sequence
		}
	}
	got, report := all(t, hub.url())
	if report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused != 0 || uint64(len(got)) != stored {
		t.Errorf("%d events of %d: %+v", len(got), stored, report)
	}
	seen, lost, doubled := evidenced(t, hub.url(), got), 0, 0
	for _, n := range seen {
		doubled += n - 1
	}
	for i := range victims {
		for _, part := range victims[i].acknowledged {
			if seen[part] == 0 {
				lost++
			}
		}
	}
	t.Logf("%d kills, %d events acknowledged, %d at the hub: %d lost, %d doubled, %d out of order", kills, acknowledged, len(got), lost, doubled, report.OutOfOrder)
	if lost+doubled != 0 || acknowledged < kills {
		t.Errorf("%d of %d acknowledged events lost, %d doubled", lost, acknowledged, doubled)
	}
}

// evidenced counts the parts of events, and requires that the evidence of each
// is there where its event says so.
func evidenced(t *testing.T, url string, got []events.Received) map[string]int {
	t.Helper()
	seen, reader := map[string]int{}, openEvidence(t, url)
	for _, r := range got {
		result, err := r.Result()
		if err != nil {
			t.Fatal(err)
		}
		seen[result.Part]++
		if e := result.Evidence; e != nil && e.Status == events.EvidenceStored {
			if _, err := reader.Fetch(context.Background(), e); err != nil {
				t.Errorf("evidence of %s: %v", result.Part, err)
			}
		}
	}
	return seen
}
