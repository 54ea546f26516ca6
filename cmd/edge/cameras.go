package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/opencv"
	"pristine/capture/source"
	"pristine/capture/terminal"
	"pristine/internal/printing"
)

type cameraCommand struct {
	List    cameraListCommand    `cmd:"" help:"List the cameras that are plugged in."`
	Probe   cameraProbeCommand   `cmd:"" help:"Open a source and measure it, or print why it cannot be opened."`
	Health  cameraHealthCommand  `cmd:"" help:"Learn the health limits of a source from good pictures, and show them."`
	Preview cameraPreviewCommand `cmd:"" help:"Show a frame in the terminal, or write it as PNG."`
}

type cameraListCommand struct {
	Format string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run lists V4L2 devices.
func (c *cameraListCommand) Run(s *streams) error {
	devices, err := source.Devices(os.DirFS("/sys"))
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printing.JSON(s.out, append([]source.Device{}, devices...))
	}
	if len(devices) == 0 {
		fmt.Fprintln(s.out, "No V4L2 camera is plugged in. Network cameras: edge camera probe rtsp://…\nThe built-in one: edge camera preview testline://")
		return nil
	}
	t := printing.Table(s.out, "Source", "Camera")
	for _, d := range devices {
		t.AppendRow(table.Row{d.Source, d.Name})
	}
	t.Render()
	return nil
}

type cameraProbeCommand struct {
	Source address.Address `arg:"" help:"Address of the camera, such as rtsp://user:password@camera/stream."`
	For    time.Duration   `default:"3s" help:"How long to measure (default: ${default})."`
	Format string          `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run measures the source.
func (c *cameraProbeCommand) Run(ctx context.Context, s *streams) error {
	var f capture.Frame
	r, err := probe(ctx, s, c.Source, c.For, &f)
	if err == nil && c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	if r.Device != nil {
		source.WriteDevice(s.out, r.Device)
	}
	if err != nil {
		return err
	}
	r.WriteText(s.out)
	return nil
}

type cameraPreviewCommand struct {
	Source address.Address `arg:"" help:"Address of the camera."`
	After  time.Duration   `default:"1s" help:"Time for the camera to settle (default: ${default})."`
	As     string          `enum:"auto,blocks,sixel,kitty" default:"auto" help:"How to show it: auto (asks the terminal), blocks, sixel or kitty (default: ${default})."`
	PNG    string          `name:"png" placeholder:"FILE" help:"Write the frame here instead of showing it."`
}

// Run shows one frame.
func (c *cameraPreviewCommand) Run(ctx context.Context, s *streams) error {
	var f capture.Frame
	if _, err := probe(ctx, s, c.Source, c.After, &f); err != nil {
		return err
	}
	if f.Damaged != "" {
		return fmt.Errorf("preview %s: its last frame is not usable: %s", c.Source, f.Damaged)
	}
	if c.PNG == "" {
		protocol := terminal.Protocol(c.As)
		if c.As == "auto" {
			protocol = terminal.AskBy(s.out)
		}
		return terminal.Draw(s.out, &f, terminal.SpaceOf(s.out), protocol)
	}
	data, err := opencv.EncodePNG(f.Pix, f.Width, f.Height)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.PNG, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d × %d pixels\n", c.PNG, f.Width, f.Height)
	return nil
}

// probe opens and reads a source.
func probe(ctx context.Context, s *streams, a address.Address, lasting time.Duration, f *capture.Frame) (source.Report, error) {
	return source.Probe(ctx, a, source.Options{Bad: func(_ string, err error) { fmt.Fprintln(s.err, err) }}, lasting, f)
}
