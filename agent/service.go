package agent

import (
	"context"
	"fmt"
	"sync"

	"pristine/infer"
	"pristine/internal/service"
)

// notifyService notifies systemd that the agent is ready, and resets its watchdog while
// pictures can be encoded. stop announces the end of the agent.
func (a *Agent) notifyService(ctx context.Context) (stop func() error, err error) {
	a.tellServiceStatus()
	a.warnService(service.Ready())
	watchCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var watching sync.WaitGroup
	watching.Go(func() { a.warnService(service.Watch(watchCtx, a.encodeOne)) })
	return func() error {
		a.warnService(service.Stopping())
		cancel()
		watching.Wait()
		return nil
	}, nil
}

// tellServiceStatus sets the status line of `systemctl status` after each change of
// the model's state, so that it names the current provider.
func (a *Agent) tellServiceStatus() {
	status := a.model.Images.Status()
	text := "inspecting on " + status.Provider
	if status.Degraded {
		state, _ := a.model.Images.State()
		text = string(state) + ": " + text + ": " + status.Reason
	}
	a.warnService(service.Status(text, 0))
}

func (a *Agent) warnService(err error) {
	if err != nil {
		a.log.Warn("sd_notify failed", "err", err)
	}
}

// encodeOne encodes a small picture through the same path as frames.
func (a *Agent) encodeOne(ctx context.Context) error {
	const side = 32
	picture := infer.Picture{Pix: make([]byte, 3*side*side), Width: side, Height: side}
	_, err := a.model.Images.Encode(ctx, []infer.Picture{picture}, make([]infer.Output, 1))
	return err
}

// live reports whether the event store answers.
func (a *Agent) live(ctx context.Context) error {
	if !a.board.isOpen() {
		return nil // there is no store yet
	}
	if _, err := a.store.Kept(ctx, "live"); err != nil {
		return fmt.Errorf("the event store does not answer: %w: restart the agent if this persists", err)
	}
	return nil
}
