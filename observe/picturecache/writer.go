package picturecache

import (
	"runtime"
	"sync"

	"pristine/infer"
)

// mostWaiting returns how many bytes may wait to be written: a photo has about 4 MB in
// detail 3, and as many photos as there are cores end at once.
func mostWaiting() int { return runtime.GOMAXPROCS(0) * 8 << 20 }

// waiting is an entry that waits to be written.
type waiting struct {
	key  key
	file *buffer
}

// writer writes entries in a goroutine, which lives as long as any wait.
type writer struct {
	store *store
	most  int // bytes that may wait

	mu      sync.Mutex
	all     []waiting
	bytes   int
	running bool
	ended   sync.WaitGroup
}

// add has an entry written, unless too many wait.
func (w *writer) add(k key, o *infer.Output) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bytes >= w.most {
		return
	}
	file := w.store.buffer(checksumBytes + entryBytes(o))
	encode(file.data[checksumBytes:], o)
	w.all, w.bytes = append(w.all, waiting{k, file}), w.bytes+len(file.data)
	if !w.running {
		w.running = true
		w.ended.Go(w.run)
	}
}

func (w *writer) run() {
	for {
		w.mu.Lock()
		if len(w.all) == 0 {
			w.running = false
			w.mu.Unlock()
			return
		}
		e := w.all[0]
		w.all[0] = waiting{}
		w.all = w.all[1:]
		w.mu.Unlock()
		w.store.put(e.key, e.file.data)
		w.mu.Lock()
		w.bytes -= len(e.file.data)
		w.mu.Unlock()
		w.store.giveBack(e.file)
	}
}

// wait returns when all that waited was written.
func (w *writer) wait() { w.ended.Wait() }
