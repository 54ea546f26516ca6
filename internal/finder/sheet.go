package finder

import (
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"pristine/search"
)

// WriteSheet writes a contact sheet of hits, a PNG or a JPEG by its name's ending.
func WriteSheet(ctx context.Context, file string, in Collection, all []Hit) error {
	hits, pictures := make([]search.Hit, len(all)), make([]image.Image, len(all))
	for i := range all {
		var err error
		if pictures[i], err = in.picture(ctx, &all[i]); err != nil {
			return err
		}
		hits[i] = all[i].Hit
	}
	encode := png.Encode
	if strings.ToLower(filepath.Ext(file)) != ".png" {
		encode = func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 90}) }
	}
	pending, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("write contact sheet: %w", err)
	}
	defer func() { _ = pending.Cleanup() }()
	if err := encode(pending, search.Sheet(hits, pictures)); err != nil {
		return fmt.Errorf("write contact sheet: %w", err)
	}
	return pending.CloseAtomicallyReplace()
}
