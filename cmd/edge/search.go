package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pristine/internal/finder"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/observe"
)

type searchCommand struct {
	Query        string `arg:"" placeholder:"TEXT|PICTURE" help:"What to look for: a text, such as \"scratched metal near the rim\", or a picture file."`
	In           string `required:"" placeholder:"DIR|history" help:"Folder of pictures to search, recursively; or history, for the parts that an agent of this machine inspected (write ./history for a folder of that name)."`
	Top          int    `default:"20" placeholder:"K" help:"How many to list (default: ${default})."`
	Sheet        string `placeholder:"FILE" help:"Also write a contact sheet, .png or .jpg."`
	Index        string `placeholder:"FILE" help:"File to cache embeddings in (default: one in the user's cache folder)."`
	Format       string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
	historyFlags `embed:""`
}

func (c *searchCommand) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return usage.Error(err)
	}
	c.NoCache = true // it has an index
	e, err := c.openPaired(observe.Throughput())
	if err != nil {
		return err
	}
	defer e.Close()
	in, stop, err := c.open(ctx, s, e)
	if err != nil {
		return err
	}
	defer stop()
	out, err := finder.Find(ctx, e, in, finder.Options{Query: c.Query, Top: c.Top, Index: c.Index, Name: c.In})
	if err != nil {
		return err
	}
	if c.Sheet != "" {
		if err := finder.WriteSheet(ctx, c.Sheet, in, out.Hits); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, out)
	}
	out.WriteTable(s.out)
	return nil
}

func (c *searchCommand) check() error {
	if c.Top < 1 {
		return fmt.Errorf("--top must be 1 or more (got %d)", c.Top)
	}
	if strings.TrimSpace(c.Query) == "" {
		return fmt.Errorf("search: what to look for is empty: write a text, or name a picture file")
	}
	if ending := strings.ToLower(filepath.Ext(c.Sheet)); c.Sheet != "" && !slices.Contains([]string{".png", ".jpg", ".jpeg"}, ending) {
		return fmt.Errorf("--sheet must end in .png or .jpg (got %s)", c.Sheet)
	}
	return nil
}

func (c *searchCommand) open(ctx context.Context, s *streams, e *observe.Model) (in finder.Collection, stop func(), err error) {
	if c.In == "history" {
		r, err := c.historyFlags.open(ctx)
		if err != nil {
			return nil, nil, err
		}
		return finder.History(e, r), func() { _ = r.Close() }, nil
	}
	files, err := s.list(c.In)
	if err != nil {
		return nil, nil, usage.Error(err)
	}
	return finder.Folder(e, c.In, files, finder.FolderOptions{
		Encoding: func(total int) func() { return progress.Advance(progress.Count(s.err, "encoding", total)) },
		LeftOut:  func(err error) { fmt.Fprintln(s.err, "left out:", err) },
	}), func() {}, nil
}
