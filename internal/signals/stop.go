package signals

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Stopping returns a context that ends with the first signal that asks the
// program to stop: SIGINT (Ctrl-C), SIGTERM (systemd), or SIGHUP (its terminal
// is closed). A second SIGINT or SIGTERM ends the program at once; a second
// SIGHUP does nothing, since one window that is closed sends several: the shell
// to its jobs, then the kernel.
//
// A SIGHUP that is ignored when the program starts, as nohup has it, stays
// ignored. release ends the watch and gives every signal its default back.
func Stopping(parent context.Context) (ctx context.Context, release context.CancelFunc) {
	hangup := !signal.Ignored(syscall.SIGHUP)
	ctx, end := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	closed := make(chan os.Signal, 1)
	if hangup {
		signal.Notify(closed, syscall.SIGHUP)
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-closed:
		case <-ctx.Done():
		}
		end() // without its handler the next signal ends the program
	}()
	return ctx, func() {
		end()
		<-watched
		signal.Stop(closed)
	}
}
