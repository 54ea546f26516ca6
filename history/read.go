package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Period is the time from From until before To, of one camera or of all.
type Period struct {
	From, To time.Time
	Camera   string // "": all
}

// endOfTime is later than anything.
var endOfTime = time.Unix(0, math.MaxInt64)

// nanos converts a time to the form in the file. The zero time is the beginning.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixNano()
}

// Filter selects results. Its zero value selects all.
type Filter struct {
	Period
	Verdicts  []string
	Part      string // exactly
	Queued    bool   // that wait for a decision
	Labelled  string // Good, Bad or Skipped, by the last label
	Before    int64  // older than this id; 0: from the newest
	Likeliest string
}

const resultColumns = `r.id, r.event, r.at, r.camera, r.part, r.verdict, r.reason, r.detail, r.shadow, r.defect, r.likeliest, r.likeliest_share, r.likeliest_by, r.severity, r.agreed, r.of_frames, r.pictured,
	s.name, s.sha256, s.bundle, s.review, s.fail, l.id, l.at, l.who, l.label, l.kind`

const resultTables = ` FROM results r JOIN sets s ON s.id = r.set_id
	LEFT JOIN labels l ON l.id = (SELECT max(id) FROM labels WHERE result = r.id AND undone = 0)`

func scanResult(scan func(...any) error, v *Result) error {
	var at int64
	var defect sql.NullFloat64
	var label, labelled sql.NullInt64
	var who, what, kind sql.NullString
	if err := scan(&v.ID, &v.Event, &at, &v.Camera, &v.Part, &v.Verdict, &v.Reason, &v.Detail, &v.Shadow, &defect, &v.Likeliest, &v.LikelyShare, &v.LikelyBy, &v.Severity, &v.Agreed, &v.Of, &v.Pictured,
		&v.Set, &v.SetSHA256, &v.Bundle, &v.Review, &v.Fail, &label, &labelled, &who, &what, &kind); err != nil {
		return err
	}
	v.Time, v.Sample = time.Unix(0, at).UTC(), v.Verdict == "PASS" && v.Pictured
	if defect.Valid {
		v.Defect = &defect.Float64
	}
	if label.Valid {
		v.Label = &Label{ID: label.Int64, Result: v.ID, Time: time.Unix(0, labelled.Int64).UTC(), Who: who.String, Label: what.String, Kind: kind.String}
	}
	return nil
}

// Parts returns the selected results, newest first, at most most.
func (r *Reader) Parts(ctx context.Context, f Filter, most int) ([]Result, error) {
	where, args := []string{"1"}, []any{}
	add := func(condition string, values ...any) { where, args = append(where, condition), append(args, values...) }
	if !f.From.IsZero() {
		add("r.at >= ?", nanos(f.From))
	}
	if !f.To.IsZero() {
		add("r.at < ?", nanos(f.To))
	}
	if f.Camera != "" {
		add("r.camera = ?", f.Camera)
	}
	if f.Part != "" {
		add("r.part <> '' AND r.part = ?", f.Part)
	}
	if f.Queued {
		add("r.queue = 1")
	}
	if f.Before > 0 {
		add("r.at < (SELECT at FROM results WHERE id = ?)", f.Before)
	}
	if f.Likeliest != "" {
		add("r.likeliest = ?", f.Likeliest)
	}
	if len(f.Verdicts) > 0 {
		values := make([]any, len(f.Verdicts))
		flagged := true
		for i, v := range f.Verdicts {
			values[i], flagged = v, flagged && v != "PASS"
		}
		if flagged {
			add("r.verdict <> 'PASS'") // the words of the partial index
		}
		add("r.verdict IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
	if f.Labelled != "" {
		add("r.id IN (SELECT result FROM labels WHERE undone = 0)") // few, so that no result without one is looked at
		add("l.label = ?", f.Labelled)
	}
	rows, err := r.db.QueryContext(ctx, "SELECT "+resultColumns+resultTables+" WHERE "+strings.Join(where, " AND ")+" ORDER BY r.at DESC LIMIT ?", append(args, most)...)
	return collect(rows, err, "read parts", scanResult)
}

// Span returns the times of the first and the last part whose name matches a GLOB
// pattern such as LOT7-*. It returns ErrNoResult if there is none.
func (r *Reader) Span(ctx context.Context, pattern string) (first, last time.Time, err error) {
	var from, to sql.NullInt64
	err = r.db.QueryRowContext(ctx, "SELECT min(at), max(at) FROM results WHERE part <> '' AND part GLOB ?", pattern).Scan(&from, &to)
	if err == nil && !from.Valid {
		err = ErrNoResult
	}
	if err != nil {
		return first, last, fmt.Errorf("find the parts %s: %w", pattern, err)
	}
	return time.Unix(0, from.Int64).UTC(), time.Unix(0, to.Int64).UTC(), nil
}

// Part returns a result by its event.
func (r *Reader) Part(ctx context.Context, event string) (*Result, error) {
	return r.one(ctx, "r.event = ?", event)
}

// PartByID returns a result by its id.
func (r *Reader) PartByID(ctx context.Context, id int64) (*Result, error) {
	return r.one(ctx, "r.id = ?", id)
}

func (r *Reader) one(ctx context.Context, condition string, value any) (*Result, error) {
	v := new(Result)
	err := scanResult(r.db.QueryRowContext(ctx, "SELECT "+resultColumns+resultTables+" WHERE "+condition, value).Scan, v)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoResult
	}
	if err != nil {
		return nil, fmt.Errorf("read part: %w", err)
	}
	return v, nil
}

// Kept is the data stored with a result. Any of it may be nil.
type Kept struct{ Thumb, Picture, Map, Data []byte }

// Kept returns the data stored with a result, or ErrNoResult if there is none.
func (r *Reader) Kept(ctx context.Context, id int64) (*Kept, error) {
	k := new(Kept)
	err := r.db.QueryRowContext(ctx, "SELECT thumb, picture, map, event FROM pictures WHERE id = ?", id).Scan(&k.Thumb, &k.Picture, &k.Map, &k.Data)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoResult
	}
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	return k, nil
}

// Thumb returns the thumbnail of a result, or nil if there is none.
func (r *Reader) Thumb(ctx context.Context, id int64) (thumb []byte, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT thumb FROM pictures WHERE id = ?", id).Scan(&thumb)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read thumbnail: %w", err)
	}
	return thumb, nil
}

// collect reads rows.
func collect[T any](rows *sql.Rows, err error, what string, read func(scan func(...any) error, v *T) error) ([]T, error) {
	all := []T{}
	if err == nil {
		defer func() { _ = rows.Close() }()
		for rows.Next() && err == nil {
			var v T
			err = read(rows.Scan, &v)
			all = append(all, v)
		}
		err = errors.Join(err, rows.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
}
