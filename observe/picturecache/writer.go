package picturecache

import (
	"runtime"
	"sync"

	"pristine/infer"
)

// mostWaiting returns the limit of pending bytes. A photo has about 4 MB at detail 3, and
// one photo per core may finish at the same time.
func mostWaiting() int { return runtime.GOMAXPROCS(0) * 8 << 20 }

// waiting is a pending entry.
type waiting struct {
	key  key
	file *buffer
}

// writer writes entries in a goroutine that ends when none is pending.
type writer struct {
	store *store
	most  int // limit of pending bytes

	mu      sync.Mutex
	all     []waiting
	bytes   int
	running bool
	ended   sync.WaitGroup
}

// add queues an entry, or drops it if too many bytes are pending.
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

// wait blocks until no entry is pending.
func (w *writer) wait() { w.ended.Wait() }
