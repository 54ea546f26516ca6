package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// ErrNewer is wrapped by an error that is returned if a newer version wrote the file.
var ErrNewer = errors.New("a newer version of the program made this history: use that version, or name another folder in history.dir")

// migrations contains one migration for each version of the schema. Released ones are
// never edited: a change is a new migration, with a file of the previous version in
// testdata.
var migrations = []string{
	// Ids are never used twice, so that a search index can follow them.
	`CREATE TABLE sets (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, bundle TEXT NOT NULL, review REAL NOT NULL, fail REAL NOT NULL,
	UNIQUE (name, sha256, bundle, review, fail));
CREATE TABLE results (
	id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, camera TEXT NOT NULL, part TEXT NOT NULL,
	verdict TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, shadow INTEGER NOT NULL, defect REAL, likeliest TEXT NOT NULL,
	severity TEXT NOT NULL, agreed INTEGER NOT NULL, of_frames INTEGER NOT NULL, set_id INTEGER NOT NULL REFERENCES sets(id),
	pictured INTEGER NOT NULL, queue INTEGER NOT NULL);
CREATE INDEX results_at ON results (at);
CREATE INDEX results_camera ON results (camera, at);
CREATE INDEX results_flagged ON results (at) WHERE verdict <> 'PASS';
CREATE INDEX results_queue ON results (at, verdict) WHERE queue = 1;
CREATE INDEX results_part ON results (part) WHERE part <> '';
CREATE TABLE embeddings (id INTEGER PRIMARY KEY, bundle TEXT NOT NULL, scale REAL NOT NULL, vector BLOB NOT NULL);
CREATE TABLE pictures (id INTEGER PRIMARY KEY, thumb BLOB, picture BLOB, map BLOB, event BLOB);
CREATE TABLE minutes (
	minute INTEGER NOT NULL, camera TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, likeliest TEXT NOT NULL, severity TEXT NOT NULL,
	n INTEGER NOT NULL, scored INTEGER NOT NULL, margin REAL NOT NULL, PRIMARY KEY (minute, camera, verdict, reason, likeliest, severity)) WITHOUT ROWID;`,

	`CREATE TABLE labels (
	id INTEGER PRIMARY KEY AUTOINCREMENT, result INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL,
	sample INTEGER NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
CREATE INDEX labels_result ON labels (result, id);
CREATE INDEX labels_at ON labels (at);
CREATE TABLE changes (
	id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
	reason TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX changes_at ON changes (at);`,

	`ALTER TABLE results ADD COLUMN likeliest_share REAL NOT NULL DEFAULT 0;
ALTER TABLE results ADD COLUMN likeliest_by TEXT NOT NULL DEFAULT '';`,
}

// version is the version of the schema.
var version = len(migrations)

// migrate updates a file to the schema of this program. Each step is atomic.
func migrate(ctx context.Context, db *sql.DB) error {
	have, err := versionOf(ctx, db)
	if err != nil {
		return err
	}
	if have > version {
		return fmt.Errorf("version %d, this program knows %d: %w", have, version, ErrNewer)
	}
	for ; have < version; have++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("migrate history to version %d: %w", have+1, err)
		}
		_, err = tx.ExecContext(ctx, migrations[have])
		if err == nil {
			_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", have+1))
		}
		if err != nil {
			return fmt.Errorf("migrate history to version %d: %w", have+1, errors.Join(err, tx.Rollback()))
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("migrate history to version %d: %w", have+1, err)
		}
	}
	var id int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("identify history: %w", err)
	}
	if id == 0 { // Identity tells files apart by it
		if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", 1+rand.Int32N(math.MaxInt32))); err != nil {
			return fmt.Errorf("identify history: %w", err)
		}
	}
	return nil
}

func versionOf(ctx context.Context, db *sql.DB) (v int, err error) {
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return 0, fmt.Errorf("read the history's version: %w", err)
	}
	return v, nil
}
