package progress

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newBar shows progress on a terminal; elsewhere it would fill logs.
func newBar(w io.Writer, what string, total int64, more ...progressbar.Option) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionSetVisibility(IsTerminal(w)),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100 * time.Millisecond),
	}
	return progressbar.NewOptions64(total, append(options, more...)...)
}

// Count counts things, such as pictures.
func Count(w io.Writer, what string, total int) *progressbar.ProgressBar {
	return newBar(w, what, int64(total), progressbar.OptionShowCount())
}

// Advance returns a callback that moves a bar on by one.
func Advance(bar *progressbar.ProgressBar) func() {
	return func() { _ = bar.Add(1) }
}

// Bytes counts the bytes of a copy.
func Bytes(w io.Writer, what string, total int64) *progressbar.ProgressBar {
	return newBar(w, what, total, progressbar.OptionShowBytes(true))
}

// Spin shows a spinner and the elapsed time for work of unknown length.
func Spin(ctx context.Context, w io.Writer, what string) (stop func()) {
	bar := newBar(w, what, -1, progressbar.OptionSpinnerType(14), progressbar.OptionSetElapsedTime(true))
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticks := time.NewTicker(200 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				_ = bar.Finish()
				return
			case <-ticks.C:
				_ = bar.Add(1)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
