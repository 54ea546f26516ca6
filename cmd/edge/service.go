package main

import (
	"context"
	"sync"

	"pristine/infer"
	"pristine/internal/service"
)

// tellService tells systemd that the agent is ready, and feeds its watchdog
// while pictures can be encoded; stop says that the agent ends.
func (a *agent) tellService(ctx context.Context) (stop func()) {
	a.tellServiceStatus()
	a.warnService(service.Ready())
	watchCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var watching sync.WaitGroup
	watching.Go(func() { a.warnService(service.Watch(watchCtx, a.encodeOne)) })
	return func() {
		a.warnService(service.Stopping())
		cancel()
		watching.Wait()
	}
}

// tellServiceStatus gives the line of `systemctl status`: again after each
// state of the model, so that it names what serves now.
func (a *agent) tellServiceStatus() {
	status := a.engine.images.Status()
	text := "inspecting on " + status.Provider
	if status.Degraded {
		state, _ := a.engine.images.State()
		text = string(state) + ": " + text + ": " + status.Reason
	}
	a.warnService(service.Status(text, 0))
}

func (a *agent) warnService(err error) {
	if err != nil {
		a.log.Warn("systemd is not told", "err", err)
	}
}

// encodeOne sends a small picture the way of all frames.
func (a *agent) encodeOne(ctx context.Context) error {
	const side = 32
	picture := infer.Picture{Pix: make([]byte, 3*side*side), Width: side, Height: side}
	_, err := a.engine.images.Encode(ctx, []infer.Picture{picture}, make([]infer.Output, 1))
	return err
}
