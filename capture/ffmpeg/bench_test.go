package ffmpeg

import (
	"testing"

	"pristine/capture"
	"pristine/internal/meter"
)

// BenchmarkRead measures decoding a 1080p frame of H.264 to BGR, and the conversion alone,
// in the time of all cores.
func BenchmarkRead(b *testing.B) {
	file := video(b, "v.mp4", "1920x1080", 40, "-vf", "noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23")
	var f capture.Frame
	var read, convert float64
	for b.Loop() {
		s := open(b, file).(*source)
		cost, err := meter.Measure(39, func() error { return s.Read(b.Context(), &f) })
		if err != nil {
			b.Fatal(err)
		}
		alone, err := meter.Measure(39, func() error { return s.convert(&f, f.Width, f.Height) })
		if err != nil {
			b.Fatal(err)
		}
		read, convert = read+meter.Milliseconds(cost.CPU), convert+meter.Milliseconds(alone.CPU)
	}
	b.ReportMetric(read/float64(b.N), "core-ms")
	b.ReportMetric(convert/float64(b.N), "core-ms-to-convert")
}
