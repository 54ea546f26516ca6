package finder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"

	"pristine/capture/opencv"
	"pristine/evaluate/report"
	"pristine/events"
	"pristine/events/history"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/search"
)

// SeenPart is one result of an agent.
type SeenPart struct {
	history.Seen
	Sequence uint64 `json:"sequence"` // in the history
}

// inspected is the collection of what an agent has inspected.
type inspected struct {
	reader *history.Reader
	url    string
	dim    int
}

// History returns the collection of what the agent at a hub has inspected, and a
// function that closes it.
func History(ctx context.Context, model *observe.Model, h events.Hub) (Collection, func(), error) {
	r, err := history.Open(ctx, h, model.Bundle.Hash)
	if errors.Is(err, history.ErrNone) {
		return nil, nil, usage.Error(err)
	}
	if err != nil {
		return nil, nil, err
	}
	return &inspected{r, h.URL, model.Images.Shapes().Dim}, r.Close, nil
}

func (c *inspected) identity() (string, error) { return c.url + "\x00" + c.reader.Identity(), nil }

// entries takes in what came since; what the agent has forgotten goes.
func (c *inspected) entries(ctx context.Context, old *search.Index, out *Found) (entries []search.Entry, changed bool, err error) {
	after := uint64(0)
	if old != nil {
		for i := range old.Len() {
			e := old.Entry(i)
			if uint64(e.Stamp.Size) >= c.reader.First() {
				entries = append(entries, e)
			}
			after = max(after, uint64(e.Stamp.Size))
		}
		changed = len(entries) < old.Len()
	}
	err = c.reader.Each(ctx, after, func(sequence uint64, record *history.Seen) error {
		if len(record.Vector) != c.dim {
			c.reader.Refused++
			return nil
		}
		name, err := json.Marshal(SeenPart{*record, sequence})
		entries = append(entries, search.Entry{
			Name: string(name), Stamp: search.Stamp{Size: int64(sequence), Modified: record.Time.UnixNano()},
			Vector: search.Code{Scale: record.Scale, Bytes: record.Vector},
		})
		changed = true
		return err
	})
	out.Refused = c.reader.Refused
	return entries, changed, err
}

func (c *inspected) describe(h search.Hit) (Hit, error) {
	part := new(SeenPart)
	if err := json.Unmarshal([]byte(h.Name), part); err != nil {
		return Hit{}, fmt.Errorf("read index: %w", err)
	}
	h.Name = strings.TrimSpace(part.Verdict + " " + part.Camera + " " + part.Part)
	return Hit{h, part}, nil
}

// picture is blank where the agent has forgotten it meanwhile.
func (c *inspected) picture(ctx context.Context, h *Hit) (image.Image, error) {
	thumb, err := c.reader.Thumb(ctx, h.Seen.Sequence)
	if err != nil || len(thumb) == 0 {
		return image.NewGray(image.Rect(0, 0, search.SheetCell, search.SheetCell)), err
	}
	pix, width, height, err := opencv.Decode(thumb)
	if err != nil {
		return nil, err
	}
	return report.Overlay(pix, width, height, report.Heat{}, search.SheetCell), nil
}
