package terminal

import (
	"bytes"
	"fmt"
	"image"
	"io"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
	"golang.org/x/image/draw"

	"pristine/capture"
	"pristine/capture/halfblocks"
)

// Protocol is how a picture is written to a terminal.
type Protocol string

// The protocols.
const (
	HalfBlocks Protocol = "blocks" // two pixels a character
	Sixel      Protocol = "sixel"
	Kitty      Protocol = "kitty"
)

// Space is the room that a terminal has for a picture.
type Space struct {
	Columns int
	Width   int // in pixels; 0 where the terminal does not tell
}

// MostWidth in pixels of a picture.
const MostWidth = 1280

// columnWidth in pixels is what a column is taken for where the terminal does
// not tell.
const columnWidth = 8

// Draw writes the frame.
func Draw(w io.Writer, f *capture.Frame, space Space, p Protocol) error {
	if p == HalfBlocks || f.Width <= 0 || f.Height <= 0 {
		return halfblocks.Draw(w, f, space.Columns)
	}
	if space.Width == 0 {
		space.Width = columnWidth * space.Columns
	}
	picture := scaled(f, max(min(space.Width, MostWidth, f.Width), 1))
	var out bytes.Buffer
	switch p {
	case Kitty:
		options := kitty.Options{Action: kitty.TransmitAndPut, Format: kitty.RGB, Compression: kitty.Zlib, Transmission: kitty.Direct, Chunk: true, Quiet: 2,
			ImageWidth: picture.Rect.Dx(), ImageHeight: picture.Rect.Dy()}
		if err := kitty.EncodeGraphics(&out, picture, &options); err != nil {
			return fmt.Errorf("draw frame: %w", err)
		}
	case Sixel:
		var pixels bytes.Buffer
		if err := (&sixel.Encoder{}).Encode(&pixels, picture); err != nil {
			return fmt.Errorf("draw frame: %w", err)
		}
		out.WriteString(ansi.SixelGraphics(0, 1, 0, pixels.Bytes()))
	default:
		return fmt.Errorf("draw frame: unknown protocol %q: %s, %s and %s are known", p, HalfBlocks, Sixel, Kitty)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

// scaled returns the frame scaled to a width.
func scaled(f *capture.Frame, width int) *image.RGBA {
	whole := image.NewRGBA(image.Rect(0, 0, f.Width, f.Height))
	for i := range f.Width * f.Height {
		p, q := f.Pix[3*i:][:3], whole.Pix[4*i:][:4]
		q[0], q[1], q[2], q[3] = p[2], p[1], p[0], 255
	}
	if width == f.Width {
		return whole
	}
	out := image.NewRGBA(image.Rect(0, 0, width, max(f.Height*width/f.Width, 1)))
	draw.ApproxBiLinear.Scale(out, out.Rect, whole, whole.Rect, draw.Src, nil)
	return out
}
