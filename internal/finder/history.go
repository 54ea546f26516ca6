package finder

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"strings"
	"time"

	"pristine/capture/opencv"
	"pristine/evaluate/report"
	"pristine/history"
	"pristine/observe"
	"pristine/search"
)

// SeenPart is one result of an agent.
type SeenPart struct {
	Sequence int64     `json:"sequence"` // in the history
	Event    string    `json:"event"`
	Camera   string    `json:"camera"`
	Part     string    `json:"part,omitempty"`
	Verdict  string    `json:"verdict"`
	Defect   float64   `json:"defect"`
	Time     time.Time `json:"time"`
}

// inspected is the collection of what an agent has inspected.
type inspected struct {
	reader *history.Reader
	bundle string
	dim    int
}

// History returns the collection of an agent's history. The caller closes the
// reader.
func History(model *observe.Model, r *history.Reader) Collection {
	return &inspected{r, model.Bundle.Hash, model.Images.Shapes().Dim}
}

func (c *inspected) identity() (string, error) { return c.reader.Identity() }

// entries adds what came since; what the history has removed goes.
func (c *inspected) entries(ctx context.Context, old *search.Index, out *Found) (entries []search.Entry, changed bool, err error) {
	first, err := c.reader.FirstID(ctx)
	if err != nil {
		return nil, false, err
	}
	after := int64(0)
	if old != nil {
		for i := range old.Len() {
			e := old.Entry(i)
			if e.Stamp.Size >= first {
				entries = append(entries, e)
			}
			after = max(after, e.Stamp.Size)
		}
		changed = len(entries) < old.Len()
	}
	err = c.reader.EachEmbedding(ctx, c.bundle, after, func(r *history.Embedding) error {
		if len(r.Vector) != c.dim || r.Defect == nil {
			out.Refused++
			return nil
		}
		name, err := json.Marshal(SeenPart{r.ID, r.Event, r.Camera, r.Part, r.Verdict, *r.Defect, r.Time})
		entries = append(entries, search.Entry{
			Name: string(name), Stamp: search.Stamp{Size: r.ID, Modified: r.Time.UnixNano()}, Vector: search.Code{Scale: r.Scale, Bytes: r.Vector},
		})
		changed = true
		return err
	})
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

// picture is blank where none is kept, as of most PASS results.
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
