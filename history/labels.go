package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Label is a person's judgement of a part.
type Label struct {
	ID     int64     `json:"id"`
	Result int64     `json:"sequence"`
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`
	Label  string    `json:"label"`          // Good, Bad or Skipped
	Kind   string    `json:"kind,omitempty"` // of a bad part: the defect
}

// The possible labels.
const (
	Good    = "good"
	Bad     = "bad"
	Skipped = "skip" // undecided
)

// Errors of labelling.
var (
	ErrNoResult = errors.New("the history has no such part any more")
	ErrLabel    = errors.New("a label is good, bad with a kind, or skip")
	ErrNoLabel  = errors.New("there is no label to undo")
)

// mostKind is the longest kind.
const mostKind = 80

// Label records a label and removes the part from the queue. It returns when the label
// is on the disk.
func (h *History) Label(ctx context.Context, l Label) (Label, error) {
	if l.Label != Good && l.Label != Bad && l.Label != Skipped || l.Who == "" || len(l.Kind) > mostKind || l.Label != Bad && l.Kind != "" {
		return l, fmt.Errorf("label a part: %w", ErrLabel)
	}
	l.Time = h.options.Now().UTC()
	err := h.do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var verdict string
		var queue int
		err := tx.QueryRowContext(ctx, "SELECT verdict, queue FROM results WHERE id = ?", l.Result).Scan(&verdict, &queue)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoResult
		} else if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "INSERT INTO labels (result, at, who, label, kind, sample) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
			l.Result, l.Time.UnixNano(), l.Who, l.Label, l.Kind, queue != queueNone).Scan(&l.ID)
		if err != nil {
			return err
		}
		state := queueDecided
		if l.Label == Skipped {
			state = queueSkipped
		}
		_, err = tx.ExecContext(ctx, "UPDATE results SET queue = ? WHERE id = ?", state, l.Result)
		return err
	})
	if err != nil {
		return l, fmt.Errorf("label a part: %w", err)
	}
	return l, nil
}

// Unlabel undoes the last label of a person, or the one of a part, and returns it. The
// part waits for a decision again, unless it has an older label.
func (h *History) Unlabel(ctx context.Context, who string, result int64) (l Label, err error) {
	err = h.do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var at int64
		err := tx.QueryRowContext(ctx, `SELECT id, result, at, who, label, kind FROM labels WHERE undone = 0 AND who = ? AND (? = 0 OR result = ?) ORDER BY id DESC LIMIT 1`, who, result, result).
			Scan(&l.ID, &l.Result, &at, &l.Who, &l.Label, &l.Kind)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoLabel
		} else if err != nil {
			return err
		}
		l.Time = time.Unix(0, at).UTC()
		if _, err := tx.ExecContext(ctx, "UPDATE labels SET undone = 1 WHERE id = ?", l.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE results SET queue = CASE (SELECT label FROM labels WHERE result = results.id AND undone = 0 ORDER BY id DESC LIMIT 1)
			WHEN 'skip' THEN 3 WHEN 'good' THEN 2 WHEN 'bad' THEN 2 ELSE 1 END WHERE id = ?`, l.Result)
		return err
	})
	if err != nil {
		return l, fmt.Errorf("undo a label: %w", err)
	}
	return l, nil
}

// Reviewed counts the labels of parts in a period, by verdict.
type Reviewed struct {
	Verdict string `json:"verdict"`
	Good    int    `json:"good"`
	Bad     int    `json:"bad"`
}

// Reviewed returns the label counts of parts whose result is in a period, by verdict. It
// omits parts that were not in the queue, such as those that somebody searched for: they
// are not a random sample.
func (r *Reader) Reviewed(ctx context.Context, p Period) ([]Reviewed, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT r.verdict, sum(l.label = 'good'), sum(l.label = 'bad') FROM labels l CROSS JOIN results r ON r.id = l.result -- cross: labels first, which are few
		WHERE l.undone = 0 AND l.sample = 1 AND l.label <> 'skip' AND r.at >= ? AND r.at < ? AND (? = '' OR r.camera = ?)
		AND l.id = (SELECT max(id) FROM labels WHERE result = l.result AND undone = 0) GROUP BY r.verdict ORDER BY r.verdict`, p.From.UnixNano(), p.To.UnixNano(), p.Camera, p.Camera)
	return collect(rows, err, "count labels", func(scan func(...any) error, v *Reviewed) error {
		return scan(&v.Verdict, &v.Good, &v.Bad)
	})
}

// ReviewedSet counts the labels of the parts of one camera and one set, by verdict.
type ReviewedSet struct {
	Camera    string
	Set       string
	SetSHA256 string
	Reviewed
}

// ReviewedSets returns the counts of Reviewed for each camera and set.
func (r *Reader) ReviewedSets(ctx context.Context, p Period) ([]ReviewedSet, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT r.camera, s.name, s.sha256, r.verdict, sum(l.label = 'good'), sum(l.label = 'bad') FROM labels l CROSS JOIN results r ON r.id = l.result JOIN sets s ON s.id = r.set_id
		WHERE l.undone = 0 AND l.sample = 1 AND l.label <> 'skip' AND r.at >= ? AND r.at < ? AND (? = '' OR r.camera = ?)
		AND l.id = (SELECT max(id) FROM labels WHERE result = l.result AND undone = 0) GROUP BY 1, 2, 3, 4 ORDER BY 1, max(r.id) DESC, 3, 4`, p.From.UnixNano(), p.To.UnixNano(), p.Camera, p.Camera)
	return collect(rows, err, "count labels", func(scan func(...any) error, v *ReviewedSet) error {
		return scan(&v.Camera, &v.Set, &v.SetSHA256, &v.Verdict, &v.Good, &v.Bad)
	})
}

// LastLabel returns the label that Unlabel would undo, or nil.
func (r *Reader) LastLabel(ctx context.Context, who string) (*Label, error) {
	l := &Label{Who: who}
	var at int64
	err := r.db.QueryRowContext(ctx, "SELECT id, result, at, label, kind FROM labels WHERE undone = 0 AND who = ? ORDER BY id DESC LIMIT 1", who).Scan(&l.ID, &l.Result, &at, &l.Label, &l.Kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the last label: %w", err)
	}
	l.Time = time.Unix(0, at).UTC()
	return l, nil
}
