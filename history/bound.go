package history

import (
	"context"
	"fmt"
	"time"
)

// sweepEvery is how often the bounds are looked at, and sweepStep how many results
// go at once, so that the writer is never busy for long.
const (
	sweepEvery = 5 * time.Second
	sweepStep  = 500
)

// sweep removes results beyond the limits of age and size, the oldest first.
func (h *History) sweep(ctx context.Context) error {
	if h.options.MaxAge > 0 {
		if err := h.sweepAge(ctx, h.options.Now().Add(-h.options.MaxAge)); err != nil {
			return err
		}
	}
	bytes, err := h.used(ctx)
	for err == nil && h.options.MaxBytes > 0 && bytes > h.options.MaxBytes {
		var n int64
		if n, err = h.remove(ctx, "SELECT id FROM results ORDER BY id LIMIT ?", sweepStep); err != nil || n == 0 {
			break
		}
		bytes, err = h.used(ctx)
	}
	if err != nil {
		return err
	}
	h.size.Store(bytes)
	return nil
}

// sweepAge removes the results that are older than the cutoff. It uses their times, not
// their order: a clock that was wrong for a while leaves old times among recent ones.
func (h *History) sweepAge(ctx context.Context, cutoff time.Time) error {
	for {
		n, err := h.remove(ctx, "SELECT id FROM results WHERE at < ? ORDER BY at LIMIT ?", cutoff.UnixNano(), sweepStep)
		if err != nil {
			return err
		}
		if n < sweepStep {
			break
		}
	}
	_, err := h.write.ExecContext(ctx, "DELETE FROM minutes WHERE minute < ?", minuteOf(cutoff))
	return err
}

// used returns how many bytes of the file are in use. Pages of removed results are
// reused.
func (h *History) used(ctx context.Context) (int64, error) {
	var pages, free, size int64
	err := h.write.QueryRowContext(ctx, "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size)").Scan(&pages, &free, &size)
	if err != nil {
		return 0, fmt.Errorf("measure the history: %w", err)
	}
	return (pages - free) * size, nil
}

// Bytes returns the size of the stored data at the last check.
func (h *History) Bytes() int64 { return h.size.Load() }

// remove removes the results whose ids a query selects, with all related rows, and
// returns their number.
func (h *History) remove(ctx context.Context, ids string, args ...any) (n int64, err error) {
	tx, err := h.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	// The results go last: the query reads them.
	for _, from := range []string{"embeddings WHERE id", "pictures WHERE id", "labels WHERE result", "results WHERE id"} {
		done, err := tx.ExecContext(ctx, "DELETE FROM "+from+" IN ("+ids+")", args...)
		if err != nil {
			return 0, err
		}
		if n, err = done.RowsAffected(); err != nil {
			return 0, err
		}
	}
	return n, tx.Commit()
}

// Shrink frees space on a full disk: it removes the older half of the results and
// shrinks the file.
func (h *History) Shrink(ctx context.Context) error {
	err := h.outside(ctx, func(ctx context.Context) error {
		const older = "SELECT id FROM results WHERE id <= (SELECT (min(id) + max(id)) / 2 FROM results)"
		if _, err := h.remove(ctx, older); err != nil {
			return err
		}
		if _, err := h.write.ExecContext(ctx, "PRAGMA incremental_vacuum"); err != nil {
			return err
		}
		_, err := h.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	})
	if err != nil {
		return fmt.Errorf("shrink history: %w", err)
	}
	return nil
}
