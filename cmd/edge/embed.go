package main

import (
	"context"
	"fmt"

	"pristine/infer"
	"pristine/internal/printing"
	"pristine/observe"
	"pristine/prompts"
)

type embedCommand struct {
	Image embedImageCommand `cmd:"" help:"Embed picture files."`
	Text  embedTextCommand  `cmd:"" help:"Embed texts."`
}

type embedImageCommand struct {
	Files        []string `arg:"" help:"Picture files."`
	Format       string   `enum:"json" default:"json" help:"json."`
	encoderFlags `embed:""`
}

type embedTextCommand struct {
	Texts      []string `arg:"" help:"Texts."`
	Format     string   `enum:"json" default:"json" help:"json."`
	bundleFlag `embed:""`
}

// embedded is one line of embed's output: a JSON object a file or text.
type embedded struct {
	Input     string    `json:"input"`
	Bundle    string    `json:"bundle"`
	Dim       int       `json:"dim"`
	Embedding []float32 `json:"embedding"`
}

func (c *embedImageCommand) Run(ctx context.Context, s *streams) error {
	e, err := c.openPaired(infer.Options{})
	if err != nil {
		return err
	}
	defer e.Close()
	l := e.NewEncoder(observe.View{})
	all := make([]embedded, 0, len(c.Files))
	for _, file := range c.Files {
		var o prompts.Observation
		if err := l.ObserveFile(ctx, file, prompts.Needs{}, &o); err != nil {
			return fmt.Errorf("embed picture: %w", err)
		}
		all = append(all, embedded{file, e.Bundle.Manifest.Name, len(o.Embedding), append([]float32(nil), o.Embedding...)})
	}
	return writeEmbeddings(s, all)
}

func (c *embedTextCommand) Run(ctx context.Context, s *streams) error {
	e, err := observe.Open(c.Bundle, infer.Options{})
	if err != nil {
		return err
	}
	defer e.Close()
	vectors, err := e.Texts.Encode(ctx, c.Texts)
	if err != nil {
		return err
	}
	all := make([]embedded, 0, len(vectors))
	for i, v := range vectors {
		all = append(all, embedded{c.Texts[i], e.Bundle.Manifest.Name, len(v), v})
	}
	return writeEmbeddings(s, all)
}

// writeEmbeddings writes one object for one input, a list for several.
func writeEmbeddings(s *streams, all []embedded) error {
	if len(all) == 1 {
		return printing.JSON(s.out, all[0])
	}
	return printing.JSON(s.out, all)
}
