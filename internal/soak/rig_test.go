package soak

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/need"
)

// rig is an agent with all that it talks to.
type rig struct {
	t       *testing.T
	disk    string // the agent's, of 700 MB: its own folder of events and history
	plant   *plant
	network *networkCamera
	folder  *folder
	set     []byte   // the text of a good set
	sets    []string // files of the cameras' sets
	agent   *agent
}

const configuration = `station: {name: soak}
events: {dir: %[1]s/events, listen: '', max_bytes: 67108864, evidence_bytes: 33554432, hub: {url: '%[2]s', user_file: '%[3]s', password_file: '%[4]s'}}
history: {max_bytes: 33554432}
http: {listen: '127.0.0.1:%[5]d'}
cameras:
  - {name: belt, source: 'testline://?fps=2&speed=60&defect_rate=0.2', prompts: %[6]s}
  - {name: net, source: '%[7]s', prompts: %[8]s, open_timeout: 2s, read_timeout: 3s, silent_after: 4s, hold_off: 1s}
  - {name: folder, source: 'watch://%[9]s', prompts: %[10]s, watch: {then: move, settle: 100ms}}
`

func newRig(t *testing.T, jumps bool) *rig {
	t.Helper()
	program := buildEdge(t, jumps)
	r := &rig{t: t, disk: t.TempDir(), plant: newPlant(t, buildHub(t))}
	if err := unix.Mount("tmpfs", r.disk, "tmpfs", 0, "size=700m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(r.disk, unix.MNT_DETACH) })
	pictures := record(t, 40)
	r.network = newNetworkCamera(t, pictures)
	r.folder = &folder{t: t, dir: t.TempDir(), pictures: pictures}
	var err error
	if r.set, err = os.ReadFile("../../configs/prompts/part.yaml"); err != nil {
		t.Fatal(err)
	}
	r.set = append(r.set, "\narm: true\ndetail: 1\n"...)
	dir := t.TempDir()
	for _, name := range []string{"belt", "net", "folder"} {
		file := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(file, r.set, 0o600); err != nil {
			t.Fatal(err)
		}
		r.sets = append(r.sets, file)
	}
	port := freePort(t)
	text := fmt.Sprintf(configuration, r.disk, r.plant.cable.url(), r.plant.user, r.plant.password, port, r.sets[0], r.network.url, r.sets[1], r.folder.dir, r.sets[2])
	if err := os.WriteFile(filepath.Join(dir, "edge.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.agent = &agent{t: t, program: program, dir: dir, page: fmt.Sprintf("http://127.0.0.1:%d", port), client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	return r
}

// subscriber counts the events of each id that came to it.
type subscriber struct {
	mu     sync.Mutex
	ids    map[string]int
	events map[string]int // results of a watched picture, by its name
	newest uint64         // sequence of the last event
}

// note counts an event.
func (s *subscriber) note(r events.Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[r.ID]++
	s.newest = r.Sequence
	if result, err := r.Result(); err == nil && result.Camera == "folder" {
		s.events[result.Part]++
	}
}

// follow receives events until ctx ends, also when the hub is away.
func (s *subscriber) follow(ctx context.Context, h events.Hub) {
	var position events.Position
	for ctx.Err() == nil {
		_, _ = events.Subscribe(ctx, h, events.SubscribeOptions{All: true, Position: &position}, func(r events.Received) error {
			s.note(r)
			return nil
		})
		pause(ctx, 500e6)
	}
}

func newSubscriber() *subscriber {
	return &subscriber{ids: map[string]int{}, events: map[string]int{}}
}

func (s *subscriber) received() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ids)
}
