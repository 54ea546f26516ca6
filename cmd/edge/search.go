package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/infer"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/search"
)

type searchCommand struct {
	Query        string `arg:"" placeholder:"TEXT|PICTURE" help:"What to look for: a text, such as \"scratched metal near the rim\", or a picture file."`
	In           string `required:"" placeholder:"DIR|history" help:"Folder of pictures to look in, read recursively; or history, for what a running agent has seen (events.history_bytes; a folder of that name is ./history)."`
	Top          int    `default:"20" placeholder:"K" help:"How many to give (default: ${default})."`
	Sheet        string `placeholder:"FILE" help:"Also write a contact sheet, .png or .jpg."`
	Index        string `placeholder:"FILE" help:"File that keeps the embeddings (default: one for the folder or agent and the bundle among the user's caches)."`
	Format       string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
	hubFlags     `embed:""`
}

// found is the JSON of search.
type found struct {
	Query    string   `json:"query"`
	Bundle   string   `json:"bundle"`
	Pictures int      `json:"pictures"`
	Encoded  int      `json:"encoded,omitempty"`    // now; the rest was in the index
	LeftOut  []string `json:"unreadable,omitempty"` // in no answer
	Refused  int      `json:"damaged,omitempty"`    // records of the history that are in no answer
	Hits     []hit    `json:"hits"`
}

// hit is a picture of a folder, or what an agent has seen.
type hit struct {
	search.Hit
	Seen *seenPart `json:"seen,omitempty"`
}

// collection is where a search looks.
type collection interface {
	// identity names it in the cache of indices.
	identity() (string, error)
	// entries are what its index holds; see search.Refresh.
	entries(ctx context.Context, old *search.Index, out *found) ([]search.Entry, bool, error)
	// describe completes a hit, whose name is that of its entry.
	describe(h search.Hit) (hit, error)
	// picture is for the contact sheet.
	picture(ctx context.Context, h *hit) (image.Image, error)
}

func (c *searchCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usage.Error(err)
	}
	e, err := observe.Open(c.Bundle, c.options(observe.Throughput()))
	if err != nil {
		return err
	}
	defer e.Close()
	in, stop, err := c.open(ctx, s, e)
	if err != nil {
		return err
	}
	defer stop()
	query, err := e.EmbedQuery(ctx, c.Query)
	if err != nil {
		return err
	}
	out := found{Query: c.Query, Bundle: e.Bundle.Manifest.Name}
	if err := c.find(ctx, e, in, query, &out); err != nil {
		return err
	}
	if c.Sheet != "" {
		if err := writeSheet(ctx, c.Sheet, in, out.Hits); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, out)
	}
	out.print(s)
	return nil
}

func (c *searchCommand) check() error {
	if c.Top < 1 {
		return fmt.Errorf("--top must be 1 or more (got %d)", c.Top)
	}
	if ending := strings.ToLower(filepath.Ext(c.Sheet)); c.Sheet != "" && !slices.Contains([]string{".png", ".jpg", ".jpeg"}, ending) {
		return fmt.Errorf("--sheet must end in .png or .jpg (got %s)", c.Sheet)
	}
	return nil
}

func (c *searchCommand) open(ctx context.Context, s *streams, e *observe.Model) (in collection, stop func(), err error) {
	if c.In == "history" {
		return openSeen(ctx, e, c.hub())
	}
	in, err = openFolder(s, e, c.In)
	return in, func() {}, err
}

// find brings the index up to date and ranks it.
func (c *searchCommand) find(ctx context.Context, e *observe.Model, in collection, query []float32, out *found) error {
	file, err := c.indexFile(e, in)
	if err != nil {
		return err
	}
	index, err := search.Refresh(file, e.Bundle.Hash, e.Images.Shapes().Dim, c.Index != "", func(old *search.Index) ([]search.Entry, bool, error) {
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
		return fmt.Errorf("search %s: there is nothing in it that was seen by bundle %s: name the agent's own with --bundle, or search again when it has inspected parts", c.In, e.Bundle.Manifest.Name)
	}
	products, err := infer.NewProducts(e.Library, index.Vectors(), index.Dim(), infer.Options{})
	if err != nil {
		return err
	}
	defer products.Close()
	hits, err := index.Top(query, c.Top, products)
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
func (c *searchCommand) indexFile(e *observe.Model, in collection) (string, error) {
	if c.Index != "" {
		return c.Index, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", usage.Error(fmt.Errorf("find a place for the index: %w: name one with --index", err))
	}
	name, err := in.identity()
	if err != nil {
		return "", fmt.Errorf("find a place for the index: %w", err)
	}
	sum := sha256.Sum256([]byte(name + "\x00" + e.Bundle.Hash))
	return filepath.Join(dir, "pristine", "search", hex.EncodeToString(sum[:16])+".index"), nil
}

func (f *found) print(s *streams) {
	t := printing.Table(s.out)
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
	if seen {
		fmt.Fprintf(s.out, "%d of %d results.\n", len(f.Hits), f.Pictures)
		return
	}
	fmt.Fprintf(s.out, "%d of %d pictures; %d were encoded now.\n", len(f.Hits), f.Pictures, f.Encoded)
}
