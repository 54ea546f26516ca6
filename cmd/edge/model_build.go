package main

import (
	"context"
	"fmt"
	"time"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/progress"
	"pristine/internal/usage"
)

type modelBuildCommand struct {
	Bundle    string `arg:"" type:"asset" help:"Folder of a bundle, or of a Hugging Face export."`
	Provider  string `enum:"${providers}" default:"tensorrt" help:"${provider_list} (default: ${default})."`
	Precision string `enum:"fp32,fp16" default:"fp32" help:"fp32 or fp16 (default: ${default})."`
	MaxBatch  int    `default:"8" help:"Largest batch, as model.max_batch (default: ${default})."`
	CacheDir  string `default:"data/engines" placeholder:"DIR" help:"Folder of the engines, as model.cache_dir (default: ${default})."`
}

// Help implements kong's longer help.
func (*modelBuildCommand) Help() string {
	return "Builds the engine that `edge run` would build at its start, asks ONNX Runtime where the model runs, and compares its embeddings with the CPU's. Give it the values of the configuration's section model."
}

func (c *modelBuildCommand) Run(ctx context.Context, s *streams) error {
	library, err := infer.Load("")
	if err != nil {
		return err
	}
	bundle, err := bundle.Open(c.Bundle)
	if err != nil {
		return usage.Error(err)
	}
	start := time.Now()
	stop := progress.Spin(ctx, s.err, "building on "+c.Provider)
	images, err := infer.NewImageEncoder(library, bundle, infer.Options{Providers: []string{c.Provider}, Policy: "require", Precision: c.Precision, MaxBatch: c.MaxBatch, CacheDir: c.CacheDir})
	stop()
	if err != nil {
		return err
	}
	defer images.Close()
	status := images.Status()
	fmt.Fprintf(s.out, "%s runs on %s after %s\n", c.Bundle, status.Provider, time.Since(start).Round(time.Millisecond))
	for provider, nodes := range status.Placement {
		fmt.Fprintf(s.out, "  %-28s %d nodes\n", provider, nodes)
	}
	if parity := status.Parity; parity.Pictures > 0 {
		fmt.Fprintf(s.out, "  cosine to the CPU on %d pictures: mean %.5f, worst %.5f\n", parity.Pictures, parity.Embedding.Mean, parity.Embedding.Worst)
		if parity.Patches.Mean > 0 {
			fmt.Fprintf(s.out, "  that of their patches:            mean %.5f, worst %.5f\n", parity.Patches.Mean, parity.Patches.Worst)
		}
	}
	return nil
}
