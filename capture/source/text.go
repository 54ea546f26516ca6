package source

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"pristine/capture/v4l2"
)

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) {
	fmt.Fprintf(w, "%s (%s)\n", r.Source, r.Kind)
	fmt.Fprintf(w, "  size           %d × %d pixels\n", r.Width, r.Height)
	fmt.Fprintf(w, "  opened in      %.0f ms, first frame %.0f ms later\n", r.OpenMS, r.FirstMS)
	fmt.Fprintf(w, "  rate           %.1f frames/s (%d frames), longest gap %.0f ms\n", r.FPS, r.Frames, r.LongestMS)
	if r.Sizes > 1 {
		fmt.Fprintf(w, "  CAUTION        the size changed %d times\n", r.Sizes-1)
	}
	if r.Damaged > 0 {
		fmt.Fprintf(w, "  CAUTION        %d of %d frames are damaged: they would be INVALID\n", r.Damaged, r.Frames)
	}
	if !r.PartsNamed {
		fmt.Fprintln(w, "  parts          it names none: each frame is judged, unless track.axis is set")
	}
}

// WriteDevice shows what a V4L2 camera offers: a line for each size.
func WriteDevice(w io.Writer, d *v4l2.Device) {
	fmt.Fprintf(w, "%s, driver %s, at %s\n", d.Card, d.Driver, d.Bus)
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
			fmt.Fprintf(w, "  %-5s %-26s %s frames/s\n", format.Format, pixels, strings.Join(rates, ", "))
		}
	}
}
