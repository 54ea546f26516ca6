package main

import (
	"context"
	"errors"
	"os"

	"pristine/internal/printing"
	"pristine/internal/scored"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

type scoreCommand struct {
	Pictures     []string `arg:"" help:"Picture files or folders."`
	Prompts      string   `type:"asset" default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	References   string   `placeholder:"DIR" help:"Folder of good pictures of the same part, instead of the references beside the set."`
	Format       string   `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

func (c *scoreCommand) Run(ctx context.Context, s *streams) error {
	files, err := expand(s, c.Pictures)
	if err != nil {
		return usage.Error(err)
	}
	e, bank, err := openBank(ctx, s, &c.encoderFlags, c.Prompts, c.References)
	if err != nil {
		return err
	}
	defer e.Close()
	var results []scored.Result
	var failed []error
	l, scores := e.NewEncoder(observe.View{}), prompts.Scores{}
	for _, file := range files {
		var o prompts.Observation
		err := l.ObserveFile(ctx, file, bank.Needs(), &o)
		if err == nil {
			err = bank.Score(&o, &scores)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		results = append(results, scored.New(file, &scores, bank))
	}
	if c.Format == "json" {
		err = printing.JSON(s.out, results)
	} else {
		scored.WriteTable(s.out, results)
		scored.WriteShadow(s.out, bank)
	}
	return errors.Join(append(failed, err)...)
}

// expand replaces folders by the pictures in them.
func expand(s *streams, paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		inside, err := s.list(path)
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}
