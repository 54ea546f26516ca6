// Package service tells systemd how the program is: started, still working,
// stopping (sd_notify(3)).
//
//	defer service.Stopping()
//	service.Ready()
//	service.Watch(ctx, func(ctx context.Context) error { return encodeOnePicture(ctx) })
//
// Promises: the watchdog is fed only after a probe that succeeded, so that a
// program whose work hangs is restarted; outside systemd every call does
// nothing.
//
// Non-promises: it starts no goroutine; who calls Watch waits for it.
package service
