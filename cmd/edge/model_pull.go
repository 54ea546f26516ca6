package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"

	"pristine/infer/bundle"
	"pristine/infer/hub"
	"pristine/infer/store"
	"pristine/internal/progress"
	"pristine/internal/usage"
)

type modelPullCommand struct {
	Model       string `arg:"" help:"OWNER/NAME or OWNER/NAME@REVISION, such as Xenova/clip-vit-base-patch32."`
	exportFlags `embed:""`
}

// Help implements kong's longer help.
func (*modelPullCommand) Help() string {
	return "HF_ENDPOINT names another hub, HF_TOKEN gives access to private models, HF_HUB_OFFLINE=1 forbids the network. Run the command again to resume a download."
}

func (c *modelPullCommand) Run(ctx context.Context, s *streams) error {
	h, err := hub.FromEnv()
	if err != nil {
		return usage.Error(err)
	}
	o := c.options()
	if o.Name == "" {
		_, name, _ := strings.Cut(c.Model, "/")
		o.Name, _, _ = strings.Cut(name, "@")
	}
	if dir := filepath.Join(c.Models, o.Name); store.Has(c.Models, o.Name) {
		return usage.Error(fmt.Errorf("%w: %s: give another --name, or first `edge model remove %s`", store.ErrExists, dir, o.Name))
	}
	downloads := &downloadBars{streams: s}
	dir, err := h.Pull(ctx, c.Model, hub.Options{Dir: filepath.Join(c.Models, ".pull"), Variant: c.Variant, Progress: downloads.progress})
	if err != nil {
		return err
	}
	export, err := bundle.ReadExport([]string{dir}, o)
	if err != nil {
		return err
	}
	// The downloads are hard links to the bundle's files now, and can be removed.
	if err := keepBundle(ctx, s, export, c.Models, store.Options{Link: true}); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// downloadBars shows one file's progress after the other.
type downloadBars struct {
	streams *streams
	file    string
	bar     *progressbar.ProgressBar
}

func (d *downloadBars) progress(file string, done, total int64) {
	if file != d.file {
		d.file, d.bar = file, progress.Bytes(d.streams.err, file, total)
	}
	_ = d.bar.Set64(done)
}
