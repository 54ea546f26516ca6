package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/infer/store"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/internal/usage"
	"pristine/observe"
)

type modelCommand struct {
	Import modelImportCommand `cmd:"" help:"Turn a Hugging Face export of a CLIP-type model into a bundle."`
	Pull   modelPullCommand   `cmd:"" help:"Download a model from the Hugging Face hub and turn it into a bundle."`
	List   modelListCommand   `cmd:"" help:"List the bundles."`
	Show   modelShowCommand   `cmd:"" help:"Show a bundle's facts, and how it prepares pictures and texts."`
	Build  modelBuildCommand  `cmd:"" help:"Build a bundle's engine for this machine before the first run."`
	Verify modelVerifyCommand `cmd:"" help:"Check a bundle's files, run it, and compare it with its golden embeddings."`
	Remove modelRemoveCommand `cmd:"" help:"Remove a bundle."`
}

// modelsFlag is the folder of the bundles.
type modelsFlag struct {
	Models string `type:"asset" default:"models" placeholder:"DIR" help:"Folder of the bundles (default: ${default})."`
}

// exportFlags say how an export is read.
type exportFlags struct {
	Name       string  `placeholder:"NAME" help:"Name of the bundle (default: that of the folder)."`
	Variant    string  `placeholder:"NAME" help:"Precision to use if there are several, e.g. fp16 for vision_model_fp16.onnx (default: full)."`
	LogitScale float64 `placeholder:"NUMBER" help:"Logit scale, for models whose files do not contain it (default: the file's, else 100)."`
	modelsFlag `embed:""`
}

func (f *exportFlags) options() bundle.ExportOptions {
	return bundle.ExportOptions{Name: f.Name, Variant: f.Variant, LogitScale: f.LogitScale}
}

type modelImportCommand struct {
	Paths       []string `arg:"" help:"Folder with config.json, preprocessor_config.json or processor_config.json, tokenizer.json and onnx/*.onnx, or these files."`
	exportFlags `embed:""`
}

func (c *modelImportCommand) Run(ctx context.Context, s *streams) error {
	return importExport(ctx, s, c.Paths, c.options(), c.Models)
}

// importExport makes a bundle, and runs it once before it stores it.
func importExport(ctx context.Context, s *streams, paths []string, o bundle.ExportOptions, models string) error {
	export, err := bundle.ReadExport(paths, o)
	if err != nil {
		return usage.Error(err)
	}
	var size int64
	for _, path := range export.Sources {
		if info, err := os.Stat(path); err == nil {
			size += info.Size()
		}
	}
	bar := progress.Bytes(s.err, "importing", size)
	return keepBundle(ctx, s, export, models, store.Options{Progress: func(_ string, n int64) { _ = bar.Add64(n) }})
}

func keepBundle(ctx context.Context, s *streams, export *bundle.Export, models string, o store.Options) error {
	o.Check = func(dir string) error { _, err := observe.TryBundle(dir); return err }
	dir, err := store.Import(export, models, o)
	if err != nil {
		return err
	}
	flag := "--bundle"
	if export.Manifest.PicturesOnly {
		flag = "--references-bundle"
	}
	fmt.Fprintf(s.out, "%s is ready\nTry: edge score %s %s PICTURE…\n", dir, flag, dir)
	return nil
}

type modelListCommand struct {
	Format     string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	modelsFlag `embed:""`
}

// listedBundle is one bundle in the JSON of list.
type listedBundle struct {
	Dir          string `json:"dir"`
	Name         string `json:"name"`
	Version      string `json:"version"`
	EmbeddingDim int    `json:"embedding_dim"`
	ImageSize    int    `json:"image_size"`
	Bytes        int64  `json:"bytes"`
	Error        string `json:"error,omitempty"`
}

func (c *modelListCommand) Run(s *streams) error {
	entries, err := store.List(c.Models)
	if err != nil {
		return err
	}
	all := []listedBundle{}
	t := printing.Table(s.out, "Bundle", "Version", "Picture", "Embedding", "Size")
	for _, e := range entries {
		m := &e.Manifest
		l := listedBundle{Dir: e.Dir, Name: m.Name, Version: m.Version, EmbeddingDim: m.EmbeddingDim, ImageSize: m.Image.Size, Bytes: e.Bytes}
		row := table.Row{printing.KeepEnd(e.Dir, 30), m.Version, fmt.Sprintf("%d px", m.Image.Size), m.EmbeddingDim, humanize.IBytes(uint64(e.Bytes))}
		if e.Err != nil {
			l.Error, row = e.Err.Error(), table.Row{printing.KeepEnd(e.Dir, 30), "damaged: edge model show says why"}
		}
		all = append(all, l)
		t.AppendRow(row)
	}
	if c.Format == "json" {
		return printing.JSON(s.out, all)
	}
	t.Render()
	return nil
}

type modelShowCommand struct {
	Bundle string `arg:"" type:"asset" help:"Folder of a bundle, or of a Hugging Face export."`
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

func (c *modelShowCommand) Run(s *streams) error {
	b, err := bundle.Open(c.Bundle)
	if err != nil {
		return usage.Error(err)
	}
	if c.Format == "json" {
		return printing.JSON(s.out, struct {
			Hash     string          `json:"hash"`
			Manifest bundle.Manifest `json:"manifest"`
		}{b.Hash, b.Manifest})
	}
	t := printing.Table(s.out)
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, WidthMax: 58}})
	for _, fact := range b.Facts() {
		t.AppendRow(table.Row{fact[0], fact[1]})
	}
	t.Render()
	return nil
}

type modelVerifyCommand struct {
	Bundle string `arg:"" type:"asset" help:"Folder of a bundle, or of a Hugging Face export."`
}

func (c *modelVerifyCommand) Run(ctx context.Context, s *streams) error {
	if b, err := observe.TryBundle(c.Bundle); err != nil {
		return err
	} else if b.Manifest.PicturesOnly {
		fmt.Fprintf(s.out, "%s: %d files have their hashes, the image encoder runs\n", c.Bundle, len(b.Manifest.Files))
		return nil
	}
	e, err := observe.Open(c.Bundle, infer.Options{})
	if err != nil {
		return err
	}
	defer e.Close()
	n, err := infer.CheckGolden(ctx, e.Bundle, e.Images, e.Texts.TextEncoder, decodePicture)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d files have their hashes, both encoders run, %d golden embeddings agree\n", c.Bundle, len(e.Bundle.Manifest.Files), n)
	return nil
}

func decodePicture(path string) (infer.Picture, error) {
	pix, width, height, err := opencv.DecodeFile(path)
	return infer.Picture{Pix: pix, Width: width, Height: height}, err
}

type modelRemoveCommand struct {
	Names      []string `arg:"" help:"Names of bundles, as list shows them, without the folder."`
	modelsFlag `embed:""`
}

func (c *modelRemoveCommand) Run(s *streams) error {
	var failed []error
	for _, name := range slices.Compact(c.Names) {
		if err := store.Remove(c.Models, name); err != nil {
			failed = append(failed, err)
			continue
		}
		fmt.Fprintln(s.out, "removed", filepath.Join(c.Models, name))
	}
	if err := errors.Join(failed...); err != nil {
		return usage.Error(err)
	}
	return nil
}
