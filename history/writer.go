package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Limits of the queue and of a batch. A batch is one write to the disk.
const (
	queueLength = 256
	batchLength = 128
	batchWait   = 200 * time.Millisecond // for more results, while nobody waits for the disk
)

// ErrClosed is returned when the history is closed.
var ErrClosed = errors.New("the history is closed")

// op is a write: a record, or an operation with a waiting caller.
type op struct {
	record  *Record
	act     func(context.Context, *sql.Tx) error
	outside func(context.Context) error // beside any transaction
	reply   chan error
}

// Add stores a result in the background and never waits. Results that cannot be stored
// are counted in Forgotten.
func (h *History) Add(r *Record) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.closed {
		select {
		case h.queue <- op{record: r}:
			return
		default:
		}
	}
	h.forgotten.Add(1)
}

// Flush waits until everything that was added before is on the disk.
func (h *History) Flush(ctx context.Context) error {
	return h.do(ctx, func(context.Context, *sql.Tx) error { return nil })
}

// do runs an operation within a batch, and waits until it is on the disk.
func (h *History) do(ctx context.Context, act func(context.Context, *sql.Tx) error) error {
	return h.wait(ctx, op{act: act})
}

// outside runs an operation in the writer's goroutine, outside any batch.
func (h *History) outside(ctx context.Context, act func(context.Context) error) error {
	return h.wait(ctx, op{outside: act})
}

func (h *History) wait(ctx context.Context, o op) error {
	o.reply = make(chan error, 1)
	h.mu.RLock()
	if h.closed {
		h.mu.RUnlock()
		return ErrClosed
	}
	select {
	case h.queue <- o:
		h.mu.RUnlock()
	case <-ctx.Done():
		h.mu.RUnlock()
		return context.Cause(ctx)
	}
	select {
	case err := <-o.reply:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// run is the only goroutine that writes.
func (h *History) run() {
	defer close(h.done)
	ctx := context.Background() // what waits at the end is written, too
	for first := range h.queue {
		h.store(ctx, h.collect(first))
		if now := h.options.Now(); now.Sub(h.swept) >= sweepEvery || now.Before(h.swept) {
			h.swept = now
			if err := h.sweep(ctx); err != nil {
				h.report(fmt.Errorf("bound the history: %w", err))
			}
		}
	}
}

// collect waits briefly for more records, so that a busy line causes few writes.
func (h *History) collect(first op) []op {
	batch := []op{first}
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	for len(batch) < batchLength && batch[len(batch)-1].reply == nil {
		select {
		case o, more := <-h.queue:
			if !more {
				return batch
			}
			batch = append(batch, o)
		case <-timer.C:
			return batch
		}
	}
	return batch
}

// store writes a batch. If that fails, it writes each record separately, so that one bad
// record does not lose the others.
func (h *History) store(ctx context.Context, batch []op) {
	if last := batch[len(batch)-1]; last.outside != nil {
		if batch = batch[:len(batch)-1]; len(batch) > 0 {
			h.store(ctx, batch)
		}
		last.reply <- last.outside(ctx)
		return
	}
	err := h.storeAll(ctx, batch)
	if err == nil || len(batch) == 1 {
		for _, o := range batch {
			h.settle(o, err)
		}
		return
	}
	for _, o := range batch {
		h.settle(o, h.storeAll(ctx, []op{o}))
	}
}

func (h *History) settle(o op, err error) {
	if o.reply != nil {
		o.reply <- err
	} else if err != nil {
		h.forgotten.Add(1)
		h.report(fmt.Errorf("keep a result in the history: %w", err))
	}
}

func (h *History) report(err error) {
	if h.options.OnError != nil {
		h.options.OnError(err)
	}
}

// errNoRoom is the error for a result that is not stored on a full disk.
var errNoRoom = errors.New("the disk is short, and events come first")

func (h *History) storeAll(ctx context.Context, batch []op) error {
	tx, err := h.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	room := h.options.Room == nil || h.options.Room()
	for _, o := range batch {
		switch {
		case o.act != nil:
			err = o.act(ctx, tx)
		case !room:
			err = errNoRoom
		default:
			err = insert(ctx, tx, o.record)
		}
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// insert writes one record. An event that is already there changes nothing.
func insert(ctx context.Context, tx *sql.Tx, r *Record) error {
	set, err := setID(ctx, tx, &r.Result)
	if err != nil {
		return err
	}
	pictured, queue := len(r.Thumb) > 0 || len(r.Picture) > 0, queueNone
	if pictured && (r.Verdict == "FAIL" || r.Verdict == "REVIEW" || r.Verdict == "PASS") {
		queue = queueWaiting
	}
	at := r.Time.UnixNano()
	done, err := tx.ExecContext(ctx, `INSERT INTO results (event, at, camera, part, verdict, reason, detail, shadow, defect, likeliest, likeliest_share, likeliest_by, severity, agreed, of_frames, set_id, pictured, queue)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event) DO NOTHING`,
		r.Event, at, r.Camera, r.Part, r.Verdict, r.Reason, r.Detail, r.Shadow, number(r.Defect), r.Likeliest, r.LikelyShare, r.LikelyBy, r.Severity, r.Agreed, r.Of, set, pictured, queue)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	id, err := done.LastInsertId()
	if err != nil {
		return err
	}
	if len(r.Vector) > 0 {
		if _, err := tx.ExecContext(ctx, "INSERT INTO embeddings VALUES (?, ?, ?, ?)", id, r.Bundle, r.Scale, r.Vector); err != nil {
			return err
		}
	}
	if pictured || len(r.Data) > 0 {
		if _, err := tx.ExecContext(ctx, "INSERT INTO pictures VALUES (?, ?, ?, ?, ?)", id, r.Thumb, r.Picture, r.Map, r.Data); err != nil {
			return err
		}
	}
	return count(ctx, tx, &r.Result)
}

// count adds a result to its minute.
func count(ctx context.Context, tx *sql.Tx, r *Result) error {
	scored, margin, likeliest, severity := 0, 0.0, "", ""
	if d := number(r.Defect); d != nil {
		scored, margin = 1, r.Fail-*d
	}
	if r.Verdict == "FAIL" || r.Verdict == "REVIEW" {
		likeliest, severity = r.Likeliest, r.Severity
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO minutes VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
		ON CONFLICT DO UPDATE SET n = n + 1, scored = scored + excluded.scored, margin = margin + excluded.margin`,
		minuteOf(r.Time), r.Camera, r.Verdict, r.Reason, likeliest, severity, scored, margin)
	return err
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// number is a finite number, or nil: SQLite stores NaN as NULL.
func number(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return v
}

func setID(ctx context.Context, tx *sql.Tx, r *Result) (id int64, err error) {
	key := []any{r.Set, r.SetSHA256, r.Bundle, r.Review, r.Fail}
	const find = "SELECT id FROM sets WHERE name = ? AND sha256 = ? AND bundle = ? AND review = ? AND fail = ?"
	if err = tx.QueryRowContext(ctx, find, key...).Scan(&id); errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRowContext(ctx, "INSERT INTO sets (name, sha256, bundle, review, fail) VALUES (?, ?, ?, ?, ?) RETURNING id", key...).Scan(&id)
	}
	return id, err
}

// isDamage reports whether an error means that the file is not a database or is damaged.
func isDamage(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB)
}
