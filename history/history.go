package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite": pure Go, so that no C compiler is needed and the race detector sees all
)

// Options of a history.
type Options struct {
	Dir      string
	MaxAge   time.Duration    // 0: no limit
	MaxBytes int64            // of the file; 0: no limit
	Room     func() bool      // reports whether the disk has more space than the events need; nil: always
	OnError  func(err error)  // called if something could not be written; may be nil
	Now      func() time.Time // nil: time.Now
}

// ErrNone is wrapped by an error that is returned if a folder has no history.
var ErrNone = errors.New("there is no history: the agent keeps one in history.dir while history.max_bytes is not 0")

// fileName is the database; headName is the hash of its last change.
const (
	fileName = "history.db"
	headName = "changes.head"
)

// Reader reads a history.
type Reader struct {
	dir string
	db  *sql.DB
}

// History is a Reader that also writes.
type History struct {
	*Reader
	options   Options
	write     *sql.DB
	queue     chan op
	done      chan struct{}
	mu        sync.RWMutex // held for writing by Close
	closed    bool
	forgotten atomic.Uint64
	size      atomic.Int64
	swept     time.Time
}

// Open opens the history in a folder for writing, and creates it if there is none. A
// damaged file is set aside. Open then returns both a new history and an error that
// names the old file.
func Open(ctx context.Context, o Options) (*History, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	h := &History{options: o, queue: make(chan op, queueLength), done: make(chan struct{})}
	damaged := h.open(ctx)
	if damaged != nil && isDamage(damaged) {
		aside := filepath.Join(o.Dir, fmt.Sprintf("%s.damaged-%d", fileName, o.Now().Unix()))
		if err := setAside(o.Dir, aside); err != nil {
			return nil, errors.Join(damaged, err)
		}
		damaged = fmt.Errorf("%w: it lies in %s now, and a new history begins", damaged, aside)
		if err := h.open(ctx); err != nil {
			return nil, errors.Join(damaged, err)
		}
	} else if damaged != nil {
		return nil, damaged
	}
	go h.run()
	return h, damaged
}

func (h *History) open(ctx context.Context) (err error) {
	file := filepath.Join(h.options.Dir, fileName)
	defer func() {
		if err != nil && h.write != nil {
			_ = h.write.Close()
		}
	}()
	// Immediate transactions: two writers wait for one another instead of failing.
	if h.write, err = connect(file, "rwc", 1, "_txlock=immediate", "_pragma=auto_vacuum(2)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=wal_autocheckpoint(1000)", "_pragma=journal_size_limit(16777216)"); err != nil {
		return err
	}
	var check string
	if err := h.write.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&check); err != nil {
		return fmt.Errorf("open history %s: %w", file, err)
	}
	if err := migrate(ctx, h.write); err != nil {
		return fmt.Errorf("open history %s: %w", file, err)
	}
	if err := h.beginHead(ctx); err != nil {
		return fmt.Errorf("open history %s: %w", file, err)
	}
	h.Reader, err = OpenReader(ctx, h.options.Dir)
	return err
}

// setAside renames a damaged database together with its log.
func setAside(dir, to string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(filepath.Join(dir, fileName+end), to+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("set the damaged history aside: %w", err)
		}
	}
	return nil
}

// readers is the number of concurrent queries.
const readers = 4

// OpenReader opens a history that another process may be writing. The caller
// closes it.
func OpenReader(ctx context.Context, dir string) (*Reader, error) {
	file := filepath.Join(dir, fileName)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open history %s: %w", file, ErrNone)
	} else if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	db, err := connect(file, "rw", readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	v, err := versionOf(ctx, db)
	if err == nil && v != version {
		err = fmt.Errorf("it has version %d, this program reads %d: start the agent once, which migrates it", v, version)
		if v > version {
			err = ErrNewer
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open history %s: %w", file, errors.Join(err, db.Close()))
	}
	return &Reader{dir, db}, nil
}

func connect(file, mode string, conns int, more ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("open history: %w", err)
	}
	address := (&url.URL{Scheme: "file", Path: absolute}).String() + "?mode=" + mode + "&_pragma=busy_timeout(5000)"
	for _, m := range more {
		address += "&" + m
	}
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, fmt.Errorf("open history %s: %w", file, err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// Close closes the reader.
func (r *Reader) Close() error { return r.db.Close() }

// Close writes what is queued, and closes.
func (h *History) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	close(h.queue)
	h.mu.Unlock()
	<-h.done
	return errors.Join(h.Reader.Close(), h.write.Close())
}

// Forgotten returns how many results were dropped because the disk was slow or full.
func (h *History) Forgotten() uint64 { return h.forgotten.Load() }
