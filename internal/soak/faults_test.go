package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/events/control"
)

// faults happen at random until their context ends, each kind for itself, so that they
// meet in all combinations.
type faults struct {
	*rig
	unit   time.Duration // about how often a kind happens, and the longest that it lasts
	mu     sync.Mutex
	counts map[string]int
}

func (f *faults) count(kind string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[kind]++
}

// run runs all kinds until ctx ends, and the kills of the agent until kills ends.
func (f *faults) run(ctx, kills context.Context, seed uint64) {
	var all sync.WaitGroup
	defer all.Wait()
	for i, one := range []struct {
		ctx  context.Context
		gaps float64 // units between two, on average
		do   func(context.Context, *rand.Rand)
	}{
		{ctx, 1, f.camera}, {ctx, 2, f.hub}, {ctx, 1, f.edit}, {ctx, 2, f.push}, {ctx, 4, f.fill}, {kills, 2, f.kill},
	} {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() {
			for pause(one.ctx, time.Duration((0.5+random.Float64())*one.gaps*float64(f.unit))) {
				one.do(one.ctx, random)
			}
		})
	}
}

// pause waits; false when the context ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// hold lets a fault last for up to a unit.
func (f *faults) hold(ctx context.Context, random *rand.Rand) {
	pause(ctx, time.Duration((0.1+0.9*random.Float64())*float64(f.unit)))
}

// camera lets the network camera refuse, stall, disappear or send damaged pictures.
func (f *faults) camera(ctx context.Context, random *rand.Rand) {
	way := 1 + random.Int32N(ways-1)
	f.count([...]string{"", "camera refuses the password", "camera stalls", "camera drops connections", "camera sends damaged pictures"}[way])
	f.network.way.Store(way)
	f.hold(ctx, random)
	f.network.way.Store(serves)
}

// hub restarts the hub, kills it, has it refuse the user, or cuts the cable.
func (f *faults) hub(ctx context.Context, random *rand.Rand) {
	p := f.plant
	switch random.IntN(4) {
	case 0:
		f.count("hub restarts")
		p.stop(syscall.SIGTERM)
		f.hold(ctx, random)
		p.start("station")
	case 1:
		f.count("hub is killed")
		p.stop(syscall.SIGKILL)
		p.start("station")
	case 2:
		f.count("hub refuses the user")
		p.stop(syscall.SIGTERM)
		p.start("somebody-else")
		f.hold(ctx, random)
		p.stop(syscall.SIGTERM)
		p.start("station")
	case 3:
		f.count("cable is cut")
		p.cable.cut.Store(true)
		f.hold(ctx, random)
		p.cable.reset()
		p.cable.cut.Store(false)
	}
}

// edit changes the set of a camera, sometimes with a mistake that the next edit corrects.
func (f *faults) edit(_ context.Context, random *rand.Rand) {
	text := f.set
	if random.IntN(4) == 0 {
		f.count("set is edited with a mistake")
		text = append([]byte("objekt: part\n"), text...)
	} else {
		f.count("set is edited")
		text = fmt.Appendf(text[:len(text):len(text)], "thresholds: {review: 0.%02d, fail: 0.95}\n", 50+random.IntN(40))
	}
	if err := os.WriteFile(f.sets[random.IntN(len(f.sets))], text, 0o600); err != nil {
		f.t.Error(err)
	}
}

// push pushes a set to a camera and arms it. A hub that is away takes none.
func (f *faults) push(ctx context.Context, random *rand.Rand) {
	ctx, cancel := context.WithTimeout(ctx, f.unit)
	defer cancel()
	p, err := control.OpenPusher(ctx, f.plant.hub())
	if err != nil {
		return
	}
	defer p.Close()
	station := events.Station{Site: "plant", Line: "line-1", Name: "soak"}
	text := fmt.Appendf(f.set[:len(f.set):len(f.set)], "thresholds: {review: 0.%02d, fail: 0.9}\n", 50+random.IntN(40))
	revision, err := p.Push(ctx, station, "belt", text)
	if err != nil {
		return
	}
	if err := p.Arm(ctx, station, "belt", revision, "soak"); err != nil {
		return
	}
	if status, err := p.Await(ctx, station, "belt", revision, "armed"); err == nil && status.State == "armed" {
		f.count("set is pushed and armed")
	}
}

// fill fills the disk, to below the reserve or nearly whole.
func (f *faults) fill(ctx context.Context, random *rand.Rand) {
	var s unix.Statfs_t
	if err := unix.Statfs(f.disk, &s); err != nil {
		f.t.Error(err)
		return
	}
	left := 8<<20 + random.Int64N(240<<20) // of the 256 MB that are to stay free
	hog, err := os.Create(filepath.Join(f.disk, "hog"))
	if err != nil {
		f.t.Error(err)
		return
	}
	defer os.Remove(hog.Name())
	defer hog.Close()
	if size := int64(s.Bavail)*s.Bsize - left; size > 0 {
		if err := unix.Fallocate(int(hog.Fd()), 0, 0, size); err != nil {
			f.t.Error(err)
			return
		}
		f.count("disk fills")
	}
	f.hold(ctx, random)
}

// kill kills the agent.
func (f *faults) kill(_ context.Context, _ *rand.Rand) {
	f.count("agent is killed")
	f.agent.kill()
}
