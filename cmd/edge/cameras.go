package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"golang.org/x/sys/unix"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/opencv"
	"pristine/capture/source"
	"pristine/capture/terminal"
	"pristine/capture/v4l2"
	"pristine/internal/printing"
	"pristine/internal/usage"
)

type cameraCommand struct {
	List    cameraListCommand    `cmd:"" help:"List the cameras that are plugged in."`
	Probe   cameraProbeCommand   `cmd:"" help:"Open a source and measure it, or say why it cannot be opened."`
	Health  cameraHealthCommand  `cmd:"" help:"Learn what good pictures of a source are like, and show the limits."`
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
	Source string        `arg:"" help:"Address of the camera, such as rtsp://user:password@camera/stream."`
	For    time.Duration `default:"3s" help:"How long to measure (default: ${default})."`
	Format string        `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
}

// Run measures the source.
func (c *cameraProbeCommand) Run(ctx context.Context, s *streams) error {
	var f capture.Frame
	r, err := probe(ctx, s, c.Source, c.For, &f)
	if err == nil && c.Format == "json" {
		return printing.JSON(s.out, r)
	}
	if r.Device != nil {
		writeDevice(s.out, r.Device)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s (%s)\n", r.Source, r.Kind)
	fmt.Fprintf(s.out, "  size           %d × %d pixels\n", r.Width, r.Height)
	fmt.Fprintf(s.out, "  opened in      %.0f ms, first frame %.0f ms later\n", r.OpenMS, r.FirstMS)
	fmt.Fprintf(s.out, "  rate           %.1f frames/s (%d frames), longest gap %.0f ms\n", r.FPS, r.Frames, r.LongestMS)
	if r.Sizes > 1 {
		fmt.Fprintf(s.out, "  CAUTION        the size changed %d times\n", r.Sizes-1)
	}
	if r.Damaged > 0 {
		fmt.Fprintf(s.out, "  CAUTION        %d of %d frames are damaged: they would be INVALID\n", r.Damaged, r.Frames)
	}
	if !r.PartsNamed {
		fmt.Fprintln(s.out, "  parts          it names none: each frame is judged, unless track.axis is set")
	}
	return nil
}

// writeDevice shows what a V4L2 camera offers: a line for each size.
func writeDevice(out io.Writer, d *v4l2.Device) {
	fmt.Fprintf(out, "%s, driver %s, at %s\n", d.Card, d.Driver, d.Bus)
	for _, format := range d.Formats {
		for _, size := range format.Sizes {
			pixels := fmt.Sprintf("%d × %d", size.Width, size.Height)
			if size.MaxWidth > 0 {
				pixels += fmt.Sprintf(" to %d × %d", size.MaxWidth, size.MaxHeight)
			}
			rates := make([]string, len(size.FPS))
			for i, fps := range size.FPS {
				rates[i] = strconv.FormatFloat(math.Round(fps*100)/100, 'f', -1, 64)
			}
			fmt.Fprintf(out, "  %-5s %-26s %s frames/s\n", format.Format, pixels, strings.Join(rates, ", "))
		}
	}
}

type cameraPreviewCommand struct {
	Source string        `arg:"" help:"Address of the camera."`
	After  time.Duration `default:"1s" help:"Time for the camera to settle (default: ${default})."`
	As     string        `enum:"auto,blocks,sixel,kitty" default:"auto" help:"How to show it: auto (asks the terminal), blocks, sixel or kitty (default: ${default})."`
	PNG    string        `name:"png" placeholder:"FILE" help:"Write the frame here instead of showing it."`
}

// Run shows one frame.
func (c *cameraPreviewCommand) Run(ctx context.Context, s *streams) error {
	var f capture.Frame
	if _, err := probe(ctx, s, c.Source, c.After, &f); err != nil {
		return err
	}
	if f.Damaged != "" {
		return fmt.Errorf("preview %s: its last frame is not usable: %s", capture.Redact(c.Source), f.Damaged)
	}
	if c.PNG == "" {
		protocol := terminal.Protocol(c.As)
		if c.As == "auto" {
			protocol = askTerminal(s)
		}
		return terminal.Draw(s.out, &f, terminalSpace(s), protocol)
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

// probe opens and reads a source by its address as the user wrote it.
func probe(ctx context.Context, s *streams, text string, lasting time.Duration, f *capture.Frame) (source.Report, error) {
	a, err := address.Parse(text)
	if err != nil {
		return source.Report{}, usage.Error(fmt.Errorf("source %s: %w", capture.Redact(text), err))
	}
	return source.Probe(ctx, a, source.Options{Bad: func(_ string, err error) { fmt.Fprintln(s.err, err) }}, lasting, f)
}

// askTerminal asks the terminal which picture protocol it supports.
func askTerminal(s *streams) terminal.Protocol {
	if file, ok := s.out.(*os.File); ok {
		return terminal.Ask(os.Stdin, file)
	}
	return terminal.HalfBlocks
}

func terminalSpace(s *streams) terminal.Space {
	if file, ok := s.out.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			return terminal.Space{Columns: int(size.Col), Width: int(size.Xpixel)}
		}
	}
	return terminal.Space{Columns: 80}
}
