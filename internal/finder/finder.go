package finder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/search"
)

// Found is what a search found.
type Found struct {
	Query    string   `json:"query"`
	Bundle   string   `json:"bundle"`
	Pictures int      `json:"pictures"`
	Encoded  int      `json:"encoded,omitempty"`    // now; the rest was in the index
	LeftOut  []string `json:"unreadable,omitempty"` // in no answer
	Refused  int      `json:"damaged,omitempty"`    // records of the history that are in no answer
	Hits     []Hit    `json:"hits"`
	Weak     bool     `json:"weak,omitempty"` // none is near: the order says little
}

// Hit is a picture of a folder, or what an agent has seen.
type Hit struct {
	search.Hit
	Seen *SeenPart `json:"seen,omitempty"`
}

// Collection is where a search looks.
type Collection interface {
	// identity names it in the cache of indices.
	identity() (string, error)
	// entries are what its index holds; see search.Refresh.
	entries(ctx context.Context, old *search.Index, out *Found) ([]search.Entry, bool, error)
	// describe completes a Hit, whose name is that of its entry.
	describe(h search.Hit) (Hit, error)
	// picture is for the contact sheet.
	picture(ctx context.Context, h *Hit) (image.Image, error)
}

// Options say what is looked for.
type Options struct {
	Query  string    // a text, or a picture file
	Top    int       // hits
	Vector []float32 // the query's embedding; nil: that of Query
	Index  string    // file of the index, which is never replaced by another kind of file; "" for one among the user's caches
	Name   string    // of the collection, in errors
}

// weak is the cosine below which a bundle that tells conditions apart hardly sees a
// text in a picture. With bundle pocket the nearest picture has 0.22 to 0.38 where the
// text fits pictures of rendered flanges, bottles or cookies, -0.02 to 0.15 for "a red
// car" and "a dog", and at most 0.11 for defects where all flanges are good.
const weak = 0.15

// Find brings the index of a collection up to date and ranks it.
func Find(ctx context.Context, model *observe.Model, in Collection, o Options) (*Found, error) {
	query := o.Vector
	if query == nil {
		var err error
		if query, err = model.EmbedQuery(ctx, o.Query); err != nil {
			return nil, err
		}
	}
	out := &Found{Query: o.Query, Bundle: model.Bundle.Manifest.Name}
	if err := find(ctx, model, in, o, query, out); err != nil {
		return nil, err
	}
	out.Weak = o.Vector == nil && len(model.Info().StateDims) == 2 && len(out.Hits) > 0 && out.Hits[0].Cosine < weak
	return out, nil
}

func find(ctx context.Context, model *observe.Model, in Collection, o Options, query []float32, out *Found) error {
	file, err := indexFile(model, in, o.Index)
	if err != nil {
		return err
	}
	index, err := search.Refresh(file, model.Bundle.Hash, model.Images.Shapes().Dim, o.Index != "", func(old *search.Index) ([]search.Entry, bool, error) {
		return in.entries(ctx, old, out)
	})
	switch {
	case errors.Is(err, search.ErrIndex), errors.Is(err, search.ErrBundle): // a file of the user's is not replaced unasked
		return usage.Error(err)
	case err != nil:
		return err
	}
	defer func() { _ = index.Close() }()
	if out.Pictures = index.Len(); out.Pictures == 0 {
		return fmt.Errorf("search %s: there is nothing in it that was seen by bundle %s: name the agent's own with --bundle, or search again when it has inspected parts", o.Name, model.Bundle.Manifest.Name)
	}
	hits, err := index.Top(query, o.Top)
	if err != nil {
		return err
	}
	for _, h := range hits {
		full, err := in.describe(h)
		if err != nil {
			return err
		}
		out.Hits = append(out.Hits, full)
	}
	return nil
}

// indexFile is named by the collection and the bundle.
func indexFile(model *observe.Model, in Collection, file string) (string, error) {
	if file != "" {
		return file, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", usage.Error(fmt.Errorf("find a place for the index: %w: name one with --index", err))
	}
	name, err := in.identity()
	if err != nil {
		return "", fmt.Errorf("find a place for the index: %w", err)
	}
	sum := sha256.Sum256([]byte(name + "\x00" + model.Bundle.Hash))
	return filepath.Join(dir, "pristine", "search", hex.EncodeToString(sum[:16])+".index"), nil
}

// WriteTable writes what was found for people.
func (f *Found) WriteTable(w io.Writer) {
	t := printing.Table(w)
	seen := len(f.Hits) > 0 && f.Hits[0].Seen != nil
	if seen {
		t.AppendHeader(table.Row{"", "Cosine", "Part", "Verdict", "Camera", "Time"})
	} else {
		t.AppendHeader(table.Row{"", "Cosine", "Picture"})
	}
	for i, h := range f.Hits {
		row := table.Row{i + 1, fmt.Sprintf("%.4f", h.Cosine), printing.KeepEnd(h.Name, 58)}
		if seen {
			row = table.Row{i + 1, fmt.Sprintf("%.4f", h.Cosine), printing.KeepEnd(h.Seen.Part, 18), h.Seen.Verdict, printing.KeepEnd(h.Seen.Camera, 10), h.Seen.Time.Local().Format("01-02 15:04:05")}
		}
		t.AppendRow(row)
	}
	t.Render()
	if f.Weak {
		fmt.Fprintln(w, "No picture is near to that: the order says little.")
	}
	if seen {
		fmt.Fprintf(w, "%d of %d results.\n", len(f.Hits), f.Pictures)
		return
	}
	fmt.Fprintf(w, "%d of %d pictures; %d were encoded now.\n", len(f.Hits), f.Pictures, f.Encoded)
}
