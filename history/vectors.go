package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
)

// Embedding is a result with its vector.
type Embedding struct {
	Result
	Scale  float32
	Vector []byte
}

// Identity distinguishes one history from another, and from one that was recreated: their
// ids must not be compared.
func (r *Reader) Identity() (string, error) {
	absolute, err := filepath.Abs(r.dir)
	if err != nil {
		return "", fmt.Errorf("identify history: %w", err)
	}
	var id int64
	if err := r.db.QueryRow("PRAGMA application_id").Scan(&id); err != nil {
		return "", fmt.Errorf("identify history: %w", err)
	}
	return fmt.Sprintf("%s %d", absolute, id), nil
}

// FirstID returns the id of the oldest result, or 0 if there is none.
func (r *Reader) FirstID(ctx context.Context) (first int64, err error) {
	if err := r.db.QueryRowContext(ctx, "SELECT coalesce(min(id), 0) FROM results").Scan(&first); err != nil {
		return 0, fmt.Errorf("read history: %w", err)
	}
	return first, nil
}

// EachEmbedding calls use with the embeddings of one bundle after an id, in the order of
// ids. It never mixes bundles. An error of use ends it.
func (r *Reader) EachEmbedding(ctx context.Context, bundle string, after int64, use func(*Embedding) error) error {
	rows, err := r.db.QueryContext(ctx, "SELECT "+resultColumns+", e.scale, e.vector"+resultTables+" JOIN embeddings e ON e.id = r.id WHERE e.id > ? AND e.bundle = ? ORDER BY e.id", after, bundle)
	if err != nil {
		return fmt.Errorf("read embeddings: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var e Embedding
		err := scanResult(func(to ...any) error { return rows.Scan(append(to, &e.Scale, &e.Vector)...) }, &e.Result)
		if err == nil {
			err = use(&e)
		}
		if err != nil {
			return fmt.Errorf("read embeddings: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read embeddings: %w", err)
	}
	return nil
}

// EmbeddingOf returns the vector of a result, or ErrNoResult if it has none.
func (r *Reader) EmbeddingOf(ctx context.Context, id int64) (bundle string, scale float32, vector []byte, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT bundle, scale, vector FROM embeddings WHERE id = ?", id).Scan(&bundle, &scale, &vector)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoResult
	}
	if err != nil {
		return "", 0, nil, fmt.Errorf("read embedding: %w", err)
	}
	return bundle, scale, vector, nil
}
