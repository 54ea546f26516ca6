package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/capture/replay"
	"pristine/evaluate/report"
	"pristine/infer"
	"pristine/prompts"
	"pristine/search"
	"pristine/trial"
)

type searchCommand struct {
	Query      string `arg:"" placeholder:"TEXT|PICTURE" help:"What to look for: a text, such as \"scratched metal near the rim\", or a picture file."`
	In         string `required:"" placeholder:"DIR" help:"Folder of pictures to look in, read recursively."`
	Top        int    `default:"20" placeholder:"K" help:"How many to give (default: ${default})."`
	Sheet      string `placeholder:"FILE" help:"Also write a contact sheet, .png or .jpg."`
	Index      string `placeholder:"FILE" help:"File that keeps the embeddings (default: one for the folder and the bundle among the user's caches)."`
	Format     string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	bundleFlag `embed:""`
}

// found is the JSON of search.
type found struct {
	Query    string       `json:"query"`
	Bundle   string       `json:"bundle"`
	Pictures int          `json:"pictures"`
	Encoded  int          `json:"encoded"`              // now; the rest was in the index
	LeftOut  []string     `json:"unreadable,omitempty"` // in no answer
	Hits     []search.Hit `json:"hits"`
}

func (c *searchCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	files, err := replay.Pictures(c.In)
	if err != nil {
		return usageError{err}
	}
	e, err := openEngine(c.Bundle, throughput())
	if err != nil {
		return err
	}
	defer e.close()
	query, err := e.query(ctx, c.Query)
	if err != nil {
		return err
	}
	out := found{Query: c.Query, Bundle: e.bundle.Manifest.Name}
	index, err := c.refresh(ctx, s, e, files, &out)
	if err != nil {
		return err
	}
	defer func() { _ = index.Close() }()
	out.Pictures = index.Len()
	if index.Len() == 0 {
		return fmt.Errorf("search %s: none of its %d pictures can be read", c.In, len(files))
	}
	products, err := infer.NewProducts(e.library, index.Vectors(), index.Dim(), infer.Options{})
	if err != nil {
		return err
	}
	defer products.Close()
	if out.Hits, err = index.Top(query, c.Top, products); err != nil {
		return err
	}
	if c.Sheet != "" {
		if err := writeSheet(c.Sheet, out.Hits); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return writeJSON(s.out, out)
	}
	out.print(s)
	return nil
}

func (c *searchCommand) check() error {
	if c.Top < 1 {
		return fmt.Errorf("--top must be 1 or more (got %d)", c.Top)
	}
	switch strings.ToLower(filepath.Ext(c.Sheet)) {
	case "", ".png", ".jpg", ".jpeg":
	default:
		return fmt.Errorf("--sheet must end in .png or .jpg (got %s)", c.Sheet)
	}
	if c.Sheet != "" && filepath.Ext(c.Sheet) == "" {
		return fmt.Errorf("--sheet must end in .png or .jpg (got %s)", c.Sheet)
	}
	return nil
}

// query embeds a picture where the text names a file, else the text.
func (e *engine) query(ctx context.Context, text string) ([]float32, error) {
	if info, err := os.Stat(text); err == nil && !info.IsDir() {
		var o prompts.Observation
		err := newLens(e, nil).observe(ctx, text, 0, &o)
		return o.Embedding, err
	}
	vectors, err := e.texts.Encode(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// refresh encodes what is new or changed and gives the index of the files.
func (c *searchCommand) refresh(ctx context.Context, s *streams, e *engine, files []string, out *found) (*search.Index, error) {
	file, err := c.indexFile(e)
	if err != nil {
		return nil, err
	}
	old, err := search.Open(file, e.bundle.Hash)
	switch useless := errors.Is(err, search.ErrIndex) || errors.Is(err, search.ErrBundle); {
	case err == nil || errors.Is(err, os.ErrNotExist):
	case useless && c.Index != "": // a file of the user's is not replaced unasked
		return nil, usageError{err}
	case !useless:
		return nil, err
	}
	plan, err := search.NewPlan(old, files)
	if err != nil {
		return nil, err
	}
	if !plan.Changed {
		return old, nil
	}
	entries := plan.Kept
	err = e.observeAll(ctx, s, "encoding", plan.Encode, 0, func(i int, _ *trial.Photo, o *prompts.Observation) error {
		entries = append(entries, search.Entry{Name: plan.Encode[i], Stamp: plan.Stamps[i], Vector: search.Encode(o.Embedding)})
		return nil
	}, func(i int, err error) {
		fmt.Fprintln(s.err, "left out:", err)
		out.LeftOut = append(out.LeftOut, plan.Encode[i])
	})
	if old != nil {
		_ = old.Close()
	}
	if err != nil {
		return nil, err
	}
	out.Encoded = len(plan.Encode) - len(out.LeftOut)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, fmt.Errorf("write index: %w", err)
	}
	if err := search.Write(file, e.bundle.Hash, e.images.Shapes().Dim, entries); err != nil {
		return nil, err
	}
	return search.Open(file, e.bundle.Hash)
}

// indexFile is named by the folder and the bundle.
func (c *searchCommand) indexFile(e *engine) (string, error) {
	if c.Index != "" {
		return c.Index, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", usageError{fmt.Errorf("find a place for the index: %w: name one with --index", err)}
	}
	in, err := filepath.Abs(c.In)
	if err != nil {
		return "", fmt.Errorf("find a place for the index: %w", err)
	}
	sum := sha256.Sum256([]byte(c.In + "\x00" + in + "\x00" + e.bundle.Hash))
	return filepath.Join(dir, "pristine", "search", hex.EncodeToString(sum[:16])+".index"), nil
}

func writeSheet(file string, hits []search.Hit) error {
	pictures := make([]image.Image, len(hits))
	for i, hit := range hits {
		p, err := openPhoto(hit.Name)
		if err != nil {
			return err
		}
		pictures[i] = report.Overlay(p.Pix, p.Width, p.Height, report.Heat{}, report.Scale{}, search.SheetCell)
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

func (f *found) print(s *streams) {
	t := table.NewWriter()
	t.SetOutputMirror(s.out)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"", "Cosine", "Picture"})
	for i, hit := range f.Hits {
		t.AppendRow(table.Row{i + 1, fmt.Sprintf("%.4f", hit.Cosine), shorten(hit.Name, 58)})
	}
	t.Render()
	fmt.Fprintf(s.out, "%d of %d pictures; %d were encoded now.\n", len(f.Hits), f.Pictures, f.Encoded)
}
