package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// sweepEvery is how often the bounds are looked at, and sweepStep how many results
// go at once, so that the writer is never busy for long.
const (
	sweepEvery = 5 * time.Second
	sweepStep  = 500
)

// sweep removes what is too old or too much, the oldest first.
func (h *History) sweep(ctx context.Context) error {
	if h.options.MaxAge > 0 {
		if err := h.sweepAge(ctx, h.options.Now().Add(-h.options.MaxAge)); err != nil {
			return err
		}
	}
	bytes, err := h.used(ctx)
	for err == nil && h.options.MaxBytes > 0 && bytes > h.options.MaxBytes {
		var removed bool
		if removed, err = h.removeOldest(ctx, sweepStep); err != nil || !removed {
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

func (h *History) sweepAge(ctx context.Context, cutoff time.Time) error {
	var last sql.NullInt64
	err := h.write.QueryRowContext(ctx, "SELECT id FROM results WHERE at < ? ORDER BY at DESC LIMIT 1", cutoff.UnixNano()).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for more := last.Valid; more; {
		first, err := h.firstID(ctx)
		if err != nil {
			return err
		}
		upto := min(last.Int64, first+sweepStep)
		if err := h.remove(ctx, upto); err != nil {
			return err
		}
		more = upto < last.Int64
	}
	_, err = h.write.ExecContext(ctx, "DELETE FROM minutes WHERE minute < ?", minuteOf(cutoff))
	return err
}

// used is how many bytes of the file hold something; removed pages are used again.
func (h *History) used(ctx context.Context) (int64, error) {
	var pages, free, size int64
	err := h.write.QueryRowContext(ctx, "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size)").Scan(&pages, &free, &size)
	if err != nil {
		return 0, fmt.Errorf("measure the history: %w", err)
	}
	return (pages - free) * size, nil
}

// Bytes is the size of what is kept, as of the last look.
func (h *History) Bytes() int64 { return h.size.Load() }

func (h *History) firstID(ctx context.Context) (first int64, err error) {
	err = h.write.QueryRowContext(ctx, "SELECT coalesce(min(id), 0) FROM results").Scan(&first)
	return first, err
}

func (h *History) removeOldest(ctx context.Context, n int64) (removed bool, err error) {
	first, err := h.firstID(ctx)
	if err != nil || first == 0 {
		return false, err
	}
	return true, h.remove(ctx, first+n-1)
}

// remove removes the results up to an id, with all that hangs on them.
func (h *History) remove(ctx context.Context, upto int64) error {
	tx, err := h.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{"DELETE FROM results WHERE id <= ?", "DELETE FROM embeddings WHERE id <= ?", "DELETE FROM pictures WHERE id <= ?", "DELETE FROM labels WHERE result <= ?"} {
		if _, err := tx.ExecContext(ctx, statement, upto); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Shrink makes room on a disk that is short: the older half of the results goes,
// and the file becomes smaller.
func (h *History) Shrink(ctx context.Context) error {
	var first, last int64
	if err := h.db.QueryRowContext(ctx, "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM results").Scan(&first, &last); err != nil {
		return fmt.Errorf("shrink history: %w", err)
	}
	if last == 0 {
		return nil
	}
	err := h.outside(ctx, func(ctx context.Context) error {
		if err := h.remove(ctx, first+(last-first)/2); err != nil {
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
