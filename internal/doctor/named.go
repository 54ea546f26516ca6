package doctor

import (
	"context"
	"net"
	"strconv"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/internal/check"
	"pristine/internal/config"
)

// named examines what the configuration names, by package check, with its cameras.
// The hub and the bundle have steps of their own.
func (e *examination) named(ctx context.Context) {
	e.twins()
	if e.config == nil || e.Config == "" {
		return
	}
	file, err := config.Open(e.Config)
	if err != nil {
		return // configuration reports it
	}
	o := check.Options{}
	held := make([]string, 0, len(e.config.Cameras))
	for i := range e.config.Cameras {
		if c := &e.config.Cameras[i]; e.agent.runs && exclusive(c.Source.Kind) {
			held = append(held, c.Name)
		}
	}
	if e.Camera != nil {
		o.Camera = func(ctx context.Context, c *config.Camera) error {
			if e.agent.runs && exclusive(c.Source.Kind) {
				return nil
			}
			return e.Camera(ctx, c)
		}
	}
	for _, f := range check.Configuration(ctx, file, o) {
		e.fromCheck(f)
	}
	for _, name := range held {
		e.add("camera_held", "camera %s: it was not opened, since the running agent has it open", name)
	}
	if e.Camera != nil && len(held) < len(e.config.Cameras) {
		e.good("camera_good", groupCameras, "%d of %d cameras were opened, and each gave a frame", len(e.config.Cameras)-len(held), len(e.config.Cameras))
	}
	e.good("config_good", groupConfig, "%s has no mistakes", e.Config)
}

// exclusive reports whether only one program at a time can open a source.
func exclusive(source address.Kind) bool {
	return source == address.V4L2 || source == address.CSI || source == address.GStreamer
}

// fromCheck adds a finding of package check.
func (e *examination) fromCheck(f check.Finding) {
	if f.Code == check.PortInUse {
		e.port(f)
		return
	}
	e.add(Code(f.Code), "%s", capture.Redact(f.String()))
}

// port reports which process listens on a port. The running agent's own is no fault.
func (e *examination) port(f check.Finding) {
	listen := map[string]config.Listen{"events.listen": e.config.Events.Listen, "http.listen": e.config.HTTP.Listen, "modbus.listen": e.config.Modbus.Listen}[f.Key]
	number, _ := net.LookupPort("tcp", listen.Port) // the configuration was parsed
	pid, name := e.listener(number)
	if e.agent.runs && (pid == 0 || pid == e.agent.pid) {
		return
	}
	who := "by another program, which this user cannot see"
	if pid != 0 {
		who = "by process " + strconv.Itoa(pid) + " (" + name + ")"
	}
	found := e.add("port_taken", "%s:%d: %s: %s is taken %s", f.File, f.Line, f.Key, listen, who)
	if pid == 0 {
		found.Remedy = "sudo ss -ltnp 'sport = :" + listen.Port + "' shows the program: stop it, or choose another port"
	}
}
