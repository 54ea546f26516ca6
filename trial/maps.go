package trial

import (
	"fmt"
	"io"
	"slices"
	"time"

	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/prompts"
)

// keepMap keeps the map of a picture and compares it with its mask.
func (t *Trial) keepMap(p *dataset.Picture, bank *prompts.Bank, s *prompts.Scores) error {
	if len(s.Map) == 0 {
		return nil
	}
	h := report.Heat{Values: s.Map, Rows: s.MapGrid[0], Columns: s.MapGrid[1]}
	t.maps[p.File] = report.Heat{Values: bank.Heat(s, nil), Rows: h.Rows, Columns: h.Columns}
	switch masked := slices.ContainsFunc(t.options.Data.Pictures, func(p dataset.Picture) bool { return len(p.Masks) > 0 }); {
	case !masked:
	case !p.Bad:
		t.pixels.Add(h.Values, h.Rows, h.Columns, nil)
	case len(p.Masks) == 0:
		t.noMask++
	default:
		mask, err := t.unite(p.Masks)
		if err != nil {
			return fmt.Errorf("read the mask of %s: %w", p.File, err)
		}
		t.pixels.Add(h.Values, h.Rows, h.Columns, evaluate.ShrinkMask(mask.Pix, mask.Width, mask.Height))
		t.masks++
	}
	return nil
}

// unite reads the masks of one picture and returns their union.
func (t *Trial) unite(files []string) (Photo, error) {
	all, err := t.encoder.Open(files[0])
	if err != nil {
		return Photo{}, err
	}
	for _, file := range files[1:] {
		mask, err := t.encoder.Open(file)
		if err != nil {
			return Photo{}, err
		}
		if mask.Width != all.Width || mask.Height != all.Height {
			return Photo{}, fmt.Errorf("%s has %d×%d pixels, %s has %d×%d", files[0], all.Width, all.Height, file, mask.Width, mask.Height)
		}
		for i, v := range mask.Pix {
			all.Pix[i] |= v
		}
	}
	return all, nil
}

// WriteHTML writes a report of the first set as one page, with the maps of its most
// wrong pictures.
func (t *Trial) WriteHTML(w io.Writer, r *report.Report, measured time.Time) error {
	for _, p := range r.Worst {
		shot, err := t.encoder.Open(p.File)
		if err != nil {
			return err
		}
		if err := r.AddThumb(p, shot.Pix, shot.Width, shot.Height, t.maps[p.File]); err != nil {
			return err
		}
	}
	return r.WriteHTML(w, measured)
}
