package history

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// Change is one entry of the audit trail: a change to sets, thresholds, references,
// arming, configuration, labels or users.
type Change struct {
	ID     int64     `json:"id"` // 1, 2, …
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`
	Kind   string    `json:"kind"`   // set, threshold, reference, arm, configuration, label or user
	Object string    `json:"object"` // such as the camera
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Hash   string    `json:"hash"` // over this entry and the hash of the one before
}

// ErrChain is wrapped by an error that is returned if the trail was modified.
var ErrChain = errors.New("the audit trail was tampered with")

// mostText is the longest text of a value. Of a longer one, the beginning and the hash
// are stored.
const mostText = 2000

func shortened(text string) string {
	if len(text) <= mostText {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:mostText], "") + "… (SHA-256 of all " + strconv.Itoa(len(text)) + " bytes: " + hex.EncodeToString(sum[:]) + ")"
}

// link returns the hash of a change after the one before it.
func (c *Change) link(before string) string {
	text, err := json.Marshal([]any{before, c.ID, c.Time.UnixNano(), c.Who, c.Kind, c.Object, c.Before, c.After, c.Reason})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Change appends to the trail. It returns when the entry is on the disk.
func (h *History) Change(ctx context.Context, c Change) (Change, error) {
	err := h.do(ctx, func(ctx context.Context, tx *sql.Tx) error { return appendChange(ctx, tx, &c, h.options.Now()) })
	if err == nil {
		err = writeHead(h.options.Dir, &c)
	}
	if err != nil {
		return c, fmt.Errorf("record a change: %w", err)
	}
	return c, nil
}

// RecordChange appends to the trail of a folder, even while an agent is running.
func RecordChange(ctx context.Context, dir string, c Change) error {
	h, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		return err
	}
	_, err = h.Change(ctx, c)
	return errors.Join(err, h.Close())
}

// appendChange runs in a transaction that holds the file's only lock for writing, so
// that two processes make one chain.
func appendChange(ctx context.Context, tx *sql.Tx, c *Change, now time.Time) error {
	var last int64
	var hash string
	err := tx.QueryRowContext(ctx, "SELECT id, hash FROM changes ORDER BY id DESC LIMIT 1").Scan(&last, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	c.ID, c.Time, c.Before, c.After = last+1, now.UTC(), shortened(c.Before), shortened(c.After)
	c.Hash = c.link(hash)
	_, err = tx.ExecContext(ctx, "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", c.ID, c.Time.UnixNano(), c.Who, c.Kind, c.Object, c.Before, c.After, c.Reason, c.Hash)
	return err
}

// writeHead stores the last hash beside the file, so that a truncated trail is detected.
// After a crash it may be older than the trail, never newer.
func writeHead(dir string, c *Change) error {
	if err := renameio.WriteFile(filepath.Join(dir, headName), fmt.Appendf(nil, "%d %s\n", c.ID, c.Hash), 0o640); err != nil {
		return fmt.Errorf("keep the trail's head: %w", err)
	}
	return nil
}

// beginHead writes the head of an empty trail, so that a kill between the first entry
// and its head does not look like a removed head.
func (h *History) beginHead(ctx context.Context) error {
	var n int
	if err := h.write.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM changes LIMIT 1)").Scan(&n); err != nil || n > 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(h.options.Dir, headName)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return writeHead(h.options.Dir, &Change{Hash: "none"})
}

// Verify checks the whole trail against its hashes and its head. Its error wraps
// ErrChain, and names the first entry that is wrong.
func (r *Reader) Verify(ctx context.Context) (n int64, head string, err error) {
	all, err := r.Changes(ctx, Period{To: endOfTime}, -1)
	if err != nil {
		return 0, "", err
	}
	text, err := os.ReadFile(filepath.Join(r.dir, headName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, "", fmt.Errorf("verify the trail: %w", err)
	}
	if err != nil && len(all) > 0 {
		return 0, "", fmt.Errorf("%w: its head, %s, is missing", ErrChain, headName)
	}
	var id int64
	var hash string
	if err == nil {
		if _, err := fmt.Sscanf(string(text), "%d %s", &id, &hash); err != nil {
			return 0, "", fmt.Errorf("%w: its head, %s, cannot be read", ErrChain, headName)
		}
	}
	for i := range all {
		c := &all[len(all)-1-i] // oldest first
		n++
		switch {
		case c.ID != n:
			return n, head, fmt.Errorf("%w: entry %d is missing", ErrChain, n)
		case c.Hash != c.link(head):
			return n, head, fmt.Errorf("%w: entry %d, or the one before it, was changed", ErrChain, n)
		case c.ID == id && c.Hash != hash:
			return n, head, fmt.Errorf("%w: entry %d is not the one that the head names", ErrChain, n)
		}
		head = c.Hash
	}
	if n < id {
		return n, head, fmt.Errorf("%w: it ends with entry %d, and entry %d was written", ErrChain, n, id)
	}
	return n, head, nil
}

// Changes returns the entries of a period, newest first, at most most of them, or all if
// most is negative.
func (r *Reader) Changes(ctx context.Context, p Period, most int) ([]Change, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT id, at, who, kind, object, before, after, reason, hash FROM changes WHERE at >= ? AND at < ? ORDER BY id DESC LIMIT ?", nanos(p.From), nanos(p.To), most)
	return collect(rows, err, "read changes", scanChange)
}

// LastChange returns the newest change of a kind and an object, or nil if there is none.
func (r *Reader) LastChange(ctx context.Context, kind, object string) (*Change, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT id, at, who, kind, object, before, after, reason, hash FROM changes WHERE kind = ? AND object = ? ORDER BY id DESC LIMIT 1", kind, object)
	all, err := collect(rows, err, "read changes", scanChange)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func scanChange(scan func(...any) error, c *Change) error {
	var at int64
	err := scan(&c.ID, &at, &c.Who, &c.Kind, &c.Object, &c.Before, &c.After, &c.Reason, &c.Hash)
	c.Time = time.Unix(0, at).UTC()
	return err
}
